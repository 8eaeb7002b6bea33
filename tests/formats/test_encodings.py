"""Files that are no UTF-8: every format reads the decoded text, and a note names what was guessed."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import SourceError
from annotator.formats.import_source import ImportSource
from annotator.workflows.import_options import ImportOptions
from annotator.workflows.importing import ImportReport, import_files

TEXT = "Jörg Groß und Zoé flogen früh nach Köln."
SPANS = [[0, 9, "PERSON"], [14, 17, "PERSON"], [35, 39, "VENUE"]]
WORDS = {("Jörg Groß", "PERSON"), ("Zoé", "PERSON"), ("Köln", "VENUE")}


def as_brat(folder: Path, encode: Callable[[str], bytes]) -> Path:
    """Write a brat folder."""
    folder.mkdir()
    lines = [f"T{n}\t{label} {a} {b}\t{TEXT[a:b]}\n" for n, (a, b, label) in enumerate(SPANS, 1)]
    (folder / "x.txt").write_bytes(encode(TEXT + "\n"))
    (folder / "x.ann").write_bytes(encode("".join(lines)))
    return folder


def as_doccano(folder: Path, encode: Callable[[str], bytes]) -> Path:
    """Write doccano's JSONL in a zip."""
    row = json.dumps({"id": 1, "text": TEXT, "label": SPANS}, ensure_ascii=False)
    with zipfile.ZipFile(folder.with_suffix(".zip"), "w") as packed:
        packed.writestr("all.jsonl", encode(row + "\n"))
    return folder.with_suffix(".zip")


def as_json(folder: Path, encode: Callable[[str], bytes]) -> Path:
    """Write one JSON list over several lines."""
    keys = ("start", "end", "label")
    rows = [{"text": TEXT, "spans": [dict(zip(keys, s, strict=True)) for s in SPANS]}]
    folder.with_suffix(".json").write_bytes(encode(json.dumps(rows, ensure_ascii=False, indent=1)))
    return folder.with_suffix(".json")


def as_conll(folder: Path, encode: Callable[[str], bytes]) -> Path:
    """Write CoNLL columns with CRLF."""
    tags = {"Jörg": "B-PERSON", "Groß": "I-PERSON", "Zoé": "B-PERSON", "Köln": "B-VENUE"}
    rows = [f"{w}\t{tags.get(w, 'O')}\r\n" for w in TEXT.replace(".", " .").split()]
    folder.with_suffix(".conll").write_bytes(encode("".join(rows)))
    return folder.with_suffix(".conll")


FILES = [as_brat, as_doccano, as_json, as_conll]
CODECS = ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "cp1252"]


def imported(path: Path, corpus: Path) -> tuple[ImportReport, set[tuple[str, str]]]:
    """Import a file; return the report and the spans of the journal."""
    report = import_files(corpus, [path], ImportOptions(lang="de"))
    journals = (corpus / "annotations").glob("*.jsonl")
    rows = [json.loads(line) for j in journals for line in j.read_text("utf-8").splitlines()]
    return report, {(r["text"][s["start"] : s["end"]], s["label"]) for r in rows for s in r["spans"]}


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("write", FILES)
def test_every_format_reads_decoded_text(tmp_path: Path, write: Callable[..., Path], codec: str) -> None:
    """The spans are the same whatever the encoding; what is no UTF-8 has a note with the file."""
    path = write(tmp_path / "x", lambda text: text.encode(codec))
    report, words = imported(path, tmp_path / "corpus")
    assert words == WORDS
    assert report.ledger.spans["kept"] == len(WORDS)
    notes = [n for n in report.notes if "read as" in n]
    assert bool(notes) == (codec != "utf-8-sig")
    if codec == "cp1252":
        assert all(x in notes[0] for x in ("read as Windows-1252", "Jörg", str(path)))


@pytest.mark.parametrize("write", FILES)
def test_other_encodings_are_refused_with_advice(tmp_path: Path, write: Callable[..., Path]) -> None:
    """Text that is neither is refused by a sentence with the way out, and no corpus is made."""
    path = write(tmp_path / "x", lambda text: text.replace("Zoé", "東京の人").encode("shift_jis", "replace"))
    with pytest.raises(SourceError, match=r"this is not UTF-8, .*; save the file as UTF-8"):
        imported(path, tmp_path / "corpus")
    assert not (tmp_path / "corpus").exists()


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20)), st.integers(1, 9))
def test_lines_are_those_of_the_text(tmp_path: Path, lines: list[str], most: int) -> None:
    """UTF-16 has the lines that its text has, numbered alike, within the same bounds."""
    text = "\n".join(lines)
    (tmp_path / "8.txt").write_bytes(text.encode())
    (tmp_path / "16.txt").write_bytes(text.encode("utf-16"))
    source = ImportSource(tmp_path / "16.txt")
    plain = ImportSource(tmp_path / "8.txt")
    if b"\xef\xbb\xbf" not in text.encode()[:3]:
        assert list(source.lines()) == list(plain.lines())
    assert source.text() == text.removeprefix("\ufeff")
    bounded = ImportSource(tmp_path / "16.txt", max_line_bytes=most)
    if any(len(line.encode()) > most for line in text.split("\n")):
        with pytest.raises(SourceError, match="the line has more than"):
            list(bounded.lines())


def test_a_late_character_decides(tmp_path: Path) -> None:
    """A first wrong byte beyond what the detection looks at is decoded too: the whole file is of one encoding."""
    row = json.dumps({"text": "Ana left. " * 20, "spans": []})
    late = json.dumps({"text": TEXT, "spans": [{"start": 0, "end": 9, "label": "PERSON"}]}, ensure_ascii=False)
    (tmp_path / "x.jsonl").write_bytes("\n".join([row] * 2000 + [late]).encode("cp1252"))
    report, words = imported(tmp_path / "x.jsonl", tmp_path / "corpus")
    assert words == {("Jörg Groß", "PERSON")}
    assert any("5 characters beyond ASCII" in n for n in report.notes)
