"""Files are replaced whole, and lines are read with bounds."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from annotator.core.errors import CorpusError
from annotator.storage.atomic import set_aside, write_atomic
from annotator.storage.file_io import dump_json, parse_json_line, raw_lines
from tests.storage.storage_helpers import FailingFile, RecordingFile, tree


def read_jsonl(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield ``(line number, object)`` for each line of a JSONL file; blank lines are passed over."""
    with path.open("rb") as file:
        for line in raw_lines(file, str(path)):
            if line.raw.strip():
                yield line.number, parse_json_line(line.raw, f"{path}:{line.number}")


@pytest.mark.parametrize("function", ["open", "write", "fdatasync", "replace"])
def test_a_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str) -> None:
    """Whatever fails, the old file is whole and nothing lies beside it."""
    path = tmp_path / "a.json"
    write_atomic(path, b"old")
    with monkeypatch.context() as patch:
        patch.setattr(os, function, FailingFile(getattr(os, function), OSError(errno.EIO, "bad")))
        with pytest.raises(OSError, match="bad"):
            write_atomic(path, b"new")
    assert tree(tmp_path) == {"a.json": b"old"}


def test_data_that_fail_on_the_way(tmp_path: Path) -> None:
    """A source of chunks that breaks off leaves the old file, too."""

    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise KeyboardInterrupt

    path = tmp_path / "a.json"
    write_atomic(path, b"old")
    with pytest.raises(KeyboardInterrupt):
        write_atomic(path, chunks())
    assert tree(tmp_path) == {"a.json": b"old"}


def test_synced_before_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The data are on the disk before the name is, and the name before the return."""
    calls: list[str] = []
    for name in ("write", "fdatasync", "replace", "fsync"):
        monkeypatch.setattr(os, name, RecordingFile(name, calls))
    write_atomic(tmp_path / "a", b"x")
    assert calls == ["write", "fdatasync", "replace", "fsync"]


def test_mode_and_link_stay(tmp_path: Path) -> None:
    """A file keeps its mode, and a symbolic link goes on pointing to it."""
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link.symlink_to(real)
    write_atomic(link, b"new")
    assert (real.read_bytes(), real.stat().st_mode & 0o777, link.is_symlink()) == (b"new", 0o640, True)


def test_set_aside_never_overwrites(tmp_path: Path) -> None:
    """Each torn piece gets a number of its own."""
    assert [set_aside(tmp_path / "a", b"%d" % n).name for n in range(3)] == ["a.torn-1", "a.torn-2", "a.torn-3"]
    assert (tmp_path / "a.torn-2").read_bytes() == b"1"


def test_lines_end_at_lf_alone(tmp_path: Path) -> None:
    """U+2028, U+0085 and CR are text, not line ends."""
    values = [{"text": "a\u2028b\x85c\u2029d\x0be"}, {"text": "f\r"}]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(dump_json(v) for v in values))
    assert list(read_jsonl(tmp_path / "a.jsonl")) == [(1, values[0]), (2, values[1])]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"a": }', r"a.jsonl:2: this is no JSON \(.* at column 7\); correct that line, or restore"),
        (b"[1]", "a.jsonl:2: this is JSON, but no object"),
        (b'{"a": NaN}', "a.jsonl:2: this is no JSON"),
        (b'{"a": "\\ud800"}', "a.jsonl:2: this is no JSON"),
        (b'{"a": "\xff"}', "a.jsonl:2: this is no JSON"),
        (b'{"a":' * 2000, "a.jsonl:2: this is no JSON"),
    ],
)
def test_bad_lines_are_reported(tmp_path: Path, line: bytes, message: str) -> None:
    """A line that is no JSON object is refused with file and line."""
    (tmp_path / "a.jsonl").write_bytes(b"{}\n" + line + b"\n{}\n")
    with pytest.raises(CorpusError, match=message):
        list(read_jsonl(tmp_path / "a.jsonl"))


def test_a_line_over_the_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that is too long is refused; one of just the bound is read."""
    monkeypatch.setattr("annotator.storage.file_io.MAX_RECORD", 2**20)
    good = b'{"a":"' + b"x" * (2**20 - 8) + b'"}'
    (tmp_path / "a.jsonl").write_bytes(good + b"\n" + good + b" \n")
    lines = read_jsonl(tmp_path / "a.jsonl")
    assert next(lines)[0] == 1
    with pytest.raises(CorpusError, match=r"a.jsonl:2: the line is longer than 1 MiB; split it into several records"):
        next(lines)
