"""Figures of the architecture: ``python -m tests.arch.report`` (``--once`` lists what could be joined).

One row a room: files, lines of code (no blank lines, comments, docstrings), comments for each
100 of them, functions, and imports of other modules of the package for each file. Below: modules
with one importer, files under 40 lines, private functions of one statement that are used once.
The last line is one JSON object.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from tests.arch.source_tree import Function, SourceFile, code_lines, function_length, imported_modules, package_files

SMALL_FILE = 40


def single_statement_helpers(files: Sequence[SourceFile]) -> Iterator[tuple[SourceFile, Function]]:
    """Yield private functions whose body is one statement and whose name occurs twice: defined, used once."""
    uses = Counter(word for f in files for word in re.findall(r"\b_\w+\b", f.text))
    for file in files:
        for function in file.functions:
            private = function.name.startswith("_") and not function.name.startswith("__")
            body = function.body[1:] if ast.get_docstring(function) else function.body
            if private and len(body) <= 1 and not function.decorator_list and uses[function.name] == 2:
                yield file, function


def importers(files: Sequence[SourceFile]) -> dict[str, set[str]]:
    """Return the importers of each module."""
    modules = {f.module for f in files}
    out: dict[str, set[str]] = defaultdict(set)
    for file in files:
        for module in imported_modules(file, modules):
            out[module].add(file.module)
    return out


def room_of(file: SourceFile) -> str:
    """Return the room of a file, the folder below ``annotator``."""
    parts = file.name.split("/")
    return parts[1] if len(parts) > 2 else "."


def figures(files: Sequence[SourceFile]) -> dict[str, float]:
    """Return the figures of some files."""
    code = sum(code_lines(f) for f in files)
    comments = sum(t.type == tokenize.COMMENT for f in files for t in f.tokens)
    functions = [x for f in files for x in f.functions]
    modules = {f.module for f in package_files()}
    edges = sum(len(imported_modules(f, modules)) for f in files)
    lines = sum(function_length(f, docstring=False) for f in functions)
    return {
        "files": len(files),
        "code_lines": code,
        "comments_per_100": round(100 * comments / max(code, 1), 1),
        "functions": len(functions),
        "lines_per_function": round(lines / max(len(functions), 1), 1),
        "imports_per_file": round(edges / max(len(files), 1), 2),
    }


def main(*, listed: bool) -> None:
    """Print the report; ``listed`` names what could be joined."""
    files = package_files()
    rooms: dict[str, list[SourceFile]] = defaultdict(list)
    for file in files:
        rooms[room_of(file)].append(file)
    for room, members in sorted(rooms.items()):
        print(f"{room:12}", *(f"{k} {v:6}" for k, v in figures(members).items()), sep="  ")
    by_module = importers(files)
    alone = sorted(f"{m} ← {next(iter(by))}" for m, by in by_module.items() if len(by) == 1)
    small = [f.name for f in files if f.text.count("\n") < SMALL_FILE and not f.name.endswith("__init__.py")]
    once = [f"{f.name}:{x.lineno} {x.name}" for f, x in single_statement_helpers(files)]
    if listed:
        print(*alone, *small, *once, sep="\n")
    counts = {"one_importer": len(alone), "small_files": len(small), "one_statement_used_once": len(once)}
    print(json.dumps({**figures(files), **counts}))


if __name__ == "__main__":
    main(listed="--once" in sys.argv[1:])
