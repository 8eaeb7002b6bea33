"""Compare sentence segmenters; the last line is one JSON object.

``python -m tests.benchmarks.sentences [FILE…]``: gold sets (see ``gold_sets``) and page dumps (see
``cleaning``); without files it is the sample. Gold: one record is one sentence. The sentences of a
paragraph are joined with blanks, and the starts of all but the first are the boundaries to find.
``by_rule`` leaves out of the gold those inside a quotation, where the house never cuts. ``quotations_cut``
counts closed quotations that a boundary runs through, ``claims_cut`` gold CLAIMs, ``marks_lost`` opening
marks that stay with the sentence before. pysbd joins in where it is installed.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks.gold_sets import SAMPLE, json_rows, sample_rows

# Independent of the code under test: pairs without another mark of the kind between them.
_QUOTED = re.compile(r"“[^“”]{1,1000}”|(?<![^\s(—-])\"(?=\S)[^\"]{1,998}(?<=\S)\"(?!\w)")
_MARK_LEFT = re.compile(r"(?:“|(?<=\s)\")\s*$")

Segmenter = Callable[[str], list[int]]


@dataclass(slots=True)
class Paragraph:
    """A text, where its gold sentences start (the first left out) and its gold CLAIMs."""

    text: str = ""
    starts: list[int] = field(default_factory=list)
    claims: list[tuple[int, int]] = field(default_factory=list)


def paragraphs(path: Path) -> list[Paragraph]:
    """Join the records of a set to paragraphs, where the set says where these begin."""
    out: list[Paragraph] = []
    before: dict[str, Any] = {}
    for row in _moved_marks(sample_rows() if path == SAMPLE else json_rows(path)):
        if _begins(before, row):
            out.append(Paragraph())
        else:
            out[-1].text += " "
            out[-1].starts.append(len(out[-1].text))
        at = len(out[-1].text)
        spans = [s for s in row["spans"] if s["label"] == "CLAIM"]
        out[-1].claims += [(at + s["start"], at + s["end"]) for s in spans]
        out[-1].text += row["text"]
        before = row
    return out


def _moved_marks(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give a lone opening '' at the end of a gold sentence to the next one, where it belongs."""
    for a, b in itertools.pairwise(rows):
        if a["meta"]["doc"] == b["meta"]["doc"] and re.search(r"(?:^|\s)''$", a["text"]):
            a["text"] = a["text"][:-2].rstrip()
            b["text"] = "'' " + b["text"]
            b["spans"] = [{**s, "start": s["start"] + 3, "end": s["end"] + 3} for s in b["spans"]]
            if "doc_start" in b["meta"]:
                b["meta"]["doc_start"] -= 3
    return [r for r in rows if r["text"]]


def _begins(before: dict[str, Any], row: dict[str, Any]) -> bool:
    meta = row["meta"]
    if not before or before["meta"]["doc"] != meta["doc"]:
        return True
    if "doc_start" in meta:
        return int(meta["doc_start"] - before["meta"]["doc_start"] - len(before["text"])) >= 2
    return bool(meta.get("par", False))


def bodies(pages: list[dict[str, Any]]) -> list[Paragraph]:
    """Return the body lines of page dumps: no gold sentences, but many quotations."""
    return [
        Paragraph(text)
        for page in pages
        for text, label in zip(page["text"].split("\n"), page["line_labels"], strict=False)
        if label == 1
    ]


def is_dump(path: Path) -> bool:
    """Whether a file holds dumps of pages rather than gold sentences."""
    with path.open(encoding="utf-8") as file:
        return "line_labels" in json.loads(file.readline())


def figures(gold: list[Paragraph], segment: Segmenter) -> dict[str, float]:
    """Return precision, recall and F1 of the boundaries, and what they cut."""
    hit = extra = miss = rule_miss = quotes = claims = lost = 0
    for p in gold:
        found, want = set(segment(p.text)), set(p.starts)
        quoted = [m.span() for m in _QUOTED.finditer(p.text)]
        hit, extra, miss = hit + len(found & want), extra + len(found - want), miss + len(want - found)
        rule_miss += sum(not _inside(c, quoted) for c in want - found)
        quotes += sum(any(a < c < b for c in found) for a, b in quoted)
        claims += sum(any(a < c < b for c in found) for a, b in p.claims)
        lost += sum(bool(_MARK_LEFT.search(p.text, 0, c)) for c in found)
    out: dict[str, float] = {"quotations_cut": quotes, "claims_cut": claims, "marks_lost": lost}
    return {**_scores("", hit, extra, miss), **_scores("by_rule_", hit, extra, rule_miss), **out}


def _inside(at: int, ranges: list[tuple[int, int]]) -> bool:
    return any(a < at < b for a, b in ranges)


def _scores(name: str, hit: int, extra: int, miss: int) -> dict[str, float]:
    p, r = hit / max(1, hit + extra), hit / max(1, hit + miss)
    f1 = 2 * p * r / max(1e-9, p + r)
    return {f"{name}p": round(p, 4), f"{name}r": round(r, 4), f"{name}f1": round(f1, 4)}


def segmenters() -> dict[str, Segmenter]:
    """Return the candidates by name; each gives the starts of all sentences but the first."""
    import spacy

    from annotator.ingest.english_sentences import nupunkt_cuts
    from annotator.ingest.segmentation import sentence_ranges

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    found: dict[str, Segmenter] = {
        "spacy_sentencizer": lambda text: [s.start_char for s in nlp(text).sents][1:],
        "nupunkt": nupunkt_cuts,
        "nupunkt_repaired": lambda text: [a for a, _ in sentence_ranges(text, 0, len(text))][1:],
    }
    try:
        import pysbd  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        return found
    sbd = pysbd.Segmenter(language="en", clean=False, char_span=True)
    return {**found, "pysbd": lambda text: [s.start for s in sbd.segment(text)][1:]}


def main() -> None:
    """Print a line a set and segmenter, then all figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, default=[SAMPLE], help="default: the sample corpus")
    sets = {
        path.stem: bodies(json_rows(path)) if is_dump(path) else paragraphs(path) for path in parser.parse_args().files
    }
    results: dict[str, dict[str, dict[str, float]]] = {}
    for name, gold in sets.items():
        results[name] = {k: figures(gold, f) for k, f in segmenters().items()}
        for k, row in results[name].items():
            print(f"{name:24} {k:18}", *(f"{a} {b}" for a, b in row.items()))
    totals = {k: sum(len(p.claims) for p in gold) for k, gold in sets.items()}
    print(json.dumps({"benchmark": "sentences", "results": results, "gold_claims": totals}))


if __name__ == "__main__":
    main()
