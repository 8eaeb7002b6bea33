"""Which language a text is in, and whether it fits the corpus's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.language.language_guess import LanguageTally, guess_language

TEXTS = {
    "en": "The ferry to the island has not run, and the board said that they were looking for another crew.",
    "de": "Die Fähre ist seit Montag nicht gefahren, und der Rat sucht für die Insel eine neue Mannschaft.",
    "fr": "Le bateau pour les îles est resté au port, et le conseil cherche une nouvelle équipe avec des marins.",
    "es": "El barco de las islas no ha salido desde el lunes, pero los marinos y sus dueños también esperan.",
    "nl": "De boot naar het eiland is niet uitgevaren, en het bestuur zoekt een nieuwe ploeg voor de haven.",
    "ja": "港の会議は水曜日に開かれた。船員たちは来なかった。",
    "zh": "港口会议于星期三举行。水手们没有来。",
    "ko": "항구 회의는 수요일에 열렸다. 선원들은 오지 않았고 배는 떠났다.",
    "th": "การประชุมท่าเรือจัดขึ้นในวันพุธ",
    "ru": "Совет гавани собрался в среду, но моряки не пришли, и паром ушёл без них.",
    "uk": "Рада гавані зібралася в середу, але моряки не прийшли, і пором пішов без них.",
    "ar": "اجتمع مجلس الميناء يوم الأربعاء لكن البحارة لم يحضروا",
    "hi": "बंदरगाह की बैठक बुधवार को हुई लेकिन नाविक नहीं आए और नाव चली गई",
}


@pytest.mark.parametrize("lang", TEXTS)
def test_a_text_is_known_by_its_script_or_its_function_words(lang: str) -> None:
    """Each text gives its language; the same in a corpus of that language is no mismatch."""
    assert guess_language(TEXTS[lang]) == lang
    tally = LanguageTally(lang)
    tally.add(TEXTS[lang])
    assert tally.mismatches() == []


@pytest.mark.parametrize(
    "text",
    [
        "", "Der Spiegel", "Die Welt und das Haus", "die die die", "1 2 3 4 5 6 7 8 9 10 11 12 13 14",
        "The meeting of the board, 会議 in Japanese, is over",
        "Ida Holm, Piet Lund, Otis Pell, Maud Tarn, Ada Quist, Bo Lind",
        "qux zip fob nar wix ped lum tor vex yam kip dub",
    ],
)  # fmt: skip
def test_short_and_odd_texts_give_no_language(text: str) -> None:
    """A name, a title, figures and a quoted word are no reason to name a language, but for English."""
    assert guess_language(text) in {"", "en"}


def test_a_note_needs_half_of_the_texts() -> None:
    """One German text in an English corpus is none; any text without blanks is."""
    tally = LanguageTally("en")
    for lang in ("en", "en", "en", "de", "ja"):
        tally.add(TEXTS[lang], lang)
    assert [(x.lang, x.texts, x.judged, x.first) for x in tally.mismatches()] == [("ja", 1, 5, "ja")]
    for _ in range(5):
        tally.add(TEXTS["de"], "more")
    assert [(x.lang, x.texts) for x in tally.mismatches()] == [("de", 6), ("ja", 1)]


@pytest.mark.parametrize(("corpus", "text"), [("ja", "zh"), ("zh", "ja"), ("bg", "ru"), ("xx", "de"), ("fa", "ar")])
def test_what_a_script_shares_fits(corpus: str, text: str) -> None:
    """A script of several languages is not told apart where the corpus is in one of them, but for Japanese."""
    tally = LanguageTally(corpus)
    tally.add(TEXTS[text])
    assert bool(tally.mismatches()) == ((corpus, text) == ("zh", "ja"))


@given(st.text(max_size=300))
def test_any_text_can_be_asked(text: str) -> None:
    """Whatever the text is, there is an answer."""
    guess_language(text)
