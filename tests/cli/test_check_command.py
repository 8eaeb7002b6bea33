"""``check`` from the outside: places, cures, levels, exit codes."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from annotator.checks.problem import ProblemKind, ProblemLevel
from annotator.cli import output
from annotator.core.annotation import Answer
from annotator.core.edits import add_span, combine_edits, remove_span, set_answer
from annotator.core.spans import Span
from annotator.ingest.tokenizer import Tokenizer
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from annotator.storage.record_lines import find_record_lines
from tests import builders
from tests.cli.command_runner import call

QUICK = "label,overlap,characters,blank-edge,empty,punctuation,journal,place"
"""What needs neither spaCy nor a corpus of some size."""


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    """Return a corpus in which Ana has accepted one sentence, with a comma at a span's edge."""
    path = tmp_path / "news"
    corpus = builders.make_corpus(path)
    session = builders.open_session(corpus)
    annotated = session.annotation_store.sentences_of(builders.market().id)[2]
    text = annotated.sentence.text
    session.apply_edit(add_span(annotated, builders.span(text, "More than 40 stalls", "COUNT"), corpus.schema))
    annotated = session.annotation_store.sentences_of(builders.market().id)[2]
    session.apply_edit(add_span(annotated, builders.span(text, "Friday, ".strip(), "VENUE"), corpus.schema))
    annotated = session.annotation_store.sentences_of(builders.market().id)[2]
    session.apply_edit(set_answer(annotated, Answer.ACCEPT))
    session.close()
    return path


def test_a_problem_has_file_line_sentence_span_and_cure(marked: Path) -> None:
    """A line is what compilers print, so that editors and CI jobs can jump to it; the exit code is 3."""
    a = builders.market()
    s = builders.sentences(a)[2]
    at = s.text.index("Friday")
    what = "VENUE “Friday,” ends with “,”; leave the mark outside the span"
    result = call("check", marked, "--only", QUICK)
    assert result.code == 3
    assert result.out.splitlines() == [
        f"annotations/ana.jsonl:3 {s.id}[{at}-{at + 7}] (1.1): warning punctuation: {what}",
        "0 errors and 1 warning in 1 sentence and 2 spans of 1 annotator: punctuation 1",
    ]


def test_only_and_level_choose_what_counts(marked: Path) -> None:
    """Nothing of the kinds asked for: exit code 0, and a line that says how much was looked at."""
    for args in (("--only", "overlap", "--only", "empty"), ("--only", QUICK, "--level", "error")):
        result = call("check", marked, *args)
        assert result.code == 0
        assert result.out == "nothing found in 1 sentence and 2 spans of 1 annotator\n"
    result = call("check", marked, "--only", "commas")
    assert result.code == 2
    assert result.err.startswith("annotator: --only commas is no kind of problem; use one of journal, place, label,")


def test_json_shows_each_problem_in_fields(marked: Path) -> None:
    """Offsets are code points of the sentence, as in the journal; what is unknown is null."""
    result = call("check", marked, "--only", QUICK, "--json")
    assert result.code == 3
    assert result.json["kinds"] == {"punctuation": 1}
    assert (result.json["errors"], result.json["warnings"]) == (0, 1)
    [problem] = result.json["problems"]
    assert problem["file"] == "annotations/ana.jsonl"
    assert problem["line"] == 3
    assert (problem["kind"], problem["level"], problem["label"], problem["text"]) == (
        "punctuation",
        "warning",
        "VENUE",
        "Friday,",
    )
    assert problem["others"] == []
    assert result.out == call("check", marked, "--only", QUICK, "--json").out


def test_everything_together_is_sorted_and_changes_nothing(marked: Path) -> None:
    """All checks run on any corpus, drift and counts as well; the folder is as it was."""
    before = {p: p.read_bytes() for p in sorted(marked.rglob("*")) if p.is_file()}
    result = call("check", marked, "--json")
    assert result.code == 3
    kinds = [p["kind"] for p in result.json["problems"]]
    assert kinds == sorted(kinds, key=list(ProblemKind).index)
    assert {"few", "punctuation"} <= set(kinds)
    assert {p: p.read_bytes() for p in sorted(marked.rglob("*")) if p.is_file()} == before


def test_an_own_tokenizer_is_no_drift(tmp_path: Path) -> None:
    """A corpus made with the installed spaCy has its fingerprint."""
    corpus = CorpusFolder.create(
        tmp_path / "c", name="c", lang="en", fingerprint=Tokenizer("en").fingerprint, schema_text=builders.NEWS
    )
    corpus.add_article(builders.bridge(), builders.sentences(builders.bridge()))
    assert call("check", corpus.path, "--only", "tokenizer").code == 0


def test_drift_is_reported_where_sentences_would_be_cut_otherwise(tmp_path: Path) -> None:
    """Another fingerprint alone is nothing to mend; one sentence that spaCy cuts otherwise is."""
    assert call("check", builders.make_corpus(tmp_path / "a").path, "--only", "tokenizer").code == 0
    odd = builders.article("They didn't go.", "b")
    result = call("check", builders.make_corpus(tmp_path / "b", odd).path, "--only", "tokenizer", "--json")
    assert result.code == 3
    [found] = result.json["problems"]
    assert found["what"].endswith("1 of 1 sentences would be cut otherwise")
    assert found["others"][0]["text"] == "They didn't go."


def test_a_journal_of_other_tokens_is_reported(tmp_path: Path) -> None:
    """It was copied from a corpus with the same article, cut by another tokenizer."""
    odd = builders.article("They didn't go.\nAll stayed.", "bb")
    there, here = builders.make_corpus(tmp_path / "there", odd), tmp_path / "here"
    session = builders.open_session(there)
    session.apply_edit(combine_edits([set_answer(w, Answer.ACCEPT) for w in session.article_sentences], "all"))
    session.close()
    tokenizer = Tokenizer("en")
    corpus = CorpusFolder.create(
        here, name="c", lang="en", fingerprint=tokenizer.fingerprint, schema_text=builders.NEWS
    )
    sentences = [replace(s, tokens=tuple(tokenizer.tokens(s.text))) for s in builders.sentences(odd)]
    corpus.add_article(odd, sentences)
    shutil.copytree(there.path / "annotations", here / "annotations", dirs_exist_ok=True)
    result = call("check", here, "--only", "tokenizer")
    assert result.code == 3
    assert "warning tokenizer: 1 of 2 sentences of ana have other tokens than the corpus has for them" in result.out
    assert "annotations/ana.jsonl:1" in result.out


def test_damage_is_reported_line_by_line(marked: Path) -> None:
    """Lines of a journal that don't count are errors with their number."""
    path = marked / "annotations" / "ana.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"<<<<<<< ours\n" + b"".join(lines[1:]) + lines[2][:50])
    result = call("check", marked, "--only", "journal", "--level", "error")
    assert result.code == 3
    head, cure = "error journal: the line does not count", "try `annotator repair`, or restore the file from a copy"
    assert result.out.splitlines()[:2] == [
        f"annotations/ana.jsonl:2: {head}: it is left over from a merge conflict; {cure}",
        f"annotations/ana.jsonl:5: {head}: the line is cut short or overwritten; {cure}",
    ]


def test_an_article_that_is_gone_is_damage(marked: Path) -> None:
    """An accepted sentence whose article is not there any more is an error that names it."""
    (marked / "articles" / f"{builders.market().id}.json").unlink()
    result = call("check", marked, "--only", "journal", "--json")
    assert [(p["what"], p["line"]) for p in result.json["problems"]] == [("the article is not in the corpus", 3)]


def test_what_was_rejected_or_taken_back_is_not_looked_at(marked: Path) -> None:
    """A sentence that is not trained on has no problems."""
    session = builders.open_session(CorpusFolder.open(marked))
    annotated = session.annotation_store.sentences_of(builders.market().id)[2]
    session.apply_edit(set_answer(annotated, Answer.REJECT))
    session.close()
    assert call("check", marked, "--only", QUICK).code == 0


def test_a_format_is_certified(marked: Path) -> None:
    """The round trip names the format and what came back."""
    result = call("check", marked, "--round-trip", "prodigy")
    assert result.out.startswith("prodigy: passed; 2 of 2 spans came back in place\n")
    result = call("check", marked, "--round-trip", "prodigy", "--only", "few")
    assert result.code == 2


def test_lines_of_records_are_found_in_a_journal_with_blank_lines(tmp_path: Path) -> None:
    """A record's number is not its line once somebody has edited the file; what stands in texts is no key."""
    text = 'He wrote ,"_seq":3, twice.'
    a = builders.article(text, "b")
    corpus = builders.make_corpus(tmp_path / "c", a)
    session = builders.open_session(corpus)
    span = Span(0, 2, "PERSON")
    annotated = session.annotation_store.sentences_of(a.id)[0]
    session.apply_edit(add_span(annotated, span, corpus.schema))
    session.apply_edit(remove_span(session.annotation_store.sentences_of(a.id)[0], span))
    session.close()
    path = corpus.path / "annotations" / "ana.jsonl"
    path.write_bytes(b"\n" + path.read_bytes())
    assert len(Journal.open(corpus.path, "ana", read_only=True).records) == 2
    assert find_record_lines(corpus.path, "ana", {1, 2, 3}) == {1: 2, 2: 3}


def test_a_terminal_gets_a_long_line_wrapped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lines end between words, those after the first are indented, and a command stays in one piece."""
    line = " ".join(["word"] * 40)
    command = "annotator export corpus out --on-conflict majority"
    output.write_report([line])
    for stream in (sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    output.write_report([line])
    output.write_message(f"{line} `{command}` {line}; use it with: {command}")
    printed = capsys.readouterr()
    whole, *wrapped = printed.out.splitlines()
    assert whole == line
    for lines in (wrapped, printed.err.splitlines()):
        assert [x[:4] for x in lines] == ["word", *["    "] * (len(lines) - 1)]
        assert max(map(len, lines)) <= 80
    assert [x.count(command) for x in printed.err.splitlines()].count(1) == 2


def test_levels_are_reported_in_the_help() -> None:
    """Each kind stands under its level in `check --help`."""
    text = call("check", "--help").out
    errors, warnings = text[text.index("Errors:") :].split("Warnings:")
    listed = {ProblemLevel.ERROR: errors.split(), ProblemLevel.WARNING: warnings.split()}
    missing = [f"{kind} ({kind.level})" for kind in ProblemKind if kind.value not in listed[kind.level]]
    assert not missing, "add these kinds to the docstring of `command` in cli/check.py"


def test_damaged_suggestions_are_named(marked: Path) -> None:
    """A line that is no suggestions is an error with its number, an unreadable file one too."""
    folder = marked / "suggestions"
    (folder / "folder.jsonl").mkdir(parents=True)
    (folder / "mine.jsonl").write_text("\n{}\n")
    result = call("check", marked, "--only", "journal", "--json")
    found = [(p["file"], p["line"]) for p in result.json["problems"]]
    assert found == [("suggestions/folder.jsonl", None), ("suggestions/mine.jsonl", 2)]


def test_conflicts_of_annotators_have_kind_place_and_both_sides(tmp_path: Path) -> None:
    """Each conflict is a warning at the first annotator's record, with what every annotator has."""
    corpus = builders.make_corpus(tmp_path / "news")
    s = builders.sentences(builders.market())[2]
    for name, words, label in (("ana", "More than 40 stalls", "COUNT"), ("bo", "40 stalls", "COUNT")):
        session = builders.open_session(CorpusFolder.open(corpus.path), name=name)
        for edit in (
            lambda w, words=words, label=label: add_span(w, builders.span(s.text, words, label), corpus.schema),
            lambda w: set_answer(w, Answer.ACCEPT),
        ):
            session.apply_edit(edit(session.annotation_store.sentences_of(builders.market().id)[2]))
        session.close()
    result = call("check", corpus.path, "--only", "conflict")
    at = s.text.index("40")
    assert result.code == 3
    assert result.out.splitlines()[0] == (
        f"annotations/ana.jsonl:2 {s.id}[0-19] (1.1): warning conflict: boundary: "
        f"ana COUNT [0-19] “More than 40 stalls”, bo COUNT [{at}-19] “40 stalls” (also {s.id}[{at}-19] (1.1)); "
        "agree on one, or choose with `annotator export --on-conflict`"
    )
    (problem,) = call("check", corpus.path, "--only", "conflict", "--json").json["problems"]
    assert (problem["annotator"], [x["annotator"] for x in problem["others"]]) == ("ana", ["bo"])
