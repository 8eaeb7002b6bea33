"""The shallow features of a unit of text: what is measured on a line and on its neighbours.

The features are those of Kohlschütter, Fankhauser and Nejdl, "Boilerplate Detection using Shallow
Text Features" (WSDM 2010: words, link and capital density, the neighbours' values) and of
Pomikálek's jusText (2011: the density of function words), with end punctuation, repetition and
phrase lists for news pages. A plain text has no links, so what looks like one counts.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from functools import cache, wraps
from itertools import pairwise

from msgspec import Struct

from annotator.ingest.clean import lexicon
from annotator.ingest.clean.foreign_bylines import is_foreign_byline

# Physical lines put together to the units that are judged: a line, or a hard-wrapped paragraph.


MAX_HEAD_LENGTH, MAX_TAIL_LENGTH = 3000, 200
"""How many code points of a long line's beginning and end are looked at: time stays in bounds."""
MAX_WRAP_SLACK = 10
"""How much longer than the longest line that breaks off another line of the text may be."""
WRAP_WIDTHS = range(50, 101)
"""How long the lines of a text are that a mail program or a terminal has wrapped (code points)."""


class TextUnit(Struct, frozen=True):
    """The non-blank lines ``first`` to ``last`` (inclusive, from 0) and their text as one line.

    Of a text longer than ``MAX_HEAD_LENGTH + MAX_TAIL_LENGTH`` only its beginning and its end are kept.
    """

    first: int
    last: int
    text: str


def text_units(lines: list[str]) -> list[TextUnit]:
    """Return the units of the non-blank lines, in order; each such line is in one unit."""
    width = wrap_width(lines)
    runs: list[list[int]] = []
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        if runs and runs[-1][-1] == number - 1 and _is_wrapped(lines[number - 1], line, width):
            runs[-1].append(number)
        else:
            runs.append([number])
    texts = (" ".join(lines[number].strip() for number in run) for run in runs)
    return [TextUnit(run[0], run[-1], _shortened(text)) for run, text in zip(runs, texts, strict=True)]


def wrap_width(lines: list[str]) -> int:
    """Return the column at which the text is hard-wrapped, 0 where it is not.

    A text is wrapped if a quarter of its pairs of neighbouring lines, and three at least, break off
    in the middle of a sentence where the next word would not have fitted, and if no more than
    one line in twenty is longer than a wrapped one can be. Fewer breaks do where no line is longer.
    """
    full = [line.rstrip() for line in lines if line.strip()]
    too_long = sum(len(line) > WRAP_WIDTHS[-1] for line in full)
    broken = [(a.rstrip(), b) for a, b in pairwise(lines) if _breaks_mid_sentence(a.rstrip(), b)]
    pairs = sum(len(a.rstrip()) in WRAP_WIDTHS and bool(b.strip()) for a, b in pairwise(lines))
    if 4 * len(broken) < pairs or 20 * too_long > len(full):
        return 0
    width = max((len(a) for a, _ in broken), default=0)
    if len(broken) < 3 and (too_long or max(map(len, full), default=0) > width + MAX_WRAP_SLACK):
        return 0
    return width


def _breaks_mid_sentence(line: str, following: str) -> bool:
    """Return whether a line of a wrapped text's length ends amid a sentence that goes on."""
    if len(line) not in WRAP_WIDTHS or not following.strip() or lexicon.SENTENCE_END.search(line):
        return False
    return following.lstrip()[0].islower() or line.rsplit(maxsplit=1)[-1] in lexicon.function_words()


def _is_wrapped(line: str, following: str, width: int) -> bool:
    """Return whether the first word of ``following`` would not have fitted on ``line``."""
    if not width or lexicon.SIGN_OFF.match(following):
        return False
    word = following.split(None, 1)[0]
    return WRAP_WIDTHS[0] - 15 <= len(line.rstrip()) <= width < len(line.rstrip()) + 1 + len(word)


def _shortened(text: str) -> str:
    """Return a text, or the beginning and the end of a very long one."""
    is_long = len(text) > MAX_HEAD_LENGTH + MAX_TAIL_LENGTH
    return f"{text[:MAX_HEAD_LENGTH]} {text[-MAX_TAIL_LENGTH:]}" if is_long else text


DEFAULT_FUNCTION_SHARE = 0.35
"""The share of function words that is assumed where the language has no list."""


class LineFeatures(Struct, frozen=True, dict=True):
    """What is seen on one unit without a look at its neighbours."""

    text: str
    key: str
    """The text in lower case with single blanks, by which repetition is seen."""
    words: float
    function_share: float
    ends_sentence: bool
    inner_sentences: int
    capital_share: float
    links: int
    separators: int
    has_quotation: bool
    has_date: bool
    is_truncated: bool
    is_furniture: bool
    is_ending: bool
    is_teaser_heading: bool
    """Whether the unit is a heading over a list of other articles ("Most read", "More from Ann Lee")."""
    calls: int
    legal: int
    credits: int
    biography: int

    has_time_ago: bool
    """Whether a short line has how long ago something was: a comment, another article."""

    @property
    def is_page_part(self) -> bool:
        """Whether the unit is a button, link, menu, teaser, appeal or legal text."""
        phrases = self.calls or self.legal or self.separators
        return bool(self.is_furniture or self.is_ending or self.is_truncated or phrases)

    @property
    def ending_likeness(self) -> float:
        """Return how much the unit looks like the end of an article, 0 to 5."""
        return 4.0 * self.has_time_ago + 1.0 * (self.is_ending and self.words <= 5 and not self.has_quotation)

    @property
    def prose_likeness(self) -> float:
        """Return how much the unit looks like a paragraph, 0 to 1."""
        length = min(self.words / 20, 1.0)
        stops = min(self.function_share / 0.3, 1.0)
        doubt = 0.2 if self.is_furniture or self.legal > 1 or self.calls > 1 else 1.0
        return length * stops * (1.0 if self.ends_sentence else 0.35) * doubt


def page_function_words(found: list[TextUnit]) -> frozenset[str]:
    """Return the function words of the language that most of a page is in, empty if of none."""
    counts: Counter[str] = Counter()
    for unit in [unit for unit in found if unit.text.count(" ") >= 7][:2000] or found[:2000]:
        counts.update(word for word in lexicon.tokenize_line(unit.text[:500]) if word[0].isalpha())
    lists = {code: frozenset(words) for code, words in lexicon.word_groups("function_words").items()}
    hits = {code: sum(counts[word] for word in words) for code, words in lists.items()}
    best = max(hits, key=lambda code: hits[code])
    return lists[best] if hits[best] >= 0.12 * max(counts.total(), 1) else frozenset()


_DATE_SHAPES = (lexicon.DATE_PATTERN, lexicon.CLOCK_TIME, lexicon.TIME_AGO)


def extract_features(unit: TextUnit, stops: frozenset[str]) -> LineFeatures:
    """Return the measures of one unit; ``stops`` are the function words of the page."""
    text = unit.text
    tokens = lexicon.tokenize_line(text)
    words = [token for token in tokens if token[0].isalnum()]
    size = len(words) if text.isascii() else max(len(words), len(lexicon.CJK.findall(text)) / 2)
    share = sum(word in stops for word in words) / max(len(words), 1) if stops else DEFAULT_FUNCTION_SHARE
    figures = any(map(str.isdigit, text[:200]))
    tail = text[-60:]
    over_teasers = size <= lexicon.MAX_HEADING_WORDS and lexicon.is_teaser_heading(text, tokens)
    over_comments = size <= lexicon.MAX_HEADING_WORDS and lexicon.COMMENT_COUNT.match(text) is not None
    return LineFeatures(
        text=text,
        key=" ".join(text.lower().split()),
        words=size,
        function_share=share,
        ends_sentence=bool(lexicon.SENTENCE_END.search(tail)),
        inner_sentences=len(lexicon.INNER_STOP.findall(text)) if size > 4 else 0,
        capital_share=_capital_share(text),
        links=len(lexicon.LINK_PATTERN.findall(text)) if lexicon.LINK_HINT.search(text) else 0,
        separators=len(lexicon.SEPARATORS.findall(text)),
        has_quotation=bool(lexicon.QUOTATION_MARK.search(text)),
        has_date=figures and any(shape.search(text[:200]) for shape in _DATE_SHAPES),
        is_truncated=bool(lexicon.TRUNCATED.search(tail)),
        is_furniture=lexicon.is_furniture(text),
        is_ending=over_teasers
        or over_comments
        or (size <= 12 and lexicon.starts_with_listed(tokens, "endings", "teaser_headings")),
        is_teaser_heading=over_teasers
        or (size <= lexicon.MAX_HEADING_WORDS and lexicon.has_heading_words_alone(tokens)),
        **lexicon.count_phrases(tokens, text),
        has_time_ago=size <= 10 and figures and bool(lexicon.TIME_AGO.search(text)),
    )


def _capital_share(text: str) -> float:
    """Return the share of words after the first that begin with a capital."""
    rest = [word for word in text.split()[1:] if word[0].isalpha()]
    return sum(word[0].isupper() for word in rest) / len(rest) if rest else 0.0


def feature_vectors(measures: list[LineFeatures]) -> list[dict[str, float]]:
    """Return the features of each unit, named as in ``FEATURE_WEIGHTS``."""
    repeated = Counter(line.key for line in measures)
    prose = [line.prose_likeness for line in measures]
    return [_feature_vector(line, repeated[line.key] > 1, _nearby_prose(prose, at)) for at, line in enumerate(measures)]


def _feature_vector(line: LineFeatures, again: bool, near: float) -> dict[str, float]:
    """Return the traits of one unit."""
    return {
        "one": 1.0,
        "length": math.log2(1 + min(line.words, 100)),
        "very short": float(line.words <= 4),
        "long": float(line.words >= 20),
        "function words": min(line.function_share, 0.5) * min(line.words / 8, 1.0),
        "ended": float(line.ends_sentence),
        "ended and long": float(line.ends_sentence and line.words >= 10),
        "inner stops": min(line.inner_sentences, 4),
        "capitals": line.capital_share,
        "links": min(line.links, 2),
        "separators": min(line.separators, 3),
        "quoted": float(line.has_quotation),
        "truncated": float(line.is_truncated),
        "furniture": float(line.is_furniture),
        "ending": float(line.is_ending),
        "calls": min(line.calls, 3),
        "legal": min(line.legal, 4),
        "credits": min(line.credits, 2),
        "biography": min(max(line.biography - 1, 0), 3),
        "again": float(again),
        "near prose": near,
    }


def _nearby_prose(prose: list[float], at: int) -> float:
    """Return how much prose is round unit ``at``: two on each side, the next ones twice."""
    total = 0.0
    for step, weight in ((-2, 1), (-1, 2), (1, 2), (2, 1)):
        total += weight * prose[at + step] if 0 <= at + step < len(prose) else 0.0
    return total / 6


def measured_once(test: Callable[[LineFeatures], bool]) -> Callable[[LineFeatures], bool]:
    """Return a test on a unit that keeps its answer with the unit: several parts of the cleaner ask the same."""

    @wraps(test)
    def answer(line: LineFeatures) -> bool:
        kept: dict[str, bool] = line.__dict__
        if test.__name__ not in kept:
            kept[test.__name__] = test(line)
        return kept[test.__name__]

    return answer


# Lines of a date, perhaps with a place, and nothing else.


NOT_PLACE_START = re.compile(rf"^(?:{lexicon.UPDATE_LABEL.pattern.removeprefix('^')}|by\b|from\b)", re.IGNORECASE)
"""The beginning of a line that is no place."""
_DIGIT = re.compile(r"\d")
TRAILING_WEEKDAY = re.compile(rf"(?:^|,?\s+){lexicon.WEEKDAY_REGEX},?$")


MIN_CLAUSE_WORDS = 2
"""A sentence with a date has so many words in small letters: "The 7.14 was late on Monday."."""


@measured_once
def is_date_line(line: LineFeatures) -> bool:
    """Return whether a line is a date, perhaps with a place, and nothing else."""
    if line.words <= 12 and not line.ends_sentence and "(" in line.text and is_agency_dateline(line.text):
        return True
    if line.words <= 10 and (is_day_line(line.text) or dateline_place(line.text)):
        return True
    if is_update_line(line):
        return True
    if not line.has_date or line.words > 16 or line.calls:
        return False
    if lexicon.POST.match(line.text) and not lexicon.DATE_PATTERN.search(line.text):
        return False
    rest = lexicon.TIME_AGO.sub("", lexicon.without_dates(line.text))
    if rest.rstrip().endswith(lexicon.WIDE_STOPS) or lexicon.letter_cells(rest) > 25:
        return False
    return not (line.ends_sentence and _has_clause(line.text))


def _has_clause(text: str) -> bool:
    """Return whether a line has two words in small letters beside its dates and a full stop that is not theirs."""
    rest = lexicon.DATE_LINE_PARTS.sub("", lexicon.without_dates(text)).rstrip()
    return rest.endswith(".") and sum(word.islower() for word in rest.split()) >= MIN_CLAUSE_WORDS


def is_update_line(line: LineFeatures) -> bool:
    """Return whether a line is the date when the page was published or changed, not when the report was written."""
    if line.words > 24 or line.calls or not lexicon.UPDATE_LABEL.match(line.text):
        return False
    return line.has_date or lexicon.DAY_PATTERN.search(line.text) is not None


def has_digit(text: str) -> bool:
    """Return whether a line has a digit, without which it has no day: a quick test before slow expressions."""
    return _DIGIT.search(text) is not None


def is_day_line(text: str) -> bool:
    """Return whether a line is a day, with its weekday, year or time of day perhaps, and nothing else."""
    if not has_digit(text) or lexicon.DAY_PATTERN.search(text) is None:
        return False
    return not any(map(str.isalnum, lexicon.DATE_LINE_PARTS.sub("", lexicon.without_dates(text))))


def dateline_place(text: str) -> str:
    """Return the place in a line of place and day ("Oslo, Friday, 3 March"), "" for other lines."""
    match = lexicon.PLACE_DAY.match(text) if "," in text or has_digit(text) else None
    if match is None or NOT_PLACE_START.match(text) or any(map(str.isalnum, lexicon.CLOCK_TIME.sub("", match["rest"]))):
        return ""
    place = TRAILING_WEEKDAY.sub("", match["place"].strip(" ,")).strip(" ,")
    month = place.split()[-1].lower().strip(".") in lexicon.MONTH_NUMBERS if place else True
    return "" if month or place in lexicon.word_set("agencies") else place


def is_agency_dateline(text: str) -> bool:
    """Return whether a line is a place with an agency in brackets, and a day at the most."""
    match = lexicon.AGENCY_DATELINE.match(text)
    if match is None or not (match["agency"] in lexicon.word_set("agencies") or match["agency"].isupper()):
        return False
    rest = match["rest"]
    return not rest or any(shape.search(rest) for shape in (lexicon.DATE_PATTERN, lexicon.DAY_PATTERN))


def is_clock_line(text: str) -> bool:
    """Return whether a line is a time of day and nothing else."""
    return len(text) <= 20 and lexicon.CLOCK_LINE.fullmatch(text.strip(" :-–|•*[]()")) is not None


# What a single line is by its own shape, wherever it is.


def is_page_frame(line: LineFeatures, again: bool) -> bool:
    """Return whether a unit is surely not running text, so that an article does not reach beyond it."""
    shape = line.is_furniture or line.is_ending or line.has_time_ago or line.is_truncated or again
    words = line.legal or line.calls or (line.biography >= 2 and not line.has_quotation)
    if shape or words or is_headline_companion(line) or is_photo_credit(line):
        return True
    return bool(lexicon.SIGN_OFF.match(line.text) or lexicon.REPORTING_CREDIT.match(line.text))


def is_headline_companion(line: LineFeatures) -> bool:
    """Return whether a line belongs to a headline: author, date or place."""
    return is_byline_line(line) or is_date_line(line)


@measured_once
def is_byline_line(line: LineFeatures) -> bool:
    """Return whether a line names an author by its shape alone."""
    if line.words > 16 or (line.ends_sentence and not line.text.rstrip().endswith(".m.")):
        return False
    if line.text.strip().lower() in {"by", "by:"} or lexicon.BYLINE_START.match(line.text):
        return True
    if is_foreign_byline(line.text):
        return True
    if dateline_place(line.text):
        return False
    titled = lexicon.OFFICE_WORD.search(line.text) and line.capital_share >= 0.5 and "," in line.text
    return bool(titled and 3 <= line.words <= 12) or is_capitals_byline(line.text)


def is_capitals_byline(text: str) -> bool:
    """Return whether a line is a name in capitals and a paper or an office, or a headline of that form."""
    return lexicon.CAPS_BYLINE.match(text) is not None


def is_person_name_line(line: LineFeatures) -> bool:
    """Return whether a line could be a person's name: two to four capitalised words."""
    words = line.text.replace(",", " ").split()
    plain = all(word[0].isupper() and word.strip(".'’-").replace("-", "").isalpha() for word in words)
    return 2 <= len(words) <= 4 and plain and not line.is_furniture and not line.is_ending


def is_section_line(text: str) -> bool:
    """Return whether each word of a line is one of those that a page's sections are called by."""
    words = [word for word in lexicon.tokenize_line(text) if word[0].isalnum()]
    return bool(words) and all(word in lexicon.word_set("sections") for word in words)


def is_agency_line(text: str) -> bool:
    """Return whether a line is an agency's name and nothing else."""
    bare = text.strip(" ()[].|/")
    return bool({bare, bare.title()} & lexicon.word_set("agencies"))


@measured_once
def is_photo_credit(line: LineFeatures) -> bool:
    """Return whether a short line only names the source of a picture."""
    bare = line.text.strip(" ()[].|/©")
    owner = bare.rsplit(",", 1)[-1].strip()
    known = bool({bare, owner, bare.title(), owner.title()} & lexicon.word_set("agencies")) and line.words <= 7
    if known or (line.credits > 0 and line.words <= 8) or (line.text.lstrip().startswith("©") and line.words <= 5):
        return True
    return line.words <= 8 and is_photo_owner(bare)


def is_photo_owner(text: str) -> bool:
    """Return whether a line is a photographer's name and a paper's with a stroke between."""
    owned = lexicon.PHOTO_OWNER.match(text.strip(" ()[].|/©")) if "/" in text[:100] and "©" not in text[:3] else None
    return owned is not None and not is_section_line(owned["name"])


def ends_with_credit(text: str) -> bool:
    """Return whether a line ends with a credit in brackets, or with an agency and a stroke after a sentence."""
    if text.rstrip()[-2:].rstrip(".").endswith(")"):
        return lexicon.BRACKETED_CREDIT.search(text[-100:]) is not None
    slashed = lexicon.SLASHED_CREDIT.search(text[-100:]) if "/" in text[-60:] else None
    return slashed is not None and bool({slashed["owner"], slashed["owner"].title()} & lexicon.word_set("agencies"))


# What a text is about.


MIN_CONTENT_WORD_LENGTH = 4
"""Words of this many letters and more carry what a text is about."""


def content_words(text: str) -> frozenset[str]:
    """Return the words of a text that carry its matter: the longer ones without a plural's s.

    Scripts without blanks give their pairs of characters.
    """
    words = [word.removesuffix("'s") for word in lexicon.tokenize_line(text)]
    found = {word.rstrip("s") for word in words if len(word) >= MIN_CONTENT_WORD_LENGTH and word[0].isalnum()}
    if not text.isascii():
        runs = (word for word in words if lexicon.CJK.match(word))
        found.update(run[at : at + 2] for run in runs for at in range(len(run) - 1))
    return frozenset(found)


_CJK_GRAMMAR = re.compile(r"[\u3040-\u309f的了是在和有我他她这那不也就都而与及]")


def topic_words(text: str) -> frozenset[str]:
    """Return the content words of a text that are not function words of any listed language."""
    words = content_words(text) - _content_function_words()
    if text.isascii():
        return words
    return frozenset(word for word in words if not (word[0] > "\u3000" and _CJK_GRAMMAR.search(word)))


@cache
def _content_function_words() -> frozenset[str]:
    """Return the function words of all listed languages and the names of days and months.

    They have no s at the end, as in ``content_words``.
    """
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return frozenset(word.rstrip("s") for word in (*lexicon.function_words(), *days, *lexicon.MONTH_NUMBERS))


def capitalised_words(text: str) -> frozenset[str]:
    """Return the content words of a text that begin with a capital after its first word."""
    names = (word for word in text.split()[1:] if word.lstrip("\"'“‘„«(")[:1].isupper())
    return content_words(" ".join(names))
