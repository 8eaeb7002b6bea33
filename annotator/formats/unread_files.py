"""The files of a folder or zip that a format does not read: a note names them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from annotator.core.pluralize import pluralize
from annotator.formats.document import ConversionLog
from annotator.formats.import_source import ImportSource

_BESIDE_DATA = re.compile(
    r"(?:readme|license|licence|citation|changelog)(?:\..*)?|dataset_infos?\.json|.*\.conf|labelling-config\.xml",
    re.IGNORECASE,
)
"""The names of files that describe others, and have no annotations."""


def note_unread_files(files: Sequence[ImportSource], taken: Collection[ImportSource], log: ConversionLog) -> None:
    """Add a note on the files that are not among those taken, once."""
    left = [f for f in files if f not in taken and not _BESIDE_DATA.fullmatch(f.base)]
    if left:
        more = pluralize(len(left), "other file is", "other files are")
        note = f"{more} of another kind, and nothing is read from there (first: {left[0].base})"
        if note not in log.notes:
            log.notes.append(note)
