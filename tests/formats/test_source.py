"""Files that a format is read from: bounded, and none of them a surprise."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from annotator.core.errors import SourceError
from annotator.formats.detect import choose
from annotator.formats.document import Account
from annotator.formats.jsons import parse
from annotator.formats.rows import rows
from annotator.formats.sample import Sample
from annotator.formats.source import LONGEST, Source


def test_lines_end_at_lf_alone(tmp_path: Path) -> None:
    """U+2028 and U+0085 are text, a byte order mark is none, and lines count from 1."""
    path = tmp_path / "a.jsonl"
    path.write_bytes("\ufeffa\u2028b\r\n\nc\x85d".encode())
    assert list(Source(path).lines()) == [(1, "a\u2028b\r".encode()), (2, b""), (3, "c\x85d".encode())]


def test_a_long_line_is_refused(tmp_path: Path) -> None:
    """A line over the bound is an error with its place, read no further."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"x\n" + b"y" * 50)
    with pytest.raises(SourceError) as error:
        list(Source(path, max_line_bytes=20).lines())
    assert str(error.value) == f"{path}:2: the line has more than 20 bytes; split the text into several lines"


def test_a_file_that_grows_is_noticed(tmp_path: Path) -> None:
    """What is written while it is read is not imported in part."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"one\ntwo\n")
    lines = Source(path).lines()
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
        with pytest.raises(SourceError, match="the file has changed while it was read"), Source(path).checked_for_changes():
            change()
    with Source(tmp_path).checked_for_changes():
        path.write_bytes(b"a")


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    """A named pipe would wait for ever: it is refused at once."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceError, match="this is no plain file; name a file"):
        Source(tmp_path / "pipe").read_bytes()


def test_names_in_a_zip_are_no_paths(tmp_path: Path) -> None:
    """A member called ``../x`` is read from the zip and nothing is written anywhere."""
    path = tmp_path / "in" / "a.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("../../evil.jsonl", b'{"text": "x"}\n')
        packed.writestr("__MACOSX/._all.jsonl", b"\0")
    found = Source(path).files()
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
        Source(path).files()


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
            for file in Source(broken).files():
                file.read_bytes()
        except SourceError as error:
            assert "broken.zip" in str(error)  # noqa: PT017  (no error at all is right as well)


def test_json_is_strict() -> None:
    """NaN, half characters and depth are refused, and a doubled key is told once."""
    for bad in (b"NaN", b'"\\ud800"', b"[" * 2000 + b"]" * 2000, b'{"a": \xff}', b""):
        with pytest.raises(SourceError, match=r"f:1: this is not JSON"):
            parse(bad, "f:1")
    account = Account()
    assert parse(b'{"a": 1, "a": 2}', "f:1", account) == {"a": 2}
    parse(b'{"b": {"c": 1, "c": 2}}', "f:2", account)
    assert account.notes == ["f:1: a key stands twice in one object ('a'); the last one counts"]


@pytest.mark.parametrize("key", ["text", "spans", "label", "my_tags"])
def test_a_doubled_key_loses_no_spans(key: str) -> None:
    """A doubled key that holds a text or spans, or any list, is refused; after a note on another one too."""
    account = Account()
    parse(b'{"a": 1, "a": 2}', "f:1", account)
    row = b'{"meta": {"n": 1}, "%b": [1], "%b": [2]}' % (key.encode(), key.encode())
    with pytest.raises(SourceError) as error:
        parse(row, "f:2", account)
    assert str(error.value) == (
        f"f:2: a key stands twice in one object ('{key}'), and one of the two would be lost; "
        "keep one of them, with what both hold"
    )


def test_a_doubled_key_in_a_long_list_has_its_line(tmp_path: Path) -> None:
    """In a file that is one list over several lines the record's own line is named."""
    path = tmp_path / "f.json"
    path.write_bytes(b'[\n{"text": "a"},\n{"text": "b",\n "text": "c"}]\n')
    with pytest.raises(SourceError, match=r"f\.json:3: a key stands twice in one object \('text'\)"):
        list(rows(Source(path), Account()))


@pytest.mark.parametrize("indent", [None, 1])
def test_a_first_record_may_be_longer_than_a_sample(tmp_path: Path, indent: int | None) -> None:
    """Of a list over many lines as much is looked at as its first record takes, up to a bound."""
    record = {"text": "Ida left. " * 9_000, "spans": [[n, n + 3, "P"] for n in range(0, 90_000, 10)]}
    path = tmp_path / "x"
    path.write_text(json.dumps([record, {}], indent=indent))
    assert choose(Source(path))[0] == "plain"
    path.write_text("[\n" + "[" * LONGEST)
    with pytest.raises(SourceError, match="JSON whose first record has more than 10,000,000 bytes"):
        choose(Source(path))


def test_a_sample_shows_the_first_values() -> None:
    """The first whole values of JSONL and of a list are seen, cut ones and wrong bytes are not."""
    assert Sample("a", b'{"a": 1}\n{"b": 2}\n{"c":').json_values() == [{"a": 1}, {"b": 2}]
    assert Sample("a", b'[{"a": 1}, {"b": [2]}, {"c":').json_values() == [{"a": 1}, {"b": [2]}]
    assert Sample("a", b"\xff\xfe\x00").json_values() == []
    assert Sample("a", b"[" * 60_000).json_values() == []
