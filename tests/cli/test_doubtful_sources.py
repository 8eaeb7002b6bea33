"""Sources whose lines are doubtful: what ``ingest``, ``articles``, ``check`` and ``export`` report of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from annotator import Corpus
from annotator.ingest import article_builder
from annotator.ingest.clean import CleanedPage
from annotator.ingest.language_advice import MEASURED_LANGUAGES
from tests.benchmarks.sentence_languages import languages
from tests.cli.command_runner import call
from tests.cli.conftest import PAGE
from tests.cli.test_bad_input import annotate

DOUBT = "most of the prose is outside the article"


@pytest.fixture(autouse=True)
def _doubts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the cleaner doubt a page that has the word Doubtful."""
    clean = article_builder.clean

    def doubting(text: str, *rest: str) -> CleanedPage:
        page = clean(text, *rest)
        return replace(page, doubt=DOUBT if "Doubtful" in text else "")

    monkeypatch.setattr(article_builder, "clean", doubting)


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[list[Path]]:
    """Return six doubtful pages and one that is not."""
    paths = [tmp_path / f"page{n}.txt" for n in range(7)]
    for n, path in enumerate(paths):
        path.write_text(PAGE.replace("14 roads", f"{n + 20} roads") + ("Doubtful\n" if n < 6 else ""))
    return paths


def test_doubt_is_a_warning(tmp_path: Path, pages: list[Path]) -> None:
    """The first five are named with the command that shows their lines, then a count; the exit code stays 0."""
    folder = tmp_path / "news"
    for again in (call("ingest", *pages, "--corpus", folder), call("ingest", *pages, "--corpus", folder)):
        assert again.code == 0
        lines = [line for line in again.err.splitlines() if "doubtful" in line]
        first = call("articles", folder, "--json").json[0]["id"]
        shows = f"`annotator articles {folder} {first}` shows its lines"
        assert lines[0] == f"warning: {pages[0]} is doubtful: {DOUBT}; {shows}"
        assert lines[5:] == [
            f"warning: 1 more source is doubtful: `annotator check {folder} --only doubt` lists all of them"
        ]


@pytest.mark.parametrize("both", [("--settle", "--undo"), ("--switch", "2", "body", "--settle")])
def test_one_change_at_a_time(tmp_path: Path, pages: list[Path], both: tuple[str, ...]) -> None:
    """Two changes that would undo or settle each other are wrong usage, and nothing is changed."""
    folder = tmp_path / "news"
    (row,) = call("ingest", pages[0], "--corpus", folder, "--json").json["added"]
    result = call("articles", folder, row["id"], *both)
    assert (result.code, "exclude each other" in result.err) == (2, True)
    assert call("articles", folder, row["id"], "--json").json["doubt"] == DOUBT


def test_strict_leaves_doubtful_sources_out(tmp_path: Path, pages: list[Path]) -> None:
    """Nothing of a doubtful source is written, each is listed, and the exit code is 3."""
    folder, out = tmp_path / "news", ("--strict", "--json")
    result = call("ingest", pages[0], "--corpus", folder, *out)
    assert (result.code, folder.exists()) == (3, False)
    assert [(x["origin"], x["doubt"]) for x in result.json["failed"]] == [(str(pages[0]), DOUBT)]
    assert f"{pages[0]}: doubtful: {DOUBT}; leave --strict out" in result.err
    mixed = call("ingest", *pages, "--corpus", folder, *out)
    assert (mixed.code, len(mixed.json["added"]), len(mixed.json["failed"])) == (3, 1, 6)
    assert len(list((folder / "articles").iterdir())) == 1


def test_strict_keeps_the_version_before_a_doubtful_one(tmp_path: Path, pages: list[Path]) -> None:
    """A doubtful new version replaces nothing, and neither does an earlier one that comes back with its doubt."""
    folder, page = tmp_path / "news", pages[6]
    plain = page.read_text()
    call("ingest", page, "--corpus", folder)
    page.write_text(plain + "Doubtful\n")
    assert call("ingest", page, "--corpus", folder, "--strict").code == 3
    (kept,) = call("articles", folder, "--json").json
    assert kept["replaced_by"] == ""
    call("ingest", page, "--corpus", folder)
    page.write_text(plain)
    call("ingest", page, "--corpus", folder)
    page.write_text(plain + "Doubtful\n")
    assert call("ingest", page, "--corpus", folder, "--strict").code == 3
    rows = {x["id"]: x for x in call("articles", folder, "--json").json}
    assert rows[kept["id"]]["replaced_by"] == ""
    (doubtful,) = (x for x in rows.values() if x["doubt"])
    call("articles", folder, doubtful["id"], "--settle")
    assert call("ingest", page, "--corpus", folder, "--strict").code == 0  # somebody has confirmed its lines


def test_articles_and_check_show_it_until_it_is_settled(tmp_path: Path, pages: list[Path]) -> None:
    """The list has a sign and the clause, the lines come with it, CI finds it, and --settle ends all of that."""
    folder = tmp_path / "news"
    call("ingest", pages[0], pages[6], "--corpus", folder)
    doubtful, sound = call("articles", folder).out.splitlines()
    assert doubtful.endswith(f"  # Council buys second snow plough after winter of closed roads  (doubtful: {DOUBT})")
    assert sound.endswith("lines    Council buys second snow plough after winter of closed roads")
    article = call("articles", folder, "--json").json[0]["id"]
    shown = call("articles", folder, article)
    assert f"doubt  {DOUBT}\n" in shown.out
    assert "--settle, if they are all right" in shown.err
    assert call("articles", folder, article, "--json").json["doubt"] == DOUBT
    found = call("check", folder, "--only", "doubt", "--json")
    (problem,) = found.json["problems"]
    assert (found.code, problem["level"], problem["article"], problem["what"]) == (3, "warning", article, DOUBT)
    assert call("articles", folder, article, "--settle", "--json").json["doubt"] == ""
    assert call("check", folder, "--only", "doubt").code == 0
    again = call("articles", folder, article, "--settle")
    assert "no doubt about this article is open" in again.err
    assert call("articles", folder, article, "--undo", "--json").json["doubt"] == DOUBT
    assert call("articles", folder, "--settle").code == 2


def test_an_export_names_doubtful_articles(tmp_path: Path, pages: list[Path]) -> None:
    """An export of an article with an open doubt warns, in each format, and loses nothing by it."""
    folder = tmp_path / "news"
    call("ingest", pages[0], "--corpus", folder)
    annotate(folder, "ana", "COUNT")
    for n, options in enumerate([(), ("--format", "prodigy")]):
        result = call("export", folder, tmp_path / f"out{n}", *options)
        warning = f"warning: 1 exported article has doubtful lines: `annotator check {folder} --only doubt` lists it"
        assert (result.code, warning in result.err) == (0, True), result.err


def test_the_same_from_python(tmp_path: Path, pages: list[Path]) -> None:
    """``Corpus.ingest`` has the doubt in its rows, and ``strict`` as the command has it."""
    corpus = Corpus.create(tmp_path / "news")
    assert [x["doubt"] for x in corpus.ingest([pages[0]], strict=True).failed] == [DOUBT]
    assert not list(corpus.articles())
    assert [x["doubt"] for x in corpus.ingest([pages[0]]).added] == [DOUBT]
    assert [x["doubt"] for x in corpus.ingest([pages[0]], strict=True).known] == [DOUBT]
    assert [article.doubt for article in corpus.articles()] == [DOUBT]


def test_a_merge_keeps_what_a_person_has_settled(tmp_path: Path, pages: list[Path]) -> None:
    """A doubt that is settled in one of two corpora is settled in both; an undo there opens it again."""
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        call("ingest", pages[0], "--corpus", folder)
    article = call("articles", one, "--json").json[0]["id"]
    merge = ("merge", one, other, "--into")
    assert call(*merge, tmp_path / "open").code == 0
    assert call("articles", tmp_path / "open", article, "--json").json["doubt"] == DOUBT
    call("articles", other, article, "--settle")
    assert call(*merge, tmp_path / "settled").code == 0
    assert call("articles", tmp_path / "settled", article, "--json").json["doubt"] == ""
    assert call("articles", tmp_path / "settled", article, "--undo", "--json").json["doubt"] == DOUBT


def test_a_damaged_article_is_mended_with_its_doubt(tmp_path: Path, pages: list[Path]) -> None:
    """Its source mends it, in a strict run too, and the doubt is as it was: open, or settled."""
    folder = tmp_path / "news"
    call("ingest", pages[0], "--corpus", folder)
    (path,) = (folder / "articles").iterdir()
    for change, doubt in ((), DOUBT), (("--settle",), ""):
        call("articles", folder, path.stem, *change)
        path.write_bytes(path.read_bytes().replace(b"snow plough", b"snow ploxxh", 1))
        assert call("check", folder, "--only", "journal").code == 3
        (row,) = call("ingest", pages[0], "--corpus", folder, "--strict", "--json").json["known"]
        assert (row["state"], row["doubt"]) == ("was damaged, mended from its source", doubt)


@pytest.mark.parametrize(("lang", "warns"), [("en", False), ("de", False), ("xx", False), ("is", True), ("th", True)])
def test_a_new_corpus_in_a_language_that_nobody_measured(tmp_path: Path, lang: str, warns: bool) -> None:
    """The first ingest warns of it, and no later one; the languages are those of the benchmark."""
    page, words = tmp_path / "a.txt", f"sentences are cut in this language ({lang})"
    for n in range(2):
        page.write_text(f"The ferry left at noon {n} times.\n")
        result = call("ingest", page, "--corpus", tmp_path / "c", "--lang", lang, "--tokens", "characters")
        assert (result.code, words in result.err) == (0, warns and n == 0), result.err


def test_measured_languages_have_paragraphs() -> None:
    """Each language that counts as measured has paragraphs in the benchmark of sentences, and English its own."""
    assert {"en", *languages()} == MEASURED_LANGUAGES
