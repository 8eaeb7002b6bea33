"""Where the nouns after a number end: before verbs, prepositions, pronouns and adverbs."""

from __future__ import annotations

from annotator.core.phrases.cardinals import is_number
from annotator.core.phrases.en import numbers as en
from annotator.core.phrases.en import words
from annotator.core.phrases.view import DASHES, View, is_mark

REACH = 7
"""How many words after a number may stand before the end of what it counts."""

_STOPS = en.STOPS | words.CUES


def plural(view: View, i: int) -> bool:
    """Whether the word looks like a plural noun."""
    word = view.word(i)
    if word in en.FAR_HEADS or word in words.PLURALS or (word.endswith("s") and word[:-1] in words.DEMONYMS):
        return True
    if len(word) < 3 or not word.endswith("s") or word.endswith(("ss", "us", "is", "ous")):
        return False
    return word.isalpha() and word not in en.NO_HEADS and word not in words.FUNCTION


def many_end(view: View, start: int) -> int:
    """Return the end of nouns that more than one is counted of; ``start`` if there is no plural."""
    at = start
    heads = []
    while at < len(view) and at - start < REACH and inside(view, at, start):
        if head(view, at):
            heads.append(at)
        if heads and at > heads[-1] and not _soft(view, heads[-1]):
            break
        at += 1
    if not heads:
        return _foreign_end(view, start)
    return _last_head(view, heads) + 1


def _last_head(view: View, heads: list[int]) -> int:
    """Return the head among plurals in reading order: over modifiers and over plurals in a row."""
    chosen = heads[0]
    for at in heads[1:]:
        if (at == chosen + 1 and view.word(at) != "others") or _soft(view, chosen):
            chosen = at
    return chosen


def _soft(view: View, i: int) -> bool:
    """Whether a plural form may stand before the noun that is counted."""
    word = view.word(i)
    return word in en.PLURAL_MODIFIERS or (word in words.NAMES_IN_S and view.capital(i))


def _foreign_end(view: View, at: int) -> int:
    """In another language, the word after the number is what it counts."""
    if not view.english and view.word(at)[:4].isalpha() and len(view.word(at)) > 3:
        return at + (not view.word(at).endswith("ed") and view.word(at) not in _STOPS)
    return at


def one_end(view: View, start: int) -> int:
    """Return the end of a noun phrase in the singular; ``start`` if no noun follows."""
    at, word = start, view.word(start)
    if _plural_s(view, at) or (word.endswith("ed") and not inside(view, at + 1, at)):
        return at
    while at < len(view) and at - start < REACH and inside(view, at, start):
        if at > start and (_after_noun(view, at) or view.word(at) in ("and", "or", "'s", "'")):
            break
        at += 1
    while at > start and (view.word(at - 1) in en.MODIFIERS or view.word(at - 1).endswith("ly")):
        at -= 1
    return at


def _plural_s(view: View, at: int) -> bool:
    """Whether the word is a plural in -s, or a verb, so that it cannot go on after "one"."""
    return view.word(at).endswith("s") and plural(view, at) and view.word(at) not in en.PLURAL_MODIFIERS


def _after_noun(view: View, at: int) -> bool:
    """Whether the word at ``at`` seems to be a verb or a name after a noun in the singular."""
    word, before = view.word(at), view.word(at - 1)
    if word in en.ONE_VERBS or (word in words.TITLES and view.capital(at) and not view.capital(at - 1)):
        return True
    if view.word(at + 1) in DASHES and view.glued(at + 1):
        return False
    if _plural_s(view, at):
        return True
    if view.word(at - 2) in DASHES or before.endswith("ly") or before in en.MODIFIERS:
        return False
    if word.endswith("ly") and word not in en.LY_NOUNS:
        return not view.word(at + 1).endswith("ed")
    if word in en.ING_NOUNS:
        return False
    return word.endswith("ed") or (word.endswith("ing") and not inside(view, at + 1, at))


def inside(view: View, at: int, start: int) -> bool:
    """Whether the word may stand between a number and what it counts, or be that."""
    word = view.word(at)
    if not word or (is_mark(view.tokens[at].text) and word != "'"):
        return False
    if view.word(at + 1) in DASHES and view.glued(at + 1) and view.glued(at + 2):
        return word[0].isalnum()
    if word in DASHES:
        return at > start and view.glued(at) and view.glued(at + 1)
    if word in en.MODIFIERS or plural(view, at):
        return True
    if word in ("and", "or"):
        return at > start and _joins(view, at)
    if word in ("'s", "&"):
        return at > start and view.capital(at - 1)
    if word in words.FUNCTION or is_number(view, at):
        return False
    if word in _STOPS and not view.capital(at):
        return word not in en.SECOND_STOPS and head(view, at + 1)
    if word in words.DATES and view.capital(at):
        return False
    return word[0].isalpha()


def _joins(view: View, at: int) -> bool:
    """Whether "and" stands between two modifiers of one plural: 12 red and green boats."""
    after = at + 1
    if plural(view, at - 1) or is_number(view, after):
        return False
    while view.word(after + 1) in DASHES and view.glued(after + 1):
        after += 2
    return view.word(after)[:1].isalpha() and view.word(after) not in words.FUNCTION and head(view, after + 1)


def head(view: View, at: int) -> bool:
    """Whether the word can be the plural that is counted: none that a hyphen or 's goes on after."""
    if not plural(view, at):
        return False
    after = view.word(at + 1)
    if after == "'s" and plural(view, at + 2):
        return not (view.capital(at) or view.word(at) in en.FAR_HEADS)
    return not (after in DASHES and view.glued(at + 1) and view.glued(at + 2))
