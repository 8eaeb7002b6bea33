"""A check from another distribution runs beside the built-in ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.core.edits import add_span
from tests import builders
from tests.cli.command_runner import call
from tests.plugins.conftest import Install

LOUD = '''
"""No label covers a word of capitals."""
level = "error"
description = "spans of capitals"

def check(check_input):
    for reviewed, span in check_input.spans():
        words = reviewed.annotated.text_of(span)
        if words.isupper():
            yield reviewed.location_of(span), f"{words} is in capitals", "write it as a name"
    for article in check_input.articles.values():
        if "!" in article.title:
            from annotator.plugins import ProblemLocation
            yield ProblemLocation(article=article.id), "the title shouts", "calm it"
'''


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a corpus in which a word of capitals is a person, under a title that shouts."""
    article = builders.article("There sat ADA.", "b", title="Ferry late!")
    corpus = builders.make_corpus(tmp_path / "news", article)
    session = builders.open_session(corpus)
    work = session.annotation_store.sentences_of(article.id)[0]
    span = builders.span(work.sentence.text, "ADA", "PERSON")
    session.apply_edit(add_span(work, span, corpus.schema))
    session.close()
    return corpus.path


def test_a_foreign_check_has_its_name_as_its_kind(install: Install, corpus: Path) -> None:
    """Its problems come last, have file, line and number, and count by its level."""
    install("checks", "loud", LOUD)
    said = call("check", corpus, "--with", "loud", "--level", "error")
    assert said.code == 3, said.err
    assert [line.partition(": ")[2] for line in said.out.splitlines()] == [
        "error loud: the title shouts; calm it",
        "error loud: ADA is in capitals; write it as a name",
        "loud 2",
    ]
    assert "annotations/ana.jsonl:1 " in said.out
    assert "[10-13] (1.1): " in said.out
    assert call("check", corpus, "--with", "loud", "--json").json["kinds"]["loud"] == 2
    assert call("check", corpus, "--level", "error").code == 0, "it runs only where it is named"
    assert call("check", corpus, "--with", "loud", "--only", "loud", "--json").json["kinds"] == {"loud": 2}


@pytest.mark.parametrize("source", ["x = 1", "def check(c):\n    1 / 0", "def check(c):\n    yield 1, 2, 3"])
def test_a_fault_of_a_check_names_its_distribution(source: str, install: Install, corpus: Path) -> None:
    """Whatever is wrong with it, it is one line, and exit code 1."""
    install("checks", "odd", source, "odd-checks")
    said = call("check", corpus, "--with", "odd")
    assert said.code == 1
    assert said.err.startswith("annotator: plug-in odd of odd-checks 1.2: ")


def test_an_unknown_check_lists_those_that_are_there(install: Install, corpus: Path) -> None:
    """The names of the installed ones are in the error."""
    assert "install a distribution that has it" in call("check", corpus, "--with", "nobody").err
    install("checks", "loud", LOUD)
    said = call("check", corpus, "--with", "nobody")
    assert (said.code, said.err) == (2, "annotator: there is no plug-in 'nobody' among the checks; use one of: loud\n")
