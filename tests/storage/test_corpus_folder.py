"""The corpus folder: transactions, crashes, damage, rights."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from msgspec.structs import replace

from annotator.core.article import LineVerdict
from annotator.core.digest import article_id_from_digest, text_digest
from annotator.core.errors import CorpusError, SchemaError, SourceError
from annotator.storage import articles
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.lock import Lock
from annotator.storage.sentences import SentenceFile
from tests import builders
from tests.storage.storage_helpers import SCHEMA, FailingFile, article, body, new_corpus, sentences, tree


def _error_message(caught: pytest.ExceptionInfo[CorpusError], corpus: CorpusFolder | Path) -> str:
    return str(caught.value).replace(str(corpus if isinstance(corpus, Path) else corpus.path), "news")


def test_create_and_open(corpus: CorpusFolder) -> None:
    """A new corpus has its settings, its schema and its folders, and no article."""
    again = CorpusFolder.open(corpus.path)
    assert (again.name, again.lang, again.fingerprint) == ("news", "en", "f1")
    assert [x.name for x in again.schema.labels] == ["PERSON", "VENUE"]
    assert (again.article_ids(), again.annotators(), again.warnings) == ((), (), [])
    assert (corpus.path / "schema.toml").read_text() == SCHEMA
    assert (corpus.path / "corpus.toml").read_text() == (
        '# A corpus of Annotator.\nname = "news"\nlanguage = "en"\ntokenizer = "f1"\n'
        'schema = "schema.toml"\nformat = 1\n'
    )


def test_create_spares_what_is_there(corpus: CorpusFolder, tmp_path: Path) -> None:
    """A corpus, or a folder of other files, is never made into a new corpus."""
    with pytest.raises(CorpusError, match="there is a corpus here already; open it, or give another folder"):
        new_corpus(corpus.path)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").touch()
    with pytest.raises(CorpusError, match="the folder holds other files and is no corpus"):
        new_corpus(tmp_path / "home")
    with pytest.raises(SchemaError, match=r"schema: the schema has no \[\[label\]\]"):
        CorpusFolder.create(tmp_path / "x", name="x", lang="en", fingerprint="", schema_text="")
    assert not (tmp_path / "x").exists()


def test_a_half_made_corpus_can_be_made(corpus: CorpusFolder) -> None:
    """A crash before ``corpus.toml`` leaves a folder that ``create`` takes."""
    (corpus.path / "corpus.toml").unlink()
    assert new_corpus(corpus.path).article_ids() == ()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (b"", "corpus.toml is empty; you can annotate, but its language is not known"),
        (b"format = true", "corpus.toml is damaged: `format` is no whole number from 1; you can annotate, but"),
        (b'format = 1\nlanguage = "de"', "`name` is missing; you can annotate; run `annotator repair`"),
        (b"format = 1\nname", "corpus.toml is damaged: this is no TOML: expected '=' after a key"),
        (b"name = '\xff'", "corpus.toml is damaged: this is not UTF-8"),
        (b'format=1\nname=""\nlanguage=""\ntokenizer=""\nschema="../x.toml"', "must be the name of a file in the"),
        (b"a = " + b"[" * 5000, "this TOML is nested too deeply"),
    ],
)
def test_damaged_settings_are_a_warning(filled: CorpusFolder, settings: bytes, message: str) -> None:
    """The corpus opens with what can be read of them, and the warning names what is wrong and the way out."""
    (filled.path / "corpus.toml").write_bytes(settings)
    opened = CorpusFolder.open(filled.path)
    (warning,) = opened.warnings
    assert message in warning
    assert "annotator repair" in warning
    assert (opened.article_ids(), opened.schema) == (filled.article_ids(), filled.schema)
    assert opened.known_lang == ("de" if b'"de"' in settings else "")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (b"format = 2", "made by a newer Annotator (format 2; this one knows 1); update Annotator to work with it"),
        (b'format=1\nname=""\nlanguage=""\ntokenizer=""\nschema="gone.toml"', "has lost its label schema"),
    ],
)
def test_settings_that_do_not_open(corpus: CorpusFolder, settings: bytes, message: str) -> None:
    """Those of a newer format, and those whose schema is gone, are an error that names the file."""
    (corpus.path / "corpus.toml").write_bytes(settings)
    with pytest.raises(CorpusError) as caught:
        CorpusFolder.open(corpus.path)
    assert message in str(caught.value)
    assert "corpus.toml" in str(caught.value) or "gone.toml" in str(caught.value)


def test_no_corpus(tmp_path: Path) -> None:
    """A missing folder, a file and a plain folder are told apart."""
    (tmp_path / "file").touch()
    for path, message in [("no", "there is no such corpus"), ("file", "this is a file"), ("", "it has no corpus.toml")]:
        with pytest.raises(CorpusError, match=message):
            CorpusFolder.open(tmp_path / path)


def test_add_and_read(filled: CorpusFolder) -> None:
    """An article comes back as it went in, emoji offsets and all, in another process too."""
    a = article()
    other = body("One line only.", "b.txt")
    filled.add_article(other, sentences(other))
    for corpus in (filled, CorpusFolder.open(filled.path)):
        assert corpus.article_ids() == (a.id, other.id)
        assert (corpus.article(a.id), corpus.sentences(a.id)) == (a, sentences(a))
        assert corpus.sentences(other.id) == sentences(other)
    assert [s.text[:5] for s in filled.active_sentences(a)] == ["Mayor", "She l"]
    line = orjson.loads((filled.path / "sentences.jsonl").read_bytes().split(b"\n")[1])
    assert line["id"] == f"{a.id}:25-71"
    assert line["meta"] == {"article": a.id, "index": 1, "start": 25, "end": 71}
    assert line["tokens"][0] == {"text": "Mayor", "start": 0, "end": 5, "id": 0, "ws": True}


def test_order_is_that_of_ingest(corpus: CorpusFolder) -> None:
    """Articles stand in the order in which they came, not in that of their ids."""
    added = [body(f"Text number {n}.", f"{n}.txt") for n in range(20)]
    for a in added:
        corpus.add_article(a, sentences(a))
    assert CorpusFolder.open(corpus.path).article_ids() == tuple(a.id for a in added)
    assert tuple(a.id for a in added) != tuple(sorted(a.id for a in added))


def test_another_process_adds(filled: CorpusFolder) -> None:
    """What another process adds is seen without opening again."""
    a = body("Added elsewhere.", "b.txt")
    assert len(filled.article_ids()) == 1
    CorpusFolder.open(filled.path).add_article(a, sentences(a))
    assert filled.article_ids()[1:] == (a.id,)
    assert filled.sentences(a.id) == sentences(a)


@pytest.mark.parametrize("bad", ["../../etc", "ABCDEF012345", "0123", "", "0" * 65, "0123456789ab\n"])
def test_ids_never_become_paths(corpus: CorpusFolder, bad: str) -> None:
    """Only 12 to 64 hex digits name an article."""
    with pytest.raises(CorpusError, match="is no article id"):
        corpus.article(bad)
    with pytest.raises(CorpusError, match="is no article id"):
        corpus.add_article(replace(article(), id=bad), [])


def test_digest() -> None:
    """An id is the start of the SHA-256 of the text; half a character has none."""
    assert text_digest("abc").startswith("ba7816bf8f01")
    assert article_id_from_digest(text_digest("abc")) == "ba7816bf8f01"
    with pytest.raises(SourceError, match=r"character 3: the text holds half a character \(a lone surrogate, U\+D800"):
        text_digest("abc\ud800")


def test_contradictions_are_refused(corpus: CorpusFolder) -> None:
    """Nothing is stored whose parts do not fit each other."""
    a, good = article(), sentences(article())
    cases = [
        (replace(a, text=a.text + "!"), good, "digest and id do not belong"),
        (replace(a, lines=a.lines[1:]), good, "there are 4 verdicts for 5 lines"),
        (a, [replace(good[0], start=1, end=24)], "not the article's text there"),
        (a, good[::-1], "not the article's text there"),
        (a, [replace(good[0], tokens=())], "tokens do not spell"),
        (replace(a, meta={"x": [float("nan")]}), good, "`meta` holds nan"),
        (replace(a, meta={"x": 2**64}), good, "cannot be stored as JSON"),
        (replace(a, title="\ud800"), good, "cannot be stored as JSON"),
    ]
    before = tree(corpus.path)
    for bad, parts, message in cases:
        with pytest.raises(CorpusError, match=message):
            corpus.add_article(bad, parts)
    assert tree(corpus.path) == before
    corpus.add_article(a, good)
    with pytest.raises(CorpusError, match="this article is in the corpus already"):
        corpus.add_article(a, good)


def test_crash_between_sentences_and_article(filled: CorpusFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentences without an article are ignored, and gone when the same article comes again."""
    a, last = body("Comes twice.\nAnd once more.", "b.txt"), body("The last.", "c.txt")
    with monkeypatch.context() as patch:
        patch.setattr(articles, "write_atomic", FailingFile(None, OSError(errno.EIO, "crash")))
        with pytest.raises(CorpusError, match="the disk reports an error"):
            filled.add_article(a, sentences(a))
    assert len((filled.path / "sentences.jsonl").read_bytes().splitlines()) == 6
    fresh = CorpusFolder.open(filled.path)
    assert (fresh.article_ids(), fresh.warnings) == ((article().id,), [])
    fresh.add_article(last, sentences(last))
    fresh.add_article(a, sentences(a))
    assert [line[7:19].decode() for line in (filled.path / "sentences.jsonl").read_bytes().splitlines()] == (
        [article().id] * 4 + [last.id] + [a.id] * 2
    )
    for corpus in (fresh, filled, CorpusFolder.open(filled.path)):
        assert [corpus.sentences(x.id) for x in (article(), last, a)] == [sentences(x) for x in (article(), last, a)]


@pytest.mark.parametrize("function", ["write", "fdatasync", "replace", "fsync"])
def test_a_failing_disk_adds_nothing(filled: CorpusFolder, monkeypatch: pytest.MonkeyPatch, function: str) -> None:
    """A full disk at any step leaves a corpus in which the article is whole or not there."""
    a = body("Comes later.", "b.txt")
    for nth in (1, 2):
        with monkeypatch.context() as patch:
            failing = FailingFile(getattr(os, function), OSError(errno.ENOSPC, "full"), nth)
            patch.setattr(os, function, failing)
            try:
                filled.add_article(a, sentences(a))
            except CorpusError as error:
                assert "the disk is full; free some space and try again" in str(error)  # noqa: PT017
        fresh = CorpusFolder.open(filled.path)
        assert fresh.warnings == []
        assert not list(filled.path.rglob("*.tmp"))
        if a.id not in fresh.article_ids():
            fresh.add_article(a, sentences(a))
        assert CorpusFolder.open(filled.path).sentences(a.id) == sentences(a)
        (filled.path / "articles" / f"{a.id}.json").unlink()


def test_every_cut_of_the_sentences(filled: CorpusFolder) -> None:
    """A torn last line is told, and set aside by the next write; the articles before it are whole."""
    a, path = body("Comes\nagain.", "b.txt"), filled.path / "sentences.jsonl"
    start = path.stat().st_size
    filled.add_article(a, sentences(a))
    (filled.path / "articles" / f"{a.id}.json").unlink()
    data = path.read_bytes()
    for cut in range(start, len(data)):
        path.write_bytes(data[:cut])
        corpus = CorpusFolder.open(filled.path)
        torn = data[:cut].rpartition(b"\n")[2] if data[cut : cut + 1] != b"\n" else b""
        assert corpus.warnings == (["left out a torn last line of sentences.jsonl"] if torn else [])
        assert path.read_bytes() == data[:cut]
        assert corpus.sentences(article().id) == sentences(article())
        corpus.add_article(a, sentences(a))
        if torn:
            assert corpus.warnings == [
                f"set aside a torn last line of sentences.jsonl ({len(torn)} bytes) in sentences.jsonl.torn-1"
            ]
            assert (filled.path / "sentences.jsonl.torn-1").read_bytes() == torn
            (filled.path / "sentences.jsonl.torn-1").unlink()
        assert CorpusFolder.open(filled.path).sentences(a.id) == sentences(a)
        (filled.path / "articles" / f"{a.id}.json").unlink()


def test_read_only_corpus(filled: CorpusFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A corpus that cannot be written to can be read, torn end and all; writing is a plain error."""
    with (filled.path / "sentences.jsonl").open("ab") as file:
        file.write(b'{"id":"torn')
    before = tree(filled.path)
    monkeypatch.setattr(os, "open", FailingFile(os.open, OSError(errno.EROFS, "read-only"), only="news"))
    corpus = CorpusFolder.open(filled.path)
    assert corpus.warnings == ["left out a torn last line of sentences.jsonl"]
    assert corpus.sentences(article().id) == sentences(article())
    a = body("New.", "n.txt")
    for call in (
        lambda: corpus.add_article(a, sentences(a)),
        lambda: corpus.set_line_verdict(article().id, 0, LineVerdict.BODY, by="ana", time=1),
    ):
        with pytest.raises(CorpusError) as caught:
            call()
        assert (
            _error_message(caught, corpus)
            == "news: cannot write here: the disk is read-only; work on a copy of the folder"
        )
    with pytest.raises(CorpusError, match="cannot make a corpus here: the disk is read-only"):
        new_corpus(filled.path.parent / "news2")
    assert tree(filled.path) == before


def test_a_line_that_is_just_being_written_is_no_damage(filled: CorpusFolder) -> None:
    """While somebody writes, an unfinished last line is none of a reader's business."""
    with (filled.path / "sentences.jsonl").open("ab") as file:
        file.write(b'{"id":"torn')
    before = sorted(filled.path.rglob("*"))
    assert CorpusFolder.open(filled.path).warnings == ["left out a torn last line of sentences.jsonl"]
    assert sorted(filled.path.rglob("*")) == before
    with Lock(filled.path / ".corpus.lock"):
        assert CorpusFolder.open(filled.path).warnings == []


def test_what_git_leaves_out(corpus: CorpusFolder) -> None:
    """A new corpus tells git what is no data of it; a file that is there already stays."""
    assert (corpus.path / ".gitignore").read_text().splitlines()[1:] == ["*.lock", "*.tmp", "*.torn-*", ".private/"]
    assert (corpus.path / ".gitattributes").read_text().splitlines()[1:] == ["*.jsonl -text", "*.json -text"]
    (corpus.path.parent / "own").mkdir()
    (corpus.path.parent / "own" / ".gitignore").write_text("mine\n")
    assert (new_corpus(corpus.path.parent / "own").path / ".gitignore").read_text() == "mine\n"


def test_a_folder_without_permission(filled: CorpusFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what, where and what to do."""
    denied = PermissionError(errno.EACCES, "Permission denied")
    monkeypatch.setattr(os, "open", FailingFile(os.open, denied, only="news"))
    with pytest.raises(CorpusError) as caught:
        filled.set_line_verdict(article().id, 0, LineVerdict.BODY, by="ana", time=1)
    assert _error_message(caught, filled) == (
        "news: no permission to write here; ask the owner for it, or work on a copy of the folder"
    )


def test_damaged_files_are_reported(filled: CorpusFolder) -> None:
    """Damage in an article or its sentences is told with file and line, and never passed on."""
    a = article()
    stored = filled.path / "sentences.jsonl"
    lines = stored.read_bytes().split(b"\n")
    cases = [
        (
            [lines[0], lines[1].replace(b"Okafor", b"Okafar", 1), *lines[2:]],
            "sentences.jsonl:2: the sentence is damaged",
        ),
        (
            [lines[0], lines[1][:50] + b"\xff}", *lines[2:]],
            "sentences.jsonl:2: the sentence is damaged: this is no JSON",
        ),
        ([lines[0], *lines[2:]], f"sentences.jsonl: 3 of 4 sentences of article {a.id} are there"),
        ([lines[0], b"{}", *lines[2:]], "3 of 4 sentences of article"),
    ]
    for changed, message in cases:
        stored.write_bytes(b"\n".join(changed))
        with pytest.raises(CorpusError, match=message):
            CorpusFolder.open(filled.path).sentences(a.id)
    assert CorpusFolder.open(filled.path).warnings == [
        "sentences.jsonl, line 2: no sentence can be read; try `annotator repair`, or restore the file from a copy"
    ]
    path = filled.path / "articles" / f"{a.id}.json"
    good = path.read_bytes()
    for bad, message in [
        (good.replace(b"Okafor", b"Okafar"), "digest and id do not belong"),
        (good.replace(b'"boilerplate"', b'"junk"'), r"Invalid enum value 'junk' - at `\$\.lines\[4\]\.verdict`"),
        (good[:-20], "this is no JSON"),
        (good.replace(a.id.encode(), b"0" * 12, 1), "the file's name is not the article's id"),
    ]:
        path.write_bytes(bad)
        with pytest.raises(CorpusError, match=message) as caught:
            CorpusFolder.open(filled.path).article(a.id)
        assert f"{a.id}.json" in str(caught.value)


def test_lines_of_other_writers(filled: CorpusFolder) -> None:
    """Sentences whose keys stand in another order, with blanks between, are found as well."""
    a, stored = article(), filled.path / "sentences.jsonl"
    loose = [orjson.loads(x) for x in stored.read_bytes().splitlines()]
    keys = ("meta", "text", "tokens", "id")
    text = "".join(json.dumps({key: x[key] for key in keys}) + "\n" for x in loose)
    stored.write_text(text)
    assert CorpusFolder.open(filled.path).sentences(a.id) == sentences(a)


_HOLD = """
import sys
from annotator.storage.lock import Lock
lock = Lock(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


def test_two_writers(filled: CorpusFolder) -> None:
    """A second writer waits, then names the one that writes."""
    lock = str(filled.path / ".corpus.lock")
    holder = subprocess.Popen([sys.executable, "-c", _HOLD, lock], stdin=-1, stdout=-1, text=True)
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(CorpusError, match=f"the corpus is being written by process {holder.pid} on .*; try again when"):
        filled.set_line_verdict(article().id, 0, LineVerdict.BODY, by="ana", time=1, wait=0.05)
    holder.kill()
    holder.communicate()
    filled.set_line_verdict(article().id, 0, LineVerdict.BODY, by="ana", time=1)


def test_a_line_that_another_process_completes_is_read_again(filled: CorpusFolder) -> None:
    """A reader that has seen its beginning must not go on in its middle."""
    path = filled.path / "sentences.jsonl"
    data = path.read_bytes()
    cut = data.rindex(b"\n", 0, -1) + 30
    path.write_bytes(data[:cut])
    file = SentenceFile(path)
    article = data.splitlines()[-1][7:19].decode()
    before = len(file.read(article))
    with path.open("ab") as out:
        out.write(data[cut:])
    assert len(file.read(article)) == before + 1


def test_the_ranges_of_sentences_are_those_that_are_stored(tmp_path: Path) -> None:
    """They match only if each is there, in order, in its article: an export counts by them without decoding a line."""
    corpus = builders.make_corpus(tmp_path / "news")
    first, second = corpus.article_ids()
    with corpus.open_sentence_ranges() as ranges:
        for article, other in ((first, second), (second, first)):
            stored = [(s.start, s.end) for s in corpus.sentences(article)]
            assert ranges.ranges(article) == stored
            assert ranges.match(article, stored)
            assert not ranges.match(other, stored)
            assert not ranges.match("0" * 16, stored)
            for n, (start, end) in enumerate(stored):
                assert not ranges.match(article, stored[:n] + stored[n + 1 :])
                assert not ranges.match(article, [*stored[:n], (start, end - 1), *stored[n + 1 :]])
            assert not ranges.match(article, stored[::-1])
