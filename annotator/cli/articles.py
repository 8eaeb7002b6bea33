"""``annotator articles``: what is in a corpus, and why each line of an article was kept or dropped."""

from __future__ import annotations

import time
from pathlib import Path

import click

from annotator.cli import output
from annotator.cli.options import PATH, json_option, login_name, open_corpus
from annotator.core.article import Article, LineVerdict
from annotator.core.errors import CorpusError, UsageError
from annotator.storage.corpus_folder import CorpusFolder


@click.command("articles")
@click.argument("corpus", type=PATH)
@click.argument("article", required=False)
@click.option(
    "--switch", nargs=2, type=str, metavar="LINE VERDICT", help="Give a line (from 1) another verdict."
)
@click.option("--undo", is_flag=True, help="Take back the last switch of this article.")
@click.option("--as", "name", default="", help="Who switches (default: your login name).")
@json_option
def command(
    corpus: Path, article: str | None, switch: tuple[str, str] | None, undo: bool, name: str, as_json: bool
) -> None:
    """List the articles of CORPUS, or show every line of one ARTICLE with its verdict and reason.

    ARTICLE is an id or the start of one. A dropped line is never deleted: switch it on with
    `--switch 12 body`, take that back with `--undo`.
    """
    opened = open_corpus(corpus)
    if article is None:
        if switch or undo:
            raise UsageError("--switch and --undo need an article", do="name its id after the corpus")
        _print_warnings(opened)
        _print_articles(opened, as_json=as_json)
        return
    found = opened.article(_find_article(opened, article))
    if switch:
        found = _switch_line(opened, found, switch, name or login_name())
    if undo:
        found = _undo_switch(opened, found, name or login_name())
    _print_warnings(opened)
    _print_article(found, as_json=as_json)


def _print_warnings(corpus: CorpusFolder) -> None:
    """Tell on stderr what is amiss in the corpus."""
    for warning in corpus.warnings:
        output.write_warning(warning)


def _find_article(corpus: CorpusFolder, start: str) -> str:
    matches = [a for a in corpus.article_ids() if a.startswith(start)]
    if len(matches) != 1:
        what = "no article" if not matches else f"{len(matches)} articles"
        raise CorpusError(
            f"{what} has an id that starts with {start!r}",
            where=str(corpus.path),
            do="`annotator articles` lists them",
        )
    return matches[0]


def _print_articles(corpus: CorpusFolder, *, as_json: bool) -> None:
    rows = [_summary(corpus, corpus.article(a)) for a in corpus.article_ids()]
    if as_json:
        output.write_json(rows)
        return
    for r in rows:
        state = f"  (replaced by {r['replaced_by']})" if r["replaced_by"] else ""
        lines = f"{r['body']:>4} of {r['lines']} lines"
        output.write_data(
            [f"{r['id']}  {output.count_column(r['sentences'], 'sentence')}  {lines}  {r['title']}{state}"]
        )


def _summary(corpus: CorpusFolder, a: Article) -> dict[str, object]:
    return {
        "id": a.id,
        "title": a.title or a.origin,
        "byline": a.byline,
        "dateline": a.dateline,
        "date": a.date,
        "source": a.source,
        "origin": a.origin,
        "lines": len(a.lines),
        "body": sum(line.verdict.annotated for line in a.lines),
        "sentences": len(corpus.active_sentences(a)),
        "replaces": a.replaces,
        "replaced_by": a.replaced_by,
    }


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
        output.write_json({"id": a.id, "title": a.title, "byline": a.byline, "date": a.date, "lines": lines})
        return
    head = [
        ("title", a.title),
        ("by", a.byline),
        ("place", a.dateline),
        ("date", a.date),
        ("from", a.source or a.origin),
    ]
    output.write_data(f"{name:<6} {value}" for name, value in head if value)
    for n, (x, text) in enumerate(zip(a.lines, texts, strict=True), 1):
        mark = "*" if x.was else " "
        words = _shortened(text)
        reason = f"({x.reason})" if x.verdict is not LineVerdict.BLANK else ""
        output.write_data([f"{n:>5} {mark}{x.verdict.value:<12} {words}  {reason}".rstrip()])


def _shortened(text: str) -> str:
    """Return a line short enough for a terminal."""
    return text if len(text) <= 72 else text[:71] + "…"


def _switch_line(corpus: CorpusFolder, a: Article, switch: tuple[str, str], name: str) -> Article:
    number, verdict = switch
    known = [v.value for v in LineVerdict if v is not LineVerdict.BLANK]
    if not number.isdecimal() or len(number) > 9 or not 1 <= int(number) <= len(a.lines):
        raise UsageError(
            f"there is no line {number[:20]}", where=a.id, do=f"lines go from 1 to {len(a.lines)}"
        )
    if verdict not in known:
        raise UsageError(f"there is no verdict {verdict!r}", do="use one of " + ", ".join(known))
    if a.lines[int(number) - 1].verdict is LineVerdict.BLANK:
        raise UsageError(f"line {number} is blank", where=a.id, do="there is nothing in it to annotate")
    return corpus.set_line_verdict(a.id, int(number) - 1, LineVerdict(verdict), by=name, time=time.time())


def _undo_switch(corpus: CorpusFolder, a: Article, name: str) -> Article:
    undone = corpus.undo_line_verdict(a.id, by=name, time=time.time())
    if undone is None:
        output.write_message("nothing to undo in this article")
    return undone or a
