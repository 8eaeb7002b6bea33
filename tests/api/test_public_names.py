"""The root package: what it loads, what it names, and its types."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import annotator

ROOT = Path(__file__).resolve().parents[2]
RIGHT = """
import annotator
from annotator import Answer, StoredAnnotation

def accepted(path: str) -> list[str]:
    with annotator.Corpus.open(path) as corpus:
        rows: list[StoredAnnotation] = list(corpus.annotations(annotator="ana", answer="accept"))
        assert all(row.answer is Answer.ACCEPT for row in rows)
        return [row.text[s.start : s.end] for row in rows for s in row.spans]
"""
WRONG = """
import annotator

corpus = annotator.Corpus.open(17)
corpus.annotations(answer="maybe")
words: int = next(corpus.annotations()).text
annotator.Korpus
"""


def _python(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *args], cwd=ROOT, capture_output=True, text=True, check=False)


def test_import_annotator_loads_only_the_standard_library() -> None:
    """A script that asks for the version pays for nothing else."""
    run = _python("-c", "import sys, annotator; annotator.__version__; print(sorted(sys.modules))")
    loaded = {name.partition(".")[0] for name in ast.literal_eval(run.stdout)}
    assert not loaded - set(sys.stdlib_module_names) - {"annotator", "__main__"} - _site_modules()


def _site_modules() -> set[str]:
    """Return what Python itself loads here, such as the finders of editable installs."""
    run = _python("-c", "import sys; print(sorted(sys.modules))")
    return {name.partition(".")[0] for name in ast.literal_eval(run.stdout)}


def test_every_public_name_can_be_had() -> None:
    """`dir` lists the names; each is there, and an unknown one is an AttributeError."""
    assert {"Corpus", "AnnotatorError", "Span", "__version__"} <= set(dir(annotator))
    for name in dir(annotator):
        assert getattr(annotator, name)
    with pytest.raises(AttributeError, match="has no attribute 'Korpus'"):
        annotator.Korpus  # type: ignore[attr-defined]  # noqa: B018


def test_the_names_for_type_checkers_are_the_loaded_ones() -> None:
    """What mypy sees and what `__getattr__` gives are one list."""
    tree = ast.parse(Path(annotator.__file__).read_text())
    [block] = [n for n in tree.body if isinstance(n, ast.If)]
    typed = {(a.name, n.module) for n in block.body if isinstance(n, ast.ImportFrom) for a in n.names}
    assert typed == set(annotator._MODULES.items())  # type: ignore[attr-defined]


def test_nothing_but_the_command_line_imports_the_root_package() -> None:
    """The root is the outside; who is inside imports from the module that has it."""
    for path in (ROOT / "annotator").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            roots = [node.module] if isinstance(node, ast.ImportFrom) else names
            assert "annotator" not in roots or path.parent.name == "cli", path


@pytest.mark.slow
def test_types_of_a_right_and_a_wrong_script(tmp_path: Path) -> None:
    """A type checker passes correct calls, and finds a wrong argument, answer, result and name."""
    (tmp_path / "right.py").write_text(RIGHT)
    (tmp_path / "wrong.py").write_text(WRONG)
    cache = ("--cache-dir", str(tmp_path / "cache"), "--follow-imports", "silent")
    right = _python("-m", "mypy", "--strict", *cache, str(tmp_path / "right.py"))
    assert right.returncode == 0, right.stdout
    wrong = _python("-m", "mypy", "--strict", *cache, str(tmp_path / "wrong.py"))
    assert [line.rsplit("[")[-1] for line in wrong.stdout.splitlines()[:-1]] == [
        "arg-type]",
        "arg-type]",
        "assignment]",
        "attr-defined]",
    ]
