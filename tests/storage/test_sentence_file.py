"""``sentences.jsonl`` whoever has written its lines: an index of it finds each article's sentences, and no others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.article import Sentence
from annotator.core.errors import CorpusError
from annotator.storage.codec import encode_sentence
from annotator.storage.sentences import SentenceFile, check_sentences_in_text, encode_sentence_line
from tests import builders

ARTICLES = ["0123456789ab", "ba9876543210", "00000000000f"]
KINDS = ["own", "foreign", "blank", "odd"]
LINES = st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(ARTICLES)), max_size=12)


def _line(kind: str, sentence: Sentence) -> bytes:
    """Return a sentence as we write it or as another program does, or a line that is none."""
    if kind == "own":
        return encode_sentence_line(sentence)
    return {"foreign": json.dumps(encode_sentence(sentence)).encode(), "blank": b" ", "odd": b'{"id":"x"}'}[
        kind
    ] + b"\n"


@given(LINES, st.integers(0, 12), st.sampled_from(ARTICLES))
def test_each_article_has_its_own_lines(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str]], first: int, gone: str
) -> None:
    """Read at once or as the file grows; ranges are those of the sentences, and match where our lines are one run."""
    made = [builders.sentence(f"It is {n}.", article, 20 * n, n) for n, (_, article) in enumerate(lines)]
    raw = [_line(kind, s) for (kind, _), s in zip(lines, made, strict=True)]
    path = tmp_path_factory.mktemp("x") / "sentences.jsonl"
    path.write_bytes(b"".join(raw[:first]))
    grown = SentenceFile(path)
    grown.refresh()
    with path.open("ab") as out:
        out.write(b"".join(raw[first:]))
    whole = SentenceFile(path)
    assert whole.refresh() == grown.refresh()
    assert whole.flaws == [n for n, (kind, _) in enumerate(lines, 1) if kind == "odd"]
    assert not whole.torn
    real = [(kind, s) for (kind, _), s in zip(lines, made, strict=True) if kind in {"own", "foreign"}]
    assert whole.articles() == list(dict.fromkeys(s.article for _, s in real))
    for article in ARTICLES:
        mine = [(kind, s) for kind, s in real if s.article == article]
        places = [(s.start, s.end) for _, s in mine]
        assert whole.read(article) == grown.read(article) == tuple(s for _, s in mine)
        at = [n for n, s in enumerate(made) if s in [x for _, x in mine]]
        one_run = bool(at) and at[-1] - at[0] == len(at) - 1
        with whole.open_ranges() as ranges:
            assert ranges.ranges(article) == places
            assert ranges.match(article, places) == (one_run and all(kind == "own" for kind, _ in mine))
    whole.remove_article(gone)
    lost = [kind in {"own", "foreign"} and article == gone for kind, article in lines]
    assert path.read_bytes() == b"".join(x for x, out_of_it in zip(raw, lost, strict=True) if not out_of_it)


@given(st.integers(0, 2), st.sampled_from(["text", "article", "order", "empty"]))
def test_sentences_that_are_not_the_articles_text_are_refused(at: int, what: str) -> None:
    """Another text, another article, one before its neighbour, or none: the error names the first of them."""
    article = builders.market()
    sentences = list(builders.sentences(article)[:3])
    check_sentences_in_text(article, sentences)
    s = sentences[at]
    wrong = {
        "text": builders.sentence("x" * len(s.text), s.article, s.start),
        "article": builders.sentence(s.text, "f" * 12, s.start),
        "order": builders.sentences(article)[0],
        "empty": builders.sentence("", s.article, s.start),
    }[what]
    if what == "order" and at == 0:
        return
    sentences[at] = wrong
    do = "try `annotator repair`, or restore the file from a copy"
    with pytest.raises(CorpusError) as caught:
        check_sentences_in_text(article, sentences)
    assert str(caught.value) == f"sentence {wrong.id}: the sentence is not the article's text there; {do}"


def test_a_damaged_sentence_is_named_by_file_and_line(tmp_path: Path) -> None:
    """Whatever is wrong with it, and whatever article it belongs to."""
    path = tmp_path / "sentences.jsonl"
    own = [builders.sentence(f"It is {n}.", ARTICLES[0], 20 * n, n) for n in range(3)]
    do = "try `annotator repair`, or restore the file from a copy"
    for damaged, what in (
        (encode_sentence_line(own[1]).replace(b'"tokens":[', b'"tokens":'), "the sentence is damaged: this is no JSON"),
        (encode_sentence_line(own[1]).replace(b'"ws":true', b'"ws":12', 1), "the sentence is damaged: "),
        (
            encode_sentence_line(own[1]).replace(b'"article":"0', b'"article":"1'),
            "the sentence is damaged: `id` is not",
        ),
    ):
        path.write_bytes(encode_sentence_line(own[0]) + damaged + encode_sentence_line(own[2]))
        with pytest.raises(CorpusError) as caught:
            SentenceFile(path).read(ARTICLES[0])
        assert str(caught.value).startswith(f"{path}:2: {what}")
        assert str(caught.value).endswith(f"; {do}")
