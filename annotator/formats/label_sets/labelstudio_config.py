"""Label Studio's labelling configuration: XML with ``<Labels>`` and what else annotates a text.

Exports write the alias of a label that has one. Labels of images, sounds and time series are left out, and so are
choices, ratings and relations: they annotate no words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from xml.parsers import expat  # builds no tree; `_ConfigReader` refuses a DOCTYPE, which every bomb needs

from annotator.core.errors import SourceError
from annotator.core.pluralize import pluralize
from annotator.formats.label_sets.foreign_label import ForeignLabel, LabelSet

_KIND = "Label Studio's labelling configuration"
_TEXT_LABELS = frozenset({"labels", "hypertextlabels", "paragraphlabels"})
_TEXT_OBJECTS = frozenset({"text", "hypertext", "paragraphs"})
_OTHER_CONTROLS = frozenset(
    {"choices", "taxonomy", "relations", "rating", "textarea", "pairwise", "number", "datetime", "ranker"}
)


def parse_labelstudio_config(text: str, where: str, name: str = "") -> LabelSet:
    """Return the labels of the configuration; raises SourceError for no sound XML, and for XML with a DOCTYPE."""
    reader = _ConfigReader(where)
    reader.read(text)
    labels, notes = reader.result()
    return LabelSet(_KIND, labels, notes, name)


class _TagSet:
    """The labels of one control, and which object it labels."""

    def __init__(self, tag: str, target: str) -> None:
        self.tag, self.target = tag, target
        self.labels: list[ForeignLabel] = []


class _ConfigReader:
    """Takes the elements in their order."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._objects: dict[str, str] = {}
        self._open: list[_TagSet] = []
        self._sets: list[_TagSet] = []
        self._left_out: Counter[str] = Counter()
        self._is_config = False
        self._dynamic = False

    def read(self, text: str) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._refuse
        try:
            parser.Parse(text.lstrip("\ufeff \t\r\n"), True)
        except expat.ExpatError as error:
            what = f"this is no sound XML ({expat.ErrorString(error.code)})"
            do = "copy the configuration whole, as Label Studio shows it under Settings"
            raise SourceError(what, where=f"{self._where}:{error.lineno}", do=do) from None
        if not self._is_config:
            do = "name Label Studio's labelling configuration"
            raise SourceError("this XML has no element <View>", where=self._where, do=do)

    def _refuse(self, *_: Any) -> None:
        raise SourceError("XML with a DOCTYPE is not read", where=self._where, do="remove the DOCTYPE")

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        kind, values = tag.lower(), {key.lower(): value for key, value in attributes.items()}
        self._is_config = self._is_config or kind == "view"
        if kind.endswith("labels"):
            self._open.append(_TagSet(tag, values.get("toname", "")))
            self._sets.append(self._open[-1])
            self._dynamic = self._dynamic or values.get("value", "").startswith("$")
        elif kind in _OTHER_CONTROLS:
            self._left_out[tag] += 1
        elif kind == "label" and self._open:
            self._add_label(values)
        elif values.get("value", "").startswith("$") and "name" in values:
            self._objects[values["name"]] = kind

    def _end(self, tag: str) -> None:
        if tag.lower().endswith("labels"):
            self._open.pop()

    def _add_label(self, values: Mapping[str, str]) -> None:
        value, alias = values.get("value", ""), values.get("alias", "")
        if (alias or value).startswith("$"):
            self._dynamic = True
        elif alias or value:
            about = "; ".join(x for x in (value if alias and alias != value else "", values.get("hint", "")) if x)
            label = ForeignLabel(alias or value, values.get("hotkey", ""), values.get("background", ""), about)
            self._open[-1].labels.append(label)

    def result(self) -> tuple[tuple[ForeignLabel, ...], tuple[str, ...]]:
        """Return the labels of text, and what was left out."""
        labels: list[ForeignLabel] = []
        sets = 0
        for tags in self._sets:
            objects = {self._objects[x] for x in tags.target.split(",") if x in self._objects}
            if tags.tag.lower() in _TEXT_LABELS and (not objects or objects & _TEXT_OBJECTS):
                labels += tags.labels
                sets += bool(tags.labels)
            else:
                self._left_out[tags.tag] += 1
        found = [f"{tag} ({n})" if n > 1 else tag for tag, n in self._left_out.items()]
        notes = [f"left out, because it annotates no words: {', '.join(found)}"] if found else []
        if self._dynamic:
            notes.append('some labels are in the data of the tasks (value="$…"), not in the configuration: add them')
        if sets > 1:
            notes.append(f"the labels of {pluralize(sets, 'set')} are in one schema")
        return tuple(labels), tuple(notes)
