"""Which field of a task's data is the text: the labelling config defines it, and exports don't hold that.

The text of a web page is that of its text nodes, one after the other: Label Studio counts places so.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from html import unescape
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core.errors import SourceError
from annotator.formats.labelstudio.labelstudio_tasks import LabelStudioTask, SortedResult, TextRegion
from annotator.formats.offset_units import UTF16, OffsetUnit, to_code_points
from annotator.formats.span_fields import whole_number

_LINK = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://|/data/|/static/|data:)\S+|\S*/\S*\.[a-z0-9]{2,5}(?:\?\S*)?|"
    r"[^\n]{0,300}\.(?:png|jpe?g|gif|webp|bmp|tiff?|svg|wav|mp3|ogg|flac|m4a|mp4|avi|mov|webm|pdf|html?|txt)",
    re.IGNORECASE,
)

_IMPORT_TEXT_LABELS = "import projects that label words in texts"
_IMPORT_TASKS_WITH_TEXT = "import projects whose tasks hold the text itself"

_PARAGRAPH_TEXT_KEYS = ("text", "phrase", "utterance", "message", "content")
"""What the text of a dialogue's paragraph is called."""
_MAX_FIELD_DEPTH = 4

FieldScore = tuple[int, int, int, int]
"""Fields that regions name, quotes (twice those in their places), regions that are in it, characters."""


def field_value(data: dict[str, Any], key: str) -> Any:
    """Return the value under a key, ``doc.body`` being the body in the field doc."""
    if key in data or "." not in key:
        return data.get(key)
    first, _, rest = key.partition(".")
    inner = data.get(first)
    return field_value(inner, rest) if isinstance(inner, dict) else None


def field_text(data: dict[str, Any], key: str) -> str | None:
    """Return the text under a key; the paragraphs of a dialogue, a line each."""
    value = field_value(data, key)
    if isinstance(value, str):
        return value
    lines = dialogue_paragraphs(value)
    return "\n".join(lines) if lines else None


def field_names(data: dict[str, Any], deep: int = _MAX_FIELD_DEPTH) -> Iterator[str]:
    """Yield the keys of a task's fields, those inside others with a dot."""
    for key, value in data.items():
        yield key
        if isinstance(value, dict) and deep > 1:
            yield from (f"{key}.{inner}" for inner in field_names(value, deep - 1))


def dialogue_paragraphs(value: Any) -> list[str]:
    """Return the texts of a dialogue's paragraphs, none for anything else."""
    if not isinstance(value, list) or not all(isinstance(x, dict) for x in value):
        return []
    key = next((k for k in _PARAGRAPH_TEXT_KEYS if all(isinstance(x.get(k), str) for x in value)), "")
    return [x[key] for x in value] if key else []


def is_link(text: str) -> bool:
    """Return True if a text is nothing but the address or the name of a file."""
    return bool(_LINK.fullmatch(text.strip()))


class TextFieldChooser(Struct):
    """Gathers, over all tasks, what speaks for a field being the text of an object in the config."""

    scores: defaultdict[str, dict[str, FieldScore]] = field(default_factory=lambda: defaultdict(dict))
    plain: Counter[str] = field(default_factory=Counter)
    """The characters that a field's texts have, links to files left out."""
    links: int = 0
    """Tasks with the address or the name of a file."""
    whole_offsets: Counter[str] = field(default_factory=Counter)
    fractional_offsets: Counter[str] = field(default_factory=Counter)
    """Regions of each object whose offsets are whole numbers, and those whose are not, as in a sound."""
    unsupported: Counter[str] = field(default_factory=Counter)
    """What is marked that is no span of a text."""

    def add_task(self, task: LabelStudioTask) -> None:
        """Take in a task."""
        texts = {k: t for k in field_names(task.data) if (t := field_text(task.data, k)) is not None and not is_link(t)}
        self.links += any(isinstance(x, str) and is_link(x) for x in task.data.values())
        self.plain.update({k: len(t) for k, t in texts.items()})
        self.unsupported.update(thing for a in task.annotations for thing, _, _ in a.result.others)
        for annotation in task.all_annotations:
            self._add_result(annotation.result, texts)

    def _add_result(self, result: SortedResult, texts: dict[str, str]) -> None:
        for region in result.spans:
            self.fractional_offsets[region.target] += not region.has_whole_offsets
            self.whole_offsets[region.target] += region.has_whole_offsets
            for key, text in texts.items():
                old = self.scores[region.target].get(key, (0, 0, 0, 0))
                a, b, c, d = _field_score(region, key, text)
                self.scores[region.target][key] = (old[0] + a, old[1] + b, old[2] + c, old[3] + d)

    def choose(self, where: str) -> dict[str, str]:
        """Return the key of the text by object; raises SourceError where the tasks have no texts."""
        if not self.plain:
            description = f" (marked: {self._described_kinds()})" if self.unsupported else ""
            what = "the tasks hold links to files or pictures, not texts" if self.links else "no task has a text"
            raise SourceError(f"{what}{description}", where=where, do=_IMPORT_TASKS_WITH_TEXT)
        if not self.scores and self.unsupported:
            what = f"no span of a text is marked, but {self._described_kinds()}"
            raise SourceError(what, where=where, do=_IMPORT_TEXT_LABELS)
        if any(n > 1 and not self.whole_offsets[to] for to, n in self.fractional_offsets.items()):
            what = "regions of a sound or a film are marked (offsets are fractions), not spans of a text"
            raise SourceError(what, where=where, do=_IMPORT_TEXT_LABELS)
        if self.links and self.scores and not any(s[1] or s[2] for f in self.scores.values() for s in f.values()):
            what = "the marked spans are in no text of the tasks, which name files instead"
            raise SourceError(what, where=where, do=_IMPORT_TASKS_WITH_TEXT)
        if not self.scores:
            return {"": max(self.plain, key=lambda k: (_name_score(k), "." not in k, self.plain[k], k))}
        return {to: _best_field(to, found) for to, found in sorted(self.scores.items())}

    def _described_kinds(self) -> str:
        return ", ".join(f"{k} ({n:,})" for k, n in sorted(self.unsupported.items()))


def _best_field(to: str, found: dict[str, FieldScore]) -> str:
    return max(found, key=lambda k: (found[k][:3], k == to, _name_score(k), "." not in k, found[k][3], k))


def _name_score(key: str) -> int:
    """Return how much a field's name speaks for it."""
    return 2 if key == "text" else key.lower() in {"content", "body", "article", "document", "sentence"}


def _field_score(region: TextRegion, key: str, text: str) -> FieldScore:
    found = region.offsets
    quote = region.quote_for(text)
    inside = found is not None and found[1] <= len(text)
    quoted = quote is not None and (quote in text or " ".join(quote.split()) in " ".join(text.split()))
    just = quoted and found is not None and text[found[0] : found[1]] == quote
    return (bool(key) and key == region.data_field, quoted + just, inside, len(text))


def dialogue_offsets(value: Any, region: TextRegion, unit: OffsetUnit) -> tuple[int | None, int | None]:
    """Return a dialogue region's offsets in the joined text; those that are in no paragraph stay away.

    ``unit`` is what they count inside their paragraphs, the result code points.
    """
    lines = dialogue_paragraphs(value)
    ends = zip(region.paragraph or (), (region.raw.start, region.raw.end), strict=True)
    out = [_dialogue_offset(lines, at, inside, unit) for at, inside in ends]
    return (out[0], out[1]) if len(out) == 2 else (None, None)


def _dialogue_offset(lines: Sequence[str], at: Any, inside: Any, unit: OffsetUnit) -> int | None:
    number = int(at) if isinstance(at, str) and re.fullmatch(r"[0-9]{1,9}", at) else whole_number(at)
    within = whole_number(inside)
    if number is None or within is None or not 0 <= number < len(lines) or within < 0:
        return None
    try:
        within, _ = to_code_points(lines[number], within, within, unit)
    except ValueError:
        return None
    return sum(len(x) + 1 for x in lines[:number]) + within


# The text of a web page as Label Studio counts places in it: its text nodes, one after the other.
#
# Old versions give a place by the path to its text node (XPath) and the offset inside it, and their paths
# counted marks that were on the page by then. So a path counts where it leads to the words that are quoted;
# else the words alone do, where they occur in the page exactly once.


# The text nodes of a web page with the paths that XPath gives them, without a parser's cost.
#
# html.parser takes minutes for hostile pages. This follows the tags as a browser does for usual pages:
# what a browser puts in by itself (``html``, ``head``, ``body``, ``tbody``) is in no path.


_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*+|[!?])[^<>]*+>")
_VOID_TAGS = re.compile("area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr")
_IMPLIED_TAGS = frozenset(["html", "head", "body", "tbody"])
_SELF_CLOSING_TAGS = frozenset(["p", "li", "tr", "td", "th", "dt", "dd", "option"])
"""What ends where the next of its kind begins."""
_ENDS_P = re.compile(
    "address|article|aside|blockquote|div|dl|fieldset|footer|form|h[1-6]|header|hr|main|nav|ol|p|pre|section|table|ul"
)
_IMPLIED_STEP = re.compile(r"/(?:html|head|body|tbody)\[1\]")
_MAX_PATH_DEPTH = 200
"""How deep paths are followed; what is deeper has none."""


class TextNode(Struct, frozen=True):
    """A text node, references in its text not resolved; the path is empty for a line break."""

    path: str
    text: str


class _Element(Struct):
    tag: str
    path: str
    children: Counter[str] = field(default_factory=Counter)

    def child(self, tag: str) -> str:
        """Return the path of the next child of a kind."""
        self.children[tag] += 1
        return f"{self.path}/{tag}[{self.children[tag]}]"


def normal_path(path: object) -> str:
    """Return a path without the steps that a browser puts in by itself."""
    return _IMPLIED_STEP.sub("", path) if isinstance(path, str) else ""


def text_nodes(page: str, line_break: str) -> Iterator[TextNode]:
    """Yield the text nodes of a page in their order; ``line_break`` is the text of a ``<br>``."""
    page = _without_comments(page)
    opened = [_Element("", "")]
    at = 0
    for tag in _TAG.finditer(page):
        if tag.start() > at:
            yield TextNode(opened[-1].child("text()"), page[at : tag.start()])
        at = tag.end()
        name = tag[2].lower()
        if name == "br" and line_break:
            yield TextNode("", line_break)
        if tag[1]:  # it closes the last element of its name that is open, if there is one
            at_name = next((n for n in range(len(opened) - 1, 0, -1) if opened[n].tag == name), len(opened))
            del opened[at_name:]
        elif name not in {"!", "?"} and name not in _IMPLIED_TAGS:
            _open_element(opened, name)
    if at < len(page):
        yield TextNode(opened[-1].child("text()"), page[at:])


def _open_element(opened: list[_Element], name: str) -> None:
    last = opened[-1].tag
    if (last == name and name in _SELF_CLOSING_TAGS) or (last == "p" and _ENDS_P.fullmatch(name)):
        opened.pop()
    path = opened[-1].child(name)
    if not _VOID_TAGS.fullmatch(name) and len(opened) < _MAX_PATH_DEPTH:
        opened.append(_Element(name, path))


def _without_comments(page: str) -> str:
    """Return the page with each comment cut down to a mark, which parts text as comments do."""
    parts: list[str] = []
    at = 0
    while (start := page.find("<!--", at)) >= 0 and (end := page.find("-->", start)) >= 0:
        parts += [page[at:start], "<!>"]
        at = end + 3
    return "".join([*parts, page[at:]])


def text_key(region: TextRegion, chosen: dict[str, str]) -> str:
    """Return the key of a region's text; of an object whose tasks have no text at all, any of the keys."""
    return chosen.get(region.target) or next(iter(chosen.values()), "")


def replace_pages_by_text(task: LabelStudioTask, chosen: dict[str, str]) -> LabelStudioTask:
    """Return the task with the text of each page in which spans are marked, and these in their places."""
    results = [annotation.result for annotation in task.all_annotations]
    regions = [r for result in results for r in result.spans if r.in_page]
    texts: dict[str, Any] = {}
    moved: dict[int, TextRegion] = {}
    for key in {text_key(r, chosen) for r in regions}:
        mine = [r for r in regions if text_key(r, chosen) == key]
        if page := field_text(task.data, key):
            best = _best_page_reading(page, mine)
            texts[key] = best.text
            moved |= {id(r): best.place_region(r) for r in mine}
    for result in results:
        result.spans = [moved.get(id(r), r) for r in result.spans]
    return replace(task, data={**task.data, **texts})


def _best_page_reading(page: str, regions: Sequence[TextRegion]) -> _PageReading:
    """Return the reading in which more quotes are in their places: line breaks count as none, or one."""
    if "<" not in page and "&" not in page:
        return _PageReading((TextNode("/text()[1]", page),))
    tried = [_PageReading(tuple(text_nodes(page, line_break))) for line_break in ("", "\n")]
    return max(tried, key=lambda read: sum(read.fits(read.place_region(r)) for r in regions))


class _PageReading(Struct, frozen=True, dict=True):
    """One reading of a page."""

    nodes: tuple[TextNode, ...]

    @cached_property
    def text(self) -> str:
        """What is no markup, references resolved."""
        return "".join(unescape(n.text) for n in self.nodes)

    @cached_property
    def starts(self) -> dict[str, int]:
        """By its path, where a text node begins, in UTF-16 units."""
        out: dict[str, int] = {}
        at = 0
        for node in self.nodes:
            if node.path:
                out[node.path] = at
            at += len(unescape(node.text).encode("utf-16-le", "surrogatepass")) // 2
        return out

    def place_region(self, region: TextRegion) -> TextRegion:
        """Return a region that names a path with offsets in the whole text, none where it has no place."""
        if region.path is None:
            return region
        first, last = (self.starts.get(normal_path(p)) for p in region.path)
        start, end = region.raw.start, region.raw.end
        if first is not None and last is not None and type(start) is int and type(end) is int:
            there = replace(region, raw=replace(region.raw, start=first + start, end=last + end), path=None)
            if not region.quote or self.fits(there):
                return there
        return replace(region, raw=replace(region.raw, start=None, end=None), path=None)

    def fits(self, region: TextRegion) -> bool:
        """Return True if a region's quote is in its place, blanks levelled."""
        found = region.offsets
        if found is None or not region.quote:
            return False
        try:
            start, end = to_code_points(self.text, *found, UTF16)
        except ValueError:
            return False
        return self.text[start:end].split() == region.quote.split()
