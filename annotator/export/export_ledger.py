"""The ledger: what an export kept, trimmed, demoted or left out, span by span.

One JSON object a line. The exceptions come first, each span id once; with ``full`` the kept spans follow;
the last line is ``{"totals": …}``. There ``in`` is the sum of all outcomes: each span of an accepted
sentence of the journals. ``left out`` counts whole sentences, by reason; ``journals with flaws`` the lines of
each journal that do not count or have others missing before them; ``files`` has the SHA-256 of each file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from annotator.core.disagreement import AnnotatorConflict
from annotator.core.errors import AnnotatorError
from annotator.core.ledger import Outcome, count_outcomes, encode_ledger_line
from annotator.core.spans import span_id
from annotator.export.atomic_output import (
    EXPORT_LEDGER_FILE,
    MANIFEST_FILE,
    FileContent,
    files_in_ledgers,
    replace_own_files,
)
from annotator.export.doc_layout import ExportSentence
from annotator.export.options import SPLIT_PARTS, ExcludedItem, MissingItems
from annotator.export.span_outcomes import EXPORT_OUTCOMES, SpanOutcome

# Accepted sentences that are not exported: listed in the ledger, span by span, each once.
#
# What is exported all the same (two annotators left the same, and one of them is exported) is not listed a
# second time, so that the spans of a full ledger are those of all accepted sentences.


LINE_SWITCHED_OFF = "its line is switched off"
ADJUDICATED = "decided by an adjudicator"
ADJUDICATION_REOPENED = "the adjudication is open again: an annotator has changed what it compared"
ARTICLE_SUPERSEDED = "superseded by a newer version of the article"
NOTHING_COVERED = "it was read for no label of the schema"
OTHER_ANNOTATOR = "by another annotator than the one asked for"
IN_CONFLICT = "annotators are in conflict"
NOT_PREFERRED = "another annotator is preferred"
OUTVOTED = "most annotators have it otherwise"
ARTICLE_WITHOUT_PART = "its metadata names no part of the split (--split-else leave-out)"
ARTICLE_QUARANTINED = "its article would bridge parts of the split; --rebalance moves the others"


class ExcludedSentence(Struct, frozen=True):
    """One sentence that is left out whole, or exported without some spans; its piece holds the spans to be listed."""

    sentence: ExportSentence
    why: str
    requested: bool
    partial: bool = False

    @property
    def lost(self) -> int:
        """What is lost with it: its spans, or itself where it has none; 0 where that was asked for."""
        return 0 if self.requested else max(1, len(self.sentence.outcomes))


def excluded_sentences(left_out: Iterable[ExcludedItem]) -> list[ExcludedSentence]:
    """Return the sentences that are left out, losses first, each span once."""
    known: set[str] = set()
    groups: dict[tuple[str, str], list[ExcludedItem]] = {}
    for x in sorted(left_out, key=lambda x: x.requested):
        groups.setdefault((x.item.annotated.sentence.id, x.why), []).append(x)
    made = (_excluded_sentence(group, known) for group in groups.values())
    return [a for a in made if a is not None]


def _excluded_sentence(group: Sequence[ExcludedItem], known: set[str]) -> ExcludedSentence | None:
    """Return what is not listed yet of one sentence; ``known`` has the ids of listed sentences and spans."""
    item = group[0].item
    s = item.annotated.sentence
    spans = {x.key: x for left in group for x in left.item.annotated.annotation.spans}
    unlisted = (x for x in spans.values() if span_id(s.id, x) not in known)
    outcomes = tuple(SpanOutcome(x, Outcome.LEFT_OUT, group[0].why) for x in unlisted)
    if s.id in known and not outcomes:
        return None
    known |= {s.id, *(span_id(s.id, f.span) for f in outcomes)}
    names = tuple(left.item.annotator for left in group)
    sentence = ExportSentence(s, item.article, "", item, names, outcomes)
    return ExcludedSentence(sentence, group[0].why, group[0].requested, partial=all(left.partial for left in group))


def raise_nothing_to_export(missing: MissingItems) -> None:
    """Raise AnnotatorError where all that was accepted is left out."""
    if missing.excluded:
        sentences = dict.fromkeys((x.item.annotated.sentence.id, x.why) for x in missing.excluded)
        reasons = Counter(why for _, why in sentences)
        description = ", ".join(f"{n} left out ({why})" for why, n in reasons.items())
        what = f"there is no accepted sentence to export: {description}"
        do = "`annotator articles` shows the articles and lines that are in use"
        if ARTICLE_WITHOUT_PART in reasons:
            do = "check the name and the values of the field of --split-from, or give another --split-else"
        if IN_CONFLICT in reasons:
            do = "`annotator check --only conflict` lists the conflicts; choose with --annotator NAME or --on-conflict"
        raise AnnotatorError(what, do=do)


def outcome_line(piece: ExportSentence, outcome: SpanOutcome) -> bytes:
    """Return the line of a span of a sentence."""
    s, span = piece.sentence, outcome.span
    names, seq = ", ".join(piece.annotators), piece.item.seq if piece.item else 0
    where = SpanLocation(s.article, piece.article.title, s.start + span.start, s.start + span.end, names, seq)
    fields = (outcome.kind.value, outcome.why, outcome.replaced_by, outcome.stored_in)
    return encode_line(span_id(s.id, span), fields, piece.part, s.text[span.start : span.end], where)


def conflict_lines(conflicts: Iterable[AnnotatorConflict]) -> Iterator[bytes]:
    """Yield a line for each conflict of annotators: what each of them has, what was chosen, and why."""
    for c in conflicts:
        sides = [
            {
                "annotator": side.annotator,
                "seq": side.seq,
                "answer": side.answer,
                "sentences": side.sentence_ids,
                "spans": [
                    {"start": s.start, "end": s.end, "label": s.label, "text": words}
                    for s, words in zip(side.spans, side.words, strict=True)
                ],
            }
            for side in c.sides
        ]
        fields = {"id": c.sentence, "what": "conflict", "kind": c.kind.value, "chosen": c.chosen or None}
        yield encode_ledger_line(fields | {"why": c.why, "sides": sides})


class SpanLocation(msgspec.Struct, gc=False):
    """Where a span is; ``start`` and ``end`` are in code points of the article's text."""

    article: str
    title: str
    start: int
    end: int
    annotator: str
    """One name, or several with a comma between."""
    seq: int


class _LedgerLine(msgspec.Struct, omit_defaults=True, gc=False):
    id: str
    what: str
    why: str = ""
    by: str = ""
    kept_in: tuple[str, ...] | None = msgspec.field(default=None, name="in")
    part: str = ""
    text: str | None = None
    where: SpanLocation | None = None


def encode_line(
    span: str, outcome: tuple[str, str, str, tuple[str, ...]], part: str, text: str, where: SpanLocation
) -> bytes:
    """Return the line of one span: its id, and what, why, because of which other, and where it is kept."""
    what, why, by, kept_in = outcome
    return encode_ledger_line(_LedgerLine(span, what, why, by, kept_in, part, text, where))


def sum_totals(
    sentences: Mapping[str, int], outcomes: Mapping[tuple[Outcome, str], int], stored: Mapping[str, int]
) -> dict[str, Any]:
    """Return the totals of sentences by answer, spans by (outcome, reason), and spans by place."""
    reasons = sorted((w, why, n) for (w, why), n in outcomes.items() if why)
    return {
        "sentences": dict(sentences),
        "spans": {"in": sum(outcomes.values()), **count_outcomes(outcomes, EXPORT_OUTCOMES)},
        "placed": dict(stored),
        "why": [{"what": w.value, "why": why, "count": n} for w, why, n in reasons],
    }


def count_excluded(excluded: Iterable[ExcludedSentence]) -> list[dict[str, Any]]:
    """Count the sentences that are left out whole, and their spans, by reason."""
    reasons: dict[str, list[ExcludedSentence]] = {}
    for a in (x for x in excluded if not x.partial):
        reasons.setdefault(a.why, []).append(a)
    return [
        {
            "why": why,
            "asked": every[0].requested,
            "sentences": len(every),
            "spans": sum(len(a.sentence.outcomes) for a in every),
        }
        for why, every in reasons.items()
    ]


# The last step of an export: its files and its ledger replace those of the one before.


CONFIG_FILE, SPANCAT_CONFIG_FILE, SPANCAT_FOLDER = "config.cfg", "config-spancat.cfg", "spancat/"
REPORT_FILE = "report.html"
PARTS_FILE = "parts.json"
_DOCBINS = [f"{place}{part}.spacy" for place in ("", SPANCAT_FOLDER) for part in SPLIT_PARTS]
_EXPORT_FILES = (
    *_DOCBINS,
    CONFIG_FILE,
    SPANCAT_CONFIG_FILE,
    REPORT_FILE,
    PARTS_FILE,
    EXPORT_LEDGER_FILE,
    MANIFEST_FILE,
)
"""Every file that an export may write."""


class SavedExport(Struct, frozen=True):
    """What was written, and what was removed."""

    files: tuple[str, ...]
    removed: tuple[str, ...]
    foreign_files: tuple[str, ...]
    """Files under a name of ours that are no part of this export, but not an earlier one's either."""


def replace_export(out: Path, written: Mapping[str, FileContent]) -> SavedExport:
    """Replace the files of the last export by those of this one, its ledger among them."""
    others = [n for n in dict.fromkeys((*_EXPORT_FILES, *files_in_ledgers(out))) if n not in written]
    removed = replace_own_files(out, written, others)
    return SavedExport(tuple(written), removed, tuple(n for n in others if (out / n).exists()))
