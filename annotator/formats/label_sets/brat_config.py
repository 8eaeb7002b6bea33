"""brat's ``annotation.conf``: the types of its entities, with the names and colours of ``visual.conf``.

Sections are hierarchies by indentation; a type with ``!`` is a heading that no span has. ``<NAME>=…`` is a macro of
its section, and ``[spans]`` an old name of ``[entities]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from annotator.core.errors import AnnotatorError, SourceError
from annotator.formats.import_source import ImportSource
from annotator.formats.label_sets.foreign_label import ForeignLabel, LabelSet

_KIND = "brat's annotation.conf"
_COMPANIONS = ("visual.conf", "kb_shortcuts.conf")
_MAX_BYTES = 10_000_000
_SECTION_NAMES = "entities|spans|relations|events|attributes"
_FIRST_SECTION = re.compile(rf"\s*(?:#[^\n]*\n\s*)*\[(?:{_SECTION_NAMES})\][ \t]*(?:\r?\n|\r|$)")
_SECTION = re.compile(r"\s*\[(.*)\]\s*")
_SEPARATOR = re.compile(r"\s*-+\s*")
_MACRO = re.compile(r"<([a-zA-Z_-]+)>=\s*(.*?)\s*")
_MACRO_NAME = re.compile(r"<[a-zA-Z_-]+>")
_RESERVED = frozenset(
    f"<{x}>" for x in ("ANY", "ENTITY", "RELATION", "EVENT", "NONE", "EMPTY", "INHERIT", "NORM", "REL-TYPE", "URL")
)
_COLOUR = re.compile(r"bgColor:\s*([^,\s]+)")


class _Line(Struct, frozen=True):
    """A line of a section: its indentation in characters, its first term and others, and what follows them."""

    number: int
    depth: int
    terms: tuple[str, ...]
    rest: str


def is_config(text: str) -> bool:
    """Return True if a text begins with one of brat's sections, comments and macros left aside."""
    lines = (x for x in text.lstrip("\ufeff").split("\n") if not _MACRO.fullmatch(x.rstrip("\r")))
    return _FIRST_SECTION.match("\n".join(lines)) is not None


def read_companions(folder: Path) -> Mapping[str, str]:
    """Return the texts of ``visual.conf`` and ``kb_shortcuts.conf`` in a folder, by name, where they can be read."""
    found = {}
    for name in _COMPANIONS:
        if (folder / name).is_file():
            try:
                found[name] = ImportSource(folder / name).text(_MAX_BYTES)
            except AnnotatorError:
                continue
    return found


def parse_brat_config(text: str, where: str, companions: Mapping[str, str]) -> LabelSet:
    """Return the types of entities; raises SourceError for a macro that is not defined."""
    sections = _sections(text, where)
    visual = _sections(companions.get("visual.conf", ""), "visual.conf", tabs_only=True)
    names = {x.terms[0]: x.terms[1:] for x in visual.get("labels", ())}
    colours = {x.terms[0]: found[1] for x in visual.get("drawing", ()) if (found := _COLOUR.search(x.rest))}
    keys = _shortcuts(companions.get("kb_shortcuts.conf", ""))
    labels, headings, notes = [], 0, []
    parents: list[tuple[int, str]] = []
    for line in sections.get("entities", ()):
        name = line.terms[0].removeprefix("!").strip()
        parents = [x for x in parents if x[0] < line.depth]
        if line.terms[0].startswith("!"):
            headings += 1
        elif name:
            shown = names.get(name) or line.terms[1:]
            about = [*shown[:1], *([f"a kind of {parents[-1][1]}"] if parents else [])]
            description = "; ".join(x for x in about if x != name)
            labels.append(ForeignLabel(name, keys.get(name, ""), colours.get(name, ""), description))
        parents.append((line.depth, name))
    for section in (s for s in ("relations", "events", "attributes") if sections.get(s)):
        kinds = ", ".join(dict.fromkeys(x.terms[0].lstrip("!") for x in sections[section]))
        notes.append(f"[{section}] left out, because a schema has labels of spans alone: {kinds}")
    if headings:
        notes.append(f"headings (!), which no span has: {headings}")
    if read := [name for name in _COMPANIONS if name in companions]:
        notes.append(f"read beside it: {', '.join(read)}")
    return LabelSet(_KIND, tuple(labels), tuple(notes))


def _sections(text: str, where: str, *, tabs_only: bool = False) -> dict[str, list[_Line]]:
    """Return the lines of each section by its name; macros are expanded, comments and separators left out."""
    found: dict[str, list[_Line]] = {}
    section, macros = "general", dict[str, str]()
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        if heading := _SECTION.fullmatch(line):
            section, macros = "entities" if heading[1] == "spans" else heading[1], {}
        elif macro := _MACRO.fullmatch(line):
            macros[f"<{macro[1]}>"] = macro[2]
        elif line.strip() and not line.lstrip().startswith("#") and not _SEPARATOR.fullmatch(line):
            for macro_name, value in macros.items():
                line = line.replace(macro_name, value)  # noqa: PLW2901
            if section == "entities":
                _check_macros(line, f"{where}:{number}")
            found.setdefault(section, []).extend(_terms(line, number, tabs_only=tabs_only and section == "labels"))
    return found


def _check_macros(line: str, where: str) -> None:
    for name in _MACRO_NAME.findall(line):
        if name not in _RESERVED:
            raise SourceError(f"the macro {name} is not defined in its section", where=where, do="define it before")


def _terms(line: str, number: int, *, tabs_only: bool) -> Iterator[_Line]:
    """Yield the parts of a line; nothing where it has no term.

    A type ends at the first blank, but for old files, which have blanks in types and a tab behind them.
    """
    depth = len(line) - len(line.lstrip())
    before, _, after = line.strip().partition("\t")
    head, _, rest = line.strip().partition(" ")
    if not tabs_only and " " in before and "|" not in head and ":" in rest:
        before, after = head, rest
    if terms := tuple(t.strip() for t in before.split("|") if t.strip()):
        yield _Line(number, depth, terms, after)


def _shortcuts(text: str) -> dict[str, str]:
    """Return the first key of each type in ``kb_shortcuts.conf``."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        key, _, name = line.strip().partition(" ") if " " in line.strip() else line.strip().partition("\t")
        if name.strip() and not key.startswith("#"):
            found.setdefault(name.strip(), key)
    return found
