"""What a sentence segmenter gets wrong at English abbreviations, times, initials and lists."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TITLES = (
    "Mr Mrs Ms Dr Prof Rev Hon Gov Lt Col Maj Capt Cmdr Sgt Cpl Pvt Adm Brig Gen Sen Sens Rep Reps "
    "Supt Det Insp Fr Msgr Amb St Ste Mt Ft vs Messrs Mme Mlle Mgr Ald Atty Asst Spc Hwy"
)
"""Abbreviations that a capitalised name follows."""

_NUMBERED = "No Nos Nr Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Art Arts Sec Ch Vol Fig p pp"
"""Abbreviations that a number follows."""

_STARTERS = (
    "A An The This That These Those There Here He She It We They You I His Her Its Their Our My And But Or "
    "So Yet If When While Where Although Though Because Since As At By For From In On With Without After "
    "Before During Meanwhile However Still Also Now Then Both Some Many Most Several All Each Every No Not "
    "Only Even Just What Why How Who Which Under Over About Among Between Despite Instead Other Others "
    "Nobody Everyone Everybody Someone Somebody Nothing Everything Neither Either Such "
    "Until Once Through Yes"
)
"""Words that are capitalised because a sentence starts, not because they are names."""

_LOWERCASE_ABBREVIATIONS = (
    "vs etc approx est incl dept ext fig figs min max sec hrs avg misc cont ibid viz resp orig trans vol "
    "vols sect para eds art arts chap col cols app adj adv abbr bros encl tel"
)
"""Abbreviations in small letters; any other word in small letters before a full stop ends a sentence."""

_SPEECH_VERBS = (
    "said says told asked asks added adds replied wrote writes tweeted posted shouted cried yelled "
    "exclaimed demanded wondered joked quipped insisted responded answered continued concluded declared "
    "recalled explained warned noted remarked called screamed chanted whispered"
)
_AFTER_SPEECH_VERB = "in on at to of during after before when while as with from by through via later again aloud"


def _alternatives(words: str) -> str:
    return "(?:" + "|".join(words.split()) + ")"


_WORD_EDGE = r"(?:^|(?<=[\s(\[“‘\"'—–-]))"
_STARTER = re.compile(r"[\"“‘'«»„(]?(?:" + _alternatives(_STARTERS) + r"\b(?![.-])|(?:Mr|Mrs|Ms|Messrs)\.\s)")
_TITLE_END = re.compile(_WORD_EDGE + _alternatives(_TITLES) + r"\.$")
_NUMBERED_END = re.compile(_WORD_EDGE + _alternatives(_NUMBERED) + r"\.$")
_INITIAL_END = re.compile(r"(?:^|(?:^|\s)[A-Z][\w’'-]*\.?\s+)(?!I\.)[A-Z]\.$")
_INITIALS_END = re.compile(r"(?:^|[\s(“\"])(?!U\.|E\.U|D\.C|L\.A|[NS]\.[A-Z]|R\.I)[A-Z]\.[A-Z]\.$")
_STATE_END = re.compile(r"(?:^|[\s(“\"])(?:U\.S|U\.N|U\.K|E\.U)\.$")
_COMPANY_END = re.compile(r"\b(?:Inc|Corp|Co|Ltd)\.$")
_COMPANY_NEXT = re.compile(r"(?:Chair|President|Chief|C[EFO]O\b|Vice\b|Executive|Director|Spokes|Founder|Managing)")
_STATE_NEXT = re.compile(
    r"(?:Ambassador|President|Senat|Sen\.|Rep\.|Gov\.|Gen\.|Secretary|House|Congress|Army|Navy|Air|Marine|"
    r"Attorney|District|Supreme|Court|Treasury|State|Department|Justice|Customs|Coast|Federal|Security|General|Prime|"
    r"Foreign|Central|Special|Embassy|Open|Envoy|Steel|Olympic|Postal|Chamber|Geological)"
)
_TIME_END = re.compile(r"\b[ap]\.\s?m\.$", re.IGNORECASE)
_TIME_NEXT = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)|[A-Z]{1,3}T\b|(?:GMT|UTC|Eastern|Central|Mountain|Pacific)\b|"
    r"(?:Jan|Feb|March|April|May\b|June|July|Aug|Sep|Oct|Nov|Dec)"
)
_ENUMERATOR_END = re.compile(r"(?:^|(?:[:;!?]|[a-z]{4}\.)\s+)[(\[]?(?:\d{1,2}|[A-Za-z])[.)\]]$")
_LOWERCASE_NEXT = re.compile(r"[\"“‘'(\[]*[a-z]+(?![a-z]*[A-Z])")
_EXCLAIMED_END = re.compile(r"[?!][\"”’'»]+$")
_ATTRIBUTION = re.compile(
    r"(?!"
    + _alternatives(_STARTERS)
    + r"\b)(?:(?:[A-Z][\w.'’-]*|de|van|von|al|bin|the|of)\s+){1,6}"
    + _alternatives(_SPEECH_VERBS)
    + r"(?:\s*[.,;:—–]|\s*$|\s+(?:"
    + _alternatives(_AFTER_SPEECH_VERB)
    + r"\b|[A-Z]\w+day\b|[a-z]+ly\b))"
)
_CLOSERS = "\"”’'»)]"
_LOWERCASE_STOP = re.compile(_WORD_EDGE + r"([a-z]{3,})\.[\"”’')\]]*\s+(?=[\"“‘'«»„(\[]?[A-Z\d])")
_OTHER_STOP = re.compile(
    r"(?<![\w.’'])(\w{4,}|[a-z]{2}|[A-Z]|Inc|Co|Ltd|Jr|LLC|PLC|(?:\w\.){1,6}\w)\.[\"”’')\]]*\s+(?=\S)"
)
_FULLWIDTH_STOP = re.compile(r"(?<![。！？])[。！？]+\s*(?=[^\s。！？」』”’）])")


_NOT_BOUNDARY_PAIRS = (
    (_NUMBERED_END, re.compile(r"\d")),
    (_TIME_END, _TIME_NEXT),
    (_STATE_END, _STATE_NEXT),
    (_COMPANY_END, _COMPANY_NEXT),
)
"""What a sentence does not end with, if that follows."""

_NAME_ENDS = (_TITLE_END, _INITIAL_END, _INITIALS_END)
"""What a sentence does not end with, unless a word follows that starts one."""


def missed_boundaries(text: str) -> Iterator[int]:
    """Yield where sentences start that a segmenter takes for the rest of an abbreviation.

    After a word in small letters that is no abbreviation, after a company's or country's
    abbreviation where a function word is capitalised (Mikheev, Computational Linguistics 28(3),
    2002), and after the full stops of scripts without blanks.
    """
    small = set(_LOWERCASE_ABBREVIATIONS.split())
    yield from (m.end() for m in _LOWERCASE_STOP.finditer(text) if m[1] not in small)
    others = (m for m in _OTHER_STOP.finditer(text) if m[1] not in small)
    yield from (m.end() for m in others if _STARTER.match(text, m.end()))
    yield from (m.end() for m in _FULLWIDTH_STOP.finditer(text))


def is_false_boundary(text: str, cut: int) -> bool:
    """Whether no sentence can start at ``cut``, by what is within 80 code points of it."""
    raw = text[max(0, cut - 80) : cut].rstrip()
    left, right = raw.rstrip(_CLOSERS), text[cut : cut + 80]
    if _starts_lowercase(right) or _ENUMERATOR_END.search(raw):
        return True
    if any(end.search(left) and following.match(right) for end, following in _NOT_BOUNDARY_PAIRS):
        return True
    if _EXCLAIMED_END.search(raw) and _ATTRIBUTION.match(right):
        return True
    return any(end.search(left) for end in _NAME_ENDS) and not _STARTER.match(right)


def _starts_lowercase(right: str) -> bool:
    """Whether a word in small letters follows; eBay and iPhone may start a sentence."""
    m = _LOWERCASE_NEXT.match(right)
    return m is not None and not right[m.end() : m.end() + 1].isupper()
