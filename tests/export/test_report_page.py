"""The page of ``export --report``: one file, nothing loaded, nothing run, every span drawn once."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.schema import parse_schema
from annotator.core.spans import Span
from annotator.export import report_page
from annotator.export.doc_layout import ExportSentence
from annotator.export.options import ExportItem
from annotator.export.report_page import ReportData, pairwise_agreement, render_report
from annotator.export.split_audit import audit_split
from annotator.export.split_report import PartSize
from tests.export.export_samples import SCHEMA, corpus, item, make_article, sentences, spans, with_spans

NASTY = ["</title><script>alert(1)</script>", "\x1b]52;c;eA==\x07", "\u202egnirts", '"><img src=x onerror=y>', "&lt;"]


class _Reader(HTMLParser):
    """Notes what a page consists of."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(k, v or "") for k, v in attrs]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "sub" not in self.open:
            self.text += data


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


def _card(items: list[ExportItem], name: str = "Harbour") -> ReportData:
    parts = ["train", "dev", "test"]
    pieces = [
        ExportSentence(i.annotated.sentence, i.article, parts[n % 3], i, (i.annotator,)) for n, i in enumerate(items)
    ]
    labels = [x.name for x in SCHEMA.labels]
    found = audit_split(pieces, labels, {})
    sizes = {part: PartSize(40, 400, 400) for part in found.sentences}
    return ReportData(
        name,
        "en",
        "blank",
        SCHEMA,
        pieces,
        items,
        pairwise_agreement(items, labels),
        found,
        sizes,
        "80/10/10. By story.",
    )


@given(
    st.lists(
        st.builds(
            lambda start, size, label: Span(start, start + size, label),
            st.integers(0, 22),
            st.integers(1, 9),
            st.sampled_from("AB"),
        ),
        max_size=7,
    )
)
def test_every_span_is_drawn_with_one_label_whatever_crosses(found: list[Span]) -> None:
    """The text is the sentence's, tags are balanced, and each span has its label once, where it ends."""
    text = "Divers <searched> & found nobody"
    html = str(report_page._template().box_content(report_page._sentence_box(text, found, {"A": "c1"})))
    assert _read(html).text == text
    assert html.count("<sub>") == len(found)
    message = sorted(re.findall(r"<sub>(.)</sub>", html))
    assert message == sorted(span.label for span in found)


@pytest.mark.parametrize("nasty", NASTY)
def test_text_stays_text(nasty: str) -> None:
    """Titles, sentences, names, sources and the guideline put no tag and no command into the page."""
    line = f"{nasty} said Ida Holm"
    article = make_article([[line]], title=nasty, source=nasty)
    (of,) = sentences(article, [[line]])
    schema = parse_schema(
        {"name": nasty, "label": [{"name": "PERSON", "description": nasty, "examples": [{"text": nasty}]}]}, ""
    )
    card = replace(_card([item(article, of, ("Ida Holm", "PERSON"), who=nasty)], nasty), schema=schema)
    html = render_report(card).decode()
    read = _read(html)
    assert not {"script", "img", "link", "iframe", "a"} & set(read.tags)
    assert not [k for k, _ in read.attributes if k.startswith("on") or k in {"src", "href"}]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", html)
    plain = re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", "\ufffd", nasty)
    assert read.text.count(plain) >= 5


def test_the_page_is_whole_and_the_same_again() -> None:
    """It loads nothing, shows twenty examples, and the same data give the same bytes."""
    items = corpus(9)
    html = render_report(_card(items))
    assert html == render_report(_card(items))
    assert b"http://" not in html
    assert b"https://" not in html
    assert html.count(b'class="x"') == 20
    for message in (b"Sources", b"Annotators", b"Leakage", b"Surface forms", b"<svg", b"the guideline"):
        assert message in html
    assert b"Agreement" not in html


def test_agreement_is_f1_by_label_in_common_sentences() -> None:
    """Exact is the same range, relaxed is shared text; sentences that one has not accepted don't count."""
    lines = [["Ida Holm left Port Ellen", "Mona Birk stayed"]]
    article = make_article(lines)
    one, two = sentences(article, lines)
    items = [
        item(article, one, ("Ida Holm", "PERSON"), ("Port Ellen", "VENUE")),
        with_spans(
            item(article, one, who="bo"),
            [*spans(one.text, ("Holm", "PERSON")), *spans(one.text, ("Port Ellen", "VENUE"))],
        ),
        item(article, two, ("Mona Birk", "PERSON")),
    ]
    found = [
        (a.pair, a.label, a.sentences, a.exact, a.relaxed)
        for a in pairwise_agreement(items, ["PERSON", "VENUE", "CLAIM"])
    ]
    assert found == [(("ana", "bo"), "PERSON", 1, 0.0, 1.0), (("ana", "bo"), "VENUE", 1, 1.0, 1.0)]
