"""Folders and documents for the tests of the formats: our own texts on invented events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from annotator.core.errors import SourceError
from annotator.core.spans import Span
from annotator.formats import format_detection
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import ImportSource
from annotator.formats.registry import Format, load_format
from annotator.formats.span_alignment import align_spans

SHARED = Path(__file__).resolve().parents[2] / "../shared/data/exports"
WORDS = ("Ida", "Holm", "é", "🛶", "”", "12", "a_b", "c|d", "[e]", "->", "*", "#", "\\", "O")
LABELS = ("PERSON", "VENUE", "creative-work", "b_i")
LOSSY_FORMATS = frozenset({"brat", "conll", "webanno", "spacy-json"})
"""The formats that hold no metadata, and not every text and span; all others must, a new one too."""
NO_JSON_RECORDS = frozenset({"brat", "conll", "csv", "csv-tokens", "huggingface", "slate", "spacy", "uima", "webanno"})
"""The formats whose files are not JSON records, or not only; each other one has a record in `sample_records`."""


def sample_records(text: str, end: int) -> dict[str, Any]:
    """Return a record of each format of JSON records: a text with a person from its start to ``end``, nothing quoted.

    Tests of all formats take their records from here: add one for a new format. LangExtract alone needs the words.
    """
    span = {"start": 0, "end": end, "label": "PERSON"}
    entity = {"label": "PERSON", "startOffset": 0, "endOffset": end}
    region = {"value": {"start": 0, "end": end, "labels": ["PERSON"]}, "type": "labels", "id": "a"}
    result = [region | {"from_name": "l", "to_name": "text"}]
    return {
        "prodigy": {"text": text, "spans": [span], "answer": "accept"},
        "doccano": {"text": text, "label": [[0, end, "PERSON"]]},
        "argilla": {"fields": {"text": text}, "responses": {"q": [{"value": [span]}]}},
        "potato": {"id": 1, "displayed_text": text, "span_annotations": [span]},
        "dataturks": {"content": text, "annotation": [{"label": ["PERSON"], "points": [{"start": 0, "end": end}]}]},
        "ground-truth": {
            "source": text,
            "n": {"annotations": {"entities": [entity]}},
            "n-metadata": {"human-annotated": "yes"},
        },
        "langextract": {"text": text, "extractions": [{"extraction_class": "PERSON", "extraction_text": text[:end]}]},
        "gliner": {"tokenized_text": text.split(), "ner": [[0, 0, "PERSON"]]},
        "labelstudio": [{"id": 1, "data": {"text": text}, "annotations": [{"id": 1, "result": result}]}],
        "spacy-json": [text, {"entities": [[0, end, "PERSON"]]}],
        "plain": {"text": text, "spans": [[0, end, "PERSON"]]},
    }


def fill(folder: Path, files: Mapping[str, str | bytes]) -> ImportSource:
    """Write files and return their folder as a source."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return ImportSource(folder)


def read_aligned(module: ModuleType | Format, source: ImportSource) -> tuple[list[Document], ConversionLog]:
    """Read a source to its end, each document settled."""
    account = ConversionLog()
    documents = [align_spans(d, account) for d in module.read(source, account)]
    return documents, account


def read_detected(name: str, source: ImportSource) -> tuple[list[Document], ConversionLog]:
    """Read a source that must be found to be of a format, with every span accounted for."""
    assert format_detection.choose_format(source)[0] == name
    documents, log = read_aligned(load_format(name), source)
    assert log.is_balanced
    return documents, log


def round_trip(
    module: ModuleType, documents: Iterable[Document]
) -> tuple[list[Document], ConversionLog, ConversionLog]:
    """Write documents with a format and read them again; returns them and both accounts."""
    written = ConversionLog()
    with TemporaryDirectory() as folder:
        module.write(documents, Path(folder) / "out", written)
        back, account = read_aligned(module, ImportSource(Path(folder) / "out"))
    return back, written, account


def words(document: Document) -> list[tuple[str, str]]:
    """Return what is marked: the words of each span and its label."""
    return [(document.text[s.start : s.end], s.label) for s in document.spans]


def ledger_lines(account: ConversionLog) -> list[tuple[str, str, str]]:
    """Return thing, fate and reason of each line of the ledger."""
    return [(e.kind, e.outcome.value, e.why) for e in account.entries]


@st.composite
def texts_with_spans(draw: st.DrawFn, gaps: tuple[str, ...] = (" ", "", "\n", " \n ")) -> Document:
    """Draw a text of words with gaps between and spans that begin and end with a word."""
    parts = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8))
    text, places = "", []
    for part in parts:
        text += draw(st.sampled_from(gaps)) if text else ""
        places.append((len(text), len(text) + len(part)))
        text += part
    index = st.integers(0, len(places) - 1)
    drawn = draw(st.lists(st.tuples(index, index, st.sampled_from(LABELS)), max_size=5))
    spans = {Span(places[min(a, b)][0], places[max(a, b)][1], label) for a, b, label in drawn}
    return Document(text, tuple(sorted(spans)), id="text")


def records(*keys: str) -> st.SearchStrategy[Any]:
    """Draw JSON of any shape in which a format's own keys come up."""
    values = st.none() | st.booleans() | st.integers(-9, 99) | st.floats() | st.text(max_size=4)
    return st.recursive(
        values | st.just("Ida left."),
        lambda x: st.lists(x, max_size=3) | st.dictionaries(st.sampled_from(keys), x, max_size=6),
        max_leaves=20,
    )


def assert_accounted(module: ModuleType | Format, path: Path, data: bytes) -> None:
    """Assert that a file of these bytes is read with every span accounted for, or refused."""
    path.write_bytes(data)
    with suppress(SourceError):
        _, account = read_aligned(module, ImportSource(path))
        assert account.is_balanced
    with suppress(SourceError):  # what begins as a zip and is none
        assert isinstance(module.detect(ImportSource(path).sample()), str)


def lost_spans(log: ConversionLog) -> int:
    """Return how many spans are left out, doubles not counted."""
    return sum(n for (outcome, _), n in log.totals.items() if outcome == "left out")
