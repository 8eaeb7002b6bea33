"""Checks a corpus: reads it as the checks want it, runs them, and numbers what they find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from annotator.checks.problem import (
    CHECKED_ANSWERS,
    CheckInput,
    Problem,
    ProblemKind,
    ProblemLevel,
    ProblemLocation,
    ReviewedSentence,
)
from annotator.checks.registry import run_checks, run_plugin_check
from annotator.core.annotation import Answer
from annotator.core.article import AnnotatedLineIndex
from annotator.core.coverage import covered_labels
from annotator.core.errors import SourceError, UsageError, path_text
from annotator.core.pluralize import pluralize
from annotator.core.spans import overlap_finder
from annotator.export.options import ExportItem
from annotator.plugin_loader import Plugin, load_plugin, plugin_names
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.file_io import gc_paused
from annotator.storage.journal import journal_file_name
from annotator.storage.journal_index import JournalIndex
from annotator.storage.record_lines import find_record_lines
from annotator.workflows.annotator_conflicts import conflict_problems
from annotator.workflows.damage_problems import damage_problems
from annotator.workflows.later_labels import later_label_problems
from annotator.workflows.opening import with_damaged_apart
from annotator.workflows.record_selection import select_items
from annotator.workflows.version_problems import deleted_sentence_problems, version_link_problems


class CheckReport(Struct, frozen=True):
    """What a check of a corpus has found."""

    corpus: str
    checked: Mapping[str, int]
    """How much was looked at: articles, sentences, annotations, annotators, spans."""
    problems: tuple[Problem, ...]
    coverage: Mapping[tuple[str, ...], int] = {}
    """How many accepted sentences, by annotator, were read for which labels; empty where all were for all."""

    def count(self, level: ProblemLevel | str) -> int:
        """Return the number of problems of a level."""
        return sum(p.kind.level == level for p in self.problems)

    @property
    def kinds(self) -> dict[str, int]:
        """The number of problems by kind, in the order of the report."""
        return dict(Counter(p.kind.value for p in self.problems))

    def lines(self) -> Iterator[str]:
        """Yield a line a problem as compilers write it, then the sums."""
        yield from (_problem_line(p) for p in self.problems)
        checked = self.checked
        sentences, spans, annotators = (
            pluralize(checked[f"{key}s"], what)
            for key, what in (("annotation", "sentence"), ("span", "span"), ("annotator", "annotator"))
        )
        scope = f"{sentences} and {spans} of {annotators}"
        if not self.problems:
            yield f"nothing found in {scope}"
            yield from self._coverage_lines()
            return
        errors = pluralize(self.count("error"), "error")
        warnings = pluralize(self.count("warning"), "warning")
        kinds = ", ".join(f"{kind} {n}" for kind, n in self.kinds.items())
        yield f"{errors} and {warnings} in {scope}: {kinds}"
        yield from self._coverage_lines()

    def _coverage_lines(self) -> Iterator[str]:
        for labels, n in self.coverage.items():
            yield f"read for {', '.join(labels) or 'no label of the schema'}: {pluralize(n, 'accepted sentence')}"

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``--json``."""
        return {
            "corpus": self.corpus,
            "checked": self.checked,
            "errors": self.count(ProblemLevel.ERROR),
            "warnings": self.count(ProblemLevel.WARNING),
            "kinds": self.kinds,
            **({"coverage": [{"labels": x, "count": n} for x, n in self.coverage.items()]} if self.coverage else {}),
            "problems": [
                {"kind": p.kind.value, "level": p.kind.level.value, "what": p.what, "cure": p.remedy}
                | _location_fields(p.location)
                | {"others": [_location_fields(x) for x in p.related]}
                for p in self.problems
            ],
        }


def _location_fields(place: ProblemLocation) -> dict[str, Any]:
    """Return a place for ``--json``: offsets in code points of the sentence, null where unknown."""
    s = place.span
    return {
        "file": place.file or None,
        "line": place.line or None,
        "annotator": place.annotator or None,
        "article": place.article or None,
        "sentence": place.sentence or None,
        "start": s.start if s else None,
        "end": s.end if s else None,
        "label": s.label if s and s.label != "-" else None,
        "text": place.words or None,
    }


_MAX_OTHER_SPANS = 3
"""How many further places of a problem a line names; ``--json`` has them all."""


def _problem_line(problem: Problem) -> str:
    here = problem.location.sentence
    others = [_span_location(p) for p in problem.related if p.sentence and (p.span or p.sentence != here)]
    more = f" and {len(others) - _MAX_OTHER_SPANS} more" if len(others) > _MAX_OTHER_SPANS else ""
    also = f" (also {', '.join(others[:_MAX_OTHER_SPANS])}{more})" if others else ""
    place = problem.location
    file = f"{place.file}:{place.line}" if place.line else place.file
    where = " ".join(x for x in (file, _span_location(place)) if x)
    head = f"{where}: {problem.kind.level} {problem.kind}"
    return f"{head}: {' '.join(problem.what.split())}{also}; {problem.remedy}"


def _span_location(place: ProblemLocation) -> str:
    """Return the sentence with the span's offsets in it, and the number that the screen gives it."""
    offsets = f"[{place.span.start}-{place.span.end}]" if place.span else ""
    return f"{place.sentence}{offsets}{f' ({place.number})' if place.number else ''}"


def _check_input(corpus: CorpusFolder, items: Sequence[ExportItem]) -> CheckInput:
    """Return what the checks look at; raises AnnotatorError where the corpus cannot be read."""
    articles = {a: corpus.article(a) for a in corpus.article_ids()}
    done = [i for i in items if i.annotated.annotation.answer in CHECKED_ANSWERS]
    reviewed = [ReviewedSentence(i.annotated, i.annotator, i.seq) for i in done]
    queued = {id_: corpus.active_sentences(a) for id_, a in articles.items() if not a.replaced_by}
    return CheckInput(corpus.schema, reviewed, articles, queued)


@with_damaged_apart
def check_corpus(
    corpus: CorpusFolder,
    *,
    only: Sequence[str] = (),
    level: Literal["error", "warning"] = "warning",
    plugins: Sequence[str] = (),
) -> CheckReport:
    """Look for problems; nothing is changed.

    ``only`` are kinds of problems, ``plugins`` the names of further checks (``--with``). Raises UsageError
    for an unknown one, and AnnotatorError where the corpus cannot be read or a plug-in fails.
    """
    known = [*ProblemKind, *plugins]
    for name in only:
        if name not in known:
            raise UsageError(f"--only {name} is no kind of problem", do="use one of " + ", ".join(known))
    kinds = [k for k in ProblemKind if (not only or k.value in only) and level in {ProblemLevel.WARNING, k.level}]
    checks = [_load_check(name) for name in plugins]
    with gc_paused():
        selected = select_items(corpus, find_conflicts=ProblemKind.CONFLICT in kinds, needs_coverage=False)
        check_input = _check_input(corpus, selected.items)
        damage = damage_problems(corpus, selected.journals, selected.missing.excluded)
        problems = [p for p in damage if p.kind in kinds] + run_checks(check_input, kinds)
        problems += conflict_problems(selected.conflicts)
        if ProblemKind.LATER_LABEL in kinds:
            problems += later_label_problems(selected.journals)
        if ProblemKind.VERSIONS in kinds:
            problems += version_link_problems(corpus)
        if ProblemKind.DELETED in kinds:
            problems += deleted_sentence_problems(corpus)
        if ProblemKind.TOKENIZER in kinds:
            problems += _tokenizer_drift(corpus, check_input)
        if ProblemKind.LANGUAGE in kinds:
            problems += _language_problems(corpus, check_input)
        for plugin in checks:
            with plugin.blamed():
                found = run_plugin_check(plugin.name, plugin.value, check_input)
            problems += [p for p in found if level in {ProblemLevel.WARNING, p.kind.level}]
        problems = _add_places(corpus, selected.journals, sorted(problems, key=lambda p: p.sort_key))
    counts = {
        "articles": len(check_input.articles),
        "sentences": sum(len(x) for x in check_input.sentences.values()),
        "annotations": len(check_input.reviewed_sentences),
        "annotators": len(corpus.annotators()),
        "spans": sum(1 for _ in check_input.spans()),
    }
    return CheckReport(path_text(corpus.path), counts, tuple(problems), _count_coverage(corpus, selected.items))


def _count_coverage(corpus: CorpusFolder, items: Sequence[ExportItem]) -> dict[tuple[str, ...], int]:
    """Count the accepted sentences by the labels that they cover, the most labels first."""
    labels = [x.name for x in corpus.schema.labels]
    accepted = (i.annotated.annotation for i in items if i.annotated.annotation.answer is Answer.ACCEPT)
    counts = Counter(covered_labels(x.covers, labels) for x in accepted)
    every = {x: counts[x] for x in sorted(counts, key=lambda x: (-len(x), x))}
    return every if set(every) - {tuple(labels)} else {}


def _load_check(name: str) -> Plugin:
    """Load a plug-in's check; raises UsageError for an unknown one, PluginError for one that is none."""
    plugin = load_plugin("checks", name)
    if plugin is None:
        names = plugin_names("checks")
        do = f"use one of: {', '.join(names)}" if names else "install a distribution that has it"
        raise UsageError(f"there is no plug-in {name!r} among the checks", do=do)
    if not callable(getattr(plugin.value, "check", None)):
        raise plugin.error("it has no function `check`")
    return plugin


def _tokenizer_drift(corpus: CorpusFolder, check_input: CheckInput) -> list[Problem]:
    from annotator.checks.corpus_checks import check_tokenizer_drift
    from annotator.ingest.tokenizer import Tokenizer, tokenizer_fingerprint

    if corpus.settings_flaw:  # another problem names it
        return []
    try:
        now = tokenizer_fingerprint(corpus.lang, corpus.tokens)
        if now == corpus.fingerprint:
            return []
        cut = Tokenizer(corpus.lang, corpus.tokens).tokens
        return list(check_tokenizer_drift(check_input, corpus.fingerprint, now, cut))
    except SourceError as error:
        return [Problem(ProblemKind.TOKENIZER, ProblemLocation(file="corpus.toml"), error.what, error.do)]


def _language_problems(corpus: CorpusFolder, check_input: CheckInput) -> Iterator[Problem]:
    """Yield a problem for each language of articles that the corpus's tokenizer does not fit."""
    from annotator.ingest.language_advice import language_advice
    from annotator.language.language_guess import LanguageTally

    if corpus.settings_flaw or corpus.tokens.unit == "characters":  # which fit any language
        return
    tally = LanguageTally(corpus.lang)
    for article in check_input.articles.values():
        if not article.replaced_by:
            tally.add(article.text, article.id)
    for mismatch in tally.mismatches():
        what, do = language_advice(mismatch, corpus.lang)
        yield Problem(ProblemKind.LANGUAGE, ProblemLocation(file="corpus.toml"), what, do)


# -- where a problem is ----------------------------------------------------------------------------


def _add_places(corpus: CorpusFolder, journals: Iterable[JournalIndex], problems: Sequence[Problem]) -> list[Problem]:
    """Return the problems with file and line of their records, and the numbers of their sentences."""
    wanted: dict[str, set[int]] = {}
    for place in (p for problem in problems for p in (problem.location, *problem.related)):
        if place.seq and not place.file:
            wanted.setdefault(place.annotator, set()).add(place.seq)
    lines = {name: find_record_lines(corpus.path, name, seqs) for name, seqs in sorted(wanted.items())}
    numbers = _SentenceNumbers(corpus, journals)

    def placed(place: ProblemLocation) -> ProblemLocation:
        place = replace(place, number=numbers.number(place))
        if not place.seq or place.file:
            return place
        line = lines[place.annotator].get(place.seq, 0)
        return replace(place, file=journal_file_name(place.annotator), line=line)

    return [replace(p, location=placed(p.location), related=tuple(map(placed, p.related))) for p in problems]


class _SentenceNumbers:
    """Numbers sentences as the screen does: article in the queue, sentence in its annotator's view."""

    def __init__(self, corpus: CorpusFolder, journals: Iterable[JournalIndex]) -> None:
        self._corpus = corpus
        self._queue = {article: n for n, article in enumerate(corpus.queue(), 1)}
        self._journals = {journal.name: journal for journal in journals}
        self._starts = cache(self._sentence_starts)

    def number(self, place: ProblemLocation) -> str:
        """Return ``2.14``; empty where the screen does not show the sentence."""
        if not place.sentence or place.article not in self._queue or place.article in self._corpus.damaged_articles:
            return ""
        starts = self._starts(place.annotator, place.article)
        found = place.offset in starts
        return f"{self._queue[place.article]}.{starts.index(place.offset) + 1}" if found else ""

    def _sentence_starts(self, annotator: str, article_id: str) -> list[int]:
        """Return where the sentences start that an annotator sees of an article, in text order."""
        article = self._corpus.article(article_id)
        stored = self._corpus.active_sentences(article)
        if not annotator:
            return [s.start for s in stored]
        index, lines = self._journals[annotator], AnnotatedLineIndex(article)
        own = [(index.starts[n], index.ends[n]) for n in index.current_records(article_id)]
        overlaps_own = overlap_finder(own)
        bare = [s.start for s in stored if not overlaps_own(s.start, s.end)]
        return sorted(bare + [a for a, b in own if lines.is_annotated(a, b)])
