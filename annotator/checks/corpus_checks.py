"""Articles and sentences that are nearly the same: a model that has seen one is not tested by the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from annotator.checks.problem import CheckInput, Problem, ProblemKind, ProblemLocation, quote_text
from annotator.core.annotation import Answer
from annotator.core.article import Article, Sentence
from annotator.core.tokens import Token
from annotator.similarity.near_duplicates import NearDuplicateGroup, near_duplicate_groups
from annotator.similarity.shingles import shingle_hashes, shingle_words

ARTICLE_SHARE, ARTICLE_WORDS = 0.5, 50
"""Articles: runs of five words, half of them shared; shorter ones are looked at as sentences."""
SENTENCE_SHINGLE, SENTENCE_SHARE, SENTENCE_WORDS = 3, 0.7, 8
"""Sentences: runs of three words; shorter ones ("He did not say more.") come again without being copied."""

_SENTENCES_FILE = "sentences.jsonl"


def check_near_duplicates(check_input: CheckInput) -> Iterator[Problem]:
    """Yield the groups of articles, then of sentences, that are nearly the same.

    Sentences of articles in one group are left out: the problem of the article covers them. An article
    that has a newer version is out of the queue and is not compared.
    """
    by_article = {a: [shingle_words(s.text) for s in found] for a, found in check_input.sentences.items()}
    whole = {a: [w for sentence in found for w in sentence] for a, found in by_article.items()}
    long = [a for a in whole if len(whole[a]) >= ARTICLE_WORDS]
    alike = near_duplicate_groups([shingle_hashes(whole[a]) for a in long], ARTICLE_SHARE)
    family: dict[str, str] = {}
    for group in alike:
        members = [long[n] for n in group.members]
        family.update((a, members[0]) for a in members)
        yield _duplicate_articles_problem(members, group, check_input)
    rows = [(s, w) for a, found in check_input.sentences.items() for s, w in zip(found, by_article[a], strict=True)]
    yield from _duplicate_sentences_problems([(s, w) for s, w in rows if len(w) >= SENTENCE_WORDS], family)


def _duplicate_articles_problem(members: Sequence[str], group: NearDuplicateGroup, check_input: CheckInput) -> Problem:
    places = [_article_location(a, check_input.articles.get(a)) for a in members]
    share = f"{group.similarity:.0%} of the runs of five words"
    what = f"the article is nearly the same as {_location_names(places[1:])} ({share})"
    cure = "keep one, or let the export keep them in one part of the split"
    return Problem(ProblemKind.DUPLICATE_ARTICLE, places[0], what, cure, tuple(places[1:]))


def _article_location(article_id: str, article: Article | None) -> ProblemLocation:
    title = (article.title or article.text[:80]) if article else ""
    return ProblemLocation(article=article_id, words=title, file=f"articles/{article_id}.json")


def _duplicate_sentences_problems(
    rows: Sequence[tuple[Sentence, Sequence[str]]], family: dict[str, str]
) -> Iterator[Problem]:
    for group in near_duplicate_groups([shingle_hashes(w, SENTENCE_SHINGLE) for _, w in rows], SENTENCE_SHARE):
        members = [rows[n][0] for n in group.members]
        if len({family.get(s.article, s.id) for s in members}) == 1:
            continue
        places = [ProblemLocation(s.article, "", s.id, s.start, None, s.text, file=_SENTENCES_FILE) for s in members]
        others = f"{_location_names(places[1:])} (likeness {group.similarity:.0%})"
        what = f"{quote_text(members[0].text)} is nearly the same as {others}"
        cure = "ignore all but one, or let the export keep them in one part of the split"
        yield Problem(ProblemKind.DUPLICATE_SENTENCE, places[0], what, cure, tuple(places[1:]))


def _location_names(places: Sequence[ProblemLocation], most: int = 3) -> str:
    names = [p.sentence or p.article for p in places]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


# -- lines that may be wrong -----------------------------------------------------------------------


def check_doubts(check_input: CheckInput) -> Iterator[Problem]:
    """Yield the articles in the queue with an open doubt about their lines."""
    for article_id, article in check_input.articles.items():
        if article.doubt and not article.replaced_by:
            cure = f"`annotator articles CORPUS {article_id}` shows its lines: switch what is wrong, else --settle"
            yield Problem(ProblemKind.DOUBT, _article_location(article_id, article), article.doubt, cure)


# -- too little to train on ------------------------------------------------------------------------

MIN_TRAINING_SPANS = 50
"""Spans that a new label needs; the threshold of ``spacy debug data`` (NEW_LABEL_THRESHOLD)."""
MIN_TRAINING_SENTENCES = 100
"""Examples that a blank pipeline needs; below it ``spacy debug data`` fails (BLANK_MODEL_MIN_THRESHOLD)."""


def check_training_size(check_input: CheckInput) -> Iterator[Problem]:
    """Yield the labels with fewer than 50 accepted spans, and a corpus with under 100 accepted sentences.

    What several annotators have marked alike counts once.
    """
    done = [x.annotated for x in check_input.reviewed_sentences if x.answer is Answer.ACCEPT]
    sentences = {w.sentence.id for w in done}
    if len(sentences) < MIN_TRAINING_SENTENCES:
        there = "is 1 accepted sentence" if len(sentences) == 1 else f"are {len(sentences)} accepted sentences"
        what = f"there {there}, and training needs {MIN_TRAINING_SENTENCES} at least"
        cure = "annotate more, or merge another corpus"
        yield Problem(ProblemKind.FEW, ProblemLocation(file="corpus.toml"), what, cure)
    if not sentences:
        return
    spans = {(w.sentence.id, *s.key) for w in done for s in w.annotation.spans}
    counts = Counter(key[-1] for key in spans)
    for label in check_input.schema.labels:
        if (n := counts[label.name]) < MIN_TRAINING_SPANS:
            count = "1 accepted span" if n == 1 else f"{n} accepted spans"
            what = f"{label.name} has {count}, and a label needs {MIN_TRAINING_SPANS} at least"
            cure = "annotate more, or leave the label out"
            yield Problem(ProblemKind.FEW, ProblemLocation(file="schema.toml"), what, cure)


# -- tokenizer drift: the corpus was cut by other rules than those of the installed spaCy ----------

TokenizeFunction = Callable[[str], Sequence[Token]]
"""A tokenizer: from a text to its tokens."""


def check_tokenizer_drift(
    check_input: CheckInput, stored: str, now: str, tokenize: TokenizeFunction
) -> Iterator[Problem]:
    """Yield a problem where the fingerprint of the corpus is not that of the tokenizer ``cut``.

    It names the sentences that would be cut otherwise now; a model trained on the stored tokens
    would not see them again when it is used. Where there are none, nothing is to be mended.
    """
    if stored == now:
        return
    other, of = [], 0
    for article, sentences in check_input.sentences.items():
        for s in sentences:
            of += 1
            if tuple(tokenize(s.text)) != s.tokens:
                other.append(ProblemLocation(article, "", s.id, s.start, None, s.text))
    if not other:
        return
    what = (
        f"the corpus was cut by another tokenizer ({stored}) than that of the installed spaCy ({now}): "
        f"{len(other)} of {of} sentences would be cut otherwise"
    )
    cure = "install the spaCy that it was made with, or ingest the sources into a new corpus"
    yield Problem(ProblemKind.TOKENIZER, ProblemLocation(file="corpus.toml"), what, cure, tuple(other))


def check_record_tokens(check_input: CheckInput) -> Iterator[Problem]:
    """Yield a problem for each annotator with sentences whose tokens are not those that the corpus has stored.

    Such a journal is of another corpus with the same text, or was imported with its own tokens.
    """
    stored = {s.id: s for found in check_input.sentences.values() for s in found}
    for name, reviewed in check_input.by_annotator().items():
        both = [(x, stored[x.sentence.id]) for x in reviewed if x.sentence.id in stored]
        other = [x.location_of() for x, s in both if x.sentence.tokens != s.tokens and x.sentence.text == s.text]
        if other:
            what = f"{len(other)} of {len(both)} sentences of {name} have other tokens than the corpus has for them"
            cure = "see that the journal is the right one; a model would be trained on tokens of two tokenizers"
            yield Problem(ProblemKind.TOKENIZER, other[0], what, cure, tuple(other[1:]))
