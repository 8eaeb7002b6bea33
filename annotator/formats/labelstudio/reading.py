"""From Label Studio's tasks to documents, one for each annotation of a text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from annotator.core.counting import counted
from annotator.core.errors import SourceError
from annotator.core.spans import Span
from annotator.formats.document import Account, Document, Entry, Fate
from annotator.formats.evidence import Evidence, quoted_of, unit_of
from annotator.formats.fields import Raw, Tally, plain, raw_id, span_of, spans_of, string
from annotator.formats.labelstudio.keys import Keys, joined_offsets, paragraphs, text_at, value_at
from annotator.formats.labelstudio.pages import unpaged
from annotator.formats.labelstudio.regions import Region, Result, levelled, sort
from annotator.formats.labelstudio.tasks import AGAIN, Said, Task, is_task, task_of
from annotator.formats.rows import files_of, may_hold, rows
from annotator.formats.sample import Sample
from annotator.formats.source import Source
from annotator.formats.units import (
    CODE_POINTS,
    CRLF_AS_ONE,
    UTF16,
    UTF16_CRLF_AS_ONE,
    Detective,
    Fit,
    Quoted,
    Unit,
    said_unit,
)

ALLOWED = (CODE_POINTS, UTF16, CRLF_AS_ONE, UTF16_CRLF_AS_ONE)

IN_PAGE = "its place in the web page has other words"

PREDICTIONS = "predictions are left out: {n} result{s} of models"
ALONE = "a model's prediction on a task that nobody has annotated"
IN_UTF16 = "dialogues in whose paragraphs offsets count UTF-16 units: {n}"
UNTOLD = "annotations whose texts are not in the file, with no span: {n}"

_BEGUN = re.compile(r'"(?:annotations|completions)"\s*:\s*\[')
_RESULT = re.compile(r'"(?:was_cancelled|from_name|completed_by|lead_time)"\s*:')


def looks(sample: Sample) -> str:
    """Return what of a file is Label Studio's, empty where nothing is."""
    if (sample.is_folder or sample.is_zip) and not may_hold(sample.names):
        return ""
    found = sample.json_values()
    if why := next((why for why in map(is_task, found) if why), ""):
        return why
    start = sample.text.lstrip()
    is_cut = not found and start[:1] in {"[", "{"}
    if is_cut and _BEGUN.search(start) and _RESULT.search(start):
        return "its first task has `annotations` with Label Studio's fields"
    return ""


def read(source: Source, log: Account) -> Iterator[Document]:
    """Yield the documents of a file, or of the JSON files in a folder or a zip.

    Raises SourceError for tasks without texts, such as those of pictures and sounds, and for what
    is no task.
    """
    tasks = [task_of(row, where) for f in files_of(source) for where, row in rows(f, log)]
    results = [[sort(said.results) for said in task.annotations] for task in tasks]
    keys = Keys()
    for task, found in zip(tasks, results, strict=True):
        keys.add_task(task.data, found)
    chosen = keys.choose(source.name) if tasks else {}
    pages = [unpaged(task, found, chosen) for task, found in zip(tasks, results, strict=True)]
    reader = _Reader(log, chosen)
    reader.unit = reader.file_unit([task for task, _ in pages], [found for _, found in pages], source.name)
    log.notes += _told(chosen)
    for task, found in pages:
        yield from reader.documents(task, found)
    reader.add_notes()


def _told(chosen: dict[str, str]) -> Iterator[str]:
    """Yield the note on the choice of the text, where it is not the plain one."""
    found = sorted(set(chosen.values()))
    if found and found != ["text"]:
        yield f"texts are read from the field {', '.join(found)}"


@dataclass(slots=True)
class _Reader:
    log: Account
    chosen: dict[str, str]
    """The key of the text by object of the labelling config."""
    unit: Unit = CODE_POINTS
    tally: Tally = field(default_factory=Tally)
    measured: Counter[Unit] = field(default_factory=Counter)

    # -- what the offsets count ----------------------------------------------------------------

    def file_unit(self, tasks: Sequence[Task], results: Sequence[Sequence[Result]], where: str) -> Unit:
        """Return the unit that most quotes of the file speak for; without any, what its words tell."""
        if said := said_unit():
            return said
        fits: dict[Unit, Fit] = {}
        rest: list[Evidence] = []
        for task, found in zip(tasks, results, strict=True):
            for text, spans in self._evidence(task, found):
                if any(quote for _, _, quote in spans):
                    for unit, fit in _measured(text, spans, CODE_POINTS).items():
                        fits[unit] = fits.get(unit, Fit()) + fit
                elif spans:
                    rest.append((text, spans))
        if fits:
            return max(ALLOWED, key=lambda u: fits.get(u, Fit()))
        return unit_of(rest, lambda x: [x], ALLOWED, where, self.log)

    def _evidence(self, task: Task, found: Sequence[Result]) -> Iterator[Evidence]:
        for result in found:
            for key in dict.fromkeys(self.chosen.values()):
                text = text_at(task.data, key) or ""
                if _may_differ(text):
                    regions = [r for r in self._regions_in_text(result, key) if not r.paragraph]
                    yield text, list(quoted_of((r.raw, levelled(r.quote, text)) for r in regions))

    def _annotation_unit(self, text: str, regions: Sequence[Region]) -> Unit:
        """Return the unit of one annotation: that of the file unless its own quotes fit another better."""
        quoted = list(quoted_of((r.raw, levelled(r.quote, text)) for r in regions))
        if said_unit() or not _may_differ(text) or not any(q for _, _, q in quoted):
            return self.unit
        fits = _measured(text, quoted, self.unit)
        return max(fits, key=lambda u: (fits[u].exact_quotes, fits[u].near_quotes, u.scale == self.unit.scale))

    # -- documents -----------------------------------------------------------------------------

    def _regions_in_text(self, result: Result, key: str) -> list[Region]:
        return [r for r in result.spans if self.chosen[r.target] == key]

    def documents(self, task: Task, found: Sequence[Result]) -> Iterator[Document]:
        """Yield a document for each annotation of each text of a task; an open one where there is none."""
        for thing, id_, size in task.others:
            self.tally.add(PREDICTIONS, size if thing == "prediction" and task.annotations else 0)
            if thing == "prediction" and size and not task.annotations:
                self.log.record(Entry(task.where, id_, Fate.LEFT_OUT, ALONE, kind=thing))
            if thing == "draft" and size:
                why = f"a draft that was never submitted ({counted(size, 'result')})"
                self.log.record(Entry(task.where, id_, Fate.LEFT_OUT, why, kind=thing))
        keys = list(dict.fromkeys(self.chosen.values()))
        for n, said in enumerate(task.annotations):
            for thing, id_, why in found[n].others:
                self.log.record(Entry(task.where, id_, Fate.LEFT_OUT, why, kind=thing))
            for key in keys:
                yield from self._document(task, key, said, found[n], alone=len(keys) == 1)
        if not task.annotations:
            for key in keys:
                nobody = Said([], answer=None)
                yield from self._document(task, key, nobody, Result(), alone=len(keys) == 1)

    def _document(
        self, task: Task, key: str, said: Said, result: Result, *, alone: bool
    ) -> Iterator[Document]:
        text, regions = text_at(task.data, key), self._regions_in_text(result, key)
        if text is None:
            if regions:
                raise SourceError(f"the task has no text in `{key}`", where=task.where, do=AGAIN)
            self.tally.add(UNTOLD)
            return
        own = string(task.data, "document_id") or task.id
        yield Document(
            text,
            self._spans(task, key, text, regions),
            answer=said.answer,
            annotator=said.annotator,
            id=own if alone else f"{own}/{key}",
            title=string(task.data, "title"),
            time=said.time,
            note="\n".join(result.notes),
            meta=plain({k: v for k, v in task.data.items() if k not in {key, "title", "document_id"}}),
            where=task.where,
        )

    def _spans(self, task: Task, key: str, text: str, regions: Sequence[Region]) -> tuple[Span, ...]:
        """Return the spans of one annotation, in the order of the file."""
        unit = self._annotation_unit(text, [r for r in regions if not r.paragraph])
        self.measured[unit] += bool(regions) and _may_differ(text)
        value = value_at(task.data, key)
        inside = self._dialogue_unit(value, [r for r in regions if r.paragraph])
        out: list[Span] = []
        for region in regions:
            raw = _raw(region, value, inside)
            counted = CODE_POINTS if region.paragraph else unit
            span, _ = span_of(raw, text, task.where, counted)
            quote = levelled(region.quote, text)
            wrong = span and quote and text[span.start : span.end].split() != quote.split()
            if region.in_page and (wrong or raw.start is None):
                self.log.read += 1
                entry = Entry(task.where, raw_id(region.raw), Fate.LEFT_OUT, IN_PAGE, region.quote or "")
                self.log.record(entry)
                continue
            out += spans_of([replace(raw, quote=quote or "")], text, task.where, self.log, counted)
        return tuple(out)

    def _dialogue_unit(self, value: Any, regions: Sequence[Region]) -> Unit:
        """Return what offsets inside the paragraphs of a dialogue count, told by their quotes.

        Label Studio counts UTF-16 units there, as browsers do; programs that write for it may not.
        """
        if said := said_unit():
            return said
        tried = (UTF16, CODE_POINTS)
        text = "\n".join(paragraphs(value))
        fits = {u: sum(_quotes(text, _raw(r, value, u), r) for r in regions) for u in tried}
        unit = max(tried, key=lambda u: fits[u])
        self.tally.add(IN_UTF16, unit == UTF16 and bool(regions) and _may_differ(text))
        return unit

    def add_notes(self) -> None:
        """Put the notes into the account."""
        self.tally.add_notes(self.log)
        if said := said_unit():
            self.log.notes.append(f"offsets count {said}, as --offsets says")
        elif len({u for u, n in self.measured.items() if n}) > 1 or self.unit != CODE_POINTS:
            description = ", ".join(f"{u} in {n:,}" for u, n in self.measured.items() if n)
            self.log.notes.append(
                f"offsets are measured by quoted texts, annotation by annotation: {description}"
            )


def _raw(region: Region, value: Any, unit: Unit) -> Raw:
    """Return a region as the text counts it; ``unit`` is what counts inside a dialogue's paragraphs."""
    if region.paragraph is None:
        return region.raw
    start, end = joined_offsets(value, region, unit)
    return replace(region.raw, start=start, end=end)


def _quotes(text: str, raw: Raw, region: Region) -> bool:
    """Whether a region's quote stands at its place in the joined text, blanks levelled."""
    if raw.start is None or raw.end is None or not region.quote:
        return False
    return text[raw.start : raw.end].split() == region.quote.split()


def _may_differ(text: str) -> bool:
    return "\r\n" in text or max(text, default="") >= "\U00010000"


def _measured(text: str, quoted: Sequence[Quoted], first: Unit) -> dict[Unit, Fit]:
    """Return how well the units fit one annotation; ``first`` alone where every quote stands just there."""
    for units in ((first,), tuple(u for u in ALLOWED if "\r\n" in text or u in {CODE_POINTS, UTF16})):
        detector = Detective(units)
        detector.add_text(text, quoted)
        if detector.fits[units[0]].exact_quotes == len(quoted):
            break
    return detector.fits
