"""Repair settles what it says it settles: whatever sets an article apart is mended, or named with exit code 3."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.article import Sentence
from annotator.ingest.tokenizer import Tokenizer
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.sentences import encode_sentence_line
from annotator.workflows.ingesting import ingest
from annotator.workflows.repairing import repair_corpus
from tests import builders


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a corpus of two articles."""
    return builders.make_corpus(tmp_path_factory.mktemp("template") / "news").path


def _damaged(corpus: Path) -> dict[str, str]:
    """Return the articles that are set apart, each with the file that is damaged."""
    opened = CorpusFolder.open(corpus)
    list(opened.readable_articles())
    return {a: Path(error.where.partition(":")[0]).name for a, error in opened.damaged_articles.items()}


def _check_settled(corpus: Path) -> None:
    """Fail unless a repair leaves no damaged article that it does not name, and has nothing to do the second time."""
    report = repair_corpus(corpus, write=True)
    named = [f"{f.file}: {what}" for f in report.files for what in f.stays]
    for article, file in _damaged(corpus).items():
        assert any(article in line or line.startswith(f"{file}: ") for line in named), (article, report)
    again = repair_corpus(corpus, write=True)
    assert not [f for f in again.files if f.data is not None], again
    assert bool(again.stays) == bool(_damaged(corpus)) or again.stays == report.stays


def _lines_of(corpus: Path) -> list[bytes]:
    return (corpus / "sentences.jsonl").read_bytes().splitlines()


@pytest.mark.parametrize("first", [False, True])
def test_a_damaged_copy_beside_a_sentence_is_removed(template: Path, tmp_path: Path, first: bool) -> None:
    """Whichever comes first: the sound one is all that the article needs, and its bytes stay."""
    corpus = shutil.copytree(template, tmp_path / "news")
    lines = _lines_of(corpus)
    copies = [lines[1], lines[1].replace(b'"text":"', b'"text":"X', 1)]
    lines[1:2] = copies[::-1] if first else copies
    (corpus / "sentences.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    assert _damaged(corpus)
    report = repair_corpus(corpus, write=True)
    assert [x.done for x in report.files] == [(f"removed 1 surplus line of article {builders.market().id}",)]
    assert (corpus / "sentences.jsonl").read_bytes() == (template / "sentences.jsonl").read_bytes()
    assert not _damaged(corpus)


def test_a_surplus_line_over_others_is_removed(template: Path, tmp_path: Path) -> None:
    """It is sound in itself: the tokenizer of the corpus proves that it is none of its sentences."""
    corpus = shutil.copytree(template, tmp_path / "news")
    lines = _lines_of(corpus)
    text = builders.market().text[0:3]
    surplus = b'{"id":"%b:0-3","text":"%b","tokens":[{"text":"%b","start":0,"end":3,"id":0,"ws":false}],'
    meta = b'"meta":{"article":"%b","index":0,"start":0,"end":3}}'
    market = builders.market().id.encode()
    lines.insert(2, (surplus % (market, text.encode(), text.encode())) + meta % market)
    (corpus / "sentences.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    assert _damaged(corpus)
    assert repair_corpus(corpus, write=True).stays == 0
    assert (corpus / "sentences.jsonl").read_bytes() == (template / "sentences.jsonl").read_bytes()


def _pieces(draw: st.DrawFn, raw: bytes) -> Iterator[bytes]:
    """Yield the lines of a file after one to three kinds of damage."""
    lines = raw.split(b"\n")
    for _ in range(draw(st.integers(1, 3))):
        n = draw(st.integers(0, len(lines) - 1))
        line, kind = lines[n], draw(st.sampled_from(("flip", "cut", "drop", "copy", "word", "zeros", "swap", "number")))
        at = draw(st.integers(0, max(0, len(line) - 1)))
        if kind == "flip" and line:
            lines[n] = line[:at] + bytes([line[at] ^ 1 << draw(st.integers(0, 7))]) + line[at + 1 :]
        elif kind == "cut":
            lines[n] = line[:at]
        elif kind == "drop":
            del lines[n]
            lines = lines or [b""]
        elif kind == "copy":
            lines.insert(draw(st.integers(0, len(lines))), line)
        elif kind == "word":
            lines[n] = line.replace(b"the", b"tx", 1)
        elif kind == "zeros":
            lines.insert(n, bytes(5))
        elif kind == "number":
            lines[n] = line.replace(b"1", b"2", 1)
        else:
            lines[n], lines[0] = lines[0], line
    yield from lines


@st.composite
def _damage(draw: st.DrawFn, raw: bytes) -> bytes:
    return b"\n".join(_pieces(draw, raw))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_what_sets_an_article_apart_is_mended_or_named(template: Path, data: st.DataObject) -> None:
    """Random damage of any file; the second repair has nothing to do."""
    with TemporaryDirectory() as folder:
        corpus = shutil.copytree(template, Path(folder) / "news")
        files = ("sentences.jsonl", *(f"articles/{p.name}" for p in sorted((corpus / "articles").iterdir())))
        path = corpus / data.draw(st.sampled_from(files))
        path.write_bytes(data.draw(_damage(path.read_bytes())))
        _check_settled(corpus)


OLD_CUT = "Am 3. | März kam Dr. Lenz. | Er blieb bis zum 12. | Juni. | Er ging."
"""As versions up to 0.2.0 cut a German line."""
OTHER_CUT = "Am 3. März | kam | Dr. Lenz. | Er blieb | bis zum 12. Juni. Er | ging."
"""As no version cuts it."""


@pytest.mark.parametrize("lost", [{0}, {1}, {4}, {0, 2}, {1, 3}, {0, 1}, {0, 1, 2, 3, 4, 5}])
@pytest.mark.parametrize("cut", [OLD_CUT, OTHER_CUT])
def test_a_german_corpus_of_another_cut_is_neither_refused_nor_cut_anew(
    tmp_path: Path, cut: str, lost: set[int]
) -> None:
    """Lost sentences come back as they were where earlier rules or the gaps prove them; else they stay lost."""
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": cut.replace("| ", "")}))
    ingest(tmp_path / "de", [tmp_path / "a.jsonl"], lang="de")
    article = next(iter(CorpusFolder.open(tmp_path / "de").readable_articles()))
    lines, at = list[bytes](), 0
    for n, piece in enumerate(cut.split(" | "), 1):
        place = (at := article.text.index(piece, at)), at + len(piece)
        lines.append(encode_sentence_line(Sentence(article.id, n, *place, piece, Tokenizer("de").tokens(piece))))
    path = tmp_path / "de" / "articles" / f"{article.id}.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "sentences": len(lines)}, ensure_ascii=False))
    left = b"".join(line for n, line in enumerate(lines) if n not in lost)
    (tmp_path / "de" / "sentences.jsonl").write_bytes(left)
    report = repair_corpus(tmp_path / "de", write=True)
    found, stays = (tmp_path / "de" / "sentences.jsonl").read_bytes(), [x for f in report.files for x in f.stays]
    if cut == OLD_CUT or not any({n, n + 1} <= lost for n in lost):
        assert (found, stays) == (b"".join(lines), [])
    else:
        assert (found, stays) == (left, [f"{6 - len(lost)} of 6 sentences of article {article.id} are there"])
