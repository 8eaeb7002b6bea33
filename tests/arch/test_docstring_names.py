"""The docstring of a function names what its module has: a parameter that is renamed is renamed there too."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "annotator").rglob("*.py"))
OTHERS = {path.stem for path in FILES} | {
    *("run", "unique", "align_spans", "place", "rebalance", "user_data", "quiet", "source", "match", "det", "ws", "U"),
    *("Jr", "Co", "a_b", "Ros", "avik", "rectanglelabels", "MAX_QUOTATION_LENGTH", "FEATURE_WEIGHTS"),
    *("PERSON_LEGAL", "PERSON_NATURAL", "personLegal", "LEG", "NAT"),
}
"""Names of other modules and libraries, and examples of text."""
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_docstrings_name_what_is_there(path: Path) -> None:
    """Each ``name`` occurs in the code of the module, too."""
    source = path.read_text(encoding="utf-8")
    code = set(re.findall(r"\w+", re.sub(r'"""(?s:.*?)"""', "", source)))
    documented = [node for node in ast.walk(ast.parse(source)) if isinstance(node, _FUNCTIONS)]
    named = {x for node in documented for x in re.findall(r"``([A-Za-z_]\w*)``", ast.get_docstring(node) or "")}
    assert named <= code | OTHERS


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_docstring_is_behind_what_it_describes(path: Path) -> None:
    """No two strings follow each other in a class or module: the second would describe nothing."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef | ast.Module):
            strings = [isinstance(x, ast.Expr) and isinstance(x.value, ast.Constant) for x in node.body]
            doubled = [x.lineno for x, (a, b) in zip(node.body[1:], pairwise(strings), strict=True) if a and b]
            assert not doubled
