"""UIMA's CAS as JSON or XMI, as INCEpTION exports it; read with dkpro-cassis, an extra.

XMI needs its type system: a ``TypeSystem.xml`` beside it, in the folder or the zip. The layers and
the features that give spans and labels are chosen as for WebAnno's TSV. Offsets count UTF-16 units.
"""

from __future__ import annotations

import importlib
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

from msgspec import Struct

from annotator.core.errors import AnnotatorError
from annotator.core.spans import Span
from annotator.core.tokens import Token
from annotator.formats import annotation_layers, json_records, span_fields
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import FileSample, ImportSource

MAX_CAS_BYTES = 200_000_000
"""The most bytes of a CAS; the library holds it several times over."""

_TOKEN_TYPE = ".segmentation.type.Token"
_SENTENCE_TYPE = ".segmentation.type.Sentence"
_METADATA_TYPE = ".metadata.type.DocumentMetaData"
_CAS_KEYS = ('"%TYPES"', '"%FEATURE_STRUCTURES"', '"%VIEWS"')
_POSITION_FEATURES = frozenset({"begin", "end", "sofa"})
_XMI_START = re.compile(r"<(?:[\w.-]+:)?XMI\b[^>]*http://www\.omg\.org/XMI")
_TYPE_SYSTEM_START = re.compile(r"<(?:[\w.-]+:)?typeSystemDescription\b")
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_ENCODING_DECLARATION = re.compile(rb"\s*<\?xml[^>]*encoding\s*=\s*[\"']([\w.-]+)", re.IGNORECASE)
_CODE_PAGE = re.compile(rb"(?i:iso-8859-\d{1,2}|windows-125\d|latin-?1)")
_READ_ENCODINGS = re.compile(rb"(?i:utf-?(?:8|16|16le|16be)|us-ascii|iso-8859-\d{1,2}|windows-125\d|latin-?1)")
_UNMAPPED_OFFSET = re.compile(r"Not mapping external offset \[(-?\d+)\]")


def detect(sample: FileSample) -> str:
    """Return why this looks like a CAS, empty if it does not."""
    if any(n.endswith(".xmi") for n in sample.names):
        return "it holds an .xmi file"
    text = sample.text
    if _XMI_START.search(text[:4_000]):
        return "it begins as XMI does"
    head = text[:4_000].lstrip()
    if head.startswith("{") and any(key in text for key in _CAS_KEYS):
        return "it has the keys of UIMA's JSON"
    return ""


def read(source: ImportSource, log: ConversionLog, layer: str = "") -> Iterator[Document]:
    """Yield a document for each view with a text; ``layer`` is a layer's name, with or without package.

    It may name a feature behind a dot. Raises SourceError where the extra is not installed, a type system
    is missing, or a file is no CAS.
    """
    try:
        cassis = importlib.import_module("cassis")
    except ImportError:
        do = "run pip install 'article-annotator[uima]' (in a checkout: pip install '.[uima]')"
        raise source.error("reading a UIMA CAS needs an extra that is not installed", do=do) from None
    files = source.files()
    taken = [f for f in files if detect(f.sample())] if len(files) > 1 else files
    if not taken:
        raise source.error("no file in it is a CAS", do="export as UIMA CAS JSON")
    chosen = _choose_layers((_load_cas(cassis, f, files, log) for f in taken), layer, source)
    log.notes += annotation_layers.layer_notes(chosen)
    for file in taken:
        cas = _load_cas(cassis, file, files, log)
        for number, view in enumerate(cas.views, 1):
            where = file.name if len(cas.views) == 1 else f"{file.name}#{number}"
            yield _document(view, cas.unmapped_offsets, where, chosen, log)
    log.add_counted_notes()


class _CasView(Struct, frozen=True):
    """A text and its annotations, as the library has them."""

    text: str
    annotations: tuple[Any, ...]


class _Cas(Struct, frozen=True):
    """The views that have a text, and the offsets that the library could not turn into code points."""

    views: tuple[_CasView, ...]
    unmapped_offsets: frozenset[int]


def _load_cas(cassis: Any, file: ImportSource, files: list[ImportSource], log: ConversionLog) -> _Cas:
    is_xml = file.sample().start.lstrip(b" \t\r\n").startswith(b"<")
    data = _checked_xml(file) if is_xml else file.read_text_bytes(MAX_CAS_BYTES)
    if not is_xml and "%FEATURE_STRUCTURES" not in json_records.parse_json_object(data, file.name, log):
        raise file.error("this is JSON, but no CAS", do="export as UIMA CAS JSON")
    with warnings.catch_warnings(record=True) as description:
        warnings.simplefilter("always")
        try:
            if is_xml:
                types = cassis.load_typesystem(BytesIO(_checked_xml(_type_system_of(file, files))))
                cas = cassis.load_cas_from_xmi(BytesIO(data), typesystem=types)
            else:
                cas = cassis.load_cas_from_json(BytesIO(data))
            views = tuple(_cas_views(cas))
        except AnnotatorError:
            raise
        except Exception as error:  # noqa: BLE001  (the library raises whatever its parsers meet)
            text = json_records.shortened_value(f"{type(error).__name__}: {error}", 80).strip("'\"")
            raise file.error(f"this is no sound CAS ({text})", do="export it again") from None
    offs = (_UNMAPPED_OFFSET.match(str(w.message)) for w in description)
    if not views:
        raise file.error("no view of it has a text", do="export a document with a text")
    return _Cas(views, frozenset(int(f[1]) for f in offs if f))


def _checked_xml(file: ImportSource) -> bytes:
    """Return an XML file as UTF-8, from the encoding that it declares; raises SourceError for entities of its own."""
    declared = _ENCODING_DECLARATION.match(file.sample().start[:200])
    if declared and _CODE_PAGE.fullmatch(declared[1]):
        text = file.decoded(file.read_bytes(MAX_CAS_BYTES), declared[1].decode())
    else:
        text = file.text(MAX_CAS_BYTES)
    if "<!DOCTYPE" in text or "\0" in text or (declared and not _READ_ENCODINGS.fullmatch(declared[1])):
        raise file.error("XML with a DOCTYPE or in an encoding that is not read", do="export it again as UTF-8")
    return _XML_DECLARATION.sub("", text, count=1).encode()


def _type_system_of(file: ImportSource, files: list[ImportSource]) -> ImportSource:
    """Return the type system of an XMI file: in the same folder, or the only one there is."""
    beside = [] if file.member else sorted(p for p in file.path.parent.iterdir() if p.is_file())
    xml = [ImportSource(p, max_line_bytes=file.max_line_bytes) for p in beside if p.suffix.lower() == ".xml"]
    there = files if len(files) > 1 else xml
    found = [f for f in there if f.base.lower().endswith(".xml") and _TYPE_SYSTEM_START.search(f.sample().text)]
    near = [f for f in found if f.name.rpartition("/")[0] == file.name.rpartition("/")[0]]
    if not found:
        raise file.error("the XMI has no type system", do="put its TypeSystem.xml beside it, or name the exported zip")
    return (near or found)[0]


def _cas_views(cas: Any) -> Iterator[_CasView]:
    """Yield the views with a text; of the annotations, that of the whole document is left out."""
    for name in [v.sofa.sofaID for v in cas.views]:
        view = cas.get_view(name)
        found = (a for a in view.select_all_annotations() if a.type.name != "uima.tcas.DocumentAnnotation")
        if isinstance(view.sofa_string, str):
            yield _CasView(view.sofa_string, tuple(found))


def _feature_values(annotation: Any) -> Mapping[str, str]:
    """Return the features of an annotation that are texts or numbers, as texts."""
    names = [f.name for f in annotation.type.all_features if f.name not in _POSITION_FEATURES]
    values = {name: getattr(annotation, name, None) for name in names}
    return {k: str(v) for k, v in values.items() if isinstance(v, str | int | float | bool) and str(v).strip()}


def _is_relation(annotation: Any) -> bool:
    """Return True if an annotation ties two others together."""
    return {"Governor", "Dependent"} <= {f.name for f in annotation.type.all_features}


def _choose_layers(loaded: Iterable[_Cas], wanted: str, source: ImportSource) -> annotation_layers.LayerChoice:
    layers = annotation_layers.LayerSurvey()
    for annotation in (a for found in loaded for view in found.views for a in view.annotations):
        if not _is_relation(annotation) and not annotation.type.name.endswith(_METADATA_TYPE):
            layers.add_annotation(annotation.type.name, _feature_values(annotation))
    return layers.choose(wanted, source.name)


def _document(
    view: _CasView, unmapped: frozenset[int], where: str, choice: annotation_layers.LayerChoice, log: ConversionLog
) -> Document:
    text = view.text
    spans: list[Span] = []
    places: dict[str, list[tuple[int, int]]] = {_TOKEN_TYPE: [], _SENTENCE_TYPE: []}
    title = id_ = ""
    for annotation in view.annotations:
        name = annotation.type.name
        kind = next((k for k in places if name.endswith(k)), "")
        if kind and not _why_no_text(annotation, unmapped) and annotation.end <= len(text):
            places[kind].append((annotation.begin, annotation.end))
        if name in choice.features:
            spans += _annotation_spans(annotation, unmapped, where, choice, log)
        elif name.endswith(_METADATA_TYPE):
            title, id_ = (_feature_values(annotation).get(k, "") for k in ("documentTitle", "documentId"))
        elif annotation_layers.is_word_layer(name) or choice.requested:
            if not kind:
                things = "relations" if _is_relation(annotation) else ""
                log.count_note(annotation_layers.skipped_layer_note(name, things))
        else:
            _record_other(annotation, text, where, log)
    tokens = tuple(Token(text[s:e], s, e, text[e : e + 1] == " ") for s, e in sorted(set(places[_TOKEN_TYPE])))
    sentences = tuple(sorted(set(places[_SENTENCE_TYPE])))
    id_ = id_ or title or PurePosixPath(Path(where).name).stem
    return Document(text, tuple(spans), tokens, sentences, title=title, id=id_, where=where)


def _why_no_text(annotation: Any, unmapped: frozenset[int]) -> str:
    """Return why an annotation covers no text, empty if it does."""
    start, end = annotation.begin, annotation.end
    if type(start) is not int or type(end) is not int:
        return span_fields.OFFSETS_NOT_WHOLE
    if start in unmapped or end in unmapped:
        return "its offsets are inside a character or past the end of the text"
    if start < 0:
        return span_fields.STARTS_BEFORE_TEXT
    return "" if start < end else span_fields.COVERS_NOTHING if start == end else span_fields.ENDS_BEFORE_START


def _annotation_spans(
    annotation: Any, unmapped: frozenset[int], where: str, choice: annotation_layers.LayerChoice, log: ConversionLog
) -> Iterator[Span]:
    """Yield the span of an annotation, if it has one; list its other features."""
    log.read += 1
    description, layer = _feature_values(annotation), annotation.type.name
    feature = choice.features[layer]
    label = description.get(feature, "").strip() or annotation_layers.short_layer_name(layer)
    id_ = f"{annotation.begin}-{annotation.end}:{label}"
    if why := _why_no_text(annotation, unmapped):
        touched = tuple(sorted(x for x in (annotation.begin, annotation.end) if type(x) is int and x >= 0))
        log.leave_out(where, id_, why, doubtful=((touched[0], touched[1]),) if len(touched) > 1 else ())
        return
    for name, value in description.items():
        if name != feature and not choice.feature_requested:
            why = f"the feature {name} has no place here"
            log.leave_out(where, id_, why, value, "feature")
    yield Span(annotation.begin, annotation.end, label)


def _record_other(annotation: Any, text: str, where: str, log: ConversionLog) -> None:
    """List an annotation of a layer that gives no spans."""
    name = annotation_layers.short_layer_name(annotation.type.name)
    thing = "relation" if _is_relation(annotation) else name
    whole = type(annotation.begin) is int and type(annotation.end) is int
    covered = text[max(annotation.begin, 0) : max(annotation.end, 0)] if whole else ""
    why = f"the layer {name} has no place here"
    log.leave_out(where, f"{annotation.begin}-{annotation.end}:{name}", why, covered, thing)
