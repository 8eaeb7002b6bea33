"""``annotator articles``: what is in a corpus, and why each line of an article was kept or dropped."""

from __future__ import annotations

import time
from pathlib import Path

import click
from msgspec import to_builtins

from annotator.cli import output
from annotator.cli.options import PATH, exit_for_losses, json_option, login_name
from annotator.core.article import Article, ArticleGroup, LineVerdict
from annotator.core.errors import UsageError
from annotator.core.pluralize import count_column
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import check_annotator_name
from annotator.workflows.contents import article_summaries, find_article, switch_article_line
from annotator.workflows.opening import open_corpus


@click.command("articles", epilog="Example: annotator articles news")
@click.argument("corpus", type=PATH)
@click.argument("article", required=False)
@click.option("--switch", nargs=2, type=str, metavar="LINE VERDICT", help="Give a line (from 1) another verdict.")
@click.option("--settle", is_flag=True, help="The lines are right: settle the doubt about them.")
@click.option("--undo", is_flag=True, help="Take back the last switch of this article, or the settling of its doubt.")
@click.option("--as", "name", default="", help="Who switches or settles (default: your login name).")
@json_option
def command(
    corpus: Path,
    article: str | None,
    switch: tuple[str, str] | None,
    settle: bool,
    undo: bool,
    name: str,
    as_json: bool,
) -> None:
    """List the articles of CORPUS, or show every line of one ARTICLE with its verdict and reason.

    ARTICLE is an id or the start of one. A dropped line is never deleted: switch it on with
    `--switch 12 body`, take that back with `--undo`. An article with # before its title has lines that are
    doubtful: a switch settles that, and so does `--settle`, where they are right.
    """
    if (switch is not None) + settle + undo > 1:
        raise UsageError("--switch, --settle and --undo exclude each other", do="give one of them at a time")
    opened = open_corpus(corpus)
    shown: Article | None = None
    if article is not None:
        shown, by = find_article(opened, article), name or login_name()
        check_annotator_name(by)
        shown = _change_article(opened, shown, switch, by, settle=settle, undo=undo)
    elif switch or settle or undo:
        raise UsageError("--switch, --settle and --undo need an article", do="name its id after the corpus")
    if shown:
        _print_article(shown, as_json=as_json)
        if shown.doubt and not as_json:
            output.write_message("doubtful: --switch LINE VERDICT corrects a line; --settle, if they are all right")
    else:
        _print_articles(opened, as_json=as_json)
    for warning in opened.warnings:
        output.write_warning(warning)
    exit_for_losses(len(opened.damaged_articles))


def _change_article(
    corpus: CorpusFolder, article: Article, switch: tuple[str, str] | None, by: str, *, settle: bool, undo: bool
) -> Article:
    """Carry out the changes that were asked for, each durably, and return the article."""
    if switch:
        article = switch_article_line(corpus, article, *switch, by=by)
    if settle:
        if not article.doubt:
            output.write_message("no doubt about this article is open")
        article = corpus.settle_doubt(article.id, by=by, time=time.time())
    if undo:
        undone = corpus.undo_line_verdict(article.id, by=by, time=time.time())
        if undone is None:
            output.write_message("nothing to undo in this article")
        article = undone or article
    return article


def _print_articles(corpus: CorpusFolder, *, as_json: bool) -> None:
    """Print a line an article, with the number that the screen gives it."""
    rows = list(article_summaries(corpus))  # what is damaged is no longer in the queue then
    if as_json:
        output.write_json(to_builtins(rows))
        return
    numbers = {article: n for n, article in enumerate(corpus.queue(), 1)}
    some_doubtful = any(r.doubt for r in rows)
    for r in rows:
        group = f"  ({_row_of_document(r.group)})" if r.group else ""
        state = f"  (replaced by {r.replaced_by})" if r.replaced_by else ""
        place = f"{r.id} {f'({numbers[r.id]})' if r.id in numbers else '':>5}"
        sentences = count_column(r.sentences, "sentence")
        doubt = f"  (doubtful: {r.doubt})" if r.doubt else ""
        # A sign as well: the end of a row is cut on a narrow terminal.
        sign = ("# " if r.doubt else "  ") if some_doubtful else ""
        output.write_row(f"{place}  {sentences}  {r.body:>4} of {r.lines} lines  {sign}{r.title}{group}{state}{doubt}")


def _row_of_document(group: ArticleGroup) -> str:
    return f"row {group.position + 1} of {group.key}"


def _print_article(a: Article, *, as_json: bool) -> None:
    texts = a.text.split("\n")
    if as_json:
        lines = [
            {
                "line": n,
                "verdict": x.verdict.value,
                "reason": x.reason,
                "was": x.was.value if x.was else None,
                "text": t,
            }
            for n, (x, t) in enumerate(zip(a.lines, texts, strict=True), 1)
        ]
        head = {"id": a.id, "title": a.title, "byline": a.byline, "date": a.date, "group": to_builtins(a.group)}
        head["doubt"] = a.doubt
        output.write_json({**head, "lines": lines})
        return
    head = {"title": a.title, "by": a.byline, "place": a.dateline, "date": a.date, "from": a.source or a.origin}
    if a.group:
        head["in"] = _row_of_document(a.group)
    if a.doubt:
        head["doubt"] = a.doubt
    for name, value in head.items():
        if value:
            output.write_row(f"{name:<6} {value}")
    for n, (x, text) in enumerate(zip(a.lines, texts, strict=True), 1):
        words = text if len(text) <= 72 else text[:71] + "…"
        reason = f"({x.reason})" if x.verdict is not LineVerdict.BLANK else ""
        output.write_row(f"{n:>5} {'*' if x.was else ' '}{x.verdict.value:<12} {words}  {reason}".rstrip())
