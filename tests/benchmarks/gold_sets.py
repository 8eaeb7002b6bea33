"""Gold sets: the rows of a file, or of the sample corpus where no file is named.

A row is ``{"text","spans":[{"start","end","label"}],"meta":{"doc","annotates"}}`` in code points of the
text; rows of one ``meta.doc`` are one article. A benchmark is fitted to one half of the documents,
``tune``, and reports the other, ``test``; which half a document is in follows from a digest of its name.
The sample is small and nothing is fitted to it, so it is never halved.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from annotator.core.tokens import Token, TokenRange, is_aligned, token_range

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "corpus" / "annotations" / "guide.jsonl"
SOURCES = ROOT / "corpus" / "sources"


def gold_parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser of ``[FILE…] [--half tune|test|all]``; without files it is the sample."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, default=[SAMPLE], help="default: the sample corpus")
    parser.add_argument("--half", choices=("tune", "test", "all"), default="test", help="default: test")
    return parser


def rows(path: Path, half: str) -> Iterator[dict[str, Any]]:
    """Yield the rows whose document is in the half; of the sample, all."""
    if path == SAMPLE:
        yield from sample_rows()
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        side = "tune" if sha256(str(row["meta"]["doc"]).encode()).digest()[0] % 2 else "test"
        if half in ("all", side):
            yield row


def sample_rows() -> list[dict[str, Any]]:
    """Return the sentences of the sample corpus as its guide has marked them, article by article."""
    last: dict[tuple[str, int], dict[str, Any]] = {}
    for line in SAMPLE.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        meta = record["meta"]
        meta |= {"doc": meta["article"], "doc_start": meta["start"]}
        meta["annotates"] = ["PERSON", "VENUE", "COUNT", "CLAIM"]
        last[meta["article"], meta["start"]] = {"text": record["text"], "spans": record["spans"], "meta": meta}
    return [last[place] for place in sorted(last)]


def sample_file(path: Path) -> Path:
    """Write the sample's rows to a file, for a benchmark that reads one; return its path."""
    path.write_text("".join(json.dumps(row) + "\n" for row in sample_rows()), encoding="utf-8")
    return path


def articles(path: Path, half: str) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of each document of the half, in the order of the file."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in rows(path, half):
        grouped.setdefault(str(row["meta"]["doc"]), []).append(row)
    yield from grouped.values()


def aligned(row: dict[str, Any], tokens: tuple[Token, ...]) -> Iterator[tuple[str, TokenRange]]:
    """Yield label and token range of the gold spans that lie on token edges and hold a word."""
    for span in row["spans"]:
        text = row["text"][span["start"] : span["end"]]
        if is_aligned(tokens, span["start"], span["end"]) and any(c.isalnum() for c in text):
            yield span["label"], token_range(tokens, span["start"], span["end"])


def sample_pages() -> list[dict[str, Any]]:
    """Return the sample's pages as text dumps: ``id domain text gold_body line_labels``.

    A line's label is 1 for the article's body, -1 for a blank line and 0 for any other.
    """
    pages = []
    for path in sorted(SOURCES.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        verdicts = path.with_suffix(".lines").read_text(encoding="utf-8").split("\n")
        lines = list(zip(text.split("\n"), verdicts, strict=False))
        labels = [1 if v in ("body", "subhead") else -1 if v == "blank" else 0 for _, v in lines]
        body = "\n".join(line for (line, _), label in zip(lines, labels, strict=True) if label == 1)
        page = {"id": path.stem, "domain": path.stem, "text": text, "gold_body": body}
        pages.append(page | {"line_labels": labels})
    return pages


def json_rows(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSONL file."""
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]
