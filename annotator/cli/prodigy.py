"""``annotator export --format prodigy``: every answer of every annotator, a line each."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

from annotator.cli.gather import Gathered
from annotator.core.annotation import Answer, Work
from annotator.core.errors import AnnotatorError
from annotator.core.tokens import is_aligned, token_range
from annotator.export.absent import listed
from annotator.export.fates import UNALIGNED, Fate, What
from annotator.export.ledger import Book
from annotator.export.pieces import Piece
from annotator.export.save import TASKS, save
from annotator.export.values import ExportReport, Item
from annotator.formats.prodigy import tasks as prodigy

_NAMES = {Answer.ACCEPT: "accepted", Answer.REJECT: "rejected", Answer.IGNORE: "ignored"}


def export_tasks(gathered: Gathered, out: Path, *, full: bool) -> ExportReport:
    """Write the finished sentences to ``annotations.jsonl`` in the folder ``out``, with a ledger.

    Two annotators' answers to one sentence are two lines, so nothing is in conflict. Raises
    AnnotatorError where nothing is finished, or as ``save`` does.
    """
    done = [i for i in gathered.items if i.work.done]
    if not done:
        raise AnnotatorError("there is no finished sentence to export", do="annotate some first")
    pieces = [Piece(i.work.sentence, i.article, "", i, (i.annotator,), _fates(i.work)) for i in done]
    answers = Counter(i.work.annotation.answer for i in done)
    sentences = {name: answers[answer] for answer, name in _NAMES.items()}
    sentences["unfinished"] = len(gathered.items) - len(done)
    gone = listed(gathered.missing.left_out, pieces)
    book = Book(pieces, gone, sentences, gathered.missing.flawed)
    lines = prodigy.write(prodigy.task_of(_aligned(i), i.annotator) for i in done)
    saved = save(out, {TASKS: b"".join(lines)}, book, full=full)
    return ExportReport(out.as_posix(), saved.files, saved.removed, {}, saved.totals, None, (), book.lost)


def _fates(work: Work) -> tuple[Fate, ...]:
    """Keep every span whose edges are token edges: the format can hold no other."""
    tokens = work.sentence.tokens
    return tuple(
        Fate(s, What.KEPT, tokens=token_range(tokens, s.start, s.end))
        if is_aligned(tokens, s.start, s.end)
        else Fate(s, What.LEFT_OUT, UNALIGNED)
        for s in work.annotation.spans
    )


def _aligned(item: Item) -> Work:
    """Return the work without the spans that the ledger lists as left out, and no such known-wrong ones."""
    work, tokens = item.work, item.work.sentence.tokens
    spans = tuple(f.span for f in _fates(work) if f.what is What.KEPT)
    rejected = tuple(s for s in work.annotation.rejected if is_aligned(tokens, s.start, s.end))
    return replace(work, annotation=replace(work.annotation, spans=spans, rejected=rejected))
