"""From an HTML page to all its visible lines, with the verdicts of trafilatura.

A walk over the page's blocks keeps every line that a reader sees; the extractor (Barbaresi, ACL
2021) only decides which of them are body. Its text is laid back onto the lines by aligning the two
word by word, in order, so a teaser that repeats a sentence of the body is not taken for it.
"""

from __future__ import annotations

import importlib
import re
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from types import ModuleType
from typing import Any

from msgspec import Struct, field

from annotator.core.article import LineVerdict, SourceLine
from annotator.core.errors import SourceError
from annotator.ingest.clean.lexicon import word_groups

# Which lines of a page an extract of it is made of, by aligning their words in order.


_WORD_PATTERN = re.compile(r"\w+")
MIN_COVERED_SHARE = 0.5
"""A line is in the extract if more than this share of its words is."""
MAX_ALIGNMENT_PAIRS = 20_000_000
"""How many pairs of equal words are aligned (about 10 s); beyond, equal lines count."""


def alignment_words(text: str) -> list[str]:
    """Return the words of a text in small letters, without punctuation."""
    return _WORD_PATTERN.findall(text.lower())


def covered_lines(lines: list[str], extract: str) -> list[bool]:
    """Return for each line whether the extract holds it.

    The words of all lines are aligned with those of the extract by longest matching blocks
    (Ratcliff and Obershelp), which keep the order of both: of two equal lines the one whose
    neighbours are in the extract counts. A line without words is in if both neighbours are.
    """
    counts = [len(alignment_words(line)) for line in lines]
    page, part = [w for line in lines for w in alignment_words(line)], alignment_words(extract)
    there = Counter(part)
    if sum(n * there[word] for word, n in Counter(page).items()) > MAX_ALIGNMENT_PAIRS:
        kept = {tuple(alignment_words(line)) for line in extract.split("\n")}
        return [tuple(alignment_words(line)) in kept for line in lines]
    hits = _aligned_words(page, part)
    at = 0
    shares: list[float | None] = []
    for n in counts:
        shares.append(sum(hits[at : at + n]) / n if n else None)
        at += n
    return [_is_covered(shares, i) for i in range(len(shares))]


def _aligned_words(page: list[str], extract: list[str]) -> list[bool]:
    """Return for each word of the page whether the alignment uses it; single words don't count."""
    hits = [False] * len(page)
    blocks = SequenceMatcher(None, page, extract, autojunk=False).get_matching_blocks()
    for a, _, n in blocks:
        if n > 1:
            hits[a : a + n] = [True] * n
    return hits


def _is_covered(shares: list[float | None], i: int) -> bool:
    share = shares[i]
    if share is not None:
        return share > MIN_COVERED_SHARE
    around = [s for s in (*shares[i - 1 : i], *shares[i + 1 : i + 2]) if s is not None]
    return len(around) == 2 and all(s > MIN_COVERED_SHARE for s in around)


_TAGS = word_groups("html_tags")
_BLOCKS, _HIDDEN = frozenset(_TAGS["block"]), frozenset(_TAGS["hidden"])
_TITLED_TAGS = ("figcaption", "h1", "h2", "h3", "h4", "h5", "h6")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MAX_BYLINE_WORDS = 12
"""A byline has no more words than this."""


class ExtractedPage(Struct, frozen=True):
    """The visible text of a page, a verdict for each line, and what the page states of itself."""

    text: str
    lines: tuple[SourceLine, ...]
    title: str = ""
    byline: str = ""
    date: str = ""
    source: str = ""
    doubt: str = ""
    """Why the verdicts may be wrong, a clause; empty where there is no doubt."""


class VisibleLine(Struct, frozen=True):
    """A line as a reader sees it and the heading or figcaption that it is in, if any."""

    text: str
    tag: str = ""


def extract_page(html: str, where: str) -> ExtractedPage:
    """Return the lines of a page with their verdicts.

    Raises SourceError where the extractor is not installed or the page shows no text.
    """
    trafilatura, parser = _import_extra("trafilatura", where), _import_extra("lxml.html", where)
    tree = _parse_html(parser, html, where)
    lines = list(visible_lines(tree))
    if not lines:
        raise SourceError("the page shows no text", where=where, do="save the page as text instead")
    found = trafilatura.bare_extraction(html, favor_precision=True, include_comments=False, with_metadata=True)
    body, about = _extracted_metadata(found)
    heads = {" ".join(str(h.text_content()).split()) for h in tree.iter("h1")} - {""}
    # The only h1 of the page, else its own metadata (og:title or <title>).
    title = heads.pop() if len(heads) == 1 else about["title"]
    verdicts = tuple(_line_verdicts(lines, covered_lines([x.text for x in lines], body), title, about["byline"]))
    text = "\n".join(x.text for x in lines)
    return ExtractedPage(text, verdicts, title, about["byline"], about["date"], about["source"])


def _import_extra(name: str, where: str) -> ModuleType:
    """Import a module of the html extra, late, or raise an error with how to install it."""
    try:
        return importlib.import_module(name)
    except ImportError:
        do = "run pip install 'article-annotator[html]' (in a checkout: pip install '.[html]')"
        raise SourceError("reading HTML needs an extra that is not installed", where=where, do=do) from None


def _parse_html(parser: Any, html: str, where: str) -> Any:
    """Parse a page; the text is passed as UTF-8 so that a wrong declaration in it does no harm."""
    data = html.encode("utf-8", "replace")
    try:
        return parser.document_fromstring(data, parser=parser.HTMLParser(encoding="utf-8"))
    except (ValueError, parser.etree.ParserError):
        raise SourceError("the page shows no text", where=where, do="save the page as text instead") from None


def _extracted_metadata(found: Any) -> tuple[str, dict[str, str]]:
    """Return the extractor's text and metadata; both are empty if it found no article."""
    names = {"title": "title", "byline": "author", "date": "date", "source": "sitename"}
    about = {ours: str(getattr(found, theirs, None) or "") for ours, theirs in names.items()}
    return str(getattr(found, "text", None) or ""), {k: " ".join(v.split()) for k, v in about.items()}


class _LineCollector(Struct):
    """The text of the current line and the headings that are open round it."""

    pieces: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def line(self) -> Iterator[VisibleLine]:
        """Yield the current line if there is anything on it, and begin a new one."""
        text = " ".join("".join(self.pieces).split())
        self.pieces.clear()
        if text:
            yield VisibleLine(text, self.open[-1] if self.open else "")


def visible_lines(tree: Any) -> Iterator[VisibleLine]:
    """Yield the lines of a parsed page: a line for each stretch of inline text between blocks.

    Scripts, styles, form fields and what ``hidden`` or an inline style hides are left out.
    """
    etree = importlib.import_module("lxml.etree")
    walk = _LineCollector()
    steps = etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, node in steps:
        tag = node.tag if event in ("start", "end") else ""
        if tag in _BLOCKS:
            yield from walk.line()
        if event == "start" and _is_hidden(node):
            steps.skip_subtree()
        elif event == "start":
            walk.open += [tag] if tag in _TITLED_TAGS else []
            walk.pieces.append(node.text or "")
        else:
            if tag in _TITLED_TAGS and tag in walk.open:
                walk.open.remove(tag)
            walk.pieces.append(node.tail or "")
    yield from walk.line()


def _is_hidden(node: Any) -> bool:
    """Whether a browser shows nothing of an element, as far as its own attributes show."""
    if node.tag in _HIDDEN or node.get("hidden") is not None:
        return True
    return bool(_HIDDEN_STYLE.search(node.get("style") or ""))


def _line_verdicts(lines: list[VisibleLine], body: list[bool], title: str, byline: str) -> Iterator[SourceLine]:
    """Yield the verdict of each line: title and byline by their words, then the extractor's."""
    wanted = alignment_words(title)
    for line, kept in zip(lines, body, strict=True):
        if wanted and alignment_words(line.text) == wanted:
            wanted = []
            yield SourceLine(LineVerdict.TITLE, "the title that the page gives itself")
        elif _names_author(line.text, byline):
            yield SourceLine(LineVerdict.BYLINE, "names the author that the page gives")
        elif line.tag == "figcaption":
            yield SourceLine(LineVerdict.CAPTION, "a figcaption of the page")
        elif not kept:
            yield SourceLine(LineVerdict.BOILERPLATE, "left out by the extractor")
        elif line.tag:
            yield SourceLine(LineVerdict.SUBHEAD, "a heading that the extractor keeps")
        else:
            yield SourceLine(LineVerdict.BODY, "kept by the extractor")


def _names_author(text: str, byline: str) -> bool:
    """Whether a short line names one of the authors."""
    line = alignment_words(text)
    names = [n for name in byline.split(";") if (n := alignment_words(name))]
    return len(line) <= _MAX_BYLINE_WORDS and any(line[at : at + len(n)] == n for n in names for at in range(3))
