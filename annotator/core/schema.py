"""The label schema: its labels, their guideline and the rules for overlap."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.errors import SchemaError
from annotator.core.spans import Span

LABEL_COLOURS = ("blue", "green", "orange", "pink", "red", "lime", "cyan", "mauve", "indigo", "violet", "sand", "teal")
"""The names a label's ``colour`` may have; the screen knows how each looks in each theme."""

MAX_LABEL_KEYS = 8
"""How many labels have a key of their own; the others are reached through the menu key."""

SPAN_FORMS = ("compound", "demonym", "modifier", "possessive", "speaker")
"""The forms that a label may exclude; `language.span_forms` decides whether a span has one."""

_LABEL_NAME = re.compile(r"\S{1,64}")
_LABEL_KEY = re.compile(r"[a-z]")
_WORD_BREAK = re.compile(r"[\W_]+|(?<=[^\W\d_A-Z])(?=[A-Z])")
_SPAN_MARK = re.compile(r"\[\[(.+?)\]\]")


class Example(Struct, frozen=True):
    """A guideline example: ``text`` without marks, the marked ranges, and why."""

    text: str
    marked: tuple[tuple[int, int], ...]
    """Ranges in code points of ``text``; none in a counter-example."""
    wrong: bool = False
    note: str = ""


class Label(Struct, frozen=True):
    """One label of a schema."""

    name: str
    key: str
    colour: str
    description: str = ""
    examples: tuple[Example, ...] = ()
    target: str = "spans"
    """``ents`` (also in the flat view) or ``spans`` (in the span group alone)."""
    inside: tuple[str, ...] = ()
    """The labels that a span of this label may be in."""
    overlaps: tuple[str, ...] = ()
    """The labels that a span of this label may cross (share a part with)."""
    takes: tuple[str, ...] = ()
    """What other tools and the rules call such a thing: ``GPE``, ``CARDINAL``, ``place``."""
    excludes: tuple[str, ...] = ()
    """The forms, of ``SPAN_FORMS``, in which nothing is suggested under the label."""


class RuleViolation(Struct, frozen=True):
    """A rule of the schema that two spans break."""

    rule: str
    message: str


class Schema(Struct, frozen=True):
    """An ordered set of labels; the guideline that the annotator reads is in it."""

    name: str
    version: str
    labels: tuple[Label, ...]

    def __hash__(self) -> int:
        """Hash by name: a schema is a key of caches that are asked for every row, and long to hash whole."""
        return hash((self.name, self.version, len(self.labels)))

    def label(self, name: str) -> Label | None:
        """Return the label of that name, or None."""
        return next((x for x in self.labels if x.name == name), None)

    def by_key(self, key: str) -> Label | None:
        """Return the label that a key or a digit from 1 stands for, or None."""
        if key.isdecimal():
            n = int(key)
            return self.labels[n - 1] if 1 <= n <= len(self.labels) else None
        return next((x for x in self.labels if x.key and x.key == key), None)

    def label_taking(self, given: str) -> str | None:
        """Return the label that takes what others call ``given`` (capitals don't matter), or None."""
        folded = given.upper()
        return next((x.name for x in self.labels if folded in {t.upper() for t in x.takes}), None)

    @property
    def has_label_mapping(self) -> bool:
        """Whether the schema itself has what its labels take; else that follows from their names.

        A name with a blank in it, which no label can have, is what another tool's files call the label.
        """
        return any(is_label_name(taken) for x in self.labels for taken in x.takes)

    @property
    def keys(self) -> frozenset[str]:
        """The letters that are label keys, and so never hints."""
        return frozenset(x.key for x in self.labels if x.key)

    @property
    def containers(self) -> frozenset[str]:
        """The labels that another label names in its ``inside``."""
        return _containers(self)

    def short_name(self, name: str) -> str:
        """Return a three-letter name, unique in the schema where three letters allow it.

        It is made from the part in which the name differs from its like: ``LEG`` of ``PERSON_LEGAL`` and
        ``PERSON_NATURAL``.
        """
        return _short_names(tuple(x.name for x in self.labels)).get(name, name[:3].upper())

    def find_violation(self, new: Span, others: Sequence[Span]) -> RuleViolation | None:
        """Return the first rule that ``new`` would break among ``others``, or None."""
        return next((b for o in others if o.overlaps(new) and (b := self._pair_violation(new, o))), None)

    def _pair_violation(self, a: Span, b: Span) -> RuleViolation | None:
        inner, outer = (a, b) if b.contains(a) else (b, a)
        if a.crosses(b):
            rule, both_ways = "overlaps", True
            what, do = f"{a.label} may not cross {b.label}", "Move an end with , . < > or remove one with 0"
        else:
            rule, both_ways = "inside", inner.contains(outer)
            what, do = f"{inner.label} may not be inside {outer.label}", "Change the selection or remove one with 0"
        if self._is_allowed(inner, outer, rule) or (both_ways and self._is_allowed(outer, inner, rule)):
            return None
        return RuleViolation(rule, f"{what} (rule `{rule}`). {do}")

    def _is_allowed(self, one: Span, other: Span, rule: str) -> bool:
        label = self.label(one.label)
        return label is None or other.label in getattr(label, rule)


@lru_cache(maxsize=64)
def _containers(schema: Schema) -> frozenset[str]:
    return frozenset(name for x in schema.labels for name in x.inside)


@lru_cache(maxsize=64)
def _short_names(names: tuple[str, ...]) -> dict[str, str]:
    """Give each name three letters: its first three, else those of the words that the others lack."""
    words = {name: _name_words(name) for name in names}
    alike = {
        name: [x for x in names if x != name and "".join(words[x])[:3] == "".join(words[name])[:3]] for name in names
    }
    taken: dict[str, str] = {}
    for name in sorted(names, key=lambda x: bool(alike[x])):  # a name without its like keeps its own letters
        shared = max((_count_shared(words[name], words[x]) for x in alike[name]), default=0)
        whole = "".join(words[name])
        part = "".join(words[name][shared:] or words[name][-1:])
        part = part if len(part) >= 3 else whole[: 3 - len(part)] + part
        tries = [part[:3], *(part[:2] + c for c in part[3:]), *(whole[:2] + c for c in whole[2:])]
        tries += [whole[:2] + str(n) for n in range(2, 10)]
        taken[name] = next((t for t in tries if t not in taken.values()), tries[0])
    return taken


def _name_words(name: str) -> list[str]:
    """Return the words of a label's name in capitals: ``PERSON_LEGAL`` and ``personLegal`` have two."""
    return [w.upper() for w in _WORD_BREAK.split(name) if w] or ["?"]


def _count_shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Return with how many same words two names begin."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def parse_schema(data: Mapping[str, Any], where: str) -> Schema:
    """Build a schema from the tables of its TOML file.

    Raises SchemaError, naming ``where``, for a missing name, two labels with one name or key,
    an unknown colour or target, or a rule that names a label that the schema does not have.
    """
    tables = data.get("label")
    if not isinstance(tables, list) or not tables:
        raise SchemaError("the schema has no [[label]]", where=where, do="add at least one label")
    labels = tuple(_parse_label(t, i, where) for i, t in enumerate(tables, 1))
    _check_labels(labels, where)
    return Schema(str(data.get("name", "schema")), str(data.get("version", "1")), labels)


def is_label_name(name: str) -> bool:
    """Return True if a label may have this name: up to 64 printable characters without a blank."""
    return _LABEL_NAME.fullmatch(name) is not None and name.isprintable()


def _parse_label(table: Any, n: int, where: str) -> Label:
    place = f"{where}: label {n}"
    if not isinstance(table, dict):
        raise SchemaError("a label must be a table", where=place, do="write it as [[label]]")
    name = table.get("name")
    if not isinstance(name, str) or not is_label_name(name):
        what = "the label has no usable `name`"
        raise SchemaError(what, where=place, do="give it a name without blanks or control characters")
    place = f"{where}: label {name}"
    key = table.get("key", "")
    if key != "" and not (isinstance(key, str) and _LABEL_KEY.fullmatch(key)):
        raise SchemaError(f"`key` must be one small letter, not {key!r}", where=place, do="use a letter from a to z")
    colour = table.get("colour", LABEL_COLOURS[(n - 1) % len(LABEL_COLOURS)])
    if colour not in LABEL_COLOURS:
        raise SchemaError(f"there is no colour {colour!r}", where=place, do="use one of " + ", ".join(LABEL_COLOURS))
    target = table.get("target", "spans")
    if target not in ("ents", "spans"):
        raise SchemaError(f"`target` is {target!r}", where=place, do='use "ents" or "spans"')
    return Label(
        name=name,
        key=str(key),
        colour=str(colour),
        description=str(table.get("description", "")).strip(),
        examples=_parse_examples(table, place),
        target=str(target),
        inside=_parse_names(table, "inside", place),
        overlaps=_parse_names(table, "overlaps", place),
        takes=_parse_names(table, "takes", place),
        excludes=_parse_forms(table, place),
    )


def _parse_names(table: dict[str, Any], rule: str, place: str) -> tuple[str, ...]:
    value = table.get(rule, [])
    if not isinstance(value, list) or not all(isinstance(x, str) for x in value):
        raise SchemaError(f"`{rule}` must be a list of label names", where=place, do=f'write {rule} = ["CLAIM"]')
    return tuple(value)


def _parse_forms(table: dict[str, Any], place: str) -> tuple[str, ...]:
    value = table.get("excludes", [])
    unknown = [x for x in value if x not in SPAN_FORMS] if isinstance(value, list) else [value]
    if unknown:
        what = f"`excludes` names an unknown form {unknown[0]!r}"
        raise SchemaError(what, where=place, do=f"write a list of {', '.join(SPAN_FORMS)}")
    return tuple(value)


def _parse_examples(table: dict[str, Any], place: str) -> tuple[Example, ...]:
    value = table.get("examples", [])
    if not isinstance(value, list):
        what = "`examples` must be a list"
        raise SchemaError(what, where=place, do='write examples = [{ text = "talks in [[Abu Dhabi]]" }]')
    return tuple(_parse_example(e, place) for e in value)


def _parse_example(table: Any, place: str) -> Example:
    if not isinstance(table, dict) or not isinstance(table.get("text"), str):
        raise SchemaError("an example has no `text`", where=place, do='write { text = "talks in [[Abu Dhabi]]" }')
    plain, ranges, at = "", [], 0
    for m in _SPAN_MARK.finditer(table["text"]):
        plain += table["text"][at : m.start()]
        ranges.append((len(plain), len(plain) + len(m.group(1))))
        plain += m.group(1)
        at = m.end()
    plain += table["text"][at:]
    return Example(plain, tuple(ranges), bool(table.get("wrong", False)), str(table.get("note", "")))


def _check_labels(labels: tuple[Label, ...], where: str) -> None:
    names = [x.name for x in labels]
    for name in names:
        if names.count(name) > 1:
            raise SchemaError(f"two labels are called {name}", where=where, do="rename one of them")
    for key in sorted({x.key for x in labels if x.key}):
        owners = [x.name for x in labels if x.key == key]
        if len(owners) > 1:
            raise SchemaError(f"{' and '.join(owners)} have the key {key!r}", where=where, do="give each its own")
    if sum(bool(x.key) for x in labels) > MAX_LABEL_KEYS:
        do = f"leave `key` out of all but {MAX_LABEL_KEYS}; the menu key reaches the others"
        raise SchemaError(f"{sum(bool(x.key) for x in labels)} labels have a key", where=where, do=do)
    _check_takes(labels, where)
    for label in labels:
        for rule in ("inside", "overlaps"):
            for other in getattr(label, rule):
                if other not in names:
                    what = f"`{rule}` names an unknown label {other!r}"
                    raise SchemaError(what, where=f"{where}: label {label.name}", do="use one of " + ", ".join(names))


def _check_takes(labels: tuple[Label, ...], where: str) -> None:
    """Raise SchemaError where two labels take the same, or one takes the name of another label."""
    taker: dict[str, str] = {}
    for label in labels:
        place = f"{where}: label {label.name}"
        for given in (t.upper() for t in label.takes):
            if taker.setdefault(given, label.name) != label.name:
                what = f"{taker[given]} and {label.name} both take {given}"
                raise SchemaError(what, where=place, do="leave it in one")
            if any(x.name.upper() == given and x is not label for x in labels):
                raise SchemaError(f"`takes` names {given}, which is a label itself", where=place, do="leave it out")


# -- label keys other than the schema's own: a user's choice, the mirror for the other hand, spare ones --

_MIRRORED_KEYS = dict(zip("qwertasdfgzxcvb", "poiuy;lkjh/.,mn", strict=True))
"""The key at the same place of the other half of an English keyboard."""
_FALLBACK_KEYS = "hjkluiopnmyqwertasdfgzxcvb"
"""What a label gets whose mirrored key is no letter or is taken, the easiest first."""
HOME_ROW_KEYS = "asdfghjk"
"""The keys of labels to which the schema gives none, in this order."""


def with_label_keys(schema: Schema, keys: Mapping[str, str]) -> Schema:
    """Return the schema with other keys for the labels that ``keys`` names, by label name."""
    labels = tuple(replace(x, key=keys.get(x.name, x.key)) for x in schema.labels)
    return replace(schema, labels=labels)


def mirrored_label_keys(schema: Schema) -> dict[str, str]:
    """Return a key for each label that has one, on the other hand's side of the keyboard."""
    ways = {**_MIRRORED_KEYS, **{right: left for left, right in _MIRRORED_KEYS.items()}}
    keyed = [x for x in schema.labels if x.key]
    out = {x.name: ways[x.key] for x in keyed if ways[x.key].isalpha()}
    spare = iter(c for c in _FALLBACK_KEYS if c not in out.values())
    return {x.name: out.get(x.name) or next(spare) for x in keyed}


def spare_label_keys(schema: Schema, taken: Collection[str]) -> dict[str, str]:
    """Return keys for labels to which the schema gives none, so that a bare list of names can be used.

    ``taken`` are letters that mean something else.
    """
    free = (key for key in HOME_ROW_KEYS if key not in schema.keys and key not in taken)
    bare = [x.name for x in schema.labels if not x.key][: MAX_LABEL_KEYS - len(schema.keys)]
    return dict(zip(bare, free, strict=False))
