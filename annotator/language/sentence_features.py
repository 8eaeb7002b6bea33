"""The features of one sentence that all rules share: folded words, shapes, quotations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache

from msgspec import Struct

from annotator.core.tokens import Token
from annotator.language import english as en
from annotator.language.quotations import CLOSING_MARKS, OPENING_MARKS, Quotation, find_quotations

_DIGITS = re.compile(r"[+-]?\d[\d,.]*(?:/\d+)?|[½⅓⅔¼¾⅛]|\d+[½⅓⅔¼¾⅛]")
_STRAIGHT_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'"})
_MAX_HEADLINE_COMMAS = 2
"""How many commas a headline has at most; a list of names has more."""

SENTENCE_ENDS = frozenset({".", "!", "?", "…", "...", "?!", "!!"})
_BEFORE_CAPITALS = SENTENCE_ENDS | OPENING_MARKS | {":", "•", "*"}
"""After these and after white space a capital may come from its place."""
DASHES = frozenset({"-", "–", "—", "--", "‐", "‑", "−"})


class SentenceFeatures(Struct, frozen=True, eq=False, dict=True):
    """The tokens of a sentence with the features that the rules need again and again.

    Each is equal to itself alone, so that it is a cheap key of caches; ``sentence_features`` returns
    the same one for the same tokens.
    """

    tokens: tuple[Token, ...]
    starts_in_quotation: bool = False
    """Whether the sentence begins inside a quotation that an earlier one opened."""

    def __len__(self) -> int:
        return len(self.tokens)

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """The words in small letters with straight apostrophes."""
        return tuple(t.text.lower().translate(_STRAIGHT_APOSTROPHES) for t in self.tokens)

    @cached_property
    def quotations(self) -> tuple[Quotation, ...]:
        """The quotations, outer before inner."""
        return find_quotations(self.tokens, starts_in_quotation=self.starts_in_quotation)

    @cached_property
    def quotation_marks(self) -> frozenset[int]:
        """The tokens that are a mark of some quotation."""
        opening = {q.first for q in self.quotations if q.has_opening}
        return frozenset(opening | {q.last - 1 for q in self.quotations if q.has_closing})

    @cached_property
    def opening_marks(self) -> dict[int, int]:
        """Where the quotation ends that each opening mark opens."""
        return {q.first: q.last for q in reversed(self.quotations) if q.has_opening}

    @cached_property
    def closing_marks(self) -> dict[int, int]:
        """Where the quotation starts that each closing mark closes."""
        return {q.last - 1: q.first for q in reversed(self.quotations) if q.has_closing}

    @cached_property
    def is_english(self) -> bool:
        """Whether the sentence has a word that hardly any other language has."""
        return any(w in en.ENGLISH_MARKERS for w in self.folded)

    @cached_property
    def capital_positions(self) -> frozenset[int]:
        """The tokens whose capital may come from their place: first of a sentence or quotation."""
        opening, out = True, set()
        for i, t in enumerate(self.tokens):
            if opening and is_word(t.text):
                out.add(i)
                opening = False
            opening = opening or t.text in _BEFORE_CAPITALS or t.text.isspace()
        return frozenset(out)

    @cached_property
    def is_all_caps(self) -> bool:
        """Whether hardly a word of the sentence has small letters, so that capitals mean nothing."""
        return not any(t.text.islower() and len(t.text) > 2 for t in self.tokens)

    @cached_property
    def is_headline(self) -> bool:
        """Whether all but function words have a capital, as in a headline; a list of names is none."""
        if self.folded.count(",") > _MAX_HEADLINE_COMMAS or ";" in self.folded:
            return False
        words = [
            t.text
            for i, t in enumerate(self.tokens)
            if t.text.isalpha()
            and not (self.is_attached(i) and self.folded[i - 1] in DASHES)
            and self.folded[i] not in en.FUNCTION_WORDS
        ]
        return len(words) > 2 and all(word[0].isupper() for word in words)

    def word(self, i: int) -> str:
        """Return the folded word at ``i``; empty outside of the sentence."""
        return self.folded[i] if 0 <= i < len(self.folded) else ""

    def is_capitalised(self, i: int) -> bool:
        """Whether token ``i`` is there and written with a capital; "I" is not."""
        return 0 <= i < len(self.tokens) and is_capital(self.tokens[i].text)

    def is_attached(self, i: int) -> bool:
        """Whether there is no blank between token ``i`` and the one before it."""
        return 0 < i < len(self.tokens) and not self.tokens[i - 1].ws

    def is_hyphen(self, i: int) -> bool:
        """Whether token ``i`` is a dash without blanks on either side."""
        return self.word(i) in DASHES and self.is_attached(i) and self.is_attached(i + 1)

    def is_mark(self, i: int) -> bool:
        """Whether token ``i``, which must be there, is a quotation mark."""
        return is_quotation_mark(self.tokens[i].text)

    def is_number(self, i: int) -> bool:
        """Whether token ``i`` is a number in digits or in words."""
        word = self.word(i)
        return bool(word) and (word in en.NUMBER_WORDS or word in en.SCALE_WORDS or is_digits(word))

    def content_end(self) -> int:
        """Return the end without the final stop and what is loose after it."""
        last = len(self.tokens)
        while last and self._is_trailing(last - 1):
            last -= 1
        return last

    def _is_trailing(self, i: int) -> bool:
        """Whether token ``i`` is a stop, white space, or a mark apart from the words before it."""
        text = self.tokens[i].text
        return text in SENTENCE_ENDS or text.isspace() or (self.is_mark(i) and i > 0 and self.tokens[i - 1].ws)


def sentence_features(tokens: Sequence[Token], *, starts_in_quotation: bool = False) -> SentenceFeatures:
    """Return the features of a sentence; those of the active sentence are needed at every key."""
    return _cached_features(tuple(tokens), starts_in_quotation)


@lru_cache(maxsize=64)
def _cached_features(tokens: tuple[Token, ...], starts_in_quotation: bool) -> SentenceFeatures:
    return SentenceFeatures(tokens, starts_in_quotation)


def is_word(text: str) -> bool:
    """Whether the token begins with a letter or digit, or is an abbreviated number ('90s)."""
    return text[:1].isalnum() or text[1:2].isalnum()


def is_capital(text: str) -> bool:
    """Whether the token is a word with a capital, first or inner; "I" alone is none."""
    if text in ("I", "I'm", "I’m") or not text[:1].isalpha() or "://" in text:
        return False
    return text[0].isupper() or any(c.isupper() for c in text[1:])


def is_demonym(word: str) -> bool:
    """Whether a folded word is an adjective or noun of nation, creed or party, singular or plural."""
    return word in en.DEMONYMS or word.removesuffix("s") in en.DEMONYMS


def is_digits(text: str) -> bool:
    """Whether the token is a number in digits: 20, 9,500, 3.8, 1/2, ½."""
    return _DIGITS.fullmatch(text) is not None


def is_quotation_mark(text: str) -> bool:
    """Whether the token is a quotation mark that opens or closes."""
    return text in OPENING_MARKS or text in CLOSING_MARKS


# What an article as a whole shows of its names; `article_context` collects it.


NameWords = tuple[str, ...]


class ArticleContext(Struct, frozen=True):
    """What an article shows of its names, collected once; all words in small letters."""

    lowercase_words: frozenset[str] = frozenset()
    """The words that the article has in small letters."""
    full_names: frozenset[NameWords] = frozenset()
    """Names of two and more words that are a person's by their own words or by a word beside them."""
    surnames: frozenset[NameWords] = frozenset()
    """What those names end with: surnames, with and without their particles."""
    first_names: frozenset[NameWords] = frozenset()
    """What those names begin with."""
    titled_names: frozenset[NameWords] = frozenset()
    """Names that are somewhere after Mr., Sen. and the like."""
    organisation_names: frozenset[NameWords] = frozenset()
    """Names, and short forms of names, of firms and bodies."""
    single_word_names: frozenset[str] = frozenset()
    """Words that are somewhere a whole name, so that a longer name may be shortened to them."""
    inferred_places: frozenset[NameWords] = frozenset()
    """Names that are not in the gazetteer and are somewhere in the frame of a place."""

    open_quotation_texts: frozenset[str] = frozenset()
    """The texts of the sentences that begin inside a quotation which an earlier one opened."""

    def is_short_name(self, words: NameWords) -> bool:
        """Whether the article calls a person by this word without the first name."""
        return words in self.surnames or words in self.titled_names


EMPTY_CONTEXT = ArticleContext()
"""Nothing is known but the sentence itself."""
