"""Phrases of the word lists counted in a line's tokens."""

from __future__ import annotations

from functools import cache

from annotator.ingest.clean.lists import entries
from annotator.ingest.clean.patterns import COUNTED, TOKEN

ANYWHERE = ("calls", "legal", "credits", "biography")
"""The lists whose phrases count wherever they stand in a line."""
Phrase = tuple[str, ...]


def tokens(text: str) -> list[str]:
    """Return the lower-case words and single marks of a line."""
    return TOKEN.findall(text.lower().replace("’", "'"))


@cache
def _phrases() -> dict[str, list[tuple[Phrase, str]]]:
    """Return the phrases of the lists in ``ANYWHERE`` by their first token."""
    found: dict[str, list[tuple[Phrase, str]]] = {}
    for name in ANYWHERE:
        for entry in entries(name):
            phrase = tuple(tokens(entry))
            found.setdefault(phrase[0], []).append((phrase, name))
    return found


@cache
def _endings() -> dict[str, list[Phrase]]:
    """Return the beginnings of lines after an article's end by their first token."""
    found: dict[str, list[Phrase]] = {}
    for entry in entries("endings"):
        phrase = tuple(tokens(entry))
        found.setdefault(phrase[0], []).append(phrase)
    return found


@cache
def _furniture() -> frozenset[str]:
    return frozenset(_bare(entry) for entry in entries("furniture"))


@cache
def function_words() -> dict[str, frozenset[str]]:
    """Return the frequent function words of each language."""
    rows = (entry.split(":", 1) for entry in entries("function_words"))
    return {code: frozenset(words.split()) for code, words in rows}


@cache
def agencies() -> frozenset[str]:
    """Return the names of news agencies."""
    return frozenset(entries("agencies"))


@cache
def sections() -> frozenset[str]:
    """Return the words that the names of a page's sections are made of."""
    return frozenset(entries("sections"))


def count_phrases(words: list[str]) -> dict[str, int]:
    """Return how many phrases of each list in ``ANYWHERE`` stand in the tokens ``words``."""
    counts = dict.fromkeys(ANYWHERE, 0)
    index = _phrases()
    for place, word in enumerate(words):
        for phrase, name in index.get(word, ()):
            if len(phrase) == 1 or tuple(words[place : place + len(phrase)]) == phrase:
                counts[name] += 1
    return counts


def opens_with_ending(words: list[str]) -> bool:
    """Return whether a line begins like one after an article's end ("Related links")."""
    start = [word for word in words[:8] if word[0].isalnum()]
    return any(
        tuple(start[: len(phrase)]) == phrase for phrase in _endings().get(start[0] if start else "", ())
    )


def is_furniture(text: str) -> bool:
    """Return whether a whole line is a button, menu entry or label of the page."""
    return len(text) < 80 and _bare(text) in _furniture()


def _bare(text: str) -> str:
    """Return a line in lower case without the counts and marks at its ends."""
    low = text.lower()
    return (COUNTED.sub("", low) if _counts(low) else low).strip(" \t.:!?»›<>|-–—[]()…") or low.strip()


def _counts(low: str) -> bool:
    """Return whether a line begins or ends with what could be a count."""
    return low[:3].strip(" (")[:1].isdigit() or low[-3:].strip(" )+")[-1:].isdigit() or low[-1:] in "km)"
