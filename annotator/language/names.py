"""Names: runs of capitalised words without titles, dates, demonyms and sentence openers."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from annotator.core.tokens import TokenRange
from annotator.language import english as en
from annotator.language.sentence_features import DASHES, SentenceFeatures

_MAX_PARTICLES = 4
"""How many particles may stand in a row: "van der" has two."""

_NOUN_ENDINGS = tuple(en.NOUN_ENDINGS)
_JOINERS = frozenset({"&", "/"})
_CLOSING_DEGREES = frozenset({"m.d.", "ph.d.", "d.d.s.", "m.p.", "esq."})
"""Degrees after which another name starts."""

_VERBS_AFTER_NAMES = frozenset(
    {"has", "is", "was", "had", "does", "'s", "'", "did", "will", "would", "who", "could", "may"}
)


@lru_cache(maxsize=64)  # hints, candidates, extents and readings all ask for those of one sentence
def name_ranges(features: SentenceFeatures) -> tuple[TokenRange, ...]:
    """Return the names of a sentence: parts of runs, and places that go on with "of"."""
    parts = [part for run in _capitalised_runs(features) for part in _names_in_run(features, run)]
    joined = _joined_names(features, parts)
    heads = {(a, a + 1) for a, _ in joined if features.word(a) in en.OF_NAME_HEADS}
    return tuple(sorted({*joined, *parts} - heads, key=lambda r: (r[0], -r[1])))


def title_start(features: SentenceFeatures, first: int) -> int:
    """Return where the title before a name starts; ``first`` if there is none."""
    at = first
    while at > 0 and _is_title_word(features, at - 1):
        at -= 1
    while at < first and features.word(at) in en.DETERMINERS:
        at += 1
    return at if any(_is_title(features, i) for i in range(at, first)) else first


def _capitalised_runs(features: SentenceFeatures) -> list[TokenRange]:
    """Return the maximal runs of capitalised words with particles and glued hyphens inside."""
    runs: list[TokenRange] = []
    i = 0
    while i < len(features):
        last = _run_end(features, i)
        if last > i:
            runs.append((i, last))
        i = max(last, i + 1)
    return runs


def _run_end(features: SentenceFeatures, i: int) -> int:
    """Return the end of the run that starts at ``i``; ``i`` itself if none does."""
    start = _skip_particles(features, i)
    if not features.is_capitalised(start) or (start > i and features.word(i) in ("a", "y")):
        return i
    at = start + 1
    if features.word(start) in ("r", "d", "i") and features.word(at) in DASHES and features.is_attached(at):
        return at  # a party and its state: R-Tex.
    while True:
        if features.is_capitalised(at) and not _starts_new_run(features, at):
            at += 1
        elif (
            (features.word(at) in _JOINERS and features.is_capitalised(at + 1))
            or (
                features.word(at) in DASHES
                and features.is_attached(at)
                and features.is_attached(at + 1)
                and features.is_capitalised(at + 1)
            )
            or _is_hyphenated_part(features, at)
        ):
            at += 2
        elif (over := _skip_particles(features, at)) > at and features.is_capitalised(over):
            at = over + 1
        else:
            return at


def _is_hyphenated_part(features: SentenceFeatures, at: int) -> bool:
    """Whether a short part in small letters goes on with a name: Chong-sik Lee, Kim Jong-un."""
    part = features.word(at + 1)
    if (
        features.word(at) not in DASHES
        or not (features.is_attached(at) and features.is_attached(at + 1))
        or part in en.HYPHEN_SUFFIXES
    ):
        return False
    return (
        part.isalpha()
        and len(part) <= 5
        and (features.is_capitalised(at + 2) or features.is_capitalised(at - 2))
    )


def _skip_particles(features: SentenceFeatures, at: int) -> int:
    """Return the place after particles ("van der", "al-"); ``at`` if there are none."""
    end = at + _MAX_PARTICLES
    while at < end and features.word(at) in en.PARTICLES and not features.is_capitalised(at):
        at += 1
        if features.word(at) in DASHES and features.is_attached(at) and features.is_attached(at + 1):
            at += 1
    return at


def _starts_new_run(features: SentenceFeatures, at: int) -> bool:
    """Whether a capitalised word starts a new run although the one before it has a capital too."""
    return (
        at in features.capital_positions
        or features.word(at) in en.WEEKDAYS
        or features.word(at - 1) in _CLOSING_DEGREES
    )


def _names_in_run(features: SentenceFeatures, run: TokenRange) -> list[TokenRange]:
    """Return the names in a run: what is before a title, and what is after it."""
    first, last = _without_opener(features, run)
    first = _without_office(features, first, last)
    last = _without_tail(features, first, last)
    cut = _last_title(features, first, last)
    if cut is None:
        return [(first, last)] if _is_name(features, first, last) else []
    head = first
    while head < cut and not (_is_title(features, head) or features.word(head) in en.TITLE_MODIFIERS):
        head += 1
    after = (cut + 1, last)
    head = _without_tail(features, first, head)
    return [r for r in ((first, head), after) if r[0] < r[1] and _is_name(features, *r)]


def _without_opener(features: SentenceFeatures, run: TokenRange) -> TokenRange:
    """Drop words from the front that have their capital from their place or are articles."""
    first, last = run
    if features.word(first) in en.PLACE_NAME_STARTS and first + 1 < last:
        return first, last
    while first < last and (
        features.word(first) in en.FUNCTION_WORDS and _is_droppable(features, first, last)
    ):
        first += 1
    if (
        first == run[0]
        and first in features.capital_positions
        and first < last
        and _is_common_opener(features, first, last)
    ):
        first += 1
    return first, last


def _is_droppable(features: SentenceFeatures, i: int, last: int) -> bool:
    """Whether a function word with a capital is none of the name's words (US, WHO and IT are)."""
    text = features.tokens[i].text
    return (
        len(text) == 1
        or not text.isupper()
        or (features.tokens[min(i + 1, last - 1)].text.isupper() and i + 1 < last)
    )


def _is_common_opener(features: SentenceFeatures, i: int, last: int) -> bool:
    """Whether the first word of a sentence looks like a common word rather than a name."""
    word, text = features.word(i), features.tokens[i].text
    if word in en.SENTENCE_OPENERS or word in en.SPEECH_CUES or features.is_number(i):
        return True
    if last - i > 1 or not text[1:].islower():
        return False
    if features.word(i + 1) in _VERBS_AFTER_NAMES and not word.endswith(_NOUN_ENDINGS):
        return False
    plural = word.endswith("s") and not word.endswith("ss") and word not in en.NAMES_IN_S
    return word.endswith(_NOUN_ENDINGS) or (plural and features.word(i + 1) not in (",", "of"))


def _without_office(features: SentenceFeatures, first: int, last: int) -> int:
    """Drop what a title is of from the front: (Secretary of) State John Kerry."""
    of = first - 1 - (features.word(first - 1) == "the")
    if features.word(of) != "of" or not (
        features.word(of - 1) in en.TITLES or features.word(of - 1) in en.TITLE_MODIFIERS
    ):
        return first
    at = first
    while at < last and features.word(at) in en.OFFICE_NOUNS:
        at += 1
    return at if at < last else first


def _without_tail(features: SentenceFeatures, first: int, last: int) -> int:
    """Drop dates, degrees and party members from the end; a month stays after a first name."""
    while last - 1 > first and features.word(last - 1) in en.DEGREES | en.PARTIES | en.WEEKDAYS | en.HOLIDAYS:
        last -= 1
    if (
        features.word(last - 1) in ("jr", "sr")
        and features.word(last) == "."
        and features.is_attached(last)
        and last + 1 < len(features)
    ):
        return last + 1
    if last - first == 1 and features.word(first) in en.DATES:
        return first
    return last


def _last_title(features: SentenceFeatures, first: int, last: int) -> int | None:
    """Return the last title in ``[first, last)`` that has a name after it, or is all there is."""
    for i in range(last - 1, first - 1, -1):
        if i + 2 == last and _titles_organisation(features, i):
            continue
        if _is_title(features, i) or (
            (features.word(i) in en.AMBIGUOUS_TITLES or _is_role_title(features, i))
            and _is_title_in_context(features, first, i, last)
        ):
            tail = range(i + 1, last)
            if not tail or any(features.word(j) not in en.NAME_SUFFIXES for j in tail):
                return i
    return None


def _titles_organisation(features: SentenceFeatures, i: int) -> bool:
    """Whether a title belongs to a body's name: Justice Department, General Electric."""
    after = features.word(i + 1)
    if features.word(i) in en.AMBIGUOUS_TITLES:
        return after in en.ORGANISATION_ENDINGS
    return after in en.TITLED_OFFICES


def _is_title_in_context(features: SentenceFeatures, first: int, i: int, last: int) -> bool:
    before = range(first, i)
    return i + 1 < last and all(_is_title_word(features, j) or _is_role_title(features, j) for j in before)


def _is_role_title(features: SentenceFeatures, i: int) -> bool:
    """Whether a role with a capital stands before what may be a person's name: Ranger, Prosecutor."""
    word, after = features.word(i), features.word(i + 1)
    if word not in en.ROLES or word in en.ROLE_SURNAMES | en.SURNAMES:
        return False
    return after not in en.ORGANISATION_ENDINGS and after not in en.PLACE_NAME_HEADS


def _is_title(features: SentenceFeatures, i: int) -> bool:
    return features.word(i) in en.TITLES


def _is_title_word(features: SentenceFeatures, i: int) -> bool:
    word = features.word(i)
    known = (
        word in en.TITLES or word in en.AMBIGUOUS_TITLES or word in en.TITLE_MODIFIERS or _is_demonym(word)
    )
    return known and (features.word(i + 1) != "," and word not in en.DETERMINERS)


def _is_demonym(word: str) -> bool:
    return word in en.DEMONYMS or word.removesuffix("s") in en.DEMONYMS


def _is_name(features: SentenceFeatures, first: int, last: int) -> bool:
    """Whether a part has a word that is no title, demonym, date or number."""
    return any(_is_name_word(features, i) for i in range(first, last))


def _is_name_word(features: SentenceFeatures, i: int) -> bool:
    word = features.word(i)
    if not features.is_capitalised(i) or word in en.TITLES or _is_demonym(word) or word in en.WEEKDAYS:
        return False
    return word not in en.NAME_SUFFIXES and not features.is_number(i)


def _joined_names(features: SentenceFeatures, parts: list[TokenRange]) -> list[TokenRange]:
    """Return the names that go on with "of" or 's: University of Texas, St. Brigid's Square."""
    out: list[TokenRange] = []
    for (a, b), (c, d) in pairwise(parts):
        between = features.folded[b:c]
        if (between in (("of",), ("of", "the")) and features.word(b - 1) in en.OF_NAME_HEADS) or (
            between in (("'s",), ("'",)) and features.word(d - 1) in en.OF_NAME_HEADS and d - c < 3
        ):
            out.append((a, d))
    return out
