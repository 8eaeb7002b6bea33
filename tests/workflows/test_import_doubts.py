"""A sentence that a span without a sure place may be about is never accepted by an import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import Annotation, Answer
from annotator.core.edits import Op
from annotator.core.ledger import Outcome
from annotator.formats.document import ConversionLogEntry
from annotator.storage.codec import RecordDecoder
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from annotator.workflows.import_doubts import Doubt, doubts_by_run, doubts_of
from annotator.workflows.import_options import ImportOptions
from annotator.workflows.importing import import_files

ARTICLE = "Ida met Una. Una left. Nobody came.\n\nUna stayed."


def _import(folder: Path, *rows: dict[str, Any], **options: Any) -> Any:
    file = folder / "f.jsonl"
    file.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    return import_files(folder / "c", [file], ImportOptions(**options))


def _annotations(folder: Path) -> dict[str, Annotation]:
    """Return by its text the last annotation of each sentence."""
    lines = (folder / "c/annotations/plain.jsonl").read_bytes().splitlines()
    found = [RecordDecoder().decode(line).annotated for line in lines]
    return {x.sentence.text: x.annotation for x in found}


def _span(start: Any, end: Any, label: str = "PERSON", text: str = "") -> dict[str, Any]:
    return {"start": start, "end": end, "label": label, **({"text": text} if text else {})}


def test_a_span_without_words_is_named_by_its_id(tmp_path: Path) -> None:
    """The note of a sentence has something to look for, in every format."""
    file = tmp_path / "g.jsonl"
    file.write_text('{"tokenized_text": ["Ida", "left"], "ner": [[0, 5, "PERSON"]]}\n')
    import_files(tmp_path / "c", [file])
    assert "PERSON 0-5:PERSON (" in (tmp_path / "c/annotations/gliner.jsonl").read_text()


@pytest.mark.parametrize("answer", ["", "accept"])
def test_the_sentences_that_it_touches_stay_open(tmp_path: Path, answer: str) -> None:
    """Those of its offsets and those of its quote, flagged and with a note; their other spans are there."""
    row = {"text": ARTICLE, "spans": [_span(0, 3), _span(None, None, text="Una"), _span(23, 29, text="Nobody")]}
    report = _import(tmp_path, row, answer=answer)
    found = _annotations(tmp_path)
    assert [text for text, a in found.items() if a.answer is None] == ["Ida met Una.", "Una left.", "Una stayed."]
    assert found["Nobody came."].answer is Answer.ACCEPT
    open_ = found["Ida met Una."]
    assert open_.flagged
    assert "PERSON “Una” (its words occur several times" in open_.note
    assert [s.key for s in open_.spans] == [(0, 3, "PERSON")]
    assert report.counts["doubtful"] == 3
    assert report.lost >= 1
    assert any(note.startswith("3 sentences stay open") for note in report.notes)


@pytest.mark.parametrize(
    "span",
    [
        *(_span(5, 2), _span(9, 99), _span(4, 7, text="Una"), _span(-3, 3), _span(None, 3), _span(1.5, "x")),
        *(_span(90, 99), _span(-9, -3), {"start": 8, "end": 11}, {"start": 90, "end": 99, "label": None}),
    ],
)
def test_a_span_without_a_place_leaves_no_gold(tmp_path: Path, span: dict[str, Any]) -> None:
    """The part of its offsets that is in the text is not accepted; if they are none, the text is not."""
    _import(tmp_path, {"text": "Ida met Per.", "spans": [span]}, answer="accept")
    (annotation,) = _annotations(tmp_path).values()
    assert (annotation.answer, annotation.flagged) == (None, True)


@pytest.mark.parametrize("span", [_span(90, 99), _span(-9, -3), {"start": 0, "end": 3, "text": "Una"}])
def test_offsets_outside_the_text_leave_all_of_it_open(tmp_path: Path, span: dict[str, Any]) -> None:
    """Nothing shows which sentence they are about; so do a quote without a label that is not at its offsets."""
    _import(tmp_path, {"text": ARTICLE, "spans": [_span(0, 3), span]})
    assert {a.answer for a in _annotations(tmp_path).values()} == {None}


def test_a_label_that_is_left_out_raises_no_doubt(tmp_path: Path) -> None:
    """Nobody asked for its spans."""
    _import(tmp_path, {"text": "Ida met Per.", "spans": [_span(5, 2, "X"), _span(0, 3)]}, labels={"X": ""})
    assert [a.answer for a in _annotations(tmp_path).values()] == [Answer.ACCEPT]


def test_a_further_import_of_the_file_changes_nothing(tmp_path: Path) -> None:
    """Open sentences are there already, as others are."""
    rows = [
        {"text": "Ida met Per.", "spans": [_span(5, 2), _span(0, 3)]},
        {"text": "Una left.", "spans": [_span(9, 4)]},
    ]
    first, again = _import(tmp_path, *rows), _import(tmp_path, *rows)
    assert (first.records, again.records, again.counts["known"], again.counts["doubtful"]) == (2, 0, 2, 0)


@pytest.mark.parametrize("turned", [False, True])
def test_the_same_text_without_doubt_does_not_close_it(tmp_path: Path, turned: bool) -> None:
    """A file may have a text twice: what is not sure in one row is not sure."""
    rows = [{"text": "Ida met Per.", "spans": [_span(5, 2)]}, {"text": "Ida met Per.", "spans": []}]
    _import(tmp_path, *(reversed(rows) if turned else rows))
    assert [(a.answer, a.flagged) for a in _annotations(tmp_path).values()] == [(None, True)]


def test_a_quote_over_a_sentence_end_joins_before_it_is_doubted(tmp_path: Path) -> None:
    """A sentence that a span has joined is open as a whole."""
    row = {"text": ARTICLE, "spans": [_span(4, 22), _span(15, 13)]}
    _import(tmp_path, row)
    assert _annotations(tmp_path)["Ida met Una. Una left."].answer is None


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)), max_size=6), st.integers(1, 9))
def test_a_run_has_the_doubts_that_share_a_character(found: list[tuple[int, int]], size: int) -> None:
    """By bisection as by comparison."""
    ranges = [(n, n + size) for n in range(0, 40, size + 1)]
    doubts = [Doubt(start, start + length, str(n)) for n, (start, length) in enumerate(found)]
    expected = {
        n: here
        for n, (start, end) in enumerate(ranges)
        if (here := [d.what for d in doubts if d.start < end and start < d.end])
    }
    assert doubts_by_run(doubts, ranges) == expected


def test_a_doubt_has_the_label_of_the_corpus() -> None:
    """The annotator reads the words, the label as it is called here, and why."""
    entry = ConversionLogEntry("f:1", "x", Outcome.LEFT_OUT, "why", "Ida\nHolm", doubtful=((1, 2),), label="PER")
    assert doubts_of([entry], lambda _: "PERSON") == (Doubt(1, 2, "PERSON “Ida Holm” (why)"),)


def test_what_the_files_have_in_two_ways_stays_open(tmp_path: Path) -> None:
    """Neither row is gold: in any order, with no span in one of them, or with a span over a sentence end."""
    first, second = {"text": ARTICLE, "spans": [_span(0, 3)]}, {"text": ARTICLE, "spans": [_span(8, 11)]}
    over_end = {"text": ARTICLE, "spans": [_span(8, 16), _span(23, 29)]}
    bare = {"text": ARTICLE, "spans": []}
    for n, rows in enumerate(([first, second], [bare, first], [first, bare], [first, second, over_end, first])):
        folder = tmp_path / str(n)
        folder.mkdir()
        report = _import(folder, *rows, answer="accept")
        found = _annotations(folder)
        assert (found["Ida met Una."].answer, found["Ida met Una."].flagged) == (None, True), rows
        assert "twice" in " ".join(report.notes), rows
        assert found["Una stayed."].answer is Answer.ACCEPT


def test_a_span_over_a_sentence_end_against_the_parts(tmp_path: Path) -> None:
    """What was joined for one row, and is not in the other, is open in the cut that came first."""
    rows = [{"text": ARTICLE, "spans": [_span(4, 22)]}, {"text": ARTICLE, "spans": [_span(0, 3)]}]
    _import(tmp_path, *rows)
    assert _annotations(tmp_path)["Ida met Una. Una left."].answer is None


@pytest.mark.parametrize(
    ("options", "answers"),
    [({}, {None}), ({"offsets": "code-points"}, {Answer.ACCEPT}), ({"inside_tokens": "split"}, {Answer.ACCEPT})],
)
def test_offsets_that_fit_no_words_are_not_accepted(
    tmp_path: Path, options: dict[str, Any], answers: set[Answer | None]
) -> None:
    """All texts with spans of such a file stay open, unless the user says what they count, or that they cut words."""
    text = "Ida Holm met Una Berg. Per Lund left Orkenby. Nobody came."
    row = {"text": text, "spans": [_span(n + 6, n + 9) for n in (0, 4, 13, 17, 23, 27)]}
    report = _import(tmp_path, row, **options)
    assert {a.answer for a in _annotations(tmp_path).values()} == answers
    assert any("inside words" in note for note in report.notes) == (not options)


def test_a_corrected_file_settles_what_was_doubtful(tmp_path: Path) -> None:
    """Unless it lacks a span that is there already, or leaves the same in doubt."""
    doubtful = {"text": "Ida met Per.", "spans": [_span(0, 3), _span(11, 8)]}
    _import(tmp_path, doubtful)
    for spans in ([_span(8, 11)], [_span(0, 3), _span(11, 8)]):
        _import(tmp_path, {**doubtful, "spans": spans})
        assert _annotations(tmp_path)["Ida met Per."].answer is None
    report = _import(tmp_path, {**doubtful, "spans": [_span(0, 3), _span(8, 11)]})
    found = _annotations(tmp_path)["Ida met Per."]
    assert (found.answer, found.flagged, found.note, len(found.spans)) == (Answer.ACCEPT, False, "", 2)
    assert (report.lost, report.records) == (0, 1)


def test_a_sentence_that_somebody_has_looked_at_stays(tmp_path: Path) -> None:
    """A record of a person is work that no file overwrites."""
    row = {"text": "Ida met Per.", "spans": [_span(0, 3), _span(11, 8)]}
    _import(tmp_path, row)
    journal = tmp_path / "c/annotations/plain.jsonl"
    corpus = CorpusFolder.open(tmp_path / "c")
    writer = Journal.open(corpus.path, "plain")
    record = RecordDecoder().decode(journal.read_bytes().splitlines()[-1])
    writer.append([replace(record, seq=2, op=Op.EDIT, session="s1", parent=1)])
    writer.close()
    report = _import(tmp_path, {**row, "spans": [_span(0, 3), _span(8, 11)]})
    assert _annotations(tmp_path)["Ida met Per."].answer is None
    assert report.lost


def test_quotes_of_one_text_do_not_vouch_for_another(tmp_path: Path) -> None:
    """Texts whose spans have no quotes, and are no words by the unit of the others, stay open."""
    text = "Ida Holm met Una Berg. Per Lund left Orkenby. Nobody came."
    rows = [
        {"text": text, "spans": [_span(n + 1, n + 4) for n in (0, 13, 23)]},
        {"text": "Ida met Per.", "spans": [_span(0, 3, text="Ida"), _span(8, 11, text="Per")]},
    ]
    _import(tmp_path, *rows)
    found = {text: a.answer for text, a in _annotations(tmp_path).items()}
    assert found.pop("Ida met Per.") is Answer.ACCEPT
    assert set(found.values()) == {None}
