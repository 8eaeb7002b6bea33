"""What ``--suggest`` names: sources of our own, and suggestion files that are put into the corpus."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from annotator.core.article import Sentence
from annotator.core.suggestion import Suggestion
from annotator.core.tokens import is_aligned
from annotator.storage.suggestions import UNKNOWN_SCORE, encode_suggestions, suggestion_path
from tests.benchmarks.gold_corpus import Gold
from tests.benchmarks.gold_rows import rows
from tests.benchmarks.typist import Sources

OWN = ("rules", "history", "none")


def chosen(names: Sequence[str]) -> tuple[Sources, list[Path]]:
    """Return the sources of our own that are on, and the files; exits for what is neither."""
    files = [f for name in names if name not in OWN for f in _files(name)]
    if "none" in names and len(names) > 1:
        raise SystemExit("--suggest none goes with no other source; leave one of them out")
    return Sources("rules" in names, "history" in names, "none" not in names), files


def _files(name: str) -> list[Path]:
    path = Path(name)
    found = sorted(path.glob("*.jsonl")) if path.is_dir() else [path] if path.is_file() else []
    if not found:
        raise SystemExit(
            f"--suggest {name}: there is no such source; name rules, history, none, "
            "a JSONL file of suggestions or a folder of such files"
        )
    return found


def put_in(gold: Gold, corpus: Path, files: Sequence[Path]) -> None:
    """Write suggestion files into a corpus; exits where none of a file's lines is about its sentences.

    A line of ours (``annotator suggest`` on the same texts) is found by its place, one of the shape
    ``{"text","spans":[{"start","end","label","score"}]}`` by its text.
    """
    sentences = [s for _, each in gold.articles for s in each]
    for file in files:
        source = re.sub(r"[^a-z0-9._-]", "-", file.stem.lower())
        lines = _ours(file, sentences) or _by_text(file, sentences, source)
        if not lines:
            raise SystemExit(f"{file}: none of its lines is about a sentence of the gold; name another file")
        path = suggestion_path(corpus, source)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"".join(lines))


def _ours(file: Path, sentences: Sequence[Sentence]) -> list[bytes]:
    """Return the lines that name the place of a sentence in an article of the corpus."""
    places = {(s.article, s.start, s.end) for s in sentences}
    lines = [line for line in file.read_bytes().split(b"\n") if line.strip()]
    return [line + b"\n" for line in lines if _place(line) in places]


def _place(line: bytes) -> tuple[Any, ...]:
    try:
        meta = json.loads(line)["meta"]
        return meta["article"], meta["start"], meta["end"]
    except (ValueError, KeyError, TypeError):
        return ()


def _by_text(file: Path, sentences: Sequence[Sentence], source: str) -> list[bytes]:
    """Return lines of ours made from rows with the text of a sentence; a bad row ends the benchmark."""
    scores = _scores(file)
    found: dict[str, list[tuple[int, int, str]]] = {}
    for row in rows(file):
        by = len(row.text) - len(row.text.lstrip())
        found.setdefault(row.text.strip(), []).extend((a - by, b - by, label) for a, b, label in row.spans)
    out = []
    for s in sentences:
        if s.text in found:
            spans = [
                Suggestion(a, b, label, source, scores.get((s.text, a, b), UNKNOWN_SCORE))
                for a, b, label in found[s.text]
                if a >= 0 and is_aligned(s.tokens, a, b)
            ]
            out.append(encode_suggestions(s, spans, source, ""))
    return out


def _scores(file: Path) -> dict[tuple[str, int, int], float]:
    """Return the scores that the spans of a file's rows have, by text and place."""
    out = {}
    for line in file.read_bytes().split(b"\n"):
        if b'"score"' in line:
            row = json.loads(line)
            by = len(row["text"]) - len(row["text"].lstrip())
            for span in row["spans"]:
                if isinstance(span.get("score"), int | float):
                    place = row["text"].strip(), span["start"] - by, span["end"] - by
                    out[place] = min(1.0, max(0.0, span["score"]))
    return out
