"""Which articles are one document."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotator.core.documents import DocumentLink, find_documents


@st.composite
def _links(draw: st.DrawFn) -> list[DocumentLink]:
    """Articles in the order of ingest; some replace an earlier one, or one that is not there any more."""
    out: list[DocumentLink] = []
    for n in range(draw(st.integers(0, 12))):
        before = draw(st.sampled_from(["", "", "gone", *(x.article for x in out)]))
        out.append(DocumentLink(f"a{n}", before, draw(st.sampled_from(["", "doc=x", "doc=y", "url=x"]))))
    return out


@given(_links())
def test_what_is_linked_is_one_document_and_nothing_else(links: list[DocumentLink]) -> None:
    """Articles of one group are one document, versions are, and no others but by way of these."""
    found = find_documents(links)
    names = {x.article: {x.article} | ({x.replaces} if x.replaces else set()) | {x.group} - {""} for x in links}
    components: list[set[str]] = []
    for mine in names.values():
        touching = [c for c in components if c & mine]
        components = [c for c in components if not c & mine] + [mine.union(*touching)]
    for a, mine in names.items():
        for b, theirs in names.items():
            together = any(mine <= c and theirs <= c for c in components)
            assert (found.keys[a] == found.keys[b]) == together
    assert found.grouped == {found.keys[x.article] for x in links if x.group}


@given(_links(), st.integers(0, 12))
def test_articles_that_come_later_rename_no_document(links: list[DocumentLink], some: int) -> None:
    """A document keeps its key as the corpus grows, unless a later article links it to an earlier document."""
    before, after = find_documents(links[:some]), find_documents(links)
    kept = {key: after.keys[article] for article, key in before.keys.items()}
    order = list(dict.fromkeys(before.keys.values()))
    assert all(key == now or order.index(now) < order.index(key) for key, now in kept.items())
