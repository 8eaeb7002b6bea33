"""``annotator keys``: the keys in force, and what is wrong with a keymap file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from annotator.cli import output
from annotator.cli.options import PATH, json_option
from annotator.core.errors import path_text
from annotator.session.commands import Command, command_by_id
from annotator.session.keymap import EffectiveKeymap, HintSettings, KeymapProblem, effective_keymap
from annotator.session.keymap_file import load_user_keymap, user_keymap_path
from annotator.storage.schemas import DEFAULT_SCHEMA, load_schema
from annotator.storage.user_files import Preferences


@click.command("keys", epilog="Example: annotator keys --check keymap.toml")
@click.option("--check", type=PATH, help="A keymap file to try, instead of your own.", metavar="FILE")
@click.option("--schema", type=PATH, default=Path(DEFAULT_SCHEMA), help="The label schema to hold it against.")
@json_option
def command(check: Path | None, schema: Path, as_json: bool) -> int:
    """Print the keys in force; a * marks those that your keymap file has changed.

    Clashes in the file are reported on stderr and end with exit code 1: it is then not used at all.
    """
    kept = Preferences.load()
    user = load_user_keymap(check)
    keys = effective_keymap(load_schema(schema), user, HintSettings(kept.hint_mode, kept.hand, kept.avoid))
    for clash in keys.problems:
        (output.write_warning if clash.warning else output.write_message)(str(clash))
    file = check or user_keymap_path()
    if as_json:
        output.write_json(_report_fields(keys, file))
    else:
        for row in _key_table(keys):
            output.write_row(row)
        output.write_message(f"keymap file: {file}{'' if file.exists() else ' (there is none yet)'}")
    return 1 if keys.errors else 0


def _is_changed(command: Command) -> bool:
    return command.keys != command_by_id(command.id).keys


def _report_fields(keys: EffectiveKeymap, file: Path) -> dict[str, Any]:
    return {
        "file": path_text(file),
        "commands": [
            {"id": c.id, "group": c.group, "keys": c.keys, "does": c.description, "changed": _is_changed(c)}
            for c in keys.all_commands
        ],
        "labels": {x.name: x.key for x in keys.schema.labels},
        "letters": "".join(keys.style.available_letters(keys.label_keys)),
        "mode": keys.hint_settings.mode,
        "hand": keys.hint_settings.hand,
        "avoid": keys.hint_settings.avoid,
        "clashes": [_clash_fields(c) for c in keys.problems],
    }


def _clash_fields(clash: KeymapProblem) -> dict[str, Any]:
    return {"where": clash.where, "what": clash.what, "do": clash.do, "warning": clash.warning}


def _key_table(keys: EffectiveKeymap) -> list[str]:
    """Return the table: mark, id, group, keys and what they do."""
    rows = [("*" if _is_changed(c) else " ", c.id, c.group, c.key_text, c.description) for c in keys.all_commands]
    rows += [(" ", "", "Label", x.key, x.name) for x in keys.schema.labels if x.key]
    rows += [(" ", "", "Hints", "letters", "".join(keys.style.available_letters(keys.label_keys)))]
    rows += [(" ", "", "Hints", "mode", keys.hint_settings.mode), (" ", "", "Hints", "hand", keys.hint_settings.hand)]
    wide = [max(len(row[n]) for row in rows) for n in range(4)]
    return ["  ".join([*(x.ljust(w) for x, w in zip(row[:4], wide, strict=True)), row[4]]) for row in rows]
