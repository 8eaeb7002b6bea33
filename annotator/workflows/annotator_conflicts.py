"""Where annotators have finished the same text: what is exported of it, and what is in conflict.

``check`` and every export find conflicts here. Sentences with the same cut are united: spans and covered labels of all
who have accepted them count, and a conflict is only about labels that both cover (``core.disagreement``). What is in
conflict is settled by a rule:

- ``skip``: none of the sentences counts. So does ``error``, whose caller raises an error;
- ``prefer``: the first in the order of ``--annotator`` who has finished the sentence, or a label of it;
- ``majority``: what more than half have, of the cut first, then of the answers, then of each span among those who
  cover its label; whose cut does not count votes on answers and spans all the same (``core.disagreement.Ballot``).
  Where that leaves anything undecided, none of the sentences counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby, pairwise

from msgspec.structs import replace

from annotator.checks.problem import Problem, ProblemKind, ProblemLocation
from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.coverage import Coverage
from annotator.core.disagreement import (
    AnnotatorConflict,
    Ballot,
    ConflictRule,
    ConflictSide,
    DisagreementKind,
    SpanDisagreement,
    SpanUnit,
    find_disagreements,
    span_units,
    unite_annotations,
)
from annotator.core.errors import AnnotatorError
from annotator.core.pluralize import pluralize
from annotator.core.spans import Span
from annotator.export.export_ledger import IN_CONFLICT, NOT_PREFERRED, OUTVOTED
from annotator.storage.journal_index import ACCEPTED_NUMBER, ANSWER_BY_NUMBER
from annotator.storage.record_rows import RecordRow
from annotator.workflows.selected_record import RecordNumber, SelectedRecord

_LISTED_CONFLICTS = 10
"""How many conflicts an error lists."""
_SKIPPED = "--on-conflict skip"
_NO_MAJORITY = "no majority"
_PREFERRED = "first in --annotator"
_CONFLICT_REMEDY = "agree on one, or choose with `annotator export --on-conflict`"
_TWICE = "annotated twice by one annotator"


class ConflictSettler:
    """Settles what several annotators have finished, article by article, and keeps the results."""

    def __init__(
        self,
        rule: ConflictRule,
        names: Sequence[str],
        preference: Sequence[str],
        labels: Sequence[str],
        row_of: Callable[[SelectedRecord], RecordRow],
        annotated_of: Callable[[SelectedRecord], AnnotatedSentence],
        seq_of: Callable[[SelectedRecord], int],
    ) -> None:
        """Take the rule, the journals' names, the order of preference, the schema's labels, how records are read."""
        self._rule, self._names, self._labels = rule, names, labels
        self._ranks = {name: n for n, name in enumerate(preference)}
        self._row_of, self._annotated_of, self._seq_of = row_of, annotated_of, seq_of
        self.conflicts: list[AnnotatorConflict] = []
        self.left_out: dict[RecordNumber, str] = {}
        """Records that do not count, and why."""
        self.duplicates: set[RecordNumber] = set()
        """Records that count through another one."""
        self.dropped_spans: dict[SelectedRecord, tuple[Span, ...]] = {}
        """Spans that do not count, of records that do."""
        self.united: dict[RecordNumber, Annotation] = {}
        """By the record that they are exported for: annotations that are not as any record has them."""
        self.shared_annotators: dict[RecordNumber, str] = {}
        """By the record that is exported: who they are, where it is not the one annotator of the record."""
        self._outvoted: dict[tuple[int, int], list[list[SelectedRecord]]] = {}
        """By sentence of the article: the records on its text of each whose cut does not count, and who votes still."""
        self._alike: dict[tuple[int, int], list[SelectedRecord]] = {}
        """By sentence of the article: the records on its text that have the same spans in another cut."""
        self._article = ""

    @property
    def reason(self) -> str:
        """Why what a rule has decided against does not count."""
        return NOT_PREFERRED if self._rule == "prefer" else OUTVOTED

    # -- records that share text -------------------------------------------------------------------

    def settle_article(self, article: str, every: Sequence[SelectedRecord]) -> int:
        """Settle the records of an article, in text order; return how many sentences are there more than once.

        Those of other versions of it have the place of the same words in this one. Raises UnreadableRecordError.
        """
        self._article, self._outvoted, self._alike = article, {}, {}
        for group in overlapping_groups([e for e in every if e.answer]):
            if len(group) > 1:
                self._settle_cut(group)
        counting = [e for e in every if not (e.record_number in self.left_out or e.record_number in self.duplicates)]
        places = [list(group) for _, group in groupby(counting, key=lambda e: e.range)]
        return sum(
            self._settle_sentence(group)
            for group in places
            if len(group) > 1 or group[0].range in self._outvoted or group[0].range in self._alike
        )

    def _settle_cut(self, group: Sequence[SelectedRecord]) -> None:
        """Leave out of finished records that share text those whose cut does not count."""
        same_cut = len({e.range for e in group}) == 1
        if same_cut and len({e.journal_number for e in group}) == len(group):
            return
        cuts: dict[int, list[SelectedRecord]] = {}
        for e in group:
            cuts.setdefault(e.journal_number, []).append(e)
        if any(a.end > b.start for mine in cuts.values() for a, b in pairwise(mine)):
            self._skip(group, [self._conflict(DisagreementKind.CUT, list(cuts.values()), "", _TWICE)])
        elif not (same_cut or self._settle_equal_cuts(cuts)):
            chosen, whose, why = self._choose_cut(cuts)
            conflict = self._conflict(DisagreementKind.CUT, list(cuts.values()), whose, why)
            if not chosen:
                self._skip(group, [conflict])
                return
            self.conflicts.append(conflict)
            self.left_out |= {e.record_number: self.reason for e in group if e.range not in chosen}
            if self._rule == "majority":
                self._keep_votes(chosen, cuts)

    def _keep_votes(self, chosen: Iterable[tuple[int, int]], cuts: Mapping[int, Sequence[SelectedRecord]]) -> None:
        """Note who has other sentences in the text of each of ``chosen``, for the votes on answers and spans."""
        for start, end in chosen:
            found = [[e for e in mine if e.start < end and start < e.end] for mine in cuts.values()]
            self._outvoted[start, end] = [mine for mine in found if mine and mine[0].range != (start, end)]

    def _settle_equal_cuts(self, cuts: Mapping[int, Sequence[SelectedRecord]]) -> bool:
        """Take the first cut that has all the text, where all have the same spans; return whether it was so."""
        start = min(e.start for mine in cuts.values() for e in mine)
        end = max(e.end for mine in cuts.values() for e in mine)
        every = [e for mine in cuts.values() for e in mine]
        whole = [
            by
            for by, mine in cuts.items()
            if (mine[0].start, mine[-1].end) == (start, end) and not self._has_gap(mine, every)
        ]
        if not whole or {e.answer for mine in cuts.values() for e in mine} != {ACCEPTED_NUMBER}:
            return False
        annotations = {e: self._annotated_of(e).annotation for e in every}
        if any(a.covers is not None or a.rejected for a in annotations.values()):
            return False
        units = {
            by: {u.shifted(e.start) for e in mine for u in span_units(annotations[e].spans)}
            for by, mine in cuts.items()
        }
        chosen = min(whole, key=self._rank)
        for by, mine in cuts.items():
            text = SpanUnit(tuple(e.range for e in mine), "")
            if {u for u in units[chosen] if u.overlaps(text)} != units[by]:
                return False
        ranges = {e.range for e in cuts[chosen]}
        alike = [e for e in every if e.range not in ranges]
        self.duplicates.update(e.record_number for e in alike)
        self._alike |= {(a, b): found for a, b in ranges if (found := [e for e in alike if e.start < b and a < e.end])}
        return True

    def _has_gap(self, mine: Sequence[SelectedRecord], every: Iterable[SelectedRecord]) -> bool:
        """Return True if there is text between the sentences of one annotator that another has finished."""
        gaps = [(a.end, b.start) for a, b in pairwise(mine)]
        return any(
            self._annotated_of(e).sentence.text[max(0, a - e.start) : max(0, b - e.start)].strip()
            for a, b in gaps
            for e in every
            if e.start < b and a < e.end
        )

    def _choose_cut(self, cuts: Mapping[int, Sequence[SelectedRecord]]) -> tuple[set[tuple[int, int]], str, str]:
        """Return the sentences of the cut that counts (none: undecided), whose it is, and why."""
        if self._rule == "prefer":
            chosen: list[SelectedRecord] = []
            order = sorted(cuts, key=self._rank)
            for e in (e for by in order for e in cuts[by]):
                if all(e.range == c.range or e.end <= c.start or c.end <= e.start for c in chosen):
                    chosen.append(e)
            return {e.range for e in chosen}, self._names[order[0]], _PREFERRED
        if self._rule != "majority":
            return set(), "", _SKIPPED
        ranges = {by: {e.range for e in mine} for by, mine in cuts.items()}
        followers = {by: [x for x in cuts if ranges[x] <= mine] for by, mine in ranges.items()}
        best = max(ranges, key=lambda by: (len(followers[by]), len(ranges[by]), -by))
        winning = [by for by in ranges if 2 * len(followers[by]) > len(cuts)]
        if best not in winning or not all(ranges[by] <= ranges[best] for by in winning):
            return set(), "", _NO_MAJORITY
        names = ", ".join(self._names[by] for by in followers[best])
        return ranges[best], names, f"{len(followers[best])} of {len(cuts)}"

    # -- records of one sentence -------------------------------------------------------------------

    def _settle_sentence(self, group: Sequence[SelectedRecord]) -> int:
        """Settle the records of one sentence; return how many have finished it besides the one that is exported."""
        done = sorted((e for e in group if e.answer), key=lambda e: self._rank(e.journal_number))
        outvoted = self._outvoted.get(done[0].range, []) if done else []
        if len({e.answer for mine in (done, *outvoted) for e in mine}) > 1:
            done = self._settle_answer(done, outvoted)
        if not done:
            return 0
        if done[0].answer != ACCEPTED_NUMBER:
            self._merge(done, done)
            return len(done) - 1
        alike = self._alike.get(done[0].range, [])
        rows = {e: self._row_of(e) for e in (*group, *alike)}
        if (
            not outvoted
            and len({row_content(rows[e]) for e in done}) == 1
            and not any(x.rejected or x.note or x.flagged for x in rows.values())
        ):
            self._merge(done, [*done, *alike])
            return len(done) - 1
        beside = [self._annotated_of(e).annotation for e in group if not e.answer]
        return self._unite(done, beside, outvoted, alike)

    def _settle_answer(
        self, done: Sequence[SelectedRecord], outvoted: Sequence[Sequence[SelectedRecord]]
    ) -> list[SelectedRecord]:
        """Return the records with the answer that counts; none where that is undecided, or nobody's of ``done``."""
        start, end = done[0].range
        whole = [x for x in outvoted if x[0].start <= start and end <= x[-1].end]
        sides = [[e] for e in done] + [list(mine) for mine in whole if len({e.answer for e in mine}) == 1]
        answer, times = Counter(mine[0].answer for mine in sides).most_common(1)[0]
        chosen, why = "", _SKIPPED
        if self._rule == "prefer":
            answer, chosen, why = done[0].answer, self._names[done[0].journal_number], _PREFERRED
        elif times == len(sides):
            return list(done)  # who differs has several answers there
        elif self._rule == "majority" and 2 * times > len(sides):
            chosen, why = str(ANSWER_BY_NUMBER[answer]), f"{times} of {len(sides)}"
        elif self._rule == "majority":
            why = _NO_MAJORITY
        conflict = self._conflict(DisagreementKind.ANSWER, sides, chosen, why)
        if not chosen:
            self._skip(done, [conflict])
            return []
        self.conflicts.append(conflict)
        self.left_out |= {e.record_number: self.reason for e in done if e.answer != answer}
        return [e for e in done if e.answer == answer]

    def _unite(
        self,
        done: Sequence[SelectedRecord],
        beside: Sequence[Annotation],
        outvoted: Sequence[Sequence[SelectedRecord]],
        alike: Sequence[SelectedRecord],
    ) -> int:
        """Unite accepted annotations of one sentence, the preferred one first, and settle where they differ."""
        annotated = [self._annotated_of(e) for e in done]
        annotations = [a.annotation for a in annotated]
        ballots = [self._ballot(annotated[0], mine) for mine in outvoted]
        found = find_disagreements(annotations, ballots)
        choices = [self._choose_spans(d) for d in found]
        kept = {u for units in choices for u in units or ()}
        settled = None not in choices
        sides = [*([e] for e in done), *outvoted]
        marks = [*(a.spans for a in annotations), *(b.spans for b in ballots)]
        conflicts = [
            self._span_conflict(d, sides, marks, annotated[0], *self._chosen_words(d, units, done, settled=settled))
            for d, units in zip(found, choices, strict=True)
        ]
        if not settled:
            self._skip(done, conflicts)
            return 0
        self.conflicts += conflicts
        dropped = {x.unit for d in found for x in d.units} - kept
        winners = [
            e
            for n, e in enumerate(done)
            if all((n in x.holders) == (x.unit in kept) for d in found for x in d.units if n in x.voters)
        ]
        first = self._merge([*winners, *(e for e in done if e not in winners)], [*(winners or done), *alike])
        elected = [s for b in ballots for unit, spans in span_units(b.spans).items() if unit in kept for s in spans]
        if elected:
            labels = tuple(sorted({s.label for s in elected}))
            annotations.append(Annotation(answer=Answer.ACCEPT, covers=labels).with_spans(elected))
        begun = [e for e in alike if done[0].start <= e.start < done[0].end]  # a note is exported once
        annotations += [replace(self._annotated_of(e).annotation, spans=()) for e in begun]
        united = self.united[first] = unite_annotations(annotations, self._labels, dropped, beside)
        known = {s.key for s in united.spans}
        for e, annotation in zip(done, annotations, strict=False):
            if gone := tuple(s for s in annotation.spans if s.key not in known):
                self.dropped_spans[e] = gone
        return len(done) - 1

    def _ballot(self, at: AnnotatedSentence, mine: Sequence[SelectedRecord]) -> Ballot:
        """Return what the accepted records of one annotator have in the text of a sentence."""
        text, length = at.sentence.text, len(at.sentence.text)
        spans: list[Span] = []
        stretches: list[tuple[int, int, Coverage]] = []
        for e in (e for e in mine if e.answer == ACCEPTED_NUMBER):
            annotation, by = self._annotated_of(e).annotation, e.start - at.sentence.start
            for unit in span_units(annotation.spans).values():
                if all(s.start + by >= 0 and s.end + by <= length for s in unit):
                    spans += [s.shifted(by) for s in unit]
            if stretches and text[stretches[-1][1] : by].isspace():
                stretches[-1] = (stretches[-1][0], by, stretches[-1][2])
            stretches.append((by, e.end - at.sentence.start, annotation.covers))
        return Ballot(tuple(spans), tuple(stretches))

    def _choose_spans(self, disagreement: SpanDisagreement) -> frozenset[SpanUnit] | None:
        """Return the units that count; None where that is undecided."""
        if self._rule == "prefer":
            return disagreement.preferred()
        return disagreement.majority() if self._rule == "majority" else None

    def _chosen_words(
        self,
        disagreement: SpanDisagreement,
        units: frozenset[SpanUnit] | None,
        done: Sequence[SelectedRecord],
        *,
        settled: bool,
    ) -> tuple[str, str]:
        """Return what was chosen, and why."""
        if not settled:
            undecided = "no majority in another conflict of this sentence" if units is not None else _NO_MAJORITY
            return "", undecided if self._rule == "majority" else _SKIPPED
        if self._rule == "prefer":
            first = min(disagreement.parties)
            return self._names[done[first].journal_number], _PREFERRED
        votes = [(x.unit, len(x.holders), len(x.voters)) for x in disagreement.units if x.unit in (units or ())]
        if not votes:
            most = max(disagreement.units, key=lambda x: len(x.voters)).voters
            without = most.difference(*(x.holders for x in disagreement.units))
            return "no span", f"{len(without)} of {len(most)}"
        words = [f"{u.label} {'+'.join(f'{a}-{b}' for a, b in u.ranges)}" for u, _, _ in votes]
        return ", ".join(words), ", ".join(f"{n} of {of}" for _, n, of in votes)

    # -- what was settled --------------------------------------------------------------------------

    def _rank(self, journal_number: int) -> int:
        """Return the place of an annotator in the order of ``--annotator``, which counts for ``prefer`` alone."""
        return self._ranks.get(self._names[journal_number], 0) if self._rule == "prefer" else 0

    def _merge(self, done: Sequence[SelectedRecord], whose: Sequence[SelectedRecord]) -> RecordNumber:
        """Let one of several records count for all of them, as that of ``whose``; return which it is.

        It is the first one of this version of the article.
        """
        first, *others = sorted(done, key=lambda e: e.article != self._article)
        names = sorted({self._names[e.journal_number] for e in whose})
        if names != [self._names[first.journal_number]]:
            self.shared_annotators[first.record_number] = ", ".join(names)
        self.duplicates.update(e.record_number for e in others)
        return first.record_number

    def _skip(self, group: Iterable[SelectedRecord], conflicts: Sequence[AnnotatorConflict]) -> None:
        self.conflicts += conflicts
        self.left_out |= {e.record_number: IN_CONFLICT for e in group}

    def _conflict(
        self, kind: DisagreementKind, sides: Sequence[Sequence[SelectedRecord]], chosen: str, why: str
    ) -> AnnotatorConflict:
        """Return a conflict of cuts or answers; each side is what one annotator has."""
        ordered = sorted(sides, key=lambda mine: mine[0].journal_number)
        return AnnotatorConflict(kind, tuple(map(partial(self._side, ()), ordered)), chosen, why)

    def _side(self, spans: Sequence[tuple[Span, str]], mine: Sequence[SelectedRecord]) -> ConflictSide:
        answer = ANSWER_BY_NUMBER[mine[0].answer]
        sentences = [self._annotated_of(e).sentence for e in mine if e.article == mine[0].article]
        return ConflictSide(
            self._names[mine[0].journal_number],
            self._seq_of(mine[0]),
            mine[0].article,
            tuple((s.start, s.end) for s in sentences),
            str(answer),
            tuple(s for s, _ in spans),
            tuple(words for _, words in spans),
        )

    def _span_conflict(
        self,
        disagreement: SpanDisagreement,
        sides: Sequence[Sequence[SelectedRecord]],
        marks: Sequence[Sequence[Span]],
        annotated: AnnotatedSentence,
        chosen: str,
        why: str,
    ) -> AnnotatorConflict:
        """Return a conflict of spans; ``marks`` are those of each side, in code points of the sentence."""
        made = []
        for n in sorted(disagreement.parties, key=lambda n: sides[n][0].journal_number):
            units = span_units(marks[n])
            mine = [s for x in disagreement.units if n in x.holders for s in units[x.unit]]
            made.append(self._side([(s, annotated.text_of(s)) for s in mine], sides[n]))
        return AnnotatorConflict(disagreement.kind, tuple(made), chosen, why)


def row_content(row: RecordRow) -> tuple[Hashable, ...]:
    """Return what two records of a sentence with one answer must share to be alike: spans, groups and labels."""
    groups: dict[str, list[tuple[int, int, str]]] = {}
    for s in row.spans:
        if s.group:
            groups.setdefault(s.group, []).append((s.start, s.end, s.label))
    parts = frozenset(map(tuple, groups.values()))
    return span_keys(row), parts, row.covers


def span_keys(row: RecordRow) -> frozenset[tuple[int, int, str]]:
    """Return place and label of each span."""
    return frozenset((s.start, s.end, s.label) for s in row.spans)


def overlapping_groups(done: Sequence[SelectedRecord]) -> list[list[SelectedRecord]]:
    """Return the entries, which are in order, in groups that share text."""
    groups: list[list[SelectedRecord]] = []
    end = 0
    for e in done:
        if not groups or e.start >= end:
            groups.append([])
            end = 0
        groups[-1].append(e)
        end = max(end, e.end)
    return groups


def raise_conflicts(conflicts: Sequence[AnnotatorConflict]) -> None:
    """Raise AnnotatorError where there are any."""
    if not conflicts:
        return
    listed = [f"{c.sentence} ({c.kind}: {', '.join(c.annotators)})" for c in conflicts]
    if len(conflicts) > _LISTED_CONFLICTS:
        listed[_LISTED_CONFLICTS:] = [f"and {len(conflicts) - _LISTED_CONFLICTS} more"]
    names = sorted({name for c in conflicts for name in c.annotators})
    kinds = ", ".join(f"{kind} {n}" for kind, n in count_conflicts(conflicts).items())
    what = f"{pluralize(len(conflicts), 'conflict')} of annotators ({kinds}): {', '.join(listed)}"
    do = (
        "`annotator check --only conflict` lists them all; choose whose to export with --annotator NAME "
        f"({', '.join(names)}), or leave these sentences out with --on-conflict skip"
    )
    raise AnnotatorError(what, do=do)


def count_conflicts(conflicts: Iterable[AnnotatorConflict]) -> dict[str, int]:
    """Return how many conflicts there are of each kind, in the order of the kinds."""
    found = Counter(c.kind for c in conflicts)
    return {kind.value: found[kind] for kind in DisagreementKind if found[kind]}


def conflict_problems(conflicts: Iterable[AnnotatorConflict]) -> Iterator[Problem]:
    """Yield the conflicts as problems of a check, each at the first annotator's span or sentence."""
    for c in conflicts:
        first, *others = (_side_location(side) for side in sorted(c.sides, key=lambda side: not side.spans))
        yield Problem(ProblemKind.CONFLICT, first, c.description, _CONFLICT_REMEDY, tuple(others))


def _side_location(side: ConflictSide) -> ProblemLocation:
    span, words = (side.spans[0], side.words[0]) if side.spans else (None, "")
    sentence, start = side.sentence_ids[0], side.sentences[0][0]
    return ProblemLocation(side.article, side.annotator, sentence, start, span, words, side.seq)
