"""NORM and SENT_START as a blank pipeline's tokenizer leaves them, for ``--attrs full``.

A word's norm is its own in small letters, or what ``spacy.lang.norm_exceptions`` says. The
tokenizer's exceptions (``don't`` → ``do``, ``n't``) bring norms of their own (``not``), and a text
that opens with one that holds an affix (``he's``) has no SENT_START on its first token: spaCy finds
those last and copies the prepared tokens over the one that had it. Neither says anything of the text,
and ``spacy train`` reads neither;
they are here so that the payload is the one that spaCy's own API makes. For English they are
stored (``data/en.json``; a test compares them with the installed spaCy), for other languages
spaCy is asked, which takes its import.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from annotator.core.errors import UsageError
from annotator.core.string_ids import SPACY_SYMBOLS

TokenizerException = tuple[tuple[str, ...], tuple[str, ...], bool]
"""Words of an exception, their norms (empty: the word's own), and whether it takes SENT_START away."""
_DATA_FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Norms:
    """What a language's tokenizer says of words."""

    norm_of: Callable[[str], str]
    """The norm of a word by itself."""
    exceptions: Mapping[str, Sequence[TokenizerException]]
    """The exceptions by their first word, those of most words first."""
    single_word_exceptions: frozenset[str]
    """The first words of those that have but one: of the others no blank follows the first word."""

    def find_exceptions(self, words: Sequence[str], spaces: Sequence[int]) -> Iterator[tuple[int, TokenizerException]]:
        """Yield where exceptions stand: words without a blank between, from the left, the longest first."""
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
        raise UsageError(
            f"--attrs full asks spaCy's tokenizer for the language {lang!r}, which is not there",
            do="install what spaCy needs for it, or give --attrs own or min",
        ) from error
    return _make_norms(lambda word: vocab[word].norm_, norms_from_spacy(lang)["cases"])


def _make_norms(of: Callable[[str], str], cases: Sequence[Any]) -> Norms:
    return Norms(of, _by_first_word(cases), frozenset(words[0] for words, _, _ in cases if len(words) == 1))


def _by_first_word(cases: Sequence[Any]) -> dict[str, list[TokenizerException]]:
    out: dict[str, list[TokenizerException]] = {}
    for words, own, opens in sorted(cases, key=lambda c: -len(c[0])):
        out.setdefault(words[0], []).append((tuple(words), tuple(own), opens))
    return out


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
