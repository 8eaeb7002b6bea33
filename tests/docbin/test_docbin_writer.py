"""The straight writer against the installed spaCy: where one of these fails, spaCy has changed its format.

Then ``annotator export --engine spacy`` serves until the straight writer has followed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import spacy
import srsly
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from spacy.strings import get_string_id
from spacy.tokens import DocBin
from spacy.util import filter_spans

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Article, LineVerdict, Sentence, SourceLine
from annotator.core.errors import UsageError
from annotator.core.schema import parse_schema
from annotator.core.spans import Span
from annotator.core.tokens import build_tokens
from annotator.docbin import norms, string_ids, writer
from annotator.docbin.hash_batch import HashedWordIds
from annotator.docbin.norms import CachedWordIds, load_norms, norms_from_spacy
from annotator.docbin.string_ids import SPACY_SYMBOLS, murmurhash64a
from annotator.docbin.token_columns import AttributeSet
from annotator.docbin.writer import DocBinWriter, DocContent, pack_msgpack
from annotator.export.doc_layout import DocUnit, ExportSentence
from annotator.export.options import ExportItem, ExportOptions
from annotator.export.span_outcomes import span_outcomes
from tests.export.export_samples import pack_units

NLP = spacy.blank("en")
LABELS = ("PERSON", "VENUE", "COUNT", "CLAIM")
SCHEMA = parse_schema({"label": [{"name": x, "target": "ents"} for x in LABELS]}, "test")
NO_HALVES = st.text(st.characters(codec="utf-8"), max_size=40)
WORDS = st.one_of(
    st.sampled_from(["Ida", "he", "'s", "do", "n't", "mark", "DET", "–", "€", "Mr.", "\n\n", "Ünal", "🚢", "I", "m"]),
    NO_HALVES.filter(bool),
)
PLAIN: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
NEWS = [
    ("He's off to Port Ellen, said Dr. Mona Birk.", [("Port Ellen", "VENUE"), ("Mona Birk", "PERSON")]),
    (
        "“We can't land 1,200 boats – it's madness”, Ida Holm's crew wrote.",
        [("1,200 boats", "COUNT"), ("Ida Holm", "PERSON"), ("We can't land 1,200 boats", "CLAIM")],
    ),
    ("They don’t pay £5 a.m. or p.m. in the U.S. …", []),
    ("Won't Ann go? Shan't she, goin’ home?", [("Ann", "PERSON")]),
    ("'Tis said: det mark PERSON case.", [("PERSON", "PERSON"), ("det mark", "VENUE")]),
]


@st.composite
def stretches(draw: st.DrawFn) -> list[DocUnit]:
    """Draw Docs of one to three sentences, some of which nobody has reviewed."""
    out = []
    for _ in range(draw(st.integers(1, 3))):
        words = draw(
            st.lists(st.lists(st.tuples(WORDS, st.booleans()), min_size=1, max_size=6), min_size=1, max_size=3)
        )
        texts = ["".join(w + " " * ws for w, ws in sentence) for sentence in words]
        article = Article(
            "a" * 12, "made", "", "".join(texts), (SourceLine(LineVerdict.BODY, ""),), title="Boats", meta={"n": 3}
        )
        out.append(tuple(_pieces(draw, article, words, texts)))
    return out


def _pieces(draw: st.DrawFn, article: Article, sentences: Any, texts: list[str]) -> list[ExportSentence]:
    out, at = [], 0
    for n, (sentence, text) in enumerate(zip(sentences, texts, strict=True)):
        tokens = build_tokens([w for w, _ in sentence], [ws for _, ws in sentence])
        of = Sentence(article.id, n, at, at + len(text), text, tokens)
        at += len(text)
        edges = st.tuples(st.sampled_from(tokens), st.sampled_from(tokens), st.sampled_from(LABELS))
        found = [Span(min(a.start, b.start), max(a.end, b.end), x) for a, b, x in draw(st.lists(edges, max_size=4))]
        annotated = AnnotatedSentence(of, Annotation(answer=Answer.ACCEPT).with_spans(found))
        if draw(st.booleans()):
            item = ExportItem(annotated, "ana", article)
            wrong = (((0, 1), "VENUE"),) if draw(st.booleans()) else ()
            out.append(
                ExportSentence(of, article, "train", item, ("ana", "bo"), span_outcomes(annotated, SCHEMA), wrong)
            )
        else:
            out.append(ExportSentence(of, article, "train"))
    return out


@settings(deadline=None, max_examples=150)
@given(stretches(), st.sampled_from(["own", "min", "full"]), st.booleans())
def test_the_payload_is_that_of_spacy(made: list[DocUnit], attrs: Any, whole: bool) -> None:
    """Both engines make the same bytes and the same counts, for whatever is in a Doc."""
    whole = whole or any(len(unit) > 1 for unit in made)
    options = ExportOptions(attrs=attrs, unit="article" if whole else "sentence")
    ours, data = pack_units(made, options)
    theirs, reference = pack_units(made, replace(options, engine="spacy"))
    assert zlib.decompress(data) == zlib.decompress(reference)
    assert ours == theirs


@pytest.mark.parametrize("many", [False, True])
def test_all_attributes_are_those_of_the_usual_recipe(*, many: bool) -> None:
    """``nlp``, ``char_span``, ``filter_spans`` and ``DocBin.add`` come to the bytes of ``--attrs full``."""
    recipe, ours = (DocBin(), DocBinWriter(AttributeSet.FULL, load_norms("en"), mark_inside=False, use_numpy=many))
    for text, marks in NEWS:
        doc = NLP(text)
        found = [doc.char_span(text.index(w), text.index(w) + len(w), label=x) for w, x in marks]
        spans = [s for s in found if s is not None]
        assert len(spans) == len(marks)
        spans.sort(key=lambda s: (s.start, -s.end))
        doc.spans["sc"] = spans
        doc.ents = filter_spans(spans)
        recipe.add(doc)
        group = [(s.label_, s.start, s.end, s.start_char, s.end_char) for s in spans]
        ents = [(e.start, e.end, e.label_) for e in doc.ents]
        ours.add(DocContent([t.text for t in doc], [bool(t.whitespace_) for t in doc], ents, [("sc", group)]))
    assert zlib.decompress(ours.to_bytes()) == zlib.decompress(recipe.to_bytes())


def test_the_symbols_are_spacys() -> None:
    """A word or label that is a symbol has its small number (PERSON 380)."""
    assert import_module("spacy.symbols").IDS == SPACY_SYMBOLS  # it has no types
    assert string_ids.cached_string_id("PERSON") == 380


@given(NO_HALVES)
def test_ids_are_spacys(string: str) -> None:
    """Every string has the id that spaCy's string store gives it, by C and by Python."""
    data = string.encode()
    assert string_ids.cached_string_id(string) == get_string_id(string)
    assert murmurhash64a(data) == string_ids.native_murmur()(data, len(data), 1)


@given(PLAIN)
def test_msgpack_is_srslys(value: Any) -> None:
    """Plain values are packed to the bytes that srsly packs them to."""
    assert pack_msgpack(value) == srsly.msgpack_dumps(value)


def test_long_fields_have_the_heads_of_srsly() -> None:
    """Lengths change their form at 32, 256 and 65,536."""
    for size in (15, 16, 31, 32, 255, 256, 65_535, 65_536):
        assert pack_msgpack("x" * size) == srsly.msgpack_dumps("x" * size)
        assert pack_msgpack(bytes(size)) == srsly.msgpack_dumps(bytes(size))
        assert pack_msgpack([1] * size) == srsly.msgpack_dumps([1] * size)


def test_the_stored_norms_are_those_of_the_installed_spacy() -> None:
    """English norms and exceptions need no spaCy; a new spaCy with others shows here.

    Write them anew with ``described("en")``.
    """
    stored = Path(norms.__file__).parent / "data" / "en.json"
    assert json.loads(stored.read_bytes()) == norms_from_spacy("en")


def test_a_file_of_over_four_gigabytes_is_refused_with_a_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lengths in msgpack have 32 bits: the error names the option that helps, before anything is packed."""
    monkeypatch.setattr(writer, "MAX_FIELD_BYTES", 100)
    made = DocBinWriter(AttributeSet.MIN)
    for _ in range(400):
        made.add(DocContent(["x"] * 10, [True] * 10, (), []))
    with pytest.raises(UsageError, match="over 4 GiB; give --shard a smaller number"):
        made.to_bytes()


def test_any_zlib_inflates_it_and_none_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without isal the standard library packs the same payload."""
    made = DocBinWriter(AttributeSet.MIN)
    made.add(DocContent(["Ida", "came"], [True, False], [(0, 1, "PERSON")], [("sc", [])]))
    fast = made.to_bytes()
    monkeypatch.setitem(sys.modules, "isal", None)
    assert zlib.decompress(made.to_bytes()) == zlib.decompress(fast)


def test_an_export_loads_neither_spacy_nor_numpy() -> None:
    """The straight engine starts without them."""
    code = (
        "import sys, annotator.cli.export, annotator.workflows.exporting; "
        "heavy = ('spacy', 'numpy', 'srsly', 'thinc', 'annotator.workflows.format_export'); "
        "print([m for m in heavy if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)), max_size=4))
def test_hashed_words_are_known_words(batches: list[list[str]]) -> None:
    """Ids and norms that numpy reckons are those of the dictionaries, symbols and all, batch after batch."""
    often = ["PERSON", "case", "n't", "Can", "Zürich", "the"]
    for own in (None, load_norms("en")):
        hashed, known = HashedWordIds(own), CachedWordIds(own)
        for words in [*batches, often, *batches]:
            hashed.extend([*words, *often])
            known.extend([*words, *often])
        assert hashed.orth == known.orth
        assert hashed.norm == known.norm
        assert set(hashed.strings()) == set(known.strings())
