"""Which version of a source made a suggestion: the fingerprints of models, and what of them a source's name has.

A model's fingerprint is ``model-LINEAGE-DIGEST``. The lineage names where the model comes from, whatever it has
learned; the digest changes with whatever decides what it suggests. The suggestions in a model's file have
``NAME@DIGEST`` as their source, so that what was learned of one model is not taken for the next one's. Other
fingerprints have no version: their sources go by name alone.
"""

from __future__ import annotations

import re

VERSION_MARK = "@"
_LINEAGE_DIGITS = 8
_VERSION_DIGITS = 8
_MODEL_FINGERPRINT = re.compile(r"model-([0-9a-f]{8})-([0-9a-f]{8})[0-9a-f]*")


def model_fingerprint(lineage: str, digest: str) -> str:
    """Return the fingerprint of a model; both parts are hexadecimal digests of eight digits or more."""
    return f"model-{lineage[:_LINEAGE_DIGITS]}-{digest}"


def fingerprint_lineage(fingerprint: str) -> str:
    """Return where a model comes from; empty for a fingerprint that is not a model's."""
    found = _MODEL_FINGERPRINT.fullmatch(fingerprint)
    return found[1] if found else ""


def versioned_source(name: str, fingerprint: str) -> str:
    """Return the source of a suggestion in a file: the name, for a model with its version."""
    found = _MODEL_FINGERPRINT.fullmatch(fingerprint)
    return f"{name}{VERSION_MARK}{found[2]}" if found else name


def has_version(source: str) -> bool:
    """Return True if a source names the version of a model."""
    return VERSION_MARK in source


def without_versions(source: str) -> str:
    """Return a source as people see it; of several joined by ``+`` each without its version."""
    return "+".join(part.partition(VERSION_MARK)[0] for part in source.split("+"))
