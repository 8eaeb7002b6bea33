"""Sentences of odd pages: speakers, lists, capitals, markdown, times and footnotes, in several languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.article import LineVerdict, SourceLine
from annotator.ingest.article_sentences import article_sentence_ranges
from annotator.ingest.speaker_labels import speaker_labels
from tests.ingest.call_counts import calls

BODY = SourceLine(LineVerdict.BODY, "")
BLANK = SourceLine(LineVerdict.BLANK, "")


def split(text: str, lang: str = "en") -> list[str]:
    """Return the sentences of a text of body lines."""
    lines = [BODY if row.strip() else BLANK for row in text.split("\n")]
    return [text[a:b] for a, b in article_sentence_ranges(text, lines, lang)]


SPEAKERS = {
    "names in capitals": (
        "ANA REYES: We have looked. There was none.\nSEN. TOM LUND (D-CA): Why?\nANA REYES (laughs): So.\nLUND: We go.",
        ["ANA REYES:", "SEN. TOM LUND (D-CA):", "ANA REYES (laughs):", "LUND:"],
    ),
    "two full names": ("ANA REYES: We go.\nTOM LUND: Why?", ["ANA REYES:", "TOM LUND:"]),
    "questions and answers in one line": ("Q: Why now? A: There was none. Q: And then? A: We go.", ["Q:", "A:"] * 2),
    "letters with a full stop": ("Q. Why now?\nA. There was none.", ["Q.", "A."]),
    "first names after a dash": (
        "HOST (laughs): Why?\n— Ana: So.\nHOST: And?\n— Ana: No.",
        ["HOST (laughs):", "— Ana:"] * 1 + ["HOST:", "— Ana:"],
    ),
    "bold": ("**Q:** Why now?\n**A:** So.\n**Ana Reyes:** We go.", ["**Q:**", "**A:**", "**Ana Reyes:**"]),
    "times": ("[00:12] ANA REYES: We go.\n[00:15] TOM LUND: Why?", ["[00:12] ANA REYES:", "[00:15] TOM LUND:"]),
    "answers alone": (
        "The director, Ana Reyes, spoke.\n\nWhy now?\n\nReyes: No money.\n\nAnd then?\n\nReyes: We go.",
        ["Reyes:", "Reyes:"],
    ),
    "German": (
        "BLATT: Frau Reyes, warum jetzt?\nReyes: Kein Geld. Es ist spät.\nBLATT: Und dann?\nReyes: Wir gehen.",
        ["BLATT:", "Reyes:"] * 2,
    ),
    "Japanese": (
        "記者：なぜ今ですか。市長：お金がない。\n記者：いつですか。\n市長：「四月です。」",
        ["記者：", "市長："] * 2,
    ),
    "French": ("Q : Pourquoi ?\nR : Rien. On part.\nQ : Et ensuite ?", ["Q :", "R :", "Q :"]),
    "questions alone": ("INTERVIEWER: Why?\n\nNo money.\n\nINTERVIEWER: And then?\n\nWe go.", ["INTERVIEWER:"] * 2),
    "stage directions": (
        "HOST: Thank you. [applause] And you?\nLUND: Well, [laughs] no.\nHOST: So.\n(APPLAUSE)",
        ["HOST:", "[applause]", "LUND:", "HOST:", "(APPLAUSE)"],
    ),
}


@pytest.mark.parametrize("case", SPEAKERS)
def test_a_speaker_is_no_part_of_a_sentence(case: str) -> None:
    """A label in a conversation is a range of its own, with its dash, time and bracket."""
    text, labels = SPEAKERS[case]
    assert [text[a:b] for a, b in speaker_labels(text)] == labels
    assert [s for s in split(text) if s in labels] == labels


NO_SPEAKERS = {
    "a report": "He said: “We go.” London: the town is big.\nNote: it is late.\nNote: it is cold.",
    "places": "LONDON: The council met. It voted.\n\nPARIS: The mayor left.\n\nOSLO: It rained.",
    "times, ratios and addresses": "10:15: We go.\n10:42: They go.\nThe score was 3:1. See http://a.b: it is.",
    "facts of a product": "Price: It is low.\nPros: It is light.\nCons: It is late.\nPrice: It is high.",
    "answers to choose from": "A: It is late.\nB: It is cold.\nC: It is new.\nD: Nobody knows.",
    "one quotation": "Reyes: “We have looked.”\nThe council met on Monday and left.",
    "letters to an adviser": "DEAR ANA: He left.\n\nDEAR LATE: Go.\n\nDEAR ANA: She is late.",
    "Japanese facts": "日時：三月三日。\n場所：港。\n日時：四月。\n場所：橋。",
    "German facts": "Preis: Er ist hoch.\nOrt: Arden.\nPreis: Er ist niedrig.\nOrt: Dunmere.",
    "quotations of a German report": "Müller sprach. Müller: „Wir gehen.“ Kim lachte. Kim: „Nie.“\nEr ging. Kim: „So.“",
}


@pytest.mark.parametrize("case", NO_SPEAKERS)
def test_a_colon_alone_makes_no_speaker(case: str) -> None:
    """Notes, places, times, facts and quotations with a colon are cut as if it were no label."""
    assert speaker_labels(NO_SPEAKERS[case]) == []


CUTS = {
    "capitals": "THE U.S. SAID SO. | HE WENT. | GOV. KIM LEFT AT 5 P.M. TUESDAY. | “WE GO. WE STAY,” SHE SAID.",
    "a list in one line": "• one • two things. | And more • three",
    "a time before a post": "10:42 a.m. The council has met. | It voted.",
    "a German time": "14.30 Uhr Der Rat tagt. | Er geht.",
    "bold sentences": "**It is late.** | He left. | *She* stays.",
    "footnotes": "It is late.[1] | He left.[^2] | She stays.",
    "a link": "See [the plan](https://example.org/b.c?d=1). | It is long.",
    "ellipses": "He waited… | And left. | Wait... what?",
}


@pytest.mark.parametrize("case", CUTS)
def test_odd_lines_are_cut_where_a_reader_would(case: str) -> None:
    """Marks of lists and markdown, times and capitals neither make nor hide the end of a sentence."""
    found = [s.strip() for s in split(CUTS[case].replace("| ", "").replace(" •", "|•").replace("|", " "))]
    assert found == [s for part in CUTS[case].split(" | ") for s in part.replace(" •", "\n•").split("\n")]


NAMES = st.sampled_from(
    [("ANA REYES:", "TOM LUND:"), ("Reyes:", "Kim:"), ("Q:", "A:"), ("Frage:", "Antwort:"), ("記者：", "市長：")]
)
SPEECH = st.sampled_from(
    ["We go.", "Why now?", "“It is late. We stay,” she said.", "Wir gehen. Es ist spät.", "お金がない。", "10:15: no."]
)


@given(
    NAMES,
    st.lists(SPEECH, min_size=4, max_size=8),
    st.sampled_from(["\n", "\n\n"]),
    st.sampled_from(["en", "de", "ja"]),
)
def test_each_turn_begins_with_a_label_alone(names: tuple[str, str], turns: list[str], gap: str, lang: str) -> None:
    """Whoever speaks, whatever is said and in whatever language: the label is one range, the words are others."""
    text = gap.join(f"{names[n % 2]} {words}" for n, words in enumerate(turns))
    found = split(text, lang)
    assert [s for s in found if s in names] == [names[n % 2] for n in range(len(turns))]
    assert not [s for s in found if s not in names and any(name in s for name in names)]


PIECES = st.sampled_from(
    ["Q: ", "A: ", "ANA REYES: ", "記者：", "Why? ", "We go. ", "\n", "\n\n", "- ", "• ", "1. ", "> ", "**",
     "[applause] ", "10:42 a.m. ", "# ", "| a | b |", "„Nie.“ ", "wir ", "[x](http://a.b) ", "![y](z) ",
     "[1] ", "…", " ", "MORE",
     "\u2028"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30).map("".join), st.sampled_from(["en", "de", "ja"]))
def test_ranges_tile_the_article(text: str, lang: str) -> None:
    """Ranges are in order and disjoint, trimmed, and cover all that is not white space, whatever the page."""
    at = 0
    lines = [BODY if row.strip() else BLANK for row in text.split("\n")]
    for a, b in article_sentence_ranges(text, lines, lang):
        assert at <= a < b
        assert not text[at:a].strip()
        assert text[a:b] == text[a:b].strip()
        at = b
    assert not text[at:].strip()


@pytest.mark.parametrize(
    "unit",
    ["Q: a? A: b. ", "ANA REYES: We go.\n", "• a ", "- a\n", "a: ", "![a](b) ", "> a\n", "A. ", ">>", "**", "a   "],
)
def test_strange_articles_cost_linear_time(unit: str) -> None:
    """Twice the labels, items or marks take twice the steps."""
    text = unit * (40_000 // len(unit))
    split(text[:100])
    once, twice = (calls(lambda n=n: split(text[:n])) for n in (len(text) // 2, len(text)))
    assert twice < 2.6 * once + 1000
