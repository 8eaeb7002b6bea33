"""Files that a format is read from: bounded, and none of them a surprise."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from annotator.core.errors import SourceError
from annotator.formats.document import ConversionLog
from annotator.formats.format_detection import choose_format
from annotator.formats.import_source import MAX_LINE_BYTES, FileSample, ImportSource
from annotator.formats.json_records import parse_json_value, read_json_records


def test_lines_end_at_lf_alone(tmp_path: Path) -> None:
    """U+2028 and U+0085 are text, a byte order mark is none, and lines count from 1."""
    path = tmp_path / "a.jsonl"
    path.write_bytes("\ufeffa\u2028b\r\n\nc\x85d".encode())
    assert list(ImportSource(path).lines()) == [(1, "a\u2028b\r".encode()), (2, b""), (3, "c\x85d".encode())]


def test_a_long_line_is_refused(tmp_path: Path) -> None:
    """A line over the bound is an error with its place, read no further."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"x\n" + b"y" * 50)
    with pytest.raises(SourceError) as error:
        list(ImportSource(path, max_line_bytes=20).lines())
    assert str(error.value) == f"{path}:2: the line has more than 20 bytes; split the text into several lines"


def test_a_file_that_grows_is_noticed(tmp_path: Path) -> None:
    """What is written while it is read is not imported in part."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"one\ntwo\n")
    lines = ImportSource(path).lines()
    next(lines)
    with path.open("ab") as more:
        more.write(b"three\n")
    with pytest.raises(SourceError, match="the file has changed while it was read"):
        list(lines)


def test_a_file_that_changes_between_two_readings_is_noticed(tmp_path: Path) -> None:
    """Formats look for what offsets count, or tags mean, before they read: both must be the same file."""
    path = tmp_path / "x"
    path.write_bytes(b"a")
    for change in (lambda: path.write_bytes(b"ab"), path.unlink):
        with (
            pytest.raises(SourceError, match="the file has changed while it was read"),
            ImportSource(path).checked_for_changes(),
        ):
            change()
    with ImportSource(tmp_path).checked_for_changes():
        path.write_bytes(b"a")


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    """A named pipe would wait for ever: it is refused at once."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceError, match="this is no plain file; name a file"):
        ImportSource(tmp_path / "pipe").read_bytes()


def test_names_in_a_zip_are_no_paths(tmp_path: Path) -> None:
    """A member called ``../x`` is read from the zip and nothing is written anywhere."""
    path = tmp_path / "in" / "a.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("../../evil.jsonl", b'{"text": "x"}\n')
        packed.writestr("__MACOSX/._all.jsonl", b"\0")
    found = ImportSource(path).files()
    assert [f.member for f in found] == ["../../evil.jsonl"] or found == []
    for file in found:
        assert list(file.lines()) == [(1, b'{"text": "x"}')]
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a.zip", "in"]


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    """A member that unpacks to far more than text does is not unpacked."""
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("all.jsonl", b"\0" * 20_000_000)
    with pytest.raises(SourceError, match="unpacks to more than 200 times its size"):
        ImportSource(path).files()


def test_a_damaged_zip_is_one_line(tmp_path: Path) -> None:
    """Whatever bytes follow the mark of a zip, the answer is an error of ours."""
    whole = tmp_path / "whole.zip"
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("all.jsonl", os.urandom(50) + b"text" * 100)
    data = whole.read_bytes()
    for cut in range(4, len(data)):
        broken = tmp_path / "broken.zip"
        broken.write_bytes(data[:cut] if cut % 2 else data[:cut] + bytes([data[cut] ^ 255]) + data[cut + 1 :])
        try:
            for file in ImportSource(broken).files():
                file.read_bytes()
        except SourceError as error:
            assert "broken.zip" in str(error)  # noqa: PT017  (no error at all is right as well)


def test_json_is_strict() -> None:
    """NaN, half characters and depth are refused, and a doubled key is told once."""
    for bad in (b"NaN", b'"\\ud800"', b"[" * 2000 + b"]" * 2000, b'{"a": \xff}', b""):
        with pytest.raises(SourceError, match=r"f:1: this is not JSON"):
            parse_json_value(bad, "f:1")
    account = ConversionLog()
    assert parse_json_value(b'{"a": 1, "a": 2}', "f:1", account) == {"a": 2}
    parse_json_value(b'{"b": {"c": 1, "c": 2}}', "f:2", account)
    assert account.notes == ["f:1: a key occurs twice in one object ('a'); the last one counts"]


@pytest.mark.parametrize("key", ["text", "spans", "label", "my_tags"])
def test_a_doubled_key_loses_no_spans(key: str) -> None:
    """A doubled key that holds a text or spans, or any list, is refused; after a note on another one too."""
    account = ConversionLog()
    parse_json_value(b'{"a": 1, "a": 2}', "f:1", account)
    row = b'{"meta": {"n": 1}, "%b": [1], "%b": [2]}' % (key.encode(), key.encode())
    with pytest.raises(SourceError) as error:
        parse_json_value(row, "f:2", account)
    assert str(error.value) == (
        f"f:2: a key occurs twice in one object ('{key}'), and one of the two would be lost; "
        "keep one of them, with what both hold"
    )


def test_a_doubled_key_in_a_long_list_has_its_line(tmp_path: Path) -> None:
    """In a file that is one list over several lines the record's own line is named."""
    path = tmp_path / "f.json"
    path.write_bytes(b'[\n{"text": "a"},\n{"text": "b",\n "text": "c"}]\n')
    with pytest.raises(SourceError, match=r"f\.json:3: a key occurs twice in one object \('text'\)"):
        list(read_json_records(ImportSource(path), ConversionLog()))


@pytest.mark.parametrize("indent", [None, 1])
def test_a_first_record_may_be_longer_than_a_sample(tmp_path: Path, indent: int | None) -> None:
    """Of a list over many lines as much is looked at as its first record takes, up to a bound."""
    record = {"text": "Ida left. " * 9_000, "spans": [[n, n + 3, "P"] for n in range(0, 90_000, 10)]}
    path = tmp_path / "x"
    path.write_text(json.dumps([record, {}], indent=indent))
    assert choose_format(ImportSource(path))[0] == "plain"
    path.write_text("[\n" + "[" * MAX_LINE_BYTES)
    with pytest.raises(SourceError, match="JSON whose first record has more than 10,000,000 bytes"):
        choose_format(ImportSource(path))


def test_a_sample_shows_the_first_values() -> None:
    """The first whole values of JSONL and of a list are seen, cut ones and wrong bytes are not."""
    assert FileSample("a", b'{"a": 1}\n{"b": 2}\n{"c":').json_values() == [{"a": 1}, {"b": 2}]
    assert FileSample("a", b'[{"a": 1}, {"b": [2]}, {"c":').json_values() == [{"a": 1}, {"b": [2]}]
    assert FileSample("a", b"\xff\xfe\x00").json_values() == []
    assert FileSample("a", b"[" * 60_000).json_values() == []
