"""Counted keys in a journal line: an optional field that old lines lack and nobody can spoil."""

from __future__ import annotations

import zlib

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.journal_record import KeystrokeCounts
from annotator.storage import codec
from annotator.storage.codec import RecordDecoder, RecordLineError, encode_record
from tests.storage.storage_helpers import record

COUNTS = st.integers(0, 1000)
KEYS = st.builds(KeystrokeCounts, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)


@given(st.none() | KEYS)
def test_keys_come_back(keys: KeystrokeCounts | None) -> None:
    """What was counted is read again, and that nothing was counted is not taken for no keys."""
    line = encode_record(replace(record(1), keystrokes=keys))
    assert RecordDecoder().decode(line[:-1]).keystrokes == keys
    assert (b'"_keys"' in line) == (keys is not None)


def _with_keys(value: object) -> bytes:
    """Return a sound line, checksum and all, with this value as its keys."""
    body = orjson.dumps({**codec._record_fields(record(1)), "_keys": value})[:-1]
    return b'%b,"_crc":"%08x"}' % (body, zlib.crc32(body))


def test_a_kind_of_a_later_version_is_another_key() -> None:
    """Keys of kinds that are not known here still count."""
    found = RecordDecoder().decode(_with_keys({"label": 2, "mouse": 3, "other": 1})).keystrokes
    assert found == KeystrokeCounts(label=2, other=4)


@pytest.mark.parametrize("value", [{"label": -1}, {"mouse": -1}, {"label": 1.5}, {"label": True}, [1], "2"])
def test_what_is_no_count_is_no_record(value: object) -> None:
    """Negative or broken counts make the line invalid, as any other damage does."""
    with pytest.raises(RecordLineError):
        RecordDecoder().decode(_with_keys(value))
