"""Files of several stories on their way into a corpus: an article each, again and again."""

from __future__ import annotations

from pathlib import Path

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
