"""All sources of suggestions for one annotator's corpus, behind one call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Sentence
from annotator.core.errors import CorpusError
from annotator.core.schema import Schema
from annotator.core.source_version import has_version
from annotator.core.suggestion import Suggestion, suggestion_from_left
from annotator.language import ArticleContext, build_context
from annotator.language.span_forms import without_excluded
from annotator.suggest.mention_history import MentionHistory
from annotator.suggest.ranking import SuggestionRanker
from annotator.suggest.rules import RuleSuggester
from annotator.suggest.source_accuracy import SourceAccuracy

_K = TypeVar("_K")
_V = TypeVar("_V")
_MAX_SENTENCES = 4096
"""How many sentences are remembered; more than a screen and an article hold."""
_MAX_RANKINGS = 64
"""How many rankings are remembered: those on the screen and around it."""
_MAX_ARTICLES = 64
"""How many articles' contexts are remembered."""


class RankedSuggestions(Struct):
    """A sentence's suggestions as they are ranked, and those still open."""

    ranked: tuple[Suggestion, ...]
    annotation: Annotation | None = None
    """The annotation beside which ``suggestions`` are what is still to be decided."""
    suggestions: tuple[Suggestion, ...] = ()


ArticleText = tuple[str, Sequence[Sentence]]
"""The source text of an article and its sentences."""
FileSource = Callable[[Sentence], tuple[Suggestion, ...]]
"""What a suggestion file holds for a sentence."""


class SuggestionService:
    """Holds the sources and their accuracy; ``update`` keeps both up to date.

    What it suggests depends on the annotations and on the files alone, never on what was drawn before: a
    session that starts with the same journal suggests the same.
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
        self._uncounted: dict[str, list[AnnotatedSentence]] = {}
        """What the history knows, and the accuracy of the sources does not since other files are used."""
        self._contexts: dict[str, ArticleContext] = {}
        self._fixed_suggestions: dict[Sentence, tuple[Suggestion, ...]] = {}
        self._rankings: dict[Sentence, RankedSuggestions] = {}
        """Those ranked since something was learned that counts for them."""

    def queue_annotations(self, annotated_sentences: Iterable[AnnotatedSentence]) -> None:
        """Queue what is in the journal: learned when its article is first shown, or by ``learn``."""
        for annotated in annotated_sentences:
            self._queued.setdefault(annotated.sentence.article, []).append(annotated)

    def learn(self, most: int = 100) -> bool:
        """Learn ``most`` queued sentences or some more (about 10 ms); return False if none was queued.

        A large corpus takes seconds, so a session calls it while nobody presses a key.
        """
        learned = 0
        while (waiting := self._queued or self._uncounted) and learned < most:
            learned += self._learn_article(next(iter(waiting)))
        return bool(learned)

    def use_files(self, files: Mapping[str, FileSource], annotated_sentences: Iterable[AnnotatedSentence]) -> None:
        """Use other suggestion files from now on, as if they had been there from the start.

        What became of their suggestions in ``annotated_sentences``, all that somebody has touched, is learned as at
        the start: article by article, or by ``learn``.
        """
        self._files = dict(files)
        self._fixed_suggestions.clear()
        self._rankings.clear()
        self.accuracy.clear()
        self._uncounted.clear()
        for annotated in annotated_sentences:
            if (article := annotated.sentence.article) not in self._queued:
                self._uncounted.setdefault(article, []).append(annotated)

    def update(self, before: Sequence[AnnotatedSentence], after: Sequence[AnnotatedSentence]) -> None:
        """Learn an edit: the sentences before it and those in their place.

        What is in the journal at the start of a session goes to ``queue_annotations``.
        """
        for article in dict.fromkeys(w.sentence.article for w in (*before, *after)):
            self._learn_article(article)
        if [w.sentence for w in before] != [w.sentence for w in after]:
            for annotated in after:  # joined or split: the article reads otherwise now
                self.invalidate_article(annotated.sentence.article)
        changed = self.history.update(before, after)
        for annotated in before:
            self.accuracy.remove(annotated)
        for annotated in after:
            self.accuracy.add(annotated, self._known_suggestions(annotated))
        if any(w.annotation.answer is Answer.ACCEPT for w in (*before, *after)):  # the accuracy counts everywhere
            self._rankings.clear()
        for sentence in [s for s in self._rankings if _has_any(s, changed)]:
            del self._rankings[sentence]

    def suggestions(self, annotated: AnnotatedSentence) -> tuple[Suggestion, ...]:
        """Return the open suggestions of a sentence, in reading order, outer before inner.

        As long as nothing has changed it is the very same tuple.
        """
        self._learn_article(annotated.sentence.article)
        ranking = self._rankings.get(annotated.sentence)
        if ranking is None:
            ranking = RankedSuggestions(self._rank(annotated.sentence))
            _remember(self._rankings, annotated.sentence, ranking, _MAX_RANKINGS)
        if ranking.annotation != annotated.annotation:
            ranking.annotation = annotated.annotation
            ranking.suggestions = self._ranker.open_suggestions(annotated, ranking.ranked)
        return ranking.suggestions

    def _rank(self, sentence: Sentence) -> tuple[Suggestion, ...]:
        with self.accuracy.without(sentence):  # what is decided in it moves nothing else in it
            return self._ranker.rank(sentence, self._collect(sentence))

    def invalidate_article(self, article_id: str) -> None:
        """Forget what is known of an article: its lines or sentences have changed."""
        self._contexts.pop(article_id, None)
        self._rankings.clear()
        for sentence in [s for s in self._fixed_suggestions if s.article == article_id]:
            del self._fixed_suggestions[sentence]

    def _learn_article(self, article: str) -> int:
        new = self._queued.pop(article, [])
        for annotated in new:
            self.history.add(annotated)
        annotated_sentences = [*new, *self._uncounted.pop(article, [])]
        for annotated in annotated_sentences:
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
        """Return what was open in an accepted sentence when it was accepted, and what the files have for it.

        Of a model only the former: it may have learned from the sentence, and would seem better than it is.
        """
        if annotated.annotation.answer is not Answer.ACCEPT:
            return ()
        left = map(suggestion_from_left, annotated.annotation.left)
        return (*left, *(s for s in self._file_suggestions(annotated.sentence) if not has_version(s.source)))

    def _article_context(self, article_id: str) -> ArticleContext:
        if article_id not in self._contexts:
            text, sentences = self._article_sentences(article_id)
            _remember(self._contexts, article_id, build_context(text, [s.tokens for s in sentences]), _MAX_ARTICLES)
        return self._contexts[article_id]


def _has_any(sentence: Sentence, texts: Collection[str]) -> bool:
    """Return True if one of the texts, which have one blank for any white space, occurs in the sentence."""
    text = " ".join(sentence.text.split())
    return any(t in text for t in texts)


def _remember(kept: dict[_K, _V], key: _K, value: _V, most: int = _MAX_SENTENCES) -> None:
    """Cache a value; the oldest is dropped where there are too many."""
    kept.pop(key, None)
    kept[key] = value
    if len(kept) > most:
        del kept[next(iter(kept))]
