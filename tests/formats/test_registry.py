"""The registry of formats holds all that sets one format apart, and each entry is true of its module."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

from annotator.core.annotation import Answer
from annotator.core.spans import Span
from annotator.core.tokens import Token
from annotator.formats import registry
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import ImportSource
from annotator.workflows.round_trip import compare_documents

PACKAGE = Path(registry.__file__).parents[1]
AMBIGUOUS = {"spacy", "plain"}
"""Names that mean other things too: an engine, a reader, plain words."""


def test_no_other_module_lists_formats() -> None:
    """A format's name stands in the registry and in its own module; nothing else treats one by its name."""
    names = registry.FORMATS.keys() - AMBIGUOUS
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE / "formats").parts if path.is_relative_to(PACKAGE / "formats") else ()
        own = {n for n in registry.FORMATS if parts and Path(parts[0]).stem == registry.module_name(n)}
        if parts == ("registry.py",) or parts[:1] == ("label_sets",):  # other tools by name, not their formats
            continue
        used = {n.value for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Constant)} & names
        assert used <= own, f"{path}: put it into formats/registry.py as a field of FormatInfo"


@pytest.mark.parametrize("name", registry.FORMATS)
def test_an_entry_is_true_of_its_module(name: str) -> None:
    """What the entry states of reading and writing is what the module offers."""
    info, module = registry.FORMATS[name], registry.load_format(name)
    assert info.can_write == hasattr(module, "write")
    options = {*list(inspect.signature(module.read).parameters)[2:]}
    assert options == info.reader_options - {"offsets"}, "`read` takes as keywords what `reader_options` names"


def test_the_exports_are_what_can_be_written() -> None:
    """The command offers the training export first, then every format that can be written."""
    assert registry.export_formats() == ["spacy", *WRITTEN]


WRITTEN = [name for name, info in registry.FORMATS.items() if info.can_write]


@pytest.mark.parametrize("name", WRITTEN)
def test_what_an_entry_states_of_a_file_comes_back(name: str, tmp_path: Path) -> None:
    """The flags of an entry are those of a document there and back; an annotator may also name the file."""
    text = "Ida left.  Rain fell. Nobody minded."
    tokens = (Token("Ida", 0, 3, ws=True), Token("left", 4, 8, ws=False), Token(".", 8, 9, ws=False))
    document = Document(text, (Span(0, 3, "PERSON"),), tokens, ((0, 9),), Answer.REJECT, annotator="ottilie", id="one")
    module, info = registry.load_format(name), registry.FORMATS[name]
    written = ConversionLog()
    files = module.write([document], tmp_path / "out", written)
    folder = ImportSource(tmp_path / "out")
    is_folder = len(files) > 1 and bool(module.detect(folder.sample()))
    (back,) = module.read(folder if is_folder else ImportSource(files[0]), ConversionLog())
    certificate = compare_documents(name, [document], [back], written)
    stated = any(b"ottilie" in (str(f.relative_to(tmp_path)).encode() + f.read_bytes()) for f in files)
    found = {
        "has_answers": "answer" not in certificate.lacks,
        "has_annotators": "annotator" not in certificate.lacks or stated,
        "has_whole_texts": certificate.texts.back == 1,
    }
    assert {flag: getattr(info, flag) for flag in found} == found, f"correct the entry of {name} in formats/registry.py"
    assert not info.companion_suffix or info.companion_suffix in {f.suffix for f in files}
    assert info.unit == "sentence" or not (info.is_gold or info.has_fixed_unit)
