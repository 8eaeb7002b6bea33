"""Whatever a document has beside its text comes back from every format, or the writer lists it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.metadata_names import merge_metadata, user_metadata
from annotator.core.spans import Span
from annotator.formats import registry
from annotator.formats.document import Document
from annotator.workflows.round_trip import compare_documents, write_and_read
from tests.formats.awkward_documents import tokenised

WRITABLE = [name for name in registry.FORMATS if registry.FORMATS[name].can_write]

OWN_NAMES = [
    *("id", "text", "label", "labels", "spans", "ents", "entities", "answer", "meta", "title", "note", "flagged"),
    *("tokens", "Comments", "data", "annotations", "article", "start", "end", "document_id", "_task_hash", "time"),
    *("annotator", "meta.id", "meta.meta.title", "meta.", "filename", "annotation_approver", "result", "source"),
    *("split", "group"),
]
names = st.sampled_from(OWN_NAMES) | st.text("aü名🛶 .\n", min_size=1, max_size=4)
texts = st.sampled_from(["", " ", "Ü\n", "名前", "🛶", "Ida", "accept", "https://a.b/c.png", "Ida met Bo in Ry."])
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | texts
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=5
)

TEXTS = ("Ida met Bo in Ry.", "🛶 Ida met Bo.", "莉娜昨天到了北港。")


@st.composite
def documents(draw: st.DrawFn, number: int) -> Document:
    """Return a document with any fields; its text differs from the others' by its number."""
    text = f"{number} {draw(st.sampled_from(TEXTS))}"
    words = [(a, a + 3) for a in range(0, len(text) - 3, 4)]
    places = [w for w in words if not text[slice(*w)].startswith(" ") and not text[slice(*w)].endswith(" ")]
    spans = [Span(*w, draw(st.sampled_from("PV"))) for w in places if draw(st.booleans())]
    if len(spans) > 1 and draw(st.booleans()):
        group = draw(st.sampled_from(["g1", "ü 🛶", "0-3"]))
        spans[:2] = [replace(s, label="P", group=group) for s in spans[:2]]
    wrong = (Span(0, 1, "W"),) if draw(st.booleans()) else ()
    return tokenised(
        Document(
            text,
            tuple(spans),
            rejected=wrong,
            answer=draw(st.sampled_from([*Answer, None])),
            annotator=draw(st.sampled_from(["", "ana", "Bö 🛶"])),
            id=f"id {number}",
            title=draw(texts),
            note=draw(st.sampled_from(["", "a note", "zwei\nZeilen 🛶"])),
            flagged=draw(st.booleans()),
            meta=draw(st.dictionaries(names, values, max_size=4)),
        )
    )


@pytest.mark.parametrize("name", WRITABLE)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_what_goes_in_comes_out_or_is_listed(name: str, data: st.DataObject) -> None:
    """Metadata, title, note, flag, answer, annotator and spans: each comes back as it was, or the ledger has it."""
    out = [data.draw(documents(n)) for n in range(data.draw(st.integers(1, 2)))]
    back, written = write_and_read(registry.load_format(name), out)
    certificate = compare_documents(name, out, back, written)
    assert certificate.passed, "\n".join(certificate.lines())
    assert not certificate.unlisted, (certificate.unlisted, out, back)


@given(
    st.dictionaries(names, scalars, max_size=5), st.dictionaries(st.sampled_from(["id", "title"]), texts, max_size=2)
)
def test_names_that_collide_come_back(meta: dict[str, Any], own: dict[str, Any]) -> None:
    """Reading finds the names that were written, and the file's own fields keep theirs."""
    carried = merge_metadata(own, meta, {"id"}, {"title"})
    assert own.items() <= carried.items()
    assert user_metadata(carried, {"id", "title"}) == {**own, **meta}
