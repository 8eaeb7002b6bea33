"""The user's own copy of the sample corpus: its articles, with nothing annotated."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from annotator.core.errors import CorpusError
from annotator.storage.atomic import sync_folder, write_new
from annotator.storage.failures import translate_os_errors
from annotator.storage.places import user_data_folder
from annotator.storage.schemas import sample_corpus_path
from annotator.storage.settings import SETTINGS_FILE

_SKIPPED_SUFFIXES = (".lock", ".tmp")
_SKIPPED_FOLDERS = frozenset({"annotations"})
"""Left out: what another annotator has said of the sample would be in conflict with one's own work."""


def user_sample_corpus() -> Path:
    """Return the user's own copy of the sample corpus, made at the first call, never overwritten.

    Raises CorpusError where it cannot be written, or where something else has its place.
    """
    target = user_data_folder() / "sample"
    if not (target / SETTINGS_FILE).is_file():
        with translate_os_errors("copy the sample corpus", target):
            _copy_sample(sample_corpus_path(), target)
    return target


def _copy_sample(source: Path, target: Path) -> None:
    """Copy beside the target, then rename: a crash leaves no half a sample in its place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".sample-{os.urandom(4).hex()}.tmp")
    try:
        _copy_folder(source, beside)
        os.rename(beside, target)  # noqa: PTH104  (tests inject failures into the functions of `os`)
    except FileExistsError:
        pass
    except OSError:
        if not target.exists():
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    if not (target / SETTINGS_FILE).is_file():
        raise CorpusError("something else is here", where=str(target), do="move it away, then start again")
    sync_folder(target.parent)


def _copy_folder(source: Path, target: Path) -> None:
    """Copy files and folders with new modes: an installed sample may be read-only, a copy must not be."""
    target.mkdir()
    for entry in sorted(source.iterdir()):
        if entry.name in _SKIPPED_FOLDERS:
            continue
        if entry.is_dir():
            _copy_folder(entry, target / entry.name)
        elif not entry.name.endswith(_SKIPPED_SUFFIXES):
            write_new(target / entry.name, entry.read_bytes())
