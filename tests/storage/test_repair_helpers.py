"""What repair undoes, undone: a flipped bit, what copying does to a text, settings that are partly lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import to_builtins
from msgspec.structs import replace

from annotator.core.errors import CorpusError, SchemaError
from annotator.core.label_migration import MigrationKind
from annotator.storage.bit_repair import correct_bit
from annotator.storage.codec import encode_record, has_valid_crc
from annotator.storage.corpus_layout import CorpusSettings, encode_settings
from annotator.storage.file_io import dump_json_line, parse_toml
from annotator.storage.migrations import Migration, decode_migrations
from annotator.storage.settings_recovery import damaged_settings_warning, derived_settings, read_or_derive_settings
from annotator.storage.transport_damage import (
    merge_sides,
    other_encodings,
    single_bit_flips,
    undo_transport_damage,
    without_doubled_line,
)
from tests.storage.storage_helpers import record

LINE = encode_record(record(3)).removesuffix(b"\n")
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\0\ufeff"), min_size=1, max_size=30)
LINES = st.lists(st.sampled_from(["one", "two", "näïve", "{}", ""]), min_size=1, max_size=6)


@given(st.integers(0, len(LINE) - 1), st.integers(0, 7))
def test_one_flipped_bit_of_a_line_is_found(at: int, bit: int) -> None:
    """Wherever it is, in the checksum too; unless it is in what marks the checksum as one."""
    raw = bytearray(LINE)
    raw[at] ^= 1 << bit
    found = correct_bit(bytes(raw))
    assert found == LINE
    assert correct_bit(bytes(raw[:40])) is None, "a line cut short has no checksum"


@given(st.sets(st.integers(0, 8 * len(LINE) - 1), min_size=2, max_size=4))
@example({0, 8 * (len(LINE) - 9) + 3})  # one of them in the checksum, which is no number then
def test_more_flipped_bits_are_not_guessed_at(bits: set[int]) -> None:
    """The result is none, or a line with a right checksum."""
    raw = bytearray(LINE)
    for n in bits:
        raw[n // 8] ^= 1 << n % 8
    found = correct_bit(bytes(raw))
    assert found is None or has_valid_crc(found)
    if all(n // 8 < len(LINE) - 30 for n in bits):
        assert found is None


@given(TEXT, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.integers(0, 3), st.booleans())
def test_what_copying_does_is_undone(text: str, encoding: str, zeros: int, windows: bool) -> None:
    """Whatever came together, and each named once; a text as it was written stays."""
    copied = (text.replace("\n", "\r\n") if windows else text).encode(encoding)
    done = {
        "turned UTF-16 into UTF-8": encoding == "utf-16",
        "removed a byte order mark": encoding == "utf-8-sig",
        "removed zeros at the end": zeros > 0,
        "turned line endings into LF": windows and "\n" in text,
    }
    if encoding == "utf-16":
        zeros, done["removed zeros at the end"] = 0, False
    assert undo_transport_damage(copied + b"\0" * zeros) == (
        text.encode(),
        tuple(x for x, is_so in done.items() if is_so),
    )


@given(LINES, LINES, LINES, st.integers(0, 5), st.booleans())
def test_a_text_that_was_doubled_or_not_merged_is_among_the_candidates(
    head: list[str], mine: list[str], theirs: list[str], at: int, base: bool
) -> None:
    """Each side of a merge whole, with what both have; and the text without any one of two lines that are alike."""
    middle = ["||||||| base", "old"] if base else []
    merged = [*head, "<<<<<<< HEAD", *mine, *middle, "=======", *theirs, ">>>>>>> other", *head]
    sides = ["\n".join([*head, *side, *head]).encode() for side in (mine, theirs)]
    assert list(merge_sides("\n".join(merged).encode())) == sides
    assert list(merge_sides(sides[0])) == []
    at %= len(head)
    doubled = "\n".join([*head[: at + 1], *head[at:]]).encode()
    found = list(without_doubled_line(doubled))
    assert "\n".join(head).encode() in found
    pairs = sum(a == b for a, b in zip(doubled.split(b"\n"), doubled.split(b"\n")[1:], strict=False))
    assert len(found) == pairs


def test_other_encodings_and_bits() -> None:
    """Of what is UTF-8 there is no other reading; of a short text all single bits are tried, of a long one none."""
    assert list(other_encodings("näïve".encode())) == []
    assert next(other_encodings("näïve €".encode("cp1252"))) == "näïve €".encode()
    assert list(other_encodings(b"\x81n")) == ["\x81n".encode()], "Windows-1252 has no such byte"
    flips = list(single_bit_flips(b"ab"))
    assert len(set(flips)) == len(flips) == 16
    assert all(sum((a ^ b).bit_count() for a, b in zip(x, b"ab", strict=True)) == 1 for x in flips)
    assert list(single_bit_flips(b"ab", 1)) == []
    assert len(list(single_bit_flips(b"ab", 2))) == 16


SETTINGS = CorpusSettings("boats", "de", "f1", "labels.toml")
FIELDS = {"name": "boats", "language": "de", "tokenizer": "f1", "schema": "labels.toml"}


@given(st.sets(st.sampled_from(sorted(FIELDS))), st.booleans(), st.booleans())
def test_what_is_left_of_settings_counts(
    tmp_path_factory: pytest.TempPathFactory, lost: set[str], odd: bool, has_schema: bool
) -> None:
    """The folder gives the name that is lost, the usual file the schema; language and tokenizer are not guessed."""
    folder = tmp_path_factory.mktemp("corpus")
    if has_schema:
        (folder / "labels.toml").touch()
    lines = encode_settings(SETTINGS).split(b"\n")
    broken = [b'language = "\xff"' if odd and x.startswith(b"language") else x for x in lines]
    kept = [x for x in broken if x.decode("utf-8", "replace").partition(" ")[0] not in lost]
    (folder / "corpus.toml").write_bytes(b"\n".join(kept))
    known = {k: v for k, v in FIELDS.items() if k not in lost and not (odd and k == "language")}
    expected = CorpusSettings(
        known.get("name", folder.name),
        known.get("language", ""),
        known.get("tokenizer", ""),
        known.get("schema", "schema.toml") if has_schema else "schema.toml",
    )
    assert derived_settings(folder) == expected
    found, flaw = read_or_derive_settings(folder)
    if not lost and not odd:
        assert (found, flaw) == (SETTINGS, None)
        return
    assert found == expected
    assert flaw
    assert flaw.where.partition(":")[0] == str(folder / "corpus.toml")
    assert flaw.what.startswith("corpus.toml is damaged: ")
    assert flaw.do == "run `annotator repair`" if known.get("language") else "run `annotator repair --lang CODE`"
    unknown = "" if found.lang else ", but its language is not known"
    assert damaged_settings_warning(found, flaw) == f"{flaw.what}; you can annotate{unknown}; {flaw.do}"


def test_settings_that_are_gone_or_empty(tmp_path: Path) -> None:
    """The words differ; a folder in their place is no empty file."""
    path = tmp_path / "corpus.toml"
    assert (
        str(read_or_derive_settings(tmp_path)[1])
        == f"{path}: corpus.toml is missing; run `annotator repair --lang CODE`"
    )
    path.touch()
    assert (
        str(read_or_derive_settings(tmp_path)[1]) == f"{path}: corpus.toml is empty; run `annotator repair --lang CODE`"
    )
    path.write_text("format = 2\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="newer Annotator"):
        read_or_derive_settings(tmp_path)


NAMES = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), max_size=3).map(tuple)
MIGRATION = st.builds(
    Migration,
    version=st.just(1),
    number=st.just(1),
    kind=st.sampled_from(MigrationKind),
    sources=NAMES,
    into=NAMES,
    words=st.dictionaries(st.sampled_from(["boat", "ship"]), st.sampled_from(["A", "B"])),
    undoes=st.integers(0, 9),
    by=st.sampled_from(["ana", "ben"]),
    time=st.integers(0, 2**40).map(float),
    records=st.dictionaries(st.sampled_from(["ana", "ben"]), st.integers(0, 9)),
    before=st.just("x"),
    after=st.just("y"),
)


@given(st.lists(MIGRATION, max_size=3), st.booleans())
def test_migrations_come_back(made: list[Migration], versioned: bool) -> None:
    """Numbered from 1 by their lines; a line without a version is of the first one."""
    made = [replace(x, number=n) for n, x in enumerate(made, 1)]
    lines = [to_builtins(x) for x in made]
    for line in [] if versioned else lines:
        del line["_v"]
    assert decode_migrations(b"".join(map(dump_json_line, lines)), "x") == tuple(made)
    if len(lines) > 1:
        with pytest.raises(CorpusError) as caught:
            decode_migrations(b"".join(map(dump_json_line, lines[::-1])), "x")
        what = "this is no migration (`n` is not the line's number)"
        assert str(caught.value) == f"x:1: {what}; restore the file from a copy"
    with pytest.raises(CorpusError) as caught:
        decode_migrations(b"".join(map(dump_json_line, lines)) + b'{"_v":2}\n', "x")
    assert str(caught.value) == f"x:{len(made) + 1}: a newer Annotator wrote this (format 2); update Annotator"
    with pytest.raises(CorpusError) as caught:
        decode_migrations(b'{"_v":1}\n', "x")
    assert (
        str(caught.value)
        == "x:1: this is no migration (Object missing required field `n`); restore the file from a copy"
    )


@pytest.mark.parametrize("error_type", [CorpusError, SchemaError])
def test_a_toml_text_is_refused_with_its_line(error_type: type[CorpusError]) -> None:
    """In the words of the caller, at the line, or at the last one where the text ends too early."""
    for text, message in (
        ("a = 1\nb = \nc = 2", "x:2: this is no TOML: invalid value; correct that line"),
        ("a = 1\r\n[b", "x:2: this is no TOML: expected ']' at the end of a table declaration; correct that line"),
        ("a = " + "[" * 5000, "x: this TOML is nested too deeply; name another file"),
    ):
        with pytest.raises(error_type) as caught:
            parse_toml(text, "x", error_type)
        assert (type(caught.value), str(caught.value)) == (error_type, message)
