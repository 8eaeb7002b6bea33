"""``articles`` and ``export`` from the outside."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from annotator.cli.main import _COMMANDS
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from tests import builders
from tests.cli.command_runner import call
from tests.cli.test_bad_input import annotate

ROOT = Path(__file__).resolve().parents[2]


def test_every_line_has_a_verdict_and_can_be_switched(corpus: Path) -> None:
    """A dropped line is shown with its reason, switched on, and switched back with --undo."""
    (row,) = call("articles", corpus, "--json").json
    assert (row["byline"], row["date"], row["sentences"]) == ("Ada Pell", "2026-03-04", 3)
    shown = call("articles", corpus, row["id"][:6], "--json").json
    last = next(x for x in shown["lines"] if x["text"].startswith("Subscribe"))
    assert last["verdict"] == "boilerplate"
    assert last["reason"]
    number = str(last["line"])
    switched = call("articles", corpus, row["id"], "--switch", number, "body", "--json").json
    assert switched["lines"][last["line"] - 1]["verdict"] == "body"
    assert call("articles", corpus, "--json").json[0]["sentences"] == 4
    undone = call("articles", corpus, row["id"], "--undo", "--json").json
    assert undone["lines"] == shown["lines"]


@pytest.mark.parametrize(
    ("switch", "message"),
    [
        (("99", "body"), "there is no line 99"),
        (("3", "prose"), "there is no verdict 'prose'"),
        (("2", "body"), "blank"),
    ],
)
def test_a_switch_that_makes_no_sense(corpus: Path, switch: tuple[str, str], message: str) -> None:
    """A wrong line or verdict is wrong usage: exit 2 and what there is."""
    article = call("articles", corpus, "--json").json[0]["id"]
    result = call("articles", corpus, article, "--switch", *switch)
    assert (result.code, message in result.err) == (2, True)


def test_text_from_a_page_can_not_command_a_terminal(tmp_path: Path) -> None:
    """Escapes in a page reach stdout as visible characters."""
    page = tmp_path / "x.txt"
    page.write_text("Fog \x1b]52;c;YWJj\x07 over the harbour\n\nThe fog \x1b[31mstayed for a week, said Ada Pell.\n")
    call("ingest", page, "--corpus", tmp_path / "c")
    article = call("articles", tmp_path / "c", "--json").json[0]["id"]
    for result in (call("articles", tmp_path / "c"), call("articles", tmp_path / "c", article)):
        assert result.out.replace("\n", "").isprintable()


def test_the_sample_exports_enough_to_train(tmp_path: Path) -> None:
    """The sample gives more than 100 training documents, and a ledger in which in = out + listed."""
    result = call("export", ROOT / "corpus", tmp_path / "out", "--json")
    assert result.code == 0, result.err
    report = result.json
    assert report["parts"]["train"]["docs"] > 100
    assert all(report["parts"][p]["docs"] for p in ("train", "dev", "test"))
    assert report["lost"] == 0
    last = orjson.loads((tmp_path / "out" / "ledger.jsonl").read_bytes().splitlines()[-1])
    assert "totals" in last


def test_a_failed_export_leaves_the_old_one(corpus: Path, tmp_path: Path) -> None:
    """An export that stops at a conflict leaves the files of the one before byte for byte."""
    out = tmp_path / "out"
    assert call("export", ROOT / "corpus", out).code == 0
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    annotate(corpus, "ana", "COUNT")
    annotate(corpus, "bo", "VENUE")
    assert call("export", corpus, out).code == 1
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before


def test_a_switched_off_line_is_left_out_and_reported(tmp_path: Path, corpus: Path) -> None:
    """Annotations in a line that is switched off stay in the journal, are not exported, and it is said."""
    annotate(corpus, "ana", "COUNT")
    article = call("articles", corpus, "--json").json[0]["id"]
    shown = call("articles", corpus, article, "--json").json
    first = next(x["line"] for x in shown["lines"] if x["verdict"] == "body")
    call("articles", corpus, article, "--switch", str(first), "boilerplate")
    result = call("export", corpus, tmp_path / "out")
    assert result.code == 1
    assert "nothing" in result.err or "no " in result.err
    assert len(Journal.open(corpus, "ana", read_only=True).records) == 1


def test_help_lists_every_command() -> None:
    """The group's help names each command, and each command has help of its own."""
    result = call("--help")
    assert result.code == 0
    for name in _COMMANDS:
        assert name in result.out
        assert call(name, "--help").code == 0


def test_a_word_that_is_no_command_is_a_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``annotator FOLDER`` annotates it; a command's name wins over a folder's."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "export").mkdir()
    builders.make_corpus(tmp_path / "somewhere")
    assert "needs a terminal" in call("somewhere").err
    assert "there is no command 'nowhere', and no such corpus" in call("nowhere").err
    assert "Missing argument" in call("export").err


def test_stdin_and_folders_are_sources(tmp_path: Path, page: Path) -> None:
    """``-`` reads standard input, a folder is taken whole, JSONL keeps its fields as metadata."""
    result = call("ingest", "-", "--corpus", tmp_path / "a", stdin=page.read_bytes())
    assert (result.code, "1 article added" in result.out) == (0, True)
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "b.jsonl").write_text('{"text": "It left.", "meta": {"desk": "sea"}}\n')
    assert call("ingest", tmp_path / "in", "--corpus", tmp_path / "b").code == 0
    corpus = CorpusFolder.open(tmp_path / "b")
    assert corpus.article(corpus.article_ids()[0]).meta["desk"] == "sea"


def test_who_switches_has_the_name_of_an_annotator(corpus: Path) -> None:
    """The name goes into the article's file."""
    article = call("articles", corpus, "--json").json[0]["id"]
    result = call("articles", corpus, article, "--switch", "1", "caption", "--as", "B C")
    assert result.code == 1
    assert "'B C' is no name for an annotator" in result.err
