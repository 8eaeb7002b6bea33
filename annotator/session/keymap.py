"""The keys in force: the registry with what a user has changed, and what is wrong with the changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.errors import RuleError
from annotator.core.schema import Schema, mirrored_label_keys, spare_label_keys, with_label_keys
from annotator.session.actions.hints import HINT_LETTERS, LEFT_HAND_HINT_LETTERS, LOOKALIKE_LETTERS, HintStyle
from annotator.session.commands import ALL_COMMANDS, COMMANDS, WORKLIST_COMMANDS, Command, command_by_id
from annotator.session.keymap_file import UserKeymap, is_portable_key, key_label, textual_key_name
from annotator.session.screen_keys import WORKLISTS, single_keys

MIN_HINT_LETTERS = 10
"""With fewer hint letters than this most words of a sentence have two letters or none."""
_LABEL_NUMBER_KEYS = frozenset("123456789")


class HintSettings(Struct, frozen=True):
    """What a user has chosen about letters; an empty text means the default."""

    mode: str = ""
    hand: str = ""
    avoid: bool = False

    def overridden_by(self, user: UserKeymap) -> HintSettings:
        """Return the habits with the entries of a keymap file."""
        avoid = self.avoid if user.avoid is None else user.avoid
        return HintSettings(user.mode or self.mode or "always", user.hand or self.hand or "right", avoid)


class KeymapProblem(Struct, frozen=True):
    """Something wrong in a keymap file: what, where (``file:line``), and what to do about it."""

    where: str
    what: str
    do: str
    warning: bool = False
    """Whether the keymap works all the same."""

    def __str__(self) -> str:
        """Return the one line: ``where: what; do``."""
        return f"{self.where}: {self.what}; {self.do}"


class EffectiveKeymap(Struct, frozen=True):
    """All keys in force."""

    commands: tuple[Command, ...]
    by_key: Mapping[str, str]
    """Textual's name of a key → command id."""
    schema: Schema
    """The schema with the label keys in force."""
    style: HintStyle
    hint_settings: HintSettings
    worklist_commands: tuple[Command, ...] = WORKLIST_COMMANDS
    """The commands of the worklists; their keys mean something there alone."""
    problems: tuple[KeymapProblem, ...] = ()

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
    def errors(self) -> tuple[KeymapProblem, ...]:
        """The clashes for which the keymap file is not used."""
        return tuple(c for c in self.problems if not c.warning)


def effective_keymap(
    schema: Schema, user: UserKeymap | None = None, hint_settings: HintSettings | None = None
) -> EffectiveKeymap:
    """Return the keys that a user's keymap and habits make of the registry and a schema.

    A keymap with an error is not used at all: the default keys come with its clashes.
    """
    user = user or UserKeymap()
    chosen = (hint_settings or HintSettings()).overridden_by(user)
    keys = _build_keymap(schema, user, chosen)
    problems = tuple(_keymap_problems(keys, user))
    if any(not c.warning for c in problems):
        keys = _build_keymap(schema, UserKeymap(), (hint_settings or HintSettings()).overridden_by(UserKeymap()))
    return replace(keys, problems=problems)


def with_user_keys(commands: Sequence[Command], user: Mapping[str, Sequence[str]]) -> tuple[Command, ...]:
    """Return the commands with the keys that a user has written for some of them, by command id.

    A default key gives way to the same key in the user's file, so that the file works with later versions too.
    """
    own = {c.id: _key_names(user[c.id]) for c in commands if c.id in user}
    taken = {k for keys in own.values() for k in keys}
    return tuple(_with_keys(c, own.get(c.id, tuple(k for k in c.keys if k not in taken))) for c in commands)


def _key_names(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(k for k in map(textual_key_name, texts) if k))


def _with_keys(command: Command, keys: tuple[str, ...]) -> Command:
    return command if keys == command.keys else command.with_keys(keys)


def _build_keymap(schema: Schema, user: UserKeymap, hint_settings: HintSettings) -> EffectiveKeymap:
    commands = with_user_keys(COMMANDS, user.keys)
    taken = {k for c in commands for k in c.keys} | {*user.labels.values()}
    schema = with_label_keys(schema, spare_label_keys(schema, taken))
    labels = {**(mirrored_label_keys(schema) if hint_settings.hand == "left" else {}), **user.labels}
    letters = user.letters or (LEFT_HAND_HINT_LETTERS if hint_settings.hand == "left" else HINT_LETTERS)
    style = HintStyle(letters, LOOKALIKE_LETTERS if hint_settings.avoid else frozenset())
    by_key = {k: c.id for c in commands for k in c.keys}
    lists = with_user_keys(WORKLIST_COMMANDS, user.keys)
    return EffectiveKeymap(commands, by_key, with_label_keys(schema, labels), style, hint_settings, lists)


# -- what is wrong -----------------------------------------------------------------------------


def _keymap_problems(keys: EffectiveKeymap, user: UserKeymap) -> Iterator[KeymapProblem]:
    yield from _unknown_names(user)
    yield from _key_conflicts(keys.commands, _key_meanings(keys), user)
    yield from _key_conflicts(keys.worklist_commands, _worklist_key_meanings(keys.worklist_commands), user)
    yield from _label_key_conflicts(keys.schema, user)
    yield from _too_few_letters(keys, user)
    yield from _unreachable_commands(keys, user)
    yield from _lost_default_keys(keys.commands, user)
    yield from _lost_default_keys(keys.worklist_commands, user)


def _unknown_names(user: UserKeymap) -> Iterator[KeymapProblem]:
    """Yield commands and keys that there aren't."""
    ids = [c.id for c in ALL_COMMANDS]
    for name, texts in user.keys.items():
        where = user.where(f"keys.{name}")
        if name not in ids:
            from difflib import get_close_matches  # needed for a mistake alone

            near = get_close_matches(name, ids, n=1)
            do = f"did you mean {near[0]}?" if near else "`annotator keys` lists the commands"
            yield KeymapProblem(where, f"there is no command {name}", do)
        for text in (t for t in texts if not textual_key_name(t)):
            yield KeymapProblem(where, f"there is no key {text!r}", 'write keys like "!", "U", "ctrl+z", "pageup"')


def _key_conflicts(
    commands: Sequence[Command], others: Mapping[str, Sequence[str]], user: UserKeymap
) -> Iterator[KeymapProblem]:
    """Yield keys that mean something else already: another command, a label, a hint, leaving."""
    for c in commands:
        for key in c.keys if c.id in user.keys else ():
            rivals = [x for x in others.get(key, ()) if x != f"the command {c.id}"]
            if rivals and not _reported_earlier(c, key, commands, user):
                yield KeymapProblem(
                    user.where(f"keys.{c.id}"),
                    f"{key_label(key)} is {c.id}, and it is {rivals[0]} too",
                    _conflict_remedy(rivals[0]),
                )


def _reported_earlier(command: Command, key: str, commands: Sequence[Command], user: UserKeymap) -> bool:
    """Whether the clash of two changed commands is reported at the first of them."""
    before = commands[: commands.index(command)]
    return any(key in c.keys and c.id in user.keys for c in before)


def _key_meanings(keys: EffectiveKeymap) -> dict[str, list[str]]:
    """Return what each key means, in words; hints last."""
    out = _command_key_meanings(keys.commands, {})
    for label in (x for x in keys.schema.labels if x.key):
        out.setdefault(label.key, []).append(f"the key of {label.name}")
    for digit in _LABEL_NUMBER_KEYS:
        out.setdefault(digit, []).append("the number of a label")
    if keys.hint_settings.mode != "trigger":
        for letter in keys.style.available_letters(keys.schema.keys):
            out.setdefault(letter, []).append("a hint letter")
    return out


def _command_key_meanings(commands: Sequence[Command], moves: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return what each key of the commands means, after the keys that only move."""
    out = {**moves, "ctrl+c": ["the key that leaves"]}
    for c in commands:
        for key in c.keys:
            out.setdefault(key, []).append(f"the command {c.id}")
    return out


def _worklist_key_meanings(lists: Sequence[Command]) -> dict[str, list[str]]:
    """Return what each key means in a worklist, in words."""
    moves = {key: ["a key that moves in the worklists"] for key in single_keys(WORKLISTS)}
    return _command_key_meanings(lists, moves)


def _conflict_remedy(rival: str) -> str:
    if rival == "a hint letter":
        return 'leave it out of letters in [hints], or write mode = "trigger" there'
    if rival.startswith("the command "):
        return f"give {rival.removeprefix('the command ')} other keys"
    if rival.startswith("the key of "):
        return f"give {rival.removeprefix('the key of ')} another key in [labels]"
    return "choose another key"


def _label_key_conflicts(schema: Schema, user: UserKeymap) -> Iterator[KeymapProblem]:
    """Yield label keys that two labels have."""
    for n, label in enumerate(schema.labels):
        rival = next((x for x in schema.labels[:n] if x.key and x.key == label.key), None)
        if rival:
            name = label.name if label.name in user.labels else rival.name
            yield KeymapProblem(
                user.where(f"labels.{name}"),
                f"{rival.name} and {label.name} have the key {label.key}",
                "give each its own",
            )


def _too_few_letters(keys: EffectiveKeymap, user: UserKeymap) -> Iterator[KeymapProblem]:
    left = keys.style.available_letters(keys.label_keys)
    if len(left) < MIN_HINT_LETTERS:
        yield KeymapProblem(
            user.where("hints.letters") or user.path,
            f"{len(left)} letters are left for hints",
            "add letters, or many words have two letters or none",
            warning=bool(left),
        )


def _unreachable_commands(keys: EffectiveKeymap, user: UserKeymap) -> Iterator[KeymapProblem]:
    """Yield changed commands that no key reaches, or none that every terminal sends."""
    for c in (c for c in keys.all_commands if c.id in user.keys):
        where = user.where(f"keys.{c.id}")
        if not c.keys and all(textual_key_name(t) for t in user.keys[c.id]):
            lost = c.id == "palette" or c in keys.worklist_commands
            do = "give it one" if lost else "it is in the command palette alone"
            yield KeymapProblem(where, f"{c.id} has no key", do, warning=True)
        elif c.keys and not _is_reachable(c.keys) and _is_reachable(command_by_id(c.id).keys):
            do = "add a printable key"
            yield KeymapProblem(where, f"some terminals do not send {key_label(c.keys[0])}", do, warning=True)


def _lost_default_keys(commands: Sequence[Command], user: UserKeymap) -> Iterator[KeymapProblem]:
    """Yield default keys that the user's file has given to another command."""
    for c in (c for c in commands if c.id not in user.keys):
        for key in command_by_id(c.id).keys:
            owner = next((x for x in commands if key in x.keys and x.id in user.keys), None)
            if owner:
                left = " and ".join(map(key_label, c.keys))
                do = f"{c.id} still has {left}" if left else f"give {c.id} other keys"
                what = f"{key_label(key)} is {owner.id}, and no longer {c.id}"
                yield KeymapProblem(user.where(f"keys.{owner.id}"), what, do, warning=True)


def _is_reachable(keys: Collection[str]) -> bool:
    return any(is_portable_key(k) for k in keys)


# -- the keyboard of a running app -------------------------------------------------------------


class HintActivation(Struct):
    """Whether letters are hints at the moment."""

    mode: str = "always"
    on: bool = False
    """Called for or switched on; means nothing where they are always there."""

    @property
    def active(self) -> bool:
        """Whether letters are hints now."""
        return self.mode == "always" or self.on

    @property
    def requested(self) -> bool:
        """Whether hints have been called for, so that even a label's key is a hint."""
        return self.mode == "trigger" and self.on

    def call(self) -> None:
        """Call for the hints where they must be called for."""
        if self.mode == "trigger":
            self.on = True

    def used(self) -> None:
        """Take note that a word was chosen or something else done: what was called for goes away."""
        if self.mode == "trigger":
            self.on = False


_MODE_MESSAGES = {
    "always": "letters need no key before them",
    "trigger": "letters are hints once after {}",
    "toggle": "{} switches the letters on and off",
}


class Keyboard:
    """Holds the keys in force; ``chosen`` is what is to be remembered."""

    def __init__(self, schema: Schema, user_keymap: UserKeymap, hint_settings: HintSettings) -> None:
        """Start with a user's keymap and what was chosen in the app before."""
        self._schema = schema
        self._user_keymap = user_keymap
        self.saved_settings = hint_settings
        self.keys = effective_keymap(schema, user_keymap, hint_settings)
        self.letters = HintActivation(self.keys.hint_settings.mode)

    def toggle_letters(self) -> None:
        """Call for the hints, or switch them on or off; raises RuleError where letters need no key before them."""
        if self.letters.mode == "always":
            raise RuleError("letters need no key before them", do=f"{self.key_text('hints')} shows or hides them")
        self.letters.on = not self.letters.on

    def command(self, key: str) -> str:
        """Return the id of the command that a key (Textual's name) means; empty for none."""
        return self.keys.by_key.get(key, "")

    def worklist_command(self, key: str) -> str:
        """Return the id of the command that a key means in a worklist; empty for none."""
        return self.keys.worklist_command_by_key.get(key, "")

    def key_text(self, command: str) -> str:
        """Return the first key of a command as people read it; empty for one without keys."""
        found = command_by_id(command, self.keys.commands)
        return found.key_text.partition(" ")[0] if found.keys else ""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is wrong with the keymap file: the first thing in full, and how to see the others."""
        if not self.keys.problems:
            return ()
        first = (self.keys.errors or self.keys.problems)[0]
        rest = len(self.keys.problems) - 1
        used = "; the default keys are used" if self.keys.errors else ""
        more = f" (and {rest} more: see `annotator keys`)" if rest else ""
        return (f"{first}{used}{more}",)

    def next_trigger_mode(self) -> str:
        """Go to the next hint mode and report it; raises RuleError where letters mean other things then."""
        modes = list(_MODE_MESSAGES)
        mode = modes[(modes.index(self.keys.hint_settings.mode) + 1) % len(modes)]
        self._apply_settings(replace(self.keys.hint_settings, mode=mode))
        key = next(c.key_text.split()[0] for c in self.keys.commands if c.id == "letters")
        return _MODE_MESSAGES[mode].format(key)

    def switch_hand(self) -> str:
        """Change the hand that gets the likely words' letters and report it; raises RuleError as above."""
        hand = "left" if self.keys.hint_settings.hand == "right" else "right"
        self._apply_settings(replace(self.keys.hint_settings, hand=hand))
        labels = " ".join(f"{x.key} {x.name}" for x in self.keys.schema.labels if x.key)
        return f"letters for the {hand} hand; labels: {labels}"

    def toggle_look_alikes(self) -> str:
        """Leave letters that look alike out, or use them again, and report it; raises RuleError as above."""
        avoid = not self.keys.hint_settings.avoid
        self._apply_settings(replace(self.keys.hint_settings, avoid=avoid))
        return "letters that look alike are left out" if avoid else "all letters are used"

    def _apply_settings(self, hint_settings: HintSettings) -> None:
        user = UserKeymap() if self.keys.errors else self._user_keymap
        free = replace(user, mode="", hand="", avoid=None)
        new = effective_keymap(self._schema, free, hint_settings)
        if new.errors:
            raise RuleError(new.errors[0].what, where=new.errors[0].where, do=new.errors[0].do)
        self.keys, self._user_keymap, self.saved_settings = new, free, hint_settings
        self.letters.mode, self.letters.on = hint_settings.mode, False
