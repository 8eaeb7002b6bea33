"""An import is one transaction: the corpus is as it was, or has all of it."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Article, LineVerdict, Sentence, SourceLine
from annotator.core.digest import article_id_from_digest, text_digest
from annotator.core.edits import Op
from annotator.core.errors import AnnotatorError, CorpusError
from annotator.core.journal_record import JournalRecord
from annotator.core.spans import Span
from annotator.storage import import_recovery, import_transaction
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.import_recovery import STAGING_PREFIX
from annotator.storage.import_transaction import ImportStaging, NewCorpusSettings
from annotator.storage.journal import Journal
from tests.storage.storage_helpers import SCHEMA, tokens_of

MADE = NewCorpusSettings("harbour", "en", "0" * 16, SCHEMA)


def _article(text: str) -> tuple[Article, Sentence]:
    digest = text_digest(text)
    article = Article(
        article_id_from_digest(digest),
        "f:1",
        digest,
        text,
        tuple(SourceLine(LineVerdict.BODY, "t") for _ in text.split("\n")),
    )
    return article, Sentence(article.id, 1, 0, len(text), text, tokens_of(text))


def _stage(staging: ImportStaging, texts: list[str], name: str = "ada") -> None:
    for text in texts:
        article, sentence = _article(text)
        if staging.corpus is None or article.id not in staging.corpus.article_ids():
            staging.add_article(article, (sentence,))
        annotated = AnnotatedSentence(sentence, Annotation((Span(0, 4, "PERSON"),), Answer.ACCEPT))
        staging.add_records(name, [JournalRecord(staging.next_seq(name), Op.ANSWER, annotated, annotator=name)])


def _files(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder but locks, with their bytes."""
    found = (p for p in folder.rglob("*") if p.is_file() and not p.name.endswith(".lock"))
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


@pytest.fixture
def corpus(tmp_path: Path) -> CorpusFolder:
    """Return a corpus with one article and one record by ada."""
    with ImportStaging.begin(tmp_path / "harbour", None) as staging:
        _stage(staging, ["Lena rowed to Osmund."])
        return staging.commit_new_corpus(MADE)


def test_a_new_corpus_comes_whole(corpus: CorpusFolder, tmp_path: Path) -> None:
    """Articles, sentences and journals are there, and nothing is left beside."""
    assert len(corpus.article_ids()) == 1
    assert corpus.sentences(corpus.article_ids()[0])[0].text == "Lena rowed to Osmund."
    assert Journal.open(corpus.path, "ada", read_only=True).records[0].annotated.done
    assert [p.name for p in tmp_path.iterdir()] == ["harbour"]


def test_an_import_that_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    """Without a commit there is no corpus and no file."""
    with ImportStaging.begin(tmp_path / "x", None) as staging:
        _stage(staging, ["Lena rowed."])
    assert list(tmp_path.iterdir()) == []


def test_a_corpus_that_exists_gets_more(corpus: CorpusFolder) -> None:
    """New articles and records are added behind what is there; a record's number counts on."""
    with ImportStaging.begin(corpus.path, corpus) as staging:
        _stage(staging, ["Lena came back.", "Lena slept."])
        staging.commit_to_existing({"ada": 2})
    again = CorpusFolder.open(corpus.path)
    assert len(again.article_ids()) == 3
    journal = Journal.open(corpus.path, "ada", read_only=True)
    assert ([r.seq for r in journal.records], journal.warnings) == ([1, 2, 3], [])


def test_a_folder_with_files_becomes_a_corpus_with_the_last_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own files stay; corpus.toml comes last, so that there is no corpus without its articles after a crash."""
    target, moved = tmp_path / "harbour", list[str]()
    target.mkdir()
    (target / "notes.txt").write_bytes(b"mine")
    real = Path.replace

    def replace(path: Path, to: Path) -> Path:
        moved.append(Path(to).relative_to(tmp_path).as_posix())
        return real(path, to)

    with ImportStaging.begin(target, None) as staging:
        _stage(staging, ["Lena rowed to Osmund."])
        monkeypatch.setattr(Path, "replace", replace)
        corpus = staging.commit_new_corpus(MADE)
    assert moved[-1] == "harbour/corpus.toml"
    assert (target / "notes.txt").read_bytes() == b"mine"
    assert corpus.sentences(corpus.article_ids()[0])[0].text == "Lena rowed to Osmund."


def test_an_import_removes_what_a_killed_one_has_left_beside_the_corpus(corpus: CorpusFolder, tmp_path: Path) -> None:
    """One that was killed as soon as its new corpus was there has left a folder; that of a running one stays."""
    left = tmp_path / f"{STAGING_PREFIX}0123.tmp"
    left.mkdir()
    with ImportStaging.begin(tmp_path / "another", None) as running:
        ImportStaging.begin(corpus.path, corpus).__exit__()
        assert not left.exists()
        assert running.folder.exists()


def test_batches_stay_whole_and_count_on(corpus: CorpusFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind what is there a batch names its own records still, and no durable write cuts it in two."""
    monkeypatch.setattr(import_transaction, "_RECORDS_PER_WRITE", 2)
    texts = ["Lena came back.", "Lena slept.", "Lena woke.", "Lena left.", "Lena sang."]
    batches = [None, (2, 3), (2, 3), (2, 3), None]
    with ImportStaging.begin(corpus.path, corpus) as staging:
        for text, batch in zip(texts, batches, strict=True):
            article, sentence = _article(text)
            staging.add_article(article, (sentence,))
            annotated = AnnotatedSentence(sentence, Annotation((), Answer.ACCEPT))
            seq = staging.next_seq("ada")
            staging.add_records("ada", [JournalRecord(seq, Op.ANSWER, annotated, batch=batch, annotator="ada")])
        staging.commit_to_existing({"ada": 2})
    journal = Journal.open(corpus.path, "ada", read_only=True)
    assert journal.warnings == []
    assert [(r.seq, r.batch) for r in journal.records] == [
        (1, None), (2, None), (3, (3, 3)), (4, (3, 3)), (5, (3, 3)), (6, None),
    ]  # fmt: skip


def test_a_record_that_no_journal_may_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence that a span has made as long as a book is told, and leaves no corpus that cannot be read."""
    monkeypatch.setattr(import_transaction, "MAX_RECORD", 1_000)
    with ImportStaging.begin(tmp_path / "harbour", None) as staging:
        message = "a sentence of 400 tokens takes more than 0 MiB in the journal; split the text"
        with pytest.raises(CorpusError, match=message):
            _stage(staging, ["Lena " * 399 + "rowed."])
    assert not list(tmp_path.iterdir())


def test_work_that_was_added_meanwhile_stops_it(corpus: CorpusFolder) -> None:
    """Where the journal has grown since the import has looked at it, nothing is written."""
    before = _files(corpus.path)
    with ImportStaging.begin(corpus.path, corpus) as staging:
        _stage(staging, ["Lena came back."])
        with pytest.raises(CorpusError, match="somebody has annotated meanwhile"):
            staging.commit_to_existing({"ada": 1})
    assert _files(corpus.path) == before


def test_an_article_that_was_changed_meanwhile_stops_it(corpus: CorpusFolder) -> None:
    """An import that changes an article of the corpus would take back what somebody else did to it."""
    (article_id,) = corpus.article_ids()
    with ImportStaging.begin(corpus.path, corpus) as staging:
        staging.change_article(article_id, {"meta": {"doc": "a"}})
        CorpusFolder.open(corpus.path).set_line_verdict(article_id, 0, LineVerdict.TITLE, by="ben", time=0.0)
        before = _files(corpus.path / "articles")
        with pytest.raises(CorpusError, match="somebody has changed the article meanwhile"):
            staging.commit_to_existing({})
    assert _files(corpus.path / "articles") == before


@pytest.mark.parametrize("new", ["", SCHEMA + '[[label]]\nname = "SHIP"\n'])
def test_a_schema_that_was_changed_meanwhile_stops_it(corpus: CorpusFolder, new: str) -> None:
    """The import knows the labels of the schema that it has read, and would bring the old one back."""
    before, theirs = _files(corpus.path), SCHEMA + "# Theirs.\n"
    with ImportStaging.begin(corpus.path, corpus) as staging:
        _stage(staging, ["Lena came back."])
        CorpusFolder.open(corpus.path).set_schema(theirs)
        with pytest.raises(CorpusError, match="somebody has changed the schema meanwhile"):
            staging.commit_to_existing({"ada": 2}, (SCHEMA, new))
    assert _files(corpus.path) == {**before, "schema.toml": theirs.encode()}


@pytest.mark.parametrize("function", ["write", "fdatasync", "fsync", "replace"])
def test_whatever_fails_the_corpus_is_as_it_was(
    corpus: CorpusFolder, function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each call of the system that a commit makes an error takes all of it back, to the byte."""
    before = _files(corpus.path)
    real = getattr(os, function)
    for n in range(1, 60):
        calls = 0

        def fail(*args: Any, limit: int = n, **more: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == limit:
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(*args, **more)

        with ImportStaging.begin(corpus.path, CorpusFolder.open(corpus.path)) as staging:
            _stage(staging, ["Lena came back.", "Lena slept."])
            _stage(staging, ["Lena woke."], "ben")
            staging.change_article(corpus.article_ids()[0], {"meta": {"doc": "a"}})
            monkeypatch.setattr(os, function, fail)
            try:
                staging.commit_to_existing({"ada": 2}, (SCHEMA, SCHEMA + '[[label]]\nname = "SHIP"\n'))
            except AnnotatorError:
                failed = True
            else:
                failed = False
            finally:
                monkeypatch.setattr(os, function, real)
        if not failed:
            assert calls < n
            return
        assert _files(corpus.path) == before, f"{function} {n}"
    raise AssertionError("the loop is too short")


_KILLED = """
    import os, signal, sys
    from pathlib import Path
    from annotator.storage import atomic, import_transaction, corpus_folder, journal, sentences
    from annotator.storage.corpus_folder import CorpusFolder
    from annotator.storage.import_transaction import ImportStaging
    from tests.storage.test_import_transaction import MADE, SCHEMA, _stage

    target, at = Path(sys.argv[1]), int(sys.argv[2])
    into = CorpusFolder.open(target) if (target / "corpus.toml").exists() else None
    calls = 0
    def die(*_):
        global calls
        calls += 1
        if calls == at:
            os.kill(os.getpid(), signal.SIGKILL)
    with ImportStaging.begin(target, into) as staging:
        _stage(staging, ["Lena came back.", "Lena slept."])
        _stage(staging, ["Lena woke."], "ben")
        if into:
            staging.change_article(into.article_ids()[0], {"meta": {"doc": "a"}})
        watched = {"os.rename", "os.truncate", "os.remove", "open"}
        sys.addaudithook(lambda event, args: die() if event in watched else None)
        if into:
            staging.commit_to_existing({"ada": 2}, (SCHEMA, SCHEMA + "# Ours.\\n"))
        else:
            staging.commit_new_corpus(MADE)
"""


@pytest.mark.parametrize("existing", [False, True])
def test_kill_9_leaves_all_or_nothing(tmp_path: Path, *, existing: bool) -> None:
    """Killed at any step an import is there whole or not at all; what is left beside goes with the next."""
    script = tmp_path / "killed.py"
    script.write_text(textwrap.dedent(_KILLED), encoding="utf-8")
    for at in range(1, 200, 3 if existing else 9):
        place = tmp_path / f"at-{at}"
        place.mkdir()
        target = place / "harbour"
        if existing:
            with ImportStaging.begin(target, None) as staging:
                _stage(staging, ["Lena rowed to Osmund."])
                staging.commit_new_corpus(MADE)
        done = subprocess.run(
            [sys.executable, str(script), str(target), str(at)],
            check=False,
            cwd=Path(__file__).resolve().parents[2],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
            capture_output=True,
        )
        assert done.returncode in {0, -signal.SIGKILL}, done.stderr.decode()
        _sound(target, existing=existing)
        if done.returncode == 0:
            assert not list(place.rglob(f"{STAGING_PREFIX}*"))
            return
    raise AssertionError("the loop is too short")


def _sound(target: Path, *, existing: bool) -> None:
    """Assert that what is there can be read, and that the next import takes the leftovers away."""
    if not (target / "corpus.toml").exists():
        assert not existing
        return
    corpus = CorpusFolder.open(target)
    for id_ in corpus.article_ids():
        assert corpus.sentences(id_)[0].text == corpus.article(id_).text
    journals = [Journal.open(target, name, read_only=True) for name in corpus.annotators()]
    assert not any(j.damaged for j in journals)
    assert [j.warnings for j in journals] == [[]] * len(journals)
    first = corpus.article(corpus.article_ids()[0])
    changed = ("Ours" in corpus.schema_path.read_text(encoding="utf-8"), bool(first.meta))
    found = (len(corpus.article_ids()), [len(j.records) for j in journals], *changed)
    assert found in ([(1, [1], False, False), (4, [3, 1], True, True)] if existing else [(3, [2, 1], False, False)])
    with ImportStaging.begin(target, corpus):
        pass
    assert not list(target.glob(f"{STAGING_PREFIX}*"))


def test_what_a_running_import_holds_is_let_be(corpus: CorpusFolder) -> None:
    """Only imports that nobody carries out any more are taken back, and the corpus says so once."""
    journal = corpus.path / "annotations" / "ada.jsonl"
    size = journal.stat().st_size
    with ImportStaging.begin(corpus.path, corpus) as staging:
        import_recovery.write_recovery_note(staging.folder, [], {"ada": 0}, ("", ""))
        assert CorpusFolder.open(corpus.path).warnings == []
        left = [corpus.path / f"{STAGING_PREFIX}{name}.tmp" for name in (" first", "~last")]
        for folder in left:
            shutil.copytree(staging.folder, folder)
            import_recovery.write_recovery_note(folder, [], {"ada": size}, ("", ""))
        with journal.open("ab") as file:
            file.write(b"half of a rec")
        assert CorpusFolder.open(corpus.path).warnings == [import_recovery.ROLLED_BACK_WARNING]
        assert journal.stat().st_size == size
        assert not any(folder.exists() for folder in left)
        assert staging.folder.exists()
        assert CorpusFolder.open(corpus.path).warnings == []


@pytest.mark.parametrize(
    "reported",
    [
        b"",
        b"[]",
        b'{"articles": 3}',
        b'{"articles": ["../../thesis"], "journals": {"../../thesis": 0}, "schema": ["", ""]}',
        b'{"articles": [], "journals": {"ada": "x"}, "schema": ["", ""]}',
        b'{"articles": [], "journals": {}, "schema": ["a"]}',
    ],
)
def test_a_note_of_another_s_making_reaches_nothing_outside(corpus: CorpusFolder, reported: bytes) -> None:
    """A corpus may come from anywhere: no name in it becomes a path, and nothing of it is lost."""
    thesis = corpus.path.parent / "thesis.json"
    thesis.write_bytes(b"mine")
    thesis.with_suffix(".jsonl").write_bytes(b"mine")
    before = _files(corpus.path)
    left = corpus.path / f"{STAGING_PREFIX}x.tmp"
    left.mkdir()
    (left / "before.json").write_bytes(reported)
    CorpusFolder.open(corpus.path)
    assert _files(corpus.path) == before
    assert thesis.read_bytes() == thesis.with_suffix(".jsonl").read_bytes() == b"mine"
