"""What stands in an annotation's ``result``: spans of a text, and all that no span can hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotator.formats.fields import Raw, name, offset, string

RELATION = "relations between spans have no place here"
REGION = "a region of a picture, a sound or a page has no place here"
ATTRIBUTE = "what is said of a span beside its label has no place here"
TEXT_LABEL = "a label for the whole text has no place here"

_NOTES = frozenset({"note", "notes", "comment", "comments"})
_TEXTUAL = frozenset({"labels", "hypertextlabels", "htmllabels", "paragraphlabels"})
_PREDICTED = "prediction"


@dataclass(frozen=True, slots=True)
class Region:
    """One label on one place in a text; offsets as the file has them."""

    raw: Raw
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
class Result:
    """An annotation's result, sorted."""

    spans: list[Region] = field(default_factory=list)
    others: list[tuple[str, str, str]] = field(default_factory=list)
    """What no span can hold: what it is, its id, why it has no place."""
    notes: list[str] = field(default_factory=list)


def sort(results: Sequence[dict[str, Any]]) -> Result:
    """Return what stands in a result, each thing in its place."""
    out = Result()
    labelled = {name(r.get("id")) for r in results if _label_key(r)} - {""}
    for row in results:
        _take(row, labelled, out)
    return out


def _take(row: dict[str, Any], labelled: set[str], out: Result) -> None:
    kind, value = string(row, "type"), row.get("value")
    key, id_ = _label_key(row), name(row.get("id"))
    if kind == "relation" or "from_id" in row:
        description = f"{name(row.get('from_id'))}-{name(row.get('to_id'))}"
        out.others.append(("relation", description, RELATION))
    elif not isinstance(value, dict):
        out.others.append((kind or "result", id_, REGION))
    elif key in _TEXTUAL or (not key and kind in _TEXTUAL):
        out.spans += _regions(row, value, key)
    elif key or kind.endswith("labels"):
        out.others.append(((key or kind).removesuffix("labels"), id_, REGION))
    elif id_ in labelled or "start" in value:
        out.others.append(("attribute", id_, ATTRIBUTE))
    elif _is_note(row, value):
        out.notes += [x for x in _texts(value.get("text")) if x]
    else:
        out.others.append(("text label", _told(value) or id_, TEXT_LABEL))


def _label_key(row: dict[str, Any]) -> str:
    """Return the key of a region's labels, such as ``labels`` or ``rectanglelabels``; empty for none."""
    value = row.get("value")
    return next((k for k in value if k.endswith("labels")), "") if isinstance(value, dict) else ""


def _regions(row: dict[str, Any], value: dict[str, Any], key: str) -> Iterator[Region]:
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
    id_ = name(row.get("id"))
    for n, label in enumerate(labels or [None]):
        description = f"{id_}:{name(label)}" if id_ and n else id_
        quote = string(value, "text") or None
        of = string(row, "to_name") or string(row, "from_name")
        raw = Raw(start, end, label, _source(row), description)
        yield Region(raw, quote, of, data_field=string(row, "source").lstrip("$"), **spot)


def _source(row: dict[str, Any]) -> str:
    """Return where a region comes from that a model made."""
    meta = row.get("meta")
    description = string(meta, "source") if isinstance(meta, dict) else ""
    origin = string(row, "origin")
    return description or (_PREDICTED if origin.startswith(_PREDICTED) else "")


def _is_note(row: dict[str, Any], value: dict[str, Any]) -> bool:
    return string(row, "from_name").lower() in _NOTES and bool(_texts(value.get("text")))


def _texts(value: Any) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [x for x in found if isinstance(x, str)]


def _told(value: dict[str, Any]) -> str:
    """Return what was said of a whole text, in short."""
    said = (", ".join(_texts(v)) for v in value.values())
    return next((x[:80] for x in said if x), "")


def place(region: Region) -> tuple[int, int] | None:
    """Return a region's offsets where they are whole and in order, as the file has them."""
    start, end = offset(region.raw.start), offset(region.raw.end)
    return (start, end) if start is not None and end is not None and 0 <= start <= end else None


def is_whole(region: Region) -> bool:
    """Whether a region's offsets are whole numbers."""
    return offset(region.raw.start) is not None and offset(region.raw.end) is not None


def levelled(quote: str | None, text: str) -> str | None:
    r"""Return a quote with line ends as the text has them: old versions write ``\n`` as two letters."""
    return quote.replace("\\n", "\n") if quote and "\\n" in quote and "\\n" not in text else quote
