"""The data card: what a data set holds, in the Markdown that the Hub shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotator.core.spans import Span
from annotator.formats.document import ConversionLog, Document

DATASET_CARD_FILE = "dataset-card.md"
_FIELD_DESCRIPTIONS = {
    "id": "the text's id in the corpus",
    "text": "the text",
    "tokens": "its words, cut as they were when it was annotated",
    "spans": "what is marked: `text[start:end]`, counted in code points; spans may overlap",
    "ner_tags": "an IOB2 tag for each word, of spans that don't overlap",
    "title": "the article's title",
    "annotator": "whose annotation it is; a text may stand there once for each annotator",
    "note": "the annotator's note",
    "meta": "further fields, as JSON",
}


def dataset_card(
    documents: Sequence[Document],
    kept: Sequence[Sequence[Span]],
    features: Mapping[str, Any],
    log: ConversionLog,
) -> str:
    """Return the card; it holds no clock and no path, so the same data give the same card."""
    return "\n".join(_card_lines(documents, kept, features, log)) + "\n"


def _card_lines(
    documents: Sequence[Document],
    kept: Sequence[Sequence[Span]],
    features: Mapping[str, Any],
    log: ConversionLog,
) -> Iterator[str]:
    labels = Counter(s.label for spans in kept for s in spans)
    people = {d.annotator for d in documents if d.annotator}
    yield "---"
    yield "task_categories:\n- token-classification"
    yield "configs:\n- config_name: default\n  data_files: annotations.parquet"
    yield "---\n"
    yield "# Annotated texts\n"
    yield "To publish it, rename this card to README.md and say what the texts are and who may use them.\n"
    description = f", by {len(people):,} annotator{'s' * (len(people) != 1)}" if people else ""
    yield f"- rows: {len(documents):,}{description}"
    yield f"- spans: {sum(labels.values()):,}"
    yield "\n## Labels\n"
    yield "| label | spans |\n|---|---|"
    for label, n in sorted(labels.items(), key=lambda x: (-x[1], x[0])):
        yield f"| {_cell(label)} | {n:,} |"
    yield "\n## Fields\n"
    yield from (f"- `{name}`: {_FIELD_DESCRIPTIONS.get(name, 'as the corpus has it')}" for name in features)
    left = [f"spans left out: {n:,} ({why})" for (_, why), n in sorted(log.totals.items())]
    if left or log.notes:
        yield "\n## What is not in it\n"
        yield from (f"- {description}" for description in (*left, *log.notes))
    yield "\n## Loading\n"
    yield "```python\nfrom datasets import load_dataset\n"
    yield 'data = load_dataset("parquet", data_files="annotations.parquet")\n```'


def _cell(text: str) -> str:
    """Return a label as a table's cell shows it, letter for letter."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>()#+-.!|&" else c for c in " ".join(text.split()))
