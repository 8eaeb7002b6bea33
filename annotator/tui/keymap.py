"""The keys in force: the registry with what a user has changed, and what is wrong with the changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from annotator.core.hints import LEFT_LETTERS, LETTERS, LOOKALIKES, HintStyle
from annotator.core.label_keys import mirrored, spare_keys, with_keys
from annotator.core.schema import Schema
from annotator.storage.keymap import Keymap
from annotator.tui.commands import ALL, COMMANDS, LIST_MOVES, LISTS, Command
from annotator.tui.key_names import is_plain, key_name, written

FEW_LETTERS = 10
"""With fewer hint letters than this most words of a sentence have two letters or none."""
_DIGITS = frozenset("123456789")


@dataclass(frozen=True, slots=True)
class Habits:
    """What a user has chosen about letters; an empty text means the default."""

    mode: str = ""
    hand: str = ""
    avoid: bool = False

    def overridden_by(self, user: Keymap) -> Habits:
        """Return the habits with what a keymap file says of them."""
        avoid = self.avoid if user.avoid is None else user.avoid
        return Habits(user.mode or self.mode or "always", user.hand or self.hand or "right", avoid)


@dataclass(frozen=True, slots=True)
class Clash:
    """Something wrong in a keymap file: what, where (``file:line``), and what to do about it."""

    where: str
    what: str
    do: str
    warning: bool = False
    """Whether the keymap works all the same."""

    def __str__(self) -> str:
        """Return the one line: ``where: what; do``."""
        return f"{self.where}: {self.what}; {self.do}"


@dataclass(frozen=True, slots=True)
class KeySet:
    """All keys in force."""

    commands: tuple[Command, ...]
    by_key: Mapping[str, str]
    """Textual's name of a key → command id."""
    schema: Schema
    """The schema with the label keys in force."""
    style: HintStyle
    hint_settings: Habits
    worklist_commands: tuple[Command, ...] = LISTS
    """The commands of the worklists; their keys mean something there alone."""
    problems: tuple[Clash, ...] = ()

    @property
    def all_commands(self) -> tuple[Command, ...]:
        """The commands of the annotate screen and those of the worklists."""
        return (*self.commands, *self.worklist_commands)

    @property
    def worklist_command_by_key(self) -> Mapping[str, str]:
        """Textual's name of a key → id of the command that it means in a worklist."""
        return {k: c.id for c in self.worklist_commands for k in c.keys}

    @property
    def label_keys(self) -> frozenset[str]:
        """The letters that are never hints: none where hints are called for, since no label is meant then."""
        return frozenset() if self.hint_settings.mode == "trigger" else self.schema.keys

    @property
    def errors(self) -> tuple[Clash, ...]:
        """The clashes for which the keymap file is not used."""
        return tuple(c for c in self.problems if not c.warning)


def keys_in_force(schema: Schema, user: Keymap | None = None, hint_settings: Habits | None = None) -> KeySet:
    """Return the keys that a user's keymap and habits make of the registry and a schema.

    A keymap with an error is not used at all: the default keys come with its clashes.
    """
    user = user or Keymap()
    chosen = (hint_settings or Habits()).overridden_by(user)
    keys = _keys(schema, user, chosen)
    problems = tuple(_clashes(keys, user))
    if any(not c.warning for c in problems):
        keys = _keys(schema, Keymap(), (hint_settings or Habits()).overridden_by(Keymap()))
    return replace(keys, problems=problems)


def resolve_keymap(commands: Sequence[Command], user: Mapping[str, Sequence[str]]) -> tuple[Command, ...]:
    """Return the commands with the keys that a user has written for some of them, by command id."""
    return tuple(_rebound(c, user[c.id]) if c.id in user else c for c in commands)


def _rebound(command: Command, texts: Sequence[str]) -> Command:
    keys = tuple(dict.fromkeys(k for k in map(key_name, texts) if k))
    if keys == command.keys:
        return command
    first, *more = [written(k) for k in keys] or [f": {command.id}"]
    shown = f"{first} ({' or '.join(more)})" if more else first
    _, then, second = command.key_text.partition(" and ")  # "% and a label"
    shown += then + second if keys else ""
    footer = first.replace("Ctrl+", "^") if keys and command.footer_text else ""
    return replace(command, keys=keys, key_text=shown, footer_key=footer)


def _keys(schema: Schema, user: Keymap, hint_settings: Habits) -> KeySet:
    commands = resolve_keymap(COMMANDS, user.keys)
    taken = {k for c in commands for k in c.keys} | {*user.labels.values()}
    schema = with_keys(schema, spare_keys(schema, taken))
    labels = {**(mirrored(schema) if hint_settings.hand == "left" else {}), **user.labels}
    letters = user.letters or (LEFT_LETTERS if hint_settings.hand == "left" else LETTERS)
    style = HintStyle(letters, LOOKALIKES if hint_settings.avoid else frozenset())
    by_key = {k: c.id for c in commands for k in c.keys}
    lists = resolve_keymap(LISTS, user.keys)
    return KeySet(commands, by_key, with_keys(schema, labels), style, hint_settings, lists)


# -- what is wrong -----------------------------------------------------------------------------


def _clashes(keys: KeySet, user: Keymap) -> Iterator[Clash]:
    yield from _unknown(user)
    yield from _taken(keys, user)
    yield from _labels(keys.schema, user)
    yield from _letters(keys, user)
    yield from _hard(keys, user)


def _unknown(user: Keymap) -> Iterator[Clash]:
    """Yield commands and keys that there aren't."""
    ids = [c.id for c in ALL]
    for name, texts in user.keys.items():
        where = user.where(f"keys.{name}")
        if name not in ids:
            from difflib import get_close_matches  # needed for a mistake alone

            near = get_close_matches(name, ids, n=1)
            do = f"did you mean {near[0]}?" if near else "`annotator keys` lists the commands"
            yield Clash(where, f"there is no command {name}", do)
        for text in (t for t in texts if not key_name(t)):
            yield Clash(where, f"there is no key {text!r}", 'write keys like "!", "U", "ctrl+z", "pageup"')


def _taken(keys: KeySet, user: Keymap) -> Iterator[Clash]:
    """Yield keys that mean something else already: another command, a label, a hint, leaving."""
    for commands, others in ((keys.commands, _owners(keys)), (keys.worklist_commands, _list_owners(keys.worklist_commands))):
        yield from _rivals(commands, others, user)


def _rivals(
    commands: Sequence[Command], others: Mapping[str, Sequence[str]], user: Keymap
) -> Iterator[Clash]:
    for c in commands:
        for key in c.keys if c.id in user.keys else ():
            rivals = [x for x in others.get(key, ()) if x != f"the command {c.id}"]
            if rivals and not _told_before(c, key, commands, user):
                yield Clash(
                    user.where(f"keys.{c.id}"),
                    f"{written(key)} is {c.id}, and it is {rivals[0]} too",
                    _cure(rivals[0]),
                )


def _told_before(command: Command, key: str, commands: Sequence[Command], user: Keymap) -> bool:
    """Whether the clash of two changed commands is told at the first of them."""
    before = commands[: commands.index(command)]
    return any(key in c.keys and c.id in user.keys for c in before)


def _owners(keys: KeySet) -> dict[str, list[str]]:
    """Return what each key means, in words; hints last."""
    out: dict[str, list[str]] = {"ctrl+c": ["the key that leaves"]}
    for c in keys.commands:
        for key in c.keys:
            out.setdefault(key, []).append(f"the command {c.id}")
    for label in (x for x in keys.schema.labels if x.key):
        out.setdefault(label.key, []).append(f"the key of {label.name}")
    for digit in _DIGITS:
        out.setdefault(digit, []).append("the number of a label")
    if keys.hint_settings.mode != "trigger":
        for letter in keys.style.available_letters(keys.schema.keys):
            out.setdefault(letter, []).append("a hint letter")
    return out


def _list_owners(lists: Sequence[Command]) -> dict[str, list[str]]:
    """Return what each key means in a worklist, in words."""
    out = {key: ["a key that moves in the worklists"] for key in LIST_MOVES}
    out["ctrl+c"] = ["the key that leaves"]
    for c in lists:
        for key in c.keys:
            out.setdefault(key, []).append(f"the command {c.id}")
    return out


def _cure(rival: str) -> str:
    if rival == "a hint letter":
        return 'leave it out of letters in [hints], or write mode = "trigger" there'
    if rival.startswith("the command "):
        return f"give {rival.removeprefix('the command ')} other keys"
    if rival.startswith("the key of "):
        return f"give {rival.removeprefix('the key of ')} another key in [labels]"
    return "choose another key"


def _labels(schema: Schema, user: Keymap) -> Iterator[Clash]:
    """Yield label keys that two labels have."""
    for n, label in enumerate(schema.labels):
        rival = next((x for x in schema.labels[:n] if x.key and x.key == label.key), None)
        if rival:
            name = label.name if label.name in user.labels else rival.name
            yield Clash(
                user.where(f"labels.{name}"),
                f"{rival.name} and {label.name} have the key {label.key}",
                "give each its own",
            )


def _letters(keys: KeySet, user: Keymap) -> Iterator[Clash]:
    left = keys.style.available_letters(keys.label_keys)
    if len(left) < FEW_LETTERS:
        yield Clash(
            user.where("hints.letters") or user.path,
            f"{len(left)} letters are left for hints",
            "add letters, or many words have two letters or none",
            warning=True,
        )


def _hard(keys: KeySet, user: Keymap) -> Iterator[Clash]:
    """Yield changed commands that no key reaches, or none that every terminal sends."""
    for c in (c for c in keys.all_commands if c.id in user.keys):
        where = user.where(f"keys.{c.id}")
        if not c.keys and all(key_name(t) for t in user.keys[c.id]):
            lost = c.id == "palette" or c in keys.worklist_commands
            do = "give it one" if lost else "it is in the command palette alone"
            yield Clash(where, f"{c.id} has no key", do, warning=True)
        elif c.keys and not _reachable(c.keys) and _reachable(_default(c.id)):
            do = "add a printable key"
            yield Clash(where, f"some terminals do not send {written(c.keys[0])}", do, warning=True)


def _reachable(keys: Collection[str]) -> bool:
    return any(is_plain(k) for k in keys)


def _default(name: str) -> tuple[str, ...]:
    return next((c.keys for c in ALL if c.id == name), ())
