"""The shapes of a line's text that tell what it is: expressions that need no word list."""

from __future__ import annotations

import re

from annotator.ingest.clean.lists import entries

CLOSERS = "\"'”’»›」』)\\]"
ENDED = re.compile(rf"[.!?…。！？؟۔।॥:;](?:[{CLOSERS}]|\[\d+\])*\s*$")
"""The end of a sentence, closing quotation marks and brackets included (a colon introduces)."""
INNER_STOP = re.compile(rf"[.!?][{CLOSERS}]*\s+[\"'“‘«(\[]*[A-ZÀ-ÞА-ЯІЇЄҐ]|[。！？؟۔।]")
"""The end of a sentence with another one after it."""
TRUNCATED = re.compile(r"(?:\.\.\.|…)\s*(?:\[?read more\]?|more|»)?\s*[»>]*\s*$", re.IGNORECASE)
LINKED = re.compile(r"https?://|www\.\w|\w@\w+\.\w|(?<!\w)[@#]\w{2,}|\b\w+\.(?:com|org|net)\b", re.IGNORECASE)
LINKISH = re.compile(r"[@#/]|\w\.\w")
"""Without one of these nothing in a line is a link."""
SEPARATORS = re.compile(r"\s[|·•/»>«]\s?|[|»]")
QUOTED = re.compile(r"[\"“”«»„「]")
CJK = re.compile(r"[぀-ヿ㐀-鿿가-힯฀-๿]")
TOKEN = re.compile(r"\w+(?:['’-]\w+)*|[^\w\s]")

MONTH_NUMBERS = {
    name: int(number)
    for number, names in (entry.split(":", 1) for entry in entries("months"))
    for name in names.split()
}
MONTHS = "|".join(sorted(MONTH_NUMBERS, key=lambda name: (-len(name), name)))
DATE = re.compile(
    rf"\b(?:(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})"
    rf"|(?P<m1>{MONTHS})\.?\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y1>(?:19|20)\d\d)"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?[\s-]+(?:de\s+)?(?P<m2>{MONTHS})\.?,?[\s-]+(?:de\s+)?"
    r"(?P<y2>(?:19|20)\d\d)"
    r"|(?P<d3>\d{1,2})\.(?P<m3>\d{1,2})\.(?P<y3>(?:19|20)\d\d)"
    r"|(?P<a4>\d{1,2})/(?P<b4>\d{1,2})/(?P<y4>(?:(?:19|20)\d\d|\d\d))\b)",
    re.IGNORECASE,
)
CLOCK = re.compile(
    r"(?<![\d.,$£€¥])(?:[01]?\d|2[0-4])(?:[:.h][0-5]\d(?:[:.][0-5]\d)?(?!\d)\s*(?:[ap]\.?m\b\.?)?|\s*[ap]\.?m\b\.?)"
    r"(?:\s*\b(?:GMT|UTC|[A-Z]{2,4}T|[A-Z]T|IST|UK))?\b",
    re.IGNORECASE,
)
AGO = re.compile(
    r"\b\d+\s*(?:s|secs?|m|mins?|minutes?|h|hrs?|hours?|d|days?|weeks?|months?)\s+ago\b", re.IGNORECASE
)
UPDATED = re.compile(
    r"^\W*(?:last\s+|first\s+)?(?:updated|published|posted|modified|created|aktualisiert|publié|publicado)\b",
    re.IGNORECASE,
)
NAME = r"(?:[A-ZÀ-Þ][\w.'’-]*|[A-ZÀ-Þ]\.)"
BYLINE = re.compile(
    rf"^\W*(?:(?:written|reported|story|words|text|analysis|column)?\s*(?i:by|von|par|por)\s+{NAME}"
    rf"|(?:[A-ZÀ-Þ][A-ZÀ-Þ'’.-]+\s+){{1,3}}[A-ZÀ-Þ'’.-]{{2,}}\s*,|reporter:|author:)",
)
"""A line that names its author: "By Ann Lee", "ANN LEE, THE POST"."""
OFFICE = re.compile(
    r"\b(?:correspondent|editor|reporter|writer|columnist|contributor|staff|bureau|journalist|desk)s?\b",
    re.IGNORECASE,
)
PLACE = r"[A-ZÀ-Þ][\w.'’]*(?:[ ,/-]+(?:[A-ZÀ-Þ][\w.'’]*|de|al|am|au|of|on|la|el|sur))*"
AGENCY_DATELINE = re.compile(
    rf"^(?P<place>{PLACE})\s*,?\s*\((?P<agency>[A-Z][\w .-]+)\)[\s,—–-]*(?P<rest>.*)$"
)
"""A dateline with the agency in brackets: "Oslo (AFP) March 3, 2031"."""
PLACE_DAY = re.compile(
    rf"^\W{{0,2}}(?P<place>{PLACE}),?\s+(?:\d{{1,2}}\s+(?:{MONTHS})|(?:{MONTHS})\.?\s+\d{{1,2}})"
    r"(?:,?\s+(?:19|20)\d\d)?\W{0,2}$"
)
"""A dateline on a line of its own, with or without the year: "Oslo, 3 March"."""
PREFIX = re.compile(
    rf"^(?:(?P<place>{PLACE})\s*(?:\((?P<agency>[A-Z][\w .]+)\))?\s*(?:[—–]|--?|:)\s+"
    rf"|\((?P<alone>[A-Z][\w .]+)\)\s*(?:[—–]|--?|:)\s+)(?=\S)"
)
"""The dateline before the first sentence: "OSLO, Norway (AP) — ", "Dubai: ", "(Reuters) - "."""
SIGN_OFF = re.compile(r"^\W{0,3}(?=\S*/|burs)[a-z]{2,8}(?:[-/][a-z]{2,8})+\W{0,3}$")
"""The initials that end an agency's report: "burs-abc/de/fg"."""
REPORTED = re.compile(
    r"^\W*(?:additional |with )?(?:reporting|writing|editing|compiled|edited|written)\b[^.]*?\bby\b"
    r"|^\W*(?:with|from) (?:inputs?|files|agencies|wires|post wires)\b",
    re.IGNORECASE,
)
COUNTED = re.compile(r"^\W*\d+(?:[.,]\d+)?[km]?\W*(?:\(\+\))?|\W*\(?\d+\)?\W*$", re.IGNORECASE)
BULLET = re.compile(r"^\s*(?:[•*·‣▪●–—-]|\d{1,2}[.)]|[a-z]\))\s+\S", re.IGNORECASE)
DASHED = re.compile(r"^\s*[-–—*]+\s*\S.*\S\s*[-–—*]+\s*$")
"""An agency's crosshead: "- A long night -"."""
