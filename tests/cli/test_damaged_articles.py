"""A damaged article is set apart: nothing of it is exported in silence, and work goes on in all others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.core.annotation import Answer
from annotator.core.article import LineVerdict
from annotator.core.edits import set_answer
from tests import builders
from tests.cli.command_runner import call


def _flip_article(corpus: Path) -> None:
    path = corpus / "articles" / f"{builders.market().id}.json"
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"stalls opened")] ^= 1
    path.write_bytes(raw)


def _flip_sentence(corpus: Path) -> None:
    path = corpus / "sentences.jsonl"
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"stalls opened")] ^= 1
    path.write_bytes(raw)


@pytest.fixture(params=[_flip_article, _flip_sentence], ids=["article", "sentence"])
def flipped(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a corpus of two articles, a sentence of each accepted; then one bit of the first one flips."""
    corpus = builders.make_corpus(tmp_path / "news")
    session = builders.open_session(corpus)
    for article in (builders.market(), builders.bridge()):
        session.apply_edit(set_answer(session.sentences_of(article.id)[0], Answer.ACCEPT))
    session.close()
    damage: Callable[[Path], None] = request.param
    damage(corpus.path)
    return corpus.path


def test_the_session_opens_with_all_other_articles(flipped: Path) -> None:
    """The damaged article is named in a warning and has no sentences; a decision in another one is saved."""
    session = builders.open_session(flipped)
    assert [len(session.sentences_of(a)) for a in session.queue] == [0, len(builders.sentences(builders.bridge())) - 1]
    assert [w for w in session.warnings if "set apart" in w and builders.market().id in w and "annotator repair" in w]
    assert session.current_article_id == builders.bridge().id
    session.apply_edit(set_answer(session.annotated, Answer.REJECT))
    assert session.flush()
    session.close()


@pytest.mark.parametrize("command", ["articles", "suggest", "check"])
def test_commands_go_on_with_all_other_articles(flipped: Path, command: str) -> None:
    """They name the damaged article and end with 3."""
    result = call(command, flipped, *(["--rules"] if command == "suggest" else []))
    assert result.code == 3, result.err
    assert f"article {builders.market().id} is set apart" in result.out + result.err
    assert "Traceback" not in result.err
    if command == "articles":
        assert builders.bridge().id in result.out


def test_statistics_go_on_with_all_other_articles(flipped: Path) -> None:
    """They count what can be read, and warn."""
    result = call("stats", flipped, "--json")
    assert result.code == 3
    assert result.json["annotators"][0]["done"] == 1
    assert f"article {builders.market().id} is set apart" in result.err


@pytest.mark.parametrize("options", ["--split 100/0/0", "--split 100/0/0 --unit article", "--format plain"])
def test_an_export_leaves_nothing_out_in_silence(flipped: Path, tmp_path: Path, options: str) -> None:
    """What was accepted in the damaged article is exported as it was, or left out with exit code 3 and a warning."""
    result = call("export", flipped, tmp_path / "out", *options.split())
    if result.code == 0:  # the journal has the text and the tokens of what was accepted
        assert "2" in result.out
    else:
        assert result.code == 3, result.err
        assert "the article is damaged" in result.err


@pytest.mark.parametrize("options", ["--split 100/0/0", "--format plain"])
def test_an_export_warns_of_damaged_sentences(tmp_path: Path, options: str) -> None:
    """A record has its text and tokens of its own: it is exported as it was, with a warning that names the file."""
    corpus = builders.make_corpus(tmp_path / "news")
    session = builders.open_session(corpus)
    sentence = session.sentences_of(builders.market().id)[0]
    session.apply_edit(set_answer(sentence, Answer.ACCEPT))
    session.close()
    assert "sentences.jsonl" not in call("export", corpus.path, tmp_path / "before", *options.split()).err
    _flip_sentence(corpus.path)
    result = call("export", corpus.path, tmp_path / "out", *options.split())
    assert result.code == 0, result.err
    assert f"sentences.jsonl: sentences of article {builders.market().id} are damaged" in result.err


_TEXT = "Market opens\n\nThe stalls opened at six. Ana Ruiz sold plums.\n\nNobody came from Porto.\n"


def _cut_file(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:90])


def _flip_bits(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"stalls opened", b"stbllt opened", 1))


@pytest.mark.parametrize("file", ["article", "sentences.jsonl"])
@pytest.mark.parametrize("damage", [_cut_file, _flip_bits], ids=["cut", "flipped"])
def test_the_source_of_a_damaged_article_mends_it(tmp_path: Path, file: str, damage: Callable[[Path], None]) -> None:
    """Its text has the digest that the article is named after; what can be read of the damaged file is kept."""
    source, corpus = tmp_path / "market.txt", tmp_path / "news"
    source.write_text(_TEXT)
    assert call("ingest", source, "--corpus", corpus).code == 0
    session = builders.open_session(corpus)
    article_id = session.current_article_id
    session.corpus.set_line_verdict(article_id, 4, LineVerdict.BOILERPLATE, by="ana", time=1.0)
    session.apply_edit(set_answer(session.sentences_of(article_id)[0], Answer.ACCEPT))
    session.close()
    path = corpus / (file if file == "sentences.jsonl" else f"articles/{article_id}.json")
    sound = path.read_bytes()
    damage(path)
    assert call("check", corpus).code
    result = call("ingest", source, "--corpus", corpus)
    assert result.code == 0, result.err
    assert f"{article_id}  was damaged, mended from its source" in result.out
    if file == "sentences.jsonl" or damage is _flip_bits:
        assert path.read_bytes().endswith(sound)
    assert call("repair", corpus).out == "nothing to mend\n"
    assert "already in the corpus" in call("ingest", source, "--corpus", corpus).out
    opened = builders.open_session(corpus)
    assert opened.sentences_of(article_id)[0].done
    opened.close()
