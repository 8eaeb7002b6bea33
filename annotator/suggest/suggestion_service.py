"""All sources of suggestions for one annotator's corpus, behind one call."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Sentence
from annotator.core.errors import CorpusError
from annotator.core.schema import Schema
from annotator.core.suggestion import Suggestion
from annotator.language import ArticleContext, build_context
from annotator.language.span_forms import without_excluded
from annotator.suggest.mention_history import MentionHistory
from annotator.suggest.ranking import SuggestionRanker
from annotator.suggest.rules import RuleSuggester
from annotator.suggest.source_accuracy import SourceAccuracy

# Ranked sentences, cached until something else is known of their words.


MAX_RANKINGS = 64
"""How many sentences are cached: those on the screen and around it. Others are ranked again."""
_MAX_CHANGED_TEXTS = 512
"""How many of the last changed texts are remembered."""


class RankedSuggestions(Struct):
    """A sentence's suggestions as the sources have them, as they are ranked, and those still open."""

    unranked: tuple[Suggestion, ...]
    ranked: tuple[Suggestion, ...]
    annotation: Annotation | None = None
    """The annotation beside which ``suggestions`` are what is still to be decided."""
    suggestions: tuple[Suggestion, ...] = ()
    normalized_text: str = ""
    """The sentence with one blank for any white space, as the texts of mentions are written."""
    change_count: int = 0
    """How many changed texts were compared with it."""


class RankingCache:
    """The sentences ranked last; ``invalidate_texts`` drops those in which one of the texts occurs.

    A ranking depends on the counts of its sentence's words, and on accuracies that may be older.
    An invalidation costs nothing: ``get`` compares the texts that have changed since.
    """

    def __init__(self, max_rankings: int = MAX_RANKINGS) -> None:
        """Start with none."""
        self._max_rankings = max_rankings
        self._rankings: dict[Sentence, RankedSuggestions] = {}
        self._changed_texts: deque[str] = deque(maxlen=_MAX_CHANGED_TEXTS)
        self._change_count = 0

    def invalidate_texts(self, texts: Iterable[str]) -> None:
        """Note that the counts of these texts have changed."""
        for text in texts:
            self._changed_texts.append(text)
            self._change_count += 1

    def get(self, sentence: Sentence) -> RankedSuggestions | None:
        """Return the ranking of a sentence; None where there is none or it is no longer valid."""
        ranking = self._rankings.get(sentence)
        if ranking is None or not self._is_valid(ranking):
            return None
        ranking.change_count = self._change_count
        self._rankings[sentence] = self._rankings.pop(sentence)  # it is the last one used now
        return ranking

    def _is_valid(self, ranking: RankedSuggestions) -> bool:
        """Return True if none of the texts changed since is in the sentence, False if there were too many."""
        since = self._change_count - ranking.change_count
        if since > len(self._changed_texts):
            return False
        return not any(text in ranking.normalized_text for text in islice(reversed(self._changed_texts), since))

    def put(self, sentence: Sentence, ranking: RankedSuggestions) -> RankedSuggestions:
        """Cache a ranking and return it; the least recently used one is dropped where there are too many."""
        ranking.normalized_text, ranking.change_count = " ".join(sentence.text.split()), self._change_count
        _remember(self._rankings, sentence, ranking, self._max_rankings)
        return ranking

    def clear(self) -> None:
        """Forget all."""
        self._rankings.clear()


_K = TypeVar("_K")
_V = TypeVar("_V")
_MAX_SENTENCES = 4096
"""How many sentences are remembered; more than a screen and an article hold."""
_MAX_ARTICLES = 64
"""How many articles' contexts are remembered."""

ArticleText = tuple[str, Sequence[Sentence]]
"""The source text of an article and its sentences."""
FileSource = Callable[[Sentence], tuple[Suggestion, ...]]
"""What a suggestion file holds for a sentence."""


class SuggestionService:
    """Holds the sources and their accuracy; ``update`` keeps both up to date.

    A sentence is ranked once, and again when the counts of its words change. The accuracy of the sources
    counts in sentences that are ranked from then on: those on the screen keep their order.
    """

    def __init__(
        self,
        schema: Schema,
        article_sentences: Callable[[str], ArticleText],
        files: Mapping[str, FileSource] | None = None,
        *,
        warn: Callable[[str], None] = lambda _: None,
        rules: bool = True,
        history: bool = True,
    ) -> None:
        """Start with nothing learned; ``article_sentences`` is called once an article, with its id.

        A file that cannot be read suggests nothing, and ``warn`` gets the reason each time.
        """
        self.schema = schema
        self.accuracy = SourceAccuracy()
        self.history = MentionHistory(schema)
        self._article_sentences = article_sentences
        self._files = dict(files or {})
        self._warn = warn
        self._use_rules, self._use_history = rules, history
        self._rules = RuleSuggester(schema, self._article_context)
        self._ranker = SuggestionRanker(
            schema, self.accuracy.accuracy, self.history.reweigh, self.history.rejection_counts
        )
        self._queued: dict[str, list[AnnotatedSentence]] = {}
        self._contexts: dict[str, ArticleContext] = {}
        self._fixed_suggestions: dict[Sentence, tuple[Suggestion, ...]] = {}
        self._offered_suggestions: dict[Sentence, tuple[Suggestion, ...]] = {}
        self._rankings = RankingCache()

    def queue_annotations(self, annotated_sentences: Iterable[AnnotatedSentence]) -> None:
        """Queue what is in the journal: learned when its article is first shown, or by ``learn``."""
        for annotated in annotated_sentences:
            self._queued.setdefault(annotated.sentence.article, []).append(annotated)

    def learn(self, most: int = 100) -> bool:
        """Learn ``most`` queued sentences or some more (about 10 ms); return False if none was queued.

        A large corpus takes seconds, so a session calls it while nobody presses a key.
        """
        learned = 0
        while self._queued and learned < most:
            learned += self._learn_article(next(iter(self._queued)))
        return bool(learned)

    def update(self, before: Sequence[AnnotatedSentence], after: Sequence[AnnotatedSentence]) -> None:
        """Learn an edit: the sentences before it and those in their place.

        What is in the journal at the start of a session goes to ``queue_annotations``.
        """
        for article in dict.fromkeys(w.sentence.article for w in (*before, *after)):
            self._learn_article(article)
        self._rankings.invalidate_texts(self.history.update(before, after))
        for annotated in before:
            self.accuracy.remove(annotated)
        for annotated in after:
            self.accuracy.add(annotated, self._known_suggestions(annotated))

    def suggestions(self, annotated: AnnotatedSentence) -> tuple[Suggestion, ...]:
        """Return the open suggestions of a sentence, in reading order, outer before inner.

        As long as nothing has changed it is the very same tuple.
        """
        self._learn_article(annotated.sentence.article)
        ranking = self._rankings.get(annotated.sentence) or self._rank(annotated.sentence)
        if ranking.annotation == annotated.annotation:
            return ranking.suggestions
        if not annotated.done and not annotated.annotation.spans:  # later the history knows these spans
            _remember(self._offered_suggestions, annotated.sentence, ranking.unranked)
        ranking.annotation = annotated.annotation
        ranking.suggestions = self._ranker.open_suggestions(annotated, ranking.ranked)
        return ranking.suggestions

    def _rank(self, sentence: Sentence) -> RankedSuggestions:
        found = self._collect(sentence)
        return self._rankings.put(sentence, RankedSuggestions(found, self._ranker.rank(sentence, found)))

    def invalidate_article(self, article_id: str) -> None:
        """Forget what is known of an article: its lines have changed."""
        self._contexts.pop(article_id, None)
        self._rankings.clear()
        for kept in (self._fixed_suggestions, self._offered_suggestions):
            for sentence in [s for s in kept if s.article == article_id]:
                del kept[sentence]

    def _learn_article(self, article: str) -> int:
        annotated_sentences = self._queued.pop(article, [])
        for annotated in annotated_sentences:
            self.history.add(annotated)
            self.accuracy.add(annotated, self._known_suggestions(annotated))
        if annotated_sentences:
            self._rankings.clear()
        return len(annotated_sentences)

    def _collect(self, sentence: Sentence) -> tuple[Suggestion, ...]:
        fixed = self._fixed_suggestions.get(sentence)
        if fixed is None:
            rules = self._rules.suggest(sentence) if self._use_rules else ()
            fixed = self._file_suggestions(sentence) + self._permitted(sentence, rules)
            _remember(self._fixed_suggestions, sentence, fixed)
        history = self.history.suggest(sentence) if self._use_history else ()
        return fixed + self._permitted(sentence, history)

    def _permitted(self, sentence: Sentence, found: tuple[Suggestion, ...]) -> tuple[Suggestion, ...]:
        return without_excluded(self.schema, sentence.tokens, found)

    def _file_suggestions(self, sentence: Sentence) -> tuple[Suggestion, ...]:
        found: list[Suggestion] = []
        for _, suggestions_in_file in sorted(self._files.items()):
            try:
                found += suggestions_in_file(sentence)
            except CorpusError as error:
                self._warn(f"{error}; its suggestions are left out")
        return self._permitted(sentence, tuple(map(self._with_schema_label, found)))

    def _with_schema_label(self, s: Suggestion) -> Suggestion:
        """Return a suggestion under the label that takes its own, where the schema has no such label."""
        if self.schema.label(s.label):
            return s
        return replace(s, label=self.schema.label_taking(s.label) or s.label)

    def _known_suggestions(self, annotated: AnnotatedSentence) -> tuple[Suggestion, ...]:
        """Return the suggestions that were offered in an accepted sentence, as far as known."""
        if annotated.annotation.answer is not Answer.ACCEPT:
            return ()
        known = self._offered_suggestions.get(annotated.sentence)
        return self._file_suggestions(annotated.sentence) if known is None else known

    def _article_context(self, article_id: str) -> ArticleContext:
        if article_id not in self._contexts:
            text, sentences = self._article_sentences(article_id)
            _remember(self._contexts, article_id, build_context(text, [s.tokens for s in sentences]), _MAX_ARTICLES)
        return self._contexts[article_id]


def _remember(kept: dict[_K, _V], key: _K, value: _V, most: int = _MAX_SENTENCES) -> None:
    """Cache a value; the oldest is dropped where there are too many."""
    kept.pop(key, None)
    kept[key] = value
    if len(kept) > most:
        del kept[next(iter(kept))]
