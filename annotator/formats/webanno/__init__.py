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
from annotator.core.counting import counted
from annotator.core.spans import Span
from annotator.formats.document import Account, Document, Entry, Fate
from annotator.formats.fields import EMPTY, Tally
from annotator.formats.layers import Choice, Layers, is_wordy, left_out, notes
from annotator.formats.sample import Sample
from annotator.formats.source import Source
from annotator.formats.webanno.layout import UNITS, Layout, layout, unit_of
from annotator.formats.webanno.table import FORMAT, ROLE, Layer, Mark, Table, marks, parse
from annotator.formats.webanno.writer import write

__all__ = ["NAME", "looks", "read", "write"]

NAME = "webanno"

_UNDONE = frozenset({"INITIAL_CAS"})
"""What INCEpTION calls the state of a document before anybody worked on it."""
_THINGS = {"RL": "relations", "CH": "chains"}
"""What layers hold that give no spans, by their kind."""


def looks(sample: Sample) -> str:
    """Return why this looks like WebAnno's TSV, empty if it does not."""
    return "it begins with WebAnno's #FORMAT line" if sample.text.startswith(FORMAT) else ""


def read(source: Source, log: Account, layer: str = "") -> Iterator[Document]:
    """Yield the document of a file, or of each such file in a folder or zip.

    ``layer`` is a layer's name, with or without its package, and may name a feature behind a dot. Raises
    SourceError, with file and line, for rows that cannot be read, and where no file has that layer.
    """
    files = source.files()
    taken = [f for f in files if looks(f.sample())] if len(files) > 1 else files
    if not taken:
        raise source.error("no file in it is WebAnno's TSV 3", do="export as WebAnno TSV v3.3")
    if len(taken) < len(files):
        more = counted(len(files) - len(taken), "other file is", "other files are")
        log.notes.append(f"{more} left out")
    chosen = _chosen(taken, layer, source)
    log.notes += notes(chosen)
    tally = Tally()
    for file in taken:
        yield _document(file, source, chosen, log, tally)
    tally.add_notes(log)


def _table(file: Source) -> Table:
    lines = ((n, file.decoded(raw, line=n).removesuffix("\r")) for n, raw in file.lines())
    return parse(lines, file.name)


def _chosen(files: Iterable[Source], wanted: str, source: Source) -> Choice:
    """Return the layers that give the spans, and the features that are their labels."""
    layers = Layers()
    for file in files:
        found = _table(file)
        for layer in (x for x in found.layers if x.kind == "SP"):
            layers.add_layer(layer.name, [f for f in layer.features if not f.startswith(ROLE)])
            for mark in marks(found, layer):
                description = {f: v for f, v in mark.values.items() if not f.startswith(ROLE)}
                layers.add_annotation(layer.name, description)
    return layers.choose(wanted, source.name)


def _document(file: Source, source: Source, choice: Choice, log: Account, tally: Tally) -> Document:
    found = _table(file)
    unit = unit_of(found, file.name)
    if unit != UNITS[0]:
        tally.add(f"offsets count {unit} in {{n}} file{{s}}")
    where = layout(found, unit, file.name)
    spans: list[Span] = []
    for layer in found.layers:
        if layer.name in choice.features and layer.kind == "SP":
            spans += _spans(found, layer, choice, where, file, log)
        elif choice.requested or is_wordy(layer.name):
            things = _THINGS.get(layer.kind, "")
            tally.add(left_out(layer.name, things), sum(1 for _ in marks(found, layer)))
        else:
            _list_layer(found, layer, where, file, log)
    id_, annotator = _names(file, source)
    return Document(
        where.text,
        tuple(spans),
        tuple(where.tokens),
        tuple(where.sentences),
        answer=None if annotator in _UNDONE else Answer.ACCEPT,
        annotator="" if annotator in _UNDONE else annotator,
        id=id_,
        where=file.name,
    )


def _names(file: Source, source: Source) -> tuple[str, str]:
    """Return the document's name and its annotator's: a project has ``annotation/text/name.tsv``."""
    inside = PurePosixPath(file.member or file.name.removeprefix(source.name).lstrip("/") or file.base)
    parts = inside.parts
    if len(parts) > 2 and parts[-3] in {"annotation", "curation"}:
        return PurePosixPath(parts[-2]).stem, inside.stem
    return str(inside.with_suffix("")), ""


def _spans(
    found: Table, layer: Layer, choice: Choice, layout: Layout, file: Source, log: Account
) -> Iterator[Span]:
    """Yield the spans of a layer; list those that cover nothing, and what else is said of each."""
    feature = choice.features[layer.name]
    for mark in marks(found, layer):
        log.read += 1
        start, end, _ = _place(mark, layout)
        label = mark.values.get(feature, "").strip() or layer.short
        at, id_ = file.where(mark.line), f"{start}-{end}:{label}"
        if start >= end:
            log.record(Entry(at, id_, Fate.LEFT_OUT, EMPTY))
            continue
        for name, value in mark.values.items():
            if name != feature and name and not choice.feature_requested:
                thing = "relation" if name.startswith(ROLE) else "feature"
                log.record(
                    Entry(at, id_, Fate.LEFT_OUT, f"the feature {name} has no place here", value, thing)
                )
        yield Span(start, end, label)


def _place(mark: Mark, where: Layout) -> tuple[int, int, str]:
    start, end = where.places[mark.first.line][0], where.places[mark.last.line][1]
    return start, end, where.text[start:end]


def _list_layer(found: Table, layer: Layer, where: Layout, file: Source, log: Account) -> None:
    """List the annotations of a layer that gives no spans."""
    thing = {"RL": "relation", "CH": "chain"}.get(layer.kind, layer.short)
    for mark in marks(found, layer):
        start, end, covered = _place(mark, where)
        why = f"the layer {layer.short} has no place here"
        log.record(
            Entry(file.where(mark.line), f"{start}-{end}:{thing}", Fate.LEFT_OUT, why, covered, thing)
        )
