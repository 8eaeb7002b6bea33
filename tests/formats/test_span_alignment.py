"""What is done once for all formats: every span is kept as it was, or listed."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from annotator.core.ledger import Outcome
from annotator.core.spans import Span
from annotator.core.tokens import Token, is_aligned, tokens_cover_text
from annotator.formats.document import ConversionLog, ConversionLogEntry, Document
from annotator.formats.span_alignment import (
    SAME_AFTER_RENAME,
    SAME_SPAN_TWICE,
    align_spans,
    tokens_with_blanks,
    trim_blanks,
)
from tests.formats.format_samples import lost_spans

TEXT = " Lena Okafor rowed\tto  Osmund. "
TOKENS = (Token("Lena", 1, 5, ws=True), Token("Okafor", 6, 12, ws=True))


def _fates(account: ConversionLog) -> list[tuple[str, str, str]]:
    return [(e.id, e.outcome.value, e.why) for e in account.entries]


def test_blanks_go_first() -> None:
    """A span with blanks at an edge is trimmed and listed; then it is on its tokens."""
    account = ConversionLog(read=2)
    document = Document(TEXT, (Span(0, 6, "P"), Span(6, 12, "P")), TOKENS, where="f:1")
    assert align_spans(document, account).spans == (Span(1, 5, "P"), Span(6, 12, "P"))
    assert _fates(account) == [("0-6:P", "trimmed", "blanks at an edge")]
    assert account.is_balanced


def test_a_span_inside_a_token_stays() -> None:
    """It is neither widened nor cut: it is listed, for a person to repair."""
    account = ConversionLog(read=2)
    document = Document(TEXT, (Span(2, 5, "P"), Span(7, 13, "P")), TOKENS, where="f:1")
    assert align_spans(document, account).spans == (Span(2, 5, "P"), Span(7, 12, "P"))
    assert _fates(account) == [
        ("2-5:P", "characters", "inside a token"),
        ("7-13:P", "characters", "inside a token, blanks at an edge taken off"),
    ]


def test_doubles_blanks_and_what_lies_past_the_end() -> None:
    """What cannot be a span is listed with its reason, and what is one already too."""
    account = ConversionLog(read=4)
    spans = (Span(1, 5, "P"), Span(0, 5, "P"), Span(21, 23, "P"), Span(24, 99, "P"))
    assert align_spans(Document(TEXT, spans, where="f:1"), account).spans == (Span(1, 5, "P"),)
    assert _fates(account) == [
        ("0-5:P", "double", "the same span occurs twice"),
        ("21-23:P", "left out", "nothing but blanks"),
        ("24-99:P", "left out", "past the end of the text"),
    ]
    assert lost_spans(account) == 2
    assert account.is_balanced


def test_a_map_that_makes_two_labels_one() -> None:
    """Two labels that become one are a double where they stand on the same words; none means left out."""
    account = ConversionLog(read=3)
    spans = (Span(1, 5, "PER"), Span(1, 5, "HUMAN"), Span(1, 5, "MISC"))
    names = {"PER": "PERSON", "HUMAN": "PERSON", "MISC": ""}
    settled = align_spans(Document(TEXT, spans, where="f:1"), account, rename=names.__getitem__)
    assert settled.spans == (Span(1, 5, "PERSON"),)
    assert [e.outcome for e in account.entries] == [Outcome.DOUBLE, Outcome.LEFT_OUT]
    assert account.entries[1].why == "as --map asks"
    assert account.is_balanced


def test_what_a_reader_has_listed_is_reported_once() -> None:
    """A split span has its one line from the reader: its parts are not counted as kept besides."""
    account = ConversionLog(read=1)
    parts = (Span(1, 5, "P"), Span(13, 18, "P"))
    account.record(ConversionLogEntry("f:1", "T1", Outcome.SPLIT, "discontinuous", resulting_spans=parts))
    assert align_spans(Document(TEXT, parts, where="f:1"), account).spans == parts
    assert (account.kept, len(account.entries), account.is_balanced) == (0, 1, True)


@st.composite
def _documents(draw: st.DrawFn) -> Document:
    text = draw(st.text("ab \n\t\u00a0é🛶", min_size=1, max_size=30))
    edges = st.integers(0, len(text) + 3)
    spans = draw(st.lists(st.tuples(edges, edges, st.sampled_from("XY")), max_size=8))
    made = tuple(Span(min(a, b), max(a, b) + 1, label) for a, b, label in spans)
    tokens: Sequence[Token] = ()
    if draw(st.booleans()):
        tokens = [Token(text[a : a + 2], a, min(a + 2, len(text)), ws=False) for a in range(0, len(text), 2)]
    half = draw(st.integers(0, len(made)))
    return Document(text, made[:half], tuple(tokens), rejected=made[half:], where="f:1")


@given(_documents())
def test_in_is_kept_and_listed(document: Document) -> None:
    """Whatever a file says: spans in = carried over just as they were + listed, and what is left is sound."""
    account = ConversionLog(read=len(document.spans) + len(document.rejected))
    settled = align_spans(document, account)
    assert account.is_balanced
    for span in (*settled.spans, *settled.rejected):
        assert trim_blanks(document.text, span) == span
    listed = {e.resulting_spans[0] for e in account.entries if e.outcome is Outcome.CHARACTERS}
    for span in settled.spans if document.tokens else ():
        assert is_aligned(document.tokens, span.start, span.end) or span in listed


@given(st.text("ab \n\t", min_size=1, max_size=20), st.data())
def test_tokens_of_a_file_spell_the_text(text: str, data: st.DataObject) -> None:
    """White space that a file's tokens leave out becomes ``ws`` or a token, so that they spell the text."""
    visible = [i for i, c in enumerate(text) if not c.isspace()]
    tokens = [Token(text[i], i, i + 1, ws=data.draw(st.booleans())) for i in visible]
    made = tokens_with_blanks(text, tokens, 0, len(text))
    assert (made is None) == (not visible)
    assert made is None or tokens_cover_text(made, text)


def test_tokens_that_leave_words_out_are_no_tokens() -> None:
    """Visible text between two tokens, or tokens that overlap, make them useless."""
    assert tokens_with_blanks("a b c", [Token("a", 0, 1, ws=True), Token("c", 4, 5, ws=False)], 0, 5) is None
    assert tokens_with_blanks("ab", [Token("ab", 0, 2, ws=False), Token("b", 1, 2, ws=False)], 0, 2) is None


def test_labels_that_a_map_makes_one_are_reported() -> None:
    """Of two labels on one range that are called the same now one stays, and the line says why."""
    account = ConversionLog(read=3)
    document = Document("Ida left.", (Span(0, 3, "PER"), Span(0, 3, "NAME"), Span(0, 3, "PER")))
    settled = align_spans(document, account, rename=lambda _: "PERSON")
    assert settled.spans == (Span(0, 3, "PERSON"),)
    assert [e.why for e in account.entries] == [SAME_AFTER_RENAME, SAME_SPAN_TWICE]
    assert (account.kept, account.is_balanced) == (1, True)
