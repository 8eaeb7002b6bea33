"""NORM and SENT_START as a blank pipeline's tokenizer leaves them, for ``--attrs full``.

A word's norm is its own in small letters, or the one in ``spacy.lang.norm_exceptions``. The
tokenizer's exceptions (``don't`` → ``do``, ``n't``) bring norms of their own (``not``), and a text
that opens with one that holds an affix (``he's``) has no SENT_START on its first token: spaCy finds
those last and copies the prepared tokens over the one that had it. Neither depends on the annotations,
and ``spacy train`` reads neither;
they are here so that the payload is the one that spaCy's own API makes. For English they are
stored (``data/en.json``; a test compares them with the installed spaCy), for other languages
spaCy is asked, which takes its import.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from annotator.core.errors import UsageError
from annotator.docbin.string_ids import SPACY_SYMBOLS, StringIds, cached_string_id

TokenizerException = tuple[tuple[str, ...], tuple[str, ...], bool]
"""Words of an exception, their norms (empty: the word's own), and whether it takes SENT_START away."""
_DATA_FOLDER = Path(__file__).parent / "data"


class Norms(Struct, frozen=True):
    """What a language's tokenizer does with words."""

    norm_of: Callable[[str], str]
    """The norm of a word by itself."""
    exceptions: Mapping[str, Sequence[TokenizerException]]
    """The exceptions by their first word, those of most words first."""
    single_word_exceptions: frozenset[str]
    """The first words of those that have but one: of the others no blank follows the first word."""

    def find_exceptions(self, words: Sequence[str], spaces: Sequence[int]) -> Iterator[tuple[int, TokenizerException]]:
        """Yield the places of exceptions: words without a blank between, from the left, the longest first."""
        cases = self.exceptions
        at = 0
        for n, word in enumerate(words):
            if word in cases and n >= at:
                for case in cases[word]:
                    end = n + len(case[0])
                    if tuple(words[n:end]) == case[0] and not any(spaces[n : end - 1]):
                        yield n, case
                        at = end
                        break


@cache
def load_norms(lang: str) -> Norms:
    """Return what spaCy's blank pipeline of a language does; raises UsageError for an unknown one."""
    stored = _DATA_FOLDER / f"{lang}.json"
    if stored.is_file():
        data = json.loads(stored.read_bytes())
        own: dict[str, str] = data["norms"]
        return _make_norms(lambda word: own.get(word) or word.lower(), data["cases"])
    import spacy

    try:
        vocab = spacy.blank(lang).vocab
    except ImportError as error:
        what = f"--attrs full asks spaCy's tokenizer for the language {lang!r}, which is not there"
        raise UsageError(what, do="install what spaCy needs for it, or give --attrs own or min") from error
    return _make_norms(lambda word: vocab[word].norm_, norms_from_spacy(lang)["cases"])


def _make_norms(of: Callable[[str], str], cases: Sequence[Any]) -> Norms:
    by_first_word: dict[str, list[TokenizerException]] = {}
    for words, own, opens in sorted(cases, key=lambda c: -len(c[0])):
        by_first_word.setdefault(words[0], []).append((tuple(words), tuple(own), opens))
    return Norms(of, by_first_word, frozenset(words[0] for words, _, _ in cases if len(words) == 1))


def norms_from_spacy(lang: str) -> dict[str, Any]:
    """Return what is stored of a language, from the installed spaCy: norms of words, and exceptions."""
    import spacy
    from spacy.lang.norm_exceptions import BASE_NORMS

    nlp: Any = spacy.blank(lang)
    cases = []
    for rule in (getattr(nlp.tokenizer, "rules", None) or {}).values():
        words = [t[SPACY_SYMBOLS["ORTH"]] for t in rule]
        own = [t.get(SPACY_SYMBOLS["NORM"], "") for t in rule]
        norms_ = ["" if nlp.vocab[w].norm_ == n else n for w, n in zip(words, own, strict=True)]
        bare = nlp.make_doc("".join(words)).to_array(SPACY_SYMBOLS["SENT_START"])[0] == 0
        cases.append([words, norms_, bool(bare)])
    return {"norms": dict(sorted(BASE_NORMS.items())), "cases": sorted(cases)}


# The ids of words and of their norms.
#
# Few words are looked up one by one. In a big file a dictionary of all its words is slow, because it
# is spread over the memory: there numpy computes the same ids (``hash_batch.py``).


class NormIdCache(dict[str, int]):
    """The ids of words' norms, by word, with the norms."""

    def __init__(self, norms: Norms) -> None:
        """Begin with none."""
        super().__init__()
        self._norms = norms
        self.norms_by_id: dict[int, str] = {}
        """By id."""

    def __missing__(self, word: str) -> int:
        made = self[word] = self.add(self._norms.norm_of(word))
        return made

    def add(self, norm: str) -> int:
        """Return the id of a norm, which is kept."""
        made = cached_string_id(norm)
        self.norms_by_id[made] = norm
        return made

    def strings(self, column: array[int]) -> set[str]:
        """Return the norms in a column: one that a token had may have been replaced."""
        return {self.norms_by_id[number] for number in set(column)}


class WordIds(ABC):
    """Ids of words and, where norms are asked for, of their norms: a number for each token."""

    def __init__(self, norms: Norms | None) -> None:
        """Begin with no tokens."""
        self.orth = array("Q")
        self.norm = array("Q")
        self._norms = NormIdCache(norms) if norms else None

    @abstractmethod
    def extend(self, words: Sequence[str]) -> None:
        """Add tokens."""

    def set_norm(self, token: int, norm: str) -> None:
        """Give a token another norm."""
        assert self._norms is not None
        self.norm[token] = self._norms.add(norm)

    def strings(self) -> set[str]:
        """Return the strings of the ids: of the norms, to which a subclass adds the words."""
        return self._norms.strings(self.norm) if self._norms else set()


class CachedWordIds(WordIds):
    """Words by a dictionary of those that were seen."""

    def __init__(self, norms: Norms | None) -> None:
        """Begin with no tokens."""
        super().__init__(norms)
        self._ids = StringIds()

    def extend(self, words: Sequence[str]) -> None:
        """Add tokens."""
        self.orth.extend(self._ids.of(words))
        if self._norms is not None:
            self.norm.extend(map(self._norms.__getitem__, words))

    def strings(self) -> set[str]:
        """Return the strings of the ids."""
        return super().strings().union(self._ids)
