"""From an HTML page to all its visible lines with their verdicts, and what it states of itself.

A walk over the page's blocks keeps every line that a reader sees (``html_lines``); programs that read
pages only decide which of them are the article (``html_vote``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import asdict

from annotator.core.article import LineVerdict, SourceLine
from annotator.core.errors import SourceError
from annotator.ingest.clean import CleanedPage, clean
from annotator.ingest.clean.metadata import parse_date
from annotator.ingest.clean.page_doubt import MIN_PROSE_WORDS, choice_doubt
from annotator.ingest.html_lines import VisibleLine, import_extra, parse_html, visible_lines
from annotator.ingest.html_vote import PageReadings, alignment_words, covered_lines, vote_on_lines

_MAX_DATE_LINE = 100
"""A longer line, in code points, is a sentence with a date in it."""
_MAX_BYLINE_WORDS = 12
"""A byline has no more words than this."""
_MAX_TITLE_LENGTH = 300
"""An h1 with more code points is one that nobody has closed: the article is in it."""


class ExtractedPage(CleanedPage, frozen=True, kw_only=True):
    """A cleaned page with its visible text."""

    text: str


def text_as_before(html: str, where: str) -> str:
    """Return the visible text of a page as version 0.2.0 stored it; raises SourceError as `extract_page` does."""
    return "\n".join(line.text for line in visible_lines(parse_html(html, where), as_before=True))


def extract_page(html: str, where: str, *, as_before: bool = False) -> ExtractedPage:
    """Return the lines of a page with their verdicts, those that version 0.2.0 had if ``as_before``.

    Raises SourceError where the extractor is not installed or the page shows no text.
    """
    trafilatura = import_extra("trafilatura", where)
    tree = parse_html(html, where)
    lines = list(visible_lines(tree, as_before=as_before))
    if not lines:
        raise SourceError("the page shows no text", where=where, do="save the page as text instead")
    text = "\n".join(line.text for line in lines)
    cleaned = clean(text)
    found = trafilatura.bare_extraction(html, favor_precision=True, include_comments=False, with_metadata=True)
    body, about = _extracted_metadata(found)
    if about["date"].endswith("-01-01") and not _states_date(about["date"], html, lines):
        about["date"] = ""  # a year in the text, which the extractor takes for its first day
    heads = {" ".join(str(h.text_content()).split()) for h in tree.iter("h1")} - {""}
    heads = {head for head in heads if len(head) <= _MAX_TITLE_LENGTH}
    # The only h1 of the page, else its own metadata (og:title or <title>).
    own_title = about["title"] if len(about["title"]) <= _MAX_TITLE_LENGTH else ""
    title = heads.pop() if len(heads) == 1 else own_title
    stated = list(_stated_verdicts(lines, title, about["byline"]))
    # What is title, byline or caption in any case says nothing about the choice of the rest.
    weights = [0 if verdict else len(alignment_words(line.text)) for verdict, line in zip(stated, lines, strict=True)]
    rows = [line.text for line in lines]
    # Where the page's own title is on no line, the one that the cleaner finds.
    titles = (*enumerate(stated), *enumerate(cleaned.lines))
    title_line = next((at for at, line in titles if line and line.verdict is LineVerdict.TITLE), None)
    vote = vote_on_lines(
        PageReadings(
            html=html,
            where=where,
            lines=rows,
            weights=weights,
            extracted=covered_lines(rows, body),
            cleaned=[line.verdict.annotated for line in cleaned.lines],
            headings=[line.tag.startswith("h") for line in lines],
            title=title_line,
            has_paragraphs=any(len(p.text_content().split()) >= MIN_PROSE_WORDS for p in tree.iter("p")),
        )
    )
    if not any(vote.kept):
        return ExtractedPage(text=text, **{**asdict(cleaned), "doubt": cleaned.doubt or vote.doubt})
    verdicts = tuple(verdict or vote.verdict(at, bool(lines[at].tag)) for at, verdict in enumerate(stated))
    is_headless = title_line is None and not about["byline"]
    return ExtractedPage(
        text=text,
        lines=verdicts,
        title=title or cleaned.title,
        byline=about["byline"],
        dateline=cleaned.dateline,
        date=about["date"],
        source=about["source"],
        doubt=vote.doubt
        or ("neither a title nor an author was found" if is_headless else "")
        or choice_doubt(rows, verdicts),
    )


def _extracted_metadata(found: Any) -> tuple[str, dict[str, str]]:
    """Return the extractor's text and metadata; both are empty if it found no article."""
    names = {"title": "title", "byline": "author", "date": "date", "source": "sitename"}
    about = {ours: str(getattr(found, theirs, None) or "") for ours, theirs in names.items()}
    return str(getattr(found, "text", None) or ""), {k: " ".join(v.split()) for k, v in about.items()}


def _states_date(date: str, html: str, lines: list[VisibleLine]) -> bool:
    """Whether a page has a date in its markup, or on a line that is short enough for one."""
    if date in html or date.replace("-", "/") in html:
        return True
    return any(parse_date(line.text) == date for line in lines if len(line.text) <= _MAX_DATE_LINE)


def _stated_verdicts(lines: list[VisibleLine], title: str, byline: str) -> Iterator[SourceLine | None]:
    """Yield the verdict of each line that is the page's title, byline or a caption, None for others."""
    wanted = alignment_words(title)
    for line in lines:
        if wanted and alignment_words(line.text) == wanted:
            wanted = []
            yield SourceLine(LineVerdict.TITLE, "the title that the page gives itself")
        elif _names_author(line.text, byline):
            yield SourceLine(LineVerdict.BYLINE, "names the author that the page gives")
        elif line.tag == "figcaption":
            yield SourceLine(LineVerdict.CAPTION, "a figcaption of the page")
        else:
            yield None


def _names_author(text: str, byline: str) -> bool:
    """Whether a short line names one of the authors."""
    line = alignment_words(text)
    names = [n for name in byline.split(";") if (n := alignment_words(name))]
    return len(line) <= _MAX_BYLINE_WORDS and any(line[at : at + len(n)] == n for n in names for at in range(3))
