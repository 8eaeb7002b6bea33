"""Fingerprints of sources: one changes when what the source suggests may change."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import annotator.language
import annotator.suggest
from annotator._version import __version__
from annotator.core.schema import Schema

_FINGERPRINT_DIGITS = 16
_FINGERPRINTED_MODULES = ("rules", "spacy_pipeline")
"""What of this package decides over what the rules or a pipeline suggest."""


def rules_fingerprint(schema: Schema) -> str:
    """Return the fingerprint of the rules under a schema: its labels, and the code of the rules itself."""
    language = Path(annotator.language.__path__[0])
    files = [*language.rglob("*.py"), *language.rglob("*.txt")]  # the word lists are part of the rules
    here = Path(annotator.suggest.__path__[0])
    code = _files_digest([*files, *(here / f"{name}.py" for name in _FINGERPRINTED_MODULES)])
    return _parts_digest("rules", __version__, _label_settings(schema), code)


def pipeline_fingerprint(about: Mapping[str, Any], path: Path | str | None, schema: Schema) -> str:
    """Return the fingerprint of a loaded pipeline under a schema: its name, version and weights.

    The rules count as well: they extend its numbers to what is counted.
    """
    meta = {key: about.get(key, "") for key in ("lang", "name", "version", "spacy_git_version")}
    weights = _files_digest(p for p in Path(path).rglob("*") if p.is_file()) if path else ""
    return _parts_digest("model", json.dumps(meta, sort_keys=True), weights, rules_fingerprint(schema))


def plugin_fingerprint(distribution: str, own: str, schema: Schema) -> str:
    """Return the fingerprint of a plug-in under a schema: its distribution, and its own one or that of its code."""
    return _parts_digest("plug-in", distribution, own, _label_settings(schema))


def module_fingerprint(name: str) -> str:
    """Return a digest of the file of a loaded module; empty where it has none."""
    path = Path(getattr(sys.modules.get(name), "__file__", None) or "")
    return _files_digest([path]) if path.is_file() else ""


def _label_settings(schema: Schema) -> str:
    return json.dumps([(x.name, x.takes) for x in schema.labels])


def _files_digest(paths: Iterable[Path]) -> str:
    """Return a digest over the contents of files, in the order of their paths."""
    total = hashlib.sha256()
    for path in sorted(paths):
        with path.open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


def _parts_digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_FINGERPRINT_DIGITS]
