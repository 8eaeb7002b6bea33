"""Docs from the stored tokens, through a DocBin and back."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc, DocBin
from srsly.msgpack import msgpack_encoders

from annotator.core.article import Article, Sentence
from annotator.core.errors import CorpusError
from annotator.core.tokens import Token
from annotator.docbin.srsly_codecs import cached_srsly_codecs
from annotator.export.doc_layout import (
    USER_DATA_KEY,
    DocUnit,
    ExportSentence,
    reviewed_runs,
    units_by_part,
    with_unreviewed,
)
from annotator.export.options import ExportItem, ExportOptions
from annotator.export.span_outcomes import span_outcomes
from tests.export.export_samples import SCHEMA, item, make_article, pack_units, sentences

LINES = [
    ["Ida Holm came .", "She left Rosavik ."],
    ["Advertisement"],
    ["Forty boats sank ;", "nobody saw Ida Holm .", "It rained ."],
    ["The end ."],
]
ARTICLE = make_article(LINES, title="The boats", dropped=[1], date="2031-04-05", source="The Daily Buoy")
EVERY = sentences(ARTICLE, LINES)
VOCAB = spacy.blank("en").vocab
BODY = [s for s in EVERY if s.text != "Advertisement"]
SOME = st.sets(st.integers(0, len(BODY) - 1), min_size=1)
"""Which sentences of the article a person has accepted."""


def _article_units(pieces: Sequence[ExportSentence], rest: Sequence[Sentence]) -> list[DocUnit]:
    """Return the Docs of an article, ``rest`` filling the gaps."""
    return units_by_part(with_unreviewed(pieces[0].article, pieces, rest, pieces[0].part))


def _piece(of: ExportItem, part: str = "train") -> ExportSentence:
    return ExportSentence(
        of.annotated.sentence, of.article, part, of, (of.annotator,), span_outcomes(of.annotated, SCHEMA)
    )


def _loaded(stretches: Sequence[DocUnit], key: str = "sc") -> list[Doc]:
    _, data = pack_units(stretches, ExportOptions(engine="spacy", spans_key=key))
    return list(DocBin().from_bytes(data).get_docs(VOCAB))


def _article_doc(reviewed: Sequence[int], article: Article = ARTICLE) -> Doc:
    pieces = [_piece(item(article, BODY[n], *_marks(BODY[n]))) for n in reviewed]
    rest = [s for n, s in enumerate(BODY) if n not in reviewed]
    (doc,) = _loaded(_article_units(pieces, rest))
    return doc


def _marks(s: Sentence) -> list[tuple[str, str]]:
    found = [("Ida Holm", "PERSON"), ("Rosavik", "VENUE"), ("Forty boats", "COUNT")]
    return [(words, label) for words, label in found if words in s.text]


def test_a_sentence_doc_is_the_sentence() -> None:
    """Words, blanks, spans, entities and the place in the article survive the DocBin."""
    of = item(ARTICLE, BODY[2], ("Forty boats", "COUNT"), ("boats sank", "CLAIM"))
    (doc,) = _loaded([(_piece(of),)])
    assert doc.text == BODY[2].text
    assert [t.text for t in doc] == [t.text for t in BODY[2].tokens]
    assert [(s.text, s.label_) for s in doc.spans["sc"]] == [("Forty boats", "COUNT"), ("boats sank", "CLAIM")]
    assert [(e.text, e.label_) for e in doc.ents] == [("Forty boats", "COUNT")]
    assert [t.is_sent_start for t in doc] == [True, False, False, False]
    known = doc.user_data[USER_DATA_KEY]
    assert known["article"] == ARTICLE.id
    assert known["sentence"] == BODY[2].id
    assert ARTICLE.text[known["start"] : known["end"]] == doc.text
    assert (known["annotator"], known["title"], known["date"]) == ("ana", "The boats", "2031-04-05")


def test_the_span_group_has_the_key_that_was_asked_for() -> None:
    """``--spans-key`` names the group, and there is no other."""
    (doc,) = _loaded([(_piece(item(ARTICLE, BODY[0], ("Ida Holm", "PERSON"))),)], "marks")
    assert list(doc.spans) == ["marks"]


@settings(deadline=None)
@given(SOME)
def test_unreviewed_tokens_are_missing_never_o(reviewed: set[int]) -> None:
    """In an article Doc an unreviewed token has no tag at all, a reviewed one always has one."""
    doc = _article_doc(sorted(reviewed))
    for n, s in enumerate(doc.user_data[USER_DATA_KEY]["sentences"]):
        assert s["reviewed"] == (n in reviewed)
        tags = {doc[i].ent_iob_ for i in range(s["token_start"], s["token_end"])}
        assert "" not in tags if n in reviewed else tags == {""}


@settings(deadline=None)
@given(SOME)
def test_an_article_doc_reads_as_the_article(reviewed: set[int]) -> None:
    """Sentences stand in text order with the article's white space; dropped lines stay out."""
    doc = _article_doc(sorted(reviewed))
    assert doc.text == "\n".join(" ".join(line) for n, line in enumerate(LINES) if n != 1)
    assert [s.text.strip() for s in doc.sents] == [s.text for s in BODY]


@settings(deadline=None)
@given(SOME)
def test_runs_hold_every_reviewed_sentence_and_no_other(reviewed: set[int]) -> None:
    """Spancat's Docs hold the accepted sentences, joined where nothing unseen stands between."""
    pieces = [_piece(item(ARTICLE, BODY[n], *_marks(BODY[n]))) for n in sorted(reviewed)]
    found = [[p.sentence for p in run] for run in reviewed_runs(pieces)]
    assert [s for run in found for s in run] == [BODY[n] for n in sorted(reviewed)]
    assert len(found) == sum(n - 1 not in reviewed for n in reviewed)
    for doc in _loaded(reviewed_runs(pieces)):
        assert all(t.ent_iob_ for t in doc)


def test_spans_of_an_article_doc_keep_their_words() -> None:
    """Spans and entities of later sentences are shifted by the tokens before them."""
    doc = _article_doc([0, 1, 3])
    expected = [("Ida Holm", "PERSON"), ("Rosavik", "VENUE"), ("Ida Holm", "PERSON")]
    assert [(s.text, s.label_) for s in doc.spans["sc"]] == expected
    assert [(e.text, e.label_) for e in doc.ents] == expected


def test_an_unreviewed_sentence_that_overlaps_an_accepted_one_stays_out() -> None:
    """After a join the old halves don't stand in the text a second time."""
    pieces = [_piece(item(ARTICLE, BODY[1]))]
    half = Sentence(ARTICLE.id, 9, BODY[1].start, BODY[1].start + 3, "She", BODY[1].tokens[:1])
    (doc,) = _loaded(_article_units(pieces, [half, BODY[0]]))
    assert doc.text == f"{BODY[0].text} {BODY[1].text}"


def test_tokens_that_do_not_spell_the_sentence_are_refused() -> None:
    """A damaged record is an error that names the sentence, not a Doc with other words."""
    s = BODY[0]
    broken = Sentence(s.article, s.index, s.start, s.end, s.text, (*s.tokens[:-1], Token("!", 14, 15, False)))
    with pytest.raises(CorpusError, match="the stored tokens do not spell the sentence") as e:
        pack_units([(_piece(item(ARTICLE, broken)),)], ExportOptions(engine="spacy"))
    assert e.value.where == s.id


def test_meta_keeps_what_a_docbin_can_hold() -> None:
    """All values of an article's ``meta`` go along; numbers past 64 bits as texts."""
    article = make_article(LINES, title="x")
    article.meta.update({"desk": "harbour", "words": 12, "huge": 2**70, "nested": {"a": 1}, "ok": True})
    (doc,) = _loaded([(_piece(item(article, BODY[0])),)])
    assert doc.user_data[USER_DATA_KEY]["meta"] == {
        "desk": "harbour",
        "huge": str(2**70),
        "nested": {"a": 1},
        "ok": True,
        "words": 12,
    }


def test_the_codecs_are_as_before() -> None:
    """The look-up is cached inside the block alone, and finds the same codecs."""
    before = msgpack_encoders.get_all()
    with cached_srsly_codecs():
        assert msgpack_encoders.get_all() is msgpack_encoders.get_all()
        assert msgpack_encoders.get_all() == before
    assert msgpack_encoders.get_all() is not msgpack_encoders.get_all()
    assert msgpack_encoders.get_all() == before
