"""The manifest of an export, and what a verification says of it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import DocBin

from annotator._version import __version__
from annotator.core.annotation import Answer
from annotator.core.edits import set_answer
from annotator.core.errors import AnnotatorError
from annotator.core.journal_state import JournalState
from annotator.export.manifest import decode_manifest
from annotator.storage.journal_index import load_journal_index
from annotator.storage.journal_state import has_first_lines, journal_state
from annotator.workflows.corpus import Corpus, UnitName
from tests import builders
from tests.cli.command_runner import call

SAMPLE = Path(__file__).parents[2] / "corpus"


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Return a copy of the shipped sample."""
    return Corpus.open(shutil.copytree(SAMPLE, tmp_path / "news"))


def reject_first(corpus: Path, name: str = "guide") -> None:
    """Let an annotator reject the first sentence that is to be annotated."""
    session = builders.open_session(corpus, name=name)
    session.apply_edit(set_answer(session.article_sentences[0], Answer.REJECT))
    session.close()


def test_the_same_corpus_gives_the_same_manifest_in_any_folder(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No path, no clock: every file has the same bytes, wherever corpus and export are; the manifest has them all."""
    corpus.export(tmp_path / "one", report=True, shard=30)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    again = Corpus.open(shutil.copytree(corpus.path, tmp_path / "elsewhere" / "copy"))
    again.export("two/deep", report=True, shard=30, processes=1)
    one, two = (
        {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()}
        for out in (tmp_path / "one", Path("two/deep"))
    )
    assert one == two
    assert decode_manifest(one["manifest.json"], "").encode() == one["manifest.json"]
    manifest = orjson.loads(one["manifest.json"])
    assert sorted(manifest["files"]) == sorted(one.keys() - {"manifest.json"})
    assert manifest["program"] == f"annotator {__version__}"
    assert str(tmp_path) not in one["manifest.json"].decode()


def test_the_digest_of_a_journal_is_that_of_its_first_lines(corpus: Corpus) -> None:
    """What was appended since the index was read is no part of its state; a changed line is no longer the first."""
    path = corpus.path / "annotations" / "guide.jsonl"
    before = path.read_bytes()
    index = load_journal_index(corpus.path, "guide", corpus.folder.sentences_to_replay)
    reject_first(corpus.path)
    state = journal_state(corpus.path, index)
    assert state == JournalState(before.count(b"\n"), before.count(b"\n"), hashlib.sha256(before).hexdigest())
    assert has_first_lines(corpus.path, "guide", state)
    path.write_bytes(path.read_bytes().replace(b"Ferry", b"ferry", 1).replace(b"the", b"The", 1))
    assert not has_first_lines(corpus.path, "guide", state)


def test_an_export_of_the_present_corpus_is_the_same_without_a_second_one(corpus: Corpus, tmp_path: Path) -> None:
    """Equal inputs are proof enough, in every format, and nothing is written."""
    for form in ("spacy", "prodigy", "huggingface", "brat"):
        corpus.export(tmp_path / form, format=form)
        before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")}
        found = corpus.verify_export(tmp_path / form)
        assert (found.same, found.made_again, found.changed_inputs) == (True, False, ())
        assert before == {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")}


def test_new_lines_are_named_with_the_files_that_would_change(corpus: Corpus, tmp_path: Path) -> None:
    """The report says whose journal has gone on and what would have other bytes; the command ends with 3."""
    corpus.export(tmp_path / "out")
    reject_first(corpus.path)
    result = call("export", corpus.path, tmp_path / "out", "--verify")
    assert result.code == 3
    assert "changed since the export: guide: 1 new line (the last record was " in result.out
    assert "ledger.jsonl: would have other bytes now" in result.out
    found = orjson.loads(call("export", corpus.path, tmp_path / "out", "--verify", "--json").out)
    assert [x["kind"] for x in found["changed_inputs"]] == ["annotator"]
    assert (found["same"], found["error"], found["changed_files"]) == (False, "", [])


def test_what_changes_no_byte_is_listed_and_the_verdict_is_the_same(corpus: Corpus, tmp_path: Path) -> None:
    """A comment in the schema changes no byte of the export."""
    corpus.export(tmp_path / "out", attrs="min")
    schema = corpus.path / "schema.toml"
    schema.write_text(schema.read_text("utf-8") + "# a comment\n", "utf-8")
    found = corpus.verify_export(tmp_path / "out")
    assert (found.same, found.made_again) == (True, True)
    assert [x.message for x in found.changed_inputs] == ["the label schema has changed"]
    assert call("export", corpus.path, tmp_path / "out", "--verify").code == 0


def test_other_labels_that_were_looked_for_are_named(corpus: Corpus, tmp_path: Path) -> None:
    """What the first sentences were read for decides which files have them: ``coverage.json`` is an input."""
    corpus.export(tmp_path / "out", report=True)
    (corpus.path / "coverage.json").write_text('{"_v":1,"labels":["PERSON"]}\n', "utf-8")
    found = corpus.verify_export(tmp_path / "out")
    assert [x.message for x in found.changed_inputs] == ["coverage.json has changed"]
    assert "train.spacy" in [x.file for x in found.other_bytes]
    assert not found.same
    assert sorted(orjson.loads((tmp_path / "out" / "manifest.json").read_bytes())["inputs"]["software"]) == ["jinja2"]


def test_options_on_the_command_line_are_compared(corpus: Corpus, tmp_path: Path) -> None:
    """The options are those of the export, but for the ones that are given; how many processes is no difference."""
    corpus.export(tmp_path / "out", split="60/20/20", ledger="full")
    assert call("export", corpus.path, tmp_path / "out", "--verify", "--processes", "2").code == 0
    assert call("export", corpus.path, tmp_path / "out", "--verify", "--split", "60/20/20").code == 0
    result = call("export", corpus.path, tmp_path / "out", "--verify", "--split", "80/10/10")
    assert result.code == 3
    assert "changed since the export: --split: 60/20/20 then, 80/10/10 now" in result.out


@pytest.mark.parametrize("name", ["train/00001.spacy", "config.cfg", "ledger.jsonl"])
def test_a_file_that_was_changed_or_is_missing_is_named(corpus: Corpus, tmp_path: Path, name: str) -> None:
    """The corpus gives the same bytes still, but these are not the files of the export."""
    out = tmp_path / "out"
    corpus.export(out, shard=30)
    with (out / name).open("ab") as file:
        file.write(b"\n")
    (out / "train" / "99999.spacy").write_bytes(b"more")
    found = corpus.verify_export(out)
    assert not found.same
    assert [x.file for x in found.changed_files] == sorted([name, "train/99999.spacy"])
    (out / name).unlink()
    assert [x.what for x in corpus.verify_export(out).changed_files if x.file == name] == ["is missing"]
    assert call("export", corpus.path, out, "--verify").code == 3


def test_changed_articles_and_a_lost_journal_are_named(corpus: Corpus, tmp_path: Path) -> None:
    """Which articles are new, gone or changed; a corpus that cannot be exported any more is a difference, no error."""
    corpus.export(tmp_path / "out", annotator="guide")
    first, second = list(corpus.articles())[:2]
    corpus.folder.set_line_verdict(first.id, len(first.lines) - 1, first.lines[0].verdict, by="ana", time=0.0)
    (corpus.path / "articles" / f"{second.id}.json").unlink()
    reject_first(corpus.path, "ben")
    messages = [x.message for x in corpus.verify_export(tmp_path / "out").changed_inputs]
    assert f"1 article gone or damaged: {second.id}" in messages
    assert any(m.startswith("1 article changed") and first.id in m for m in messages)
    assert any(m.startswith("ben: a new journal with 1 line") for m in messages)
    (corpus.path / "annotations" / "guide.jsonl").unlink()
    found = corpus.verify_export(tmp_path / "out")
    assert not found.same
    assert "there is no journal of the annotator 'guide'" in found.error


def test_a_rebalanced_export_is_the_same_afterwards_and_verifying_saves_no_groups(
    corpus: Corpus, tmp_path: Path
) -> None:
    """The manifest has the digest of ``splits.json`` as the export leaves it."""
    corpus.export(tmp_path / "out", rebalance=True)
    assert corpus.verify_export(tmp_path / "out").same
    splits = corpus.path / "splits.json"
    splits.unlink()
    before = {p: p.stat().st_mtime_ns for p in (corpus.path, *corpus.path.iterdir())}
    found = corpus.verify_export(tmp_path / "out")
    assert before == {p: p.stat().st_mtime_ns for p in (corpus.path, *corpus.path.iterdir())}
    assert (found.same, [x.kind for x in found.changed_inputs]) == (True, ["splits"])
    assert not splits.exists()


@pytest.mark.parametrize("damage", [lambda _: b"", lambda x: x[:-100], lambda _: b"[]", lambda _: b'{"manifest": "x"}'])
def test_a_damaged_or_missing_manifest_is_an_error(
    corpus: Corpus, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    """It names the file and says what to do; nothing is guessed."""
    out = tmp_path / "out"
    corpus.export(out)
    (out / "manifest.json").write_bytes(damage((out / "manifest.json").read_bytes()))
    with pytest.raises(AnnotatorError, match=r"manifest\.json: this is no manifest of an export, or damaged"):
        corpus.verify_export(out)
    (out / "manifest.json").unlink()
    result = call("export", corpus.path, out, "--verify")
    assert (result.code, result.out) == (1, "")
    assert "there is no export here with a manifest; export again" in result.err


def test_a_newer_manifest_and_unknown_options_are_refused(corpus: Corpus, tmp_path: Path) -> None:
    """A manifest of a later version is not half understood."""
    out = tmp_path / "out"
    corpus.export(out)
    made = orjson.loads((out / "manifest.json").read_bytes())
    for change, words in (
        ({"manifest": 2}, "a newer Annotator wrote this"),
        ({"options": {"zip": 1}}, "option .* zip"),
    ):
        (out / "manifest.json").write_bytes(orjson.dumps({**made, **change}))
        with pytest.raises(AnnotatorError, match=words):
            corpus.verify_export(out)


def test_a_foreign_manifest_is_not_replaced(corpus: Corpus, tmp_path: Path) -> None:
    """An export's own manifest is replaced by the next one, another file of this name is not."""
    corpus.export(tmp_path)
    corpus.export(tmp_path)
    (tmp_path / "manifest.json").write_bytes(b'{"name": "my app"}')
    with pytest.raises(AnnotatorError, match="this is not the manifest of an export"):
        corpus.export(tmp_path)


@given(st.binary(max_size=60))
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    """Whatever is in the file: an error names it."""
    with pytest.raises(AnnotatorError) as raised:
        decode_manifest(data, "out/manifest.json")
    assert raised.value.where == "out/manifest.json"


@pytest.mark.parametrize("unit", ["sentence", "article"])
def test_each_sentence_of_a_doc_names_its_record(corpus: Corpus, tmp_path: Path, unit: UnitName) -> None:
    """``_seq`` is the number of the journal's line that the sentence was made from; 0 where nobody has accepted it."""
    corpus.export(tmp_path / "out", unit=unit, split="100/0/0")
    lines = (corpus.path / "annotations" / "guide.jsonl").read_bytes().splitlines()
    records = {x["_seq"]: x["meta"]["sentence"] for x in map(orjson.loads, lines)}
    docs = DocBin().from_disk(tmp_path / "out" / "train.spacy").get_docs(spacy.blank("en").vocab)
    entries = [s for doc in docs for s in doc.user_data["annotator"]["sentences"]]
    assert len(entries) > 200
    assert all(records.get(s["_seq"]) == (s["id"] if s["reviewed"] else None) for s in entries)
