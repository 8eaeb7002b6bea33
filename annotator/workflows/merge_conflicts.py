"""What ``annotator merge --json`` lists of conflicts in one annotator's journals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from annotator.core.annotation import AnnotatedSentence
from annotator.core.errors import path_text
from annotator.core.journal_merge import JournalConflict
from annotator.storage.corpus_folder import CorpusFolder


def conflict_fields(
    conflicts: Sequence[JournalConflict], name: str, other: str, corpus: CorpusFolder
) -> Iterator[dict[str, Any]]:
    """Yield what ``--json`` lists of each conflict in one annotator's journals."""
    path = path_text(corpus.path)
    if not conflicts:
        what = f"the history of {name} cannot be put in one order with that in {path}"
        yield {"annotator": name, "kept_as": other, "what": what}
    for conflict in conflicts:
        s = conflict.article_range
        yield {
            "annotator": name,
            "kept_as": other,
            "article": s.article,
            "start": s.start,
            "end": s.end,
            "what": f"{name} has answered this in two ways; {path} has the other one",
            "here": [_annotation_fields(w) for w in conflict.ours],
            "there": [_annotation_fields(w) for w in conflict.theirs],
        }


def _annotation_fields(annotated: AnnotatedSentence) -> dict[str, Any]:
    a = annotated.annotation
    return {
        "sentence": annotated.sentence.id,
        "text": annotated.sentence.text,
        "answer": a.answer.value if a.answer else None,
        "spans": [{"start": s.start, "end": s.end, "label": s.label} for s in a.spans],
    }
