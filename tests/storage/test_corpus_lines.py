"""Line switches with undo, and versions of an article."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from annotator.core.article import Article, Verdict
from annotator.core.errors import CorpusError
from annotator.storage.corpus import Corpus

from .helpers import Failing, article, body, new_corpus, sentences, tree


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Make an empty corpus."""
    return new_corpus(tmp_path / "news")


@pytest.fixture
def filled(corpus: Corpus) -> Corpus:
    """Make a corpus of one article."""
    corpus.add(article(), sentences(article()))
    return corpus


def _json(corpus: Corpus, a: Article) -> dict[str, object]:
    data = orjson.loads((corpus.path / "articles" / f"{a.id}.json").read_bytes())
    assert isinstance(data, dict)
    return data


def test_switch_a_line(filled: Corpus) -> None:
    """A switched line keeps the machine's verdict; switching back restores its reason too."""
    a = article()
    switched = filled.set_line(a.id, 4, Verdict.BODY, by="ana", time=7.5)
    line = switched.lines[4]
    assert (line.verdict, line.reason, line.was) == (Verdict.BODY, "switched by ana", Verdict.BOILERPLATE)
    assert filled.article(a.id) == switched
    assert [s.text for s in filled.active_sentences(switched)][-1] == "Read more"
    again = filled.set_line(a.id, 4, Verdict.CAPTION, by="bob", time=8)
    assert (again.lines[4].reason, again.lines[4].was) == ("switched by bob", Verdict.BOILERPLATE)
    assert filled.set_line(a.id, 4, Verdict.BOILERPLATE, by="ana", time=9) == a
    history = _json(filled, a)["history"]
    assert isinstance(history, list)
    assert [(x["op"], x["by"], x["time"]) for x in history] == [
        ("switch", "ana", 7), ("switch", "bob", 8), ("switch", "ana", 9)
    ]  # fmt: skip
    before = tree(filled.path)
    assert filled.set_line(a.id, 0, Verdict.TITLE, by="ana", time=9) == a
    assert tree(filled.path) == before
    with pytest.raises(
        CorpusError, match="there is no line 6: the article has 5; choose a line of the article"
    ):
        filled.set_line(a.id, 5, Verdict.BODY, by="ana", time=9)


def test_undo_of_switches(filled: Corpus) -> None:
    """Undo walks back through all switches, across sessions, and a new switch starts from there."""
    a = article()
    states = [a]
    for line, verdict in [(4, Verdict.BODY), (4, Verdict.CAPTION), (0, Verdict.BODY)]:
        states.append(filled.set_line(a.id, line, verdict, by="ana", time=1))
    fresh = Corpus.open(filled.path)
    assert fresh.undo_line(a.id, by="bob", time=2) == states[2]
    assert fresh.undo_line(a.id, by="bob", time=3) == states[1]
    fresh.set_line(a.id, 2, Verdict.CAPTION, by="bob", time=4)
    fresh = Corpus.open(filled.path)
    assert fresh.undo_line(a.id, by="bob", time=5) == states[1]
    assert fresh.undo_line(a.id, by="bob", time=6) == a
    assert fresh.undo_line(a.id, by="bob", time=7) is None
    assert fresh.article(a.id) == a


def test_unknown_keys_of_an_article_stay(filled: Corpus) -> None:
    """What a later version or another tool has put into an article survives a switch."""
    a = article()
    path = filled.path / "articles" / f"{a.id}.json"
    path.write_bytes(orjson.dumps(_json(filled, a) | {"note": "kept"}))
    filled.set_line(a.id, 4, Verdict.BODY, by="ana", time=1)
    assert _json(filled, a)["note"] == "kept"


def test_versions(filled: Corpus) -> None:
    """A new version replaces the newest one of its origin, which leaves the queue and stays readable."""
    a = article()
    new = body("A corrected text.", a.origin)
    other = body("Not related.", "b.txt")
    assert filled.find_origin(a.origin) == a
    assert filled.find_origin("none") is None
    for x in (other, new):
        filled.add(x, sentences(x))
    filled.replace_article(a.id, new.id)
    for corpus in (filled, Corpus.open(filled.path)):
        found = corpus.find_origin(a.origin)
        assert found == replace(new, replaces=a.id)
        old = corpus.article(a.id)
        assert old.replaced_by == new.id
        assert (corpus.active_sentences(old), corpus.sentences(old.id)) == ((), sentences(a))
    third = replace(body("Corrected again.", a.origin), replaces=new.id)
    filled.add(third, sentences(third))
    assert filled.find_origin(a.origin) == third
    assert filled.article(new.id).replaced_by == third.id


def test_crash_before_the_old_version_is_marked(filled: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mark is made up for when the origin is next asked for."""
    a = article()
    new = replace(body("A corrected text.", a.origin), replaces=a.id)
    with monkeypatch.context() as patch:
        patch.setattr(Corpus, "_mark_replaced", Failing(None, OSError(errno.EIO, "crash")))
        with pytest.raises(CorpusError):
            filled.add(new, sentences(new))
    fresh = Corpus.open(filled.path)
    assert fresh.article(a.id).replaced_by == ""
    assert fresh.find_origin(a.origin) == new
    assert fresh.article(a.id).replaced_by == new.id
