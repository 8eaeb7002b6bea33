"""Bad input: one line that says what, where and what to do; nothing half-written."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.cli.annotate import _require_terminal
from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.edits import Op
from annotator.core.errors import UsageError
from annotator.core.journal_record import JournalRecord
from annotator.core.spans import Span
from annotator.ingest.language_advice import language_advice
from annotator.language.language_guess import LanguageMismatch
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from annotator.storage.lock import Lock
from tests.cli.command_runner import call


def _write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


BAD_SOURCES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "an empty file": (lambda p: _write(p / "a.txt", b""), "a.txt: the source is empty"),
    "only blanks": (lambda p: _write(p / "a.txt", b" \n\n"), "a.txt"),
    "a binary file": (lambda p: _write(p / "a.txt", b"\x7fELF\0\0\1" * 99), "a.txt"),
    "a folder without sources": (lambda p: p, "no source"),
    "a missing file": (lambda p: p / "none.txt", "none.txt"),
    "a line of 50 MB": (lambda p: _write(p / "a.txt", b"word " * 10_000_000), "a.txt"),
    "wrong JSON": (lambda p: _write(p / "a.jsonl", b'{"text": \n'), "a.jsonl:1"),
}


@pytest.mark.parametrize("name", BAD_SOURCES)
def test_a_bad_source_is_one_line(tmp_path: Path, name: str) -> None:
    """A lone bad source is one line on stderr, exit 1, and no corpus is made for it."""
    make, message = BAD_SOURCES[name]
    folder = tmp_path / "in"
    folder.mkdir()
    result = call("ingest", make(folder), "--corpus", tmp_path / "news")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("annotator: ")
    assert result.err.count("\n") == 1
    assert message in result.err
    assert ";" in result.err
    assert not (tmp_path / "news").exists()


def test_one_bad_source_does_not_stop_the_others(tmp_path: Path, page: Path) -> None:
    """What failed is listed with file and line, the rest goes in, exit 3."""
    records = _write(tmp_path / "r.jsonl", b'{"text": "The ferry left at noon."}\n{"text": 7}\n')
    result = call("ingest", page, records, "--corpus", tmp_path / "news")
    assert result.code == 3
    assert "2 articles added" in result.out
    assert f"annotator: {records}:2: " in result.err


def test_the_same_article_is_not_doubled(corpus: Path, page: Path) -> None:
    """The same text again is recognised; a changed one replaces the old version and says so."""
    again = call("ingest", page, "--corpus", corpus)
    assert (again.code, "already in the corpus" in again.out) == (0, True)
    page.write_text(page.read_text(encoding="utf-8").replace("14 roads", "15 roads"), encoding="utf-8")
    changed = call("ingest", page, "--corpus", corpus)
    assert changed.code == 0
    assert "a new version of" in changed.err
    listed = call("articles", corpus, "--json").json
    assert [bool(a["replaced_by"]) for a in listed] == [True, False]
    assert [a["sentences"] for a in listed] == [0, 3]


def test_annotating_needs_a_terminal(corpus: Path) -> None:
    """Without a terminal the error says what to do; exit 2."""
    for args in ((corpus,), ("annotate", corpus), ()):
        result = call(*args)
        assert result.code == 2
        assert "annotating needs a terminal, and this is none; run it in a terminal window" in result.err


def test_a_terminal_that_cannot_draw_is_refused(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TERM=dumb: the error names the setting and what to do; exit 2."""
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "dumb")
    with pytest.raises(UsageError, match=r"cannot move its cursor.*TERM=xterm-256color") as error:
        _require_terminal()
    assert (error.value.exit_code, error.value.where) == (2, "TERM=dumb")


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("港の会議は水曜日に開かれた。船員たちは来なかった。", "looks like Japanese.*--lang ja"),
        ("港口会议于星期三举行。水手们没有来。", "looks like Chinese.*--lang zh, whose tokenizer is installed"),
        ("การประชุมท่าเรือจัดขึ้นในวันพุธ", "looks like Thai.*--lang th"),
        ("ການປະຊຸມທ່າເຮືອ", "looks like Lao.*has no tokenizer"),
        ("The meeting of the harbour board, in Japanese 会議, is on Wednesday, they said.", ""),
        ("항구 회의는 수요일에 열렸다.", ""),
    ],
)
def test_a_language_without_blanks_is_noticed(tmp_path: Path, text: str, looks: str) -> None:
    """In a corpus of another language an ingest names the language and its code; one word is no reason."""
    result = call("ingest", _write(tmp_path / "a.txt", text.encode()), "--corpus", tmp_path / "c")
    assert result.code == 0
    assert re.search(looks, result.err) if looks else "looks like" not in result.err


def test_a_missing_tokenizer_is_named(tmp_path: Path, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where spaCy needs one more package for a language, the error and the warning name what pip installs."""
    monkeypatch.setattr("annotator.ingest.language_advice.find_spec", lambda name: None if name == "pythainlp" else 1)
    assert "--lang th, after pip install 'spacy[th]'" in language_advice(LanguageMismatch("th", 1, 1, "a.txt"), "en")[1]
    assert "installed" in language_advice(LanguageMismatch("ja", 1, 1, "a.txt"), "en")[1]


BAD_SCHEMAS = {
    "an unknown label in a rule": (
        '[[label]]\nname = "A"\ninside = ["B"]\n',
        "label A: `inside` names an unknown label 'B'; use one of A",
    ),
    "two labels on one key": (
        '[[label]]\nname = "A"\nkey = "a"\n[[label]]\nname = "B"\nkey = "a"\n',
        "A and B have the key 'a'; give each its own",
    ),
    "no TOML": ("[[label]\n", "s.toml:1"),
    "no label": ('name = "x"\n', "the schema has no [[label]]"),
}


@pytest.mark.parametrize("name", BAD_SCHEMAS)
def test_a_bad_schema(tmp_path: Path, page: Path, name: str) -> None:
    """A schema that can't be used is told with its place, and no corpus is made."""
    text, message = BAD_SCHEMAS[name]
    schema = _write(tmp_path / "s.toml", text.encode())
    result = call("ingest", page, "--corpus", tmp_path / "other", "--schema", schema)
    assert (result.code, result.err.count("\n")) == (1, 1)
    assert message in result.err
    assert not (tmp_path / "other").exists()


def test_a_schema_that_lacks_labels_in_use(tmp_path: Path, corpus: Path, page: Path) -> None:
    """A schema can't be put in force while spans have labels that it lacks."""
    annotate(corpus, "ana", "COUNT")
    schema = _write(tmp_path / "s.toml", b'[[label]]\nname = "A"\n')
    before = (corpus / "schema.toml").read_bytes()
    result = call("ingest", page, "--corpus", corpus, "--schema", schema)
    assert result.code == 1
    assert "lacks labels that are in use here: COUNT; add them to the schema" in result.err
    assert (corpus / "schema.toml").read_bytes() == before


def test_a_newer_corpus(corpus: Path) -> None:
    """A corpus of a newer format is refused, not guessed at."""
    toml = corpus / "corpus.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("format = 1", "format = 99"), encoding="utf-8")
    for args in (("articles", corpus), ("export", corpus, corpus / "out")):
        result = call(*args)
        assert result.code == 1
        assert "newer Annotator" in result.err


def test_a_missing_schema_and_a_missing_corpus(corpus: Path, tmp_path: Path) -> None:
    """What is missing is named with its place and how to make it."""
    assert "there is no such corpus; make it with `annotator ingest" in call("articles", tmp_path / "no").err
    (corpus / "schema.toml").unlink()
    result = call("articles", corpus)
    assert result.code == 1
    assert "schema.toml: the corpus has lost its label schema; restore the file" in result.err


def test_no_permission_to_write(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that can't be written to is said, with what to do, and the old files stay whole."""

    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    before = sorted((p.name, p.stat().st_size) for p in corpus.rglob("*") if p.is_file())
    more = _write(tmp_path / "b.txt", b"The line about the harbour is long enough, said the master.\n")
    monkeypatch.setattr(os, "open", refuse)
    result = call("ingest", more, "--corpus", corpus)
    monkeypatch.undo()
    assert result.code == 1
    assert str(corpus) in result.err
    assert ";" in result.err
    assert sorted((p.name, p.stat().st_size) for p in corpus.rglob("*") if p.is_file()) == before


@pytest.mark.parametrize("name", ["../x", ".hidden", "Ana", "a b", "x" * 65])
def test_a_name_that_is_none(corpus: Path, name: str) -> None:
    """A name from the command line never becomes a path."""
    from annotator.core.errors import JournalError

    with pytest.raises(JournalError, match="is no name for an annotator; use 1 to 64 of a-z"):
        Journal.open(corpus, name)


def annotate(corpus: Path, name: str, label: str) -> None:
    """Accept the first sentence of a corpus with a span of this label on its first word."""
    opened = CorpusFolder.open(corpus)
    sentence = opened.active_sentences(opened.article(opened.article_ids()[0]))[0]
    span = Span(sentence.tokens[0].start, sentence.tokens[0].end, label)
    annotated = AnnotatedSentence(sentence, Annotation((span,), Answer.ACCEPT))
    with Journal.open(corpus, name) as journal:
        journal.append([JournalRecord(journal.next_seq, Op.ANSWER, annotated, annotator=name)])


def test_annotators_in_conflict(corpus: Path, tmp_path: Path) -> None:
    """Where nothing else is left, or they shall stop the export, two who differ do, with what to do."""
    annotate(corpus, "ana", "COUNT")
    annotate(corpus, "bo", "VENUE")
    result = call("export", corpus, tmp_path / "out")
    assert (result.code, "--on-conflict" in result.err) == (1, True)
    result = call("export", corpus, tmp_path / "out", "--on-conflict", "error")
    assert result.code == 1
    assert "ana" in result.err
    assert "bo" in result.err
    assert "--annotator" in result.err
    assert not (tmp_path / "out").exists()


def test_a_held_journal(corpus: Path) -> None:
    """A journal held by a process is told by its number; --read-only is offered."""
    from annotator.core.errors import JournalError

    (corpus / "annotations").mkdir(exist_ok=True)
    with Lock(corpus / "annotations" / ".ana.lock"), pytest.raises(JournalError, match="--read-only"):
        Journal.open(corpus, "ana")


@pytest.mark.parametrize(
    ("command", "replaced", "state"),
    [
        ("export", "annotator.cli.export.export_corpus", "the files of an earlier export stay"),
        ("train", "annotator.workflows.training.train_model", "an earlier model stays"),
    ],
)
def test_ctrl_c_is_answered_with_the_state(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, replaced: str, state: str
) -> None:
    """The message has what is there now, and that another run is the next step."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(replaced, interrupted)
    result = call(command, corpus, tmp_path / "out")
    assert (result.code, result.err.startswith(f"stopped: {state}"), "run it again" in result.err) == (130, True, True)


def test_an_import_and_a_check_name_another_language(tmp_path: Path) -> None:
    """One note for all texts in a new corpus; where the corpus fits them there is none."""
    text = "Die Fähre ist seit Montag nicht gefahren, und der Rat sucht für die Insel eine neue Mannschaft."
    file = _write(tmp_path / "a.jsonl", "\n".join(f'{{"text": "{n}: {text}", "spans": []}}' for n in (1, 2)).encode())
    looks = "2 of 2 texts look like German, and the corpus is en; begin a corpus with --lang de"
    assert looks in call("import", file, "--corpus", tmp_path / "en").err
    assert "look like German" in call("check", tmp_path / "en", "--only", "language").out
    assert "look like" not in call("import", file, "--corpus", tmp_path / "de", "--lang", "de").err
    assert "look like" not in call("check", tmp_path / "de", "--only", "language").out
