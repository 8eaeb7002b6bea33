"""What a file was read for comes into the corpus with it, and nothing is covered that nobody has looked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from annotator import Corpus
from annotator.core.annotation import Annotation
from annotator.core.errors import UsageError
from annotator.formats.registry import export_formats
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal, ReplayedJournal
from annotator.workflows.import_options import ImportOptions
from annotator.workflows.importing import import_files
from annotator.workflows.merging import merge_corpora
from tests.formats.format_samples import LOSSY_FORMATS

TEXT = "Lena rowed to Osmund."
LENA = {"start": 0, "end": 4, "label": "PERSON"}
PORT = {"start": 14, "end": 20, "label": "VENUE"}
CLAIM = {"start": 0, "end": 20, "label": "CLAIM"}


def _file(path: Path, *spans: dict[str, Any], annotates: object = None, text: str = TEXT) -> Path:
    path.write_bytes(
        orjson.dumps({"text": text, "spans": spans, "meta": {"annotates": annotates} if annotates else {}})
    )
    return path


def _annotations(corpus: Path, name: str = "plain") -> Iterator[Annotation]:
    folder = CorpusFolder.open(corpus)
    store = ReplayedJournal.of(Journal.open(corpus, name, read_only=True), folder.sentences_to_replay).store
    for article in store.touched_articles:
        yield from (x.annotation for x in store.touched_sentences_of(article))


def _marked(annotation: Annotation) -> set[str]:
    return {s.label for s in annotation.spans}


def test_metadata_say_what_a_text_was_read_for(tmp_path: Path) -> None:
    """The names are mapped; all of the schema is None; a note says which labels are left."""
    file = _file(tmp_path / "a.jsonl", LENA | {"label": "PER"}, annotates=["PER", "LOC", "MISC"])
    report = import_files(tmp_path / "c", [file], ImportOptions(labels={"PER": "PERSON", "LOC": "VENUE", "MISC": ""}))
    assert [x.covers for x in _annotations(tmp_path / "c")] == [("PERSON", "VENUE")]
    assert any(
        note == "1 text read for PERSON, VENUE alone, as the metadata field `annotates` has it, not for COUNT, CLAIM"
        for note in report.notes
    )
    file = _file(tmp_path / "b.jsonl", LENA, annotates=["CLAIM", "COUNT", "VENUE", "PERSON"])
    import_files(tmp_path / "d", [file])
    assert [x.covers for x in _annotations(tmp_path / "d")] == [None]


ROWS = ["Lena rowed to Osmund.", "Nobody came."]


def _two_rows(folder: Path, *annotates: list[str] | None) -> Corpus:
    """Return a corpus of two rows of one document, each read for some labels; None: for all, now."""
    corpus = Corpus.create(folder / "rows")
    metas = [{"doc": "d"} | ({} if x is None else {"annotates": x}) for x in annotates]
    rows = [{"text": t, "spans": [], "meta": m} for t, m in zip(ROWS, metas, strict=True)]
    (folder / "rows.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    corpus.import_files([folder / "rows.jsonl"], annotator="ana", group_by="doc")
    return corpus


@pytest.mark.parametrize(
    ("annotates", "shared"),
    [
        ((["PERSON"], ["COUNT"]), ()),
        ((["PERSON", "VENUE"], ["VENUE"]), ("VENUE",)),
        ((["PERSON"], None), ("PERSON",)),
        ((None, None), None),
    ],
)
def test_a_document_of_rows_covers_what_all_of_them_cover(
    tmp_path: Path, annotates: tuple[list[str] | None, ...], shared: tuple[str, ...] | None
) -> None:
    """Exported as one text and imported again, no row covers a label that it was not read for; none is not all."""
    with _two_rows(tmp_path, *annotates) as corpus:
        corpus.export(tmp_path / "out", format="plain", unit="article")
    import_files(tmp_path / "again", [tmp_path / "out" / "annotations.jsonl"])
    assert {x.covers for x in _annotations(tmp_path / "again", "ana")} == {shared}


def test_a_further_pass_replaces_what_the_file_has_stated(tmp_path: Path) -> None:
    """A row that is read for all labels now is exported as read for all."""
    with _two_rows(tmp_path, ["PERSON"], ["PERSON"]) as corpus:
        corpus.import_files([_file(tmp_path / "all.jsonl", annotates=None)], annotator="ana", group_by="none")
        corpus.export(tmp_path / "out", format="plain")
    import_files(tmp_path / "again", [tmp_path / "out" / "annotations.jsonl"])
    assert {x.covers for x in _annotations(tmp_path / "again", "ana")} == {None, ("PERSON",)}


@pytest.mark.parametrize("name", [n for n in export_formats() if n != "spacy"])
def test_a_format_without_a_place_for_coverage_warns(tmp_path: Path, name: str) -> None:
    """What nobody has looked for would be a negative in its files: a warning and a loss for each such text."""
    with _two_rows(tmp_path, ["PERSON"], None) as corpus:
        report = corpus.export(tmp_path / "out", format=name)
    warned = [x for x in report.warnings if x.startswith("1 text was read for some labels alone")]
    assert (len(warned), report.ledger.lost) == ((1, 1) if name in LOSSY_FORMATS else (0, 0))


def test_the_option_counts_more_than_the_file(tmp_path: Path) -> None:
    """A name that is no label is refused, and so nothing is made."""
    file = _file(tmp_path / "a.jsonl", LENA, annotates=["PERSON"])
    import_files(tmp_path / "c", [file], ImportOptions(covers=("VENUE", "PERSON")))
    assert [x.covers for x in _annotations(tmp_path / "c")] == [("PERSON", "VENUE")]
    with pytest.raises(UsageError, match="--covers names labels that the schema news has not: PERSO"):
        import_files(tmp_path / "d", [file], ImportOptions(covers=("PERSO",)))
    assert not (tmp_path / "d").exists()


def test_a_second_import_of_an_annotator_is_a_further_pass(tmp_path: Path) -> None:
    """Spans and coverage are united, once and for all; what contradicts an earlier pass is listed."""
    people = _file(tmp_path / "a.jsonl", LENA, annotates=["PERSON"])
    claims = _file(tmp_path / "b.jsonl", CLAIM, annotates=["CLAIM", "COUNT", "VENUE"])
    other = _file(tmp_path / "c.jsonl", LENA | {"end": 10}, annotates=["PERSON", "VENUE"])
    import_files(tmp_path / "c", [people])
    notes = import_files(tmp_path / "c", [claims]).notes
    assert "1 sentence was already there, read for other labels: now with the spans of both" in notes
    [annotation] = _annotations(tmp_path / "c")
    assert (_marked(annotation), annotation.covers) == ({"PERSON", "CLAIM"}, ("PERSON", "VENUE", "COUNT", "CLAIM"))
    again = import_files(tmp_path / "c", [people, claims])
    assert (again.records, again.counts["known"], again.lost) == (0, 2, 0)
    assert import_files(tmp_path / "c", [other]).lost == 1
    assert list(_annotations(tmp_path / "c")) == [annotation]


def test_a_span_does_not_make_its_text_read_for_its_label(tmp_path: Path) -> None:
    """It is kept, and a note says so: of other spans of that label nothing is known."""
    report = import_files(tmp_path / "c", [_file(tmp_path / "a.jsonl", LENA, CLAIM, annotates=["PERSON"])])
    [annotation] = _annotations(tmp_path / "c")
    assert (_marked(annotation), annotation.covers) == ({"PERSON", "CLAIM"}, ("PERSON",))
    assert any(note.startswith("1 CLAIM span is in texts that were not read for CLAIM") for note in report.notes)


@pytest.mark.parametrize("listed", ["PERSON", [7, None], ["sentiment"], {"PERSON": 1}])
def test_other_metadata_of_that_name_are_metadata(tmp_path: Path, listed: object) -> None:
    """What names no label of the schema limits nothing."""
    import_files(tmp_path / "c", [_file(tmp_path / "a.jsonl", LENA, annotates=listed)])
    assert [x.covers for x in _annotations(tmp_path / "c")] == [None]


def test_a_label_that_comes_later_is_not_covered_by_what_was_accepted_before(tmp_path: Path) -> None:
    """What came before --add-labels covers the labels until then, and what comes with it lists its labels."""
    import_files(tmp_path / "c", [_file(tmp_path / "a.jsonl", LENA)], ImportOptions(annotator="ana"))
    later = _file(tmp_path / "b.jsonl", {"start": 0, "end": 4, "label": "BOAT"}, text="Gull sank.")
    import_files(tmp_path / "c", [later], ImportOptions(annotator="bob", add_labels=True))
    assert [x.covers for x in _annotations(tmp_path / "c", "ana")] == [("PERSON", "VENUE", "COUNT", "CLAIM")]
    assert [x.covers for x in _annotations(tmp_path / "c", "bob")] == [("PERSON", "VENUE", "COUNT", "CLAIM", "BOAT")]


@pytest.mark.parametrize("name", ["plain", "prodigy", "doccano", "spacy"])
def test_coverage_comes_back_from_an_export(tmp_path: Path, name: Any) -> None:
    """What formats with metadata write is read again: what the record covers, whatever the first file has stated."""
    people = _file(tmp_path / "a.jsonl", LENA, annotates=["PERSON"])
    import_files(tmp_path / "c", [people])
    import_files(tmp_path / "c", [_file(tmp_path / "b.jsonl", CLAIM, annotates=["CLAIM"])])
    Corpus.open(tmp_path / "c").export(tmp_path / "out", format=name, split="100/0/0" if name == "spacy" else None)
    source = tmp_path / "out" / "train.spacy" if name == "spacy" else tmp_path / "out"
    import_files(tmp_path / "d", [source], ImportOptions(annotator="plain"))
    assert [(x.covers, _marked(x)) for x in _annotations(tmp_path / "d")] == [
        (("PERSON", "CLAIM"), {"PERSON", "CLAIM"})
    ]


def test_a_merge_covers_no_label_that_a_corpus_did_not_have(tmp_path: Path) -> None:
    """What was accepted for all of one schema covers that schema alone in the joint one; the other stays complete."""
    boat = {"start": 0, "end": 4, "label": "BOAT"}
    import_files(tmp_path / "c", [_file(tmp_path / "a.jsonl", LENA)])
    later = _file(tmp_path / "b.jsonl", boat, text="Gull sank.")
    import_files(tmp_path / "d", [later], ImportOptions(add_labels=True, annotator="bob"))
    merge_corpora([tmp_path / "c", tmp_path / "d"], tmp_path / "both")
    assert [x.covers for x in _annotations(tmp_path / "both")] == [("PERSON", "VENUE", "COUNT", "CLAIM")]
    assert [x.covers for x in _annotations(tmp_path / "both", "bob")] == [None]
