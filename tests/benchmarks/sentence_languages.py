"""Compare sentence splitters on paragraphs of our own in many languages; the last line is one JSON object.

``python -m tests.benchmarks.sentence_languages [LANG…]``: F1 of the boundaries on both halves of
``tests/ingest/sentence_gold/LANG.txt`` and microseconds a sentence. A line is a paragraph, ``|`` a boundary (the
blanks round it are the paragraph's). Rules and lists were made on the half ``tune``; ``held`` is what they are
judged by. ``house``: the splitter of the language; ``common``: the rules that serve a language without a list;
``english``: the English splitter. pysbd and sentencex join in where they are installed, each raw and with the
repair of quotations (``+``).
"""

from __future__ import annotations

import argparse
import importlib
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from annotator.ingest.segmentation import repaired_cuts, sentence_ranges
from annotator.ingest.sentence_splitters import SentenceSplitter
from tests.benchmarks.sentences import Paragraph, Segmenter, figures

GOLD = Path(__file__).parents[1] / "ingest" / "sentence_gold"
HALVES = ("tune", "held")


def languages() -> list[str]:
    """Return the languages that have gold paragraphs."""
    return sorted(path.stem for path in GOLD.glob("*.txt"))


def gold_paragraphs(lang: str, half: str) -> list[Paragraph]:
    """Return the paragraphs of one half with their boundaries."""
    text = (GOLD / f"{lang}.txt").read_text(encoding="utf-8")
    lines = text.split(f"# {half}\n")[1].split("# ")[0].splitlines()
    return [_paragraph(line) for line in lines if line]


def _paragraph(line: str) -> Paragraph:
    out = Paragraph()
    for n, piece in enumerate(re.split(r"(?: ?\|)", line)):
        if n:
            out.text += piece[: len(piece) - len(piece.lstrip())]
            out.starts.append(len(out.text))
        out.text += piece.lstrip() if n else piece
    return out


def house(lang: str) -> Segmenter:
    """Return what cuts a corpus of a language."""
    return lambda text: [a for a, _ in sentence_ranges(text, 0, len(text), lang)][1:]


def _segmenters(lang: str) -> Iterator[tuple[str, Segmenter]]:
    yield from (("house", house(lang)), ("common", house("xx")), ("english", house("en")))
    for name, cuts in _others(lang):
        yield name, lambda text, cuts=cuts: list(cuts(text))  # type: ignore[misc]
        splitter = SentenceSplitter(cuts, lambda _text, _cut: False)
        yield f"{name}+", lambda text, splitter=splitter: repaired_cuts(text, splitter)  # type: ignore[misc]


def _others(lang: str) -> Iterator[tuple[str, Callable[[str], Iterable[int]]]]:
    found: dict[str, Any] = {}
    for name in ("pysbd", "sentencex"):
        try:
            found[name] = importlib.import_module(name)
        except ImportError:
            continue
    if "pysbd" in found and lang in found["pysbd"].languages.LANGUAGE_CODES:
        pysbd = found["pysbd"].Segmenter(language=lang, clean=False, char_span=True)
        yield "pysbd", lambda text: [s.start for s in pysbd.segment(text)][1:]
    if "sentencex" in found:
        cut = found["sentencex"].get_sentence_boundaries
        yield "sentencex", lambda text: [b["start_index"] for b in cut(lang, text)][1:]


def main() -> None:
    """Print a line a language and half, then all figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("languages", nargs="*", metavar="LANG", default=languages())
    results: dict[str, dict[str, dict[str, float]]] = {}
    for lang in parser.parse_args().languages:
        for name, segment in _segmenters(lang):
            row = results.setdefault(lang, {}).setdefault(name, {})
            began, sentences = time.perf_counter(), 0
            for half in HALVES:
                gold = gold_paragraphs(lang, half)
                row[half] = figures(gold, segment)["f1"]
                sentences += sum(len(p.starts) + 1 for p in gold)
            row["us"] = round(1e6 * (time.perf_counter() - began) / sentences)
        for half in HALVES:
            print(f"{lang} {half}", *(f"{name} {row[half]:.3f}" for name, row in results[lang].items()))
    names = {name for rows in results.values() for name in rows}
    means = {n: _means([rows[n] for rows in results.values() if n in rows]) for n in sorted(names)}
    print(json.dumps({"benchmark": "sentence_languages", "means": means, "results": results}))


def _means(rows: list[dict[str, float]]) -> dict[str, float]:
    return {"languages": len(rows), **{key: round(sum(r[key] for r in rows) / len(rows), 3) for key in (*HALVES, "us")}}


if __name__ == "__main__":
    main()
