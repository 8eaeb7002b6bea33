"""Label sets of other tools: Label Studio's configuration, brat's, doccano's and Prodigy's lists, plain names.

``read_label_set`` finds out what a file is. A label keeps the name, key and colour that the file gives it; what
a schema makes of them is `workflows/label_sets.py`.
"""

from __future__ import annotations

import re
from pathlib import Path

from msgspec.structs import replace

from annotator.core.errors import SourceError, path_text
from annotator.formats.import_source import ImportSource
from annotator.formats.label_sets import brat_config, label_lists, label_tables, labelstudio_config
from annotator.formats.label_sets.foreign_label import ForeignLabel as ForeignLabel
from annotator.formats.label_sets.foreign_label import LabelSet as LabelSet

MAX_LABEL_SET_BYTES = 10_000_000
"""The most bytes of a file with labels."""

_BRAT_FILE = "annotation.conf"
_JSON_START = re.compile(r"\s*[\[{]")


def read_label_set(path: Path) -> LabelSet:
    """Return the labels of a file of another tool, in its order; raises SourceError for one that holds none.

    A folder is one of brat's, with its ``annotation.conf``.
    """
    if path.is_dir() and not (path / _BRAT_FILE).exists():
        what = "the folder has no annotation.conf, and of folders only brat's are read"
        raise SourceError(what, where=path_text(path), do="name the file with the labels")
    source = ImportSource(path / _BRAT_FILE if path.is_dir() else path)
    text = source.text(MAX_LABEL_SET_BYTES)
    found = _parse(source, text)
    if not found.labels:
        left = f" ({'; '.join(found.notes)})" if found.notes else ""
        raise SourceError(
            f"there is no label of a span in {found.kind}{left}", where=source.name, do="name another file"
        )
    return found


def _parse(source: ImportSource, text: str) -> LabelSet:
    if text.lstrip().startswith("<") and not brat_config.is_config(text):
        return labelstudio_config.parse_labelstudio_config(text, source.name)
    if brat_config.is_config(text):
        found = brat_config.parse_brat_config(text, source.name, brat_config.read_companions(source.path.parent))
        return replace(found, name=source.path.resolve().parent.name if source.base == _BRAT_FILE else "")
    if source.base == _BRAT_FILE:
        raise SourceError("there is no section [entities]", where=source.name, do="name brat's annotation.conf")
    if _JSON_START.match(text):
        return label_lists.parse_json(text, source.name)
    return label_tables.parse_label_table(text, source.name) or label_lists.parse_lines(text, source.name)
