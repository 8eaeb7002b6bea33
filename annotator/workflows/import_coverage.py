"""For which labels an imported text was read: as ``--covers`` gives it, or the file's own metadata.

The metadata field ``annotates`` lists the labels, in the file's names. A span of a label that is not among them
stays where it is: it does not make the text read for that label, because what else is of that label is unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from annotator.core.coverage import Coverage, coverage_of, covered_labels, is_covered
from annotator.core.errors import UsageError
from annotator.core.pluralize import pluralize
from annotator.core.schema import Schema
from annotator.formats.document import Document
from annotator.formats.label_mapping import MAX_NEW_LABELS, LabelRename
from annotator.workflows.import_options import ImportOptions

COVERAGE_FIELD = "annotates"
"""The field of the metadata that lists the labels for which a text was read."""


class CoverageReader:
    """Finds the coverage of each document of an import, and counts what its notes report."""

    def __init__(self, options: ImportOptions, rename: LabelRename, schema: Schema) -> None:
        """Begin; raises UsageError where ``--covers`` names a label that there is not."""
        self._rename, self._labels, self._adds_labels = rename, [x.name for x in schema.labels], options.add_labels
        self._given = self._known_labels(options.covers)
        unknown = [x for x in options.covers if rename(x) not in self._given]
        if unknown:
            what = f"--covers names labels that the schema {schema.name} has not: {', '.join(unknown)}"
            do = f"use some of {', '.join(self._labels)}, or --add-labels"
            raise UsageError(what, do=do)
        self._field = "--covers" if options.covers else f"the metadata field `{COVERAGE_FIELD}`"
        self._texts: Counter[tuple[str, ...]] = Counter()
        self._uncovered_spans: Counter[str] = Counter()
        self._unknown_lists = 0

    def with_coverage(self, document: Document) -> Document:
        """Return the document with its coverage, in the labels of the corpus."""
        found = self._given
        if not found and isinstance(listed := document.meta.get(COVERAGE_FIELD), list | tuple):
            found = self._known_labels(x for x in listed if isinstance(x, str))
            if not listed:  # an article whose sentences were read for different labels
                self._texts[()] += 1
                return replace(document, covers=())
            self._unknown_lists += not found
        if not found:
            return document
        covers = found if self._adds_labels else coverage_of(found, self._labels)
        if covers is None:
            return document
        self._texts[covered_labels(covers, self._labels) or covers] += 1
        names = (self._rename(s.label) for s in document.spans)
        self._uncovered_spans.update(x for x in names if x and not is_covered(x, covers))
        return replace(document, covers=covers)

    def _known_labels(self, names: Any) -> tuple[str, ...]:
        """Return the labels of the corpus that names of the file are, each once."""
        found = dict.fromkeys(filter(None, map(self._rename, names)))
        known = found if self._adds_labels else [x for x in found if x in self._labels]
        return tuple(known)[:MAX_NEW_LABELS]

    def notes(self) -> Iterator[str]:
        """Yield what people should know, a note each."""
        for labels, n in sorted(self._texts.items()):
            if len(labels) < len(self._labels):
                rest = ", ".join(x for x in self._labels if x not in labels)
                texts = pluralize(n, "text")
                read = ", ".join(labels) or "no label"
                yield f"{texts} read for {read} alone, as {self._field} has it, not for {rest}"
        for label, n in sorted(self._uncovered_spans.items()):
            spans = pluralize(n, f"{label} span is", f"{label} spans are")
            yield (
                f"{spans} in texts that were not read for {label}, as {self._field} has it: kept, but in no training "
                f"data; if they were read for it, import with --covers and {label} in it"
            )
        if self._unknown_lists:
            texts = pluralize(self._unknown_lists, "text")
            yield f"in {texts} `{COVERAGE_FIELD}` names no label of the schema, so it is taken as other metadata"


def coverage_metadata(meta: Mapping[str, Any], covers: Coverage, labels: Sequence[str]) -> dict[str, list[str]]:
    """Return the metadata that a text is exported with, for ``CoverageReader`` to read; none where it covers all."""
    if covers is None and COVERAGE_FIELD not in meta:
        return {}
    return {COVERAGE_FIELD: list(covered_labels(covers, labels))}
