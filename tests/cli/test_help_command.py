"""``annotator help``: the pages of the manual."""

from __future__ import annotations

import sys
from typing import Any

import click
import pytest

from annotator.cli import output
from annotator.manual import manual_topics, read_manual_page
from tests.cli.command_runner import call


def test_without_a_topic_it_lists_the_pages() -> None:
    """The index names each page and how to see it."""
    report = call("help")
    assert report.code == 0
    assert "`annotator help TOPIC`" in report.out
    assert all(f"[{topic}]" in report.out for topic in manual_topics())


@pytest.mark.parametrize("topic", [*manual_topics(), "index"])
def test_a_page_is_written_as_markdown(topic: str) -> None:
    """A page begins with its title; comments and pictures are left out."""
    report = call("help", topic)
    assert (report.code, report.err) == (0, "")
    assert report.out.startswith("# ")
    assert "<!--" not in report.out
    assert "![" not in report.out


@pytest.mark.parametrize("word", ["Corpus_Folder", "corpus-folder.md", "CORPUS FOLDER"])
def test_a_topic_may_be_spelled_otherwise(word: str) -> None:
    """Capitals, underscores, blanks and the ending make no difference."""
    assert call("help", word).out == call("help", "corpus-folder").out


def test_an_unknown_topic_suggests_the_nearest() -> None:
    """A misspelled topic is wrong usage, and the message names the page that is meant."""
    report = call("help", "exprt")
    assert report.code == 2
    assert report.err == "annotator: the manual has no page 'exprt'; try `annotator help export`\n"
    assert "`annotator help` lists the pages" in call("help", "zzz").err


@pytest.mark.parametrize(
    ("word", "topics"),
    [("spacy", {"export", "training", "suggestions"}), ("labels", {"schema"}), ("doccano", {"coming-from-doccano"})],
)
def test_another_word_lists_the_pages_that_have_it(word: str, topics: set[str]) -> None:
    """The page that that is most about it is first, each with the first line that has it."""
    report = call("help", word)
    rows = report.out.splitlines()[2:]
    assert (report.code, report.err) == (0, "")
    assert topics <= {row.split()[2] for row in rows}
    assert all(word in row.casefold() for row in rows)


def test_a_command_without_a_page_gives_its_options() -> None:
    """The name of a command is never refused."""
    assert "--into" in call("help", "merge").out
    assert call("help", "schema", "rename").out.startswith("Usage: annotator schema rename [OPTIONS] CORPUS OLD NEW")


def test_in_a_terminal_a_page_is_paged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal gets the page laid out, in the user's pager; tables have no bars of Markdown."""
    shown: list[Any] = []
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(click, "echo_via_pager", shown.append)
    output.write_page(read_manual_page("export"))
    (text,) = shown
    assert "train.spacy" in text
    assert "| ---" not in text
    assert max(map(len, text.splitlines())) <= 100
