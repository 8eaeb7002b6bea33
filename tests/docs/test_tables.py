"""The tables of README and manual are those that the program makes, and names in prose exist."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from annotator.cli.main import main as annotator_group
from annotator.core.schema import LABEL_COLOURS
from annotator.formats.registry import FORMATS, export_formats
from annotator.session.keymap import effective_keymap
from annotator.session.keymap_file import parse_keymap
from annotator.storage.schemas import load_schema
from tests.formats.format_samples import LOSSY_FORMATS
from tests.scripts.make_docs import COMMAND, MANUAL, pages, with_tables
from tests.scripts.make_sample import ROOT

PAGES = [ROOT / "README.md", *pages()]
OTHER_PROGRAMS = {
    *(
        "--output",
        "--training",
        "--paths",
        "--quiet",
        "--editable",
        "--question",
        "--path",
    ),  # spaCy, pip, make, pip-audit
    *(
        "--spancat-steps",
        "--ner-steps",
        "--slow",
        "--torture",
        "--seed",
        "--minutes",
        "--quick",
        "--half",
        "--fit",
        "--size",
        "--limit",
        "--reach",
        "--newcomer",
    ),  # the tests and benchmarks of this project
}
"""Options of other programs that the pages name."""


def _id(page: Path) -> str:
    return page.stem


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_generated_tables_are_up_to_date(page: Path) -> None:
    """Each table of keys, options and checks is what the registries make."""
    text = page.read_text(encoding="utf-8")
    assert with_tables(text) == text, f"run `{COMMAND}`"


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_links_lead_to_files(page: Path) -> None:
    """Each link to a file of the project has a file at its end."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http", "#")):
            assert (page.parent / target.partition("#")[0]).exists(), target


def known_options() -> dict[str, set[str]]:
    """Return the options of each command, by the words that call it."""
    found: dict[str, set[str]] = {}

    def add(command: click.Command, ctx: click.Context) -> None:
        found[ctx.command_path] = {o for p in command.params for o in p.opts} | {"--help", "-h"}
        if isinstance(command, click.Group):
            for name in command.list_commands(ctx):
                below = command.get_command(ctx, name)
                assert below is not None
                add(below, click.Context(below, info_name=name, parent=ctx))

    add(annotator_group, click.Context(annotator_group, info_name="annotator", **annotator_group.context_settings))
    found["annotator"].add("--version")
    return found


OPTIONS = known_options()


def calls(text: str) -> Iterator[list[str]]:
    """Yield the words of each call of ``annotator`` in code."""
    code = re.findall(r"```(?:sh|text|yaml)[^\n]*\n(.*?)```", text, re.DOTALL)
    code += re.findall(r"`(annotator [^`]+)`", text)
    for block in code:
        for line in block.replace("\\\n", " ").splitlines():
            for found in re.finditer(r"(?:^|[\s/(;|&])annotator ([^|;&)#…]*)", line):
                yield shlex.split(found[1].replace("'", "").replace('"', ""))


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_modules_exist(page: Path) -> None:
    """Each module that a page runs with ``python -m`` is there."""
    for name in re.findall(r"python -m (tests[\w.]*)", page.read_text(encoding="utf-8")):
        path = ROOT / name.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), name


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_commands_and_options_exist(page: Path) -> None:
    """Each command that a page calls exists, with each option that it gives."""
    for words in calls(page.read_text(encoding="utf-8")):
        if not words or words[0].startswith("-") or words[0] in {"COMMAND", "TOPIC"}:
            continue
        two, one = f"annotator {' '.join(words[:2])}", f"annotator {words[0]}"
        name = two if two in OPTIONS else one
        options = {w.partition("=")[0] for w in words if w.startswith("--")}
        if name not in OPTIONS:
            assert not options or words[0] in {"CORPUS", "news"}, words
            name = "annotator annotate"
        assert options <= OPTIONS[name], f"{name}: {options - OPTIONS[name]}"


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_options_in_prose_exist(page: Path) -> None:
    """Each option that a page names alone belongs to some command, or to a program that is listed."""
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"(?<![\w-])(--[a-z][a-z-]*[a-z])", text))
    assert named <= set().union(*OPTIONS.values()) | OTHER_PROGRAMS


def toml_blocks(page: str) -> list[str]:
    """Return the TOML blocks of a page."""
    return re.findall(r"```toml\n(.*?)```", (MANUAL / page).read_text(encoding="utf-8"), re.DOTALL)


def test_keymaps_in_the_manual_can_be_used() -> None:
    """Each keymap in the manual has no clash with the default keys and labels."""
    blocks = toml_blocks("keys.md")
    assert len(blocks) >= 2
    for text in blocks:
        assert not effective_keymap(load_schema("news"), parse_keymap(text, "keymap.toml")).problems


def test_the_schema_in_the_manual_can_be_used(tmp_path: Path) -> None:
    """The schema that the manual shows is one, and the page names all colours."""
    (tmp_path / "own.toml").write_text(toml_blocks("schema.md")[0], encoding="utf-8")
    assert [x.name for x in load_schema(str(tmp_path / "own.toml")).labels]
    page = (MANUAL / "schema.md").read_text(encoding="utf-8")
    assert all(colour in page for colour in LABEL_COLOURS)


def test_the_table_of_formats_is_that_of_the_registry() -> None:
    """The page has a row for each format, with the names that import and export take."""
    page = (MANUAL / "formats.md").read_text(encoding="utf-8")
    rows = {r[0]: r[1] for r in re.findall(r"^\|[^|]+\| `([\w-]+)` \| (`[\w-]+`|–)", page, re.MULTILINE)}
    exports = export_formats()
    wanted = {name: f"`{name}`" if name in exports else "–" for name in FORMATS}
    assert rows == wanted, "correct the table in annotator/manual/formats.md"


def test_the_pages_name_the_formats_of_a_kind() -> None:
    """Where a sentence of the manual lists formats of a kind, they are all that the registry has of it."""
    for page, pattern, wanted in (
        (
            "formats.md",
            r"`--split-from`\) (.*?) write a file for each part",
            {n for n, x in FORMATS.items() if x.can_split},
        ),
        ("formats.md", r"where they have a place for metadata.*?were read\. (.*?) have none", LOSSY_FORMATS),
        (
            "export.md",
            r"has each sentence once, as (.*?) always do",
            {n for n, x in FORMATS.items() if x.can_write and not x.has_annotators},
        ),
    ):
        (found,) = re.findall(pattern, (MANUAL / page).read_text(encoding="utf-8"), re.DOTALL)
        assert set(re.findall(r"`([\w-]+)`", found)) == wanted, f"correct the sentence in annotator/manual/{page}"


def test_the_python_page_has_every_method_of_corpus() -> None:
    """Each public method of `Corpus` is in the page's table, and the table names no other."""
    from annotator import Corpus

    page = (MANUAL / "python.md").read_text(encoding="utf-8")
    rows = "".join(line for line in page.splitlines() if line.startswith("| `"))
    named = set(re.findall(r"`(?:Corpus)?\.(\w+)|`(\w+)\(\)`", rows))
    assert {a or b for a, b in named} == {n for n in dir(Corpus) if not n.startswith("_")} - {"folder"}
