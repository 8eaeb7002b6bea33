"""The border of the Python API: checks arguments by the type hints of the method, and words errors for Python."""

from __future__ import annotations

import builtins
import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from functools import cache, wraps
from inspect import signature
from pathlib import Path
from types import UnionType
from typing import Any, Literal, ParamSpec, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from annotator.core.errors import AnnotatorError, UsageError
from annotator.formats.label_mapping import parse_label_map

PathLike = Path | str
Paths = PathLike | Iterable[PathLike]
"""One path, or several."""
Names = str | Iterable[str]
"""One name, or several."""
OptionalNames = Names | None
"""The same, or None for no choice."""

_P = ParamSpec("_P")
_R = TypeVar("_R")

_DESCRIPTIONS: dict[Any, str] = {
    str: "a text",
    int: "a whole number",
    bool: "True or False",
    PathLike: "a path",
    Paths: "a path, or a list of paths",
    Names: "a name, or a list of names",
    OptionalNames: "a name, a list of names, or None",
    type(None): "None",
    Mapping: "a mapping",
    Callable: "a function",
    Iterable: "a list",
}
_OPTION = re.compile(r"`[^`]*`|--([a-z]+(?:-[a-z]+)*)(?: (?=[\w./]*[/\d])([\w./]+))?")
_LABEL_MAP = re.compile(r"--map ('(?:[^']|'\"'\"')*'|[^\s'\"]*=[^\s'\"]*)")
"""A ready-made ``--map``, with its pairs quoted for a shell where need be."""
_PARAMETERS = {"map": "labels", "as": "annotator", "with": "plugins"}
"""The parameters that are not named as the option is."""


def checked_arguments(method: Callable[_P, _R]) -> Callable[_P, _R]:
    """Check the arguments of each call by the type hints; raise UsageError that names the parameter.

    A single path or name becomes a tuple where several may be given. Errors of the method name
    parameters instead of options.
    """
    parameters = signature(method)
    hints = cache(lambda: get_type_hints(method, localns=_Names(vars(builtins) | method.__globals__)))

    @wraps(method)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        bound = parameters.bind(*args, **kwargs)
        for name, value in list(bound.arguments.items())[1:]:  # after self or cls
            bound.arguments[name] = _checked_argument(f"Corpus.{method.__name__}", name, value, hints()[name])
        try:
            return method(*bound.args, **bound.kwargs)
        except AnnotatorError as error:
            error.what, error.do = _with_parameters(error.what), _with_parameters(error.do)
            raise

    return call


class _Names(dict[str, Any]):
    """The names in the type hints of a module; one that only a type checker imports is any type."""

    def __missing__(self, name: str) -> Any:
        return Any


def _checked_argument(where: str, name: str, value: object, hint: Any) -> object:
    """Return the argument, as a tuple where several may be given; raises UsageError."""
    if hint == OptionalNames and value is None:
        return None
    if hint in (Paths, Names, OptionalNames):
        one = PathLike if hint == Paths else str
        is_list = isinstance(value, Iterable) and not isinstance(value, str | bytes | Path | Mapping)
        values = tuple(cast("Iterable[object]", value)) if is_list else (value,)
        if not all(_fits(each, one) for each in values):
            raise argument_error(where, name, value, _description(hint))
        return values
    if not _fits(value, hint):
        raise argument_error(where, name, value, _description(hint))
    return value


def argument_error(where: str, name: str, value: object, wanted: str) -> UsageError:
    """Return the error for an argument that a method cannot take."""
    text = repr(value)
    shown = text if len(text) <= 60 else f"a {type(value).__name__}"
    return UsageError(f"{name} cannot be {shown}", where=where, do=f"give {wanted}")


def _fits(value: object, hint: Any) -> bool:
    """Return True if a value has a type; numbers and truth values are kept apart."""
    origin, args = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if hint == PathLike:  # an empty path would mean the folder of the process
        return isinstance(value, str | Path) and value != "" and "\0" not in str(value)
    if origin in (Union, UnionType):
        members = [PathLike, *(x for x in args if x not in get_args(PathLike))] if _has_path(hint) else args
        return any(_fits(value, x) for x in members)
    if origin is Literal:
        return isinstance(value, str) and value in args
    if origin is Mapping:
        return isinstance(value, Mapping) and all(_fits(k, args[0]) and _fits(v, args[1]) for k, v in value.items())
    return isinstance(value, origin or hint) and (hint is bool or not isinstance(value, bool))


def _has_path(hint: Any) -> bool:
    return set(get_args(PathLike)) <= set(get_args(hint))


def _description(hint: Any) -> str:
    """Return what a parameter takes, in words."""
    origin, args = get_origin(hint), get_args(hint)
    if hint in _DESCRIPTIONS:
        return _DESCRIPTIONS[hint]
    if origin is Literal:
        return " or ".join(map(repr, args))
    if origin in (Union, UnionType):
        paths = get_args(PathLike) if _has_path(hint) else ()
        members = [x for x in args if x not in paths]
        return " or ".join([*(["a path"] if paths else []), *map(_description, members)])
    return _DESCRIPTIONS.get(origin, f"one of the type {getattr(hint, '__name__', hint)}")


def as_paths(checked: Paths) -> list[Path]:
    """Return the paths of an argument that was checked."""
    return [Path(p) for p in cast("tuple[PathLike, ...]", checked)]


def _with_parameters(text: str) -> str:
    """Return the text of an error with parameters in place of the options of the command line."""

    def parameter(option: re.Match[str]) -> str:
        name, value = option.groups()
        if not name:  # a command, which stays
            return option[0]
        name = _PARAMETERS.get(name, name.replace("-", "_"))
        return f'{name}="{value}"' if value else name

    def labels(option: re.Match[str]) -> str:
        return f"labels={parse_label_map(shlex.split(option[1])[0])}"

    return _OPTION.sub(parameter, _LABEL_MAP.sub(labels, text))
