"""Sentences of languages other than English: gold paragraphs of our own, and rules for any text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from annotator.ingest.language_advice import MEASURED_LANGUAGES, language_warning
from annotator.ingest.quotation_ranges import quotation_ranges
from annotator.ingest.segmentation import MAX_SENTENCE_LENGTH, sentence_ranges
from tests.benchmarks.sentence_languages import gold_paragraphs, house, languages
from tests.benchmarks.sentences import figures
from tests.ingest.call_counts import calls


@pytest.mark.parametrize("lang", languages())
def test_gold(lang: str) -> None:
    """A measured language is cut as its gold is on the half that its rules were made on, nearly so on the other."""
    assert figures(gold_paragraphs(lang, "tune"), house(lang))["f1"] == 1
    assert figures(gold_paragraphs(lang, "held"), house(lang))["f1"] >= 0.88


def split(lang: str, text: str) -> list[str]:
    """Return the sentences of a text."""
    return [text[a:b] for a, b in sentence_ranges(text, 0, len(text), lang)]


TRAPS = {
    "de": "Am 3. März kam Prof. Dr. med. Ada Pell. | Die Lenz & Co. KG zahlt 3 Mio. Euro. | Um 300 v. Chr. gab es das.",
    "sv": "”Dammen håller. Vi sover”, sa Ek. | ”Bra”, sa Lund. | Det är ”fint”.",
    "fi": "»Vene on valmis. Lähdetään», sanoi hän. | Sitten hän lähti.",
    "da": "»Båden er klar. Vi sejler«, sagde hun. | Den 3. maj kom dr. Holm. | Så gik han.",
    "ja": "「行く。急げ。」と彼は述べた。|すごい！と思った。|『港の歌』は売れた。|なぜ？|誰も知らない！|終わり",
    "zh": "“真的？”他问。|他说：“走吧！”|然后他离开了。|《港口。之歌》很好。",
    "th": "เขาไปตลาด. | ไปไหน? | ไม่รู้",
    "hy": "Նա եկավ։ | Մենք գնացինք։",
    "km": "ខ្ញុំទៅ។ | គាត់មក។",
    "ur": "وہ آیا۔ | کیا وہ گیا؟ | نہیں۔",
    "el": "Ποιος πληρώνει; | Ο κ. Παππάς.",
    "xx": "Mr. Pell met J. K. Lund. | It cost 3.5 euros. | “We go. Now,” she said. | वह गया। | 終わった。|次。",
}


@pytest.mark.parametrize("lang", TRAPS)
def test_traps(lang: str) -> None:
    """Marks, quotations and abbreviations of a language are obeyed; a language without a list has the common rules."""
    text = TRAPS[lang].replace(" | ", " ").replace("|", "")
    assert split(lang, text) == [piece.strip() for piece in TRAPS[lang].split("|")]


LANGS = st.sampled_from([*languages(), "xx", "th", "nb"])
NEWSY = st.text(st.sampled_from("ab AB3.!?“”\"'‘’«»„‚()\n,…0 。！？「」『』（）।؟；;とア港"), max_size=80)


@given(LANGS, NEWSY, NEWSY, NEWSY)
def test_ranges_tile_the_paragraph(lang: str, text: str, before: str, after: str) -> None:
    """In any language ranges are ordered, disjoint, trimmed, and cover all non-white text."""
    whole = before + text + after
    at = len(before)
    for a, b in sentence_ranges(whole, len(before), len(before) + len(text), lang):
        assert at <= a < b <= len(before) + len(text)
        assert not whole[at:a].strip()
        assert whole[a:b] == whole[a:b].strip()
        at = b
    assert not whole[at : len(before) + len(text)].strip()


@given(LANGS, NEWSY)
@example("ar", "0(‚。)0‘")
def test_no_boundary_inside_a_closed_quotation(lang: str, text: str) -> None:
    """In no language does a sentence begin or end strictly inside a quotation that closes."""
    edges = {edge for r in sentence_ranges(text, 0, len(text), lang) for edge in r}
    for a, b in quotation_ranges(text):
        assert not [e for e in edges if a < e < b and text[a:e].strip() and text[e:b].strip()]


@pytest.mark.parametrize("unit", ["「", "。", "z. B. ", "3. ", "あ", "”", "‚", "А. ", "«»", "；", "...", "! "])
@pytest.mark.parametrize("lang", ["de", "ja"])
def test_strange_text_costs_linear_time(lang: str, unit: str) -> None:
    """Twice the marks take twice the steps, and are cut into bounded pieces."""
    text = (unit * 30_000)[:30_000]
    sentence_ranges(text[:100], 0, 100, lang)
    once = calls(lambda: sentence_ranges(text[:15_000], 0, 15_000, lang))
    ranges: list[tuple[int, int]] = []
    twice = calls(lambda: ranges.extend(sentence_ranges(text, 0, len(text), lang)))
    assert twice < 2.6 * once + 1000
    assert max(b - a for a, b in ranges) <= MAX_SENTENCE_LENGTH


def test_support_is_as_the_gold_says() -> None:
    """A language counts as measured if it has gold paragraphs; a corpus in any other one begins with a warning."""
    assert {*languages(), "en"} == MEASURED_LANGUAGES
    assert not language_warning("de")
    assert not language_warning("xx")
    assert "(nb); they are cut by marks and abbreviations of the language: look" in language_warning("nb")
    assert "they are cut by the common rules" in language_warning("ko")
