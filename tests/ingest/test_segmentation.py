"""Sentences and quotations: the traps of news prose, in our own words, and properties."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.ingest.quotation_ranges import MAX_QUOTATION_LENGTH, quotation_ranges
from annotator.ingest.segmentation import MAX_SENTENCE_LENGTH, sentence_ranges
from tests.benchmarks.sentences import figures, paragraphs
from tests.ingest.call_counts import calls

SHARED = Path(__file__).resolve().parents[2] / "../shared"


def split(text: str) -> list[str]:
    """Return the sentences of a text."""
    return [text[a:b] for a, b in sentence_ranges(text, 0, len(text))]


TRAPS = {
    "two quoted sentences and their attribution": ("“The dyke holds. We sleep well,” Okoye added. | The rain went on."),
    "straight marks": '"The dyke holds. We sleep well," said Okoye. | "Now we eat." | He sat down.',
    "guillemets with blanks": "« La digue tient. On dort », dit-elle. | Elle sort.",
    "guillemets the other way round": "»Der Damm hält. Wir schlafen«, sagte er. | Er ging.",
    "low marks": "„Der Damm hält. Wir schlafen“, sagte er. | Er ging.",
    "corner marks": "「堤防は無事です。眠れます。」と彼は言った。 | 彼は帰った。",
    "typewriter marks": "He said ``We wait. We stay.'' | ''It is late. We go,'' he added.",
    "British single marks": "‘It is the dockers’ pay that matters. They can’t wait,’ Lund said. | He left.",
    "straight single marks": "'It isn't over. The crews' union won't move,' she said. | He 'agreed'.",
    "single in double": "“He told me ‘Go home. Stay there.’ and I did. Then it rained,” she said. | It did.",
    "double in single": "‘She said “no.” Then she left,’ he recalled. | Nobody saw it.",
    "apostrophes are no marks": "’Twas the ‘90s. | The boys’ club shut. | It’s the mayors’ fault.",
    "attribution in small letters": "“Who shut the gate?” he asked. | “I did!” a boy shouted.",
    "attribution with a name": "“Who shut the gate?” Mr. Duarte asked. | “Stop!” Ana Kim said on Friday.",
    "no attribution": "“Never!” | The crowd said that it would stay until the rain came.",
    "the next quotation is the next sentence": "“We wait,” Lund said. | “We always wait.”",
    "an opening mark goes with what follows": "Rain fell. | “Take the boats,” Okoye said.",
    "a mark that never closes": "He said “We are late. | We must go. | Nobody knew.",
    "an interrupted quotation": "“We go,” he said, “and we stay. We know why.” | Then he left.",
    "a time of day": "It opens at 5 p.m. Tuesday at the harbour. | It closed at 9 a.m. | The crowd left.",
    "a time zone": "The boat left at 3 p.m. EST from the quay.",
    "titles": "Lt. Gov. Kim met Sen. Rosa Duarte and Maj. Gen. Lund. | They spoke.",
    "a country": "She came to the U.S. and saw the U.S. Senate. | He left the U.S. | The visit was short.",
    "dates and numbers": "On Jan. 5 the No. 10 bus broke down. | It was mended on Feb. 1. | He smiled.",
    "initials": "J. K. Marlow and T.J. Okoye met George W. Lund. | All three laughed.",
    "a letter at the end": "The council chose plan B. | The rest was noise.",
    "saints": "They met in St. Brannock on Mt. Arden. | Nobody came.",
    "brackets round a sentence": "(He declined to comment.) | Then he left.",
    "an aside of two sentences": "The clerk (he was new. Nobody knew him) waved.",
    "ellipses": "It fell… and rose. | They waited ... and waited.",
    "decimals and addresses": "It rose 3.5 percent to $4.20. | See www.example.org/a.b?c=1 for more.",
    "a heading": "Dyke holds in Port Arden",
    "a list": "1. Buy sand. | 2. Fill bags.",
    "a firm": "Acme Corp. Chairman Bo Lund spoke. | Arden Water Co. | The pumps are its own.",
    "small letters begin a name": "Trade fell. | eBay and iPhone sales rose.",
    "no abbreviations": "Nobody had told them so. | A clerk was found. | And that was all.",
    "inches": "He is 6'2\" tall. | She is 5'4\" tall.",
}


@pytest.mark.parametrize("trap", TRAPS)
def test_traps(trap: str) -> None:
    """Each trap of news prose is cut where a reader would cut it, and nowhere else."""
    assert split(TRAPS[trap].replace(" | ", " ")) == TRAPS[trap].split(" | ")


def test_an_unclosed_paragraph_does_not_reach_into_the_next() -> None:
    """Paragraphs of a long quotation open with a mark each; each is cut by itself."""
    text = "“We came by boat. The sea was calm.\n“We left on foot. Nobody saw us,” Lund said. He wept."
    first, second = text.split("\n")
    assert len(sentence_ranges(text, 0, len(first))) == 2
    ranges = sentence_ranges(text, len(first) + 1, len(text))
    assert [text[a:b] for a, b in ranges] == [second[:-9], "He wept."]


def test_a_quotation_has_a_bound() -> None:
    """A pair of marks more than ``LIMIT`` apart is no quotation: the segmenter's cuts stand."""
    inside = "The boats were late again today. " * 10
    assert len(split(f"“{inside}We knew,” Lund said.")) == 1
    long = inside * (MAX_QUOTATION_LENGTH // len(inside) + 1)
    assert len(split(f"“{long}We knew,” Lund said.")) > 20


def test_a_hard_wrapped_sentence_runs_over_the_line_end() -> None:
    """Line ends inside a paragraph are blanks to the segmenter and stay in the ranges."""
    text = "The old bridge at Port Arden was shut\non Monday. Nobody was hurt, Lt.\nGov. Kim said."
    assert split(text) == ["The old bridge at Port Arden was shut\non Monday.", "Nobody was hurt, Lt.\nGov. Kim said."]


MARKS = [("“", "”"), ('"', '"'), ("«", "»"), ("‘", "’")]
WORDS = st.lists(st.sampled_from(["Rain", "fell", "on", "boats", "Arden", "won’t", "they"]), min_size=2, max_size=6)
PLAIN = WORDS.map(lambda w: " ".join(w).capitalize() + ".")


@st.composite
def quoted(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a quotation of up to three sentences with its attribution, and the text round it."""
    left, right = draw(st.sampled_from(MARKS))
    reported = " ".join(draw(st.lists(PLAIN, min_size=1, max_size=3)))[:-1]
    sentence = f"{left}{reported},{right} Okoye said."
    return sentence, f"{draw(PLAIN)} {sentence} {draw(PLAIN)}"


@given(quoted())
def test_a_quotation_and_its_attribution_are_one_sentence(case: tuple[str, str]) -> None:
    """Whatever the marks, a quotation of several sentences with its attribution stays whole."""
    sentence, text = case
    assert sentence in split(text)


NEWSY = st.text(st.sampled_from("ab AB.!?“”\"'‘’«»()\n,…0  \u00a0\u2028。"), max_size=80)


@given(st.one_of(NEWSY, st.text(max_size=80)), NEWSY, NEWSY)
def test_ranges_tile_the_paragraph(text: str, before: str, after: str) -> None:
    """Ranges are ordered, disjoint, trimmed, inside the paragraph and cover all non-white text."""
    whole = before + text + after
    ranges = sentence_ranges(whole, len(before), len(before) + len(text))
    at = len(before)
    for a, b in ranges:
        assert at <= a < b <= len(before) + len(text)
        assert not whole[at:a].strip()
        assert whole[a:b] == whole[a:b].strip()
        at = b
    assert not whole[at : len(before) + len(text)].strip()


@given(NEWSY)
def test_no_boundary_inside_a_closed_quotation(text: str) -> None:
    """No sentence begins or ends strictly inside a quotation that closes."""
    edges = {edge for r in sentence_ranges(text, 0, len(text)) for edge in r}
    for a, b in quotation_ranges(text):
        assert not [e for e in edges if a < e < b and text[a:e].strip() and text[e:b].strip()]


@given(NEWSY)
def test_quotations_nest(text: str) -> None:
    """Quotations lie beside or inside each other and never cross."""
    found = quotation_ranges(text)
    assert not [1 for a, b in found for c, d in found if a < c < b < d]


@pytest.mark.parametrize("unit", ["“", "'a ", "'a' ", "a.", "。", "»«", '" ', "(a ", ". '", "1. ", "Mr. ", "A. "])
def test_strange_text_costs_linear_time(unit: str) -> None:
    """Twice the marks, initials or brackets take twice the steps, and are cut into bounded pieces."""
    text = (unit * 30_000)[:30_000]
    sentence_ranges(text[:100], 0, 100)
    once = calls(lambda: sentence_ranges(text[:15_000], 0, 15_000))
    ranges: list[tuple[int, int]] = []
    twice = calls(lambda: ranges.extend(sentence_ranges(text, 0, len(text))))
    assert twice < 2.6 * once + 1000
    assert max(b - a for a, b in ranges) <= MAX_SENTENCE_LENGTH


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real pages are not part of the project")
def test_real_news_is_not_cut_inside_quotations() -> None:
    """On 828 paragraphs of real news two CLAIMs at most and no quotation are cut, and F1 is 0.96."""
    gold = paragraphs(SHARED / "data" / "news_four_labels.jsonl")
    found = figures(gold, lambda text: [a for a, _ in sentence_ranges(text, 0, len(text))][1:])
    assert found["claims_cut"] <= 2
    assert found["quotations_cut"] == 0
    assert found["by_rule_f1"] >= 0.96
