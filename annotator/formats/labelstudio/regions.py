"""What stands in an annotation's ``result``: spans of a text, and all that no span can hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotator.formats.fields import RawSpan, name_of, whole_number, first_string

RELATIONS_UNSUPPORTED = "relations between spans have no place here"
REGIONS_UNSUPPORTED = "a region of a picture, a sound or a page has no place here"
ATTRIBUTES_UNSUPPORTED = "what is said of a span beside its label has no place here"
TEXT_LABELS_UNSUPPORTED = "a label for the whole text has no place here"

_NOTE_NAMES = frozenset({"note", "notes", "comment", "comments"})
_TEXT_LABEL_TYPES = frozenset({"labels", "hypertextlabels", "htmllabels", "paragraphlabels"})
_PREDICTION_ORIGIN = "prediction"


@dataclass(frozen=True, slots=True)
class TextRegion:
    """One label on one place in a text; offsets as the file has them."""

    raw: RawSpan
    quote: str | None
    target: str
    """The object of the labelling config that it lies in, in JSON_MIN the label set it is of."""
    paragraph: tuple[Any, Any] | None = None
    """The paragraphs of a dialogue in which it begins and ends."""
    in_page: bool = False
    """Whether its place is counted in a web page."""
    path: tuple[str, str] | None = None
    """The text nodes of a page in which it begins and ends, where its offsets are counted in these."""
    data_field: str = ""
    """The field of the data that it names itself."""


@dataclass(slots=True)
class SortedResult:
    """An annotation's result, sorted."""

    spans: list[TextRegion] = field(default_factory=list)
    others: list[tuple[str, str, str]] = field(default_factory=list)
    """What no span can hold: what it is, its id, why it has no place."""
    notes: list[str] = field(default_factory=list)


def sort_result(results: Sequence[dict[str, Any]]) -> SortedResult:
    """Return what stands in a result, each thing in its place."""
    out = SortedResult()
    labelled = {name_of(r.get("id")) for r in results if _label_key(r)} - {""}
    for row in results:
        _sort_row(row, labelled, out)
    return out


def _sort_row(row: dict[str, Any], labelled: set[str], out: SortedResult) -> None:
    kind, value = first_string(row, "type"), row.get("value")
    key, id_ = _label_key(row), name_of(row.get("id"))
    if kind == "relation" or "from_id" in row:
        description = f"{name_of(row.get('from_id'))}-{name_of(row.get('to_id'))}"
        out.others.append(("relation", description, RELATIONS_UNSUPPORTED))
    elif not isinstance(value, dict):
        out.others.append((kind or "result", id_, REGIONS_UNSUPPORTED))
    elif key in _TEXT_LABEL_TYPES or (not key and kind in _TEXT_LABEL_TYPES):
        out.spans += _text_regions(row, value, key)
    elif key or kind.endswith("labels"):
        out.others.append(((key or kind).removesuffix("labels"), id_, REGIONS_UNSUPPORTED))
    elif id_ in labelled or "start" in value:
        out.others.append(("attribute", id_, ATTRIBUTES_UNSUPPORTED))
    elif _is_note(row, value):
        out.notes += [x for x in _texts(value.get("text")) if x]
    else:
        out.others.append(("text label", _text_label_value(value) or id_, TEXT_LABELS_UNSUPPORTED))


def _label_key(row: dict[str, Any]) -> str:
    """Return the key of a region's labels, such as ``labels`` or ``rectanglelabels``; empty for none."""
    value = row.get("value")
    return next((k for k in value if k.endswith("labels")), "") if isinstance(value, dict) else ""


def _text_regions(row: dict[str, Any], value: dict[str, Any], key: str) -> Iterator[TextRegion]:
    """Yield a region for each label of a place, one without a label where there is none."""
    found = value.get(key)
    labels = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    start, end = value.get("start"), value.get("end")
    spot: dict[str, Any] = {}
    if isinstance(value.get("globalOffsets"), dict):
        start, end = value["globalOffsets"].get("start"), value["globalOffsets"].get("end")
        spot = {"in_page": True}
    elif key == "paragraphlabels":
        spot = {"paragraph": (start, end)}
        start, end = value.get("startOffset"), value.get("endOffset")
    elif isinstance(start, str) and isinstance(end, str) and "startOffset" in value:
        spot = {"in_page": True, "path": (start, end)}
        start, end = value["startOffset"], value.get("endOffset")
    id_ = name_of(row.get("id"))
    for n, label in enumerate(labels or [None]):
        description = f"{id_}:{name_of(label)}" if id_ and n else id_
        quote = first_string(value, "text") or None
        of = first_string(row, "to_name") or first_string(row, "from_name")
        raw = RawSpan(start, end, label, _region_source(row), description)
        yield TextRegion(raw, quote, of, data_field=first_string(row, "source").lstrip("$"), **spot)


def _region_source(row: dict[str, Any]) -> str:
    """Return where a region comes from that a model made."""
    meta = row.get("meta")
    description = first_string(meta, "source") if isinstance(meta, dict) else ""
    origin = first_string(row, "origin")
    return description or (_PREDICTION_ORIGIN if origin.startswith(_PREDICTION_ORIGIN) else "")


def _is_note(row: dict[str, Any], value: dict[str, Any]) -> bool:
    return first_string(row, "from_name").lower() in _NOTE_NAMES and bool(_texts(value.get("text")))


def _texts(value: Any) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [x for x in found if isinstance(x, str)]


def _text_label_value(value: dict[str, Any]) -> str:
    """Return what was said of a whole text, in short."""
    said = (", ".join(_texts(v)) for v in value.values())
    return next((x[:80] for x in said if x), "")


def region_offsets(region: TextRegion) -> tuple[int, int] | None:
    """Return a region's offsets where they are whole and in order, as the file has them."""
    start, end = whole_number(region.raw.start), whole_number(region.raw.end)
    return (start, end) if start is not None and end is not None and 0 <= start <= end else None


def has_whole_offsets(region: TextRegion) -> bool:
    """Whether a region's offsets are whole numbers."""
    return whole_number(region.raw.start) is not None and whole_number(region.raw.end) is not None


def with_real_line_ends(quote: str | None, text: str) -> str | None:
    r"""Return a quote with line ends as the text has them: old versions write ``\n`` as two letters."""
    return quote.replace("\\n", "\n") if quote and "\\n" in quote and "\\n" not in text else quote
