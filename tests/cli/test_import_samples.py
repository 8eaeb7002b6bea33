"""Every sample export of other tools is imported with a full account, or refused with one clear line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.core.errors import AnnotatorError
from annotator.formats import format_detection, registry
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import ImportSource
from annotator.formats.span_alignment import align_spans
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.importing import import_files
from annotator.workflows.opening import load_journals
from annotator.workflows.round_trip import compare_documents
from tests.cli.command_runner import call
from tests.formats.format_samples import sample_records

SAMPLES = Path(__file__).resolve().parents[2] / "../shared/data/exports"


def _samples() -> Iterator[Path]:
    """Yield the sample files; brat's folder is one."""
    for folder in sorted(SAMPLES.glob("*")):
        if folder.name == "brat":
            yield folder
        else:
            yield from sorted(p for p in folder.iterdir() if p.is_file())


needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample exports are not here")


@needs_samples
@pytest.mark.parametrize("path", list(_samples()), ids=lambda p: p.name)
def test_every_sample_is_accounted_for(path: Path, tmp_path: Path) -> None:
    """In = out + listed; what is refused is refused in one line, and no corpus is there."""
    result = call("import", path, "--corpus", tmp_path / "c", "--add-labels", "--json")
    if result.code == 1:
        assert result.err.count("\n") == 1
        assert result.err.startswith("annotator: ")
        assert not (tmp_path / "c").exists()
        return
    assert result.code in {0, 3}, result.err
    totals = result.json["totals"]
    assert totals["balanced"]
    spans = totals["spans"]
    gone = spans["left out"] + spans["double"] + spans["split"]
    assert _in_journals(tmp_path / "c") >= spans["in"] - gone
    assert (result.code == 3) == bool(totals["lost"])


def _in_journals(folder: Path) -> int:
    """Count the spans in the journals, known-wrong ones too; nothing is damaged."""
    corpus = CorpusFolder.open(folder)
    total = 0
    for loaded in load_journals(corpus):
        assert not loaded.journal.warnings
        annotations = [w.annotation for w in loaded.annotated_sentences]
        total += sum(len(a.spans) + len(a.rejected) for a in annotations)
    return total


@needs_samples
@pytest.mark.parametrize("path", list(_samples()), ids=lambda p: p.name)
def test_every_sample_comes_back_through_its_format(path: Path, tmp_path: Path) -> None:
    """What is read of a sample is the same after it was written and read again, but for what is listed."""
    try:
        name, _ = format_detection.choose_format(ImportSource(path))
    except AnnotatorError:
        pytest.skip("refused")
    if not registry.FORMATS[name].can_write:
        pytest.skip("the format can only be read")
    module, account, written, back = (registry.load_format(name), ConversionLog(), ConversionLog(), ConversionLog())
    try:
        out = [align_spans(d, account) for d in module.read(ImportSource(path), account)]
    except AnnotatorError:
        pytest.skip("refused")
    files = module.write(out, tmp_path / "out", written)
    folder = ImportSource(tmp_path / "out")
    sources = [folder] if len(files) > 1 and module.detect(folder.sample()) else [ImportSource(f) for f in files]
    there: list[Document] = [
        align_spans(d, back) for s in sources if module.detect(s.sample()) for d in module.read(s, back)
    ]
    certificate = compare_documents(name, out, there, written)
    assert certificate.passed, "\n".join(certificate.lines())


_HEADS = (
    b"",
    *(json.dumps(record).encode() for record in sample_records("Lena rowed.", 4).values()),
    b"Lena B-PERSON\nrowed O\n\n",
    b"#FORMAT=WebAnno TSV 3.2\n#T_SP=Custom|value\n\n\n#Text=Lena\n1-1\t0-4\tLena\tPERSON\t\n",
    b"PAR1",
    b"PK\x03\x04",
    b"T1\tPERSON 0 4\tLena\n",
    b'<?xml version="1.0"?><xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore"/>',
    b"\x78\x9c",
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(_HEADS), st.binary(max_size=40), st.integers(0, 200), st.sampled_from(["auto", *registry.FORMATS])
)
def test_no_bytes_make_a_traceback(tmp_path: Path, head: bytes, noise: bytes, at: int, form: str) -> None:
    """Whatever a file holds, and whatever it is said to be: documents or an error for users."""
    path = tmp_path / "f"
    path.write_bytes(head[:at] + noise + head[at:])
    account = ConversionLog()
    try:
        name, _ = format_detection.choose_format(ImportSource(path), form)
        for document in registry.load_format(name).read(ImportSource(path), account):
            align_spans(document, account)
    except AnnotatorError:
        return
    assert account.is_balanced


def test_an_import_in_one_call(tmp_path: Path) -> None:
    """The whole import is a function, for whoever needs it without a command line."""
    (tmp_path / "f.jsonl").write_bytes(_HEADS[1])
    report = import_files(tmp_path / "c", [tmp_path / "f.jsonl"])
    spans = report.ledger.spans
    assert (report.articles, report.records, spans["in"], spans["kept"], report.lost) == (1, 1, 1, 1, 0)
