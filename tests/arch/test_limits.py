"""How long files and functions may be, and that a public name means one thing.

Complexity (C901 ≤ 10) and docstrings of all that is public (D) are rules of ruff in pyproject.toml,
floors and circles are contracts of import-linter there.
"""

from __future__ import annotations

import ast
from collections import defaultdict

import pytest

from tests.arch.source_tree import ROOT, SourceFile, function_length, package_files

FILES = package_files()
MOST_LINES = 500
MOST_IN_FUNCTION = 60
TOO_LONG_YET = {"annotator/language/attributions.py"}
DOUBLE_YET = {"ExportSelection", "PackedDoc", "manual_topics", "read_manual_page", "nearest_topic"}
FORMAT_PROTOCOL = {"detect", "read", "write"}
"""Functions that each format module defines, as the ``Format`` protocol asks."""
CLICK_COMMAND = {"command"}
"""The click command of each file in ``cli``; the file's name is the command's."""


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_files_and_functions_stay_small(file: SourceFile) -> None:
    """A file has at most 500 lines and a docstring, a function at most 60, docstrings included; cut along the story."""
    assert file.text.count("\n") <= MOST_LINES or file.name in TOO_LONG_YET, "cut the file in two, each with one story"
    assert ast.get_docstring(file.tree), "begin the module with one sentence that says what it holds"
    long = [f"{f.name}: {function_length(f)} lines" for f in file.functions if function_length(f) > MOST_IN_FUNCTION]
    assert not long, "cut these functions along their steps"


def test_a_public_name_means_one_thing() -> None:
    """No two modules define a public class or function of one name: who searches for it finds one."""
    where: dict[str, list[str]] = defaultdict(list)
    for file in FILES:
        for node in file.tree.body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                where[node.name].append(file.name)
    twice = {
        name: files
        for name, files in where.items()
        if len(files) > 1 and not name.startswith("_") and name not in FORMAT_PROTOCOL | CLICK_COMMAND | DOUBLE_YET
    }
    assert not twice, "rename all but one of each"


def test_a_test_file_has_a_name_of_its_own() -> None:
    """No two test files share a name: ``pytest -k`` and an editor's search find one of them."""
    where: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        where[path.name].append(str(path.relative_to(ROOT)))
    assert not {name: paths for name, paths in where.items() if len(paths) > 1}
