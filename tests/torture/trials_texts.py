"""Trials of hostile texts: what is drawn, what every place shows, what comes back of any Unicode."""

from __future__ import annotations

import asyncio
import unicodedata
from pathlib import Path
from random import Random

import orjson

from annotator.core.annotation import Answer
from annotator.core.article import Article
from annotator.core.edits import apply_suggestions, combine_edits, set_answer, set_note
from annotator.core.errors import AnnotatorError
from annotator.core.spans import Span
from annotator.session.session import AnnotationSession
from annotator.storage.corpus_folder import CorpusFolder
from annotator.tui.layout.text_cells import screen_text
from annotator.workflows.ingesting import ingest
from tests import builders
from tests.app_pilot import RunningApp, running_app
from tests.cli.command_runner import call
from tests.hostile_text import BIDI, BRACKETS, CONTROLS, PAYLOADS, PLAIN, WIDE, ZERO, commands_in
from tests.torture.rows import Trial, torture_row

_PIECES = (*WIDE, *ZERO, *CONTROLS, *BIDI, *BRACKETS, *PLAIN, *PAYLOADS)


def _text(random: Random, pieces: int) -> str:
    """Return a text of pieces and of characters from anywhere in Unicode."""
    chosen = (
        random.choice(_PIECES) if random.random() < 0.7 else chr(random.randrange(0x110000)) for _ in range(pieces)
    )
    return "".join(chosen)


@torture_row("screen-text", small=2000, large=100_000)
def screen_texts(trial: Trial) -> str:
    """Translate any text for the screen: one character for each, none of them commands anything."""
    text = _text(trial.random, trial.random.randint(0, 12))
    shown = screen_text(text)
    kept = len(shown) == len(text) and all(a == b or commands_in(a) for a, b in zip(text, shown, strict=True))
    return "" if kept and not commands_in(shown) and screen_text(shown) == shown else f"{text!r} is shown as {shown!r}"


# -- payloads wherever text is shown --------------------------------------------------------------

_STORED = [p for p in PAYLOADS if "\ud800" not in p]
"""A lone surrogate can't be in a corpus: storage refuses it."""
_TOUR = {
    "suggestions": ["tab", "tab", "F"],
    "overview": ["at", "escape"],
    "lines": ["number_sign", "end", "escape"],
    "guideline and keys": ["question_mark", "question_mark", "escape"],
    "labels and palette": ["apostrophe", "escape", "colon", "escape"],
    "search and filter": ["slash", *"pell", "down", "tab", "grave_accent"],
    "note and jump": ["quotation_mark", "x", "enter", "backslash", "1", "enter"],
    "worklist": ["f", "enter", "right_square_bracket", "down", "escape", "at", "escape"],
    "repairs": ["R", "escape", "f4", "q"],
    "annotating": ["tab", "space", "f", "enter", "ctrl+z", "end", "enter", "enter"],
}
_COMMANDS = (("articles",), ("check",), ("stats",), ("repair",))


def _article(payload: str) -> Article:
    """Make an article with a payload in each of its fields and sentences."""
    text = f"T{payload}t\n{payload} Pell met {payload}Moran of {payload}.\nTwo. {payload}\n{payload}"
    return builders.article(text, "tbbx", title=f"{payload}T", origin=f"{payload}.txt", byline=payload, date=payload)


def _schema(payload: str) -> str:
    quoted = "".join(f"\\U{ord(c):08X}" for c in payload)
    note = f'examples = [{{ text = "x [[{quoted}]] y", note = "{quoted}" }}]'
    return builders.NEWS.replace('description = "A number with what it counts."', f'description = "{quoted}"\n{note}')


def _plant(path: Path, payload: str) -> None:
    """Make a corpus with a payload in every place of every file: article, schema, notes, suggestions, labels."""
    corpus = builders.make_corpus(path, _article(payload), schema=_schema(payload), name=payload.replace("\x00", ""))
    for name, label in (("ana", "VENUE"), ("bo", payload)):
        session = builders.open_session(path, name=name)
        first = session.annotated.sentence.tokens[0]
        span = Span(first.start, first.end, label)
        session.apply_edit(apply_suggestions(session.annotated, [span], session.schema, Answer.ACCEPT))
        session.apply_edit(set_note(session.annotated, payload))
        session.close()
    (path / "suggestions").mkdir()
    lines = []
    for s in corpus.sentences(corpus.article_ids()[0]):
        spans = [
            {"start": t.start, "end": t.end, "label": label, "score": 0.9, "kind": payload}
            for t, label in zip(s.tokens, ("PERSON", payload), strict=False)
        ]
        place = {"article": s.article, "sentence": s.id, "start": s.start, "end": s.end}
        lines.append(orjson.dumps({"meta": place, "source": payload, "_fingerprint": payload, "spans": spans}) + b"\n")
    (path / "suggestions" / "model.jsonl").write_bytes(b"".join([*lines, payload.encode() + b"\n"]))


async def _walk(d: RunningApp) -> str:
    for place, keys in _TOUR.items():
        for key in keys:
            await d.press(key)
            if found := commands_in(d.raw().replace("\n", "")):
                return f"{place}, {key}: {found}"
            if d.app._exception is not None or not d.app.is_running:
                return f"{place}, {key}: {d.app._exception!r}"
    return ""


async def _show(path: Path) -> str:
    async with running_app(path, size=(120, 30), notifications=True) as d:
        return await _walk(d)


@torture_row("payloads", small=2, large=40)
def payloads(trial: Trial) -> str:
    """Show payloads in every place of a corpus on every screen and by every command: made visible, never obeyed."""
    half = len(_STORED) // 2
    some = _STORED[:half] if trial.number % 2 == 0 else _STORED[half:]
    payload = " ".join(some if trial.number < 2 else trial.random.sample(_STORED, trial.random.randint(1, 5)))
    _plant(trial.folder / "news", payload)
    if wrong := asyncio.run(_show(trial.folder / "news")):
        return f"{payload!r}: {wrong}"
    for command in _COMMANDS:
        result = call(*command, trial.folder / "news")
        found = commands_in((result.out + result.err).replace("\n", "").replace("\t", ""))
        if found or result.code not in {0, 1, 3} or "ANNOTATOR_DEBUG" in result.err:
            return f"{payload!r}: {command[0]} ends with {result.code}, {found}: {result.err[:300]}"
    return ""


# -- any Unicode -----------------------------------------------------------------------------------


def _quotes(corpus: CorpusFolder, session: AnnotationSession, random: Random) -> list[str]:
    """Annotate random tokens of every sentence and accept it; return the quotations."""
    quotes = []
    for article in session.queue:
        for annotated in session.sentences_of(article):
            tokens = annotated.sentence.tokens
            a, b = sorted(random.choices(range(len(tokens)), k=2))
            span = Span(tokens[a].start, tokens[b].end, "PERSON")
            try:
                session.apply_edit(apply_suggestions(annotated, [span], corpus.schema, Answer.ACCEPT))
            except AnnotatorError:  # a span of white space alone
                session.apply_edit(combine_edits([set_answer(annotated, Answer.ACCEPT)], "all"))
                continue
            quotes.append("".join(t.text + " " * t.ws for t in tokens[a : b + 1]).removesuffix(" " * tokens[b].ws))
    return quotes


@torture_row("unicode", small=12, large=2000)
def any_unicode(trial: Trial) -> str:
    """Ingest, annotate and export any Unicode: every quotation is the text between its offsets, to the end."""
    lines = ["".join(c for c in _text(trial.random, 14) if unicodedata.category(c) != "Cs") for _ in range(5)]
    page = trial.folder / "page.txt"
    page.write_text("Boats left Port Amery.\n" + "\n".join(f"Ida {x} met Bo." for x in lines), "utf-8", newline="")
    try:
        ingest(trial.folder / "news", [page], schema=None)
    except AnnotatorError as error:
        return "" if "binary" in str(error) else f"not ingested: {error}"
    corpus = CorpusFolder.open(trial.folder / "news")
    for article in map(corpus.article, corpus.article_ids()):
        for s in corpus.sentences(article.id):
            if s.text != article.text[s.start : s.end] or any(t.text != s.text[t.start : t.end] for t in s.tokens):
                return f"a sentence or a token is not where it says: {s}"
    session = builders.open_session(corpus)
    quotes = _quotes(corpus, session, trial.random)
    session.close()
    if not quotes:
        return ""
    result = call("export", corpus.path, trial.folder / "out", "--format", "plain")
    if result.code:
        return result.err
    (file,) = (p for p in (trial.folder / "out").iterdir() if p.name not in {"ledger.jsonl", "manifest.json"})
    rows = [orjson.loads(x) for x in file.read_bytes().splitlines()]
    found = [row["text"][s["start"] : s["end"]] for row in rows for s in row["spans"]]
    return "" if sorted(found) == sorted(quotes) else f"{quotes} were annotated, exported are {found}"
