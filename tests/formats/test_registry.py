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

PACKAGE = Path(registry.__file__).parents[1]
AMBIGUOUS = {"spacy", "plain"}
"""Names that mean other things too: an engine, a reader, plain words."""


def test_no_other_module_lists_formats() -> None:
    """A format's name stands in the registry and in its own module; nothing else treats one by its name."""
    names = registry.FORMATS.keys() - AMBIGUOUS
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE / "formats").parts if path.is_relative_to(PACKAGE / "formats") else ()
        own = {n for n, info in registry.FORMATS.items() if parts and Path(parts[0]).stem == info.module}
        if parts == ("registry.py",):
            continue
        used = {n.value for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Constant)} & names
        assert used <= own, f"{path}: put it into formats/registry.py as a field of FormatInfo"


@pytest.mark.parametrize("name", registry.FORMATS)
def test_an_entry_is_true_of_its_module(name: str) -> None:
    """What the entry states of reading and writing is what the module offers."""
    info, module = registry.FORMATS[name], registry.load_format(name)
    assert info.can_write == hasattr(module, "write")
    options = {n for n, p in inspect.signature(module.read).parameters.items() if p.kind is p.KEYWORD_ONLY}
    assert options <= info.reader_options


def test_the_exports_are_what_can_be_written() -> None:
    """The command offers the training export first, then every format that can be written."""
    assert registry.export_formats()[0] == "spacy"
    assert set(registry.FORMATS) - set(registry.export_formats()) == {"uima"}


WRITTEN = [name for name, info in registry.FORMATS.items() if info.can_write]


@pytest.mark.parametrize("name", WRITTEN)
def test_what_an_entry_states_of_a_file_comes_back(name: str, tmp_path: Path) -> None:
    """The flags for answers and for the text between sentences are those of a document there and back."""
    text = "Ida left.  Rain fell. Nobody minded."
    tokens = (Token("Ida", 0, 3, ws=True), Token("left", 4, 8, ws=False), Token(".", 8, 9, ws=False))
    document = Document(text, (Span(0, 3, "PERSON"),), tokens, ((0, 9),), Answer.REJECT, annotator="ana", id="one")
    module, info = registry.load_format(name), registry.FORMATS[name]
    files = module.write([document], tmp_path / "out", ConversionLog())
    folder = ImportSource(tmp_path / "out")
    is_folder = len(files) > 1 and bool(module.detect(folder.sample()))
    (back,) = module.read(folder if is_folder else ImportSource(files[0]), ConversionLog())
    assert info.has_answers == (back.answer is Answer.REJECT)
    assert info.has_whole_texts == (back.text == text)
