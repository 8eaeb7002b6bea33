"""What an import loads: the root nothing but the standard library, the screen neither spaCy nor numpy."""

from __future__ import annotations

import ast
import subprocess
import sys

from tests.arch.source_tree import ROOT

_LOADS = """
import tempfile, pathlib
from annotator.session.annotation_controller import AnnotationController
from annotator.storage.user_files import Preferences
from annotator.tui.app import AnnotatorApp
from tests import builders
with tempfile.TemporaryDirectory() as folder:
    session = builders.open_session(builders.make_corpus(pathlib.Path(folder) / "news"))
    app = AnnotatorApp(session, Preferences())
    app.controller.state()
    app.controller.label(session.schema.labels[0].name)
    session.close()
"""


def _modules_after(code: str) -> set[str]:
    """Return the top-level modules that ``code`` loads; it prints nothing."""
    before = "import sys; before = set(sys.modules)\n"  # a site may load things of its own
    report = "\nprint(sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    run = subprocess.run(
        [sys.executable, "-c", before + code + report], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return set(ast.literal_eval(run.stdout))


def test_the_screen_and_a_session_load_neither_spacy_nor_numpy() -> None:
    """Annotating starts without the heavy libraries: building the app and labelling a span loads none."""
    loaded = _modules_after(_LOADS)
    assert "textual" in loaded
    assert not loaded & {"spacy", "numpy", "thinc", "nupunkt", "trafilatura", "lxml", "charset_normalizer"}


def test_core_loads_msgspec_and_the_standard_library_alone() -> None:
    """Core can be used without any other dependency; msgspec takes typing_extensions where it is there."""
    loaded = _modules_after(
        "import pkgutil, importlib, annotator.core as core\n"
        "for m in pkgutil.walk_packages(core.__path__, 'annotator.core.'): importlib.import_module(m.name)"
    )
    assert loaded - set(sys.stdlib_module_names) <= {"annotator", "msgspec", "typing_extensions"}


def test_the_root_loads_the_standard_library_alone() -> None:
    """``import annotator`` costs a script nothing until it uses a name of the API."""
    assert _modules_after("import annotator") - set(sys.stdlib_module_names) == {"annotator"}
