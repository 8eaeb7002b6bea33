"""The code blocks of a page, and running them.

A block is run where its language is ``sh`` or ``python``; ``slow`` after it means: in the slow tests alone.
Blocks of any other language (``text``, ``toml`` …) are not run.
"""

from __future__ import annotations

import doctest
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.scripts.make_sample import ROOT

_BLOCK = re.compile(r"^```(\w+)(?: (slow))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUN = ("sh", "python")


@dataclass(frozen=True, slots=True)
class Example:
    """One code block of a page."""

    page: str
    line: int
    """Its first line in the page, from 1."""
    language: str
    slow: bool
    code: str

    @property
    def where(self) -> str:
        """Its place, for messages."""
        return f"{self.page}:{self.line}"


def page_examples(page: Path) -> list[Example]:
    """Return the blocks of a page that are run, in order."""
    text = page.read_text(encoding="utf-8")
    found = (
        Example(page.name, text.count("\n", 0, m.start()) + 2, m[1], bool(m[2]), m[3]) for m in _BLOCK.finditer(text)
    )
    return [x for x in found if x.language in RUN]


def make_example_folder(folder: Path) -> None:
    """Put into a folder what the examples begin with: ``news``, a copy of the sample, and ``pages``."""
    shutil.copytree(ROOT / "corpus", folder / "news", ignore=shutil.ignore_patterns("sources", ".*"))
    (folder / "pages").mkdir()
    for page in sorted((ROOT / "corpus" / "sources").glob("*.txt")):
        shutil.copy(page, folder / "pages")
    (folder / "bin").mkdir()
    for name, words in (("annotator", "-m annotator"), ("python", "")):
        shim = folder / "bin" / name
        shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" {words} "$@"\n', encoding="utf-8")
        shim.chmod(0o755)


def run_examples(page: Path, folder: Path, *, slow: bool) -> Iterator[str]:
    """Run the blocks of a page in order in a folder; yield what went wrong, beginning with the place."""
    names: dict[str, object] = {"__name__": page.stem}
    for example in page_examples(page):
        if example.slow and not slow:
            continue
        problem = _run_shell(example, folder) if example.language == "sh" else _run_python(example, names)
        if problem:
            yield f"{example.where}: {problem}"
            return


def _run_shell(example: Example, folder: Path) -> str:
    """Run a block with bash, each command of which must succeed; return what went wrong."""
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", example.code],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return f"exit code {run.returncode}\n{run.stdout}{run.stderr}" if run.returncode else ""


def _run_python(example: Example, names: dict[str, object]) -> str:
    """Run a block in the names of those before it, as a doctest if it has prompts; return what went wrong."""
    if ">>> " not in example.code:
        exec(compile(example.code, example.where, "exec"), names)
        return ""
    parser, first = doctest.DocTestParser(), example.line - 1
    test = parser.get_doctest(example.code, names, example.page, example.page, first)
    output: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    runner.run(test, out=output.append, clear_globs=False)
    names |= test.globs
    return "".join(output)
