"""The word lists and expressions of the cleaner, and counting their phrases in a line."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

# The word lists beside this package.


@cache
def word_list(name: str) -> tuple[str, ...]:
    """Return the lines of a word list without its comments and blank lines."""
    text = files("annotator.ingest").joinpath("data", f"{name}.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.split("\n") if line and not line.startswith("#"))


def word_groups(name: str) -> dict[str, list[str]]:
    """Return the words of a list whose lines are ``group:word word …``, by group."""
    return {group: words.split() for group, _, words in (line.partition(":") for line in word_list(name))}


@cache
def word_set(name: str) -> frozenset[str]:
    """Return the lines of a word list, for looking them up."""
    return frozenset(word_list(name))


@cache
def function_words() -> frozenset[str]:
    """Return the function words of all languages that have a list, in small letters."""
    return frozenset(word for words in word_groups("function_words").values() for word in words)


# The shapes of a line's text: expressions that need no word list.


CLOSING_CHARACTERS = "\"'”’“‘»›«‹」』》）)\\]"
SENTENCE_END = re.compile(rf"[.!?…。！？؟۔।॥:;](?:[{CLOSING_CHARACTERS}]|\[\d+\])*\s*$")
"""The end of a sentence, closing quotation marks and brackets included (a colon introduces)."""
INNER_STOP = re.compile(
    rf"[.!?][{CLOSING_CHARACTERS}]*\s+[\"'“‘«(\[]*[A-ZÀ-ÞА-ЯІЇЄҐ]|[。！？؟۔।](?=[^\s{CLOSING_CHARACTERS}])"
)
"""The end of a sentence with another one after it."""
TRUNCATED = re.compile(r"(?:\.\.\.|…)\s*(?:\[?read more\]?|more|»)?\s*[»>]*\s*$", re.IGNORECASE)
LINK_PATTERN = re.compile(r"https?://|www\.\w|\w@\w+\.\w|(?<!\w)[@#]\w{2,}|\b\w+\.(?:com|org|net)\b", re.IGNORECASE)
LINK_HINT = re.compile(r"[@#/]|\w\.\w")
"""Without one of these nothing in a line is a link."""
SEPARATORS = re.compile(r"\s[|·•/»>«]\s?|[|»]")
QUOTATION_MARK = re.compile(r"[\"“”«»„「]")
CJK = re.compile(r"[぀-ヿ㐀-鿿가-힯฀-๿]")
TOKEN_PATTERN = re.compile(r"\w+(?:['’-]\w+)*|[^\w\s]")

MONTH_NUMBERS = {name: int(number) for number, names in word_groups("months").items() for name in names}
MONTH_ALTERNATIVES = "|".join(sorted(MONTH_NUMBERS, key=lambda name: (-len(name), name)))
_YEAR = r"(?:(?:19|20|١٩|٢٠|१९|२०)\d\d)"
DATE_PATTERN = re.compile(
    rf"(?<!\d)(?P<y5>{_YEAR})\s?年\s?(?P<m5>\d{{1,2}})\s?月\s?(?P<d5>\d{{1,2}})\s?日"
    rf"|\b(?:(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})"
    rf"|(?P<m1>{MONTH_ALTERNATIVES})\.?\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?[,،]?\s+(?P<y1>{_YEAR})"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?[\s-]+(?:de\s+)?(?P<m2>{MONTH_ALTERNATIVES})\.?[,،]?[\s-]+"
    rf"(?:del?\s+)?(?P<y2>{_YEAR})"
    r"|(?P<d3>\d{1,2})\.(?P<m3>\d{1,2})\.(?P<y3>(?:19|20)\d\d)"
    r"|(?P<y6>(?:19|20)\d\d)(?P<s6>[./])(?P<m6>\d{1,2})(?P=s6)(?P<d6>\d{1,2})\b"
    r"|(?P<a4>\d{1,2})/(?P<b4>\d{1,2})/(?P<y4>(?:(?:19|20|٢٠)\d\d|\d\d))\b)",
    re.IGNORECASE,
)
CLOCK_TIME = re.compile(
    r"(?:(?<![\d.,$£€¥])(?:[01]?\d|2[0-4])(?:[:.h][0-5]\d(?:[:.][0-5]\d)?(?!\d)\s*(?:[ap]\.?m\b\.?)?|\s*[ap]\.?m\b\.?)"
    r"(?:\s*\b(?:GMT|UTC|[A-Z]{2,4}T|[A-Z]T|IST|UK|Uhr|JST))?\b"
    r"|(?<!\d)(?:午前|午後|上午|下午)?\s?(?:[01]?\d|2[0-4])\s?[時时点]\s?(?:[0-5]?\d\s?分|半)?)",
    re.IGNORECASE,
)
CLOCK_LINE = re.compile(
    rf"(?:{CLOCK_TIME.pattern})(?:\s*(?:Uhr|uur|h|hrs))?|\d{{1,2}}[時时点](?:\d{{1,2}}分)?", re.IGNORECASE
)
POST = re.compile(
    rf"^\W*(?:{CLOCK_TIME.pattern})\s*(?:Uhr\s*)?(?:[–—:|-]\s+[^\W\d]"
    r"|\s(?!(?:last|first|updated?|published|posted|modified|by)\b)(?-i:[A-ZÀ-Þ])[^\W\d]*(?:\s[^\W\d]+){0,2}\s(?!time)(?-i:[a-zß-ÿ]))",
    re.IGNORECASE,
)
"""A post of a live page that begins with its time: "14:20 – The water falls", "14:20 Two bridges are closed"."""
SERIES_LABEL = re.compile(r"^\W{0,3}([^\W\d_][^:\n]{0,24}?)(?:\s+\d+(?:\s*(?:of|von|/)\s*\d+)?)?:(?=\s)")
"""What begins each line of a series: a speaker ("Post: …"), a picture's number ("Image 2 of 5: …")."""
TIME_AGO = re.compile(
    r"\b\d+\s*(?:s|secs?|m|mins?|minutes?|h|hrs?|hours?|d|days?|weeks?|months?)\s+ago\b", re.IGNORECASE
)
WEEKDAY_REGEX = (
    r"(?i:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
    rf"|(?:{'|'.join(word for words in word_groups('weekdays').values() for word in words)})(?!\w)\.?)"
)
TIME_ZONE_REGEX = r"\b(?:[A-Z]{1,3}T|GMT|UTC)\b"
DAY_REGEX = (
    rf"(?i:(?:\b\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:{MONTH_ALTERNATIVES})(?!\w)"
    rf"|\b(?:{MONTH_ALTERNATIVES})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b)(?:,?\s+(?:19|20)\d\d\b)?)"
    r"|(?<!\d)\d{1,2}\s?月\s?\d{1,2}\s?日(?:\s?[（(][月火水木金土日][）)])?"
)
"""A day with or without its year: "3 March", "March 3, 2031"."""
DATE_LINE_PARTS = re.compile(
    rf"{DAY_REGEX}|\b{WEEKDAY_REGEX}|{TIME_ZONE_REGEX}|\b(?i:at|on|um|uhr)\b|更新|公開|掲載|配信|[（(][月火水木金土日][）)]"
)
"""What may be in a line of dates, beside dates in full and times of day."""
DAY_PATTERN = re.compile(DAY_REGEX)


def _label_regex(kind: str) -> str:
    """Return what matches the labels of a page's dates of one kind; scripts without blanks have no word's end."""
    labels = sorted(entry.partition(":")[2] for entry in word_list("date_labels") if entry.startswith(kind))
    ends = ("" if CJK.match(label[-1]) or label[-1] == ":" else r"(?!\w)" for label in labels[::-1])
    return f"(?:{'|'.join(re.escape(label) + end for label, end in zip(labels[::-1], ends, strict=True))})"


PUBLISHED_LABEL = re.compile(rf"^\W*{_label_regex('published')}", re.IGNORECASE)
"""The label of a page's first date; others are of its changes."""
UPDATE_LABEL = re.compile(rf"^\W*{_label_regex('')}", re.IGNORECASE)
NAME_REGEX = r"(?:[A-ZÀ-Þ][\w.'’-]*|[A-ZÀ-Þ]\.)"
BYLINE_START = re.compile(
    rf"^\W*(?i:written|reported|story|words|text|analysis|column|posted|published|interview|review|recipe|compiled|commentary)?\s*"
    rf"(?i:by)\s+{NAME_REGEX}"
    rf"|^\W*(?i:reporter|author|autor|autorin|interview|text|words|story):\s*{NAME_REGEX}(?:\s+{NAME_REGEX}){{1,3}}\b|^From\s+{NAME_REGEX}(?:\s+{NAME_REGEX}){{1,2}}(?:\s+(?:in|at)\s+.{{2,40}})?$"
    rf"|^{NAME_REGEX}(?:\s+{NAME_REGEX}){{1,2}}\s+@\w+"
    rf"|^(?:{NAME_REGEX}\s+){{1,3}}[A-ZÀ-Þ][a-zà-þ'’-]+(?:View|See|Follow|Read)\s"
)
"""A line that names the author: "By Ann Lee", "From Ann Lee in Oslo", "Ann Lee @annlee", "Ann LeeView all".
"""
CAPS_BYLINE = re.compile(r"^\W*(?:[A-ZÀ-Þ][A-ZÀ-Þ'’.-]+\s+){1,3}[A-ZÀ-Þ'’.-]{2,}\s*,(?!.*\d)")
"""A name in capitals with a paper or an office: "ANN LEE, THE POST"; a headline can look like it."""
OFFICE_WORD = re.compile(
    r"\b(?:correspondent|editor|reporter|writer|columnist|contributor|staff|bureau|journalist|desk)s?\b", re.IGNORECASE
)
COMPANY_ENDING = re.compile(r"\b(?:agency|press|news|newswire|newspapers?|network|media|wire|service)$", re.IGNORECASE)
"""The last word of the names of agencies and papers."""
PLACE_REGEX = r"[A-ZÀ-Þ][\w.'’]*(?:[ ,/-]+(?:[A-ZÀ-Þ][\w.'’]*|de|al|am|au|of|on|la|el|sur))*"
AGENCY_DATELINE = re.compile(rf"^(?P<place>{PLACE_REGEX})\s*,?\s*\((?P<agency>[A-Z][\w .-]+)\)[\s,—–-]*(?P<rest>.*)$")
"""A dateline with the agency in brackets: "Oslo (AFP) March 3, 2031"."""
PLACE_DAY = re.compile(
    rf"^\W{{0,2}}(?P<place>{PLACE_REGEX})(?:,?\s+(?:{WEEKDAY_REGEX},?\s+)?{DAY_REGEX}|,\s+{WEEKDAY_REGEX})(?P<rest>.*)$"
)
"""A dateline on a line of its own: "Oslo, 3 March", "Oslo, Friday"; ``rest`` may be a time of day."""
DATELINE_PREFIX = re.compile(
    rf"^(?:(?P<place>{PLACE_REGEX}?)(?:,\s+{DAY_REGEX})?\s*"
    r"(?:\((?P<agency>[A-Z][\w .]+)\)|/(?P<wire>[A-Z][\w .-]+)/)?\s*(?:[—–]|--?|:)\s+"
    rf"|\((?P<alone>[A-Z][\w .]+)\)\s*(?:[—–]|--?|:)\s+)(?=\S)"
)
"""The dateline before the first sentence: "OSLO, Norway (AP) — ", "OSLO, 3 March - ", "Dubai: "."""
PHOTO_OWNER = re.compile(
    r"^(?P<name>[A-ZÀ-Þ][\w.'’-]+(?:\s+[A-ZÀ-Þ][\w.'’-]+){1,2})\s*/\s*[A-ZÀ-Þ][\w.'’-]*(?:\s+[A-ZÀ-Þ][\w.'’-]*){0,3}$"
)
"""A photographer and a paper: "Ann Lee / Harbour Post"."""
BRACKETED_CREDIT = re.compile(
    r"\((?:[^()/]*\b(?i:photo|photograph|picture|image|archive)s?\b[^()]*|[A-Z][^()/]{1,40}/\s?[A-Z][^()]{1,40})\)\W*$"
)
"""A credit in brackets at the end of a caption: "(Family photograph)", "(Ann Lee/AFP)"."""
SLASHED_CREDIT = re.compile(r"[.!?]\s+(?P<owner>[A-Z][A-Za-z ]{1,20})/[A-Z][\w .'’-]{2,40}$")
"""A credit after the last sentence of a caption: "A quay in Arden. REUTERS/Ann Lee"."""
SIGN_OFF = re.compile(r"^\W{0,3}(?=\S*/|burs)[a-z]{2,8}(?:[-/][a-z]{2,8})+\W{0,3}$")
"""The initials that end an agency's report: "burs-abc/de/fg"."""
REPORTING_CREDIT = re.compile(
    r"^[\W_]*(?:additional |with )?(?:reporting|writing|editing|compiled|edited|written)\b[^.]*?\bby\b"
    r"|^\W*(?:with|from) (?:inputs?|files|agencies|wires|post wires)\b",
    re.IGNORECASE,
)
COUNT_AT_EDGE = re.compile(r"^\W*\d+(?:[.,]\d+)?[km]?\W*(?:\(\+\))?|\W*\(?\d+\)?\W*$", re.IGNORECASE)
BULLET = re.compile(r"^\s*(?:(?:[•*·‣▪●–—-]|\d{1,2}[.)]|[a-z]\))\s+|・)\S", re.IGNORECASE)
CROSSHEAD = re.compile(r"^\s*[-–—*]+\s*\S.*\S\s*[-–—*]+\s*$")
"""An agency's crosshead: "- A long night -"."""


WIDE_STOPS = ("。", "।", "؟", "！", "？", "۔")


def letter_cells(text: str) -> int:
    """Return how many letters a text has; one of a script without blanks counts for four of Latin."""
    return sum(4 if CJK.match(char) else 1 for char in text if char.isalpha())


def without_dates(text: str) -> str:
    """Return a line without its dates in full and its times of day."""
    return CLOCK_TIME.sub("", DATE_PATTERN.sub("", text))


COUNTED_LISTS = ("calls", "legal", "credits", "biography")
"""The lists whose phrases count anywhere in a line."""
Phrase = tuple[str, ...]


def tokenize_line(text: str) -> list[str]:
    """Return the lower-case words and single marks of a line."""
    return TOKEN_PATTERN.findall(text.lower().replace("’", "'"))


@cache
def _phrase_index(*lists: str) -> dict[str, list[tuple[Phrase, str]]]:
    """Return the phrases of some lists, each with its list, by their first token."""
    found: dict[str, list[tuple[Phrase, str]]] = {}
    for name in lists:
        for entry in word_list(name):
            phrase = tuple(tokenize_line(entry))
            found.setdefault(phrase[0], []).append((phrase, name))
    return found


def count_phrases(words: list[str], text: str = "") -> dict[str, int]:
    """Return how many phrases of each list in ``COUNTED_LISTS`` are in a line's tokens; without blanks, in its text."""
    counts = dict.fromkeys(COUNTED_LISTS, 0)
    index = _phrase_index(*COUNTED_LISTS)
    for place, word in enumerate(words):
        for phrase, name in index.get(word, ()):
            if len(phrase) == 1 or tuple(words[place : place + len(phrase)]) == phrase:
                counts[name] += 1
    for entry in word_list("cjk_phrases") if CJK.search(text) else ():
        name, _, words_of_it = entry.partition(":")
        counts[name] += words_of_it in text
    return counts


def starts_with_listed(words: list[str], *lists: str) -> bool:
    """Return whether the tokens of a line begin with a phrase of some lists ("Related links")."""
    start = [word for word in words[:8] if word[0].isalnum()]
    phrases = _phrase_index(*lists).get(start[0] if start else "", ())
    return any(tuple(start[: len(phrase)]) == phrase for phrase, _ in phrases)


def contains_phrase(name: str, words: list[str]) -> bool:
    """Return whether a phrase of a list is in a line."""
    index = _phrase_index(name)
    return any(
        tuple(words[place : place + len(phrase)]) == phrase
        for place, word in enumerate(words)
        for phrase, _ in index.get(word, ())
    )


MAX_HEADING_WORDS = 6
"""A heading of the page's frame has no more words than this."""
COMMENT_COUNT = re.compile(
    r"^\W*\d+\s*(?:comments?|repl(?:y|ies)|responses?|thoughts?|kommentare?|commentaires?|comentarios?|件のコメント)\b",
    re.IGNORECASE,
)
"""The heading of the readers' comments."""


def is_teaser_heading(text: str, words: list[str]) -> bool:
    """Return whether a line is a heading over other articles: a listed one, or one that begins with a listed phrase."""
    bare = text.lower().strip(" \t.:!?»›<>|-–—[]()…•*#+")
    if f"={bare}" in word_set("teaser_headings"):
        return True
    if text.rstrip()[-1:] in {".", ";", "。"}:
        return False
    return starts_with_listed(words, "teaser_headings")


def has_heading_words_alone(words: list[str]) -> bool:
    """Return whether a line of two words and more has those of headings, sections and grammar alone ("Also today").

    In a script without blanks one of the words of headings in a line of a few characters does.
    """
    plain = [word for word in words if word[0].isalnum()]
    if words[-1:] == ["?"] or ":" in words or not plain:
        return False
    if CJK.match(plain[0]):
        return any(word in "".join(plain) for word in _heading_words() if CJK.match(word))
    alone = len(plain) > 1 and all(word in _heading_vocabulary() for word in plain)
    return alone and any(word in _heading_words() for word in plain)


@cache
def _heading_words() -> frozenset[str]:
    return frozenset(word for words in word_groups("heading_words").values() for word in words)


@cache
def _heading_vocabulary() -> frozenset[str]:
    grammar = (word for words in word_groups("function_words").values() for word in words)
    return _heading_words() | word_set("sections") | frozenset(grammar)


@cache
def _furniture_lines() -> frozenset[str]:
    return frozenset(map(_without_counts, word_list("furniture")))


def is_furniture(text: str) -> bool:
    """Return whether a whole line is a button, menu entry or label of the page, or several with gaps between them."""
    is_answer = text.endswith(".") and not text.endswith("..") and len(text.split(None, 1)) == 1  # "Yes."
    if len(text) >= 80 or is_answer:
        return False
    return all(_without_counts(part) in _furniture_lines() for part in text.split("  ") if part.strip())


def _without_counts(text: str) -> str:
    """Return a line in lower case without the counts and marks at its ends."""
    low = text.lower()
    return (COUNT_AT_EDGE.sub("", low) if _may_have_count(low) else low).strip(" \t.:!?»›<>|-–—[]()…") or low.strip()


def _may_have_count(low: str) -> bool:
    """Return whether a line begins or ends with what could be a count."""
    return low[:3].strip(" (")[:1].isdigit() or low[-3:].strip(" )+")[-1:].isdigit() or low[-1:] in "km)"
