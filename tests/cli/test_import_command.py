"""``annotator import``: what other tools have marked, every span accounted for."""

from __future__ import annotations

import zipfile
from pathlib import Path

import orjson
import pytest

from annotator.storage.corpus_folder import CorpusFolder
from tests.cli.command_runner import call
from tests.cli.corpus_reading import files, imported, jsonl, sentences_by_annotator, spans

FERRY = "Captain Lena Okafor left Osmund at noon. “We are late. We will be early tomorrow,” she told Tam Reedy."


def _doccano(path: Path, *spans: tuple[str, str], text: str = FERRY) -> Path:
    labels = [[text.index(words), text.index(words) + len(words), label] for words, label in spans]
    return jsonl(path, {"id": 7, "text": text, "label": labels, "Comments": []})


def test_a_file_becomes_a_corpus(tmp_path: Path) -> None:
    """The text is kept as it is, cut into sentences and tokens, and the spans are where they were."""
    path = _doccano(tmp_path / "all.jsonl", ("Lena Okafor", "PERSON"), ("Osmund", "VENUE"), ("Tam Reedy", "PERSON"))
    result = imported(path, tmp_path / "c")
    assert (result.code, result.err) == (0, "")
    corpus = CorpusFolder.open(tmp_path / "c")
    (article,) = (corpus.article(a) for a in corpus.article_ids())
    assert article.text == FERRY
    assert len(corpus.active_sentences(article)) == 2
    assert spans(tmp_path / "c") == [
        ("doccano", "Lena Okafor", "PERSON"),
        ("doccano", "Osmund", "VENUE"),
        ("doccano", "Tam Reedy", "PERSON"),
    ]
    assert "spans: 3 in the file, 3 as they were" in result.out


def test_a_span_over_a_sentence_end_joins_the_sentences(tmp_path: Path) -> None:
    """It is never cut: the annotator's own journal joins the sentences, and undo can part them."""
    path = _doccano(tmp_path / "all.jsonl", ("noon. “We are late.", "CLAIM"))
    result = imported(path, tmp_path / "c")
    assert result.code == 0, result.err
    assert spans(tmp_path / "c") == [("doccano", "noon. “We are late.", "CLAIM")]
    (annotated,) = sentences_by_annotator(tmp_path / "c")["doccano"]
    assert annotated.sentence.text == FERRY
    assert len(CorpusFolder.open(tmp_path / "c").sentences(annotated.sentence.article)) == 2
    assert "1 sentence was joined from several, because a span runs over an end" in result.err


def test_a_file_s_own_tokens_win(tmp_path: Path) -> None:
    """Prodigy's tokens are stored as they are, wherever spaCy would cut."""
    text = "Lena Okafor-Reedy rowed."
    tokens = [
        {"text": "Lena", "start": 0, "end": 4, "id": 0, "ws": True},
        {"text": "Okafor-Reedy", "start": 5, "end": 17, "id": 1, "ws": True},
        {"text": "rowed.", "start": 18, "end": 24, "id": 2, "ws": False},
    ]
    span = {"start": 0, "end": 17, "token_start": 0, "token_end": 1, "label": "PERSON"}
    row = {"text": text, "tokens": tokens, "spans": [span], "answer": "accept", "_view_id": "ner_manual"}
    result = imported(jsonl(tmp_path / "p.jsonl", row), tmp_path / "c", "--as", "ada")
    assert result.code == 0, result.err
    (annotated,) = sentences_by_annotator(tmp_path / "c")["ada"]
    assert [t.text for t in annotated.sentence.tokens] == ["Lena", "Okafor-Reedy", "rowed."]


def test_unknown_labels_stop_theimported(tmp_path: Path) -> None:
    """They are listed with their numbers and a ready-made map, and no corpus is made."""
    path = _doccano(tmp_path / "all.jsonl", ("Lena Okafor", "PER"), ("Tam Reedy", "PER"), ("Osmund", "Port town"))
    result = imported(path, tmp_path / "c")
    assert (result.code, result.out) == (1, "")
    assert result.err == (
        f"annotator: {tmp_path}/c: the schema news (PERSON, VENUE, COUNT, CLAIM) has no such labels: "
        "PER (2), Port town (1); add --map 'PER=PERSON,Port town=' (fill in; empty leaves out), or "
        "--add-labels\n"
    )
    assert not (tmp_path / "c").exists()


def test_a_map_renames_and_leaves_out(tmp_path: Path) -> None:
    """What the map leaves out is in the ledger, but no loss: the user asked for it."""
    path = _doccano(tmp_path / "all.jsonl", ("Lena Okafor", "PER"), ("Osmund", "MISC"))
    result = imported(path, tmp_path / "c", "--map", "PER=PERSON,MISC=")
    assert result.code == 0, result.err
    assert spans(tmp_path / "c") == [("doccano", "Lena Okafor", "PERSON")]
    (ledger,) = (tmp_path / "c" / "imports").iterdir()
    first, last = map(orjson.loads, ledger.read_bytes().splitlines())
    assert first == {
        "id": "25-31:MISC",
        "what": "left out",
        "why": "as --map asks",
        "where": f"{path}:1",
        "text": "Osmund",
    }
    assert last["totals"]["spans"]["in"] == 2
    assert last["totals"]["balanced"] is True


def test_labels_are_added_to_the_schema(tmp_path: Path) -> None:
    """With ``--add-labels`` the corpus's schema has them, with a name that a schema can have."""
    path = _doccano(tmp_path / "all.jsonl", ("Lena Okafor", "PERSON"), ("Osmund", "Port town"))
    result = imported(path, tmp_path / "c", "--add-labels")
    assert result.code == 0, result.err
    assert CorpusFolder.open(tmp_path / "c").schema.label("Port_town") is not None
    assert "the label Port town is called Port_town" in result.err


def test_a_loss_exits_3_and_is_reported(tmp_path: Path) -> None:
    """A span past the end of the text is listed with its place; --strict imports nothing then."""
    row = {"id": 1, "text": "Lena rowed.", "label": [[0, 4, "PERSON"], [5, 40, "CLAIM"], [0, 5, "VENUE"]]}
    path = jsonl(tmp_path / "all.jsonl", row)
    result = imported(path, tmp_path / "c", "--json")
    assert result.code == 3
    assert result.json["totals"]["spans"] == {
        "in": 3,
        "kept": 1,
        "trimmed": 1,
        "moved": 0,
        "split": 0,
        "double": 0,
        "characters": 0,
        "left out": 1,
    }
    strict = imported(path, tmp_path / "d", "--strict")
    assert strict.code == 1
    assert strict.err == (
        f"annotator: {tmp_path}/d: 1 thing would be lost: past the end of the text (1); see them with "
        "--ledger-file FILE, correct the source, or leave --strict out\n"
    )
    assert sorted(p.name for p in tmp_path.iterdir()) == ["all.jsonl", "c"]
    listed = tmp_path / "l.jsonl"
    assert f"see them in {listed}, " in imported(path, tmp_path / "d", "--strict", "--ledger-file", listed).err
    assert b"past the end of the text" in listed.read_bytes()


def test_a_full_ledger_lists_every_span(tmp_path: Path) -> None:
    """``--ledger full`` has a line for each span, and the file goes where the user says."""
    path = _doccano(tmp_path / "all.jsonl", ("Lena Okafor", "PERSON"), ("Osmund ", "VENUE"))
    result = imported(path, tmp_path / "c", "--ledger", "full", "--ledger-file", str(tmp_path / "l.jsonl"))
    assert result.code == 0, result.err
    rows = [orjson.loads(x) for x in (tmp_path / "l.jsonl").read_bytes().splitlines()]
    assert [(r["id"], r["what"]) for r in rows[:-1]] == [("25-32:VENUE", "trimmed"), ("8-19:PERSON", "kept")]
    assert not (tmp_path / "c" / "imports").exists()


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    """What is there already just so is no second record, and no conflict."""
    path = _doccano(tmp_path / "all.jsonl", ("Lena Okafor", "PERSON"), ("noon. “We", "CLAIM"))
    imported(path, tmp_path / "c")
    before = files(tmp_path / "c")
    result = imported(path, tmp_path / "c")
    assert result.code == 0, result.err
    after = files(tmp_path / "c")
    assert {k: v for k, v in after.items() if not k.startswith("imports/")} == {
        k: v for k, v in before.items() if not k.startswith("imports/")
    }


def test_an_import_that_was_killed_is_completed(tmp_path: Path) -> None:
    """Whatever part of the journal is missing, the same import adds just that."""
    text = FERRY + "\n\nNobody else came. The pier was closed by Mayor Ilse Brandt."
    path = _doccano(tmp_path / "all.jsonl", ("noon. “We", "CLAIM"), ("Ilse Brandt", "PERSON"), text=text)
    imported(path, tmp_path / "c")
    journal = tmp_path / "c" / "annotations" / "doccano.jsonl"
    whole = journal.read_bytes()
    wanted = spans(tmp_path / "c")
    lines = whole.splitlines(keepends=True)
    assert len(lines) > 3
    for n in range(len(lines)):
        journal.write_bytes(b"".join(lines[:n]))
        assert imported(path, tmp_path / "c").code == 0
        assert spans(tmp_path / "c") == wanted
        assert {w.done for w in sentences_by_annotator(tmp_path / "c")["doccano"]} == {True}


def test_existing_work_is_never_overwritten(tmp_path: Path) -> None:
    """Where the annotator has other work on a sentence it stays, and the file's spans are listed."""
    first = _doccano(tmp_path / "a.jsonl", ("Lena Okafor", "PERSON"))
    imported(first, tmp_path / "c")
    second = _doccano(tmp_path / "b.jsonl", ("Osmund", "VENUE"))
    result = imported(second, tmp_path / "c")
    assert result.code == 3
    assert spans(tmp_path / "c") == [("doccano", "Lena Okafor", "PERSON")]
    assert "1 left out: this annotator has other work on the sentence" in result.out
    other = imported(second, tmp_path / "c", "--as", "ben")
    assert other.code == 0, other.err
    assert ("ben", "Osmund", "VENUE") in spans(tmp_path / "c")


def test_an_answer_that_gives_way_is_reported_of_too(tmp_path: Path) -> None:
    """An answer without spans that other work stands in the way of is listed: nothing is dropped unsaid."""
    text = "Lena rowed."
    row = {"text": text, "spans": [{"start": 0, "end": 4, "label": "PERSON"}], "answer": "accept"}
    imported(jsonl(tmp_path / "a.jsonl", row), tmp_path / "c", "--as", "ana")
    rejected = {"text": text, "spans": [], "answer": "reject"}
    other = jsonl(tmp_path / "b.jsonl", rejected)
    result = imported(other, tmp_path / "c", "--as", "ana", "--format", "prodigy")
    assert result.code == 3
    assert "1 left out (sentence): this annotator has other work on the sentence" in result.out
    assert "note: 1 sentence came with other annotations than its annotator has there, which stay" in result.err
    both = jsonl(tmp_path / "both.jsonl", row, rejected, {**rejected, "answer": "ignore"})
    result = imported(both, tmp_path / "d", "--json")
    assert result.code == 3
    assert result.json["totals"]["other things left out"] == {"sentence": 2}
    assert [row["why"] for row in result.json["totals"]["why"]] == [
        "the same text occurs earlier in the file with other annotations"
    ]
    twice = jsonl(tmp_path / "twice.jsonl", rejected, rejected)
    assert imported(twice, tmp_path / "e", "--format", "prodigy").code == 0


def test_a_text_that_comes_twice(tmp_path: Path) -> None:
    """The first counts; a second one just so is a double, one with other spans is listed as left out."""
    rows = [
        {"text": "Lena rowed.", "label": [[0, 4, "PERSON"]]},
        {"text": "Lena rowed.", "label": [[0, 4, "PERSON"]]},
        {"text": "Lena rowed.", "label": [[0, 4, "VENUE"]]},
    ]
    result = imported(jsonl(tmp_path / "all.jsonl", *rows), tmp_path / "c", "--json")
    assert result.code == 3
    counted = result.json["totals"]["spans"]
    assert (counted["in"], counted["kept"], counted["double"], counted["left out"]) == (3, 1, 1, 1)
    assert result.json["totals"]["balanced"]
    assert spans(tmp_path / "c") == [("doccano", "Lena", "PERSON")]


def test_another_note_or_flag_is_no_conflict_of_spans(tmp_path: Path) -> None:
    """In one import the notes of both count; what an annotator has there already stays, and the rest is listed."""
    row = {"text": "Lena rowed.", "spans": [{"start": 0, "end": 4, "label": "PERSON"}], "answer": "accept"}
    rows = [
        {**row, "meta": m} for m in ({"note": "Who?"}, {"flagged": True}, {"note": "Who? Ask."}, {"note": "Why?"}, {})
    ]
    result = imported(jsonl(tmp_path / "a.jsonl", *rows), tmp_path / "c", "--as", "ana", "--json")
    counted = result.json["totals"]["spans"]
    assert (result.code, counted["double"], counted["left out"], result.json["lost"]) == (0, 4, 0, 0)
    (w,) = sentences_by_annotator(tmp_path / "c")["ana"]
    assert (w.annotation.note, w.annotation.flagged) == ("Who? Ask. Why?", True)
    again = imported(jsonl(tmp_path / "b.jsonl", *rows[:2], row), tmp_path / "c", "--as", "ana")
    assert again.code == 0, again.out
    assert "3 sentences were already there, with the same spans" in again.err
    other = imported(jsonl(tmp_path / "d.jsonl", {**row, "meta": {"note": "No"}}), tmp_path / "c", "--as", "ana")
    assert other.code == 3
    assert "1 left out (note): this annotator has the sentence without it" in other.out
    assert "spans: 1 in the file, 1 as they were" in other.out
    (w,) = sentences_by_annotator(tmp_path / "c")["ana"]
    assert w.annotation.note == "Who? Ask. Why?"


def test_a_note_alone_stops_no_work_of_its_annotator(tmp_path: Path) -> None:
    """Who has only a note on a sentence gets the file's spans beside it; the other way round the note is added."""
    note = {"text": "Lena rowed.", "spans": [], "answer": None, "meta": {"note": "Who?"}}
    row = {"text": "Lena rowed.", "spans": [{"start": 0, "end": 4, "label": "PERSON"}], "answer": "accept"}
    for n, (first, second) in enumerate(((note, row), (row, note))):
        corpus = tmp_path / f"c{n}"
        both = imported(jsonl(tmp_path / f"{n}.jsonl", first, second), corpus, "--as", "ana", "--format", "prodigy")
        assert both.code == 0, both.out
        (w,) = sentences_by_annotator(corpus)["ana"]
        assert (w.annotation.note, w.annotation.answer, len(w.annotation.spans)) == ("Who?", "accept", 1)


def test_our_own_tasks_make_the_article_again(tmp_path: Path) -> None:
    """Sentences that tell their place in an article are put together; into their own corpus, in place."""
    path = _doccano(tmp_path / "all.jsonl", ("Lena Okafor", "PERSON"), ("Tam Reedy", "PERSON"))
    imported(path, tmp_path / "c", "--as", "ada")
    assert call("export", tmp_path / "c", tmp_path / "out", "--format", "prodigy").code == 0
    tasks = tmp_path / "out" / "annotations.jsonl"
    result = imported(tasks, tmp_path / "d")
    assert result.code == 0, result.err
    corpus = CorpusFolder.open(tmp_path / "d")
    (article,) = (corpus.article(a) for a in corpus.article_ids())
    assert article.text == FERRY
    assert spans(tmp_path / "d") == spans(tmp_path / "c")
    back = imported(tasks, tmp_path / "c", "--as", "ben")
    assert back.code == 0, back.err
    assert len(CorpusFolder.open(tmp_path / "c").article_ids()) == 1
    assert {n for n, _, _ in spans(tmp_path / "c")} == {"ada", "ben"}


def test_names_in_a_file_are_made_safe(tmp_path: Path) -> None:
    """An annotator's name never becomes a path, and two names never become one journal."""
    rows = [
        {"text": f"Lena rowed {n} miles.", "spans": [], "answer": "accept", "_annotator_id": name}
        for n, name in enumerate(["../../Ada B", "ada-b", "é", ""])
    ]
    result = imported(jsonl(tmp_path / "p.jsonl", *rows), tmp_path / "c", "--json")
    assert result.code == 0, result.err
    names = set(result.json["annotators"].values())
    assert len(names) == 4
    assert set(CorpusFolder.open(tmp_path / "c").annotators()) == names
    assert sorted(p.name for p in tmp_path.iterdir()) == ["c", "p.jsonl"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x89PNG\r\n", "a PNG picture"),
        (b'[{"id": 1, "image": "a.png"}]', "a JSON list of objects with the keys id, image"),
        (b'{"text": ', "JSON that is cut off or damaged"),
        (
            b'{"tokens": ["Lena", "rowed"], "ner_tags": ["O"]}\n',
            "the keys ner_tags, tokens; `ner_tags` has 1 tag for the 2 words of `tokens`",
        ),
        (b"\x00\x01\x02", "a binary file"),
    ],
)
def test_what_is_no_format_is_reported(tmp_path: Path, data: bytes, message: str) -> None:
    """An unknown file gets an error that says what it looks like, and nothing is made."""
    (tmp_path / "f").write_bytes(data)
    result = imported(tmp_path / "f", tmp_path / "c")
    assert result.code == 1
    assert "no format is known that looks like this: " in result.err
    assert f"{message}; name the format with --format (" in result.err
    assert '{"text": "Ada left.", "spans": [{"start": 0, "end": 3, "label": "PERSON"}]}' in result.err
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize(
    ("names", "data", "message"),
    [
        (["xl/workbook.xml", "[Content_Types].xml"], "", "a file of an office program; save a table as CSV"),
        (["mimetype", "content.xml"], "", "a file of an office program; save a table as CSV"),
        ([], '<View><Labels name="l" toName="t"><Label value="A"/></Labels></View>', "configuration; annotator schema"),
    ],
)
def test_what_is_to_be_saved_or_read_otherwise(tmp_path: Path, names: list[str], data: str, message: str) -> None:
    """A workbook or a configuration of labels gets an error with the way out."""
    (tmp_path / "f").write_text(data)
    if names:
        with zipfile.ZipFile(tmp_path / "f", "w") as file:
            for name in names:
                file.writestr(name, "<x/>")
    result = imported(tmp_path / "f", tmp_path / "c")
    assert result.code == 1
    assert message in result.err


@pytest.mark.parametrize(("data", "message"), [(b"", "an empty file"), (b"[]\n", "an empty JSON list")])
def test_in_an_empty_file_is_nothing(tmp_path: Path, data: bytes, message: str) -> None:
    """No format helps a file in which nothing is."""
    (tmp_path / "f").write_bytes(data)
    result = imported(tmp_path / "f", tmp_path / "c")
    assert result.code == 1
    assert f"no format is known that looks like this: {message}; name another file\n" in result.err


@pytest.mark.parametrize("data", [b"Just some words.\n", b'{"text": "Lena rowed.", "title": "Oars"}\n'])
def test_texts_without_annotations_are_for_ingest(tmp_path: Path, data: bytes) -> None:
    """The error for a text in which nothing is marked names the command that takes it."""
    (tmp_path / "f").write_bytes(data)
    result = imported(tmp_path / "f", tmp_path / "c")
    assert result.code == 1
    assert "; if nobody has annotated it, take it in with annotator ingest; else name the format" in result.err


def test_a_span_without_a_place_is_listed(tmp_path: Path) -> None:
    """A first record whose span has no start is recognised, and the span is in the ledger."""
    row = {"text": FERRY, "spans": [{"start": None, "end": 4, "label": "PERSON"}]}
    result = imported(jsonl(tmp_path / "f.jsonl", row), tmp_path / "c")
    assert result.code == 3
    assert "left out: its offsets are not whole numbers" in result.out


def test_a_corpus_is_as_it_was_after_an_error(tmp_path: Path) -> None:
    """A wrong line anywhere, and nothing of the file is in the corpus."""
    imported(_doccano(tmp_path / "a.jsonl", ("Lena Okafor", "PERSON")), tmp_path / "c")
    before = files(tmp_path / "c")
    bad = _doccano(tmp_path / "b.jsonl", ("Osmund", "VENUE"), text=FERRY + " Twice.")
    bad.write_bytes(bad.read_bytes() + b'{"text": NaN}\n')
    result = imported(bad, tmp_path / "c")
    assert result.code == 1
    assert result.err.startswith(f"annotator: {bad}:2: this is not JSON")
    assert files(tmp_path / "c") == before


def test_wrong_overlaps_are_kept_and_reported(tmp_path: Path) -> None:
    """What the schema's rules don't allow is data all the same."""
    path = _doccano(tmp_path / "all.jsonl", ("Lena Okafor", "PERSON"), ("Lena", "VENUE"))
    result = imported(path, tmp_path / "c")
    assert result.code == 0, result.err
    assert len(spans(tmp_path / "c")) == 2
    assert "1 pair of spans that the schema does not allow, kept: PERSON and VENUE (rule `inside`)" in result.err


def test_the_user_may_say_what_offsets_count(tmp_path: Path) -> None:
    """``--offsets`` is believed: here UTF-16 units, in which a boat is two."""
    row = {"text": "🛶🛶 Lena rowed.", "label": [[5, 9, "PERSON"]]}
    path = jsonl(tmp_path / "all.jsonl", row)
    result = imported(path, tmp_path / "c", "--offsets", "utf-16")
    assert result.code == 0, result.err
    assert spans(tmp_path / "c") == [("doccano", "Lena", "PERSON")]


def test_two_annotators_on_one_text(tmp_path: Path) -> None:
    """One text by two annotators is one article with two journals, and nothing is in conflict."""
    rows = [
        {"text": "Lena rowed.", "spans": [{"start": 0, "end": 4, "label": label}], "answer": answer}
        | {"_annotator_id": name}
        for name, label, answer in (("ada", "PERSON", "accept"), ("ben", "VENUE", "reject"))
    ]
    result = imported(jsonl(tmp_path / "p.jsonl", *rows), tmp_path / "c")
    assert result.code == 0, result.err
    assert len(CorpusFolder.open(tmp_path / "c").article_ids()) == 1
    assert spans(tmp_path / "c") == [("ada", "Lena", "PERSON"), ("ben", "Lena", "VENUE")]
    answers = [
        w.annotation.answer
        for annotated_sentences in sentences_by_annotator(tmp_path / "c").values()
        for w in annotated_sentences
    ]
    assert answers == ["accept", "reject"]


def test_a_folder_with_other_files_is_no_place_for_a_corpus(tmp_path: Path) -> None:
    """Foreign files are neither mixed with a corpus nor touched."""
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "thesis.txt").write_text("mine", encoding="utf-8")
    result = imported(_doccano(tmp_path / "all.jsonl", ("Osmund", "VENUE")), tmp_path / "c")
    assert result.code == 1
    assert "the folder holds other files and is no corpus; give an empty or a new folder" in result.err
    assert [p.name for p in (tmp_path / "c").iterdir()] == ["thesis.txt"]
