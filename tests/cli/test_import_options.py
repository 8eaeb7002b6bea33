"""``annotator import``: what a user can say of a file, and what is told to one who says it wrong."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from annotator.core.annotation import Answer
from annotator.formats import registry
from annotator.storage import import_recovery
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from tests.cli.command_runner import call
from tests.cli.corpus_reading import answers, files, imported, jsonl, sentences_by_annotator, spans
from tests.formats.format_samples import sample_records

LENA = {"start": 0, "end": 4, "label": "PERSON"}
PORT = {"start": 14, "end": 20, "label": "VENUE"}
TEXT = "Lena rowed to Osmund."
TSV = (
    "#FORMAT=WebAnno TSV 3.3\n#T_SP=x.Name|kind\n#T_SP=x.Mood|mood\n\n\n#Text=Lena rowed\n"
    "1-1\t0-4\tLena\tPERSON\tglad\t\n1-2\t5-10\trowed\t_\tglad\t\n"
)


def _binary(*tasks: tuple[dict[str, Any], str]) -> list[dict[str, Any]]:
    return [{"text": TEXT, "spans": [s], "answer": a, "_view_id": "ner", "_is_binary": True} for s, a in tasks]


def test_one_layer_alone(tmp_path: Path) -> None:
    """Without a name all layers of labels are read; with one that one, and nothing else is a loss."""
    path = tmp_path / "x.tsv"
    path.write_text(TSV, encoding="utf-8")
    result = imported(path, tmp_path / "c")
    assert "has no such labels: glad (2); add --map glad= (fill in" in result.err
    result = imported(path, tmp_path / "c", "--layer", "Name")
    assert (result.code, spans(tmp_path / "c")) == (0, [("webanno", "Lena", "PERSON")])
    assert "note: the layer Mood is left out (2 annotations); --layer Mood takes it" in result.err
    result = imported(path, tmp_path / "d", "--layer", "Mod")
    assert result.err == (
        f"annotator: {path}: it has no span layer 'Mod'; name one of: x.Mood (2: mood); x.Name (1: kind)\n"
    )


@pytest.mark.parametrize("name", ["tags.jsonl", "tags.conll"])
def test_numbered_tags_stop_the_import(tmp_path: Path, name: str) -> None:
    """The numbers are told with a map to fill in, and the map that follows keeps what was filled in."""
    path = tmp_path / name
    if name == "tags.jsonl":
        jsonl(path, {"tokens": ["Lena", "Okafor", "rowed", "on"], "ner_tags": [1, 2, 0, 0]})
    else:
        path.write_text("Lena 1\nOkafor 2\nrowed 0\non 0\n", encoding="utf-8")
    result = imported(path, tmp_path / "c")
    assert result.code == 1
    assert "has no names for them: 0 (2), 1 (1), 2 (1); give --map 0=O,1=,2= (fill in" in result.err
    result = imported(path, tmp_path / "c", "--map", "0=O,1=B-PER", "--map", "2=I-PER")
    assert "such labels: PER (1); give --map 0=O,1=B-PER,2=I-PER,PER=PERSON (fill in" in result.err
    result = imported(path, tmp_path / "c", "--map", "0=O,1=B-PER,2=I-PER,PER=PERSON")
    assert result.code == 0, result.err
    assert [(words, label) for _, words, label in spans(tmp_path / "c")] == [("Lena Okafor", "PERSON")]


@pytest.mark.parametrize("form", [n for n, info in registry.FORMATS.items() if "offsets" in info.reader_options])
def test_what_offsets_count_is_the_user_s_word(tmp_path: Path, form: str) -> None:
    """Every format that has offsets believes ``--offsets``; here the last character is counted in."""
    path = tmp_path / "f"
    if form == "brat":
        path.mkdir()
        (path / "a.txt").write_text(TEXT, encoding="utf-8")
        (path / "a.ann").write_text("T1\tPERSON 0 3\tLena\n", encoding="utf-8")
    elif form == "webanno":
        path.write_text(
            "#FORMAT=WebAnno TSV 3.3\n#T_SP=x.N|v\n\n\n#Text=Lena\n1-1\t0-3\tLena\tPERSON\t\n", encoding="utf-8"
        )
    elif form == "csv":
        path.write_text(f"text,start,end,label,quote\n{TEXT},0,3,PERSON,Lena\n", encoding="utf-8")
    elif form == "huggingface":
        rows = [{"text": TEXT, "spans": [{"start": 0, "end": 3, "label": "PERSON", "text": "Lena"}]}]
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    else:
        records = sample_records(TEXT, 3)
        assert form in records, "add a record of the new format in tests/formats/format_samples.py"
        jsonl(path, records[form])
    result = imported(path, tmp_path / "c", "--offsets", "inclusive", "--json")
    assert result.code == 0, result.err
    assert result.json["files"][0]["format"] == form
    assert [words for _, words, _ in spans(tmp_path / "c")] == ["Lena"]
    assert result.json["totals"]["spans"]["kept"] == (form == "webanno")
    assert result.json["totals"]["balanced"]


def test_an_option_that_means_nothing_is_refused(tmp_path: Path) -> None:
    """What a format has no use for is wrong usage, never ignored."""
    tags = jsonl(tmp_path / "t.jsonl", {"tokens": ["Lena"], "ner_tags": ["B-PERSON"]})
    rows = tmp_path / "t.conll"
    rows.write_text("Lena B-PERSON\n", encoding="utf-8")
    for path, more, message in (
        (rows, ("--offsets", "utf-16"), "--offsets has no meaning for CoNLL columns; leave it out; it is for"),
        (rows, ("--layer", "X"), "--layer has no meaning for CoNLL columns; leave it out; it is for webanno, uima"),
        (tags, ("--offsets", "utf-8"), "--offsets has no meaning for tokens with tags; leave it out"),
        (rows, ("--map", "A=B", "--map", "A=C"), "--map gives A two labels, B and C; leave one out"),
    ):
        result = imported(path, tmp_path / "c", *more)
        assert (result.code, message in result.err) == (2, True), result.err
    assert not (tmp_path / "c").exists()


def test_binary_answers_leave_sentences_open(tmp_path: Path) -> None:
    """A stream of yes and no says nothing of the rest: both are kept, and the sentence is open."""
    wrong = {**PORT, "label": "PERSON"}
    path = jsonl(tmp_path / "b.jsonl", *_binary((LENA, "accept"), (wrong, "reject"), (PORT, "ignore")))
    result = imported(path, tmp_path / "c", "--as", "ada", "--json")
    assert result.code == 0, result.err
    assert result.json["totals"]["spans"] | {"in": 3, "kept": 2, "left out": 1} == result.json["totals"]["spans"]
    assert result.json["counts"]["open"] == 1
    assert any("1 sentence has spans and stays open: the file" in note for note in result.json["notes"])
    (annotated,) = sentences_by_annotator(tmp_path / "c")["ada"]
    assert (annotated.annotation.answer, len(annotated.annotation.rejected)) == (None, 1)
    assert [words for _, words, _ in spans(tmp_path / "c")] == ["Lena"]
    assert call("export", tmp_path / "c", tmp_path / "out", "--format", "prodigy").code == 1
    read = imported(path, tmp_path / "d", "--answer", "accept")
    assert (read.code, answers(tmp_path / "d")) == (0, [(TEXT, "accept")])
    assert "open" not in read.err
    (other,) = sentences_by_annotator(tmp_path / "d")["prodigy"]
    assert other.annotation == annotated.annotation.with_answer(Answer.ACCEPT)


def test_all_may_be_taken_for_open(tmp_path: Path) -> None:
    """Whoever wants to go over the work of others takes it unfinished; nothing is exported before that."""
    path = jsonl(tmp_path / "p.jsonl", {"text": TEXT, "spans": [LENA], "answer": "accept"})
    result = imported(path, tmp_path / "c", "--answer", "open")
    assert (result.code, answers(tmp_path / "c")) == (0, [(TEXT, None)])
    assert result.err == ""


def test_what_nobody_has_reviewed_stays_open(tmp_path: Path) -> None:
    """Missing tags are no O: a sentence that has some is open, and its spans are kept."""
    tokens = [["Lena", "U-PERSON"], ["rowed", "O"], ["Tam", "U-PERSON"], ["slept", "-"], ["Ida", "-"], ["left", "-"]]
    pairs = [tokens[n : n + 2] for n in (0, 2, 4)]
    sentences = [{"tokens": [{"id": n, "orth": w, "ner": t} for n, (w, t) in enumerate(p)]} for p in pairs]
    paragraph = {"raw": "Lena rowed Tam slept Ida left", "sentences": sentences}
    path = jsonl(tmp_path / "v2.json", [{"id": 1, "paragraphs": [paragraph]}])
    result = imported(path, tmp_path / "c")
    assert result.code == 0, result.err
    assert answers(tmp_path / "c") == [("Lena rowed", "accept"), ("Tam slept", None)]
    assert [words for _, words, _ in spans(tmp_path / "c")] == ["Lena", "Tam"]
    (article,) = CorpusFolder.open(tmp_path / "c").article_ids()
    assert "open" not in CorpusFolder.open(tmp_path / "c").article(article).meta
    imported(path, tmp_path / "d", "--answer", "accept")
    assert {answer for _, answer in answers(tmp_path / "d")} == {"accept"}


def test_a_file_that_is_named_twice_is_wrong_usage(tmp_path: Path) -> None:
    """It would be read twice, and its spans told as doubles."""
    path = jsonl(tmp_path / "a.jsonl", {"text": TEXT, "spans": [LENA]})
    result = call("import", path, tmp_path / "." / "a.jsonl", "--corpus", tmp_path / "c")
    assert (result.code, result.err) == (2, f"annotator: {path}: the file is named twice; name it once\n")


def test_a_folder_of_several_formats_is_refused(tmp_path: Path) -> None:
    """Nothing is left out in silence: the error names a file of each format."""
    (tmp_path / "f").mkdir()
    jsonl(tmp_path / "f" / "a.jsonl", {"text": TEXT, "label": [[0, 4, "PERSON"]]})
    jsonl(tmp_path / "f" / "b.jsonl", {"text": TEXT, "spans": [LENA]})
    result = imported(tmp_path / "f", tmp_path / "c")
    assert result.err == (
        f"annotator: {tmp_path}/f: it holds files of several formats: doccano (a.jsonl), plain (b.jsonl); "
        "name the files of one format, or choose one with --format\n"
    )


def test_what_this_program_made_is_merged_not_imported(tmp_path: Path) -> None:
    """A corpus, and a journal with all its history, are no export."""
    imported(jsonl(tmp_path / "a.jsonl", {"text": TEXT, "spans": [LENA]}), tmp_path / "c")
    for path, what in (
        (tmp_path / "c", "this is a corpus, not an export of another tool"),
        (tmp_path / "c" / "annotations" / "plain.jsonl", "this is an annotator's journal, not an export"),
    ):
        result = imported(path, tmp_path / "d", "--format", "plain")
        assert result.err == f"annotator: {path}: {what}; put corpora together with annotator merge\n"


def test_a_format_that_the_file_does_not_look_like_is_reported(tmp_path: Path) -> None:
    """Who says a format is believed where it reads spans, and told what else the file looks like."""
    entity = {"label": "PERSON", "start_offset": 0, "end_offset": 4}
    path = jsonl(tmp_path / "a.jsonl", {"text": TEXT, "entities": [entity]})
    result = imported(path, tmp_path / "c", "--format", "plain")
    assert result.code == 0
    assert "(given by --format, though it looks like doccano (its lines have `entities` with" in result.out


def test_a_wrong_format_does_not_lose_spans(tmp_path: Path) -> None:
    """Where a format is named that reads no span, and what the file looks like reads some, that is said."""
    path = jsonl(tmp_path / "a.jsonl", {"text": TEXT, "spans": [LENA], "answer": "accept"})
    result = imported(path, tmp_path / "c", "--format", "doccano")
    assert result.code == 1
    assert result.err == (
        f"annotator: {path}: there is no span in it as --format doccano, but there are as prodigy "
        "(its lines have an `answer` (accept, reject or ignore)); "
        "give --format prodigy, or leave --format out\n"
    )
    assert not (tmp_path / "c").exists()
    bare = jsonl(tmp_path / "b.jsonl", {"text": TEXT, "spans": [], "answer": "accept"})
    assert imported(bare, tmp_path / "c", "--format", "doccano").code == 0


def test_files_of_several_formats_have_a_name_each(tmp_path: Path) -> None:
    """Where nobody is named the annotator is called as the format of the own file, not of the first one."""
    one = jsonl(tmp_path / "a.jsonl", {"text": TEXT, "label": [[0, 4, "PERSON"]]})
    two = jsonl(tmp_path / "b.jsonl", {"text": TEXT, "spans": [PORT]})
    assert call("import", one, two, "--corpus", tmp_path / "c").code == 0
    assert spans(tmp_path / "c") == [("doccano", "Lena", "PERSON"), ("plain", "Osmund", "VENUE")]


def test_a_journal_that_is_open_elsewhere_stops_the_import(tmp_path: Path) -> None:
    """The error names the holder; the corpus is as it was, and another annotator's journal is free."""
    path = jsonl(tmp_path / "a.jsonl", {"text": TEXT, "spans": [LENA]})
    more = jsonl(tmp_path / "b.jsonl", {"text": "Tam slept.", "spans": []})
    imported(path, tmp_path / "c", "--as", "ada")
    with Journal.open(tmp_path / "c", "ada"):
        before = files(tmp_path / "c")
        result = imported(more, tmp_path / "c", "--as", "ada")
        assert result.code == 1
        assert "the journal is held by process " in result.err
        assert result.err.endswith("; close it there, or import under another name with --as\n")
        assert files(tmp_path / "c") == before
        assert imported(more, tmp_path / "c", "--as", "ben").code == 0


_LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from annotator.cli.main import run
run(sys.argv[2:])
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="this system bounds no file sizes")
@pytest.mark.parametrize("existing", [False, True])
def test_a_full_disk_leaves_the_corpus_as_it_was(tmp_path: Path, *, existing: bool) -> None:
    """Wherever the disk is full the import is given up: one line, exit code 1, and nothing half-imported."""
    assert hasattr(signal, "SIGXFSZ")
    rows = [{"text": f"Lena rowed {n} miles to Osmund, and {n} back.", "spans": [LENA]} for n in range(60)]
    path = jsonl(tmp_path / "a.jsonl", *rows)
    if existing:
        imported(jsonl(tmp_path / "b.jsonl", {"text": TEXT, "spans": [LENA]}), tmp_path / "c")
    before = files(tmp_path / "c") if existing else {}
    for size in (300, 9_000):
        done = subprocess.run(
            [sys.executable, "-c", _LIMITED, str(size), "import", str(path), "--corpus", str(tmp_path / "c")],
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 1, size
        assert done.stderr.count("\n") == 1, done.stderr
        assert done.stderr.startswith("annotator: ")
        assert (files(tmp_path / "c") if existing else {}) == before
        assert (tmp_path / "c").exists() == existing
    assert imported(path, tmp_path / "c").code == 0


def test_an_import_after_one_that_was_killed_says_so(tmp_path: Path) -> None:
    """What was half done is taken back before anything else, and the user is told."""
    path = jsonl(tmp_path / "a.jsonl", {"text": TEXT, "spans": [LENA]})
    imported(path, tmp_path / "c")
    journal = tmp_path / "c" / "annotations" / "plain.jsonl"
    left = tmp_path / "c" / f"{import_recovery.STAGING_PREFIX}x.tmp"
    left.mkdir()
    import_recovery.write_recovery_note(left, [], {"plain": journal.stat().st_size}, ("", ""))
    journal.write_bytes(journal.read_bytes() * 2)
    result = imported(path, tmp_path / "c")
    assert result.err.startswith(f"note: {import_recovery.ROLLED_BACK_WARNING}\n")
    assert result.out.splitlines()[2].endswith(": 0 articles added, 0 sentences, 0 records by plain")


def test_an_import_says_how_to_open_what_it_brought(tmp_path: Path) -> None:
    """Whoever opens the corpus under the own name sees nothing of it, so the command names the annotator."""
    inside = {"start": 1, "end": 3, "label": "PERSON"}
    path = jsonl(tmp_path / "a.jsonl", {"text": TEXT, "spans": [LENA, inside]})
    result = imported(path, tmp_path / "two words")
    assert f"open it with: annotator annotate '{tmp_path / 'two words'}' --as plain\n1 of 2 spans begins" in result.out


def test_every_format_says_what_it_can_be_reported() -> None:
    """The options that the command knows are those of the readers, and each format is in the help."""
    result = call("import", "--help").out
    assert {o for e in registry.FORMATS.values() for o in e.reader_options} == {"offsets", "layer", "names"}
    assert all(name in result for name in registry.FORMATS)


def test_many_renamed_labels_are_counted(tmp_path: Path) -> None:
    """A few labels that are called otherwise are named, the rest is counted."""
    spans_ = [{"start": 0, "end": 4, "label": f"a {n}"} for n in range(40)]
    path = jsonl(tmp_path / "p.jsonl", {"text": TEXT, "spans": spans_, "answer": "accept"})
    result = imported(path, tmp_path / "c", "--add-labels")
    notes = [line for line in result.err.splitlines() if " called " in line]
    assert notes[0] == "note: the label a 0 is called a_0"
    assert notes[5:] == ["note: 35 more labels are called otherwise or left out"]


def test_a_date_in_another_form_is_read(tmp_path: Path) -> None:
    """What a file says of the day is the article's date where it is certain, and stays in its fields."""
    stated = "Sat, 05 Apr 2031 09:30:00 GMT"
    row = {"text": TEXT, "spans": [LENA], "meta": {"date": stated}}
    assert imported(jsonl(tmp_path / "x.jsonl", row), tmp_path / "c").code == 0
    corpus = CorpusFolder.open(tmp_path / "c")
    [article] = map(corpus.article, corpus.article_ids())
    assert article.date == "2031-04-05"
    assert article.meta["date"] == stated
