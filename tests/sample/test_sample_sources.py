"""The sources of the sample corpus: every gold annotation follows the guideline that it shows."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from annotator.core.article import LineVerdict
from annotator.core.schema import Schema, parse_schema
from annotator.core.spans import Span
from tests.sample.gold_notation import Mark, parse_gold

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "corpus" / "sources"
ALL = sorted(p.stem for p in SOURCES.glob("*.txt"))
GOLD = sorted(p.stem for p in SOURCES.glob("*.gold"))

UNMARKED = {
    ("02-oyster-fraud", "Skerrin dredgers"): "a modifier",
    ("04-cup-semifinal", "Vessby Rovers"): "inside the name of a club",
    ("04-cup-semifinal", "beating Hallmoor Athletic"): "inside the name of a club",
    ("04-cup-semifinal", "matches against Hallmoor"): "the team",
    ("04-cup-semifinal", "Hallmoor finished"): "the team",
    ("04-cup-semifinal", "Ostwick United"): "inside the name of a club",
    ("05-tarn-flood", "Norhaven has promised"): "the government",
    ("06-cannery", "“Ostwick gave us"): "stands for the people who worked there",
    ("08-recount", "Norhaven city council"): "inside the name of a body",
    ("08-recount", "Norhaven and Port Amery have argued"): "the governments",
}
"""Where a name that is a span elsewhere in its article stays unmarked, by the guideline, and why."""

NUMBER = re.compile(
    r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|"
    r"dozen|half|third|quarter|fifth)\b",
    re.IGNORECASE,
)


@cache
def schema() -> Schema:
    """Return the news schema."""
    path = ROOT / "schemas" / "news.toml"
    return parse_schema(tomllib.loads(path.read_text(encoding="utf-8")), path.name)


@cache
def sentences(slug: str) -> tuple[tuple[str, list[Mark]], ...]:
    """Return the gold sentences of an article with their spans."""
    lines = (SOURCES / f"{slug}.gold").read_text(encoding="utf-8").splitlines()
    return tuple(parse_gold(line) for line in lines)


@cache
def body(slug: str) -> tuple[str, ...]:
    """Return the body lines of an article."""
    text = (SOURCES / f"{slug}.txt").read_text(encoding="utf-8").splitlines()
    verdicts = (SOURCES / f"{slug}.lines").read_text(encoding="utf-8").splitlines()
    assert len(text) == len(verdicts), slug
    assert all((LineVerdict(v) is LineVerdict.BLANK) == (not t.strip()) for t, v in zip(text, verdicts, strict=True))
    return tuple(t for t, v in zip(text, verdicts, strict=True) if LineVerdict(v) is LineVerdict.BODY)


def every() -> list[tuple[str, str, Mark]]:
    """Return each gold span as slug, sentence text and mark."""
    return [(slug, text, m) for slug in GOLD for text, marks in sentences(slug) for m in marks]


def test_the_corpus_is_a_dozen_with_some_left_to_annotate() -> None:
    """Twelve articles, at least ten of them annotated and one fresh for whoever opens the sample."""
    assert len(ALL) == 12
    assert 10 <= len(GOLD) < len(ALL)


@pytest.mark.parametrize("slug", ALL)
def test_an_article_has_the_length_of_a_short_report(slug: str) -> None:
    """The body of each article has 250 to 500 words."""
    assert 250 <= sum(len(line.split()) for line in body(slug)) <= 500


@pytest.mark.parametrize("slug", GOLD)
def test_the_gold_sentences_are_the_body(slug: str) -> None:
    """The gold sentences, in order and with one blank between, are the body lines to the last character."""
    rest = list(sentences(slug))
    for line in body(slug):
        built = rest.pop(0)[0]
        while built != line and rest:
            built += " " + rest.pop(0)[0]
        assert built == line
    assert not rest


def test_there_is_enough_to_train_on() -> None:
    """At least 150 sentences, and 100 spans of each label (spaCy's debug data warns below 50)."""
    assert sum(len(sentences(slug)) for slug in GOLD) >= 150
    counts = Counter(label for _, _, (_, _, label) in every())
    assert set(counts) == {label.name for label in schema().labels}
    assert min(counts.values()) >= 100, counts


@pytest.mark.parametrize("slug", GOLD)
def test_no_pair_of_spans_breaks_the_schema(slug: str) -> None:
    """All spans keep the rules `inside` and `overlaps`, and none stands twice."""
    for text, marks in sentences(slug):
        spans = [Span(*m) for m in marks]
        assert len({s.key for s in spans}) == len(spans), text
        for i, span in enumerate(spans):
            assert schema().find_violation(span, spans[:i] + spans[i + 1 :]) is None, text


@pytest.mark.parametrize("slug", GOLD)
def test_spans_begin_and_end_with_a_token(slug: str) -> None:
    """No edge is a blank or lies inside a token of spaCy's English tokenizer."""
    spacy = pytest.importorskip("spacy")
    tokenize = spacy.blank("en").tokenizer
    for text, marks in sentences(slug):
        doc = tokenize(text)
        for start, end, label in marks:
            assert doc.char_span(start, end, alignment_mode="strict") is not None, (text[start:end], label)


def test_counts_hold_a_number() -> None:
    """A COUNT has a figure or a number word in it."""
    for _, text, (start, end, label) in every():
        assert label != "COUNT" or NUMBER.search(text[start:end]), text[start:end]


def test_names_stand_without_title_article_and_possessive() -> None:
    """PERSON and VENUE begin with a capital and end before a possessive."""
    for _, text, (start, end, label) in every():
        if label in {"PERSON", "VENUE"}:
            span = text[start:end]
            assert span[0].isupper(), span
            assert not re.search(r"^(The|Mrs?|Dr|Prof|Sgt|Capt|Gov|Lt|Judge)\b|[’']s$", span), span


def test_claims_take_their_quotation_marks_and_leave_the_full_stop() -> None:
    """A claim has its quotation marks on both sides or on neither; unquoted content ends before its stop."""
    closing = {"“": "”", '"': '"', "‘": "’"}
    for _, text, (start, end, label) in every():
        span = text[start:end]
        runs_on = span.startswith("“") and "”" not in span and end == len(text)
        if label != "CLAIM" or runs_on:
            continue
        assert not span.endswith((".", ",")), span
        assert span.endswith(closing.get(span[0], "")), span
        assert not text[:start].endswith(" that "), text


def test_a_quotation_in_the_body_is_a_claim_or_known() -> None:
    """Whatever stands in double quotation marks lies in a claim, but for the title of a picture."""
    for slug in GOLD:
        for text, marks in sentences(slug):
            for quoted in re.finditer(r"“[^”]*”?|\"[^\"]*\"", text):
                inside = any(a <= quoted.start() and quoted.end() <= b for a, b, n in marks if n == "CLAIM")
                assert inside or quoted[0] == "“The Ferryman’s Daughter”", text


@pytest.mark.parametrize("slug", GOLD)
def test_a_name_is_marked_everywhere_or_there_is_a_reason(slug: str) -> None:
    """A name that is PERSON or VENUE once is so at each mention, except where a reason is given."""
    names = {(t[a:b], n) for t, marks in sentences(slug) for a, b, n in marks if n in {"PERSON", "VENUE"}}
    missed = [(name, text, at) for name, label in sorted(names) for text, at in _unmarked(slug, name, label)]
    assert [m for m in missed if not _excused(slug, *m)] == []


def test_each_reason_is_still_needed() -> None:
    """Every exception quotes words of its article."""
    for slug, words in UNMARKED:
        assert any(words in text for text, _ in sentences(slug)), words


def _unmarked(slug: str, name: str, label: str) -> list[tuple[str, int]]:
    """Return where the name stands outside of every span of its label: sentence and offset."""
    return [
        (text, m.start())
        for text, marks in sentences(slug)
        for m in re.finditer(rf"\b{re.escape(name)}\b", text)
        if not any(n == label and a <= m.start() and m.end() <= b for a, b, n in marks)
    ]


def _excused(slug: str, name: str, text: str, at: int) -> bool:
    """Whether an exception of this article covers the mention."""
    for key, words in UNMARKED:
        place = text.find(words)
        if key == slug and name in words and place >= 0 and place <= at < place + len(words):
            return True
    return False
