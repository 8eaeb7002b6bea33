"""``export`` from the outside: copies stay together, bridges are told, a rebalance lasts."""

from __future__ import annotations

import errno
import hashlib
import itertools
import json
import shutil
from pathlib import Path

import pytest

from annotator.export.splits import part_of
from tests.cli.command_runner import call
from tests.cli.test_export_command import CorpusBuilder
from tests.export.export_samples import make_article, sentences
from tests.storage.storage_helpers import tree

WORDS = "crane quay ferry diver basin tide rope net hull mast oar buoy pier lock dune reef gull".split()  # noqa: SIM905


def _story(seed: int) -> str:
    """Return thirty words that no other seed has in that order."""
    picks = (hashlib.sha256(f"{seed} {n}".encode()).digest()[0] for n in range(30))
    return " ".join(WORDS[p % len(WORDS)] for p in picks)


def _placed(part: str) -> str:
    """Return a sentence whose article falls into a part by its hash."""
    seeds = (_story(n) for n in itertools.count())
    return next(s for s in seeds if part_of(make_article([[s]]).id, (80, 10, 10)) == part)


def _builder(path: Path) -> CorpusBuilder:
    """Make a corpus of thirteen articles, one of which repeats one in train and one in dev."""
    builder = CorpusBuilder(path)
    train, dev, test = (_placed(part) for part in ("train", "dev", "test"))
    others = [_story(10_000 + n) for n in range(9)]
    for text in [train, dev, test, *others]:
        builder.answer("ana", builder.of(builder.add([[text]])))
    builder.answer("ana", builder.of(builder.add([[f"{train} {dev}"]])))
    return builder


def test_a_bridge_is_reported_listed_and_lost(tmp_path: Path) -> None:
    """The export leaves the bridge out, names both sides, and exits with 3."""
    builder = _builder(tmp_path / "c")
    train, dev = (_placed(part) for part in ("train", "dev"))
    result = call("export", builder.path, tmp_path / "out")
    assert result.code == 3
    bridge, *sides = (make_article([[text]]).id for text in (f"{train} {dev}", train, dev))
    message = f"quarantined: {bridge} would bridge {sides[0]} in train and {sides[1]} in dev"
    assert message in result.out
    why = "its article would bridge parts of the split; --rebalance moves the others"
    assert f"left out as a whole: 1 accepted sentence ({why})" in result.out
    assert why in (tmp_path / "out" / "ledger.jsonl").read_text(encoding="utf-8")


def test_bridges_of_one_title_are_all_reported(tmp_path: Path) -> None:
    """Articles with the same headline are told apart by their ids; the terminal names a dozen of them."""
    builder = _builder(tmp_path / "c")
    train, dev = (_placed(part) for part in ("train", "dev"))
    for n in range(12):
        lines = [[f"{train} {dev} {_story(20_000 + n)[:40]}"]]
        article = make_article(lines, title="Ferry runs aground")
        builder.corpus.add_article(article, sentences(article, lines))
        builder.answer("ana", builder.of(article))
    result = call("export", builder.path, tmp_path / "out", "--report", "--json")
    message = result.json["study"]["quarantined"]
    assert len({b["article"] for b in message}) == 13
    assert [b["title"] for b in message].count("Ferry runs aground") == 12
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert all(b["article"] in page for b in message)
    out = call("export", builder.path, tmp_path / "out").out
    assert out.count("quarantined: ") == 12
    assert "  and 1 more; --json and --report have them all" in out


def test_a_bridge_counts_alike_however_the_export_is_made(tmp_path: Path) -> None:
    """What nobody has read of an article that is left out is not counted, by the stream or with a report."""
    builder = _builder(tmp_path / "c")
    train, dev = _placed("train"), _placed("dev")
    builder.answer("ana", builder.of(builder.add([[f"{train} {dev} again", "Nobody came ."]]))[:1])
    quick = call("export", builder.path, tmp_path / "quick", "--json")
    slow = call("export", builder.path, tmp_path / "slow", "--report", "--json")
    assert (quick.code, slow.code) == (3, 3)
    assert quick.json["totals"]["sentences"] == slow.json["totals"]["sentences"]
    assert slow.json["totals"]["sentences"]["unreviewed"] == 0


def test_a_rebalance_lasts(tmp_path: Path) -> None:
    """With --rebalance the other side moves, is told, and the next export has it so by itself."""
    builder = _builder(tmp_path / "c")
    result = call("export", builder.path, tmp_path / "out", "--rebalance", "--json")
    assert result.code == 0
    assert len(result.json["study"]["moved"]) == 1
    again = call("export", builder.path, tmp_path / "again", "--json")
    assert again.code == 0
    for part in ("train", "dev", "test"):
        assert (tmp_path / "out" / f"{part}.spacy").read_bytes() == (tmp_path / "again" / f"{part}.spacy").read_bytes()


def test_each_article_by_itself_on_request(tmp_path: Path) -> None:
    """With --split-by article nothing is quarantined, as in a split that knows no stories."""
    builder = _builder(tmp_path / "c")
    result = call("export", builder.path, tmp_path / "out", "--split-by", "article", "--json")
    assert result.code == 0
    assert result.json["totals"]["sentences"]["accepted"] == 13


def test_the_report_counts_leakage_beside_a_random_split(tmp_path: Path) -> None:
    """Nothing leaks by story; the same sentences dealt out by chance tear articles."""
    builder = _builder(tmp_path / "c")
    for n in range(10):
        lines = [[f"{_story(n * 100 + i)} ." for i in range(40, 46)]]
        builder.answer("ana", builder.of(builder.add(lines)))
    result = call("export", builder.path, tmp_path / "out", "--report", "--json")
    study = result.json["study"]
    assert study["leaks"] == {"articles": 0, "stories": 0, "sentences": 0, "alike": 0}
    assert study["by_chance"]["articles"] > 0
    assert study["labels"]["train"]["VENUE"] == study["sentences"]["train"]


def test_a_damaged_file_of_groups_is_an_error(tmp_path: Path) -> None:
    """The error says which file, and how to get a whole one."""
    builder = _builder(tmp_path / "c")
    (builder.path / "splits.json").write_text('{"_v": 1, "groups": {"../x": 1}}', encoding="utf-8")
    result = call("export", builder.path, tmp_path / "out")
    assert result.code == 1
    message = "`groups` does not give article ids by article id; restore it from a copy, try `annotator repair`"
    assert f"splits.json: {message}" in result.err


def test_too_few_stories_are_reported(tmp_path: Path) -> None:
    """A corpus that is one story is split by article all the same, nothing left out, with a warning."""
    builder = CorpusBuilder(tmp_path / "c")
    text = _story(1)
    for n in range(12):
        builder.answer("ana", builder.of(builder.add([[f"{text} {n}"]])))
    result = call("export", builder.path, tmp_path / "out", "--report", "--json")
    assert result.code == 0
    assert "too few stories to keep each in one part" in " ".join(json.loads(result.out)["warnings"])
    assert result.json["totals"]["sentences"]["accepted"] == 12
    assert result.json["study"]["leaks"]["stories"] > 0
    assert result.json["study"]["quarantined"] == []
    assert "report.html" in result.json["files"]


def test_the_page_says_how_the_split_was_drawn(tmp_path: Path) -> None:
    """Where there are too few stories, or none were asked for, the page promises nothing of stories."""
    builder = _builder(tmp_path / "c")
    page = tmp_path / "out" / "report.html"
    message = {"story": "copies of an article and articles on one story stay in one part"}
    message["article"] = "copies of an article, and articles on one story, may be in several parts"
    for by, words in message.items():
        call("export", builder.path, page.parent, "--report", "--split-by", by)
        assert words in page.read_text(encoding="utf-8")


def test_rebalancing_needs_stories(tmp_path: Path) -> None:
    """Who draws each article by itself has nothing to rebalance."""
    builder = _builder(tmp_path / "c")
    result = call("export", builder.path, tmp_path / "out", "--split-by", "article", "--rebalance")
    assert result.code == 2
    assert "--rebalance has no meaning with --split-by article; leave it out" in result.err


def test_copies_stay_together_however_the_export_is_made(tmp_path: Path) -> None:
    """The stream and the export with a report draw the same parts, copies of one text in one of them."""
    builder = CorpusBuilder(tmp_path / "c")
    for n in range(24):
        builder.answer("ana", builder.of(builder.add([[f"{_story(n // 2 * 7)} {n}"]])))
    quick = call("export", builder.path, tmp_path / "quick", "--json")
    slow = call("export", builder.path, tmp_path / "slow", "--report", "--json")
    assert (quick.code, slow.code) == (0, 0)
    assert quick.json["study"] is None
    assert slow.json["study"]["leaks"]["stories"] == 0
    assert slow.json["study"]["by_chance"]["stories"] > 0
    for part in ("train", "dev", "test"):
        name = f"{part}.spacy"
        assert (tmp_path / "quick" / name).read_bytes() == (tmp_path / "slow" / name).read_bytes()


def test_the_page_shows_how_far_annotators_agree(tmp_path: Path) -> None:
    """With --annotator the others are not exported, but agreement with them is shown."""
    builder = CorpusBuilder(tmp_path / "c")
    for n in range(12):
        of = builder.of(builder.add([[_story(n)]]))
        builder.answer("ana", of)
        builder.answer("bo", of, words=slice(0, 1 + n % 2))
    assert call("export", builder.path, tmp_path / "out", "--annotator", "ana", "--report").code in {0, 3}
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<h2>Agreement</h2>" in page
    assert '<td dir="auto">ana and bo</td><td dir="auto">VENUE</td><td class="n">12</td>' in page
    assert '<td class="n">0.50</td><td class="n">1.00</td>' in page


def test_a_rebalance_that_cannot_last_leaves_all_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the corpus takes no file, the export stops before it has written anything."""
    builder = _builder(tmp_path / "c")

    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "read-only")

    monkeypatch.setattr("annotator.workflows.split_source.TemporaryFile", refused)
    before = tree(tmp_path)
    result = call("export", builder.path, tmp_path / "out", "--rebalance")
    assert result.code == 1
    assert f"{builder.path}: cannot write here: the disk is read-only; work on a copy" in result.err
    assert tree(tmp_path) == before


@pytest.mark.parametrize("form", ["spacy", "doccano"])
def test_lost_articles_are_named(tmp_path: Path, form: str) -> None:
    """A corpus without the folder of its articles is told by that folder's name."""
    builder = _builder(tmp_path / "c")
    shutil.rmtree(builder.path / "articles")
    result = call("export", builder.path, tmp_path / "out", "--format", form)
    message = "the corpus has lost the folder with its articles; restore it from a copy"
    assert (result.code, result.err) == (1, f"annotator: {builder.path / 'articles'}: {message}\n")
