"""WebAnno's and INCEpTION's TSV 3: sentences, tokens, and annotations in layers.

The layers whose values look like labels give the spans, or the one that is asked for by name; those
that annotate every word (part of speech, lemma) don't. The feature ``value`` (else
``label``, else the fullest one with such values) is the label; a span without one has the layer's name
as its label. What else a file has (other layers and features, relations, chains) is listed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path, PurePosixPath

from msgspec import Struct, field

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.spans import Span, reading_order
from annotator.core.tokens import Token, token_range
from annotator.formats import annotation_layers, format_writing, offset_units
from annotator.formats.annotation_layers import LayerChoice, short_layer_name
from annotator.formats.carried_metadata import record_lost_fields, record_lost_metadata, record_names
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.span_fields import COVERS_NOTHING
from annotator.formats.unread_files import note_unread_files
from annotator.formats.webanno import webanno_table
from annotator.formats.webanno.webanno_table import CellValue, WebAnnoAnnotation, escape_text_line, format_cell

# WebAnno's TSV 3.3 from documents: a file each, all spans in the layer of named entities.
#
# That layer is there in every WebAnno and INCEpTION, so the files open without a word of setup. Spans
# over several tokens and stacked ones get a number, those inside a token a row of their own.


TSV_HEADER = "#FORMAT=WebAnno TSV 3.3\n#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|value\n\n"
START_LOST = "texts whose tabs or line ends at the start come back as blanks, which WebAnno's TSV stores alone: {n}"
GAPS_LOST = "texts whose blanks between sentences come back as line ends, since WebAnno's TSV does not store them: {n}"

TokenPart = tuple[int, int]


def write(documents: Iterable[Document], out: Path, log: ConversionLog) -> list[Path]:
    """Write a ``.tsv`` for each document into the folder ``out``, one annotator's in one folder.

    What the format cannot hold is listed in ``log``.
    """
    names = format_writing.FileNames()
    files = []
    for document in documents:
        name = names.unique_name(document.id or document.title, document.annotator)
        path = out / name
        record_names(document, name, "WebAnno's TSV", log)
        text = TSV_HEADER + "".join(_document_lines(document, log))
        files.append(format_writing.write_whole_file(path.with_name(path.name + ".tsv"), text.encode()))
    log.add_counted_notes()
    return files


_CellsByToken = Mapping[int, Mapping[TokenPart, list[CellValue]]]
"""The values by token, and by what of the token the spans cover, in code points."""


def _document_lines(document: Document, log: ConversionLog) -> Iterator[str]:
    tokens = format_writing.visible_words(document)
    rows = _cell_values(document, tokens, log)
    format_writing.record_unsupported_fields(document, "WebAnno's TSV", log, has_notes=False)
    record_lost_fields(document, "WebAnno's TSV", log, "title")
    record_lost_metadata(document, "WebAnno's TSV", log, {"sentences"})
    astral = [n for n, c in enumerate(document.text) if c > "\uffff"]
    sentences = list(_sentence_ranges(document, tokens))
    log.count_note(GAPS_LOST, _gaps_change(document.text, tokens, sentences))
    log.count_note(START_LOST, bool(tokens) and not set(document.text[: tokens[0].start]) <= {" "})
    for number, (first, last) in enumerate(sentences, 1):
        text = document.text[tokens[first].start : tokens[last - 1].end]
        yield "\n" + "".join(f"#Text={escape_text_line(line)}\n" for line in text.split("\n"))
        for n in range(first, last):
            yield from _token_rows(f"{number}-{n - first + 1}", tokens[n], rows.get(n, {}), astral)


def _gaps_change(text: str, tokens: Sequence[Token], sentences: Sequence[tuple[int, int]]) -> bool:
    """Return True if anything is between sentences but what a reader puts there: a line end, and blanks."""
    places = [(tokens[first].start, tokens[last - 1].end) for first, last in sentences]
    gaps = [text[end:start] for (_, end), (start, _) in pairwise(places)]
    return any(gap != ("\n" + " " * (len(gap) - 1) if gap else "") for gap in gaps)


def _token_rows(
    name: str, token: Token, cells: Mapping[TokenPart, list[CellValue]], astral: Sequence[int]
) -> Iterator[str]:
    """Yield the row of a token, and one for each part of it that a span covers."""
    whole = (token.start, token.end)
    yield _format_row(name, whole, token.text, cells.get(whole, []), astral)
    for k, place in enumerate(sorted(cells.keys() - {whole}), 1):
        text = token.text[place[0] - token.start : place[1] - token.start]
        yield _format_row(f"{name}.{k}", place, text, cells[place], astral)


def _format_row(name: str, place: TokenPart, text: str, found: list[CellValue], astral: Sequence[int]) -> str:
    start, end = (at + bisect_right(astral, at - 1) for at in place)
    return f"{name}\t{start}-{end}\t{text}\t{format_cell(found)}\t\n"


def _sentence_ranges(document: Document, tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield the tokens of each sentence, ``[first, last)``; the whole text is one where there are none."""
    starts = sorted(start for start, _ in document.sentences)[1:]
    edges = [bisect_left(tokens, start, key=lambda t: t.start) for start in [*starts, len(document.text) + 1]]
    yield from ((first, last) for first, last in pairwise([0, *edges]) if last > first)


def _cell_values(document: Document, tokens: Sequence[Token], log: ConversionLog) -> _CellsByToken:
    """Return the spans on their tokens, the outer before the inner; list those that have no place.

    What runs over several tokens, or shares a row with another, gets a number.
    """
    ordered = reading_order(document.spans)
    spans = format_writing.supported_spans(document, ordered, log, lambda s: _why_unsupported(s, tokens))
    placed = [(span, range(*token_range(tokens, span.start, span.end))) for span in spans]
    cells: dict[int, dict[TokenPart, list[int]]] = {}
    for n, (span, covered) in enumerate(placed):
        for at in covered:
            part = max(span.start, tokens[at].start), min(span.end, tokens[at].end)
            cells.setdefault(at, {}).setdefault(part, []).append(n)
    stacked = {n for parts in cells.values() for found in parts.values() if len(found) > 1 for n in found}
    joined = (n for n, (_, covered) in enumerate(placed) if len(covered) > 1 or n in stacked)
    numbers = {n: number for number, n in enumerate(joined, 1)}
    return {
        at: {part: [CellValue(placed[n][0].label, numbers.get(n, 0)) for n in found] for part, found in parts.items()}
        for at, parts in cells.items()
    }


def _why_unsupported(span: Span, tokens: Sequence[Token]) -> str:
    if not span.label.strip() or "\r" in span.label or span.label != span.label.strip():
        return "WebAnno's rows hold no such label"
    covered = tokens[slice(*token_range(tokens, span.start, span.end))]
    inside = covered and covered[0].start <= span.start and span.end <= covered[-1].end
    return "" if inside else "it begins or ends with a blank"


__all__ = ["detect", "read", "write"]


_INITIAL_STATES = frozenset({"INITIAL_CAS"})
"""What INCEpTION calls the state of a document before anybody worked on it."""
_LAYER_KINDS = {"RL": "relations", "CH": "chains"}
"""What layers hold that give no spans, by their kind."""


def detect(sample: FileSample) -> str:
    """Return why this looks like WebAnno's TSV, empty if it does not."""
    return "it begins with WebAnno's #FORMAT line" if sample.text.startswith(webanno_table.FORMAT_HEADER) else ""


def read(source: ImportSource, log: ConversionLog, layer: str = "") -> Iterator[Document]:
    """Yield the document of a file, or of each such file in a folder or zip.

    ``layer`` is a layer's name, with or without its package, and may name a feature behind a dot. Raises
    SourceError, with file and line, for rows that cannot be read, and where no file has that layer.
    """
    files = source.files()
    taken = [f for f in files if detect(f.sample())] if len(files) > 1 else files
    if not taken:
        raise source.error("no file in it is WebAnno's TSV 3", do="export as WebAnno TSV v3.3")
    note_unread_files(files, taken, log)
    chosen = _choose_layers(taken, layer, source)
    log.notes += annotation_layers.layer_notes(chosen)
    for file in taken:
        yield _document(file, source, chosen, log)
    log.add_counted_notes()


def _read_table(file: ImportSource) -> webanno_table.WebAnnoTable:
    lines = ((n, file.decoded(raw, line=n).removesuffix("\r")) for n, raw in file.lines())
    return webanno_table.parse_table(lines, file.name)


def _choose_layers(files: Iterable[ImportSource], wanted: str, source: ImportSource) -> LayerChoice:
    """Return the layers that give the spans, and the features that are their labels."""
    layers = annotation_layers.LayerSurvey()
    for file in files:
        found = _read_table(file)
        for layer in (x for x in found.layers if x.kind == "SP"):
            layers.add_layer(layer.name, [f for f in layer.features if not f.startswith(webanno_table.ROLE_PREFIX)])
            for mark in webanno_table.layer_annotations(found, layer):
                description = {f: v for f, v in mark.values.items() if not f.startswith(webanno_table.ROLE_PREFIX)}
                layers.add_annotation(layer.name, description)
    return layers.choose(wanted, source.name)


def _document(file: ImportSource, source: ImportSource, choice: LayerChoice, log: ConversionLog) -> Document:
    found = _read_table(file)
    unit = detect_offset_unit(found, file.name)
    if unit != WEBANNO_UNITS[0]:
        log.count_note(f"offsets count {unit} in {{n}} file{{s}}")
    where = lay_out_table(found, unit, file.name)
    spans: list[Span] = []
    for layer in found.layers:
        name = short_layer_name(layer.name)
        if layer.name in choice.features and layer.kind == "SP":
            spans += _layer_spans(webanno_table.layer_annotations(found, layer), choice, where, file, log)
        elif choice.requested or annotation_layers.is_word_layer(layer.name):
            note = annotation_layers.skipped_layer_note(layer.name, _LAYER_KINDS.get(layer.kind, ""))
            log.count_note(note, len(webanno_table.layer_annotations(found, layer)))
        else:
            thing = {"RL": "relation", "CH": "chain"}.get(layer.kind, name)
            for mark in webanno_table.layer_annotations(found, layer):
                start, end = _annotation_range(mark, where)
                why, covered = f"the layer {name} has no place here", where.text[start:end]
                log.leave_out(file.where(mark.line), f"{start}-{end}:{thing}", why, covered, thing)
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
    marks: Iterable[WebAnnoAnnotation],
    choice: LayerChoice,
    layout: WebAnnoLayout,
    file: ImportSource,
    log: ConversionLog,
) -> Iterator[Span]:
    """Yield the spans of a layer; list those that cover nothing, and their other features."""
    for mark in marks:
        log.read += 1
        feature = choice.features[mark.layer.name]
        start, end = _annotation_range(mark, layout)
        label = mark.values.get(feature, "").strip() or short_layer_name(mark.layer.name)
        at, id_ = file.where(mark.line), f"{start}-{end}:{label}"
        if start >= end:
            log.leave_out(at, id_, COVERS_NOTHING)
            continue
        for name, value in mark.values.items():
            if name != feature and name and not choice.feature_requested:
                thing = "relation" if name.startswith(webanno_table.ROLE_PREFIX) else "feature"
                log.leave_out(at, id_, f"the feature {name} has no place here", value, thing)
        yield Span(start, end, label)


def _annotation_range(mark: WebAnnoAnnotation, layout: WebAnnoLayout) -> tuple[int, int]:
    return layout.places[mark.first.line][0], layout.places[mark.last.line][1]


# The text of a WebAnno file and the places of its units in it, in code points.
#
# TSV states the text sentence by sentence, and offsets in UTF-16 units. What is between sentences is
# not stated: it becomes a line end and as many blanks as the offsets need (WebAnno does the same).


_MAX_GAP = 200
"""The most blanks between two tokens or sentences: a small file must not become a huge text."""
WEBANNO_UNITS = (offset_units.UTF16, offset_units.CODE_POINTS)
"""What WebAnno counts in, and what other programs that write its format do."""


class WebAnnoLayout(Struct):
    """A text, its sentences and tokens, and the place of each unit by its line."""

    text: str = ""
    sentences: list[tuple[int, int]] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    places: dict[int, tuple[int, int]] = field(default_factory=dict)


def detect_offset_unit(found: webanno_table.WebAnnoTable, where: str) -> offset_units.OffsetUnit:
    """Return what the offsets are counted in, decided by the tokens' texts where the units differ."""
    detector = offset_units.OffsetUnitDetector(WEBANNO_UNITS)
    for sentence in found.sentences:
        text, origin = _sentence_text(sentence)
        if max(text, default="") > "\uffff":
            units = (u for u in sentence.units if origin <= u.start < u.end)
            detector.add_text(text, [(u.start - origin, u.end - origin, u.text) for u in units])
    return detector.unit(where)


def _sentence_text(sentence: webanno_table.WebAnnoSentence) -> tuple[str, int]:
    """Return the sentence's text and the offset at which it begins, in the file's unit.

    A sentence begins with its first token, but for blanks.
    """
    first = sentence.units[0] if sentence.units else None
    text = sentence.text
    if text is None:
        return _rebuild_sentence(sentence), first.start if first else 0
    if first is None:
        return text, 0
    at = text.find(first.text)
    return text, first.start - (at if at > 0 and not text[:at].strip() else 0)


def _rebuild_sentence(sentence: webanno_table.WebAnnoSentence) -> str:
    """Return the text of a sentence that has none, blanks where its tokens leave gaps."""
    parts: list[str] = []
    at = sentence.units[0].start
    for unit in sentence.units:
        if not unit.is_part:
            parts += [" " * min(unit.start - at, _MAX_GAP), unit.text]
            at = unit.end
    return "".join(parts)


def lay_out_table(found: webanno_table.WebAnnoTable, unit: offset_units.OffsetUnit, where: str) -> WebAnnoLayout:
    """Return the text and all places; raises SourceError, with the line, for offsets at odds with it."""
    out = WebAnnoLayout()
    parts: list[str] = []
    size = declared = 0
    for sentence in found.sentences:
        text, origin = _sentence_text(sentence)
        gap = _sentence_gap(origin - declared, is_first=not out.sentences) if sentence.units else "\n"
        parts += [gap, text]
        size += len(gap)
        out.sentences.append((size, size + len(text)))
        converter = offset_units.OffsetConverter(text, unit)
        for row in sentence.units:
            start, end = _unit_range(row, converter, origin, where)
            there = text[start:end]  # some versions escape a token as they do the text
            if end > len(text) or not (row.is_part or row.text in {there, webanno_table.escape_text_line(there)}):
                what = f"the token {row.text[:40]!r} is not at its offsets in the text"
                raise SourceError(what, where=f"{where}:{row.line}", do="export the file again")
            out.places[row.line] = (size + start, size + end)
            if not row.is_part:
                out.tokens.append(Token(there, size + start, size + end, text[end : end + 1] == " "))
        size += len(text)
        astral = sum(c > "\uffff" for c in text) if unit.scale is offset_units.OffsetScale.UTF16 else 0
        declared = (origin if sentence.units else declared + len(gap)) + len(text) + astral
    out.text = "".join(parts)
    return out


def _sentence_gap(wanted: int, *, is_first: bool) -> str:
    """Return the white space between two sentences; where offsets begin again, a line end.

    A gap that is wider than can be is made narrower: places are counted from their sentence.
    """
    if wanted == 0:
        return ""
    blanks = min(max(wanted - 1, 0), _MAX_GAP)
    return " " * (blanks + (wanted > 0)) if is_first else "\n" + " " * blanks


def _unit_range(
    unit: webanno_table.WebAnnoUnit, converter: offset_units.OffsetConverter, origin: int, where: str
) -> tuple[int, int]:
    what = f"the offset {unit.start} is before its sentence"
    if unit.start >= origin:
        try:
            return converter.range(unit.start - origin, unit.end - origin)
        except ValueError as error:
            what = f"the offset {error}"
    raise SourceError(what, where=f"{where}:{unit.line}", do="export the file again")
