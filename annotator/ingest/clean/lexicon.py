"""Phrases of the word lists counted in a line's tokens."""

from __future__ import annotations

from functools import cache

from annotator.ingest.clean.lists import word_list
from annotator.ingest.clean.patterns import COUNT_AT_EDGE, TOKEN_PATTERN

COUNTED_LISTS = ("calls", "legal", "credits", "biography")
"""The lists whose phrases count wherever they stand in a line."""
Phrase = tuple[str, ...]


def tokenize_line(text: str) -> list[str]:
    """Return the lower-case words and single marks of a line."""
    return TOKEN_PATTERN.findall(text.lower().replace("’", "'"))


@cache
def _phrase_index() -> dict[str, list[tuple[Phrase, str]]]:
    """Return the phrases of the lists in ``ANYWHERE`` by their first token."""
    found: dict[str, list[tuple[Phrase, str]]] = {}
    for name in COUNTED_LISTS:
        for entry in word_list(name):
            phrase = tuple(tokenize_line(entry))
            found.setdefault(phrase[0], []).append((phrase, name))
    return found


@cache
def _ending_index() -> dict[str, list[Phrase]]:
    """Return the beginnings of lines after an article's end by their first token."""
    found: dict[str, list[Phrase]] = {}
    for entry in word_list("endings"):
        phrase = tuple(tokenize_line(entry))
        found.setdefault(phrase[0], []).append(phrase)
    return found


@cache
def _furniture_lines() -> frozenset[str]:
    return frozenset(_without_counts(entry) for entry in word_list("furniture"))


@cache
def function_words_by_language() -> dict[str, frozenset[str]]:
    """Return the frequent function words of each language."""
    rows = (entry.split(":", 1) for entry in word_list("function_words"))
    return {code: frozenset(words.split()) for code, words in rows}


@cache
def news_agencies() -> frozenset[str]:
    """Return the names of news agencies."""
    return frozenset(word_list("agencies"))


@cache
def section_words() -> frozenset[str]:
    """Return the words that the names of a page's sections are made of."""
    return frozenset(word_list("sections"))


def count_phrases(words: list[str]) -> dict[str, int]:
    """Return how many phrases of each list in ``ANYWHERE`` stand in the tokens ``words``."""
    counts = dict.fromkeys(COUNTED_LISTS, 0)
    index = _phrase_index()
    for place, word in enumerate(words):
        for phrase, name in index.get(word, ()):
            if len(phrase) == 1 or tuple(words[place : place + len(phrase)]) == phrase:
                counts[name] += 1
    return counts


def starts_with_ending(words: list[str]) -> bool:
    """Return whether a line begins like one after an article's end ("Related links")."""
    start = [word for word in words[:8] if word[0].isalnum()]
    return any(
        tuple(start[: len(phrase)]) == phrase for phrase in _ending_index().get(start[0] if start else "", ())
    )


def is_furniture(text: str) -> bool:
    """Return whether a whole line is a button, menu entry or label of the page."""
    return len(text) < 80 and _without_counts(text) in _furniture_lines()


def _without_counts(text: str) -> str:
    """Return a line in lower case without the counts and marks at its ends."""
    low = text.lower()
    return (COUNT_AT_EDGE.sub("", low) if _may_have_count(low) else low).strip(" \t.:!?»›<>|-–—[]()…") or low.strip()


def _may_have_count(low: str) -> bool:
    """Return whether a line begins or ends with what could be a count."""
    return low[:3].strip(" (")[:1].isdigit() or low[-3:].strip(" )+")[-1:].isdigit() or low[-1:] in "km)"
