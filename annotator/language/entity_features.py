"""The features of a name that speak for a person or a place: its own words, and the words around it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from annotator.core.tokens import TokenRange
from annotator.language import english as en
from annotator.language.names import title_start
from annotator.language.sentence_features import DASHES, SENTENCE_ENDS, ArticleContext, SentenceFeatures, is_demonym

# Places: the gazetteer, the heads of names, and the words before and after a name.


_GAZETTEER_LISTS = (
    ("region", en.REGIONS),
    ("seat", en.GOVERNMENT_SEATS),
    ("city", en.CITIES),
    ("state", en.STATES_AND_PROVINCES),
    ("country", en.COUNTRIES),
)
"""The kinds of places; a name in several lists is of the last kind."""
_MAX_DATELINE_TOKENS = 6
"""How many tokens a dateline may take before its dash or its agency."""

KnownPlaces = Mapping[TokenRange, str]
"""The ranges that the gazetteer knows, with their kind."""

_MAX_GAZETTEER_TOKENS = 6
"""How many tokens the longest name of the gazetteer has at most, hyphens counted."""

_AGENCIES = frozenset({"ap", "reuters", "afp", "upi", "cnn", "pti", "dpa", "tass", "xinhua"})
_VERBS_AFTER_PLACES = frozenset(
    {"has", "is", "was", "had", "does", "did", "will", "would", "could", "may", "can", "should"}
)


@cache
def _gazetteer_index() -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """Return the names of the gazetteer by their first word, the longest first."""
    kinds: dict[tuple[str, ...], str] = {}
    for kind, names in _GAZETTEER_LISTS:
        for name in names:
            kinds[tuple(name.split())] = kind
            kinds[tuple(name.replace("-", " - ").split())] = kind  # some tokenizers part at hyphens
    heads: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for words in sorted(kinds, key=lambda words: (-len(words), words)):
        heads.setdefault(words[0], []).append((words, kinds[words]))
    return {word: tuple(names) for word, names in heads.items()}


def find_known_places(sent: SentenceFeatures) -> dict[TokenRange, str]:
    """Return the ranges that the gazetteer knows, the longest at each place, with their kind."""
    found: dict[TokenRange, str] = {}
    i = 0
    while i < len(sent):
        at, kind = _known_place_at(sent, i)
        if sent.word(i) in en.NUMBERED_PLACES and sent.is_capitalised(i) and sent.word(i + 1)[:1].isdigit():
            at, kind = i + 2, "numbered"
        if kind:
            found[i, at] = kind
        i = max(at, i + 1)
    return found


def place_starting_at(known: KnownPlaces, i: int) -> str:
    """Return the kind of the known place that starts at ``i``; empty for none."""
    return next((known[i, end] for end in range(i + 1, i + 1 + _MAX_GAZETTEER_TOKENS) if (i, end) in known), "")


def has_place_ending_at(known: KnownPlaces, i: int) -> bool:
    """Whether a known place ends at ``i``."""
    return any((first, i) in known for first in range(i - _MAX_GAZETTEER_TOKENS, i))


def _known_place_at(sent: SentenceFeatures, i: int) -> tuple[int, str]:
    """Return the end and the kind of the known place that starts at ``i``; an empty kind for none."""
    if not sent.is_capitalised(i) or (sent.word(i) == "us" and sent.tokens[i].text != "US"):
        return i, ""
    if _is_state_abbreviation(sent, i):
        return i + 1, "mark"
    for name, kind in _gazetteer_index().get(sent.word(i), ()):
        last = i + len(name)
        rest = range(i + 1, last)
        if sent.folded[i:last] == name and all(sent.is_capitalised(j) or _may_be_lowercase(sent, j) for j in rest):
            return last, kind
    return i, ""


def _may_be_lowercase(sent: SentenceFeatures, i: int) -> bool:
    """Whether a word may have small letters in a place's name: of, de, the au of Port-au-Prince."""
    word = sent.word(i)
    return word in en.FUNCTION_WORDS or word in en.PARTICLES or word in DASHES or sent.word(i - 1) in DASHES


def _is_state_abbreviation(sent: SentenceFeatures, i: int) -> bool:
    """Whether an abbreviated state is here; most need a comma, bracket or dash before: Reno, Nev."""
    before, word, text = sent.word(i - 1), sent.word(i), sent.tokens[i].text
    if before not in (",", "(") and before not in DASHES:
        return word in en.UNAMBIGUOUS_STATE_MARKS
    return word in en.STATE_MARKS or (text.isupper() and word in en.POSTAL_CODES and len(text) == 2)


def place_type(sent: SentenceFeatures, first: int, last: int, known: KnownPlaces) -> str:
    """Return the type of a place: its kind in the gazetteer, or its head; empty for none."""
    if (first, last) in known:
        return known[first, last]
    head, lead = sent.word(last - 1), sent.word(first)
    if last - first > 1 and head in en.PLACE_NAME_HEADS and head not in en.AMBIGUOUS_PLACE_HEADS:
        return "head"
    if last - first > 1 and head in en.AMBIGUOUS_PLACE_HEADS and lead not in en.FIRST_NAMES:
        return "shy"
    if last - first > 1 and lead in en.PLACE_NAME_STARTS and lead not in en.FIRST_NAMES:
        return "lead" if head not in en.ORGANISATION_ENDINGS else ""
    if "of" in sent.folded[first:last] and (lead in en.PLACE_NOUNS or lead in en.PLACE_NAME_HEADS):
        return "of"
    return ""


def place_frame(sent: SentenceFeatures, first: int, last: int, known: KnownPlaces) -> tuple[str, str]:
    """Return the frame of a name: what is before it and after it."""
    if _is_dateline(sent, first, last):
        return "dateline", "then-end"
    return frame_before(sent, first, known), f"then-{_frame_after(sent, last)}"


def frame_before(sent: SentenceFeatures, first: int, known: KnownPlaces) -> str:
    """Return what is before a name, past articles and points of the compass."""
    at = first - 1
    at -= sent.word(at) in ("the", "both", "all")
    while sent.word(at) in en.COMPASS or sent.word(at) in ("nearby", "neighboring", "neighbouring"):
        at -= 1
    at -= sent.word(at) in ("the", "both", "all") and at < first - 1
    word = sent.word(at)
    if word == "," and sent.is_capitalised(at - 1):
        return "at-comma"
    if word == "of":
        is_kind = sent.word(at - 1) in en.PLACE_NOUNS or sent.word(at - 1) in en.COMPASS
        return "at-kind" if is_kind else "at-name-of" if sent.is_capitalised(at - 1) else "at-of"
    if word in en.STRONG_PLACE_PREPOSITIONS:
        return "at-in"
    if word in en.PLACE_PREPOSITIONS:
        return "at-to"
    if word == "and" and sent.is_capitalised(at - 1):
        return "at-and-place" if has_place_ending_at(known, at) else "at-and"
    if word == "(":
        return "at-bracket"
    if word == "on":
        return "at-on"
    if word in en.MOTION_VERBS or word in ("for", "by", "with", "against", "about"):
        return "at-object"
    return "at-none"


def _frame_after(sent: SentenceFeatures, last: int) -> str:
    word = sent.word(last)
    if word in ("'s", "'"):
        return "poss"
    if sent.is_hyphen(last):
        return "hyphen"
    if sent.is_number(last):
        return "number"
    if not word or word in SENTENCE_ENDS or not word[0].isalnum():
        return "comma" if word == "," else "end"
    capital = sent.is_capitalised(last)
    kinds = (
        ("kind", word in en.PLACE_NOUNS and not capital),
        ("title", word in en.TITLES or word in en.TITLE_MODIFIERS or word in en.ROLES),
        ("subject", word in _VERBS_AFTER_PLACES or word in en.PERSON_VERBS or word in en.SPEECH_CUES),
        ("other", word in en.FUNCTION_WORDS),
        ("name", capital),
        ("adj", word[0].isalpha() and not word.endswith(("ed", "ing", "ly"))),  # what a name may modify
    )
    return next((kind for kind, fits in kinds if fits), "other")


def _is_dateline(sent: SentenceFeatures, first: int, last: int) -> bool:
    """Whether a sentence opens with the name and a dash or an agency, as KYIV, Ukraine (AP) — does."""
    if last > _MAX_DATELINE_TOKENS or not sent.tokens[0].text.isupper():
        return False
    if any(sent.word(i) in en.FUNCTION_WORDS for i in range(first)):
        return False
    for at in range(last, min(len(sent), last + _MAX_DATELINE_TOKENS)):
        word = sent.word(at)
        if word in DASHES and not sent.is_attached(at):
            return all(sent.is_capitalised(i) or not sent.word(i)[:1].isalpha() for i in range(at))
        if word == "(" and (
            sent.word(at + 1) in _AGENCIES or (sent.is_capitalised(at + 1) and sent.tokens[at + 1].text.isupper())
        ):
            return True
        if word in SENTENCE_ENDS and not sent.is_attached(at):
            return False
    return False


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
    around = _context_features(sent, r, form, cue, barred=bool(obstacles))
    return (form, *around, *obstacles, *_article_features(sent, r, context, form))


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
