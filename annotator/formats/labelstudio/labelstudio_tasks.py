"""The tasks of a file of Label Studio's, of whatever version: its data, and each annotator's results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct, field

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.formats.span_fields import UNSUPPORTED, RawSpan, first_string, name_of, object_list, offset_number
from annotator.formats.timestamps import seconds_of_time

EXPORT_PROJECT_AGAIN = "export the project from Label Studio again (JSON)"

_JSON_MIN_KEYS = frozenset(
    {"id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement", "meta"}
)
_JSON_MIN_SIGNS = frozenset({"annotation_id", "lead_time"})
_TEXT_VALUE_KEYS = ("choices", "taxonomy", "rating", "ranker", "datetime", "number", "pairwise")


class TextRegion(Struct, frozen=True):
    """One label on one place in a text; offsets as the file has them."""

    raw: RawSpan
    quote: str | None
    target: str
    """The object of the labelling config that it is in, in JSON_MIN the label set it is of."""
    paragraph: tuple[Any, Any] | None = None
    """The paragraphs of a dialogue in which it begins and ends."""
    in_page: bool = False
    """Whether its place is counted in a web page."""
    path: tuple[str, str] | None = None
    """The text nodes of a page in which it begins and ends, where its offsets are counted in these."""
    data_field: str = ""
    """The field of the data that it names itself."""
    score: Any = None
    """How sure a model is of it."""

    @property
    def has_whole_offsets(self) -> bool:
        """Whether its offsets are whole numbers."""
        return None not in (offset_number(self.raw.start), offset_number(self.raw.end))

    @property
    def offsets(self) -> tuple[int, int] | None:
        """Its offsets where they are whole and in order, as the file has them."""
        start, end = offset_number(self.raw.start), offset_number(self.raw.end)
        return (start, end) if start is not None and end is not None and 0 <= start <= end else None

    def quote_for(self, text: str) -> str | None:
        r"""Return its quote with line ends as the text has them: old versions write ``\n`` as two letters."""
        is_escaped = self.quote and "\\n" in self.quote and "\\n" not in text
        return self.quote.replace("\\n", "\n") if self.quote and is_escaped else self.quote


class SortedResult(Struct):
    """An annotation's result, sorted."""

    spans: list[TextRegion] = field(default_factory=list)
    others: list[tuple[str, str, str]] = field(default_factory=list)
    """What no span can hold: what it is, its id, why it has no place."""
    notes: list[str] = field(default_factory=list)


class TaskAnnotation(Struct, frozen=True):
    """One annotation of a task."""

    result: SortedResult
    annotator: str = ""
    answer: Answer | None = Answer.ACCEPT
    time: float = 0.0


class TaskPrediction(Struct, frozen=True):
    """What a model has predicted for a task."""

    annotation: TaskAnnotation
    model: str = ""
    """The version of the model, as the file has it."""
    score: Any = None
    """How sure the model is of all of it."""


class LabelStudioTask(Struct, frozen=True):
    """One task."""

    data: dict[str, Any]
    annotations: list[TaskAnnotation]
    id: str
    where: str
    drafts: tuple[tuple[str, int], ...] = ()
    """Of each draft its id and how many results it has."""
    predictions: tuple[TaskPrediction, ...] = ()

    @property
    def all_annotations(self) -> list[TaskAnnotation]:
        """The annotations, and what models have predicted."""
        return [*self.annotations, *(p.annotation for p in self.predictions)]


def detect_task(row: Any) -> str:
    """Return what of a row makes it one of Label Studio's, empty where nothing does."""
    if not isinstance(row, dict):
        return ""
    if isinstance(row.get("data"), dict):
        key = next((k for k in ("annotations", "completions", "predictions") if isinstance(row.get(k), list)), "")
        return f"its tasks have `data` and `{key}`" if key else ""
    if isinstance(row.get("task"), dict) and isinstance(row.get("result"), list):
        return "it has an annotation's `result` and its `task`"
    if _JSON_MIN_SIGNS & row.keys() and {"id", "annotator"} & row.keys():
        return f"its rows have `{min(_JSON_MIN_SIGNS & row.keys())}`, as JSON_MIN has"
    lists = [k for k, v in row.items() if k not in {"spans", "entities", "ents"} and _is_regions(v)]
    return f"its rows have regions in `{lists[0]}`, as JSON_MIN has" if lists else ""


def parse_task(row: Any, where: str) -> LabelStudioTask:
    """Return the task of a row; raises SourceError where it is none."""
    if not isinstance(row, dict):
        raise SourceError("a task must be a JSON object", where=where, do=EXPORT_PROJECT_AGAIN)
    if isinstance(row.get("data"), dict):
        return _parse_full_task(row, where)
    if isinstance(row.get("task"), dict) and isinstance(row["task"].get("data"), dict):
        return _parse_full_task({**row["task"], "annotations": [row]}, where)
    if "result" in row:
        raise SourceError("it is an annotation without its task", where=where, do=EXPORT_PROJECT_AGAIN)
    if not detect_task(row) and "text" not in row:
        raise SourceError("the task has no `data`", where=where, do=EXPORT_PROJECT_AGAIN)
    return parse_min_row(row, where)


def _parse_full_task(row: dict[str, Any], where: str) -> LabelStudioTask:
    if any(type(x) is int for key in ("annotations", "completions") for x in _list(row.get(key))):
        raise SourceError("annotations are named by their ids alone", where=where, do=EXPORT_PROJECT_AGAIN)
    found = [x for key in ("annotations", "completions") for x in object_list(row, key, where, EXPORT_PROJECT_AGAIN)]
    drafts = [
        (name_of(x.get("id")), len(_list(x.get("result")))) for x in _list(row.get("drafts")) if isinstance(x, dict)
    ]
    predictions = [_parse_prediction(x) for x in _list(row.get("predictions")) if isinstance(x, dict)]
    annotations = [_parse_annotation(x, where) for x in found]
    return LabelStudioTask(row["data"], annotations, name_of(row.get("id")), where, tuple(drafts), tuple(predictions))


def _parse_prediction(row: dict[str, Any]) -> TaskPrediction:
    """Return a prediction; what is no result in it is passed over."""
    result = sort_result([x for x in _list(row.get("result")) if isinstance(x, dict)])
    return TaskPrediction(TaskAnnotation(result), name_of(row.get("model_version")), row.get("score"))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _parse_annotation(row: dict[str, Any], where: str) -> TaskAnnotation:
    cancelled = row.get("was_cancelled") is True or row.get("skipped") is True
    return TaskAnnotation(
        sort_result(object_list(row, "result", where, EXPORT_PROJECT_AGAIN)),
        first_string(row, "annotator") or _annotator_name(row.get("completed_by")),
        Answer.IGNORE if cancelled else None if row.get("result") is None else Answer.ACCEPT,
        _annotation_time(row),
    )


def _annotator_name(value: Any) -> str:
    """Return who an annotation is by: an id, or a user's address, name or id."""
    if not isinstance(value, dict):
        return name_of(value)
    full = " ".join(x for x in (first_string(value, "first_name"), first_string(value, "last_name")) if x)
    return first_string(value, "email", "username") or full or name_of(value.get("id"))


def _annotation_time(row: dict[str, Any]) -> float:
    """Return when an annotation was last changed: an ISO date, or seconds in old files."""
    return next(filter(None, (seconds_of_time(row.get(key)) for key in ("updated_at", "created_at"))), 0.0)


def parse_min_row(row: dict[str, Any], where: str) -> LabelStudioTask:
    """Return the task of a JSON_MIN row: whatever is a list of regions is what was annotated."""
    results = []
    for key, found in row.items():
        for value in (found if isinstance(found, list) else [found]) if holds_results(found) else ():
            kind = next((k for k in value if k.endswith("labels") or k in _TEXT_VALUE_KEYS), "")
            results.append({"from_name": key, "value": value, "type": kind})
    given = {r["from_name"] for r in results}
    data = {k: v for k, v in row.items() if k not in _JSON_MIN_KEYS | given}
    done = results or "annotation_id" in row or "lead_time" in row
    who, time = _annotator_name(row.get("annotator")), _annotation_time(row)
    annotations = [TaskAnnotation(sort_result(results), who, time=time)] if done else []
    return LabelStudioTask(data, annotations, name_of(row.get("id")), where)


def holds_results(value: Any) -> bool:
    """Return True if a field holds what was annotated: regions, or values of the whole text, or of a region."""
    values = value if isinstance(value, list) else [value]
    is_other = bool(values) and all(isinstance(x, dict) and any(k in x for k in _TEXT_VALUE_KEYS) for x in values)
    return is_other or _is_regions(value)


def _is_regions(value: Any) -> bool:
    """Return True if this is a list of objects with labels and a place, as JSON_MIN has regions."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(x, dict) and any(k.endswith("labels") for k in x) and len(x) > 1 for x in value)
    )


# What an annotation's ``result`` holds: spans of a text, and all that no span can hold.


REGIONS_UNSUPPORTED = "a region of a picture, a sound or a page has no place here"
ATTRIBUTES_UNSUPPORTED = "an attribute of a span beside its label has no place here"

_NOTE_NAMES = frozenset({"note", "notes", "comment", "comments"})
_TEXT_LABEL_TYPES = frozenset({"labels", "hypertextlabels", "htmllabels", "paragraphlabels"})
_PREDICTION_ORIGIN = "prediction"


def sort_result(results: Sequence[dict[str, Any]]) -> SortedResult:
    """Return a result's contents, each thing in its place."""
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
        out.others.append(("relation", description, UNSUPPORTED["relation"]))
    elif not isinstance(value, dict):
        out.others.append((kind or "result", id_, REGIONS_UNSUPPORTED))
    elif key in _TEXT_LABEL_TYPES or (not key and kind in _TEXT_LABEL_TYPES):
        out.spans += _text_regions(row, value, key)
        meta = row.get("meta")
        out.notes += [x for x in _texts(meta.get("text")) if x] if isinstance(meta, dict) else []
    elif key or kind.endswith("labels"):
        out.others.append(((key or kind).removesuffix("labels"), id_, REGIONS_UNSUPPORTED))
    elif id_ in labelled or "start" in value:
        out.others.append(("attribute", id_, ATTRIBUTES_UNSUPPORTED))
    elif first_string(row, "from_name").lower() in _NOTE_NAMES and bool(_texts(value.get("text"))):
        out.notes += [x for x in _texts(value.get("text")) if x]
    else:
        texts = (", ".join(_texts(v))[:80] for v in value.values())
        out.others.append(("text label", next(filter(None, texts), id_), UNSUPPORTED["text label"]))


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
        meta = row.get("meta")
        group = first_string(meta, "group") if isinstance(meta, dict) else ""
        raw = RawSpan(start, end, label, _region_source(row), description, group=group)
        score = row.get("score", value.get("score"))
        yield TextRegion(raw, quote, of, data_field=first_string(row, "source").lstrip("$"), score=score, **spot)


def _region_source(row: dict[str, Any]) -> str:
    """Return where a region comes from that a model made."""
    meta = row.get("meta")
    description = first_string(meta, "source") if isinstance(meta, dict) else ""
    origin = first_string(row, "origin")
    return description or (_PREDICTION_ORIGIN if origin.startswith(_PREDICTION_ORIGIN) else "")


def _texts(value: Any) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [x for x in found if isinstance(x, str)]
