"""Line switches with undo, and versions of an article."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import orjson
import pytest

from annotator.core.article import Article, LineVerdict
from annotator.core.errors import CorpusError, SchemaError
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.lock import Lock
from tests.storage.storage_helpers import SCHEMA, FailingFile, article, body, sentences, tree


def _json(corpus: CorpusFolder, a: Article) -> dict[str, object]:
    data = orjson.loads((corpus.path / "articles" / f"{a.id}.json").read_bytes())
    assert isinstance(data, dict)
    return data


def test_switch_a_line(filled: CorpusFolder) -> None:
    """A switched line keeps the machine's verdict; switching back restores its reason too."""
    a = article()
    switched = filled.set_line_verdict(a.id, 4, LineVerdict.BODY, by="ana", time=7.5)
    line = switched.lines[4]
    assert (line.verdict, line.reason, line.was) == (LineVerdict.BODY, "switched by ana", LineVerdict.BOILERPLATE)
    assert filled.article(a.id) == switched
    assert [s.text for s in filled.active_sentences(switched)][-1] == "Read more"
    again = filled.set_line_verdict(a.id, 4, LineVerdict.CAPTION, by="bob", time=8)
    assert (again.lines[4].reason, again.lines[4].was) == ("switched by bob", LineVerdict.BOILERPLATE)
    assert filled.set_line_verdict(a.id, 4, LineVerdict.BOILERPLATE, by="ana", time=9) == a
    history = _json(filled, a)["history"]
    assert isinstance(history, list)
    assert [(x["op"], x["by"], x["time"]) for x in history] == [
        ("switch", "ana", 7), ("switch", "bob", 8), ("switch", "ana", 9)
    ]  # fmt: skip
    before = tree(filled.path)
    assert filled.set_line_verdict(a.id, 0, LineVerdict.TITLE, by="ana", time=9) == a
    assert tree(filled.path) == before
    with pytest.raises(CorpusError, match="there is no line 6: the article has 5; choose a line of the article"):
        filled.set_line_verdict(a.id, 5, LineVerdict.BODY, by="ana", time=9)


def test_undo_of_switches(filled: CorpusFolder) -> None:
    """Undo walks back through all switches, across sessions, and a new switch starts from there."""
    a = article()
    states = [a]
    for line, verdict in [(4, LineVerdict.BODY), (4, LineVerdict.CAPTION), (0, LineVerdict.BODY)]:
        states.append(filled.set_line_verdict(a.id, line, verdict, by="ana", time=1))
    fresh = CorpusFolder.open(filled.path)
    assert fresh.undo_line_verdict(a.id, by="bob", time=2) == states[2]
    assert fresh.undo_line_verdict(a.id, by="bob", time=3) == states[1]
    fresh.set_line_verdict(a.id, 2, LineVerdict.CAPTION, by="bob", time=4)
    fresh = CorpusFolder.open(filled.path)
    assert fresh.undo_line_verdict(a.id, by="bob", time=5) == states[1]
    assert fresh.undo_line_verdict(a.id, by="bob", time=6) == a
    assert fresh.undo_line_verdict(a.id, by="bob", time=7) is None
    assert fresh.article(a.id) == a


def test_unknown_keys_of_an_article_stay(filled: CorpusFolder) -> None:
    """What a later version or another tool has put into an article survives a switch."""
    a = article()
    path = filled.path / "articles" / f"{a.id}.json"
    path.write_bytes(orjson.dumps(_json(filled, a) | {"note": "kept"}))
    filled.set_line_verdict(a.id, 4, LineVerdict.BODY, by="ana", time=1)
    assert _json(filled, a)["note"] == "kept"


def _put(corpus: CorpusFolder, text: str, came_from: str) -> str:
    new = body(text, "as/given.txt")
    corpus.add_article(new, sentences(new), came_from=came_from)
    return new.id


def test_versions(filled: CorpusFolder) -> None:
    """A new version replaces the one before it, which leaves the queue and stays readable."""
    a = article()
    first, other = _put(filled, "A text.", "../a.txt"), _put(filled, "Not related.", "../b.txt")
    second = _put(filled, "A corrected text.", "../a.txt")
    assert filled.articles_from_source("../a.txt") == (first, second)
    filled.replace_article(first, second)
    for corpus in (filled, CorpusFolder.open(filled.path)):
        assert corpus.articles_from_source("../a.txt") == (second,)
        assert corpus.articles_from_source("../b.txt") == (other,)
        assert corpus.articles_from_source("") == corpus.articles_from_source(a.origin) == ()
        old, new = corpus.article(first), corpus.article(second)
        assert (old.replaced_by, new.replaces) == (second, first)
        assert (corpus.active_sentences(old), len(corpus.sentences(first))) == ((), 1)


def test_an_earlier_version_comes_back(filled: CorpusFolder) -> None:
    """A, B, C, A, D: who replaces whom never runs in a circle, and one version is in the queue."""
    a, b, c = (_put(filled, f"Version {x}.", "../a.txt") for x in "abc")
    for old, new in ((a, b), (b, c), (c, a)):
        filled.replace_article(old, new)
    assert [filled.article(x).replaces for x in (a, b, c)] == ["", a, b]
    assert [filled.article(x).replaced_by for x in (a, b, c)] == ["", c, a]
    d = _put(filled, "Version d.", "../a.txt")
    filled.replace_article(a, d)
    assert (
        filled.articles_from_source("../a.txt")
        == CorpusFolder.open(filled.path).articles_from_source("../a.txt")
        == (d,)
    )
    assert (filled.article(d).replaces, filled.article(a).replaced_by) == (a, d)
    filled.restore_article(b)
    assert filled.articles_from_source("../a.txt") == (b, d)


def test_the_shared_folder_says_nothing_where_nothing_is_known(filled: CorpusFolder) -> None:
    """An article whose source is not known again has no field for it."""
    assert "came_from" not in _json(filled, article())


def test_a_short_wait_for_the_lock(filled: CorpusFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever must not stand still waits as long as it says, and no longer."""
    waits: list[float] = []

    class Noted(Lock):
        def __init__(self, path: Path, wait: float = 0.0) -> None:
            waits.append(wait)
            super().__init__(path, wait=min(wait, 0.01))

    monkeypatch.setattr("annotator.storage.lock.Lock", Noted)
    with Lock(filled.path / ".corpus.lock"):
        with pytest.raises(CorpusError, match="the corpus is being written by process"):
            filled.set_line_verdict(article().id, 4, LineVerdict.BODY, by="ana", time=1, wait=0.05)
        with pytest.raises(CorpusError, match="the corpus is being written by process"):
            filled.undo_line_verdict(article().id, by="ana", time=1, wait=0.07)
    assert waits == [0.05, 0.07]
    assert filled.set_line_verdict(article().id, 4, LineVerdict.BODY, by="ana", time=1, wait=0.05).lines[4].was


def test_a_schema_is_put_in_force(filled: CorpusFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is checked and takes effect at once; what cannot be written is said."""
    assert [x.name for x in filled.schema.labels] == ["PERSON", "VENUE"]
    filled.set_schema('[[label]]\nname = "SHIP"\n')
    assert [x.name for x in filled.schema.labels] == ["SHIP"]
    with pytest.raises(SchemaError):
        filled.set_schema("[[label]\n")
    before = tree(filled.path)
    monkeypatch.setattr(os, "open", FailingFile(os.open, OSError(errno.EROFS, "read-only"), only="news"))
    with pytest.raises(CorpusError, match="cannot write here: the disk is read-only; work on a copy"):
        filled.set_schema(SCHEMA)
    assert tree(filled.path) == before
