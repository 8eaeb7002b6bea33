"""Awkward documents through every format: each span comes back in its place, or is listed with why."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from annotator.formats import format_detection, registry
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import ImportSource
from annotator.formats.span_alignment import align_spans
from annotator.workflows.round_trip import compare_documents
from tests.formats.awkward_documents import AWKWARD, tokenised
from tests.formats.format_samples import LOSSY_FORMATS

WRITABLE = [name for name in registry.FORMATS if registry.FORMATS[name].can_write]


@pytest.mark.parametrize("name", WRITABLE)
@pytest.mark.parametrize("with_tokens", [False, True], ids=["texts", "tokens"])
def test_every_span_comes_back_or_is_listed(name: str, with_tokens: bool, tmp_path: Path) -> None:
    """What is written is found again by itself, and no span is lost, moved or made up without a word."""
    out = [tokenised(d) if with_tokens else d for d in AWKWARD]
    format_, written, read = registry.load_format(name), ConversionLog(), ConversionLog()
    files = format_.write(out, tmp_path, written)
    assert written.is_balanced
    assert all(path.resolve().is_relative_to(tmp_path.resolve()) for path in files)
    source = ImportSource(tmp_path) if len(files) > 1 else ImportSource(files[0])
    assert format_detection.choose_format(source)[0] == name
    back = [align_spans(d, read) for d in format_.read(source, read)]
    assert read.is_balanced
    certificate = compare_documents(name, out, back, written)
    assert certificate.passed, "\n".join(certificate.lines())
    if name not in LOSSY_FORMATS:
        assert _marked(back) == _marked(out), f"add {name} to LOSSY_FORMATS of format_samples.py if it cannot hold this"


def _marked(documents: list[Document]) -> Counter[tuple[str, int, int, str]]:
    return Counter((d.text, s.start, s.end, s.label) for d in documents for s in d.spans)
