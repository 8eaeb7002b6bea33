"""The context of a sentence: evidence of names in the rest of its article."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core.tokens import Token, TokenRange
from annotator.language import english as en
from annotator.language.entity_features import (
    KnownPlaces,
    could_be_person,
    find_known_places,
    is_followed_by_region,
    is_organisation,
    name_words,
    person_cue,
    person_form,
    place_frame,
    place_type,
)
from annotator.language.names import name_ranges
from annotator.language.quotations import open_quotation_texts
from annotator.language.selection_ranges import SelectionCandidate
from annotator.language.sentence_features import (
    DASHES,
    EMPTY_CONTEXT,
    ArticleContext,
    NameWords,
    SentenceFeatures,
    sentence_features,
)

# A sentence's first word is capitalised in any case: the rest of the article shows whether it is a name.


_LOWERCASE_WORD = re.compile(r"\b[a-zà-öø-ÿ]{2,}\b")


def lowercase_words(text: str) -> frozenset[str]:
    """Return the words that an article has in small letters."""
    return frozenset(_LOWERCASE_WORD.findall(text))


def without_sentence_initial(
    candidates: Sequence[SelectionCandidate], tokens: Sequence[Token], lowercase: frozenset[str]
) -> tuple[SelectionCandidate, ...]:
    """Return the candidates but for a first word that the article has in small letters elsewhere."""
    first = next((i for i, t in enumerate(tokens) if t.text[:1].isalpha()), -1)
    if first < 0 or tokens[first].text.lower() not in lowercase:
        return tuple(candidates)
    return tuple(c for c in candidates if (c.first, c.last, c.kind) != (first, first + 1, "name"))


_CERTAIN_FORMS = ("given", "given-family", "given-initial", "initial", "suffix")
_CERTAIN_CUES = ("honorific", "party", "age", "role-comma")
_PLACE_POINTS = {"at-in": 2, "at-kind": 2, "dateline": 2, "at-to": 1, "at-on": 1, "at-and-place": 1}
"""The evidence of a place by the frame before a name; two points make a place."""

_NOT_BEFORE_APPOSITION = frozenset({"the", "and", "&"})
"""Words that are not before a person's name whose only cue is an apposition after it."""


class _NameEvidence(Struct):
    """The evidence in the sentences read so far."""

    full_names: set[NameWords] = field(default_factory=set)
    uncertain_names: set[NameWords] = field(default_factory=set)
    """Names of two and three words of which nothing is known."""
    titled_names: set[NameWords] = field(default_factory=set)
    organisation_names: set[NameWords] = field(default_factory=set)
    single_word_names: set[str] = field(default_factory=set)
    acting_words: set[str] = field(default_factory=set)
    """Single words that do what persons do."""
    place_points: Counter[NameWords] = field(default_factory=Counter)


def build_context(text: str, sentences: Sequence[Sequence[Token]]) -> ArticleContext:
    """Return the context of an article from its source text and the tokens of its sentences."""
    found = _NameEvidence()
    for tokens in sentences:
        sent = sentence_features(tokens)
        if sent.is_headline:
            continue  # capitals mean nothing there
        known = find_known_places(sent)
        for r in name_ranges(sent):
            _collect_name(found, sent, r, known)
    return replace(_context_from(lowercase_words(text), found), open_quotation_texts=open_quotation_texts(sentences))


def _collect_name(found: _NameEvidence, sent: SentenceFeatures, r: TokenRange, known: KnownPlaces) -> None:
    """Add the evidence of one name."""
    first, last = r
    words = name_words(sent, first, last)
    cue = person_cue(sent, first, last)
    if len(words) == 1:
        found.single_word_names.add(words[0])
        if cue:
            found.acting_words.add(words[0])
    if cue in ("honorific", "party", "age"):
        found.titled_names.add(words)
    if len(words) > 1 and _is_person(sent, r, known):
        found.full_names.add(words)
    elif r not in known and is_organisation(sent, first, last, EMPTY_CONTEXT):
        found.organisation_names.update(_organisation_short_forms(sent, first, last))
    elif r not in known:
        found.place_points[words] += _place_evidence(sent, first, last, known)
        if len(words) > 1 and could_be_person(sent, first, last) and not place_type(sent, *r, known):
            found.uncertain_names.add(words)


def _context_from(small: frozenset[str], found: _NameEvidence) -> ArticleContext:
    full = found.full_names | {words for words in found.titled_names if len(words) > 1}
    uncertain = found.uncertain_names - found.organisation_names
    full |= {words for words in uncertain if words[-1] in found.acting_words}
    tails = {tail for words in full for tail in _surname_variants(words)}
    firsts = {words[:1] for words in full if not words[0].endswith(".")}
    others = full | found.titled_names | tails | firsts | found.organisation_names
    placed = {words for words, n in found.place_points.items() if n > 1} - others
    return ArticleContext(
        lowercase_words=small,
        full_names=frozenset(full),
        surnames=frozenset(tails),
        first_names=frozenset(firsts),
        titled_names=frozenset(found.titled_names),
        organisation_names=frozenset(found.organisation_names),
        single_word_names=frozenset(found.single_word_names),
        inferred_places=frozenset(placed),
    )


def _is_person(sent: SentenceFeatures, r: TokenRange, known: KnownPlaces) -> bool:
    """Whether a name of two and more words is a person's beyond much doubt."""
    first, last = r
    if not could_be_person(sent, first, last) or is_followed_by_region(sent, last, known):
        return False
    cue = person_cue(sent, first, last)
    if cue in _CERTAIN_CUES:
        return True
    if place_type(sent, first, last, known) or is_organisation(sent, first, last, EMPTY_CONTEXT):
        return False
    if person_form(sent, first, last, EMPTY_CONTEXT) in _CERTAIN_FORMS:
        return True
    before = sent.word(first - 1)
    apposed = cue == "apposition" and before not in _NOT_BEFORE_APPOSITION and not before[:1].isdigit()
    return (apposed or cue == "role") and sum(sent.is_capitalised(i) for i in range(first, last)) < 4


def _organisation_short_forms(sent: SentenceFeatures, first: int, last: int) -> Iterator[NameWords]:
    """Yield a body's name, its first word if it is a firm, and the abbreviation after it in brackets."""
    words = sent.folded[first:last]
    yield words
    if sent.word(last) == "(" and sent.word(last + 2) == ")":
        yield (sent.word(last + 1),)
    if words[-1] in en.FIRM_ENDINGS and len(words) > 1:
        head = words[:-1]
        while len(head) > 1 and head[-1] in en.ORGANISATION_ENDINGS | {"&"}:
            head = head[:-1]
        yield head
        yield head[:1]


def _place_evidence(sent: SentenceFeatures, first: int, last: int, known: KnownPlaces) -> int:
    """Return the evidence that a name is a place: 2 for in X; X, Calif.; 1 for from X."""
    if is_followed_by_region(sent, last, known):
        return 2
    if last - first > 3 or (sent.word(last)[:1].isalpha() and sent.word(last) not in en.FUNCTION_WORDS):
        return 0
    at, then = place_frame(sent, first, last, known)
    if then == "then-poss" or sent.word(first - 1) == "the":
        return 0
    return _PLACE_POINTS.get(at, 0)


def _surname_variants(words: NameWords) -> Iterator[NameWords]:
    """Yield what a full name may be shortened to from its end: van der Meer, Meer; of al-Masri, Masri too."""
    for at in range(1, len(words)):
        joined = words[at - 1] in DASHES and words[at - 2] not in en.PARTICLES
        if len(words[at]) > 1 and not words[at].endswith(".") and not joined:
            yield words[at:]
