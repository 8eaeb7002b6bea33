"""From a source to an article with verdicts and metadata, and its sentences with their tokens."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from annotator.core.article import Article, LineVerdict, Sentence, SourceLine
from annotator.core.digest import article_id_from_digest, text_digest
from annotator.ingest.article_sentences import article_sentence_ranges
from annotator.ingest.clean import CleanedPage, clean
from annotator.ingest.clean.metadata import normalize_date
from annotator.ingest.html_extraction import extract_page, text_as_before
from annotator.ingest.sources import ArticleSource
from annotator.ingest.tokenizer import Tokenizer


def build_article(source: ArticleSource, tokenizer: Tokenizer) -> tuple[Article, tuple[Sentence, ...]]:
    """Return the article of a source and the sentences of all its lines, dropped ones too.

    Sentences count from 1 in reading order and never run over lines of different verdicts; what
    a record's own fields go before what is found in the text. Raises SourceError for a page that
    cannot be read or a text that cannot be stored.
    """
    text, page = _text_and_verdicts(source)
    digest = text_digest(text)
    article = Article(
        id=article_id_from_digest(digest),
        origin=source.origin,
        digest=digest,
        text=text,
        lines=page.lines,
        title=source.title or page.title or (source.part.headline if source.part else ""),
        byline=source.byline or page.byline,
        dateline=page.dateline,
        date=normalize_date(source.date) or page.date,
        source=page.source,
        meta=_source_meta(source),
        doubt=page.doubt or source.doubt,
    )
    return article, tuple(cut_sentences(article, tokenizer))


def id_as_before(source: ArticleSource) -> str:
    """Return the id that an HTML page had as an article of version 0.2.0; raises SourceError for one without text."""
    return article_id_from_digest(text_digest(text_as_before(source.html, source.origin)))


def _text_and_verdicts(source: ArticleSource) -> tuple[str, CleanedPage]:
    """Return the text of a source and the verdicts on its lines, by its kind."""
    if source.kind == "record":
        # A record's text is the article itself, with no page round it.
        body = SourceLine(LineVerdict.BODY, "given as the article's text")
        blank = SourceLine(LineVerdict.BLANK, "nothing on the line")
        lines = tuple(body if row.strip() else blank for row in source.text.split("\n"))
        return source.text, CleanedPage(lines, "", "", "", "", "")
    if source.kind != "html":
        return source.text, clean(source.text)
    page = extract_page(source.html, source.origin, as_before=source.as_before)
    return page.text, page


def _source_meta(source: ArticleSource) -> dict[str, object]:
    """Return what came with the source, with its address, a date of another form, and the notes on it."""
    stated = {} if normalize_date(source.date) == source.date else {"date": source.date}
    notes: dict[str, object] = {"notes": list(source.notes)} if source.notes else {}
    url: dict[str, object] = {"url": source.url} if source.url else {}
    return {**source.meta, **stated, **url, **notes}


def cut_sentences(article: Article, tokenizer: Tokenizer, splitter: str = "") -> Iterator[Sentence]:
    """Yield the sentences of all lines of an article as its ingest has cut them, whatever was switched since.

    ``splitter`` is the language whose rules cut; by default the tokenizer's.
    """
    as_ingested = [replace(x, verdict=x.was or x.verdict) for x in article.lines]
    ranges = article_sentence_ranges(article.text, as_ingested, splitter or tokenizer.lang)
    for index, (a, b) in enumerate(ranges, 1):
        text = article.text[a:b]
        yield Sentence(article.id, index, a, b, text, tokenizer.tokens(text))
