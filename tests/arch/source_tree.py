"""The package as syntax trees: what the guards of the architecture and their report read."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class SourceFile:
    """One file of the package."""

    path: Path

    @property
    def name(self) -> str:
        """The path from the root of the project, as a message names it."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def module(self) -> str:
        """The dotted name of the module."""
        return self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @cached_property
    def text(self) -> str:
        """The source text."""
        return self.path.read_text()

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """All functions and methods, nested ones too."""
        return tuple(n for n in ast.walk(self.tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))

    @cached_property
    def tokens(self) -> tuple[tokenize.TokenInfo, ...]:
        """The tokens, comments too."""
        return tuple(tokenize.generate_tokens(io.StringIO(self.text).readline))

    def prose(self) -> Iterator[tuple[int, str]]:
        """Yield each string, part of an f-string, docstring and comment with its line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.lineno, node.value
        for token in self.tokens:
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string

    def identifiers(self) -> Iterator[tuple[int, str]]:
        """Yield each name that the file gives to something: a class, function, argument or variable."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                yield node.lineno, node.name
            elif isinstance(node, ast.arg):
                yield node.lineno, node.arg
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.lineno, node.id


def package_files(folder: str = "annotator") -> list[SourceFile]:
    """Return the files of a folder of the project, sorted by path."""
    return [SourceFile(path) for path in sorted((ROOT / folder).rglob("*.py"))]


def function_length(function: Function, *, docstring: bool = True) -> int:
    """Return the number of lines from ``def`` to the end, with or without those of the docstring."""
    body = function.body[0]
    first = ast.get_docstring(function) and not docstring
    left_out = (body.end_lineno or 0) - body.lineno + 1 if first else 0
    return (function.end_lineno or 0) - function.lineno + 1 - left_out


def docstring_lines(tree: ast.Module) -> set[int]:
    """Return the lines of docstrings, those of attributes too."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        for x in getattr(node, "body", None) or [] if not isinstance(node, ast.Lambda | ast.IfExp) else []:
            if isinstance(x, ast.Expr) and isinstance(x.value, ast.Constant) and isinstance(x.value.value, str):
                lines |= set(range(x.lineno, (x.end_lineno or 0) + 1))
    return lines


def code_lines(file: SourceFile) -> int:
    """Return the number of lines with code: no blank lines, comments or docstrings."""
    silent = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    lines: set[int] = set()
    for token in file.tokens:
        if token.type not in silent and token.type != tokenize.ENDMARKER:
            lines |= set(range(token.start[0], token.end[0] + 1))
    return len(lines - docstring_lines(file.tree))


def imported_modules(file: SourceFile, modules: set[str]) -> set[str]:
    """Return the modules of the package that a file imports, late imports and those for types too."""
    found: set[str] = set()
    for node in ast.walk(file.tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {m for a in node.names if (m := f"{node.module}.{a.name}") in modules}
            found |= {node.module} & modules
        elif isinstance(node, ast.Import):
            found |= {a.name for a in node.names} & modules
    return found - {file.module}
