"""The names of speakers in a transcript or interview: "ANA REYES: …", "Q: …", "記者：…".

A colon follows many words that name no speaker ("Note: …", "London: …", "He said: …"), so a label counts
only in an article that has a conversation: by the shape of the label, by how often it comes back and by
whose turn comes between.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from annotator.ingest.clean.lexicon import CJK, word_groups
from annotator.ingest.quotation_ranges import CharRange

_WORDS = word_groups("speaker_labels")
_ROLES = frozenset(_WORDS["roles"])
_OTHERS = frozenset(word for group, words in _WORDS.items() if group.startswith("other") for word in words)
_STAGE = frozenset(_WORDS["stage directions"])

MAX_LABEL_LENGTH = 80
"""The longest label, in code points, with its dash, time and bracket."""

_LEAD = r"(?:>{2,}(?!>)\s*|[-–—]\s+|[*_]{1,3}(?![*_])|[\[(]?\d{1,2}:\d\d(?::\d\d)?[\])]?\s+)*"
_NAME = r"[^\W\d_][^\n:：\[\](){}（）「」“”„«»\"!?;*|<>/=]{0,40}?"
_BRACKET = r"(?:\s*[(\[（][^()\[\]（）\n]{1,40}[)\]）])?"
_LABEL = re.compile(
    rf"{_LEAD}(?P<name>{_NAME}){_BRACKET}\s?[*_]{{0,3}}(?:：|:(?![/\d\w)])|(?<=[QA])\.(?=\s))[*_]{{0,3}}"
)
_TURN_START = re.compile(r"(?:(?<=[.!?…])[\"”’'»)\]]*\s+|(?<=[。！？」』])\s*)(?=\S)")
_PARTICLES = frozenset(
    (
        "de",
        "da",
        "del",
        "der",
        "den",
        "di",
        "do",
        "dos",
        "du",
        "el",
        "al",
        "bin",
        "ibn",
        "la",
        "le",
        "les",
        "van",
        "von",
        "ten",
        "ter",
        "und",
        "and",
        "y",
        "e",
    )
)
_WORD = re.compile(r"[^\W\d_][\w.'’-]*|\d{1,2}")
_PROSE_NAME = re.compile(r"(?<=[^\W\d_A-Z] )[^\W\d_][\w’'-]*")
_SMALL_WORD = re.compile(r"(?<![\w’'-])[^\W\d_A-ZÀ-Þ][\w’'-]*")
_SENTENCE_END = re.compile(r"[.!?…。！？]['\"”’»)\]」』）*_]*\s*$|[\])）]\s*$")
_STAGE_DIRECTION = re.compile(r"[\[(（]\s*([^\W\d_]+)[^\[\]()（）\n]{0,40}[\])）]")
_AFTER_SENTENCE = re.compile(r"(?:^|[.!?…。！？:：\])）][\"”’'»)\]」*_]*)\s*$")
_MAX_NAME_WORDS = 6
_MAX_CJK_NAME = 12
_SPEECH_WORDS = 8
"""A turn of so many words need not end like a sentence."""


class Turn(Struct, frozen=True):
    """A label that may name a speaker, and what shows whether it does."""

    start: int
    end: int
    row: int
    speaker: str
    """What the labels of one speaker share: the last word of the name in small letters."""
    is_role: bool
    is_sure_name: bool
    """Whether it has two words or more, or is all in capitals."""
    is_full_name: bool
    is_speech: bool
    """Whether what follows reads like speech: sentences, or nothing on the line."""


def speaker_labels(text: str) -> list[CharRange]:
    """Return the ranges of the speakers' labels and stage directions of a text, in order and disjoint.

    A label has its dash, time, bracket and colon. Empty where nobody has a conversation.
    """
    rows = text.split("\n")
    turns = list(_possible_turns(rows))
    if len(turns) < 2:
        return []
    turns = _without_common_words(turns, text)
    speakers = _speakers(turns, rows, frozenset(m[0].lower() for m in _PROSE_NAME.finditer(text)))
    near = {turn.row + step for turn in turns if turn.speaker in speakers for step in range(-2, 3)}
    # Who speaks once, among the turns of others.
    once = [t for t in turns if (t.is_role or t.is_sure_name) and t.is_speech and t.row in near]
    labels = sorted({(t.start, t.end) for t in [*once, *(t for t in turns if t.speaker in speakers)]})
    return sorted([*labels, *_stage_directions(rows, labels)]) if labels else []


def _possible_turns(rows: Sequence[str]) -> Iterator[Turn]:
    """Yield the labels at the beginnings of lines, and those after a sentence in the lines that begin with one."""
    at = 0
    for number, row in enumerate(rows):
        indent = len(row) - len(row.lstrip())
        head = row[indent : indent + MAX_LABEL_LENGTH]
        if (":" in head or "：" in head or head[:1] in "QA") and _label_at(row, indent):
            places = [indent, *(m.end() for m in _TURN_START.finditer(row, indent))]
            matches = [m for place in places if (m := _label_at(row, place))]
            # "Sen. Ana Reyes: …" has a label after its first full stop too.
            found = [m for n, m in enumerate(matches) if n == 0 or m.start() >= matches[n - 1].end()]
            for n, m in enumerate(found):
                stop = found[n + 1].start() if n + 1 < len(found) else len(row)
                yield _turn(m, at, number, row[m.end() : stop])
        at += len(row) + 1


def _label_at(row: str, place: int) -> re.Match[str] | None:
    """Return the match of a label of a name's shape that begins at a place of a line."""
    m = _LABEL.match(row, place, place + MAX_LABEL_LENGTH)
    if m is None:
        return None
    is_last = m.end() == place + MAX_LABEL_LENGTH
    return m if not is_last and _is_name(m["name"].rstrip("*_ ")) else None


def _is_name(name: str) -> bool:
    """Return whether words before a colon have the shape of a name, and none of them is of another label."""
    if CJK.search(name):
        return len(name) <= _MAX_CJK_NAME and not re.search(r"[、。\s]", name) and name not in _OTHERS
    words = _WORD.findall(name)
    if not words or len(words) > _MAX_NAME_WORDS:
        return False
    if _is_role(name, words):
        return True
    if any(word.lower().strip(".,") in _OTHERS for word in words):
        return False
    small = [word for word in words if word[0].islower() and word.lower() not in _PARTICLES]
    return not small and words[0][0].isalpha() and not words[0][0].islower()


def _is_role(name: str, words: Sequence[str]) -> bool:
    """Return whether a label is a role of a conversation, such as "Q" or "Speaker 2"."""
    return name.lower() in _ROLES or (len(words) == 2 and words[1].isdigit() and words[0].lower() in _ROLES)


def _turn(m: re.Match[str], at: int, row: int, rest: str) -> Turn:
    """Return the turn of a label in a row that begins at ``at``; ``rest`` is what is said."""
    name = m["name"].rstrip("*_ .")
    words = _WORD.findall(name.split(",")[0]) or [name]
    role, speech = _is_role(name, words), rest.strip(" *_")
    return Turn(
        start=at + m.start(),
        end=at + m.end(),
        row=row,
        speaker=name.lower() if role or CJK.search(name) else words[-1].lower(),
        is_role=role,
        is_sure_name=len(words) > 1 or (name.isupper() and len(name) > 1),
        is_full_name=len(words) > 1,
        is_speech=not speech or bool(_SENTENCE_END.search(speech)) or len(speech.split()) >= _SPEECH_WORDS,
    )


def _without_common_words(turns: Sequence[Turn], text: str) -> list[Turn]:
    """Return the turns without labels of one word that the text has in small letters too."""
    small = frozenset(m[0] for m in _SMALL_WORD.finditer(text))
    return [t for t in turns if t.is_role or t.is_sure_name or CJK.search(t.speaker) or t.speaker not in small]


def _speakers(turns: Sequence[Turn], rows: Sequence[str], prose_names: frozenset[str]) -> frozenset[str]:
    """Return who speaks in a text: none where it has no conversation.

    That is two who speak by turns, three times or more in all, one of them again; or a question and an answer; or two
    full names, a line each; or one whose turns follow questions, or who has a role. In a dense row of turns all speak.
    """
    speech = [t for t in turns if t.is_speech]
    if 2 * len(speech) < len(turns) or len(turns) < 2:
        return frozenset()
    counts = Counter(t.speaker for t in turns)
    roles = {t.speaker for t in turns if t.is_role}
    if len(roles) == 1 and len(next(iter(roles))) == 1:  # the "A" of a list from A to D
        roles = {role for role in roles if CJK.match(role)}
    sure = roles | {t.speaker for t in turns if t.is_sure_name or t.speaker in prose_names}
    again = {name for name, count in counts.items() if count > 1}
    changes = sum(one.speaker != other.speaker for one, other in pairwise(turns))
    dense = all(_is_near(one, other, rows) for one, other in pairwise(turns))
    if again and len(turns) > 2 and changes > 1 and (dense or again & sure or len(again) > 1):
        return frozenset(counts if dense else again | roles)
    if len(roles) > 1 or (roles and len(counts) > 1):
        return frozenset(roles)
    if len(turns) == 2 and len(counts) == 2 and all(t.is_full_name for t in turns) and dense:
        return frozenset(counts)
    return frozenset(name for name in again & sure if name in roles or _answers(turns, rows, name))


def _is_near(one: Turn, other: Turn, rows: Sequence[str]) -> bool:
    """Return whether one line with words at the most is between the rows of two turns."""
    return sum(bool(row.strip()) for row in rows[one.row + 1 : other.row]) <= 1


def _answers(turns: Sequence[Turn], rows: Sequence[str], speaker: str) -> bool:
    """Return whether most of a speaker's turns follow a line that ends with a question mark."""
    asked = 0
    own = [t for t in turns if t.speaker == speaker]
    for turn in own:
        before = next((rows[n].rstrip(' *_"”') for n in range(turn.row - 1, -1, -1) if rows[n].strip()), "")
        asked += before.endswith(("?", "？"))
    return 2 * asked > len(own)


def _stage_directions(rows: Sequence[str], labels: Sequence[CharRange]) -> Iterator[CharRange]:
    """Yield the brackets between sentences that say what else is heard: "[applause]"."""
    inside = sorted(labels)
    at = n = 0
    for row in rows:
        for m in _STAGE_DIRECTION.finditer(row):
            start, end = at + m.start(), at + m.end()
            while n < len(inside) and inside[n][1] <= start:
                n += 1
            free = n == len(inside) or end <= inside[n][0]
            before = row[max(0, m.start() - 8) : m.start()]
            after = row[m.end() :].lstrip()[:1]
            opens = not before.strip() or (n > 0 and inside[n - 1][1] >= start - 1) or _AFTER_SENTENCE.search(before)
            if free and opens and m[1].lower() in _STAGE and not after.islower() and after not in set(",.;:"):
                yield start, end
        at += len(row) + 1
