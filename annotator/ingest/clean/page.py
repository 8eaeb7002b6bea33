"""A page as the cleaner sees it: its units, their measures and where each one stands."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from annotator.ingest.clean import lexicon, weights
from annotator.ingest.clean.blocks import State, path, widened
from annotator.ingest.clean.patterns import AGENCY_DATELINE, AGO, BYLINE, CLOCK, DATE, OFFICE, REPORTED, SIGN_OFF, UPDATED
from annotator.ingest.clean.traits import Measure, language, measure, traits
from annotator.ingest.clean.units import Unit, units

CONTENT_LENGTH = 4
"""Words of this many letters and more carry what a text is about."""


@dataclass(frozen=True)
class Page:
    """The units of a page with their measures and states, lists of one length."""

    units: list[Unit]
    measures: list[Measure]
    states: list[State]

    @cached_property
    def body(self) -> list[int]:
        """The numbers of the units in the article."""
        return [at for at, state in enumerate(self.states) if state is State.BODY]

    @cached_property
    def start(self) -> int:
        """The number of the article's first unit, or of units where there is none."""
        return self.body[0] if self.body else len(self.units)

    @cached_property
    def stop(self) -> int:
        """The number of the unit after the article's last one."""
        return self.body[-1] + 1 if self.body else len(self.units)

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each text stands on the page."""
        return Counter(one.key for one in self.measures)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The content words of the article's first dozen paragraphs."""
        long = [at for at in self.body if self.measures[at].words >= 10][:12]
        return frozenset(word for at in long for word in content_words(self.units[at].text))

    def doubled(self, at: int) -> bool:
        """Return whether a paragraph stands twice with at most one unit between: a caption does."""
        near = [self.measures[other].key for other in range(max(0, at - 2), min(len(self.units), at + 3))]
        return self.measures[at].words >= 6 and near.count(self.measures[at].key) > 1

    def repeats(self, at: int) -> bool:
        """Return whether one of the two units before has the same text."""
        return any(self.measures[other].key == self.measures[at].key for other in range(max(0, at - 2), at))


def content_words(text: str) -> frozenset[str]:
    """Return the words of a text that are long enough to carry its matter, without a plural's s."""
    words = (word.removesuffix("'s") for word in lexicon.tokens(text))
    return frozenset(word.rstrip("s") for word in words if len(word) >= CONTENT_LENGTH and word[0].isalnum())


def read(lines: list[str]) -> Page:
    """Return the page of these physical lines with the article found in it."""
    found = units(lines)
    stops = language(found)
    measures = [measure(unit, stops) for unit in found]
    rows = traits(measures)
    barriers = [one.barrier for one in measures]
    lates = [one.ago for one in measures]
    repeated = [row["again"] > 0 for row in rows]
    states: list[State] = []
    scores: list[float] = []
    for look in weights.SECOND_LOOKS:
        scores = [weights.score(row, one.words, look) for row, one in zip(rows, measures, strict=True)]
        states = path(scores, barriers, lates, weights.COSTS)
        if State.BODY in states:
            break
    frame = [_is_frame(unit.text, one, again) for unit, one, again in zip(found, measures, repeated, strict=True)]
    return Page(found, measures, widened(states, scores, [one.ended for one in measures], frame))


def _is_frame(text: str, one: Measure, again: bool) -> bool:
    """Return whether a unit is surely not running text, so that an article does not reach beyond it."""
    shape = one.furniture or one.ending or one.ago or one.truncated or again
    words = one.legal or one.calls or (one.biography >= 2 and not one.quoted)
    return bool(
        shape
        or words
        or is_date_line(text, one)
        or is_byline(text, one)
        or is_credit(text, one)
        or SIGN_OFF.match(text)
        or REPORTED.match(text)
    )


def is_date_line(text: str, one: Measure) -> bool:
    """Return whether a line says when, and perhaps where, and nothing else."""
    if one.words <= 12 and not one.ended and "(" in text and is_agency_dateline(text):
        return True
    if not one.dated or one.words > 16 or one.calls:
        return False
    rest = AGO.sub("", CLOCK.sub("", DATE.sub("", text)))
    return sum(map(str.isalpha, rest)) <= 25 or bool(UPDATED.match(text))


def is_agency_dateline(text: str) -> bool:
    """Return whether a line is a place with an agency in brackets, and a date at the most."""
    match = AGENCY_DATELINE.match(text)
    if match is None or not (match["agency"] in lexicon.agencies() or match["agency"].isupper()):
        return False
    return not match["rest"] or DATE.search(match["rest"]) is not None


def is_clock(text: str) -> bool:
    """Return whether a line is a time of day and nothing else."""
    return len(text) <= 20 and CLOCK.fullmatch(text.strip(" :-–|")) is not None


def is_byline(text: str, one: Measure) -> bool:
    """Return whether a line names an author by its shape alone."""
    if one.words > 16 or one.ended:
        return False
    if text.strip().lower() in {"by", "by:"} or BYLINE.match(text):
        return True
    return bool(OFFICE.search(text)) and one.capitals >= 0.5 and "," in text and 3 <= one.words <= 12


def is_name(text: str, one: Measure) -> bool:
    """Return whether a line could be a person's name: two to four capitalised words."""
    words = text.replace(",", " ").split()
    plain = all(word[0].isupper() and word.strip(".'’-").replace("-", "").isalpha() for word in words)
    return 2 <= len(words) <= 4 and plain and not one.furniture and not one.ending


def is_credit(text: str, one: Measure) -> bool:
    """Return whether a short line only says whose picture it was."""
    bare = text.strip(" ()[].|/©")
    owner = bare.rsplit(",", 1)[-1].strip()
    known = bool({bare, owner, bare.title()} & lexicon.agencies()) and one.words <= 7
    return known or (one.credits > 0 and one.words <= 8) or (text.lstrip().startswith("©") and one.words <= 5)
