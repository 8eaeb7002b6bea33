"""Files of several stories on their way into a corpus: an article each, again and again."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.core.article import LineVerdict
from annotator.ingest import sources
from annotator.ingest.story_cut import StoryCut
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.ingesting import IngestReport, ingest

STORIES = [
    "Hospital in Port Amery to close its ward\nBy Lena Orr\n\nPORT AMERY — The hospital will close a ward in April.",
    "Ferry late again\nBy Tom Lund\n\nSKERRIN — The ferry to Skerrin was late again on Monday, its owners said.",
    "Dyke holds in Arden\nBy Ana Reyes\n\nARDEN — The old dyke held on Monday although the river rose by two metres.",
]


def put(folder: Path, *stories: str) -> IngestReport:
    """Write the stories to one file and ingest it."""
    file = folder / "wire.txt"
    file.write_text("\n\n-30-\n\n".join(stories), encoding="utf-8")
    return ingest(folder / "corpus", [file])


def queue(folder: Path) -> list[str]:
    """Return the titles in the queue, sorted."""
    corpus = CorpusFolder.open(folder / "corpus")
    articles = [corpus.article(x) for x in corpus.article_ids()]
    return sorted(x.title for x in articles if not x.replaced_by)


def test_each_story_is_an_article(tmp_path: Path) -> None:
    """The report says so once, origins count the stories, and the same file adds nothing."""
    report = put(tmp_path, *STORIES)
    assert report.notes == (f"{tmp_path / 'wire.txt'}: 3 stories, an article each",)
    assert [row["origin"] for row in report.added] == [f"{tmp_path / 'wire.txt'}#{n}" for n in (1, 2, 3)]
    again = put(tmp_path, *STORIES)
    assert not again.added
    assert [row["state"] for row in again.known] == ["already in the corpus"] * 3


def test_a_changed_story_is_a_new_version_and_a_new_one_replaces_none(tmp_path: Path) -> None:
    """Stories are known by their headlines, so one that comes before the others moves no work to another article."""
    first = put(tmp_path, *STORIES)
    news = "Bridge opens\nBy Ana Reyes\n\nDUNMERE — The new bridge at Dunmere is open after nine years of work."
    report = put(tmp_path, news, STORIES[0], STORIES[1].replace("again on", "once more on"))
    replaced = {row["origin"][-2:]: row["replaces"] for row in report.added}
    assert replaced == {"#1": None, "#3": first.added[1]["id"]}
    assert queue(tmp_path) == sorted(story.split("\n")[0] for story in [news, *STORIES])


def test_a_file_that_grows_and_one_that_was_taken_in_whole(tmp_path: Path) -> None:
    """The only story of a file becomes the first of several; a whole file in the queue is not added in parts."""
    first = put(tmp_path, STORIES[0])
    report = put(tmp_path, *STORIES[:2])
    assert [row["replaces"] for row in report.added] == [first.added[0]["id"], None]
    whole = tmp_path / "whole.jsonl"
    whole.write_text('{"text": "' + "\n\n-30-\n\n".join(STORIES).replace("\n", "\\n") + '"}', encoding="utf-8")
    ingest(tmp_path / "other", [whole])
    (tmp_path / "wire.txt").write_text("\n\n-30-\n\n".join(STORIES), encoding="utf-8")
    report = ingest(tmp_path / "other", [tmp_path / "wire.txt"])
    assert not report.added
    assert len(report.known) == 1


def put_uncut(folder: Path, monkeypatch: pytest.MonkeyPatch, *kept: str) -> str:
    """Ingest all stories as one article, as programs before did, the lines of some alone kept; return its id."""
    with monkeypatch.context() as patch:
        patch.setattr(sources, "cut_stories", lambda text: StoryCut((text,)))
        article_id: str = put(folder, *STORIES).added[0]["id"]
    corpus = CorpusFolder.open(folder / "corpus")
    for n, line in enumerate(corpus.article(article_id).text.split("\n")):
        verdict = LineVerdict.BODY if any(line and line in story for story in kept) else LineVerdict.BOILERPLATE
        corpus.set_line_verdict(article_id, n, verdict, by="ana", time=0)
    return article_id


def test_a_file_that_is_one_article_with_several_stories_stays_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An article has one later version, so that cut stories would leave the work on all but one behind."""
    old = put_uncut(tmp_path, monkeypatch, *STORIES)
    report = put(tmp_path, STORIES[0], STORIES[1].replace("again on", "once more on"), STORIES[2])
    assert [row["replaces"] for row in report.added] == [old]
    assert "3 stories stay one article" in report.notes[0]
    assert [row["id"] for row in put(tmp_path, *STORIES).known] == [old]
    file = tmp_path / "corpus" / "articles" / f"{old}.json"
    file.write_text(file.read_text(encoding="utf-8").replace("held on Monday", "fell on Monday"), encoding="utf-8")
    assert [row["state"] for row in put(tmp_path, *STORIES).known] == ["was damaged, mended from its source"]


def test_a_file_that_is_one_article_with_one_story_kept_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No work is on the other stories, which nobody has met before."""
    old = put_uncut(tmp_path, monkeypatch, STORIES[1])
    report = put(tmp_path, STORIES[0], STORIES[1].replace("again on", "once more on"), STORIES[2])
    assert [row["replaces"] for row in report.added] == [None, old, None]


COW = "In brief\nBy Tom Lund\n\nARDEN — A court said that a cow may keep her bell. The ruling is final, it said."
PARROT = (
    "In brief\nBy Tom Lund\n\nDUNMERE — A parrot that speaks Dutch was found in the old harbour. It asks for cheese."
)


def test_stories_of_one_headline_are_no_versions_of_each_other(tmp_path: Path) -> None:
    """A story that goes, or changes places with another, takes no other one out of the queue."""
    first = put(tmp_path, COW, PARROT, STORIES[0])
    assert not any(row["replaces"] for row in put(tmp_path, PARROT, STORIES[0]).known)
    report = put(tmp_path, PARROT, COW.replace("is final", "is not final"))
    assert [row["replaces"] for row in report.added] == [first.added[0]["id"]]
    assert not any(row["replaces"] for row in report.known)
    assert queue(tmp_path) == sorted(["In brief", "In brief", STORIES[0].split("\n")[0]])


def test_a_story_under_a_new_headline_is_a_new_version(tmp_path: Path) -> None:
    """Most of its text is enough; a story of other text under another headline replaces none."""
    first = put(tmp_path, *STORIES)
    report = put(tmp_path, STORIES[0].replace("to close its ward", "in trouble"), COW, STORIES[2])
    assert [row["replaces"] for row in report.added] == [first.added[0]["id"], None]


def test_a_file_that_is_left_with_one_story(tmp_path: Path) -> None:
    """The story is a new version of the one that the file held, and comes back as an earlier one."""
    first = put(tmp_path, *STORIES[:2])
    report = put(tmp_path, STORIES[1].replace("again on", "once more on"))
    assert [row["replaces"] for row in report.added] == [first.added[1]["id"]]
    report = put(tmp_path, *STORIES[:2])
    assert "an earlier version is back in place" in report.notes[-1]
    assert queue(tmp_path) == sorted(story.split("\n")[0] for story in STORIES[:2])


def test_a_record_is_no_story_of_another_one(tmp_path: Path) -> None:
    """An id with a number sign in it makes no story of the record."""
    file = tmp_path / "a.jsonl"
    rows = ['{"id": "x", "text": "%s"}', '{"id": "x#y", "text": "%s"}']
    file.write_text(rows[1] % "The ferry left at noon. It was full.", encoding="utf-8")
    ingest(tmp_path / "corpus", [file])
    file.write_text(rows[0] % "The ferry left at noon. It was empty.", encoding="utf-8")
    assert not any(row["replaces"] for row in ingest(tmp_path / "corpus", [file]).added)
