"""The preferences that came later: none of them can make the file unreadable."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.storage.file_io import dump_json
from annotator.storage.user_files import MESSAGE_SECONDS, Preferences, _decode_preferences, update_preferences

JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers(-5, 5) | st.text(max_size=5),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=5), x, max_size=3),
    max_leaves=6,
)
LABELS = st.dictionaries(st.text(max_size=5), st.lists(st.text(max_size=5) | st.integers(), max_size=3), max_size=3)
"""What ``auto_accept`` should hold, and nearly that."""
LATER = ("hint_mode", "hand", "avoid", "auto_accept", "proposals", "tour_done", "fade")


def test_what_was_chosen_comes_back() -> None:
    """Every field survives the file."""
    mine = Preferences(
        hint_mode="trigger",
        hand="left",
        avoid=True,
        auto_accept={"news": ("PERSON", "COUNT")},
        proposals=False,
        tour_done=True,
        fade=0.0,
    )
    update_preferences(lambda _: mine)
    assert Preferences.load() == mine


@given(st.fixed_dictionaries({}, optional={**dict.fromkeys(LATER, JSON), "auto_accept": JSON | LABELS}))
def test_a_value_that_makes_no_sense_counts_as_not_given(data: dict[str, Any]) -> None:
    """Whatever a later version or an editor has put there, the theme and the places are kept."""
    places = {"/news": {"ana": "x:1-2"}}
    found = _decode_preferences({"theme": "light", "positions": places, **data})
    assert (found.theme, found.positions) == ("light", places)
    assert found.hint_mode in ("", "always", "trigger", "toggle")
    assert found.hand in ("", "right", "left")
    assert {type(found.avoid), type(found.proposals), type(found.tour_done)} == {bool}
    assert 0 <= found.fade <= 3600
    assert all(isinstance(x, str) for labels in found.auto_accept.values() for x in labels)


def test_a_file_of_an_earlier_version_has_the_defaults(home: Path) -> None:
    """A file that knows none of the later fields is read as before."""
    home.mkdir(exist_ok=True)
    (home / "preferences.json").write_bytes(dump_json({"theme": "dark", "hints": "off", "positions": {}}, "p"))
    assert Preferences.load() == Preferences(theme="dark", hints="off")
    assert Preferences().fade == MESSAGE_SECONDS


@pytest.mark.parametrize("fade", [-1, 1e9, True, "3"])
def test_a_message_fades_in_a_time_that_makes_sense(fade: object) -> None:
    """Seconds below nought or beyond an hour are a mistake."""
    assert _decode_preferences({"fade": fade}).fade == MESSAGE_SECONDS
    assert replace(Preferences(), fade=1.0).fade == 1.0
