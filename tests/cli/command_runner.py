"""Calls the command line in this process and tells what it said."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from annotator.cli.main import run


@dataclass(frozen=True)
class CommandResult:
    """What a command said and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Stdout as JSON."""
        return orjson.loads(self.out)


def call(*args: str | Path, stdin: bytes = b"") -> CommandResult:
    """Run ``annotator`` with these arguments; neither stream is a terminal."""
    out, err = io.StringIO(), io.StringIO()
    old = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin))
    try:
        with redirect_stdout(out), redirect_stderr(err):
            run([str(a) for a in args])
    except SystemExit as end:
        code = end.code
    finally:
        sys.stdin = old
    return CommandResult(int(code or 0), out.getvalue(), err.getvalue())
