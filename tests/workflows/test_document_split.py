"""A document of several articles is in one part, however the split is drawn."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.article import ArticleGroup
from annotator.export.options import ExportItem, ExportOptions
from annotator.storage.corpus_layout import SPLITS_FILE
from annotator.storage.splits_file import FixedSplit, encode_fixed_split
from annotator.workflows.export_plan import ExportPlan, plan_export
from annotator.workflows.split_source import read_split_source
from annotator.workflows.story_split import StorySplit
from tests.export.export_samples import SCHEMA, item, make_article, sample_corpus, sentences

Rows = list[tuple[str, int]]
"""The document of each row, and the phrase that it repeats."""

ROWS = st.lists(st.tuples(st.sampled_from([*"abcdefghijklmnop", ""]), st.integers(0, 40)), min_size=3, max_size=40)
PHRASE = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"


def _items(rows: Rows) -> list[ExportItem]:
    """Return an accepted sentence for each row, an article each."""
    found, counts = [], defaultdict[str, int](int)
    for n, (name, phrase) in enumerate(rows):
        lines = [[f"Row {n} says " + " ".join(f"{word}{phrase}" for word in PHRASE.split()) + "."]]
        article = make_article(lines)
        if name:
            article = replace(article, group=ArticleGroup("doc", name, counts[name]))
            counts[name] += 1
        found.append(item(article, sentences(article, lines)[0]))
    return found


def _planned(
    items: list[ExportItem], fixed: dict[str, str] | None = None, **chosen: Any
) -> tuple[ExportPlan, StorySplit | None, dict[str, set[str]]]:
    """Return the plan of an export, its stories, and the parts of each document; "" is the part of what is left out."""
    options = ExportOptions(**chosen)
    with sample_corpus(items, schema=SCHEMA) as corpus:
        if fixed:
            (corpus.path / SPLITS_FILE).write_bytes(encode_fixed_split(FixedSplit(fixed)))
        source = read_split_source(corpus, options)
        with closing((plan := plan_export(corpus, options, source.drawn)).selection):
            parts = dict(zip((plan.articles[n].id for n in plan.article_numbers), plan.split.parts, strict=True))
    found = defaultdict[str, set[str]](set)
    for one in items:
        if one.article.group:
            found[one.article.group.key].add(parts.get(one.article.id, ""))
    return plan, source.stories, found


@given(rows=ROWS, split_by=st.sampled_from(["story", "article"]), rebalance=st.booleans(), data=st.data())
@settings(deadline=None)
def test_no_document_is_in_two_parts(rows: Rows, split_by: str, *, rebalance: bool, data: st.DataObject) -> None:
    """Its rows are in one part or left out together; where there are too few documents, few are torn."""
    items = _items(rows)
    ids = st.sampled_from([x.article.id for x in items])
    fixed = data.draw(st.dictionaries(ids, ids, max_size=4)) if split_by == "story" else {}
    chosen = {"split_by": split_by, "rebalance": rebalance and split_by == "story", "split": (50, 25, 25)}
    plan, _, parts = _planned(items, fixed, **chosen)
    torn = [key for key, found in parts.items() if len(found) > 1]
    assert len(torn) <= (2 if plan.split.blocks else 0)


def test_a_bridge_takes_its_document_with_it() -> None:
    """A document that repeats one in train and one in test is left out whole, and reported once, by its name."""
    rows = [("a", 0), ("b", 1), *((name, n) for n, name in enumerate("cdefghijklmn", 2))]
    parts = {key: found.pop() for key, found in _planned(_items(rows), split=(50, 25, 25))[2].items()}
    train, test = (next(n for n, (d, _) in enumerate(rows) if parts[f"doc={d}"] == part) for part in ("train", "test"))
    more: Rows = [*rows, ("z", 90), ("z", train), ("z", test), ("z", 91)]
    plan, stories, found = _planned(_items(more), split=(50, 25, 25))
    assert found["doc=z"] == {""}
    assert stories
    report = stories.regrouped(plan.missing)
    assert report
    assert [r.title for r in report.quarantined] == ["doc z"]
    assert f"“doc {rows[train][0]}”" in report.quarantined[0].message


@pytest.mark.parametrize("rebalance", [False, True])
def test_phrases_of_single_sentences_link_no_documents(*, rebalance: bool) -> None:
    """Documents are compared as wholes: one sentence in common of ten is no copy."""
    rows = [(name, 99 if n == 3 else ord(name) * 10 + n) for name in "abcdefghijkl" for n in range(10)]
    _, stories, _ = _planned(_items(rows), split=(50, 25, 25), rebalance=rebalance)
    assert stories
    assert len(set(stories.stories.keys.values())) == 12
    assert not stories.stories.quarantined
