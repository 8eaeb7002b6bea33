"""``export --format prodigy`` from the outside: every answer of everybody, and what is lost on the way."""

from __future__ import annotations

from pathlib import Path

from annotator.core.annotation import Answer
from annotator.core.spans import Span
from annotator.formats import prodigy
from annotator.formats.document import ConversionLog
from annotator.formats.import_source import ImportSource
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.format_export import build_documents
from annotator.workflows.record_selection import select_items
from tests.cli.command_runner import call
from tests.cli.test_export_command import QUAYS, TOWNS, CorpusBuilder


def test_prodigy_gets_every_answer(tmp_path: Path) -> None:
    """``--format prodigy`` writes each annotator's answers, whether or not they are in conflict."""
    builder = CorpusBuilder(tmp_path / "news")
    every = builder.of(builder.add(TOWNS))
    builder.answer("ana", every[:3])
    builder.answer("bob", every[:1], words=slice(1, 2))
    builder.answer("bob", every[3:4], Answer.REJECT)
    builder.answer("bob", every[4:5], Answer.IGNORE)
    builder.answer("bob", every[5:6], None)
    out = tmp_path / "out"
    result = call("export", builder.path, out, "--format", "prodigy", "--json")
    assert result.code == 0, result.err
    assert sorted(p.name for p in out.iterdir()) == ["annotations.jsonl", "ledger.jsonl", "manifest.json"]
    tasks = list(prodigy.read(ImportSource(out / "annotations.jsonl"), ConversionLog()))
    found = [(t.annotator, t.meta["sentence"], t.answer, t.spans) for t in tasks]
    first = every[0].tokens
    assert found[0] == ("ana", every[0].id, Answer.ACCEPT, (Span(first[0].start, first[0].end, "VENUE"),))
    assert found[3] == ("bob", every[0].id, Answer.ACCEPT, (Span(first[1].start, first[1].end, "VENUE"),))
    assert [t.answer for t in tasks[4:]] == [Answer.REJECT, Answer.IGNORE]
    assert len(tasks) == 6
    assert result.json["totals"]["sentences"] == {"accepted": 4, "rejected": 1, "ignored": 1, "unfinished": 1}
    lines = call("export", builder.path, out, "--format", "prodigy", "--annotator", "ana").out
    assert "sentences: 3 accepted" in lines


def test_an_article_has_nothing_of_what_was_rejected(tmp_path: Path) -> None:
    """One document of a whole article has one answer, whatever the format can hold."""
    builder = CorpusBuilder(tmp_path / "news")
    every = builder.of(builder.add(TOWNS))
    builder.answer("ana", every[:2])
    builder.answer("ana", every[2:3], Answer.REJECT)
    items = select_items(CorpusFolder.open(builder.path)).items
    (made,) = build_documents(items, "article", ["PERSON"], answers=True)
    assert made.sentences == tuple((s.start, s.end) for s in every[:2])
    assert len(made.spans) == 2


def test_prodigy_shows_of_losses_and_takes_the_place_of_an_export(tmp_path: Path) -> None:
    """A lost article makes exit 3 here too; one folder holds one export, whatever its format."""
    builder = CorpusBuilder(tmp_path / "news")
    kept, gone = builder.add(TOWNS), builder.add(QUAYS)
    builder.answer("ana", [*builder.of(kept), *builder.of(gone)])
    out = tmp_path / "out"
    assert call("export", builder.path, out, "--split", "100/0/0").code == 0
    (builder.path / "articles" / f"{gone.id}.json").unlink()
    result = call("export", builder.path, out, "--format", "prodigy", "--json")
    assert (result.code, result.json["lost"]) == (3, 6)
    assert set(result.json["removed"]) == {"train.spacy", "config.cfg", "parts.json"}
    assert call("export", builder.path, out, "--split", "100/0/0").code == 3
    names = {"config.cfg", "ledger.jsonl", "manifest.json", "parts.json", "train.spacy"}
    assert {p.name for p in out.iterdir()} == names


def test_prodigy_has_no_parts(tmp_path: Path) -> None:
    """An option that the format has no use for is wrong usage, and nothing finished is an error."""
    builder = CorpusBuilder(tmp_path / "news")
    result = call("export", builder.path, tmp_path / "out", "--format", "prodigy", "--unit", "article")
    assert (result.code, "--unit has no meaning with --format prodigy; leave it out" in result.err) == (2, True)
    result = call("export", builder.path, tmp_path / "out", "--format", "prodigy")
    assert (result.code, "there is no finished sentence to export; annotate some" in result.err) == (1, True)
