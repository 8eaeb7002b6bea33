"""Sentences by the marks that end them and the abbreviations of a language; any language but English.

Chosen by measuring (``tests/benchmarks/sentence_languages.py``): on the held half of paragraphs of our own in 18
languages F1 is 0.95, that of sentencex 1.0.32 0.84, of pysbd 0.3.4 0.74 (12 languages, six times as slow), of nupunkt
0.66, all with the repair of quotations. ``manual/languages.md`` has the figures of each language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from annotator.ingest.clean.lexicon import word_groups
from annotator.ingest.quotation_ranges import CLOSERS_BY_OPENER, MAX_QUOTATION_LENGTH

_CLOSERS = "\"”“’‘'»›«‹)\\]」』）》】"
_WIDE_STOPS = "。｡！？"
_OTHER_STOPS = "؟۔।॥։።፧።။។៕"
"""Arabic, Urdu, Devanagari, Armenian, Ethiopic, Burmese, Khmer: no blank has to follow."""
_CASED_STOP = re.compile(rf"[.!?…‽]+[{_CLOSERS}]*\s+(?=\S)")
_CASELESS_STOP = re.compile(
    rf"(?:[{_WIDE_STOPS}{_OTHER_STOPS}][.!?…{_WIDE_STOPS}{_OTHER_STOPS}]*|[!?]+(?=[^\W\da-zA-Z]))[{_CLOSERS}]*\s*(?=\S)"
)
_GREEK_QUESTION = re.compile(rf"[;;][{_CLOSERS}]*\s+(?=\S)")

_OPENERS = re.compile(r"[\s\"“„«»‹›‘‚'(\[「『（《¿¡—–-]*")
_WORD = re.compile(r"[^\W\d_]+")
_LAST_WORD = re.compile(r"[^\s\"“„«»‹›‘’‚'(\[「『（《—–/]+$")
_INITIALS = re.compile(r"(?:[^\W\d_]{1,2}\.-?)*[^\W\d_]$")
"""A letter alone, or several with a full stop each: "J", "J.-P", "u.a", "И.И"."""
_ENUMERATOR = re.compile(r"(?:^|(?:[:;!?]|[^\W\d_]{4}\.)\s+)[(\[]?(?:\d{1,2}|[^\W\d_])[.)\]]$")
_NUMBER_BEFORE = re.compile(r"\d\s+\S+$")
_ROMAN = re.compile(r"[IVXLC]+$")
_SHORT_NUMBER = re.compile(r"(?<![\d.,:/])\d{1,2}$")
_NUMBER = re.compile(r"[\d#№§]|[IVXLC]+\b")
_HIRAGANA = re.compile(r"[ぁ-ゖ]")
_OPENER_OF = {
    closer: opener for opener, closers in CLOSERS_BY_OPENER.items() for closer in closers if opener in "“«‹「『《"
}
_STOPS = ".!?…" + _WIDE_STOPS + _OTHER_STOPS
_QUOTATIVE = re.compile(r"と(?![ぁ-ゖ])|という|といった|って")
"""The Japanese particle after what somebody says or thinks; a blank before it there is none."""
_WINDOW = 80
"""How many code points before and after a cut decide, at most."""


class RuleSplitter(Struct, frozen=True):
    """The rules of one language."""

    inner: re.Pattern[str]
    """The abbreviations that no sentence ends with, at the end of a text."""
    numbered: re.Pattern[str]
    """Those that no sentence ends with before a number."""
    starters: frozenset[str]
    """The words that are capitalised only because a sentence begins."""
    has_ordinals: bool
    """Whether "3." is an ordinal."""
    is_listed: bool
    """Whether the language has a list of its own; without one a short word before a number is an abbreviation."""
    is_greek: bool = False

    def cuts(self, paragraph: str) -> Iterator[int]:
        """Yield what follows each mark that may end a sentence."""
        for stop in (_CASED_STOP, _CASELESS_STOP, *((_GREEK_QUESTION,) if self.is_greek else ())):
            yield from (m.end() for m in stop.finditer(paragraph))

    def is_false_cut(self, text: str, cut: int) -> bool:
        """Whether no sentence can start at ``cut``."""
        raw = text[max(0, cut - _WINDOW) : cut].rstrip()
        at = _OPENERS.match(text, cut, cut + _WINDOW)
        right = text[at.end() if at else cut : cut + _WINDOW]
        if not right or _continues(right):
            return not raw or bool(right)
        left = raw.rstrip(_CLOSERS.replace("\\", ""))
        if raw != left and _quotation_goes_on(text, cut, right):
            return True
        if text[cut - 1] in "！？!?" and _QUOTATIVE.match(right):
            return True
        if _ENUMERATOR.search(raw):
            return True
        return left.endswith(".") and not left.endswith("..") and self._is_abbreviated(left[:-1], right)

    def _is_abbreviated(self, left: str, right: str) -> bool:
        """Whether the full stop after ``left`` belongs to an abbreviation or an ordinal, and ends no sentence."""
        if self.inner.search(left):
            return True
        found = _LAST_WORD.search(left)
        last, word = found[0] if found else "", _WORD.match(right)
        is_initial = word is not None and len(word[0]) == 1 and right[1:2] == "."
        starts = word is not None and word[0] in self.starters and not is_initial
        if _NUMBER.match(right) and (
            self.numbered.search(left) or (not self.is_listed and last.islower() and len(last) <= 4)
        ):
            return True
        if starts:
            return False
        if _INITIALS.match(last):
            return not (len(last) == 1 and _NUMBER_BEFORE.search(left))
        if _ROMAN.match(last):
            return left[: -len(last)].rstrip()[-1:].isalpha()
        return self.has_ordinals and bool(_SHORT_NUMBER.search(left))


def _continues(right: str) -> bool:
    """Whether a word in small letters follows; eBay and iPhone may start a sentence."""
    return (right[0].islower() and not right[1:2].isupper()) or right[0] in ",;:"


def _quotation_goes_on(text: str, cut: int, right: str) -> bool:
    """Whether what follows a closing mark belongs to the quotation, in scripts without capitals.

    In Japanese a particle follows ("」と述べた"); elsewhere a quotation that begins the sentence is followed by its
    speaker, and one after a colon or comma ends it.
    """
    if _HIRAGANA.match(right):
        return True
    if right[0] != right[0].swapcase() or not right[0].isalpha():
        return False
    close = text[:cut].rstrip()[-1]
    opened = text.rfind(_OPENER_OF.get(close, close), max(0, cut - MAX_QUOTATION_LENGTH), cut - 2)
    if close == "」" or opened < 0:
        return False
    before = text[max(0, opened - 3) : opened].rstrip()[-1:]
    return not before or before in _STOPS


@lru_cache(maxsize=64)
def rule_splitter(lang: str) -> RuleSplitter:
    """Return the rules of a language by its spaCy code; those without a list have the common one alone."""
    groups = word_groups("abbreviations")

    def words(kind: str) -> list[str]:
        return [*groups.get(f"xx {kind}", ()), *groups.get(f"{lang} {kind}", ())]

    return RuleSplitter(
        _at_end(words("inner")),
        _at_end(words("numbered")),
        frozenset(words("starters")),
        f"{lang} ordinals" in groups,
        f"{lang} inner" in groups,
        lang == "el",
    )


def _at_end(words: list[str]) -> re.Pattern[str]:
    """Return what finds one of the abbreviations, its last full stop left out, at the end of a text."""
    both = {w[:1].upper() + w[1:] for w in words} | set(words)
    whole = "|".join(sorted(re.escape(w).replace(r"\.", r"\.\s?") for w in both if not w.startswith("-")))
    ends = "|".join(sorted(re.escape(w[1:]) for w in words if w.startswith("-"))) or r"(?!)"
    return re.compile(rf"(?:(?:^|(?<=[\s\"“„«»‘’‚'(\[（/—–-]))(?:{whole})|\w(?:{ends}))$")
