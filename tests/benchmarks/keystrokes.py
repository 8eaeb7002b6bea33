"""Keys a span, planned over the app's own state and typed into the real app.

``python -m tests.benchmarks.keystrokes [GOLD.jsonl] [--suggest SOURCE…] [--take LABEL…]
[--reach sentence|view] [--newcomer] [--half tune|test|all] [--limit SENTENCES] [--size 80x24] [--pty SENTENCES]
[--keep FOLDER] [--guideline] [--slate-counting] [--show]``

Without a file it types the first articles of the sample.
GOLD: a JSON object a line, ``{"text","spans":[{"start","end","label"}],"meta"}`` in code points; rows
of one ``meta.doc`` are one article, a row with blank lines is one by itself. Tokens are our own. Spans
off their edges are listed and left out; a broken row ends the benchmark with its number.
Everything starts unlabelled. The cheapest keys of each span are searched over the app's own hand, its
hints, growths and suggestions (nothing is copied), and typed into the app under Textual's pilot; what
the screen shows whole decides what ``*`` accepts. In the end the saved journal must hold just the gold,
else the benchmark fails; so it does where a span has no keys. ``--pty N`` plans the first N sentences
by themselves and types the same keys into a real terminal too.

What is counted: *label* is a label's key, or the one that takes it in the list of labels. *Selection and
correction* is all that makes, moves or removes: hint letters, Tab, Space, edges, the cursor, ``0``, ``+``, the key
of the label list and a number typed there. *Enter* is Enter and ``*`` (one for several sentences is shared out
among them), *move* is ↑, ↓ and ``W``. ``=`` is not planned: it labels what nobody has looked at yet.

The schema excludes no form (``excludes``) that the gold marks. ``--guideline`` leaves such spans out of the gold
instead, as an annotator does who follows the shipped guideline.

Sources: ``rules`` and ``history`` (both by default), ``none``, a JSONL file of suggestions, or a folder
of such files; with a file the other two are on only if they are named. ``--take``: labels whose sure
suggestions Enter takes (default: none). ``--reach``: how far a label's key reaches (default: the
active sentence). ``--newcomer``: one sentence after the other, each accepted with Enter, without ``*`` and
``--take``; and *passed over*: gold spans suggested with a score from 0.8 on, with nothing taken before Enter; *silent*
are those that neither a message nor the record speaks of. ``--keep``: leave the corpus in this folder, so that
``annotator suggest`` can make a file for it.

Motor seconds: 0.28 for a key, 0.50 for a hint letter, which is arbitrary (Card, Moran and Newell,
The keystroke-level model, 1980). An error-free expert: no time to think or read is counted. Beside it
stands SLATE by the model next to the repository; ``--slate-counting`` adds a user of it who counts tokens
in the head (a second of search a sentence).
A table for people goes to stderr; the last line of stdout is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from importlib import util
from pathlib import Path
from typing import Any

os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")

from annotator.core.tokens import token_range
from tests.benchmarks.gold_corpus import Gold, Part, by_guideline, make_corpus, read_gold, tokens_of_part
from tests.benchmarks.gold_sets import sample_file
from tests.benchmarks.key_planner import Key, PlanError
from tests.benchmarks.replay import replay
from tests.benchmarks.saved import check
from tests.benchmarks.suggestion_sources import chosen, put_in
from tests.benchmarks.typist import NAME, Sources, Typed, preferences, type_gold

K, HINT = 0.28, 0.50
MODELS = Path(__file__).resolve().parents[3] / "shared" / "bench" / "keystroke_models.py"
CLAIM = "CLAIM"
BEST_ORDER = 6
"""Up to so many spans a sentence the model of SLATE tries every order of them."""


def main() -> None:
    """Plan, type, check and print."""
    args = _arguments()
    sources, files = chosen(args.suggest)
    sources = replace(sources, reach=args.reach)
    with tempfile.TemporaryDirectory() as folder:
        args.gold = args.gold or sample_file(Path(folder) / "sample.jsonl")
        gold = read_gold(args.gold, args.half, args.limit)
        gold = by_guideline(gold) if args.guideline else gold
        for line in gold.unaligned:
            print("left out:", line)
        os.environ["ANNOTATOR_HOME"] = f"{folder}/home"
        typed, seconds = _run(gold, args.keep or Path(folder) / "gold", args, sources, files)
        out = {"benchmark": "keystrokes", "file": args.gold.name, "half": args.half}
        out |= {"suggest": args.suggest, "take": args.take, "reach": args.reach, "size": args.size}
        out |= {"newcomer": args.newcomer}
        out |= figures(gold, typed) | {"seconds_typing": round(seconds, 1)}
        if args.pty:
            out["pty"] = typed_in_terminal(gold.head(args.pty), Path(folder), args, sources, files)
    if not args.no_slate:
        out["slate"] = slate(gold, counting=args.slate_counting)
    print(table(out), file=sys.stderr)
    print(json.dumps(out))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path, nargs="?", help="default: 20 sentences or more of the sample")
    parser.add_argument("--suggest", nargs="*", default=["rules", "history"])
    parser.add_argument("--take", nargs="*", default=[])
    parser.add_argument("--reach", choices=("sentence", "view"), default="sentence")
    parser.add_argument("--newcomer", action="store_true")
    parser.add_argument("--half", choices=("tune", "test", "all"), default="all")
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--size", type=window_size, default=(80, 24))
    parser.add_argument("--pty", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--guideline", action="store_true")
    parser.add_argument("--no-slate", action="store_true")
    parser.add_argument("--slate-counting", action="store_true")
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args()
    args.limit = args.limit or (0 if args.gold else 20)
    if args.newcomer and (args.take or args.reach != "sentence"):
        parser.error("a newcomer has not changed the settings: leave --take and --reach out")
    if args.pty and set(args.suggest) & {"rules", "history"} not in ({"rules", "history"}, set()):
        parser.error("--pty runs the program itself, which has rules and history both on or both off")
    return args


def window_size(text: str) -> tuple[int, int]:
    """Return columns and rows of a text such as ``80x24``."""
    columns, _, rows = text.partition("x")
    return int(columns), int(rows)


def _run(
    gold: Gold, folder: Path, args: argparse.Namespace, sources: Sources, files: list[Path]
) -> tuple[Typed, float]:
    """Make the corpus, type the gold into it and check; return what was typed, and in how many seconds."""
    corpus = make_corpus(gold, folder)
    put_in(gold, folder, files)
    began = time.perf_counter()
    try:
        typed = type_gold(corpus, gold, sources, args.take, args.size, newcomer=args.newcomer, show=args.show)
    except PlanError as error:
        raise SystemExit(f"{args.gold.name}: {error}") from None
    check(gold, folder / "annotations" / f"{NAME}.jsonl")
    return typed, time.perf_counter() - began


def typed_in_terminal(
    gold: Gold, folder: Path, args: argparse.Namespace, sources: Sources, files: list[Path]
) -> dict[str, int]:
    """Plan the gold once more by itself, type it into a real terminal and check what is saved there."""
    typed, _ = _run(gold, folder / "planned", args, sources, files)
    corpus = make_corpus(gold, folder / "typed")
    put_in(gold, corpus.path, files)
    replay(corpus.path, typed.actions, preferences(corpus, sources, args.take), args.size, folder / "terminal")
    check(gold, corpus.path / "annotations" / f"{NAME}.jsonl")
    return {"sentences": len(typed.enters), "spans": gold.size, "keys": len(typed.keys)}


# -- figures -----------------------------------------------------------------------------------


def figures(gold: Gold, typed: Typed) -> dict[str, Any]:
    """Return keys a span by use and label, Enter a sentence, and motor seconds."""
    labels = gold.labels
    short = set(labels) - {CLAIM}
    motor = sum(HINT if k.use == "hint" else K for k in typed.keys)
    groups = {
        "sentences": typed.enters,
        "accepted_as_shown": typed.clean,
        "nothing_or_proposed_rightly": typed.proposed,
    }
    return {
        "sentences": len(typed.enters),
        "spans": gold.size,
        "unaligned": len(gold.unaligned),
        "keys_a_span": _keys_a_span(typed.keys, gold.size),
        "short_spans": _of_labels(typed, labels, short),
        "claims": _of_labels(typed, labels, {CLAIM} & set(labels)),
        "by_label": {name: _of_labels(typed, labels, {name}) for name in sorted(labels)},
        "enter_a_sentence": {
            name: {"sentences": len(places), "enter": _share(sum(typed.enters[p] for p in places), len(places))}
            for name, places in groups.items()
        },
        "motor_seconds_a_span": _share(motor, gold.size, 2),
        "passed_over": {
            "spans": len(typed.passed),
            "by_message": sum(x.by_message for x in typed.passed),
            "in_record": sum(x.in_record for x in typed.passed),
            "silent": sum(not (x.by_message or x.in_record) for x in typed.passed),
        },
    }


def _keys_a_span(keys: Iterable[Key], spans: int) -> dict[str, float | None]:
    uses = Counter(k.use for k in keys)
    return {
        "label": _share(uses["label"], spans),
        "selection_and_correction": _share(uses["hint"] + uses["select"], spans),
        "enter": _share(uses["enter"], spans),
        "move": _share(uses["move"], spans),
        "total": _share(uses.total(), spans),
    }


def _of_labels(typed: Typed, labels: Counter[str], names: Collection[str]) -> dict[str, float | int | None]:
    """Return what the spans of some labels took, what was removed and turned down of them included."""
    keys = [k for d in typed.actions if d.label in names for k in d.keys]
    spans = sum(labels[name] for name in names)
    found = _keys_a_span(keys, spans)
    return {"spans": spans} | {k: found[k] for k in ("label", "selection_and_correction")}


def _share(part: float, whole: int, digits: int = 3) -> float | None:
    """Return how much of something comes to each; None where there is none."""
    return round(part / whole, digits) if whole else None


def slate(gold: Gold, *, counting: bool) -> dict[str, Any]:
    """Return SLATE's keys and motor seconds a span by the model beside the repository, where it is there."""
    if not MODELS.is_file() or not gold.size:
        return {}
    spec = util.spec_from_file_location("keystroke_models", MODELS)
    assert spec is not None
    assert spec.loader is not None
    models = util.module_from_spec(spec)
    spec.loader.exec_module(models)
    docs = [_slate_doc(part, gold) for part in gold.parts]
    order = "best" if max(len(d["spans"]) for d in docs) <= BEST_ORDER else "reading"
    runs = {"one_key_labels_not_counting": (False, 1), "default_not_counting": (False, 2)}
    runs |= {"one_key_labels_counting": (True, 1)} if counting else {}
    found = {}
    for name, (counts, label_keys) in runs.items():
        keys = models.run_slate(docs, counts, label_keys, order)[0]
        found[name] = {"keys": _share(keys, gold.size, 2), "seconds": _share(K * keys, gold.size, 2)}
    return {"order": order, "models": found}


def _slate_doc(part: Part, gold: Gold) -> dict[str, Any]:
    tokens, spans = tokens_of_part(part), []
    for x in gold.spans.get(part[0].article, ()):
        if part[0].start <= x.start and x.end <= part[-1].end:
            first, last = token_range(tokens, x.start, x.end)
            spans.append({"token_start": first, "token_end": last - 1, "label": x.label})
    return {"tokens": [{"text": t.text} for t in tokens], "spans": spans}


# -- for people --------------------------------------------------------------------------------


def table(out: dict[str, Any]) -> str:
    """Return the figures as a table for people."""
    names = ("label", "selection_and_correction", "enter", "move", "total")
    every = {"all": {"spans": out["spans"], **out["keys_a_span"]}}
    groups = every | {"short spans": out["short_spans"], "claims": out["claims"]} | out["by_label"]
    head = f"{out['sentences']} sentences, {out['spans']} spans, {out['unaligned']} left out"
    lines = [f"{out['file']} ({out['half']}): {head}"]
    lines.append(_line("keys a span", "spans", "label", "select", "enter", "move", "total"))
    for name, f in groups.items():
        lines.append(_line("  " + name, f["spans"], *(_number(f[x]) if x in f else "" for x in names)))
    lines.append(_line("Enter a sentence", "of", "Enter"))
    for name, f in out["enter_a_sentence"].items():
        lines.append(_line("  " + name.replace("_", " "), f["sentences"], _number(f["enter"])))
    lines.append(_line("motor seconds a span", "", _number(out["motor_seconds_a_span"])))
    if (passed := out["passed_over"])["spans"]:
        lines.append("passed over from 0.8: {spans}, silent {silent}".format(**passed))
    for name, f in out.get("slate", {}).get("models", {}).items():
        lines.append(_line(f"SLATE {name.replace('_', ' ')}", "", f"{f['keys']} keys, {f['seconds']} s a span"))
    if "pty" in out:
        lines.append("in a terminal too: {sentences} sentences, {spans} spans, {keys} keys".format(**out["pty"]))
    return "\n".join(lines)


def _line(name: str, count: object, *cells: str) -> str:
    return f"{name:<38}{count:>6}" + "".join(f"{cell:>8}" for cell in cells)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


if __name__ == "__main__":
    main()
