"""``annotator keys``: the keys in force, and what is wrong with a keymap file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from annotator.cli import output
from annotator.cli.options import PATH, json_option
from annotator.storage.keymap import keymap_path, load_keymap
from annotator.storage.prefs import Preferences
from annotator.storage.schemas import DEFAULT, load_schema
from annotator.tui.commands import Command, by_id
from annotator.tui.keymap import Clash, Habits, KeySet, keys_in_force


@click.command("keys")
@click.option("--check", type=PATH, help="A keymap file to try, instead of your own.", metavar="FILE")
@click.option("--schema", type=PATH, default=Path(DEFAULT), help="The label schema to hold it against.")
@json_option
def command(check: Path | None, schema: Path, as_json: bool) -> int:
    """Print the keys in force; a * marks those that your keymap file has changed.

    Clashes in the file are told on stderr and end with exit code 1: it is then not used at all.
    """
    kept = Preferences.load()
    user = load_keymap(check)
    keys = keys_in_force(load_schema(schema), user, Habits(kept.hint_mode, kept.hand, kept.avoid))
    for clash in keys.problems:
        (output.warn if clash.warning else output.say)(str(clash))
    file = check or keymap_path()
    if as_json:
        output.as_json(_report(keys, file))
    else:
        output.data(_table(keys))
        output.say(f"keymap file: {file}{'' if file.exists() else ' (there is none yet)'}")
    return 1 if keys.errors else 0


def _changed(command: Command) -> bool:
    return command.keys != by_id(command.id).keys


def _report(keys: KeySet, file: Path) -> dict[str, Any]:
    return {
        "file": output.shown(file),
        "commands": [
            {"id": c.id, "group": c.group, "keys": c.keys, "does": c.description, "changed": _changed(c)}
            for c in keys.all_commands
        ],
        "labels": {x.name: x.key for x in keys.schema.labels},
        "letters": "".join(keys.style.available_letters(keys.label_keys)),
        "mode": keys.hint_settings.mode,
        "hand": keys.hint_settings.hand,
        "avoid": keys.hint_settings.avoid,
        "clashes": [_told(c) for c in keys.problems],
    }


def _told(clash: Clash) -> dict[str, Any]:
    return {"where": clash.where, "what": clash.what, "do": clash.do, "warning": clash.warning}


def _table(keys: KeySet) -> list[str]:
    """Return the table: mark, id, group, keys and what they do."""
    rows = [("*" if _changed(c) else " ", c.id, c.group, c.key_text, c.description) for c in keys.all_commands]
    rows += [(" ", "", "Label", x.key, x.name) for x in keys.schema.labels if x.key]
    rows += [(" ", "", "Hints", "letters", "".join(keys.style.available_letters(keys.label_keys)))]
    rows += [(" ", "", "Hints", "mode", keys.hint_settings.mode), (" ", "", "Hints", "hand", keys.hint_settings.hand)]
    wide = [max(len(row[n]) for row in rows) for n in range(4)]
    return ["  ".join([*(x.ljust(w) for x, w in zip(row[:4], wide, strict=True)), row[4]]) for row in rows]
