"""Lists the articles of a corpus, and switches the verdicts of their lines."""

from __future__ import annotations

import time
from collections.abc import Iterator

from msgspec import Struct

from annotator.core.article import Article, LineVerdict
from annotator.core.errors import CorpusError, UsageError
from annotator.storage.corpus_folder import CorpusFolder


class ListedArticle(Struct, frozen=True):
    """An article in a list; the fields are those of ``articles --json``."""

    id: str
    title: str
    byline: str
    dateline: str
    date: str
    source: str
    origin: str
    lines: int
    body: int
    """How many of the lines are annotated."""
    sentences: int
    replaces: str
    replaced_by: str


def article_summaries(corpus: CorpusFolder) -> Iterator[ListedArticle]:
    """Yield the articles in the order of ingest."""
    for a in map(corpus.article, corpus.article_ids()):
        head = (a.id, a.title or a.origin, a.byline, a.dateline, a.date, a.source, a.origin)
        body, sentences = sum(line.verdict.annotated for line in a.lines), len(corpus.active_sentences(a))
        yield ListedArticle(*head, len(a.lines), body, sentences, a.replaces, a.replaced_by)


def find_article(corpus: CorpusFolder, start: str) -> Article:
    """Return the article whose id starts with ``start``; raises CorpusError for none or several."""
    matches = [a for a in corpus.article_ids() if a.startswith(start)]
    if len(matches) != 1:
        what = f"{f'{len(matches)} articles' if matches else 'no article'} has an id that starts with {start!r}"
        raise CorpusError(what, where=str(corpus.path), do="`annotator articles` lists them")
    return corpus.article(matches[0])


def switch_article_line(corpus: CorpusFolder, article: Article, number: str, verdict: str, *, by: str) -> Article:
    """Give a line, numbered from 1, another verdict; raises UsageError for what is none."""
    lines, known = article.lines, [v.value for v in LineVerdict if v is not LineVerdict.BLANK]
    if not number.isdecimal() or len(number) > 9 or not 1 <= int(number) <= len(lines):
        do = f"lines go from 1 to {len(lines)}"
        raise UsageError(f"there is no line {number[:20]}", where=article.id, do=do)
    if verdict not in known:
        raise UsageError(f"there is no verdict {verdict!r}", do="use one of " + ", ".join(known))
    if lines[int(number) - 1].verdict is LineVerdict.BLANK:
        raise UsageError(f"line {number} is blank", where=article.id, do="there is nothing in it to annotate")
    return corpus.set_line_verdict(article.id, int(number) - 1, LineVerdict(verdict), by=by, time=time.time())
