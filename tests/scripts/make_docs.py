"""Put the generated tables into manual and ARCHITECTURE: ``python -m tests.scripts.make_docs``.

``--check`` writes nothing; the exit code is 1 if a table is not as it would be made.
A table is between ``<!-- made: NAME -->`` and ``<!-- /made -->``; NAME is a key of ``TABLES``.
"""

from __future__ import annotations

import re
import string
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import click

from annotator.checks.problem import ProblemKind
from annotator.cli.main import main as annotator_group
from annotator.core.annotation import Answer
from annotator.core.spans import Span
from annotator.core.tokens import build_tokens
from annotator.formats.document import Document
from annotator.formats.registry import FORMATS, load_format
from annotator.ingest.clean.lexicon import word_groups
from annotator.ingest.language_advice import language_support
from annotator.language.language_guess import language_name
from annotator.session.commands import COMMANDS, command_groups
from annotator.session.keymap_file import textual_key_name
from annotator.session.screen_keys import key_table
from annotator.workflows.round_trip import compare_documents, write_and_read
from tests.benchmarks.sentence_languages import gold_paragraphs, house, languages
from tests.benchmarks.sentences import figures
from tests.scripts.make_sample import ROOT

MANUAL = ROOT / "annotator" / "manual"
ARCHITECTURE = ROOT / "annotator" / "ARCHITECTURE.md"
COMMAND = "python -m tests.scripts.make_docs"
"""What mends a table that is not as it would be made."""

_TABLE = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- /made -->)", re.DOTALL)


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a Markdown table."""
    lines = [head, ["---"] * len(head), *([c.replace("|", "\\|") for c in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def option_tables() -> str:
    """Return a section for each command: what it does, how it is called, and its options."""
    root = click.Context(annotator_group, info_name="annotator", **annotator_group.context_settings)
    return "\n".join(_command_section(ctx) for ctx in _commands(root))


def _commands(parent: click.Context) -> Iterator[click.Context]:
    """Yield the context of each command below a group."""
    group = parent.command
    assert isinstance(group, click.Group)
    for name in group.list_commands(parent):
        found = group.get_command(parent, name)
        assert found is not None
        ctx = click.Context(found, info_name=name, parent=parent)
        if isinstance(found, click.Group):
            yield from _commands(ctx)
        else:
            yield ctx


def _command_section(ctx: click.Context) -> str:
    """Return the section of one command."""
    usage = " ".join([ctx.command_path, *ctx.command.collect_usage_pieces(ctx)])
    about = re.sub(r"\s+", " ", (ctx.command.help or "").partition("\n\n")[0].replace("\b", "")).strip()
    rows = [_option_row(p, ctx) for p in ctx.command.params if isinstance(p, click.Option) and not p.hidden]
    table = markdown_table(("option", "does"), rows) if rows else "No options.\n"
    example = (ctx.command.epilog or "").partition("Example: ")[2].strip()
    code = f"```text\n{usage}\n{example}".rstrip()
    return f"## {ctx.command_path}\n\n{about}\n\n{code}\n```\n\n{table}"


def _option_row(option: click.Option, ctx: click.Context) -> tuple[str, str]:
    """Return an option with its value, and its help text with choices and default."""
    value = "" if option.is_flag or option.count else " " + option.make_metavar(ctx)
    if isinstance(option.type, click.Choice):
        value = " " + "\\|".join(map(str, option.type.choices)).replace("\\|", "|")
    words = re.sub(r"\s+", " ", option.help or "").strip()
    if option.show_default and option.default not in (None, "", False):
        words = f"{words} Default: `{option.default}`.".strip()
    return f"`{'/'.join(option.opts)}{value}`", words


def check_table() -> str:
    """Return the kinds of problems that ``annotator check`` reports."""
    rows = [(f"`{k.value}`", k.level.value, k.description) for k in ProblemKind]
    return markdown_table(("kind", "level", "looks for"), rows)


def command_ids() -> str:
    """Return the ids of the commands by group, as ``keymap.toml`` names them."""
    rows = [(group, " ".join(f"`{c.id}`" for c in listed)) for group, listed in command_groups()]
    return markdown_table(("group", "names in `keymap.toml`"), rows)


def free_keys() -> str:
    """Return the plain keys that no command of the annotate screen has: punctuation and capital letters."""
    used = {key for command in COMMANDS for key in command.keys}
    signs = [f"`{c}`" for c in string.punctuation if textual_key_name(c) not in used]
    taken = [f"`{c}`" for c in string.ascii_uppercase if textual_key_name(c) in used]
    return " ".join([*signs, f"every capital letter but {' '.join(taken)}" if taken else "every capital letter"]) + "\n"


_CARRIED = ("metadata", "id", "title", "annotator", "note", "flag", "answer", "known-wrong spans", "span groups")


def carried_table() -> str:
    """Return what each format carries of a document beside text and spans, as its certificate finds it."""
    spans = (Span(0, 3, "PERSON", group="g"), Span(8, 10, "PERSON", group="g"))
    text = "Ida met Bo in Ry."
    document = Document(
        text,
        spans,
        build_tokens(["Ida", "met", "Bo", "in", "Ry", "."], [True] * 4 + [False] * 2),
        ((0, len(text)),),
        answer=Answer.REJECT,
        rejected=(Span(14, 16, "PERSON"),),
        annotator="ana",
        id="a1",
        title="A title",
        note="a note",
        flagged=True,
        meta={"publisher": "a publisher"},
    )
    rows = []
    for name in (name for name, info in FORMATS.items() if info.can_write):
        back, written = write_and_read(load_format(name), [document])
        report = compare_documents(name, [document], back, written)
        assert not report.unlisted, (name, report.unlisted)
        fields = {**report.fields, "metadata": report.metadata["publisher"]}
        rows.append((f"`{name}`", *("yes" if fields[x].back == fields[x].of else "listed" for x in _CARRIED)))
    heads = (*_CARRIED[:6], "reject", *_CARRIED[7:])
    return markdown_table(("format", *heads), rows)


def language_table() -> str:
    """Return what was made and tried for each language with a list of words or gold paragraphs, with figures."""
    listed = {group.split()[0] for group in word_groups("abbreviations")} - {"xx"}
    rows = []
    for lang in sorted({*listed, *languages(), "en", "th", "ko", "vi"}, key=language_name):
        support, f1 = language_support(lang), ["0.97 to 0.99" if lang == "en" else "", ""]
        if lang in languages():
            gold = gold_paragraphs(lang, "held")
            f1 = [f"{figures(gold, house(by))['f1']:.2f}" for by in (lang, "en")]
        rows.append((f"{language_name(lang)} `{lang}`", support.sentences, *f1, support.pages, support.tokens))
    return markdown_table(("language", "sentences", "F1", "by the English rules", "pages", "tokens"), rows)


TABLES: Mapping[str, Callable[[], str]] = {
    "keys": lambda: key_table() + "\n",
    "ids": command_ids,
    "options": option_tables,
    "free": free_keys,
    "checks": check_table,
    "carried": carried_table,
    "languages": language_table,
}


def with_tables(text: str) -> str:
    """Return a page with each of its tables made again."""
    return _TABLE.sub(lambda m: f"{m[1]}{TABLES[m[2]]()}{m[3]}", text)


def pages() -> list[Path]:
    """Return the manual's pages and ARCHITECTURE."""
    return [*sorted(MANUAL.glob("*.md")), ARCHITECTURE]


def main() -> None:
    """Write the tables of all pages, or say which are out of date."""
    texts = {page: page.read_text(encoding="utf-8") for page in pages()}
    old = {page: new for page, text in texts.items() if (new := with_tables(text)) != text}
    if "--check" in sys.argv[1:]:
        if old:
            sys.exit(f"out of date: {', '.join(p.name for p in old)}; run `{COMMAND}`")
        return
    for page, text in old.items():
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
