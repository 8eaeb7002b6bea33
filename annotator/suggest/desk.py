"""The desk: all sources of suggestions for one annotator's corpus, behind one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from annotator.core.annotation import Answer, Work
from annotator.core.article import Sentence
from annotator.core.phrases import Context, context_of
from annotator.core.schema import Schema
from annotator.core.suggestion import Suggestion
from annotator.suggest.history import MentionIndex
from annotator.suggest.judged import Judged, Judgements
from annotator.suggest.merge import Merger
from annotator.suggest.rules import Rules
from annotator.suggest.track import Track

_K = TypeVar("_K")
_V = TypeVar("_V")
_KEPT = 4096
"""How many sentences are remembered; more than a screen and an article hold."""
_ARTICLES = 64
"""How many articles' contexts are remembered."""

ArticleText = tuple[str, Sequence[Sentence]]
"""The source text of an article and its sentences."""
FileSource = Callable[[Sentence], tuple[Suggestion, ...]]
"""What a suggestion file holds for a sentence."""


class Desk:
    """Holds the sources and what was learned of them; ``changed`` keeps both up to date.

    A sentence is judged once and again when something else is known of words in it. What is learned of
    the sources shows in sentences that are judged from then on: those on the screen keep their order.
    """

    def __init__(
        self,
        schema: Schema,
        article_sentences: Callable[[str], ArticleText],
        files: Mapping[str, FileSource] | None = None,
        *,
        rules: bool = True,
        history: bool = True,
    ) -> None:
        """Start with nothing learned; ``article_sentences`` is asked once an article, by its id."""
        self.schema = schema
        self.track = Track()
        self.mentions = MentionIndex(schema)
        self._article = article_sentences
        self._files = dict(files or {})
        self._use_rules, self._use_history = rules, history
        self._rules = Rules(schema, self._context)
        self._merger = Merger(schema, self.track.share, self.mentions.weighed, self.mentions.turned_down)
        self._waiting: dict[str, list[Work]] = {}
        self._contexts: dict[str, Context] = {}
        self._fixed: dict[Sentence, tuple[Suggestion, ...]] = {}
        self._offered: dict[Sentence, tuple[Suggestion, ...]] = {}
        self._judgements = Judgements()

    def start(self, works: Iterable[Work]) -> None:
        """Take note of what the journal tells: learned with its article's first look, or by ``learn``."""
        for work in works:
            self._waiting.setdefault(work.sentence.article, []).append(work)

    def learn(self, most: int = 100) -> bool:
        """Take in ``most`` waiting works or some more (about 10 ms); whether there are others still.

        A large corpus takes seconds, so a session calls it while nobody presses a key.
        """
        while self._waiting and most > 0:
            most -= self._take_in(next(iter(self._waiting)))
        return bool(self._waiting)

    def changed(self, before: Sequence[Work], after: Sequence[Work]) -> None:
        """Take in an edit: the works that are gone and those in their place.

        What the journal tells at the start of a session goes to ``start``.
        """
        for article in dict.fromkeys(w.sentence.article for w in (*before, *after)):
            self._take_in(article)
        self._judgements.touch(self.mentions.change(before, after))
        for work in before:
            self.track.remove(work)
        for work in after:
            self.track.add(work, self._known_offers(work))

    def suggestions(self, work: Work) -> tuple[Suggestion, ...]:
        """Return what is suggested for a work and not settled yet, in reading order, outer before inner.

        As long as nothing has changed it is the very same tuple.
        """
        self._take_in(work.sentence.article)
        judged = self._judgements.get(work.sentence) or self._judge(work.sentence)
        if judged.annotation == work.annotation:
            return judged.suggestions
        if not work.done and not work.annotation.spans:  # later the history knows what was marked just here
            _keep(self._offered, work.sentence, judged.found)
        judged.annotation, judged.suggestions = work.annotation, self._merger.settle(work, judged.ranked)
        return judged.suggestions

    def _judge(self, sentence: Sentence) -> Judged:
        found = self._found(sentence)
        return self._judgements.keep(sentence, Judged(found, self._merger.judge(sentence, found)))

    def forget(self, article_id: str) -> None:
        """Look at an article anew: its lines have changed."""
        self._contexts.pop(article_id, None)
        self._judgements.clear()
        for kept in (self._fixed, self._offered):
            for sentence in [s for s in kept if s.article == article_id]:
                del kept[sentence]

    def _take_in(self, article: str) -> int:
        works = self._waiting.pop(article, [])
        for work in works:
            self.mentions.add(work)
            self.track.add(work, self._known_offers(work))
        if works:
            self._judgements.clear()
        return len(works)

    def _found(self, sentence: Sentence) -> tuple[Suggestion, ...]:
        fixed = self._fixed.get(sentence)
        if fixed is None:
            fixed = self._from_files(sentence) + (self._rules.suggest(sentence) if self._use_rules else ())
            _keep(self._fixed, sentence, fixed)
        return fixed + self.mentions.suggest(sentence) if self._use_history else fixed

    def _from_files(self, sentence: Sentence) -> tuple[Suggestion, ...]:
        return tuple(self._named(s) for name in sorted(self._files) for s in self._files[name](sentence))

    def _named(self, s: Suggestion) -> Suggestion:
        """Return a suggestion under the label that takes its own, where the schema has no such label."""
        if self.schema.label(s.label):
            return s
        return replace(s, label=self.schema.taker(s.label) or s.label)

    def _known_offers(self, work: Work) -> tuple[Suggestion, ...]:
        """Return what is known to have been offered for an accepted sentence; cheap for all others."""
        if work.annotation.answer is not Answer.ACCEPT:
            return ()
        known = self._offered.get(work.sentence)
        return self._from_files(work.sentence) if known is None else known

    def _context(self, article_id: str) -> Context:
        if article_id not in self._contexts:
            text, sentences = self._article(article_id)
            _keep(self._contexts, article_id, context_of(text, [s.tokens for s in sentences]), _ARTICLES)
        return self._contexts[article_id]


def _keep(kept: dict[_K, _V], key: _K, value: _V, most: int = _KEPT) -> None:
    """Remember a value; the oldest goes where there are too many."""
    kept.pop(key, None)
    kept[key] = value
    if len(kept) > most:
        del kept[next(iter(kept))]
