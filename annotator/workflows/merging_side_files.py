"""Merges adjudications, second passes and claims: whole files, as long as one goes on from the other."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import SIDE_FOLDERS
from annotator.storage.file_io import translate_os_errors
from annotator.storage.import_transaction import ImportStaging
from annotator.storage.journal import annotator_names


def merge_side_files(staging: ImportStaging, corpora: Sequence[CorpusFolder]) -> list[str]:
    """Prepare these files; return what is in conflict: where none of two goes on from the other, the first stays.

    Records keep their numbers, so that an adjudication of a journal that the merge has changed is open again.
    """
    conflicts = []
    for folder in SIDE_FOLDERS:
        for name in sorted({name for c in corpora for name in annotator_names(c.path, folder)}):
            kept, file = b"", f"{folder}/{name}.jsonl"
            for path in (c.path / file for c in corpora):
                with translate_os_errors("read", path):
                    data = path.read_bytes() if path.exists() else b""
                if data.startswith(kept):
                    kept = data
                elif not kept.startswith(data):
                    conflicts.append(f"{file} of {path.parent.parent} differs; the first one is in the merged corpus")
            staging.add_file(file, kept)
    return conflicts
