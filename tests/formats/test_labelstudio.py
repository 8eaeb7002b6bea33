"""Label Studio's JSON and JSON_MIN, of all their versions, read and written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.quote_placement import NEAREST
from annotator.core.spans import Span
from annotator.formats import labelstudio, span_fields
from annotator.formats.document import ConversionLog, Document, count_losses
from annotator.formats.import_source import ImportSource
from annotator.formats.labelstudio import labelstudio_tasks
from tests.formats.format_samples import (
    SHARED,
    assert_accounted,
    fill,
    ledger_lines,
    read_aligned,
    records,
    round_trip,
    texts_with_spans,
    words,
)

TEXT = "Ida Holm left Orkenby."
TOP = "id data text annotations completions predictions result task annotator lead_time completed_by"
INSIDE = "value start end labels type from_id to_name globalOffsets rectanglelabels choices paragraphlabels"
PLACES = "startOffset endOffset hypertextlabels htmllabels"
KEYS = f"{TOP} {INSIDE} {PLACES}".split()

BOATS = "🛶🛶 Ida met Per in Orkenby."


def region(start: Any, end: Any, label: str = "PERSON", **more: Any) -> dict[str, Any]:
    """Return a region of a result; ``more`` goes into its value."""
    value = {"start": start, "end": end, "labels": [label], **more}
    return {"id": f"r{start}", "from_name": "label", "to_name": "text", "type": "labels", "value": value}


def task(text: str, *results: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a task with one annotation."""
    return {"id": 7, "data": {"text": text}, "annotations": [{"id": 1, "result": [*results], **more}]}


def read(folder: Path, *tasks: Any) -> tuple[list[Document], ConversionLog]:
    """Read tasks from one JSON list."""
    fill(folder, {"tasks.json": json.dumps(tasks)})
    source = ImportSource(folder / "tasks.json")
    assert labelstudio.detect(source.sample())
    return read_aligned(labelstudio, source)


def test_a_task_has_a_document_an_annotator(tmp_path: Path) -> None:
    """Users are named by address or id, a skipped task is ignored, and fields of the data are metadata."""
    both = task(TEXT, region(0, 8, text="Ida Holm"), completed_by={"id": 1, "email": "ana@x.org"})
    both["data"] |= {"url": "a", "title": "Away"}
    both["annotations"].append({"completed_by": 2, "result": [], "was_cancelled": True})
    both["annotations"].append({"completed_by": 3, "result": [], "updated_at": "2024-01-01T00:00:10Z"})
    (one, two, three), account = read(tmp_path, both)
    assert (one.annotator, one.answer, words(one)) == ("ana@x.org", Answer.ACCEPT, [("Ida Holm", "PERSON")])
    assert (one.id, one.title, one.meta) == ("7", "Away", {"url": "a"})
    assert (two.annotator, two.answer, three.annotator, three.answer) == ("2", Answer.IGNORE, "3", Answer.ACCEPT)
    assert three.time == 1704067210
    assert account.is_balanced
    assert account.notes == []


def test_completions_are_annotations(tmp_path: Path) -> None:
    """Files of the first versions say completions and skipped, and have times in seconds."""
    old = {"id": 0, "data": {"text": TEXT}, "completions": [{"created_at": 1600000000, "skipped": True}]}
    (found,), _ = read(tmp_path, old)
    assert (found.id, found.answer, found.time) == ("0", Answer.IGNORE, 1600000000)


def test_a_task_without_annotation_stays_open(tmp_path: Path) -> None:
    """Nobody has read it; what a model has predicted is apart from spans, and a draft is listed."""
    row = {
        "id": 1,
        "data": {"text": TEXT},
        "annotations": [],
        "predictions": [{"result": [region(0, 8)]}],
        "drafts": [{"id": 5, "result": [region(0, 3)]}],
    }
    (found,), account = read(tmp_path, row)
    assert (found.answer, found.spans) == (None, ())
    assert [p.span for p in found.predictions] == [Span(0, 8, "PERSON")]
    assert ledger_lines(account) == [("draft", "left out", "a draft that was never submitted (1 result)")]
    assert account.is_balanced


def test_an_annotation_without_a_result_is_no_answer(tmp_path: Path) -> None:
    """An empty result is a text that was read; none at all is a text that nobody has finished."""
    results = ({"result": []}, {"result": None}, {})
    rows = [{"id": n, "data": {"text": "Ida rowed."}, "annotations": [r]} for n, r in enumerate(results)]
    found, _ = read(tmp_path, *rows)
    assert [d.answer for d in found] == [Answer.ACCEPT, None, None]


def test_the_text_is_the_field_that_the_quotes_stand_in(tmp_path: Path) -> None:
    """Not every project calls it text."""
    row = task("", region(0, 8, text="Ida Holm"))
    row["data"] = {"text": "a longer summary of what happened there", "body": TEXT, "link": "https://x.org/1"}
    (found,), account = read(tmp_path, row)
    assert (found.text, words(found)) == (TEXT, [("Ida Holm", "PERSON")])
    assert account.notes == ["texts are read from the field body"]


def test_two_texts_of_a_task_are_two_documents(tmp_path: Path) -> None:
    """Each object of the labelling config has a field of its own."""
    other = {**region(0, 3, text="Per"), "to_name": "second"}
    row = task("", region(0, 8, text="Ida Holm"), other)
    row["data"] = {"a": TEXT, "b": "Per stayed at home."}
    found, _ = read(tmp_path, row)
    assert sorted((d.id, *words(d)) for d in found) == [("7/a", ("Ida Holm", "PERSON")), ("7/b", ("Per", "PERSON"))]


def test_what_no_span_holds_is_listed(tmp_path: Path) -> None:
    """Relations, what is said of a span or a text, and regions of pictures; a note is the note."""
    row = task(
        TEXT,
        region(0, 8),
        {"from_id": "r0", "to_id": "r9", "type": "relation", "direction": "right"},
        {"id": "r0", "type": "choices", "from_name": "sex", "value": {"start": 0, "end": 8, "choices": ["f"]}},
        {"id": "c", "type": "choices", "from_name": "mood", "value": {"choices": ["sad"]}},
        {"id": "p", "type": "rectanglelabels", "value": {"x": 1, "rectanglelabels": ["Car"]}},
        {"id": "n", "type": "textarea", "from_name": "note", "value": {"text": ["who?"]}},
    )
    (found,), account = read(tmp_path, row)
    assert (words(found), found.note) == ([("Ida Holm", "PERSON")], "who?")
    assert [(e.kind, e.id, e.why) for e in account.entries] == [
        ("relation", "r0-r9", span_fields.UNSUPPORTED["relation"]),
        ("attribute", "r0", labelstudio_tasks.ATTRIBUTES_UNSUPPORTED),
        ("text label", "sad", span_fields.UNSUPPORTED["text label"]),
        ("rectangle", "p", labelstudio_tasks.REGIONS_UNSUPPORTED),
    ]


def test_every_label_of_a_region_is_a_span(tmp_path: Path) -> None:
    """A region may have several labels or none; what is left out is listed by its id."""
    double, bare = region(0, 8), region(14, 21)
    double["value"]["labels"] = ["PERSON", "HERO"]
    del bare["value"]["labels"]
    (found,), account = read(tmp_path, task(TEXT, double, bare, region(15, 99)))
    assert words(found) == [("Ida Holm", "PERSON"), ("Ida Holm", "HERO")]
    assert [(e.id, e.why) for e in account.entries] == [
        ("r14", "it has no label"),
        ("15-99:PERSON", "past the end of the text"),
    ]
    assert account.read == 4
    assert account.is_balanced


def utf16(word: str) -> dict[str, Any]:
    """Return a region on a word as old versions count."""
    at = len(BOATS[: BOATS.index(word)].encode("utf-16-le")) // 2
    return region(at, at + len(word), text=word)


def now(word: str) -> dict[str, Any]:
    """Return a region on a word in code points."""
    return region(BOATS.index(word), BOATS.index(word) + len(word), text=word)


def test_each_annotation_is_measured_by_its_quotes(tmp_path: Path) -> None:
    """A project that outlived an update has both units in one file."""
    found, account = read(tmp_path, task(BOATS, utf16("Ida"), utf16("Orkenby")), task(BOATS, now("Ida"), now("Per")))
    assert [[w for w, _ in words(d)] for d in found] == [["Ida", "Orkenby"], ["Ida", "Per"]]
    assert account.totals == {("moved", "offsets count UTF-16 units"): 2}
    assert account.notes == [
        "offsets are measured by quoted texts, annotation by annotation: UTF-16 units in 1, code points in 1"
    ]


@pytest.mark.parametrize("one", [utf16, now])
def test_without_quotes_the_words_at_the_edges_tell(tmp_path: Path, one: Any) -> None:
    """Long texts are exported without quotes."""
    results = [one(w) for w in ("Ida", "Per", "Orkenby")]
    for r in results:
        del r["value"]["text"]
    (found,), _ = read(tmp_path, task(BOATS, *results))
    assert [w for w, _ in words(found)] == ["Ida", "Per", "Orkenby"]


def test_without_quotes_the_words_show_inclusive_ends(tmp_path: Path) -> None:
    """In a text that all units count alike but for the ends of spans."""
    text = "Ida met Per in Orkenby."
    found = [region(a, b, text=None) for a, b in ((0, 2), (8, 10), (15, 21))]
    documents, log = read(tmp_path, task(text, *found))
    assert [w for w, _ in words(documents[0])] == ["Ida", "Per", "Orkenby"]
    assert any("inclusive ends (6 of 6 edges" in note for note in log.notes)
    assert not any("quoted texts" in note for note in log.notes)


def test_line_ends_of_two_characters_may_count_as_one(tmp_path: Path) -> None:
    """A browser counts them so; a quote may have them as backslash and n."""
    text = "Ida\r\nHolm left\r\nOrkenby."
    (found,), account = read(tmp_path, task(text, region(0, 8, text="Ida\\nHolm"), region(14, 21, text="Orkenby")))
    assert [w for w, _ in words(found)] == ["Ida\r\nHolm", "Orkenby"]
    assert account.is_balanced


def test_a_quote_that_disagrees_is_reported(tmp_path: Path) -> None:
    """A quote that is elsewhere is the place; one that is nowhere is lost, and what it may be about is doubtful."""
    regions = region(0, 8, text="Ida Holm"), region(0, 3, text="Per"), region(3, 7, text="Orkenby")
    (found,), account = read(tmp_path, task(TEXT, *regions))
    assert words(found) == [("Ida Holm", "PERSON"), ("Orkenby", "PERSON")]
    assert [(e.outcome.value, e.text, e.doubtful) for e in account.entries] == [
        ("left out", "Per", ((0, 3),)),
        ("moved", "Orkenby", ()),
    ]
    assert count_losses(account) == 1


def test_a_text_that_was_shifted(tmp_path: Path) -> None:
    """Offsets that are all wrong by one distance are moved, whatever reads well at them."""
    text = "Yes Ida met Per and Liv. Old men saw her."
    regions = (region(0, 3, text="Ida"), region(8, 11, text="Per"), region(16, 19, text="Liv"))
    (found,), account = read(tmp_path, task(text, *regions))
    assert [w for w, _ in words(found)] == ["Ida", "Per", "Liv"]
    assert {e.outcome.value for e in account.entries} == {"moved"}


def test_inclusive_ends_of_one_annotation(tmp_path: Path) -> None:
    """An annotation whose quotes show it is measured by itself; its regions without a quote follow."""
    (found,), account = read(
        tmp_path, task(TEXT, region(0, 7, text="Ida Holm"), region(9, 12, text="left"), region(14, 20))
    )
    assert [w for w, _ in words(found)] == ["Ida Holm", "left", "Orkenby"]
    assert "inclusive ends in 1" in account.notes[-1]


def test_json_min_has_a_row_an_annotation(tmp_path: Path) -> None:
    """Whatever is a list of regions is a label set; other columns are metadata."""
    value = region(0, 8, text="Ida Holm")["value"]
    row = {
        "id": 3,
        "text": TEXT,
        "url": "a",
        "ner": [value],
        "places": [region(14, 21, "VENUE", text="Orkenby")["value"]],
        "annotator": 1,
        "annotation_id": 9,
        "lead_time": 2.5,
        "created_at": "2024-01-01T00:00:10Z",
    }
    (one, two), account = read(tmp_path, row, {"id": 4, "text": TEXT, "annotator": 2, "lead_time": 1.0})
    assert words(one) == [("Ida Holm", "PERSON"), ("Orkenby", "VENUE")]
    assert (one.id, one.annotator, one.meta, one.time) == ("3", "1", {"url": "a"}, 1704067210)
    assert (two.answer, two.spans) == (Answer.ACCEPT, ())
    assert account.is_balanced


def test_paragraphs_of_a_dialogue_are_lines(tmp_path: Path) -> None:
    """Their regions count within a paragraph."""
    value = {"start": "1", "end": "1", "startOffset": 4, "endOffset": 8, "paragraphlabels": ["PERSON"]}
    row = task("", {"id": "a", "type": "paragraphlabels", "to_name": "d", "value": {**value, "text": "Holm"}})
    row["data"] = {"dialogue": [{"author": "x", "text": "Who?"}, {"author": "y", "text": "Ida Holm."}]}
    (found,), _ = read(tmp_path, row)
    assert (found.text, words(found)) == ("Who?\nIda Holm.", [("Holm", "PERSON")])


@pytest.mark.parametrize(
    ("start", "end", "places"), [(0, 8, [(0, 8)]), (14, 22, [(14, 22)]), (15, 23, [(15, 23)]), (3, 11, [(0, 8)])]
)
def test_places_in_a_page_count_in_its_text(
    tmp_path: Path, start: int, end: int, places: list[tuple[int, int]]
) -> None:
    """A page is read as the text that it shows; a place that has other words there is moved to its words."""
    page = "<p>Ida Holm &amp; co.<br>Ida Holm again.</p>"
    value = {
        "start": "/p[1]/text()[1]",
        "end": "/p[1]/text()[1]",
        "startOffset": 0,
        "endOffset": 8,
        "globalOffsets": {"start": start, "end": end},
        "text": "Ida Holm",
        "hypertextlabels": ["PERSON"],
    }
    row = task(page, {"id": "h", "type": "hypertextlabels", "to_name": "t", "value": value})
    (found,), account = read(tmp_path, row)
    assert [(s.start, s.end) for s in found.spans] == places
    assert ledger_lines(account) == ([] if start != 3 else [("span", "moved", NEAREST)])
    assert account.is_balanced


def test_a_file_may_be_one_task_over_several_lines(tmp_path: Path) -> None:
    """Storages hold a file an annotation, its task inside."""
    row = {"id": 1, "result": [region(0, 8)], "completed_by": 4, "task": {"id": 9, "data": {"text": TEXT}}}
    fill(tmp_path, {"1": json.dumps(row, indent=2)})
    (found,), _ = read_aligned(labelstudio, ImportSource(tmp_path / "1"))
    assert labelstudio.detect(ImportSource(tmp_path / "1").sample())
    assert (found.id, found.annotator, words(found)) == ("9", "4", [("Ida Holm", "PERSON")])


def test_a_long_first_task_is_recognised(tmp_path: Path) -> None:
    """The sample may end within it."""
    row = task(TEXT * 5_000, *(region(n, n + 3) for n in range(900)), was_cancelled=False)
    row["data"] = row.pop("data")
    fill(tmp_path, {"x": json.dumps([row])})
    assert labelstudio.detect(ImportSource(tmp_path / "x").sample())


PICTURE = {"id": "a", "type": "rectanglelabels", "value": {"x": 1, "rectanglelabels": ["Car"]}}
SOUND = {"id": "a", "type": "labels", "value": {"start": 0.5, "end": 2.25, "labels": ["Dog"], "channel": 0}}


@pytest.mark.parametrize(
    ("data", "results", "error"),
    [
        (
            {"image": "/data/upload/a.png"},
            [PICTURE],
            (
                "the tasks hold links to files or pictures, not texts (marked: rectangle (1)); "
                "import projects whose tasks hold the text itself"
            ),
        ),
        (
            {"image": "my pictures/a.png", "title": "A car"},
            [PICTURE],
            "no span of a text is marked, but rectangle (1); import projects that label words in texts",
        ),
        (
            {"audio": "https://x.org/a.wav", "title": "A dog"},
            [SOUND, SOUND],
            (
                "regions of a sound or a film are marked (offsets are fractions), not spans of a text; "
                "import projects that label words in texts"
            ),
        ),
        (
            {"text": "https://x.org/a.txt", "title": "A dog"},
            [region(100, 108), region(90, 99)],
            (
                "the marked spans are in no text of the tasks, which name files instead; "
                "import projects whose tasks hold the text itself"
            ),
        ),
    ],
)
def test_other_projects_are_refused(tmp_path: Path, data: Any, results: Any, error: str) -> None:
    """The error says what the tasks are."""
    row = task("", *results)
    row["data"] = data
    with pytest.raises(SourceError) as e:
        read(tmp_path, row)
    assert str(e.value).endswith(f"tasks.json: {error}")


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ({"data": {"text": TEXT}, "annotations": [4]}, "annotations are named by their ids alone"),
        ({"id": 4, "result": [], "task": 9}, "it is an annotation without its task"),
        ({"id": 4}, "the task has no `data`"),
        (5, "a task must be a JSON object"),
    ],
)
def test_what_is_no_task_is_named_with_its_place(tmp_path: Path, row: Any, error: str) -> None:
    """The error says which record of the list it is."""
    with pytest.raises(SourceError) as e:
        read(tmp_path, task(TEXT), row)
    do = "export the project from Label Studio again (JSON)"
    assert str(e.value).endswith(f"tasks.json, record 2: {error}; {do}")


def test_the_config_names_the_labels(tmp_path: Path) -> None:
    """Label Studio takes the tasks with the config beside them, whatever the labels are."""
    document = Document(TEXT, (Span(0, 8, 'A"<&\x01'), Span(4, 8, "B")), note="x", id="t")
    files = labelstudio.write([document], tmp_path, ConversionLog())
    assert [f.name for f in files] == ["annotations.json", "labelling-config.xml"]
    view = ET.fromstring(files[1].read_text())
    assert [x.get("value") for x in view.iter("Label")] == ['A"<&\ufffd', "B"]
    assert [(x.tag, x.get("toName")) for x in view] == [("Labels", "text"), ("Text", None), ("TextArea", "text")]
    (written,) = json.loads(files[0].read_text())
    assert "completed_by" not in written["annotations"][0]


@given(st.lists(texts_with_spans(), max_size=4), st.sampled_from([Answer.ACCEPT, Answer.IGNORE, None]))
def test_what_is_written_is_read(drawn: list[Document], answer: Answer | None) -> None:
    """Texts, spans, notes, names and fields come back; two annotators of one text share its task."""
    every = [
        replace(
            d,
            spans=tuple(replace(s, source="crf") for s in d.spans),
            answer=answer,
            meta={"article": "a1", "start": 3},
            note="x" * (n % 2),
            annotator=who,
            id=str(n),
            title="Away",
            time=1704067210.0,
        )
        for n, d in enumerate(drawn)
        for who in ("ana", "ben")
    ]
    back, written, account = round_trip(labelstudio, every)
    kept = [d for d in back if d.spans or d.answer or d.note]
    assert [(d.text, d.spans, d.note, d.annotator, d.id, d.title, d.meta, d.time) for d in kept] == [
        (d.text, d.spans, d.note, d.annotator, d.id, d.title, d.meta, d.time)
        for d in every
        if d.spans or d.answer or d.note
    ]
    assert written.is_balanced
    assert written.kept == account.read == account.kept
    if answer:
        assert {d.answer for d in back} <= {answer}


@given(st.lists(records(*KEYS), max_size=3), st.lists(records(*KEYS), max_size=3), st.binary(max_size=40))
def test_no_bytes_are_more_than_refused(tmp_path: Path, values: list[Any], results: list[Any], rest: bytes) -> None:
    """Whatever a file holds, it is read with every span accounted for, or a SourceError."""
    tasks = [*values, {"data": {"text": TEXT, "b": values}, "annotations": [{"result": results}]}]
    for data in (json.dumps(tasks).encode(), json.dumps(tasks[-1], indent=1).encode()):
        assert_accounted(labelstudio, tmp_path / "x.json", data)
        assert_accounted(labelstudio, tmp_path / "x.json", data[:-1] + rest)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared exports are not here")
def test_projects_without_texts_among_real_exports_are_refused() -> None:
    """Pictures and choices are told apart from spans of texts."""
    for path in sorted((SHARED / "labelstudio").iterdir()):
        assert labelstudio.detect(ImportSource(path).sample())
        with pytest.raises(SourceError, match=r"no span of a text is marked|not texts"):
            read_aligned(labelstudio, ImportSource(path))
