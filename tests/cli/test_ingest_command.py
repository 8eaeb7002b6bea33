"""Which article replaces which, what is left when an ingest fails or is stopped, and what it says."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import orjson
import pytest

from annotator.core.errors import SourceError
from annotator.ingest.article_builder import build_article
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from tests.cli.command_runner import call
from tests.cli.test_bad_input import annotate


def text(topic: str) -> str:
    """Return a small page on a topic."""
    return f"The {topic} opens\n\nThe {topic} opens on Monday after two years of work, said Ada Pell.\n"


def put(path: Path, topic: str) -> Path:
    """Write a page and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(topic), encoding="utf-8")
    return path


def records(path: Path, *rows: tuple[str, str]) -> Path:
    """Write records of (id, topic) as JSONL; an empty id is left out."""
    lines = [{"text": text(topic)} | ({"id": name} if name else {}) for name, topic in rows]
    path.write_bytes(b"\n".join(orjson.dumps(x) for x in lines))
    return path


def queue(corpus: Path) -> list[str]:
    """Return the topics of the articles in the queue."""
    opened = CorpusFolder.open(corpus)
    articles = [opened.article(a) for a in opened.article_ids()]
    return [a.text.split()[1] for a in articles if not a.replaced_by]


def test_standard_input_is_never_the_same_article(tmp_path: Path) -> None:
    """Two pages that came through a pipe have nothing to do with each other, with an id or without."""
    corpus = tmp_path / "c"
    for topic in ("bridge", "school"):
        assert call("ingest", "-", "--corpus", corpus, stdin=text(topic).encode()).code == 0
    for topic in ("ferry", "dyke"):
        row = orjson.dumps({"id": 1, "text": text(topic)})
        assert call("ingest", "-", "--corpus", corpus, stdin=row).code == 0
    assert queue(corpus) == ["bridge", "school", "ferry", "dyke"]


def test_a_name_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same relative name in two folders is two articles; the same file by two names is one."""
    corpus = tmp_path / "c"
    for folder, topic in (("mon", "bridge"), ("tue", "school")):
        put(tmp_path / folder / "page.txt", topic)
        monkeypatch.chdir(tmp_path / folder)
        assert call("ingest", "page.txt", "--corpus", "../c").code == 0
    assert queue(corpus) == ["bridge", "school"]
    put(tmp_path / "mon" / "page.txt", "ferry")
    result = call("ingest", tmp_path / "mon" / ".." / "mon" / "page.txt", "--corpus", corpus)
    assert (result.code, "a new version of" in result.err) == (0, True)
    assert queue(corpus) == ["school", "ferry"]
    stored = [orjson.loads(p.read_bytes()) for p in (corpus / "articles").iterdir()]
    assert {x["came_from"] for x in stored} == {"../mon/page.txt", "../tue/page.txt"}
    assert {x["origin"] for x in stored if "school" in x["text"]} == {"page.txt"}


def test_a_row_on_top_moves_the_others(tmp_path: Path) -> None:
    """Records without an id are known by their text alone: their line is no identity."""
    corpus, file = tmp_path / "c", tmp_path / "r.jsonl"
    records(file, ("", "bridge"), ("", "school"))
    assert call("ingest", file, "--corpus", corpus).code == 0
    records(file, ("", "ferry"), ("", "bridge"), ("", "school"))
    result = call("ingest", file, "--corpus", corpus)
    assert (result.code, result.err) == (0, "")
    assert queue(corpus) == ["bridge", "school", "ferry"]


def test_a_record_with_an_id_has_versions(tmp_path: Path) -> None:
    """The id within its file is one; two texts of one id in one run stay both."""
    corpus, file = tmp_path / "c", tmp_path / "r.jsonl"
    for rows, there in (
        ([("1", "bridge"), ("2", "school")], ["bridge", "school"]),
        ([("2", "school"), ("1", "ferry")], ["school", "ferry"]),
        ([("1", "ferry"), ("1", "dyke"), ("2", "school")], ["school", "ferry", "dyke"]),
        ([("1", "ferry"), ("1", "quay"), ("2", "school")], ["school", "ferry", "quay"]),
    ):
        assert call("ingest", records(file, *rows), "--corpus", corpus).code == 0
        assert queue(corpus) == there


def test_a_page_that_moved_is_not_replaced(tmp_path: Path) -> None:
    """A text that is still among the sources stays, though another file has its old name now."""
    corpus, folder = tmp_path / "c", tmp_path / "in"
    put(folder / "a.txt", "bridge")
    assert call("ingest", folder, "--corpus", corpus).code == 0
    (folder / "a.txt").rename(folder / "b.txt")
    put(folder / "a.txt", "school")
    assert call("ingest", folder, "--corpus", corpus).code == 0
    assert queue(corpus) == ["bridge", "school"]


def test_an_earlier_version_comes_back(tmp_path: Path) -> None:
    """A, then B, then A again from one file: A is the newest once more, and it is said; and so on."""
    corpus, page = tmp_path / "c", tmp_path / "page.txt"
    states = []
    for topic in ("bridge", "school", "bridge", "bridge", "ferry"):
        result = call("ingest", put(page, topic), "--corpus", corpus)
        assert result.code == 0
        assert queue(corpus) == [topic]
        states.append(("back in the queue" in result.out, "an earlier version is back in place of" in result.err))
    assert states == [(False, False), (False, False), (True, True), (False, False), (False, False)]
    listed = call("articles", corpus, "--json").json
    bridge, _, ferry = (x["id"] for x in listed)
    assert [x["replaces"] for x in listed] == ["", bridge, bridge]
    assert [x["replaced_by"] for x in listed] == [ferry, bridge, ""]


def test_an_old_text_through_a_pipe_comes_back_beside_the_new_one(tmp_path: Path) -> None:
    """What is asked for comes into the queue; nothing tells that the other one is gone."""
    corpus, page = tmp_path / "c", tmp_path / "page.txt"
    for topic in ("bridge", "school"):
        call("ingest", put(page, topic), "--corpus", corpus)
    result = call("ingest", "-", "--corpus", corpus, "--json", stdin=text("bridge").encode())
    assert result.json["known"][0]["state"] == "back in the queue"
    assert queue(corpus) == ["bridge", "school"]


def test_journals_are_read_once_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many sources have changed; what is annotated of each is told."""
    corpus, folder = tmp_path / "c", tmp_path / "in"
    for n in range(5):
        put(folder / f"{n}.txt", f"bridge{n}")
    call("ingest", folder, "--corpus", corpus)
    annotate(corpus, "ana", "COUNT")
    for n in range(5):
        put(folder / f"{n}.txt", f"school{n}")
    calls = []
    real = Journal.open

    def counting(*args: object, **more: object) -> Journal:
        calls.append(args)
        return real(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Journal, "open", counting)
    result = call("ingest", folder, "--corpus", corpus)
    assert len(calls) == 1
    assert result.err.count("a new version of") == 5
    assert result.err.count(" of its 1 annotated sentences are unchanged") == 1


def test_a_journal_that_cannot_be_read_stops_no_ingest(tmp_path: Path) -> None:
    """It is told; the new versions are in."""
    corpus, page = tmp_path / "c", put(tmp_path / "page.txt", "bridge")
    call("ingest", page, "--corpus", corpus)
    annotate(corpus, "ana", "COUNT")
    (corpus / "annotations" / "bo.jsonl").mkdir()
    result = call("ingest", put(page, "school"), "--corpus", corpus)
    assert result.code == 0
    assert "bo.jsonl" in result.err
    assert "what is annotated of it stays in the journals" in result.err
    assert queue(corpus) == ["school"]


def test_no_corpus_without_an_article(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source that is read but gives no article makes no corpus; the next one that does makes it."""

    def fails(source: object, tokenizer: object) -> None:
        raise SourceError("no text in it", where="page.txt", do="give another")

    page = put(tmp_path / "page.txt", "bridge")
    with monkeypatch.context() as patch:
        patch.setattr("annotator.workflows.ingesting.build_article", fails)
        result = call("ingest", page, "--corpus", tmp_path / "c")
    assert (result.code, result.out) == (1, "")
    assert result.err == "annotator: page.txt: no text in it; give another\n"
    assert not (tmp_path / "c").exists()
    empty = tmp_path / "e.html"
    empty.write_text("<html><body></body></html>")
    assert call("ingest", empty, "--corpus", tmp_path / "c").code == 1
    assert not (tmp_path / "c").exists()
    assert call("ingest", empty, page, "--corpus", tmp_path / "c").code == 3


def test_ctrl_c_says_what_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was taken in stays, the exit code is 130 and documented, and another run goes on."""
    for n in range(3):
        put(tmp_path / "in" / f"{n}.txt", f"bridge{n}")
    calls: list[object] = []

    def stopped(*args: object) -> object:
        calls.append(args)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return build_article(*args)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr("annotator.workflows.ingesting.build_article", stopped)
        result = call("ingest", tmp_path / "in", "--corpus", tmp_path / "c")
    assert (result.code, result.out) == (130, "")
    assert result.err == "stopped: 2 articles are in, the rest is not; run it again to go on\n"
    assert "130 stopped with Ctrl+C" in " ".join(call("--help").out.split())
    again = call("ingest", tmp_path / "in", "--corpus", tmp_path / "c")
    assert "1 article added, 2 known" in again.out


def test_a_schema_for_a_corpus_that_cannot_be_written(
    corpus: Path, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is one line that says so, and the schema stays."""
    schema = corpus.parent / "s.toml"
    schema.write_text('[[label]]\nname = "SHIP"\n')
    before, real = (corpus / "schema.toml").read_bytes(), os.open

    def refuse(path: object, flags: int, *args: int, **more: int) -> int:
        if flags & os.O_CREAT and str(path).startswith(str(corpus)):
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, flags, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refuse)
    result = call("ingest", page, "--corpus", corpus, "--schema", schema)
    assert (result.code, result.err.count("\n")) == (1, 1)
    assert f"{corpus}: no permission to write here; ask the owner for it" in result.err
    assert (corpus / "schema.toml").read_bytes() == before


def test_a_schema_with_a_byte_order_mark(corpus: Path, page: Path) -> None:
    """It can be put in force, in a new corpus and in one that is there, and works afterwards."""
    schema = corpus.parent / "s.toml"
    schema.write_bytes(b'\xef\xbb\xbf[[label]]\nname = "SHIP"\n')
    for folder in (corpus, corpus.parent / "new"):
        assert call("ingest", page, "--corpus", folder, "--schema", schema).code == 0
        assert [x.name for x in CorpusFolder.open(folder).schema.labels] == ["SHIP"]


def test_listing_changes_nothing(corpus: Path) -> None:
    """`articles` warns of a torn line and leaves the disk as it is; an ingest sets it aside and says so."""
    with (corpus / "sentences.jsonl").open("ab") as file:
        file.write(b'{"id":"torn')
    before = {p: p.read_bytes() for p in corpus.rglob("*") if p.is_file()}
    article = call("articles", corpus, "--json").json[0]["id"]
    for args in ((), (article,), (article, "--json")):
        result = call("articles", corpus, *args)
        assert result.err == "warning: left out a torn last line of sentences.jsonl\n"
        assert {p: p.read_bytes() for p in corpus.rglob("*") if p.is_file()} == before
    result = call("ingest", put(corpus.parent / "more.txt", "school"), "--corpus", corpus)
    aside = "sentences.jsonl.torn-1"
    assert result.err == f"warning: set aside a torn last line of sentences.jsonl (11 bytes) in {aside}\n"
    assert (corpus / aside).read_bytes() == b'{"id":"torn'


def test_what_another_tool_has_annotated_is_for_an_import(tmp_path: Path) -> None:
    """Spans in records, and .ann files beside texts, are not taken in silence for nothing."""
    file = tmp_path / "all.jsonl"
    rows = [{"id": 1, "text": text("lock"), "label": [[4, 8, "VENUE"]]}, {"text": text("hall"), "label": ["x"]}]
    file.write_bytes(b"\n".join(orjson.dumps(r) for r in rows))
    beside = put(tmp_path / "brat" / "a.txt", "school")
    beside.with_suffix(".ann").touch()
    message = "hold annotations, and only the texts were taken: `annotator import` takes both"
    result = call("ingest", file, beside, "--corpus", tmp_path / "c")
    assert (result.code, result.err) == (0, f"note: 2 sources (the first: {file}#1) {message}\n")
    assert call("ingest", put(tmp_path / "b.txt", "pool"), "--corpus", tmp_path / "c").err == ""
    for name, data in (
        ("spans.csv", "text;start;end;label\nAda left the pier.;0;3;PERSON\n"),
        ("tasks.json", '[{"id": 1, "data": {"text": "Ada left."}, "annotations": [{"id": 1, "result": []}]}]'),
        ("words.conll", "Ada B-PERSON\nleft O\n"),
    ):
        (tmp_path / name).write_text(data)
        assert "holds annotations" in call("ingest", tmp_path / name, "--corpus", tmp_path / "c").err


def test_a_schema_changes_under_no_open_annotator(corpus: Path, page: Path) -> None:
    """Whoever annotates here goes on with the labels of the start; the same schema again is no change."""
    more = corpus.parent / "more.toml"
    before = (corpus / "schema.toml").read_bytes()
    more.write_bytes(before + b'[[label]]\nname = "SHIP"\n')
    with Journal.open(corpus, "ana"):
        result = call("ingest", page, "--corpus", corpus, "--schema", more)
        assert (result.code, result.out) == (1, "")
        assert "the journal is held by process" in result.err
        assert (corpus / "schema.toml").read_bytes() == before
        assert call("ingest", page, "--corpus", corpus, "--schema", corpus / "schema.toml").code == 0
    assert call("ingest", page, "--corpus", corpus, "--schema", more).code == 0
    assert CorpusFolder.open(corpus).schema.label("SHIP")


@pytest.mark.parametrize("name", [".x", "Bob!"])
def test_annotate_checks_the_name_before_it_changes_the_schema(
    corpus: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A start that fails leaves the corpus as it was."""
    monkeypatch.setattr("annotator.cli.annotate._require_terminal", lambda: None)
    before = (corpus / "schema.toml").read_bytes()
    more = corpus.parent / "more.toml"
    more.write_bytes(before + b'[[label]]\nname = "SHIP"\n')
    result = call("annotate", corpus, "--schema", more, "--as", name)
    assert result.code == 1
    assert f"{name!r} is no name for an annotator" in result.err
    assert (corpus / "schema.toml").read_bytes() == before
