"""The word lists of English: each section of `en/*.txt` is a set of words, read on first use.

``english.FIRST_NAMES`` is the section ``[FIRST_NAMES]``. A line is an entry, ``#`` begins a comment, and
``@NAME`` includes another section. A section ``[NAME: verbs]`` lists verbs, and its set has all their forms.
Sections with two columns, parted by a tab, are read by ``table`` and ``scores``.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

_FILES = (
    "words", "people", "places", "organisations", "numbers", "speech",
    "entity_weights", "number_scores", "claim_scores",
)  # fmt: skip


def __getattr__(name: str) -> frozenset[str]:
    """Return the words of a section, and keep them as an attribute of this module.

    A test compares the names that the rules use with the sections, since no type checker can.
    """
    if not name.isupper() or name not in _sections():
        raise AttributeError(f"no word list {name!r} in annotator/language/en", name=name)
    kind, entries = _sections()[name]
    words = frozenset(table(name) if kind == "verbs" else (entry for entry in entries if entry[0] != "@"))
    words = words.union(*(__getattr__(entry[1:]) for entry in entries if entry[0] == "@"))
    globals()[name] = words
    return words


def table(name: str) -> dict[str, str]:
    """Return the second column of a section by its first, verbs in all their forms."""
    kind, entries = _sections()[name]
    rows = (entry.partition("\t")[::2] for entry in entries if entry[0] != "@")
    if kind != "verbs":
        return dict(rows)
    return {form: value for verb, value in rows for form in _verb_forms(verb)}


def scores(name: str) -> dict[str, float]:
    """Return the numbers of a section by its first column."""
    return {entry: float(value) for entry, value in table(name).items()}


@cache
def _sections() -> dict[str, tuple[str, list[str]]]:
    """Return the kind and the entries of each section by its name."""
    sections = {}
    for file in _FILES:
        text = files("annotator.language").joinpath("en", f"{file}.txt").read_text(encoding="utf-8")
        for section in text.split("\n[")[1:]:
            header, *lines = section.split("\n")
            name, _, kind = header.rstrip("]").partition(": ")
            sections[name] = kind, [line for line in lines if line and line[0] != "#"]
    return sections


@cache
def _irregular_verbs() -> dict[str, str]:
    return table("IRREGULAR_VERBS")


def _verb_forms(verb: str) -> list[str]:
    """Return the forms of a verb: bare, third person, past, participle and -ing."""
    if verb in _irregular_verbs():
        return [verb, *_irregular_verbs()[verb].split()]
    if verb.endswith("ee"):
        return [verb, f"{verb}s", f"{verb}d", f"{verb}ing"]
    if verb.endswith("e"):
        return [verb, f"{verb}s", f"{verb}d", f"{verb[:-1]}ing"]
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return [verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"]
    third = "es" if verb.endswith(("s", "sh", "ch", "x", "z")) else "s"
    return [verb, f"{verb}{third}", f"{verb}ed", f"{verb}ing"]
