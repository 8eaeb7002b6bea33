"""Persons: what a name's own words and the words around it tell of it."""

from __future__ import annotations

from annotator.core.phrases.en import organisations, people
from annotator.core.phrases.en import places as gazetteer
from annotator.core.phrases.en import words as en
from annotator.core.phrases.known import Context
from annotator.core.phrases.names import title_start
from annotator.core.phrases.places import Places, place_from
from annotator.core.phrases.view import DASHES, View
from annotator.core.tokens import Range

_AGE = 120
_VAGUE = frozenset({"unknown", "two", "more", "family", "surname", "forename", "initial", "suffix", "word"})
"""Forms that tell little; what a word beside them tells weighs more."""

_ABOUT = frozenset({"in", "on", "at", "from", "near", "the"})
"""What does not stand before a person whom an apposition explains."""

_INVERTED = frozenset({",", ".", "(", "", "of", "in", "on", ";", "yesterday"})
"""What follows the source behind its verb: said Quist, …"""

_BARE = frozenset({"u.s", "u.n", "u.k", "d.c", "e.u", "n.y", "n.j", "n.c", "s.c", "n.h", "l.a"})
"""Abbreviated places and bodies, which look like initials."""

_LONGEST = 6
"""How many tokens a person's name may have; hyphens and particles are tokens as well."""

_ROLE_FAR = 8
"""How many tokens behind a name's comma a role may stand."""


def person_traits(view: View, r: Range, context: Context, kind: str, known: Places) -> tuple[str, ...]:
    """Return what tells for and against reading ``r`` as a person; nothing if it cannot be one.

    ``kind`` is its type as a place. The traits are those of `scores`: form, cue or frame, obstacles.
    """
    first, last = r
    if not could_be_person(view, first, last):
        return ()
    obstacles = _obstacles(view, r, context, kind, known)
    form = person_form(view, first, last, context)
    cue = person_cue(view, first, last)
    return (
        form,
        *_around(view, r, form, cue, barred=bool(obstacles)),
        *obstacles,
        *_seen(view, r, context, form),
    )


def _around(view: View, r: Range, form: str, cue: str, *, barred: bool) -> tuple[str, ...]:
    """Return the traits of the words around a name: its cue, or else its frame.

    A cue weighs more for a form that tells little, and little where something speaks against a person.
    """
    if barred:
        return (f"barred-{'cued' if cue else 'plain'}",)
    if form not in _VAGUE:
        return (cue or _frame(view, *r),)
    size = "one" if r[1] - r[0] == 1 else "few"
    return (f"{size}-{cue}", f"{size}-cued") if cue else (f"{size}-{_frame(view, *r)}",)


def _obstacles(view: View, r: Range, context: Context, kind: str, known: Places) -> tuple[str, ...]:
    """Return what speaks against a person; a firm that shares a known person's name does it less."""
    first, last = r
    body = is_body(view, first, last, context)
    short = context.is_short(words_of(view, first, last))
    led = _led_by_place(first, last, known) and view.word(first) not in people.FIRST_NAMES
    all_of_them = (
        ("both" if short else "body", body),
        (f"place-{kind}", bool(kind)),
        ("stated", is_stated(view, last, known)),
        ("led", led),
    )
    return tuple(name for name, there in all_of_them if there)


def _seen(view: View, r: Range, context: Context, form: str) -> tuple[str, ...]:
    """Return what the article shows of a name elsewhere, and whether it stands in a headline."""
    words = words_of(view, *r)
    all_of_them = (
        ("sure", len(words) > 1 and words in context.full and form in _VAGUE),
        ("shortened", len(words) > 1 and words[-1] in context.alone),
        ("mister", len(words) == 1 and words in context.titled),
        ("headline", view.titled),
        ("headline-long", view.titled and r[1] - r[0] > 2),
    )
    return tuple(name for name, there in all_of_them if there)


def is_stated(view: View, last: int, known: Places) -> bool:
    """Whether a state or country stands behind the name's comma: Shelby, Ohio."""
    if view.word(last) != ",":
        return False
    mark = view.word(last + 1).partition("-")[0] in gazetteer.STATE_MARKS and view.capital(last + 1)
    return mark or place_from(known, last + 1) not in ("", "city")


def _led_by_place(first: int, last: int, known: Places) -> bool:
    """Whether the name begins with that of a place: Georgia Gulf."""
    return any((first, end) in known for end in range(first + 1, last))


def could_be_person(view: View, first: int, last: int) -> bool:
    """Whether the words are those of a person's name: capitals, particles, hyphens, initials."""
    if last - first > _LONGEST:
        return False
    lead = view.word(first)
    party = lead in en.PARTIES or lead in en.DEMONYMS or lead.removesuffix("s") in en.DEMONYMS
    if party and last - first > 1 and lead not in people.FIRST_NAMES:
        return False
    if any(view.word(i) in ("&", "/", "of", "the") or view.number(i) for i in range(first, last)):
        return False
    return view.capital(last - 1) or view.word(last - 1) in (".", "un", "il") or last - first > 2


def words_of(view: View, first: int, last: int) -> tuple[str, ...]:
    """Return the folded words of a range without a suffix such as Jr."""
    end = last
    while end > first + 1 and view.word(end - 1) in en.NAME_SUFFIXES | {"."}:
        end -= 1
    return view.low[first:end]


def person_form(view: View, first: int, last: int, context: Context) -> str:
    """Return what the name's own words and the article tell."""
    words = words_of(view, first, last)
    if len(words) == 1:
        return _single(view, first, context)
    if words in context.tails:
        return "tails"
    given = words[0] in people.FIRST_NAMES
    if _initials(view, first, last):
        return "given-initial" if given else "initial"
    if len(words) < last - first and view.word(last - 1) != ".":
        return "suffix"
    if given:
        return "given-family" if words[-1] in people.SURNAMES else "given"
    if words[-1] in people.SURNAMES:
        return "family"
    return "two" if len(words) == 2 else "more"


def _single(view: View, i: int, context: Context) -> str:
    word = view.word(i)
    if (word,) in context.titled or (word,) in context.tails:
        return "tail"
    if (word,) in context.firsts:
        return "first"
    if word in people.MAY_BE_WORDS and i in view.firsts:
        return "word"
    if word in people.SURNAMES:
        return "surname"
    return "forename" if word in people.FIRST_NAMES else "unknown"


def _initials(view: View, first: int, last: int) -> bool:
    """Whether a single letter with its dot stands before the last word: K. Munday, Ann B. Teal."""
    return any(_initial(view.tokens[i].text) for i in range(first, last - 1))


def _initial(text: str) -> bool:
    if text[:-1].lower() in _BARE or not (text[0].isupper() and text.endswith(".")):
        return False
    return all(c == "." for c in text[1::2]) and text[::2].isalpha()


def person_cue(view: View, first: int, last: int) -> str:
    """Return the strongest word around a name that tells a person; empty for none."""
    if _titled(view, first):
        return "honorific"
    if _party(view, last):
        return "party"
    if _aged(view, last):
        return "age"
    if title_start(view, first) < first or view.word(first - 1) in people.ROLES:
        return "role"
    if view.word(first - 1) == "," and view.word(first - 2) in people.ROLES | en.TITLES:
        return "role-comma"
    if view.word(last) == "," and _role_after(view, last + 1) and view.word(first - 1) not in _ABOUT:
        return "apposition"
    if view.word(last) in people.DOES or (view.word(last) == "," and view.word(last + 1) == "who"):
        return "does"
    if view.word(first - 1) in en.REPORTING and first > 1 and view.word(last) in _INVERTED:
        return "said"
    if view.word(first - 1) == "to" and view.word(first - 2) == "according":
        return "said"
    return ""


def _titled(view: View, first: int) -> bool:
    title, before = view.word(first - 1), view.word(first - 2)
    if title == "." and view.glued(first - 1):
        return f"{before}." in people.HONORIFICS and view.capital(first - 2)
    ship = title in ("lady", "queen", "king", "prince", "princess", "sir") and before == "the"
    return title in people.HONORIFICS and view.capital(first - 1) and not ship


def _party(view: View, last: int) -> bool:
    """Whether a bracket or comma with a party stands behind the name: (R-Tex.), (D); , R-Texas."""
    if view.word(last) == "," and view.word(last + 2) in DASHES and view.glued(last + 2):
        return view.word(last + 1) in ("r", "d", "i")
    if view.word(last) != "(" or view.word(last + 1) not in people.PARTY_MARKS:
        return False
    return view.word(last + 2) in DASHES | {")", ",", "."}


def _aged(view: View, last: int) -> bool:
    word = view.word(last + 1)
    aged = word.isascii() and word.isdecimal() and int(word) <= _AGE
    return view.word(last) == "," and aged and view.word(last + 2) in (",", ".", "-", "years", ";")


def _role_after(view: View, at: int) -> bool:
    """Whether a role stands behind the name's comma before anything else ends it: , the group's director."""
    for i in range(at, min(len(view), at + _ROLE_FAR)):
        word = view.word(i)
        if not view.capital(i) and (word in people.ROLES or word in en.TITLES):
            return True
        if word in (",", ".", ";", ":", "and") or word in en.AUXILIARIES - {"'s"}:
            return False
    return False


def _frame(view: View, first: int, last: int) -> str:
    """Return how a name stands for which no cue tells a person."""
    before, after = view.word(first - 1), view.word(last)
    if before == "the":
        return "the"
    if before in ("in", "at", "near"):
        return "in"
    if after in ("'s", "'"):
        return "poss"
    if after in en.AUXILIARIES:
        return "subject"
    if _acts(view, last):
        return "acts"
    if first in view.firsts:
        return "opening"
    if before in ("by", "with", "to", "and", "that", "for", "like", "against"):
        return "object"
    return "none"


def _acts(view: View, at: int) -> bool:
    """Whether a verb in the past seems to stand at ``at``: Korda finished, Finch struck."""
    word = view.word(at)
    return not view.capital(at) and ((len(word) > 4 and word.endswith("ed")) or word in people.ACTS)


def is_body(view: View, first: int, last: int, context: Context) -> bool:
    """Whether the name is that of a firm, a body, a medium, a creed or a work."""
    words = words_of(view, first, last)
    if words in context.bodies:
        return True
    if len(words) == 1:
        return words[0] in organisations.KNOWN or is_acronym(view, first)
    if words[-1] in organisations.ENDINGS or words[0] in organisations.WORDS:
        return True
    inner = range(first + 1, last)
    return any(view.word(i) in organisations.FIRMS for i in inner) or any(
        view.word(i) in organisations.KNOWN and is_acronym(view, i) for i in range(first, last)
    )


def is_acronym(view: View, i: int) -> bool:
    """Whether a word is an abbreviation in capitals in a sentence that is not all capitals."""
    text = view.tokens[i].text
    if not (text.isupper() and len(text) > 1 and text.isalpha()):
        return False
    return not view.shouted
