"""Lines that name an author in languages other than English: "Von Ada Pell und Bo Lund", "記者 田中花子"."""

from __future__ import annotations

import re

from annotator.ingest.clean.lexicon import CJK, word_list

_NAME = r"(?-i:[A-ZÀ-ÞĀ-ŽΆ-ΫЀ-ЯҐ][\w.'’-]*)"
_CASELESS_NAME = r"[\u0600-\u06ff\u0900-\u097f]+"
_JOINED = r"(?:\s+(?:de|van|von|der|den|da|di|del|dos|la|le|el|zu|und|et|y|e|en|och|og|i|и|і|та|&|\|)(?=\s)|\s*,)*\s*"
_LEADS = "|".join(re.escape(lead).replace(r"\ ", r"\s+") for lead in sorted(word_list("byline_leads"), reverse=True))
_NAMES = rf"{_NAME}(?:{_JOINED}{_NAME}){{1,7}}"
_CASELESS_NAMES = rf"{_CASELESS_NAME}(?:\s+{_CASELESS_NAME}){{1,3}}"
_BYLINE = re.compile(
    rf"^\W*(?:{_LEADS})\s*(?P<names>{_NAMES}|{_CASELESS_NAMES})(?P<rest>\s*(?:[,|•·–—(/-].*)?)$", re.IGNORECASE
)
"""The lead and two names at least, and nothing behind them but what a mark divides from them: an office, a date."""
_CJK_NAME = r"[\u3040-\u30ff\u3400-\u9fff々]{1,8}(?:[\s・·][\u3040-\u30ff\u3400-\u9fff々]{1,6})?"
_CJK_BYLINE = re.compile(
    rf"^\W*(?:(?:本报|本報|本社)?(?:記者|记者|執筆|取材|取材・文|文責|筆者|撰文|作者|文|報道|报道)[\s：:/／＝=・]+(?P<after>{_CJK_NAME})"
    rf"|(?P<before>{_CJK_NAME})\s?(?:記者|编辑委員|編集委員|特派員|论说委员|論説委員|特约记者))\W*(?:\d.*)?$"
)
_MAX_BYLINE_LENGTH = 120
"""How long such a line is at the most, in code points."""


def is_foreign_byline(text: str) -> bool:
    """Return whether a line names an author by the words of one of these languages."""
    return bool(foreign_author(text))


def foreign_author(text: str) -> str:
    """Return the names that such a line has, "" for other lines."""
    if len(text) > _MAX_BYLINE_LENGTH:
        return ""
    if CJK.search(text) and (found := _CJK_BYLINE.match(text)):
        return found["after"] or found["before"]
    match = _BYLINE.match(text)
    return match["names"].strip(" ,") if match else ""
