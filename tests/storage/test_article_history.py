"""The doubt about the lines of an article: stored, settled for all annotators, and open again after an undo."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.article import LineVerdict
from annotator.storage.article_history import settle_doubt, switch_line, undo_last
from annotator.storage.articles import decode_article, encode_article
from annotator.storage.corpus_folder import CorpusFolder
from tests.storage.storage_helpers import article, new_corpus, sentences

DOUBT = "most of the prose is outside the article"
STEPS = st.sampled_from(["settle", *[(line, verdict) for line in (0, 2, 4) for verdict in LineVerdict]])


@pytest.fixture
def doubtful(tmp_path: Path) -> CorpusFolder:
    """Return a corpus of one article with an open doubt."""
    corpus = new_corpus(tmp_path / "news")
    a = replace(article(), doubt=DOUBT)
    corpus.add_article(a, sentences(a))
    return corpus


def test_no_doubt_is_not_written() -> None:
    """The file of an article without a doubt has no field for one, and a file without the field has no doubt."""
    raw = encode_article(article(), 4)
    assert b'"doubt"' not in raw
    assert decode_article(raw, "here").doubt == ""


def test_a_switch_or_a_person_settles_it_for_all(doubtful: CorpusFolder) -> None:
    """A switched line and a person who finds the lines right settle it; each undo opens it again."""
    a = article()
    assert doubtful.article(a.id).doubt == DOUBT
    for settle in (
        lambda: doubtful.settle_doubt(a.id, by="ana", time=1),
        lambda: doubtful.set_line_verdict(a.id, 4, LineVerdict.BODY, by="ana", time=1),
    ):
        assert settle().doubt == ""
        assert CorpusFolder.open(doubtful.path).article(a.id).doubt == ""
        undone = doubtful.undo_line_verdict(a.id, by="bob", time=2)
        assert undone == replace(a, doubt=DOUBT)
    assert doubtful.undo_line_verdict(a.id, by="bob", time=3) is None
    assert not doubtful.warnings  # the digest of the metadata still holds


def test_settling_nothing_writes_nothing(doubtful: CorpusFolder) -> None:
    """Who settles a doubt that is settled leaves the file as it is."""
    path = doubtful.articles.path(article().id)
    doubtful.settle_doubt(article().id, by="ana", time=1)
    before = path.read_bytes()
    doubtful.settle_doubt(article().id, by="bob", time=2)
    assert path.read_bytes() == before


@given(st.lists(STEPS, max_size=8))
def test_undo_walks_back_through_all(steps: list[str | tuple[int, LineVerdict]]) -> None:
    """As many undos as changes lead back through each state, lines and doubt, to the article of the ingest."""
    states = [orjson.loads(encode_article(replace(article(), doubt=DOUBT), 4))]
    for step in steps:
        last = states[-1]
        new = settle_doubt(last, "ana", 1) if isinstance(step, str) else switch_line(last, *step, "ana", 1)
        if new != last:
            states.append(new)
    data = states[-1]
    for earlier in reversed(states[:-1]):
        undone = undo_last(data, "bob", 2)
        assert undone is not None
        data = undone
        assert (data["lines"], data["doubt"]) == (earlier["lines"], earlier["doubt"])
    assert undo_last(data, "bob", 3) is None
