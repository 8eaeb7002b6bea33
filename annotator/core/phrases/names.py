"""Names: runs of capitalised words without titles, dates, demonyms and sentence openers."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from annotator.core.phrases.en import organisations, people
from annotator.core.phrases.en import places as gazetteer
from annotator.core.phrases.en import words as en
from annotator.core.phrases.view import DASHES, View
from annotator.core.tokens import Range

_PARTICLES = 4
"""How many particles may stand in a row: "van der" has two."""

_JOINERS = frozenset({"&", "/"})
_CLOSING = frozenset({"m.d.", "ph.d.", "d.d.s.", "m.p.", "esq."})
"""Degrees after which another name starts."""

_VERBS = frozenset(
    {"has", "is", "was", "had", "does", "'s", "'", "did", "will", "would", "who", "could", "may"}
)


@lru_cache(maxsize=64)  # hints, candidates, extents and readings all ask for those of one sentence
def names(view: View) -> tuple[Range, ...]:
    """Return the names of a sentence: parts of runs, and places that go on with "of"."""
    parts = [part for run in _runs(view) for part in _parts(view, run)]
    joined = _joined(view, parts)
    heads = {(a, a + 1) for a, _ in joined if view.word(a) in en.PLACE_HEADS}
    return tuple(sorted({*joined, *parts} - heads, key=lambda r: (r[0], -r[1])))


def title_start(view: View, first: int) -> int:
    """Return where the title before a name starts; ``first`` if there is none."""
    at = first
    while at > 0 and _title_word(view, at - 1):
        at -= 1
    while at < first and view.word(at) in en.DETERMINERS:
        at += 1
    return at if any(_is_title(view, i) for i in range(at, first)) else first


def _runs(view: View) -> list[Range]:
    """Return the maximal runs of capitalised words with particles and glued hyphens inside."""
    runs: list[Range] = []
    i = 0
    while i < len(view):
        last = _run_end(view, i)
        if last > i:
            runs.append((i, last))
        i = max(last, i + 1)
    return runs


def _run_end(view: View, i: int) -> int:
    """Return the end of the run that starts at ``i``; ``i`` itself if none does."""
    start = _over_particles(view, i)
    if not view.capital(start) or (start > i and view.word(i) in ("a", "y")):
        return i
    at = start + 1
    if view.word(start) in ("r", "d", "i") and view.word(at) in DASHES and view.glued(at):
        return at  # a party and its state: R-Tex.
    while True:
        if view.capital(at) and not _breaks(view, at):
            at += 1
        elif (
            (view.word(at) in _JOINERS and view.capital(at + 1))
            or (view.word(at) in DASHES and view.glued(at) and view.glued(at + 1) and view.capital(at + 1))
            or _hyphenated(view, at)
        ):
            at += 2
        elif (over := _over_particles(view, at)) > at and view.capital(over):
            at = over + 1
        else:
            return at


def _hyphenated(view: View, at: int) -> bool:
    """Whether a short part in small letters goes on with a name: Chong-sik Lee, Kim Jong-un."""
    part = view.word(at + 1)
    if view.word(at) not in DASHES or not (view.glued(at) and view.glued(at + 1)) or part in en.HYPHENED:
        return False
    return part.isalpha() and len(part) <= 5 and (view.capital(at + 2) or view.capital(at - 2))


def _over_particles(view: View, at: int) -> int:
    """Return the place after particles ("van der", "al-"); ``at`` if there are none."""
    end = at + _PARTICLES
    while at < end and view.word(at) in en.PARTICLES and not view.capital(at):
        at += 1
        if view.word(at) in DASHES and view.glued(at) and view.glued(at + 1):
            at += 1
    return at


def _breaks(view: View, at: int) -> bool:
    """Whether a capitalised word starts a new run although the one before it has a capital too."""
    return at in view.firsts or view.word(at) in en.WEEKDAYS or view.word(at - 1) in _CLOSING


def _parts(view: View, run: Range) -> list[Range]:
    """Return the names in a run: what is before a title, and what is after it."""
    first, last = _without_opener(view, run)
    first = _without_office(view, first, last)
    last = _without_tail(view, first, last)
    cut = _last_title(view, first, last)
    if cut is None:
        return [(first, last)] if _is_name(view, first, last) else []
    head = first
    while head < cut and not (_is_title(view, head) or view.word(head) in en.TITLE_MODIFIERS):
        head += 1
    after = (cut + 1, last)
    head = _without_tail(view, first, head)
    return [r for r in ((first, head), after) if r[0] < r[1] and _is_name(view, *r)]


def _without_opener(view: View, run: Range) -> Range:
    """Drop words from the front that have their capital from their place or are articles."""
    first, last = run
    if view.word(first) in gazetteer.LEADS and first + 1 < last:
        return first, last
    while first < last and (view.word(first) in en.FUNCTION and _droppable(view, first, last)):
        first += 1
    if first == run[0] and first in view.firsts and first < last and _common(view, first, last):
        first += 1
    return first, last


def _droppable(view: View, i: int, last: int) -> bool:
    """Whether a function word with a capital is none of the name's words (US, WHO and IT are)."""
    text = view.tokens[i].text
    return (
        len(text) == 1
        or not text.isupper()
        or (view.tokens[min(i + 1, last - 1)].text.isupper() and i + 1 < last)
    )


def _common(view: View, i: int, last: int) -> bool:
    """Whether the first word of a sentence looks like a common word rather than a name."""
    word, text = view.word(i), view.tokens[i].text
    if word in en.OPENERS or word in en.CUES or view.number(i):
        return True
    if last - i > 1 or not text[1:].islower():
        return False
    if view.word(i + 1) in _VERBS and not word.endswith(en.NOUN_ENDINGS):
        return False
    plural = word.endswith("s") and not word.endswith("ss") and word not in en.NAMES_IN_S
    return word.endswith(en.NOUN_ENDINGS) or (plural and view.word(i + 1) not in (",", "of"))


def _without_office(view: View, first: int, last: int) -> int:
    """Drop what a title is of from the front: (Secretary of) State John Kerry."""
    of = first - 1 - (view.word(first - 1) == "the")
    if view.word(of) != "of" or not (
        view.word(of - 1) in en.TITLES or view.word(of - 1) in en.TITLE_MODIFIERS
    ):
        return first
    at = first
    while at < last and view.word(at) in en.OFFICES:
        at += 1
    return at if at < last else first


def _without_tail(view: View, first: int, last: int) -> int:
    """Drop dates, degrees and party members from the end; a month stays after a first name."""
    while last - 1 > first and view.word(last - 1) in en.DEGREES | en.PARTIES | en.WEEKDAYS | en.FEASTS:
        last -= 1
    if (
        view.word(last - 1) in ("jr", "sr")
        and view.word(last) == "."
        and view.glued(last)
        and last + 1 < len(view)
    ):
        return last + 1
    if last - first == 1 and view.word(first) in en.DATES:
        return first
    return last


def _last_title(view: View, first: int, last: int) -> int | None:
    """Return the last title in ``[first, last)`` that has a name after it, or is all there is."""
    for i in range(last - 1, first - 1, -1):
        if i + 2 == last and _names_body(view, i):
            continue
        if _is_title(view, i) or (
            (view.word(i) in en.SHY_TITLES or _role(view, i)) and _shy(view, first, i, last)
        ):
            tail = range(i + 1, last)
            if not tail or any(view.word(j) not in en.NAME_SUFFIXES for j in tail):
                return i
    return None


def _names_body(view: View, i: int) -> bool:
    """Whether a title belongs to a body's name: Justice Department, General Electric."""
    after = view.word(i + 1)
    if view.word(i) in en.SHY_TITLES:
        return after in organisations.ENDINGS
    return after in organisations.OFFICES


def _shy(view: View, first: int, i: int, last: int) -> bool:
    before = range(first, i)
    return i + 1 < last and all(_title_word(view, j) or _role(view, j) for j in before)


def _role(view: View, i: int) -> bool:
    """Whether a role with a capital stands before what may be a person's name: Ranger, Prosecutor."""
    word, after = view.word(i), view.word(i + 1)
    if word not in people.ROLES or word in people.SURELY_NAMES | people.SURNAMES:
        return False
    return after not in organisations.ENDINGS and after not in gazetteer.HEADS


def _is_title(view: View, i: int) -> bool:
    return view.word(i) in en.TITLES


def _title_word(view: View, i: int) -> bool:
    word = view.word(i)
    known = word in en.TITLES or word in en.SHY_TITLES or word in en.TITLE_MODIFIERS or _demonym(word)
    return known and (view.word(i + 1) != "," and word not in en.DETERMINERS)


def _demonym(word: str) -> bool:
    return word in en.DEMONYMS or word.removesuffix("s") in en.DEMONYMS


def _is_name(view: View, first: int, last: int) -> bool:
    """Whether a part has a word that is no title, demonym, date or number."""
    return any(_naming(view, i) for i in range(first, last))


def _naming(view: View, i: int) -> bool:
    word = view.word(i)
    if not view.capital(i) or word in en.TITLES or _demonym(word) or word in en.WEEKDAYS:
        return False
    return word not in en.NAME_SUFFIXES and not view.number(i)


def _joined(view: View, parts: list[Range]) -> list[Range]:
    """Return the names that go on with "of" or 's: University of Texas, St. Brigid's Square."""
    out: list[Range] = []
    for (a, b), (c, d) in pairwise(parts):
        between = view.low[b:c]
        if (between in (("of",), ("of", "the")) and view.word(b - 1) in en.PLACE_HEADS) or (
            between in (("'s",), ("'",)) and view.word(d - 1) in en.PLACE_HEADS and d - c < 3
        ):
            out.append((a, d))
    return out
