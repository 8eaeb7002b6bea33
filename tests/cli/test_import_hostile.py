"""What is no export at all, or means harm: one line on stderr, exit code 1, and no corpus."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command_runner import call

ROW = b'{"text": "Lena rowed.", "spans": [[0, 4, "PERSON"]]}\n'


def _zip(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, data in members:
            info = zipfile.ZipInfo("x")
            info.filename = name
            packed.writestr(info, data)
    return out.getvalue()


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


FILES: dict[str, tuple[bytes | Callable[[Path], object], str]] = {
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "a PNG picture"),
    "a PDF": (b"%PDF-1.4\n%\xe2\xe3\n", "a PDF"),
    "a packed file": (gzip.compress(ROW), "a gzip archive; unpack it first"),
    "a database": (b"SQLite format 3\0" + bytes(99), "an SQLite database"),
    "an office file": (_zip(("[Content_Types].xml", b"<x/>")), "a file of an office program; save a table as CSV"),
    "half a zip": (_zip(("all.jsonl", ROW))[:60], "the zip is damaged"),
    "a zip without names": (_zip(("", ROW)), "a zip"),
    "zeros": (bytes(5000), "a binary file"),
    "deep JSON": (b'{"text": "Lena", "spans": ' + b"[" * 100_000, "JSON that is cut off or damaged"),
    "no number": (ROW[:-1].replace(b"4", b"NaN"), ":1: this is not JSON"),
    "half a character": (ROW.replace(b"Lena", b"\\ud800na"), ":1: this is not JSON"),
    "a book": (ROW.replace(b"rowed.", b"row " * 300_000), ":1: the text has 1,200,005 characters, more than"),
    "a pipe": (os.mkfifo, "this is no plain file"),
    "a link to itself": (_loop, "the file cannot be read"),
    "an empty folder": (Path.mkdir, "an empty folder"),
}


@pytest.mark.parametrize("case", FILES)
def test_nothing_comes_of_it(case: str, tmp_path: Path) -> None:
    """The line names the file and what it looks like; a corpus that was to be made is not there."""
    made, message = FILES[case]
    path = tmp_path / "f"
    path.write_bytes(made) if isinstance(made, bytes) else made(path)
    result = call("import", path, "--corpus", tmp_path / "c", "--add-labels")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(f"annotator: {path}")
    assert message in result.err
    assert result.err.count("\n") == 1
    assert not (tmp_path / "c").exists()


def test_names_in_a_zip_never_become_paths(tmp_path: Path) -> None:
    """What calls itself ``../up.jsonl`` is read where it is, and nothing is written outside."""
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "f.zip"
    path.write_bytes(_zip(("../../up.jsonl", ROW), ("/abs.jsonl", ROW.replace(b"rowed", b"swam"))))
    result = call("import", path, "--corpus", tmp_path / "in" / "c", "--add-labels", "--json")
    assert result.json["totals"]["spans"]["kept"] == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in"]
    assert sorted(p.name for p in (tmp_path / "in").iterdir()) == ["c", "f.zip"]


def test_a_column_may_not_unpack_without_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Parquet file is refused before a column of it fills the memory."""
    pa = pytest.importorskip("pyarrow", reason="the extra huggingface is not installed")
    pq = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr("annotator.formats.huggingface.dataset_tables.SMALL_GROUP_BYTES", 100_000)
    packed = pa.table({"text": ["x" * 3_000_000], "spans": [["none"]]})
    pq.write_table(packed, tmp_path / "f", compression="zstd", use_dictionary=False)
    result = call("import", tmp_path / "f", "--corpus", tmp_path / "c")
    assert result.code == 1
    assert "a column unpacks to 3,000," in result.err
    assert not (tmp_path / "c").exists()
