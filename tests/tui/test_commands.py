"""The registry: every command has a deed and a key of its own, and help says all of them."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest
from textual.keys import Keys, _character_to_key

from annotator.session.actions.hints import HINT_LETTERS, assign_hints
from annotator.session.annotation_controller import AnnotationController
from annotator.session.commands import (
    ALL_COMMANDS,
    COMMANDS,
    COMMANDS_WITHOUT_SENTENCE,
    FOOTER_COMMANDS,
    SCREEN_COMMANDS,
    WORKLIST_COMMANDS,
    command_by_id,
    footer_items,
)
from annotator.session.keymap import effective_keymap
from annotator.session.keymap_file import is_portable_key, key_label
from annotator.session.repair_queue import RepairQueue
from annotator.session.review_queue import ConsistencyQueue, LeftQueue
from annotator.session.screen_keys import SCREEN_KEYS, WORKLISTS, key_sections, key_table, single_keys
from annotator.session.two_machines_queue import DifferenceQueue
from annotator.storage.schemas import load_schema
from annotator.tui.layout.key_help import card_rows, key_help
from annotator.tui.layout.styled_text import BOX_GLYPHS, row_text
from annotator.tui.screens.worklists import ConsistencyScreen, LeftScreen, RepairScreen, TwoMachinesScreen
from tests import builders
from tests.app_pilot import running_app

SCHEMAS = ("news", "court")


def test_every_command_has_a_handler_and_every_handler_a_command(tmp_path: Path) -> None:
    """What the registry lists is what the controller can do, no more and no less."""
    controller = AnnotationController(builders.open_session(builders.make_corpus(tmp_path / "news")))
    handlers, ids = set(controller._commands), {c.id for c in ALL_COMMANDS}
    where = "`_command_handlers` in session/annotation_controller.py, or SCREEN_COMMANDS in session/commands.py"
    assert not ids - handlers, f"add these commands to {where}"
    assert not handlers - ids, "these handlers have no command in session/commands.py"
    assert len({c.id for c in ALL_COMMANDS}) == len(ALL_COMMANDS)
    assert {c.id for c in COMMANDS}.issuperset(COMMANDS_WITHOUT_SENTENCE | SCREEN_COMMANDS)
    controller.session.close()


async def test_every_command_of_the_screen_opens_something(tmp_path: Path) -> None:
    """What the controller leaves to the screen the app carries out."""
    async with running_app(tmp_path / "news") as d:
        assert not SCREEN_COMMANDS - set(d.app._openers), "add these commands to `_openers` in tui/app.py"


def test_the_worklists_do_what_the_registry_lists_for_them() -> None:
    """Each command of the worklists is one of a queue, and their rows of keys say all of them."""
    consistency = {*ConsistencyQueue.commands(object.__new__(ConsistencyQueue))}
    repair = {*RepairQueue.commands(object.__new__(RepairQueue))}
    left = {*LeftQueue.commands(object.__new__(LeftQueue))}
    machines = {*DifferenceQueue.commands(object.__new__(DifferenceQueue))}
    assert consistency | repair | left | machines | {"list_open"} == {c.id for c in WORKLIST_COMMANDS}
    assert {name for name, _ in ConsistencyScreen.KEYS} == consistency
    assert {name for name, _ in RepairScreen.KEYS} == repair
    assert {name for name, _ in LeftScreen.KEYS} == left
    assert {name for name, _ in TwoMachinesScreen.KEYS} == machines


def test_no_key_of_the_worklists_means_two_things() -> None:
    """Their commands and the keys that move in them are apart; each is plain, or has a plain one first."""
    keys = [k for c in WORKLIST_COMMANDS for k in c.keys]
    assert len(keys) == len(set(keys))
    assert not set(keys) & set(single_keys(WORKLISTS))
    assert all(is_portable_key(c.keys[0]) for c in WORKLIST_COMMANDS)


def test_no_key_means_two_things() -> None:
    """Each key belongs to one command, and by it the screen finds that command."""
    owners = {k: [c.id for c in COMMANDS if k in c.keys] for c in COMMANDS for k in c.keys}
    clashes = {k: ids for k, ids in owners.items() if len(ids) > 1}
    assert not clashes, "give each key one command in session/commands.py; ARCHITECTURE.md lists the free keys"
    found = effective_keymap(load_schema("news")).by_key
    assert found == {k: c.id for c in COMMANDS for k in c.keys}


def test_every_key_is_one_that_a_terminal_can_send() -> None:
    """Names of keys are Textual's own, so that none is bound in vain."""
    named = {k.value for k in Keys} | {_character_to_key(chr(c)) for c in range(33, 127)} | {"space"}
    for key in chain.from_iterable(c.keys for c in ALL_COMMANDS):
        assert key.removeprefix("alt+") in named, key


def test_every_command_has_a_plain_key_or_is_an_arrow() -> None:
    """No deed hangs on a key that some terminals swallow: the first key is printable or everywhere there.

    What has no key is a setting, chosen in the command palette by the name that is shown.
    """
    everywhere = {"enter", "tab", "shift+tab", "backspace", "up", "down", "left", "right", "home", "end"}
    printable = {_character_to_key(chr(c)) for c in range(33, 127)} | {"space"}
    swallowed = [c.id for c in COMMANDS if c.keys and c.keys[0] not in everywhere | printable]
    assert set(swallowed) <= {"undo", "redo", "help", "quit"}
    assert all(c.key_text == f": {c.id}" for c in COMMANDS if not c.keys)


@pytest.mark.parametrize("name", SCHEMAS)
def test_label_keys_digits_and_hints_never_clash_with_commands(name: str) -> None:
    """A letter or a digit from 1 is a label or a hint, never a command; a label key is never a hint."""
    schema = load_schema(name)
    typed = set(HINT_LETTERS) | schema.keys | set("123456789")
    clashes = {k: c.id for c in COMMANDS for k in c.keys if k in typed}
    assert not clashes, "choose other keys in session/commands.py; ARCHITECTURE.md lists the free keys"
    tokens = builders.tokens_of(" ".join(f"Word{n} and “40” %" for n in range(60)))
    hints = assign_hints(tokens, [len(t.text) for t in tokens], schema.keys)
    used = set("".join(h.letters for h in hints))
    assert used
    assert not used & schema.keys


def test_help_and_manual_list_every_key() -> None:
    """The help screen and the manual's table show each key of each screen with what it does."""
    sections = tuple(key_sections(ALL_COMMANDS))
    every = key_help(builders.news_schema(), sections, range(len(sections)), 0, 100, BOX_GLYPHS)
    shown, table = "\n".join(map(row_text, every.rows)), key_table()
    listed = [row for s in sections for row in s.rows]
    assert {(c.key_text, c.description) for c in ALL_COMMANDS} < set(listed)
    assert {(k.key_text, k.description) for keys in SCREEN_KEYS.values() for k in keys} < set(listed)
    for section, place in zip(sections, every.sections, strict=True):
        assert section.title in row_text(every.rows[place.start])
        assert len(place) > len(section.rows)
    for keys, does in listed:
        assert keys in shown
        assert does.split(",")[0][:40] in shown
        assert f"` | {does} |" in table
        assert keys.replace("|", r"\|") in table  # a bare bar would end the cell
    assert [command_by_id(i).id for i in FOOTER_COMMANDS] == list(FOOTER_COMMANDS)
    assert all(key and words for key, words in footer_items())


def test_the_card_of_the_help_fits_a_small_terminal() -> None:
    """At 80×24 the keys with which one is productive have a row each, and the list of tasks begins below them."""
    rows = [row_text(r) for r in card_rows(builders.news_schema(), 78, BOX_GLYPHS)]
    assert len(rows) <= 14
    keys = " ".join(r[:26] for r in rows).split()
    wanted = ("a", "s", "d", "f", "letter", "Enter", "Tab", "0", ".", ",", "Space", "Ctrl+Z", "↑")
    assert [k for k in wanted if k not in keys] == []


@pytest.mark.parametrize("title", SCREEN_KEYS)
def test_no_key_of_a_screen_means_two_things(title: str) -> None:
    """Each key of a screen is bound once, and each is one that a terminal can send."""
    keys = [k for key in SCREEN_KEYS[title] for names in key.bindings for k in names.split(",")]
    assert len(keys) == len(set(keys))
    assert all(key_label(k) for k in keys)
