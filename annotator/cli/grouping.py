"""Which articles of a corpus stay in one part of a split, and what is left out for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from annotator.core.annotation import Answer
from annotator.core.article import Article
from annotator.export.absent import QUARANTINED
from annotator.export.boilerplate import Seen
from annotator.export.sights import MANY, Sight, seen, sights
from annotator.export.splits import part_of, placed
from annotator.export.stories import Quarantined, Stories, rebalance, stories
from annotator.export.values import ExportOptions, LeftOut, Missing
from annotator.export.warn import TORN
from annotator.storage.corpus import Corpus
from annotator.storage.fast_articles import read_articles
from annotator.storage.fast_index import OddError
from annotator.storage.folder import ARTICLES
from annotator.storage.groups import FILE, groups_text, read_groups

if TYPE_CHECKING:  # a small export starts fast
    from annotator.cli.gather import Gathered
    from annotator.export.study import Regrouped


@dataclass(frozen=True, slots=True)
class Grouped:
    """The stories of a corpus under the shares of a split."""

    stories: Stories
    titles: Mapping[str, str]
    """By article id."""
    moved: tuple[str, ...] = ()
    """The ids of the articles that another part has now, by ``--rebalance``."""
    fixed_groups: Mapping[str, str] | None = None
    """The groups that it has made, to be kept once the export is done."""

    def save_groups(self, corpus: Corpus) -> None:
        """Record the groups of a ``--rebalance`` in the corpus; raises CorpusError."""
        if self.fixed_groups is not None:
            corpus.write_file(FILE, groups_text(self.fixed_groups))

    def check_groups_writable(self, corpus: Corpus) -> None:
        """Raise CorpusError where ``keep`` could not write, before anything is exported."""
        if self.fixed_groups is not None:
            corpus.check_file_writable(groups_text(self.fixed_groups))

    def regrouped(self, missing: Missing) -> Regrouped | None:
        """Return what was left out as a bridge, with what it would bridge, and what was moved."""
        out = {left.item.article.id for left in missing.excluded if left.why == QUARANTINED}
        bridges = [q for q in self.stories.quarantined if q.article in out]
        if not bridges and not self.moved:
            return None
        from annotator.export.study import Bridge, Regrouped, named

        def bridge(q: Quarantined) -> Bridge:
            between = [f"{named(a, self.titles[a])} in {part}" for a, part in q.links]
            return Bridge(q.article, self.titles[q.article], between)

        moved = [named(a, self.titles[a]) for a in self.moved]
        return Regrouped(quarantined=[bridge(q) for q in bridges], moved=moved)


def grouped(corpus: Corpus, options: ExportOptions, *, rebalanced: bool = False) -> Grouped:
    """Return the stories of a corpus; with ``afresh`` all that is linked becomes one group.

    Raises CorpusError where an article, or the file of the groups, cannot be read.
    """
    signatures, titles = _sights(corpus)
    fixed = read_groups(corpus.path)
    drawn = stories(signatures, lambda key: part_of(key, options.split), fixed)
    if not rebalanced:
        return Grouped(drawn, titles)
    groups = rebalance(signatures)
    now = replace(drawn, keys=groups, quarantined=())
    moved = [
        a for a, key in drawn.keys.items() if part_of(key, options.split) != part_of(groups[a], options.split)
    ]
    return Grouped(now, titles, tuple(moved), groups)


def _sights(corpus: Corpus) -> tuple[list[Sight], dict[str, str]]:
    """Return what is compared of all articles, and their titles."""
    try:
        return _looked_at(corpus, _fast(corpus))
    except (OddError, OSError):  # one is not as it should be: whoever reads it with care will tell
        return _looked_at(corpus, map(_told, map(corpus.article, corpus.article_ids())))


Told = tuple[Seen, str, str]
"""What is looked at of an article, its title, and the one that it replaces."""


def _fast(corpus: Corpus) -> Iterator[Told]:
    for x in read_articles(corpus.path / ARTICLES, corpus.article_ids()):
        yield Seen(x.id, x.ingested_text, x.date), x.title, x.replaces


def _told(article: Article) -> Told:
    return seen(article), article.title, article.replaces


def _looked_at(corpus: Corpus, articles: Iterable[Told]) -> tuple[list[Sight], dict[str, str]]:
    titles: dict[str, str] = {}
    replaces: dict[str, str] = {}

    def noted() -> Iterator[Seen]:
        for one, title, earlier in articles:
            replaces[one.article_id] = earlier
            titles[one.article_id] = title or one.article_id
            yield one

    found = list(sights(noted(), use_numpy=len(corpus.article_ids()) > MANY))
    if any(replaces.values()):
        found = [replace(s, family=_first(s.article, replaces)) for s in found]
    return found, titles


def _first(article: str, replaces: Mapping[str, str]) -> str:
    """Return the first version of an article, as far back as the corpus tells."""
    seen = [article]
    while (before := replaces.get(seen[-1], "")) and before not in seen:
        seen.append(before)
    return seen[-1]


def without_quarantined(gathered: Gathered, found: Grouped, options: ExportOptions) -> Gathered:
    """Return what is exported: each item drawn by its story, the quarantined ones among what is left out.

    Where there are too few stories for the parts, nothing is changed but a warning added.
    """
    out, keys = found.stories.quarantined_ids, found.stories.keys
    staying = [
        i for i in gathered.items if i.article.id not in out or i.annotated.annotation.answer is not Answer.ACCEPT
    ]
    accepted = [i for i in staying if i.annotated.annotation.answer is Answer.ACCEPT]
    families = [i.family or i.article.id for i in accepted]
    _, torn = placed(families, [i.article.id for i in accepted], options.split, keys)
    if torn or not accepted:
        return replace(gathered, warnings=(*gathered.warnings, TORN)) if torn else gathered
    left = [
        LeftOut(i, QUARANTINED, requested=False)
        for i in gathered.items
        if i.article.id in out and i.annotated.annotation.answer is Answer.ACCEPT
    ]
    missing = replace(gathered.missing, excluded=(*gathered.missing.excluded, *left))
    items = tuple(replace(i, family=keys.get(i.article.id, i.family)) for i in staying)
    unreviewed = {a: s for a, s in gathered.unreviewed.items() if a not in out}
    return replace(gathered, items=items, missing=missing, unreviewed=unreviewed)
