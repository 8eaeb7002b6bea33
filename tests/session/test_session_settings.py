"""A user's settings in a session: what was set comes back, and each key reports what it has set."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from annotator.session.keymap_file import UserKeymap
from annotator.session.session_settings import SessionSettings
from annotator.session.setting_offers import SettingOffers
from annotator.storage.user_files import Preferences
from tests import builders

NEWS = builders.news_schema()
NAMES = [x.name for x in NEWS.labels]
CORPUS = Path("/corpora/news")
PREFERENCES = st.builds(
    Preferences,
    theme=st.sampled_from(["", "dark"]),
    hints=st.sampled_from(["likely", "all", "off"]),
    hint_mode=st.sampled_from(["", "always", "trigger", "toggle"]),
    hand=st.sampled_from(["", "right", "left"]),
    avoid=st.booleans(),
    auto_accept=st.builds(
        lambda labels: {"/corpora/other": ("X",)} | ({str(CORPUS): tuple(sorted(labels))} if labels else {}),
        st.sets(st.sampled_from(NAMES)),
    ),
    proposals=st.booleans(),
    reach=st.sampled_from(["sentence", "view"]),
    offered=st.sampled_from([(), ("hints",), ("reach", "hints")]),
    tour_done=st.booleans(),
)
KEYS = st.lists(st.sampled_from(["hints", "suggestions", "reach", "mode", "hand", "similar", *NAMES]), max_size=8)


def _settings(preferences: Preferences) -> SessionSettings:
    return SessionSettings(NEWS, CORPUS, preferences, UserKeymap())


@given(PREFERENCES, KEYS)
def test_what_was_set_is_there_in_the_next_session(preferences: Preferences, keys: list[str]) -> None:
    """Nothing changed changes nothing; what keys have changed is kept, and all else with it."""
    settings = _settings(preferences)
    assert settings.updated(preferences) == preferences
    for key in keys:
        {
            "hints": settings.next_hint_visibility,
            "suggestions": settings.toggle_suggestions,
            "reach": settings.toggle_reach,
            "mode": settings.keyboard.next_trigger_mode,
            "hand": settings.keyboard.switch_hand,
            "similar": settings.keyboard.toggle_look_alikes,
        }.get(key, lambda key=key: settings.toggle_auto_accept(key))()
    kept = settings.updated(preferences)
    again = _settings(kept)
    for name in ("hint_visibility", "suggestions_enabled", "reaches_view", "auto_accept_labels"):
        assert (getattr(again, name), name) == (getattr(settings, name), name)
    assert again.keyboard.keys == settings.keyboard.keys
    assert (kept.theme, kept.tour_done, kept.auto_accept["/corpora/other"]) == (
        preferences.theme, preferences.tour_done, ("X",)
    )  # fmt: skip
    assert settings.auto_accept_labels ^ frozenset(preferences.auto_accept.get(str(CORPUS), ())) == {
        name for name in NAMES if keys.count(name) % 2
    }


def test_each_key_reports_what_it_has_set() -> None:
    """In these words, round to where it began."""
    settings = _settings(Preferences())
    assert [settings.next_hint_visibility() for _ in range(3)] == ["hints: all", "hints: off", "hints: likely"]
    assert [settings.toggle_suggestions() for _ in range(2)] == ["suggestions are off", "suggestions are on"]
    assert [settings.toggle_reach() for _ in range(2)] == [
        "a label's key takes the suggestions of all sentences shown whole",
        "a label's key takes the suggestions of the active sentence alone",
    ]
    ask = "Enter takes what is sure of: {}. A label's key switches it"
    assert (settings.ask_for_auto_accept_label().text, settings.ask_for_auto_accept_label().stays) == (
        ask.format("nothing"), True
    )  # fmt: skip
    assert settings.toggle_auto_accept("VENUE") == "Enter takes what is sure of VENUE"
    assert settings.toggle_auto_accept("PERSON") == "Enter takes what is sure of PERSON, VENUE"
    assert settings.ask_for_auto_accept_label().text == ask.format("PERSON, VENUE")
    assert [settings.toggle_auto_accept(x) for x in ("PERSON", "VENUE")] == [
        "Enter takes what is sure of VENUE", "Enter takes nothing"
    ]  # fmt: skip
    keyboard = settings.keyboard
    assert [keyboard.next_trigger_mode() for _ in range(3)] == [
        "letters are hints once after [", "[ switches the letters on and off", "letters need no key before them"
    ]  # fmt: skip
    assert [keyboard.switch_hand().partition(";")[0] for _ in range(2)] == [
        "letters for the left hand", "letters for the right hand"
    ]  # fmt: skip
    assert [keyboard.toggle_look_alikes() for _ in range(2)] == [
        "letters that look alike are left out", "all letters are used"
    ]  # fmt: skip


@given(st.integers(0, 10), st.integers(190, 210), st.sampled_from(["likely", "all", "off"]), st.booleans())
def test_a_setting_is_offered_once_when_it_is_of_use(letters: int, spans: int, hints: str, reaches_view: bool) -> None:
    """Hints from the fifth letter on, reach from the 200th span on, and neither to a user who has chosen it."""
    offers = SettingOffers(())
    offers.letters_pressed = letters
    found = [offers.next_offer(hints, spans, reaches_view=reaches_view) for _ in range(3)]
    expected = [
        ("hints", "{} shows letters over all words")] * (letters >= 5 and hints == "likely") + [
        ("reach", "{} lets a label's key take suggestions of all sentences in view")
    ] * (spans >= 200 and not reaches_view)  # fmt: skip
    assert [x for x in found if x] == expected
    assert offers.offered == tuple(name for name, _ in expected)
