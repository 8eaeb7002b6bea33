"""Plug-ins: formats, suggesters and checks from other distributions, loaded only when a user names them.

A distribution declares one as an entry point; the name of the entry point is the name to give::

    [project.entry-points."annotator.formats"]
    mine = "my_package.my_format"

=========================  ======================  ========================================
Group                      Asked for with          What the entry point refers to
=========================  ======================  ========================================
``annotator.formats``      ``--format NAME``       a module or object as `Format` describes
``annotator.suggesters``   ``--source NAME``       a module or object as `Suggester` describes
``annotator.checks``       ``--with NAME``         a module or object as `Check` describes
=========================  ======================  ========================================

A built-in name always wins over a plug-in. Detection and the screen never load a plug-in.
A plug-in may set ``api`` to the version that it needs; another version than `api` here is refused.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from annotator.core.errors import AnnotatorError, PluginError

if TYPE_CHECKING:  # the published names, for type checkers; at run time `__getattr__` loads them
    from annotator.checks.problem import CheckInput as CheckInput
    from annotator.checks.problem import ProblemLevel as ProblemLevel
    from annotator.checks.problem import ProblemLocation as ProblemLocation
    from annotator.checks.problem import ReviewedSentence as ReviewedSentence
    from annotator.checks.registry import Check as Check
    from annotator.core.annotation import Answer as Answer
    from annotator.core.article import Sentence as Sentence
    from annotator.core.errors import SourceError as SourceError
    from annotator.core.ledger import Outcome as Outcome
    from annotator.core.schema import Schema as Schema
    from annotator.core.spans import Span as Span
    from annotator.core.suggestion import Suggester as Suggester
    from annotator.core.suggestion import Suggestion as Suggestion
    from annotator.core.tokens import Token as Token
    from annotator.formats.document import ConversionLog as ConversionLog
    from annotator.formats.document import ConversionLogEntry as ConversionLogEntry
    from annotator.formats.document import Document as Document
    from annotator.formats.import_source import FileSample as FileSample
    from annotator.formats.import_source import ImportSource as ImportSource
    from annotator.formats.registry import Format as Format
    from annotator.formats.registry import FormatInfo as FormatInfo

api = 1
"""The version of the plug-in interface; it grows when a plug-in of the old one would no longer work."""

PluginKind = Literal["formats", "suggesters", "checks"]

_PUBLISHED_NAMES = {
    "annotator.checks.problem": ("CheckInput", "ProblemLevel", "ProblemLocation", "ReviewedSentence"),
    "annotator.checks.registry": ("Check",),
    "annotator.core.annotation": ("Answer",),
    "annotator.core.article": ("Sentence",),
    "annotator.core.errors": ("SourceError",),
    "annotator.core.ledger": ("Outcome",),
    "annotator.core.schema": ("Schema",),
    "annotator.core.spans": ("Span",),
    "annotator.core.suggestion": ("Suggester", "Suggestion"),
    "annotator.core.tokens": ("Token",),
    "annotator.formats.document": ("ConversionLog", "ConversionLogEntry", "Document"),
    "annotator.formats.import_source": ("FileSample", "ImportSource"),
    "annotator.formats.registry": ("Format", "FormatInfo"),
}
"""By module, what an author of a plug-in may import from here; loaded when it is first used."""

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Load a published name."""
        for module, names in _PUBLISHED_NAMES.items():
            if name in names:
                return getattr(importlib.import_module(module), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class Plugin(Struct, frozen=True):
    """A loaded plug-in and the distribution that it comes from."""

    name: str
    distribution: str
    """Its name and version, as ``pip list`` has them."""
    value: Any
    """What the entry point refers to."""

    @contextmanager
    def blamed(self) -> Iterator[None]:
        """Turn an exception of the plug-in's own code into a PluginError; our errors pass."""
        with _blame(self.name, self.distribution, "failed"):
            yield

    def error(self, what: str) -> PluginError:
        """Return the error that this plug-in breaks its contract."""
        return PluginError(
            what, where=_place(self.name, self.distribution), do="update the distribution, or do without it"
        )


def plugin_names(kind: PluginKind) -> list[str]:
    """Return the names of the installed plug-ins of a kind, sorted; none is loaded."""
    from importlib.metadata import entry_points

    return sorted({entry.name for entry in entry_points(group=f"annotator.{kind}")})


def load_plugin(kind: PluginKind, name: str) -> Plugin | None:
    """Load a plug-in by its name; return None where no distribution has it.

    Raises PluginError for one that cannot be loaded, needs another `api`, or comes from two distributions.
    """
    from importlib.metadata import entry_points

    found = {
        f"{entry.dist.name} {entry.dist.version}" if entry.dist else "an unknown distribution": entry
        for entry in entry_points(group=f"annotator.{kind}", name=name)
    }
    if not found:
        return None
    if len(found) > 1:
        what = f"several distributions have a plug-in of this name: {', '.join(sorted(found))}"
        raise PluginError(what, where=f"plug-in {name}", do="uninstall all but one")
    ((distribution, entry),) = found.items()
    with _blame(name, distribution, "cannot be loaded"):
        plugin = Plugin(name, distribution, entry.load())
        needed = getattr(plugin.value, "api", api)
    if needed != api:
        raise plugin.error(f"it needs the plug-in interface {needed}, and this program has {api}")
    return plugin


@contextmanager
def _blame(name: str, distribution: str, what: str) -> Iterator[None]:
    try:
        yield
    except AnnotatorError:  # it names the fault in the user's data itself
        raise
    except (Exception, SystemExit) as error:  # whatever foreign code may raise
        raise PluginError(
            f"the plug-in {what} ({type(error).__name__}: {error})",
            where=_place(name, distribution),
            do="update the distribution, or do without it",
        ) from error


def _place(name: str, distribution: str) -> str:
    return f"plug-in {name} of {distribution}"
