"""Persons: the features of a name's own words and of the words around it."""

from __future__ import annotations

from annotator.core.tokens import TokenRange
from annotator.language import english as en
from annotator.language.names import title_start
from annotator.language.place_features import KnownPlaces, place_starting_at
from annotator.language.sentence_features import DASHES, ArticleContext, SentenceFeatures, is_demonym

_MAX_PERSON_AGE = 120
_WEAK_FORMS = frozenset({"unknown", "two", "more", "family", "surname", "forename", "initial", "suffix", "word"})
"""Forms that are weak evidence; a cue beside them weighs more."""

_NOT_BEFORE_APPOSED_PERSON = frozenset({"in", "on", "at", "from", "near", "the"})
"""Words that are not before a person with an apposition."""

_AFTER_INVERTED_SOURCE = frozenset({",", ".", "(", "", "of", "in", "on", ";", "yesterday"})
"""What follows the source after its verb: said Quist, …"""

_NOT_INITIALS = frozenset({"u.s", "u.n", "u.k", "d.c", "e.u", "n.y", "n.j", "n.c", "s.c", "n.h", "l.a"})
"""Abbreviated places and bodies, which look like initials."""

_MAX_PERSON_TOKENS = 6
"""How many tokens a person's name may have; hyphens and particles are tokens as well."""

_MAX_ROLE_DISTANCE = 8
"""How many tokens after a name and a comma a role may be."""


def person_features(
    sent: SentenceFeatures, r: TokenRange, context: ArticleContext, kind: str, known: KnownPlaces
) -> tuple[str, ...]:
    """Return the features for and against a person at ``r``; none if it cannot be one.

    ``kind`` is its type as a place. The features are those of
    `entity_weights.txt`: form, cue or frame, obstacles.
    """
    first, last = r
    if not could_be_person(sent, first, last):
        return ()
    obstacles = _counter_features(sent, r, context, kind, known)
    form = person_form(sent, first, last, context)
    cue = person_cue(sent, first, last)
    return (
        form,
        *_context_features(sent, r, form, cue, barred=bool(obstacles)),
        *obstacles,
        *_article_features(sent, r, context, form),
    )


def _context_features(sent: SentenceFeatures, r: TokenRange, form: str, cue: str, *, barred: bool) -> tuple[str, ...]:
    """Return the features of the words around a name: its cue, or else its frame.

    A cue weighs more for a weak form, and little where something is against a person.
    """
    if barred:
        return (f"barred-{'cued' if cue else 'plain'}",)
    if form not in _WEAK_FORMS:
        return (cue or _person_frame(sent, *r),)
    size = "one" if r[1] - r[0] == 1 else "few"
    return (f"{size}-{cue}", f"{size}-cued") if cue else (f"{size}-{_person_frame(sent, *r)}",)


def _counter_features(
    sent: SentenceFeatures, r: TokenRange, context: ArticleContext, kind: str, known: KnownPlaces
) -> tuple[str, ...]:
    """Return the features against a person; a firm with a known person's name weighs less."""
    first, last = r
    body = is_organisation(sent, first, last, context)
    short = context.is_short_name(name_words(sent, first, last))
    led = any((first, end) in known for end in range(first + 1, last)) and sent.word(first) not in en.FIRST_NAMES
    all_of_them = (  # ``led``: by the name of a place, as Georgia Gulf is
        ("both" if short else "body", body),
        (f"place-{kind}", bool(kind)),
        ("stated", is_followed_by_region(sent, last, known)),
        ("led", led),
    )
    return tuple(name for name, there in all_of_them if there)


def _article_features(sent: SentenceFeatures, r: TokenRange, context: ArticleContext, form: str) -> tuple[str, ...]:
    """Return what the article shows of a name elsewhere, and whether it is in a headline."""
    words = name_words(sent, *r)
    all_of_them = (
        ("sure", len(words) > 1 and words in context.full_names and form in _WEAK_FORMS),
        ("shortened", len(words) > 1 and words[-1] in context.single_word_names),
        ("mister", len(words) == 1 and words in context.titled_names),
        ("headline", sent.is_headline),
        ("headline-long", sent.is_headline and r[1] - r[0] > 2),
    )
    return tuple(name for name, there in all_of_them if there)


def is_followed_by_region(sent: SentenceFeatures, last: int, known: KnownPlaces) -> bool:
    """Whether a state or country is after the name's comma: Shelby, Ohio."""
    if sent.word(last) != ",":
        return False
    mark = sent.word(last + 1).partition("-")[0] in en.STATE_MARKS and sent.is_capitalised(last + 1)
    return mark or place_starting_at(known, last + 1) not in ("", "city")


def could_be_person(sent: SentenceFeatures, first: int, last: int) -> bool:
    """Whether the words are those of a person's name: capitals, particles, hyphens, initials."""
    if last - first > _MAX_PERSON_TOKENS:
        return False
    lead = sent.word(first)
    party = lead in en.PARTIES or is_demonym(lead)
    if party and last - first > 1 and lead not in en.FIRST_NAMES:
        return False
    if any(sent.word(i) in ("&", "/", "of", "the") or sent.is_number(i) for i in range(first, last)):
        return False
    return sent.is_capitalised(last - 1) or sent.word(last - 1) in (".", "un", "il") or last - first > 2


def name_words(sent: SentenceFeatures, first: int, last: int) -> tuple[str, ...]:
    """Return the folded words of a range without a suffix such as Jr."""
    end = last
    while end > first + 1 and sent.word(end - 1) in en.NAME_SUFFIXES | {"."}:
        end -= 1
    return sent.folded[first:end]


def person_form(sent: SentenceFeatures, first: int, last: int, context: ArticleContext) -> str:
    """Return the form of a name by its own words and the article."""
    words = name_words(sent, first, last)
    if len(words) == 1:
        return _single_word_form(sent, first, context)
    if words in context.surnames:
        return "tails"
    given = words[0] in en.FIRST_NAMES
    # Whether a single letter with its dot is before the last word: K. Munday, Ann B. Teal
    if any(_is_initial(sent.tokens[i].text) for i in range(first, last - 1)):
        return "given-initial" if given else "initial"
    if len(words) < last - first and sent.word(last - 1) != ".":
        return "suffix"
    if given:
        return "given-family" if words[-1] in en.SURNAMES else "given"
    if words[-1] in en.SURNAMES:
        return "family"
    return "two" if len(words) == 2 else "more"


def _single_word_form(sent: SentenceFeatures, i: int, context: ArticleContext) -> str:
    word = sent.word(i)
    if (word,) in context.titled_names or (word,) in context.surnames:
        return "tail"
    if (word,) in context.first_names:
        return "first"
    if word in en.AMBIGUOUS_FIRST_NAMES and i in sent.capital_positions:
        return "word"
    if word in en.SURNAMES:
        return "surname"
    return "forename" if word in en.FIRST_NAMES else "unknown"


def _is_initial(text: str) -> bool:
    if text[:-1].lower() in _NOT_INITIALS or not (text[0].isupper() and text.endswith(".")):
        return False
    return all(c == "." for c in text[1::2]) and text[::2].isalpha()


def person_cue(sent: SentenceFeatures, first: int, last: int) -> str:
    """Return the strongest cue of a person around a name; empty for none."""
    if _follows_honorific(sent, first):
        return "honorific"
    if _precedes_party(sent, last):
        return "party"
    if _precedes_age(sent, last):
        return "age"
    if title_start(sent, first) < first or sent.word(first - 1) in en.ROLES:
        return "role"
    if sent.word(first - 1) == "," and sent.word(first - 2) in en.ROLES | en.TITLES:
        return "role-comma"
    apposed = sent.word(last) == "," and sent.word(first - 1) not in _NOT_BEFORE_APPOSED_PERSON
    if apposed and _has_role_after(sent, last + 1):
        return "apposition"
    if sent.word(last) in en.PERSON_VERBS or (sent.word(last) == "," and sent.word(last + 1) == "who"):
        return "does"
    if sent.word(first - 1) in en.REPORTING_VERBS and first > 1 and sent.word(last) in _AFTER_INVERTED_SOURCE:
        return "said"
    if sent.word(first - 1) == "to" and sent.word(first - 2) == "according":
        return "said"
    return ""


def _follows_honorific(sent: SentenceFeatures, first: int) -> bool:
    title, before = sent.word(first - 1), sent.word(first - 2)
    if title == "." and sent.is_attached(first - 1):
        return f"{before}." in en.HONORIFICS and sent.is_capitalised(first - 2)
    ship = title in ("lady", "queen", "king", "prince", "princess", "sir") and before == "the"
    return title in en.HONORIFICS and sent.is_capitalised(first - 1) and not ship


def _precedes_party(sent: SentenceFeatures, last: int) -> bool:
    """Whether a bracket or comma with a party is after the name: (R-Tex.), (D); , R-Texas."""
    if sent.word(last) == "," and sent.word(last + 2) in DASHES and sent.is_attached(last + 2):
        return sent.word(last + 1) in ("r", "d", "i")
    if sent.word(last) != "(" or sent.word(last + 1) not in en.PARTY_MARKS:
        return False
    return sent.word(last + 2) in DASHES | {")", ",", "."}


def _precedes_age(sent: SentenceFeatures, last: int) -> bool:
    word = sent.word(last + 1)
    aged = word.isascii() and word.isdecimal() and int(word) <= _MAX_PERSON_AGE
    return sent.word(last) == "," and aged and sent.word(last + 2) in (",", ".", "-", "years", ";")


def _has_role_after(sent: SentenceFeatures, at: int) -> bool:
    """Whether a role is after the name's comma before anything else ends it: , the group's director."""
    for i in range(at, min(len(sent), at + _MAX_ROLE_DISTANCE)):
        word = sent.word(i)
        if not sent.is_capitalised(i) and (word in en.ROLES or word in en.TITLES):
            return True
        if word in (",", ".", ";", ":", "and") or word in en.AUXILIARIES - {"'s"}:
            return False
    return False


def _person_frame(sent: SentenceFeatures, first: int, last: int) -> str:
    """Return the frame of a name without a cue of a person."""
    before, after = sent.word(first - 1), sent.word(last)
    if before == "the":
        return "the"
    if before in ("in", "at", "near"):
        return "in"
    if after in ("'s", "'"):
        return "poss"
    if after in en.AUXILIARIES:
        return "subject"
    if _precedes_past_verb(sent, last):
        return "acts"
    if first in sent.capital_positions:
        return "opening"
    if before in ("by", "with", "to", "and", "that", "for", "like", "against"):
        return "object"
    return "none"


def _precedes_past_verb(sent: SentenceFeatures, at: int) -> bool:
    """Whether a verb in the past seems to be at ``at``: Korda finished, Finch struck."""
    word = sent.word(at)
    return not sent.is_capitalised(at) and ((len(word) > 4 and word.endswith("ed")) or word in en.IRREGULAR_PASTS)


def is_organisation(sent: SentenceFeatures, first: int, last: int, context: ArticleContext) -> bool:
    """Whether the name is that of a firm, a body, a medium, a creed or a work."""
    words = name_words(sent, first, last)
    if words in context.organisation_names:
        return True
    if len(words) == 1:
        return words[0] in en.KNOWN_ORGANISATIONS or is_acronym(sent, first)
    if words[-1] in en.ORGANISATION_ENDINGS or words[0] in en.ORGANISATION_WORDS:
        return True
    inner = range(first + 1, last)
    return any(sent.word(i) in en.FIRM_ENDINGS for i in inner) or any(
        sent.word(i) in en.KNOWN_ORGANISATIONS and is_acronym(sent, i) for i in range(first, last)
    )


def is_acronym(sent: SentenceFeatures, i: int) -> bool:
    """Whether a word is an abbreviation in capitals in a sentence that is not all capitals."""
    text = sent.tokens[i].text
    if not (text.isupper() and len(text) > 1 and text.isalpha()):
        return False
    return not sent.is_all_caps
