"""English sentences: nupunkt's cuts, corrected at abbreviations, times, initials and lists.

nupunkt won over spaCy's sentencizer and pysbd on real news. ``tests/benchmarks/sentences.py``
gives boundary F1 against gold (without those inside quotations) on the Wall Street Journal, on
seven news sites and on Wikinews, and how many of the quotations in the four sets are cut:

==================  =====  =====  =====  ====
spaCy sentencizer   0.882  0.757  0.929  482
pysbd 0.3.4         0.964  0.910  0.966     2
nupunkt 0.8.0       0.981  0.867  0.966  163
nupunkt repaired    0.986  0.969  0.981     0
==================  =====  =====  =====  ====
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import cast

from annotator.ingest.clean.lexicon import word_groups
from annotator.ingest.quotation_ranges import CharRange

_WORDS = word_groups("boundaries")
_ALTERNATIVES = {name: f"(?:{'|'.join(words)})" for name, words in _WORDS.items()}


_WORD_EDGE = r"(?:^|(?<=[\s(\[“‘\"'—–-]))"
_STARTER = re.compile(r"[\"“‘'«»„(]?(?:" + _ALTERNATIVES["starters"] + r"\b(?![.-])|(?:Mr|Mrs|Ms|Messrs)\.\s)")
_TITLE_END = re.compile(_WORD_EDGE + _ALTERNATIVES["titles"] + r"\.$")
_NUMBERED_END = re.compile(_WORD_EDGE + _ALTERNATIVES["numbered"] + r"\.$")
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
    + _ALTERNATIVES["starters"]
    + r"\b)(?:(?:[A-Z][\w.'’-]*|de|van|von|al|bin|the|of)\s+){1,6}"
    + _ALTERNATIVES["speech verbs"]
    + r"(?:\s*[.,;:—–]|\s*$|\s+(?:"
    + _ALTERNATIVES["after speech verb"]
    + r"\b|[A-Z]\w+day\b|[a-z]+ly\b))"
)
_BEFORE_CUT = " 。！？」』）"
"""A blank or a wide stop is before a cut."""
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
    small = frozenset(_WORDS["lowercase abbreviations"])
    yield from (m.end() for m in _LOWERCASE_STOP.finditer(text) if m[1] not in small)
    others = (m for m in _OTHER_STOP.finditer(text) if m[1] not in small)
    yield from (m.end() for m in others if _STARTER.match(text, m.end()))
    yield from (m.end() for m in _FULLWIDTH_STOP.finditer(text))


def is_false_boundary(text: str, cut: int) -> bool:
    """Whether no sentence can start at ``cut``, by what is within 80 code points of it."""
    if text[cut - 1] not in _BEFORE_CUT:
        return True
    raw = text[max(0, cut - 80) : cut].rstrip()
    left, right = raw.rstrip(_CLOSERS), text[cut : cut + 80]
    word = _LOWERCASE_NEXT.match(right)
    # A word in small letters follows; eBay and iPhone may start a sentence.
    if (word and not right[word.end() : word.end() + 1].isupper()) or _ENUMERATOR_END.search(raw):
        return True
    if any(end.search(left) and following.match(right) for end, following in _NOT_BOUNDARY_PAIRS):
        return True
    if _EXCLAIMED_END.search(raw) and _ATTRIBUTION.match(right):
        return True
    return any(end.search(left) for end in _NAME_ENDS) and not _STARTER.match(right)


def nupunkt_cuts(paragraph: str) -> list[int]:
    """Return where nupunkt starts each sentence of a paragraph after the first."""
    return [a for a, _ in _nupunkt_segmenter()(paragraph)][1:]


@lru_cache(maxsize=1)
def _nupunkt_segmenter() -> Callable[[str], list[CharRange]]:
    """Return nupunkt's default model, loaded once (15 ms)."""
    import nupunkt

    return cast("Callable[[str], list[CharRange]]", nupunkt.load("default").spans)
