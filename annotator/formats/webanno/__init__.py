"""WebAnno's and INCEpTION's TSV 3: sentences, tokens, and annotations in layers.

The layers whose values look like labels give the spans, or the one that is asked for by name; those
that say something of every word (part of speech, lemma) don't. The feature ``value`` (else
``label``, else the fullest one with such values) is the label; a span without one has the layer's name
as its label. What else a file says (other layers and features, relations, chains) is listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from annotator.core.annotation import Answer
from annotator.core.counting import pluralize
from annotator.core.spans import Span
from annotator.formats.document import ConversionLog, Document, ConversionLogEntry, ConversionOutcome
from annotator.formats.fields import COVERS_NOTHING, NoteCounter
from annotator.formats.layers import LayerChoice, LayerSurvey, is_word_layer, skipped_layer_note, layer_notes
from annotator.formats.sample import FileSample
from annotator.formats.source import ImportSource
from annotator.formats.webanno.layout import WEBANNO_UNITS, WebAnnoLayout, lay_out_table, detect_offset_unit
from annotator.formats.webanno.table import FORMAT_HEADER, ROLE_PREFIX, WebAnnoLayer, WebAnnoAnnotation, WebAnnoTable, layer_annotations, parse_table
from annotator.formats.webanno.writer import write

__all__ = ["NAME", "detect", "read", "write"]

NAME = "webanno"

_INITIAL_STATES = frozenset({"INITIAL_CAS"})
"""What INCEpTION calls the state of a document before anybody worked on it."""
_LAYER_KINDS = {"RL": "relations", "CH": "chains"}
"""What layers hold that give no spans, by their kind."""


def detect(sample: FileSample) -> str:
    """Return why this looks like WebAnno's TSV, empty if it does not."""
    return "it begins with WebAnno's #FORMAT line" if sample.text.startswith(FORMAT_HEADER) else ""


def read(source: ImportSource, log: ConversionLog, layer: str = "") -> Iterator[Document]:
    """Yield the document of a file, or of each such file in a folder or zip.

    ``layer`` is a layer's name, with or without its package, and may name a feature behind a dot. Raises
    SourceError, with file and line, for rows that cannot be read, and where no file has that layer.
    """
    files = source.files()
    taken = [f for f in files if detect(f.sample())] if len(files) > 1 else files
    if not taken:
        raise source.error("no file in it is WebAnno's TSV 3", do="export as WebAnno TSV v3.3")
    if len(taken) < len(files):
        more = pluralize(len(files) - len(taken), "other file is", "other files are")
        log.notes.append(f"{more} left out")
    chosen = _choose_layers(taken, layer, source)
    log.notes += layer_notes(chosen)
    tally = NoteCounter()
    for file in taken:
        yield _document(file, source, chosen, log, tally)
    tally.add_notes(log)


def _read_table(file: ImportSource) -> WebAnnoTable:
    lines = ((n, file.decoded(raw, line=n).removesuffix("\r")) for n, raw in file.lines())
    return parse_table(lines, file.name)


def _choose_layers(files: Iterable[ImportSource], wanted: str, source: ImportSource) -> LayerChoice:
    """Return the layers that give the spans, and the features that are their labels."""
    layers = LayerSurvey()
    for file in files:
        found = _read_table(file)
        for layer in (x for x in found.layers if x.kind == "SP"):
            layers.add_layer(layer.name, [f for f in layer.features if not f.startswith(ROLE_PREFIX)])
            for mark in layer_annotations(found, layer):
                description = {f: v for f, v in mark.values.items() if not f.startswith(ROLE_PREFIX)}
                layers.add_annotation(layer.name, description)
    return layers.choose(wanted, source.name)


def _document(file: ImportSource, source: ImportSource, choice: LayerChoice, log: ConversionLog, tally: NoteCounter) -> Document:
    found = _read_table(file)
    unit = detect_offset_unit(found, file.name)
    if unit != WEBANNO_UNITS[0]:
        tally.add(f"offsets count {unit} in {{n}} file{{s}}")
    where = lay_out_table(found, unit, file.name)
    spans: list[Span] = []
    for layer in found.layers:
        if layer.name in choice.features and layer.kind == "SP":
            spans += _layer_spans(found, layer, choice, where, file, log)
        elif choice.requested or is_word_layer(layer.name):
            things = _LAYER_KINDS.get(layer.kind, "")
            tally.add(skipped_layer_note(layer.name, things), sum(1 for _ in layer_annotations(found, layer)))
        else:
            _record_layer(found, layer, where, file, log)
    id_, annotator = _document_names(file, source)
    return Document(
        where.text,
        tuple(spans),
        tuple(where.tokens),
        tuple(where.sentences),
        answer=None if annotator in _INITIAL_STATES else Answer.ACCEPT,
        annotator="" if annotator in _INITIAL_STATES else annotator,
        id=id_,
        where=file.name,
    )


def _document_names(file: ImportSource, source: ImportSource) -> tuple[str, str]:
    """Return the document's name and its annotator's: a project has ``annotation/text/name.tsv``."""
    inside = PurePosixPath(file.member or file.name.removeprefix(source.name).lstrip("/") or file.base)
    parts = inside.parts
    if len(parts) > 2 and parts[-3] in {"annotation", "curation"}:
        return PurePosixPath(parts[-2]).stem, inside.stem
    return str(inside.with_suffix("")), ""


def _layer_spans(
    found: WebAnnoTable, layer: WebAnnoLayer, choice: LayerChoice, layout: WebAnnoLayout, file: ImportSource, log: ConversionLog
) -> Iterator[Span]:
    """Yield the spans of a layer; list those that cover nothing, and what else is said of each."""
    feature = choice.features[layer.name]
    for mark in layer_annotations(found, layer):
        log.read += 1
        start, end, _ = _annotation_range(mark, layout)
        label = mark.values.get(feature, "").strip() or layer.short
        at, id_ = file.where(mark.line), f"{start}-{end}:{label}"
        if start >= end:
            log.record(ConversionLogEntry(at, id_, ConversionOutcome.LEFT_OUT, COVERS_NOTHING))
            continue
        for name, value in mark.values.items():
            if name != feature and name and not choice.feature_requested:
                thing = "relation" if name.startswith(ROLE_PREFIX) else "feature"
                log.record(
                    ConversionLogEntry(at, id_, ConversionOutcome.LEFT_OUT, f"the feature {name} has no place here", value, thing)
                )
        yield Span(start, end, label)


def _annotation_range(mark: WebAnnoAnnotation, where: WebAnnoLayout) -> tuple[int, int, str]:
    start, end = where.places[mark.first.line][0], where.places[mark.last.line][1]
    return start, end, where.text[start:end]


def _record_layer(found: WebAnnoTable, layer: WebAnnoLayer, where: WebAnnoLayout, file: ImportSource, log: ConversionLog) -> None:
    """List the annotations of a layer that gives no spans."""
    thing = {"RL": "relation", "CH": "chain"}.get(layer.kind, layer.short)
    for mark in layer_annotations(found, layer):
        start, end, covered = _annotation_range(mark, where)
        why = f"the layer {layer.short} has no place here"
        log.record(
            ConversionLogEntry(file.where(mark.line), f"{start}-{end}:{thing}", ConversionOutcome.LEFT_OUT, why, covered, thing)
        )
