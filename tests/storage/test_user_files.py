"""What lies outside a corpus: schemas, the sample copy, preferences."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from annotator.core.errors import CorpusError, SchemaError
from annotator.storage import schemas, user_files
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.schemas import default_schema_path, load_schema, read_schema_text, sample_corpus_path
from annotator.storage.user_files import MAX_CORPORA, Preferences, update_preferences, user_sample_corpus
from tests.storage.storage_helpers import SCHEMA, FailingFile, article, new_corpus, sentences, tree


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Name a folder for the user's own things."""
    monkeypatch.setenv("ANNOTATOR_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pretend to be installed: the package in a folder, schema and sample in its ``_data``."""
    package = tmp_path / "site" / "annotator"
    (package / "_data" / "schemas").mkdir(parents=True)
    (package / "_data" / "schemas" / "news.toml").write_text(SCHEMA)
    corpus = new_corpus(package / "_data" / "corpus")
    corpus.add_article(article(), sentences(article()))
    (package / "_data" / "corpus" / ".corpus.lock").touch()
    monkeypatch.setattr(schemas, "PACKAGE_FOLDER", package)
    return package


def test_shipped_things_in_a_wheel(installed: Path) -> None:
    """A wheel's own data win over a folder of the same name beside the package."""
    (installed.parent / "schemas").mkdir()
    assert default_schema_path() == installed / "_data" / "schemas" / "news.toml"
    assert sample_corpus_path() == installed / "_data" / "corpus"
    assert [x.name for x in load_schema("news").labels] == ["PERSON", "VENUE"]


def test_shipped_things_in_a_clone(installed: Path) -> None:
    """In a clone they lie beside the package; where they are nowhere, the error says so."""
    (installed / "_data").rename(installed.parent / "moved")
    with pytest.raises(CorpusError, match="the installation lacks its folder `corpus`; install Annotator again"):
        sample_corpus_path()
    (installed.parent / "moved" / "schemas").rename(installed.parent / "schemas")
    assert default_schema_path() == installed.parent / "schemas" / "news.toml"


def test_a_bare_name_means_the_shipped_schema(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``news`` is the shipped schema even beside a corpus folder of that name; a file of that name wins."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "news").mkdir()
    assert load_schema(Path("news")).name == "t"
    (tmp_path / "news").rmdir()
    (tmp_path / "news").write_text(SCHEMA.replace('"t"', '"mine"'))
    assert load_schema(Path("news")).name == "mine"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "s.toml: there is no such schema; name a file, or one of news"),
        (b'name = "x"\nversion = 1 2\n', "s.toml:2: this is no TOML: expected newline or end of document"),
        (b'name = "x"\n\nversion = "\xe9"\n', "s.toml:3: this is not UTF-8; save the file as UTF-8"),
        (b"# " + b"x" * 2**22, "s.toml: the file is larger than 4 MiB"),
        (SCHEMA.replace('"s"', '"a"').encode(), "s.toml: PERSON and VENUE have the key 'a'"),
        (b'[[label]]\nname = "A"\ninside = ["B"]', "s.toml: label A: `inside` names an unknown label 'B'"),
    ],
)
def test_bad_schemas(installed: Path, tmp_path: Path, data: bytes | None, message: str) -> None:
    """A schema that cannot be used is told with file and, where there is one, line."""
    if data is not None:
        (tmp_path / "s.toml").write_bytes(data)
    with pytest.raises(SchemaError) as caught:
        load_schema(tmp_path / "s.toml")
    assert message in str(caught.value)
    with pytest.raises(SchemaError, match="this is a folder, no schema"):
        load_schema(tmp_path)


def test_a_schema_from_windows(tmp_path: Path) -> None:
    """A byte order mark and CRLF are no reason to refuse a schema."""
    (tmp_path / "s.toml").write_bytes(b"\xef\xbb\xbf" + SCHEMA.replace("\n", "\r\n").encode())
    assert load_schema(tmp_path / "s.toml").name == "t"


def test_the_users_sample(installed: Path, home: Path) -> None:
    """The first call copies the sample, a later one changes nothing, and the original stays as it was."""
    (installed / "_data" / "corpus" / "corpus.toml").chmod(0o444)
    (installed / "_data" / "corpus" / "articles").chmod(0o555)
    before = tree(installed)
    target = user_sample_corpus()
    assert target == home / "sample"
    assert tree(target) == tree(installed / "_data" / "corpus")
    assert not (target / ".corpus.lock").exists()
    assert (target / "corpus.toml").stat().st_mode & 0o200
    assert (target / "articles").stat().st_mode & 0o200
    CorpusFolder.open(target).set_line_verdict(article().id, 0, article().lines[2].verdict, by="ana", time=1)
    changed = tree(target)
    assert user_sample_corpus() == target
    assert (tree(target), tree(installed)) == (changed, before)
    assert [p.name for p in home.iterdir()] == ["sample"]


def test_a_half_copied_sample(installed: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy that fails leaves nothing behind, and the next call makes a whole one."""
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", FailingFile(os.write, OSError(errno.ENOSPC, "full"), nth=3))
        with pytest.raises(CorpusError, match="sample: cannot copy the sample corpus here: the disk is full"):
            user_sample_corpus()
    assert list(home.iterdir()) == []
    assert CorpusFolder.open(user_sample_corpus()).article_ids() == (article().id,)


def test_a_home_that_is_a_file(installed: Path, home: Path) -> None:
    """The message names the variable that gives another folder."""
    home.parent.mkdir(exist_ok=True)
    home.write_text("no folder", encoding="utf-8")
    with pytest.raises(CorpusError, match="or set ANNOTATOR_HOME to a folder that you can write to"):
        user_sample_corpus()


def test_two_first_starts_at_once(installed: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that comes second takes the copy of the first."""
    copy = user_files._copy_folder

    def slow(source: Path, target: Path) -> None:
        copy(source, target)
        if target.parent == home and not (home / "sample").exists():
            copy(source, home / "sample")
            (home / "sample" / "mine").touch()

    monkeypatch.setattr(user_files, "_copy_folder", slow)
    assert (user_sample_corpus() / "mine").exists()
    assert [p.name for p in home.iterdir()] == ["sample"]


def test_something_else_in_the_samples_place(installed: Path, home: Path) -> None:
    """A folder of the user's in that place is neither overwritten nor opened."""
    (home / "sample").mkdir(parents=True)
    (home / "sample" / "letter.txt").write_text("mine")
    with pytest.raises(CorpusError, match="something else is here; move it away, then start again"):
        user_sample_corpus()
    assert tree(home) == {"sample/letter.txt": b"mine"}


def test_places_without_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without ANNOTATOR_HOME the folders of the system are used."""
    monkeypatch.delenv("ANNOTATOR_HOME", raising=False)
    from annotator.storage.user_files import user_data_folder, user_state_folder

    assert user_data_folder().name == user_state_folder().name == "annotator"


def test_preferences(home: Path, tmp_path: Path) -> None:
    """What was saved is there at the next start, the place per corpus and annotator."""
    assert Preferences.load() == Preferences()
    update_preferences(lambda p: replace(p, theme="light", hints="likely"))
    update_preferences(lambda p: p.with_position(tmp_path / "a", "ana", "x:1-2"))
    update_preferences(lambda p: p.with_position(tmp_path / "b" / ".." / "a", "bob", "x:3-4"))
    found = Preferences.load()
    assert (found.theme, found.hints) == ("light", "likely")
    assert [found.position(tmp_path / "a", who) for who in ("ana", "bob", "zoe")] == ["x:1-2", "x:3-4", ""]
    assert found.position(tmp_path / "b", "ana") == ""


_BROKEN = [b"", b"{", b"\0" * 50, b"[]", b'{"theme": 1}', b'{"positions": {"a": 1}}', b'{"positions": []}']


@pytest.mark.parametrize("data", _BROKEN)
def test_broken_preferences(home: Path, data: bytes) -> None:
    """A broken file is set aside, and the defaults serve until the next save."""
    home.mkdir()
    (home / "preferences.json").write_bytes(data)
    assert Preferences.load() == Preferences()
    assert (home / "preferences.json.torn-1").read_bytes() == data
    Preferences(theme="dark").save()
    assert Preferences.load().theme == "dark"


def test_old_places_are_forgotten(tmp_path: Path) -> None:
    """The file does not grow for ever: the corpora used last are kept."""
    prefs = Preferences()
    for n in [*range(MAX_CORPORA), 0, MAX_CORPORA]:
        prefs = prefs.with_position(tmp_path / str(n), "ana", f"s{n}")
    assert [prefs.position(tmp_path / str(n), "ana") for n in (0, 1, 2, MAX_CORPORA)] == [
        "s0",
        "",
        "s2",
        f"s{MAX_CORPORA}",
    ]


def test_preferences_that_cannot_be_saved(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is one of ours, so that the screen can tell it and go on."""
    home.write_text("a file in the way")
    with pytest.raises(CorpusError, match="cannot write here"):
        Preferences().save()
    with pytest.raises(CorpusError, match="cannot write here"):
        update_preferences(lambda p: p)
    assert Preferences.load() == Preferences()


def test_shipped_folder_is_the_repositorys_here() -> None:
    """In this clone the schemas are those of the repository."""
    assert schemas.shipped_folder("schemas", SchemaError).parent == Path(__file__).resolve().parents[2]


def test_a_schema_with_a_byte_order_mark(tmp_path: Path) -> None:
    """The mark that editors on Windows write is no part of the text that a corpus is made with."""
    file = tmp_path / "s.toml"
    file.write_bytes(b'\xef\xbb\xbf[[label]]\nname = "SHIP"\n')
    assert read_schema_text(file) == '[[label]]\nname = "SHIP"\n'
    assert [x.name for x in load_schema(file).labels] == ["SHIP"]
