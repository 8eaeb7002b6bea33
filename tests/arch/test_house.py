"""The house: what the screen loads, and how long its parts may be."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "annotator").rglob("*.py"))
MOST_LINES = 500
MOST_IN_FUNCTION = 60

_LOADS = """
import sys, tempfile, pathlib
from annotator.session.annotation_controller import AnnotationController
from annotator.storage.user_files import Preferences
from annotator.tui.app import AnnotatorApp
from tests import builders
with tempfile.TemporaryDirectory() as folder:
    session = builders.open_session(builders.make_corpus(pathlib.Path(folder) / "news"))
    app = AnnotatorApp(session, Preferences())
    app.controller.state()
    app.controller.label(session.schema.labels[0])
    session.close()
print(sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_the_screen_and_a_session_load_neither_spacy_nor_numpy() -> None:
    """Annotating starts without the heavy libraries: building the app and labelling a span loads none."""
    run = subprocess.run(
        [sys.executable, "-c", _LOADS], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    loaded = set(ast.literal_eval(run.stdout))
    assert "textual" in loaded
    assert not loaded & {"spacy", "numpy", "thinc", "nupunkt", "trafilatura", "lxml", "charset_normalizer"}


def test_core_loads_nothing_but_the_standard_library() -> None:
    """The values and rules can be used, and tested, without any dependency."""
    code = (
        "import sys, pkgutil, importlib, annotator.core as core\n"
        "for m in pkgutil.walk_packages(core.__path__, 'annotator.core.'): importlib.import_module(m.name)\n"
        "print([m for m in {n.partition('.')[0] for n in sys.modules} if m not in sys.stdlib_module_names])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert set(ast.literal_eval(run.stdout)) <= {
        "annotator",
        "__main__",
        "msgspec",
        "typing_extensions",
        "_distutils_hack",
        "wcwidth",
    }


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path) -> None:
    """A file has at most 500 lines, a function at most 60, and both say what they are."""
    source = path.read_text()
    assert source.count("\n") <= MOST_LINES
    tree = ast.parse(source)
    assert ast.get_docstring(tree), "a module has a docstring"
    long = [f"{f.name}: {_length(f)} lines" for f in _functions(tree) if _length(f) > MOST_IN_FUNCTION]
    assert not long
