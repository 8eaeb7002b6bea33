"""``annotator annotate``: opens the terminal interface."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotator.cli import output
from annotator.cli.options import PATH, login_name
from annotator.core.errors import CorpusError, UsageError
from annotator.core.label_pass import LabelPass
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal, check_annotator_name
from annotator.workflows.opening import apply_schema, open_corpus

if TYPE_CHECKING:
    from annotator.tui.app import AnnotatorApp

_THEMES = ("dark", "light", "dark-high", "light-high", "ansi-dark", "ansi-light")

_PLAIN_TERMINALS = {"dumb", "unknown"}
"""The values of TERM that editors and logs set, which show text line by line alone."""


@click.command("annotate", epilog="Example: annotator annotate news --as ana")
@click.argument("corpus", type=PATH, required=False)
@click.option("--as", "name", default="", help="Your name as an annotator (default: your login name).")
@click.option("--schema", type=PATH, help="A label schema that this corpus uses from now on.")
@click.option(
    "--labels",
    multiple=True,
    metavar="LABELS",
    help="Look at these labels only, such as CLAIM or PERSON,VENUE: a pass.",
)
@click.option("--read-only", is_flag=True, help="Look at it without changing anything.")
@click.option("--theme", type=click.Choice(_THEMES), help="Colours.")
@click.option("--ascii", "ascii_glyphs", is_flag=True, help="Draw with ASCII characters alone.")
def command(
    corpus: Path | None,
    name: str,
    schema: Path | None,
    labels: tuple[str, ...],
    read_only: bool,
    theme: str | None,
    ascii_glyphs: bool,
) -> None:
    """Annotate CORPUS in the terminal; without one, your own copy of the sample corpus.

    Where you stopped is where it opens. Everything is saved as you go. With --labels, spans of other labels stay as
    they are, and a sentence is done once these labels are looked at.
    """
    _require_terminal()
    annotator = name or login_name()
    check_annotator_name(annotator)
    gc.disable()  # nothing that is loaded here is garbage: 30 ms of the start
    opened = _open_for_annotating(corpus)
    if schema is not None:
        _apply_schema_file(opened, schema, read_only=read_only)
    ascii_glyphs = ascii_glyphs or _needs_ascii()
    code = _annotate(opened, annotator, labels, read_only, theme or "", ascii_glyphs, tour=corpus is None)
    sys.exit(code)


def _require_terminal() -> None:
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        raise UsageError(
            "annotating needs a terminal, and this is none",
            do="run it in a terminal window without a pipe; in scripts use ingest, articles and export",
        )
    if os.environ.get("TERM", "").lower() in _PLAIN_TERMINALS:
        raise UsageError(
            "this terminal cannot move its cursor, so that the screen cannot be drawn",
            where=f"TERM={os.environ['TERM']}",
            do="use another terminal window; if it can draw, run it as TERM=xterm-256color annotator",
        )


def _open_for_annotating(path: Path | None) -> CorpusFolder:
    from annotator.storage.user_files import user_sample_corpus

    corpus = open_corpus(path) if path else CorpusFolder.open(user_sample_corpus())
    if not corpus.article_ids():
        raise CorpusError(
            "the corpus holds no article",
            where=str(corpus.path),
            do="add some with `annotator ingest FILE… --corpus …`",
        )
    return corpus


def _apply_schema_file(corpus: CorpusFolder, path: Path, *, read_only: bool) -> None:
    from annotator.storage.schemas import read_schema_text

    text = read_schema_text(path)
    if read_only:
        raise UsageError("--schema changes the corpus, --read-only forbids it", do="leave one of them out")
    apply_schema(corpus, text, str(path))


def _needs_ascii() -> bool:
    """Whether the terminal can't show box drawing: the Linux console, or a locale without UTF-8."""
    locale = next((v for name in ("LC_ALL", "LC_CTYPE", "LANG") if (v := os.environ.get(name))), "UTF-8")
    if "utf" not in locale.lower():
        return True
    return os.environ.get("TERM") == "linux" or (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"


def _sixteen_colour_theme() -> str:
    """Return the theme for a terminal of 16 colours, where it is one; else nothing."""
    term, full = os.environ.get("TERM", ""), os.environ.get("COLORTERM", "")
    return "" if full or "256" in term or "direct" in term or "kitty" in term else "ansi-dark"


def _annotate(
    corpus: CorpusFolder,
    name: str,
    labels: Sequence[str],
    read_only: bool,
    theme: str,
    ascii_glyphs: bool,
    *,
    tour: bool,
) -> int:
    from annotator.session.keymap_file import load_keymap_or_default
    from annotator.session.opening_warnings import opening_message
    from annotator.session.session import AnnotationSession
    from annotator.storage.user_files import Preferences

    os.environ.setdefault("TEXTUAL_FPS", "240")
    preferences = Preferences.load()
    schema = corpus.schema  # one that cannot be read ends it before anything is written
    label_pass = LabelPass.of(schema, labels)
    journal = Journal.open(corpus.path, name, read_only=read_only)
    session = AnnotationSession(
        corpus,
        journal,
        schema=schema,
        annotator=name,
        clock=time.time,
        session_id=f"{name}-{os.urandom(6).hex()}",
        start=preferences.position(corpus.path, label_pass.place_name(name)),
        read_only=read_only,
        label_pass=label_pass,
    )
    keymap, broken = load_keymap_or_default()
    session.warnings += broken
    from annotator.tui.app import AnnotatorApp

    app = AnnotatorApp(
        session,
        preferences,
        theme=theme or preferences.theme or _sixteen_colour_theme(),
        ascii_glyphs=ascii_glyphs,
        tour=tour,
        keymap=keymap,
        notice="" if tour else opening_message(corpus, name, label_pass),
    )
    gc.freeze()  # nor does the collector look at it again: with 5,000 spans that took 60 ms of a key
    gc.enable()
    return _run_app(app)


def _run_app(app: AnnotatorApp) -> int:
    """Show the app until its user leaves, write how far the work is, and return the exit code."""
    from annotator.session.work_left import leaving_line

    app.end_signals.listen()
    app.run()
    if not app.save_and_close() or app.session.banner:
        output.write_message(f"annotator: {app.session.banner}")
        return 1
    if not app.return_code and not app.session.read_only:
        output.write_message(leaving_line(app.session))
    return app.return_code or 0
