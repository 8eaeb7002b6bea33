"""Sources: what comes in, what is said of it, and what fails in plain words."""

from __future__ import annotations

import gzip
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.ingest.sources import MAX_SOURCE_BYTES, ArticleSource, SourceFailure, read_sources

PAGE = "Dyke holds\n\nPORT ARDEN — The old dyke held on Monday, Lt. Gov. Kim said.\n"
HTML = f"<!doctype html><html><body><p>{PAGE}</p></body></html>"


def read(*paths: Path | str, stdin: bytes = b"") -> list[ArticleSource | SourceFailure]:
    """Return what paths and standard input give."""
    return list(read_sources(paths, io.BytesIO(stdin)))


def one(path: Path | str, stdin: bytes = b"") -> ArticleSource:
    """Return the only source of a path."""
    (found,) = read(path, stdin=stdin)
    assert isinstance(found, ArticleSource), found
    return found


def failure(path: Path | str, stdin: bytes = b"") -> str:
    """Return the text of the only failure of a path."""
    (found,) = read(path, stdin=stdin)
    assert isinstance(found, SourceFailure)
    return str(found.error)


def put(path: Path, data: bytes | str) -> Path:
    """Write a file and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def test_a_text_is_taken_as_it_is(tmp_path: Path) -> None:
    """Text, origin and kind come through; nothing is noted for UTF-8."""
    path = put(tmp_path / "a.txt", PAGE)
    assert one(path) == ArticleSource(str(path), PAGE, stable_origin=str(path.resolve()))


def test_line_ends_and_byte_order_mark(tmp_path: Path) -> None:
    """CRLF and CR become newlines, the mark goes; FF, U+0085 and U+2028 end no line and stay."""
    path = put(tmp_path / "a.txt", "\ufeffa\r\nb\rc\x0cd\u2028e\u0085f")
    assert one(path).text == "a\nb\nc\x0cd\u2028e\u0085f"


@pytest.mark.parametrize(
    ("text", "encoding", "note"),
    [
        ("The mayor’s café – “closed” since 1903 – opens again.", "windows-1252", "read as windows-1252"),
        ("Мэр сказал, что мост закрыт до пятницы из-за работ.", "windows-1251", "read as windows-1251"),
        (
            "Předseda vlády řekl, že most bude uzavřen do pátku večer. Lidé čekají na vlak už několik hodin.",
            "windows-1250",
            "read as windows-1250",
        ),
        ("The dyke held.", "utf-16", "read as utf-16"),
        ("The dyke held.", "utf-16-be", "read as utf-16-be"),
        ("Jörg Groß aus Köln wäre gern früh in Überlingen.", "cp1252", "read as windows-1252"),
    ],
)
def test_other_encodings_are_detected_and_reported(tmp_path: Path, text: str, encoding: str, note: str) -> None:
    """Bytes that are not UTF-8 are read by the detected encoding, and the note names it."""
    source = one(put(tmp_path / "a.txt", text.encode(encoding)))
    assert (source.text, source.notes) == (text, (note,))


def test_a_page_names_its_encoding(tmp_path: Path) -> None:
    """A declared encoding goes before a guess."""
    page = "<html><head><meta charset='iso-8859-5'></head><body>Мост</body></html>"
    source = one(put(tmp_path / "a.html", page.encode("iso-8859-5")))
    assert (source.html, source.notes) == (page, ("read as iso-8859-5",))


@pytest.mark.parametrize("name", ["p.html", "p.HTM", "p.html.gz", "p.xhtml", "page"])
def test_html_by_ending_or_content(tmp_path: Path, name: str) -> None:
    """HTML is known by its ending, packed or not, or by its start; ``html`` holds the page."""
    data = gzip.compress(HTML.encode()) if name.endswith("gz") else HTML.encode()
    source = one(put(tmp_path / name, data))
    assert (source.kind, source.html, source.text) == ("html", HTML, "")


@pytest.mark.parametrize(
    ("data", "kind"),
    [(PAGE, "text"), (HTML, "html"), ('{"text": "The dyke held."}\n', "record"), ("<b>5</b> held", "text")],
)
def test_standard_input_is_sniffed(data: str, kind: str) -> None:
    """``-`` reads standard input and tells JSONL, HTML and text apart."""
    assert one("-", data.encode()).kind == kind


def test_records_bring_their_fields(tmp_path: Path) -> None:
    """Title, byline, date and url come from the record or its meta; the rest stays in ``meta``."""
    rows = [
        {"text": "Rain fell.\r\nIt did.", "title": "Rain", "date": "2031-05-06", "meta": {"id": 7, "desk": "news"}},
        {"text": "Snow fell.", "meta": {"url": "https://example.org/snow", "byline": "Ana Kim"}, "extra": [1]},
        {"text": "Hail fell."},
    ]
    path = put(tmp_path / "a.jsonl", "\n\n".join(json.dumps(r) for r in rows))
    first, second, third = (s for s in read(path) if isinstance(s, ArticleSource))
    assert (first.origin, first.title, first.date) == (f"{path}#7", "Rain", "2031-05-06")
    assert (first.text, first.meta) == ("Rain fell.\nIt did.", {"id": 7, "desk": "news"})
    assert (second.origin, second.byline) == (f"{path}#https://example.org/snow", "Ana Kim")
    assert second.meta["extra"] == [1]
    assert (third.origin, third.kind) == (f"{path}:5", "record")


_WORDS = re.compile(r" \(.*\)")
MEND = "mend the line or take it out"
BAD_LINES = {
    b'{"text": "a"': f"the line is not JSON (unexpected end of data at column 13); {MEND}",
    b'["text"]': 'the line is not a JSON object; write {"text": "…"}',
    b'{"body": "a"}': 'the record has no `text`; write {"text": "…"}',
    b'{"text": 5}': 'the record has no `text`; write {"text": "…"}',
    b'{"text": " \\n"}': "the `text` of the record is empty; take the line out",
    b'{"text": "\\ud800"}': f"the line is not JSON (no low surrogate in string at column 16); {MEND}",
    b'{"text": "a", "m": ' + b"[" * 30 + b"]" * 30 + b"}": "the record is nested deeper than 20; flatten its fields",
    b'{"text": NaN}': f"the line is not JSON (unexpected character at column 10); {MEND}",
}
"""The parser's own words stand in brackets and may change with its version."""


@pytest.mark.parametrize("line", BAD_LINES)
def test_a_wrong_line_is_named_and_stops_no_other(tmp_path: Path, line: bytes) -> None:
    """What is wrong at line 2 is told with file and line; lines 1 and 3 come through."""
    path = put(tmp_path / "a.jsonl", b'{"text": "One."}\n' + line + b'\n{"text": "Three."}\n')
    before, wrong, after = read(path)
    assert isinstance(before, ArticleSource)
    assert isinstance(after, ArticleSource)
    assert isinstance(wrong, SourceFailure)
    expected = f"{path}:2: {BAD_LINES[line]}"
    assert _WORDS.sub("", str(wrong.error)) == _WORDS.sub("", expected)


def test_a_folder_is_read_in_order(tmp_path: Path) -> None:
    """Files below a folder come sorted by path; hidden ones and unknown endings are left out."""
    for name in ("b/2.txt", "b/1.md", "a.txt", ".hidden/x.txt", "b/.y.txt", "picture.png", "c.htm"):
        put(tmp_path / name, HTML if name.endswith("htm") else PAGE)
    names = [Path(s.origin).relative_to(tmp_path).as_posix() for s in read(tmp_path)]
    assert names == ["a.txt", "b/1.md", "b/2.txt", "c.htm"]


def test_one_failure_never_stops_the_others(tmp_path: Path) -> None:
    """A missing file between two good ones is one failure among three results."""
    good = put(tmp_path / "a.txt", PAGE)
    kinds = [type(s).__name__ for s in read(good, tmp_path / "none.txt", good)]
    assert kinds == ["ArticleSource", "SourceFailure", "ArticleSource"]


@pytest.mark.parametrize("data", [b"", b" \n\t\n", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.jsonl"])
def test_an_empty_source_is_reported(tmp_path: Path, name: str, data: bytes) -> None:
    """An empty file of any kind is an error."""
    path = put(tmp_path / name, data)
    assert failure(path) == f"{path}: the source is empty; leave it out"


@pytest.mark.parametrize("data", [b"ab\0cd", b"%PDF-1.7\nabc", bytes(range(256)) * 8, b"PK\x03\x04abc"])
def test_a_binary_source_is_reported(tmp_path: Path, data: bytes) -> None:
    """NUL bytes, control characters and marks of other formats are no text."""
    path = put(tmp_path / "a.txt", data)
    expected = f"{path}: the source is binary, not text; give a text, HTML or JSONL file, in UTF-8 if you can"
    assert failure(path) == expected


def test_a_folder_without_sources_is_reported(tmp_path: Path) -> None:
    """A folder in which nothing can be read is an error that says what is looked for."""
    put(tmp_path / "picture.png", b"x")
    assert failure(tmp_path) == (
        f"{tmp_path}: the folder has no source in it; give one with files that end in "
        ".txt, .text, .md, .html, .htm, .xhtml, .jsonl, .ndjson"
    )


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    """A path that does not exist is an error that names it."""
    path = tmp_path / "none.txt"
    expected = f"{path}: the source cannot be read (no such file or directory); check the path"
    assert failure(path) == expected


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl"])
def test_a_line_of_50_mb_is_reported(tmp_path: Path, name: str) -> None:
    """A line beyond the bound is an error with its number, in text and in JSONL."""
    path = put(tmp_path / name, b'{"text": "ok"}\n' + b"x" * 50 * 2**20)
    *_, last = read(path)
    assert isinstance(last, SourceFailure)
    assert str(last.error) == f"{path}:2: the line is longer than 10 MB; break it into shorter lines"


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    """A small gzip file that unpacks to more than the bound is refused, not unpacked to the end."""
    path = put(tmp_path / "a.txt.gz", gzip.compress(b"x\n" * (MAX_SOURCE_BYTES // 2 + 10), 9))
    assert path.stat().st_size < 2**20
    assert failure(path) == f"{path}: the source is larger than 64 MB; split it into smaller files"


def test_a_damaged_gzip_is_reported(tmp_path: Path) -> None:
    """Half a gzip file is an error."""
    path = put(tmp_path / "a.html.gz", gzip.compress(HTML.encode())[:-12])
    assert failure(path).startswith(f"{path}: the gzip file is damaged (")


@settings(max_examples=300)
@given(st.binary(max_size=80), st.sampled_from([b"", b"{", b'{"text": ', b"<html>", b"\x1f\x8b", b"\xff\xfe"]))
def test_any_bytes_give_a_source_or_a_failure(data: bytes, start: bytes) -> None:
    """Nothing that standard input can hold raises, and all text can be stored as UTF-8."""
    for found in read("-", stdin=start + data):
        if isinstance(found, ArticleSource):
            (found.text + found.html).encode()
            assert "\r" not in found.text


def test_what_a_source_is_known_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file's resolved path, with the id of a record; nothing for a pipe or a line of a file."""
    rows = b'{"id": 7, "text": "One."}\n{"url": "http://x/#a", "text": "Two."}\n{"text": "Three."}\n'
    put(tmp_path / "in" / "r.jsonl", rows)
    (tmp_path / "link").symlink_to("in")
    monkeypatch.chdir(tmp_path)
    file = str((tmp_path / "in" / "r.jsonl").resolve())
    for path in ("in/r.jsonl", "link/../in/r.jsonl", "link/r.jsonl"):
        found = [x.stable_origin for x in read(path) if isinstance(x, ArticleSource)]
        assert found == [f"{file}#7", f"{file}#http://x/#a", ""]
    assert [x.stable_origin for x in read("-", stdin=rows) if isinstance(x, ArticleSource)] == ["", "", ""]
    assert one("-", PAGE.encode()).stable_origin == ""


def test_standard_input_that_cannot_be_read(tmp_path: Path) -> None:
    """A closed or failing standard input is a source that fails, and the others come through."""

    class Broken(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    path = put(tmp_path / "a.txt", PAGE)
    for stdin, message in (
        (None, "standard input is closed; pipe a page into it, or name a file"),
        (Broken(), "standard input: the source cannot be read (input/output error); check the path"),
    ):
        failed, source = read_sources(["-", path], stdin)
        assert isinstance(failed, SourceFailure)
        assert (failed.origin, str(failed.error)) == ("-", message)
        assert isinstance(source, ArticleSource)
