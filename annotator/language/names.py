"""Names: runs of capitalised words without titles, dates, demonyms and sentence openers."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from annotator.core.tokens import TokenRange
from annotator.language import english as en
from annotator.language.sentence_features import DASHES, SentenceFeatures, is_demonym

_MAX_PARTICLES = 4
"""How many particles may be in a row: "van der" has two."""

_NOUN_ENDINGS = tuple(en.NOUN_ENDINGS)
_JOINERS = frozenset({"&", "/"})
_CLOSING_DEGREES = frozenset({"m.d.", "ph.d.", "d.d.s.", "m.p.", "esq."})
"""Degrees after which another name starts."""

_VERBS_AFTER_NAMES = frozenset(
    {"has", "is", "was", "had", "does", "'s", "'", "did", "will", "would", "who", "could", "may"}
)


@lru_cache(maxsize=64)  # hints, candidates, extents and readings all ask for those of one sentence
def name_ranges(sent: SentenceFeatures) -> tuple[TokenRange, ...]:
    """Return the names of a sentence: parts of runs, and places that go on with "of"."""
    parts = [part for run in _capitalised_runs(sent) for part in _names_in_run(sent, run)]
    joined = _joined_names(sent, parts)
    heads = {(a, a + 1) for a, _ in joined if sent.word(a) in en.OF_NAME_HEADS}
    return tuple(sorted({*joined, *parts} - heads, key=lambda r: (r[0], -r[1])))


def title_start(sent: SentenceFeatures, first: int) -> int:
    """Return where the title before a name starts; ``first`` if there is none."""
    at = first
    while at > 0 and _is_title_word(sent, at - 1):
        at -= 1
    while at < first and sent.word(at) in en.DETERMINERS:
        at += 1
    return at if any(_is_title(sent, i) for i in range(at, first)) else first


def _capitalised_runs(sent: SentenceFeatures) -> list[TokenRange]:
    """Return the maximal runs of capitalised words with particles and glued hyphens inside."""
    runs: list[TokenRange] = []
    i = 0
    while i < len(sent):
        last = _run_end(sent, i)
        if last > i:
            runs.append((i, last))
        i = max(last, i + 1)
    return runs


def _run_end(sent: SentenceFeatures, i: int) -> int:
    """Return the end of the run that starts at ``i``; ``i`` itself if none does."""
    start = _skip_particles(sent, i)
    if not sent.is_capitalised(start) or (start > i and sent.word(i) in ("a", "y")):
        return i
    at = start + 1
    if sent.word(start) in ("r", "d", "i") and sent.word(at) in DASHES and sent.is_attached(at):
        return at  # a party and its state: R-Tex.
    while True:
        ended = sent.word(at - 1) in _CLOSING_DEGREES
        starts_new_run = ended or at in sent.capital_positions or sent.word(at) in en.WEEKDAYS
        joins_capital = sent.is_capitalised(at + 1) and (sent.word(at) in _JOINERS or sent.is_hyphen(at))
        if sent.is_capitalised(at) and not starts_new_run:
            at += 1
        elif joins_capital or _is_hyphenated_part(sent, at):
            at += 2
        elif (over := _skip_particles(sent, at)) > at and sent.is_capitalised(over):
            at = over + 1
        else:
            return at


def _is_hyphenated_part(sent: SentenceFeatures, at: int) -> bool:
    """Whether a short part in small letters goes on with a name: Chong-sik Lee, Kim Jong-un."""
    part = sent.word(at + 1)
    if not sent.is_hyphen(at) or part in en.HYPHEN_SUFFIXES:
        return False
    return part.isalpha() and len(part) <= 5 and (sent.is_capitalised(at + 2) or sent.is_capitalised(at - 2))


def _skip_particles(sent: SentenceFeatures, at: int) -> int:
    """Return the place after particles ("van der", "al-"); ``at`` if there are none."""
    end = at + _MAX_PARTICLES
    while at < end and sent.word(at) in en.PARTICLES and not sent.is_capitalised(at):
        at += 1
        if sent.is_hyphen(at):
            at += 1
    return at


def _names_in_run(sent: SentenceFeatures, run: TokenRange) -> list[TokenRange]:
    """Return the names in a run: what is before a title, and what is after it."""
    first, last = _without_opener(sent, run)
    first = _without_office(sent, first, last)
    last = _without_tail(sent, first, last)
    cut = _last_title(sent, first, last)
    if cut is None:
        return [(first, last)] if _is_name(sent, first, last) else []
    head = first
    while head < cut and not (_is_title(sent, head) or sent.word(head) in en.TITLE_MODIFIERS):
        head += 1
    after = (cut + 1, last)
    head = _without_tail(sent, first, head)
    return [r for r in ((first, head), after) if r[0] < r[1] and _is_name(sent, *r)]


def _without_opener(sent: SentenceFeatures, run: TokenRange) -> TokenRange:
    """Drop words from the front that have their capital from their place or are articles."""
    first, last = run
    if sent.word(first) in en.PLACE_NAME_STARTS and first + 1 < last:
        return first, last
    while first < last and (sent.word(first) in en.FUNCTION_WORDS and _is_droppable(sent, first, last)):
        first += 1
    if first == run[0] and first in sent.capital_positions and first < last and _is_common_opener(sent, first, last):
        first += 1
    return first, last


def _is_droppable(sent: SentenceFeatures, i: int, last: int) -> bool:
    """Whether a function word with a capital is none of the name's words (US, WHO and IT are)."""
    text = sent.tokens[i].text
    return len(text) == 1 or not text.isupper() or (sent.tokens[min(i + 1, last - 1)].text.isupper() and i + 1 < last)


def _is_common_opener(sent: SentenceFeatures, i: int, last: int) -> bool:
    """Whether the first word of a sentence looks like a common word rather than a name."""
    word, text = sent.word(i), sent.tokens[i].text
    if word in en.SENTENCE_OPENERS or word in en.SPEECH_CUES or sent.is_number(i):
        return True
    if last - i > 1 or not text[1:].islower():
        return False
    if sent.word(i + 1) in _VERBS_AFTER_NAMES and not word.endswith(_NOUN_ENDINGS):
        return False
    plural = word.endswith("s") and not word.endswith("ss") and word not in en.NAMES_IN_S
    return word.endswith(_NOUN_ENDINGS) or (plural and sent.word(i + 1) not in (",", "of"))


def _without_office(sent: SentenceFeatures, first: int, last: int) -> int:
    """Drop what a title is of from the front: (Secretary of) State John Kerry."""
    of = first - 1 - (sent.word(first - 1) == "the")
    if sent.word(of) != "of" or not (sent.word(of - 1) in en.TITLES or sent.word(of - 1) in en.TITLE_MODIFIERS):
        return first
    at = first
    while at < last and sent.word(at) in en.OFFICE_NOUNS:
        at += 1
    return at if at < last else first


def _without_tail(sent: SentenceFeatures, first: int, last: int) -> int:
    """Drop dates, degrees and party members from the end; a month stays after a first name."""
    while last - 1 > first and sent.word(last - 1) in en.DEGREES | en.PARTIES | en.WEEKDAYS | en.HOLIDAYS:
        last -= 1
    stop = sent.word(last) == "." and sent.is_attached(last) and last + 1 < len(sent)
    if stop and sent.word(last - 1) in ("jr", "sr"):
        return last + 1
    if last - first == 1 and sent.word(first) in en.DATES:
        return first
    return last


def _last_title(sent: SentenceFeatures, first: int, last: int) -> int | None:
    """Return the last title in ``[first, last)`` that has a name after it, or is all there is."""
    for i in range(last - 1, first - 1, -1):
        if i + 2 == last and _titles_organisation(sent, i):
            continue
        title = _is_title(sent, i)
        if not title and i + 1 < last and (sent.word(i) in en.AMBIGUOUS_TITLES or _is_role_title(sent, i)):
            title = all(_is_title_word(sent, j) or _is_role_title(sent, j) for j in range(first, i))
        if title:
            tail = range(i + 1, last)
            if not tail or any(sent.word(j) not in en.NAME_SUFFIXES for j in tail):
                return i
    return None


def _titles_organisation(sent: SentenceFeatures, i: int) -> bool:
    """Whether a title belongs to a body's name: Justice Department, General Electric."""
    after = sent.word(i + 1)
    if sent.word(i) in en.AMBIGUOUS_TITLES:
        return after in en.ORGANISATION_ENDINGS
    return after in en.TITLED_OFFICES


def _is_role_title(sent: SentenceFeatures, i: int) -> bool:
    """Whether a role with a capital is before what may be a person's name: Ranger, Prosecutor."""
    word, after = sent.word(i), sent.word(i + 1)
    if word not in en.ROLES or word in en.ROLE_SURNAMES | en.SURNAMES:
        return False
    return after not in en.ORGANISATION_ENDINGS and after not in en.PLACE_NAME_HEADS


def _is_title(sent: SentenceFeatures, i: int) -> bool:
    return sent.word(i) in en.TITLES


def _is_title_word(sent: SentenceFeatures, i: int) -> bool:
    word = sent.word(i)
    known = word in en.TITLES or word in en.AMBIGUOUS_TITLES or word in en.TITLE_MODIFIERS or is_demonym(word)
    return known and (sent.word(i + 1) != "," and word not in en.DETERMINERS)


def _is_name(sent: SentenceFeatures, first: int, last: int) -> bool:
    """Whether a part has a word that is no title, demonym, date or number."""
    return any(_is_name_word(sent, i) for i in range(first, last))


def _is_name_word(sent: SentenceFeatures, i: int) -> bool:
    word = sent.word(i)
    if not sent.is_capitalised(i) or word in en.TITLES or is_demonym(word) or word in en.WEEKDAYS:
        return False
    return word not in en.NAME_SUFFIXES and not sent.is_number(i)


def _joined_names(sent: SentenceFeatures, parts: list[TokenRange]) -> list[TokenRange]:
    """Return the names that go on with "of" or 's: University of Texas, St. Brigid's Square."""
    out: list[TokenRange] = []
    for (a, b), (c, d) in pairwise(parts):
        between = sent.folded[b:c]
        if (between in (("of",), ("of", "the")) and sent.word(b - 1) in en.OF_NAME_HEADS) or (
            between in (("'s",), ("'",)) and sent.word(d - 1) in en.OF_NAME_HEADS and d - c < 3
        ):
            out.append((a, d))
    return out
