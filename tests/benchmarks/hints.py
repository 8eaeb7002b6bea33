"""How many gold spans begin and end at a word with a hint of one letter.

``python -m tests.benchmarks.hints [FILE…]``: each file holds ``{"text","spans","meta"}`` a line;
``--half tune`` (the half that the order of service may be fitted to), ``test`` (default, the half that is
reported) or ``all``; ``--keys`` names the label keys, ``--avoid`` leaves out letters that look alike. Per
file and label: ``n`` gold spans, the share whose first word has one letter (``start``), no
letter (``start_none``), the same of the last word (``end``, ``end_none``), of both (``both``), and of the
last words that must be pressed because the first word's hint does not select the whole span
(``needed_end``, out of ``needed``). For all labels ``letters``: hint letters a span, where a missing hint
counts as two. The last line is one JSON object.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import spacy

from annotator.core.tokens import Token, TokenRange, build_tokens
from annotator.language import snap_to_phrase
from annotator.session.actions.hints import LOOKALIKE_LETTERS, Hint, HintStyle, assign_hints
from tests.benchmarks.gold_sets import aligned, gold_parser, rows

Assign = Callable[[tuple[Token, ...]], tuple[Hint, ...]]


def main() -> None:
    """Measure the files and print the figures."""
    parser = gold_parser(__doc__)
    parser.add_argument("--keys", default="asdf", help="the label keys")
    parser.add_argument("--avoid", action="store_true", help="leave out letters that look alike")
    args = parser.parse_args()
    style = HintStyle(avoided=LOOKALIKE_LETTERS if args.avoid else frozenset())
    nlp = spacy.blank("en")

    def hints_of(tokens: tuple[Token, ...]) -> tuple[Hint, ...]:
        return assign_hints(tokens, [len(t.text) for t in tokens], frozenset(args.keys), style)

    figures = {path.name: measure(path, args.half, nlp, hints_of) for path in args.files}
    print(json.dumps({"benchmark": "hints", "half": args.half, "files": figures}))


def measure(path: Path, half: str, nlp: Any, hints_of: Assign) -> dict[str, Any]:
    """Return the figures of one file."""
    hits: dict[str, Counter[str]] = {}
    for row in rows(path, half):
        doc = nlp(row["text"])
        tokens = build_tokens([t.text for t in doc], [bool(t.whitespace_) for t in doc])
        hints = hints_of(tokens)
        for label, wanted in aligned(row, tokens):
            count = reach(tokens, hints, wanted)
            hits.setdefault(label, Counter()).update(count)
            hits.setdefault("all", Counter()).update(count)
    return {label: shares(counts) for label, counts in sorted(hits.items())}


def reach(tokens: tuple[Token, ...], hints: tuple[Hint, ...], wanted: TokenRange) -> Counter[str]:
    """Return what the two ends of a gold span cost."""
    first, last = (len(hints[i].letters) for i in (wanted[0], wanted[1] - 1))
    needed = int(snap_to_phrase(tokens, wanted[0]) != wanted)
    return Counter(
        n=1,
        start=int(first == 1),
        start_none=int(first == 0),
        end=int(last == 1),
        end_none=int(last == 0),
        both=int(first == last == 1),
        needed=needed,
        needed_end=needed * int(last == 1),
        letters=(first or 2) + needed * (last or 2),
    )


def shares(counts: Counter[str]) -> dict[str, float | int]:
    """Return the shares of a label's spans, and how many there are."""
    n, needed = counts["n"], counts["needed"]
    ways = ("start", "start_none", "end", "end_none", "both", "letters")
    out = {way: round(counts[way] / n, 3) for way in ways}
    return {"n": n, **out, "needed": needed, "needed_end": round(counts["needed_end"] / max(1, needed), 3)}


if __name__ == "__main__":
    main()
