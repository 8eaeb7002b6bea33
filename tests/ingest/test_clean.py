"""What the cleaner says of small pages on invented events, one trap or more in each."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.core.article import LineVerdict
from annotator.ingest.clean import CleanedPage, clean

PAGES = Path(__file__).parent / "clean_pages"
MARKS = {
    "T": "title",
    "D": "deck",
    "Y": "byline",
    "L": "dateline",
    "C": "caption",
    "S": "subhead",
    "B": "body",
    "X": "boilerplate",
}


def marked(name: str) -> tuple[list[str], list[str]]:
    """Return a page's lines and the verdict on each: a line is ``mark|text``, a blank one has no mark.

    "Y?" stands for a byline that may as well be boilerplate.
    """
    rows = (PAGES / f"{name}.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    texts = [row.partition("|")[2] for row in rows]
    marks = [row.partition("|")[0] for row in rows]
    return texts, ["blank" if not mark else MARKS[mark[0]] + mark[1:] for mark in marks]


def reason(page: CleanedPage, lines: list[str], start: str) -> list[str]:
    """Return the reasons for the lines that begin with ``start``."""
    return [line.reason for text, line in zip(lines, page.lines, strict=True) if text.startswith(start)]


@pytest.mark.parametrize("name", sorted(path.stem for path in PAGES.glob("*.txt")))
def test_every_line_of_a_page_gets_the_verdict_that_a_reader_gives_it(name: str) -> None:
    """Captions, portraits, teasers, legal text, lists, times and wrapped lines are told from the article."""
    texts, wanted = marked(name)
    got = [line.verdict.value for line in clean("\n".join(texts)).lines]
    wrong = [
        f"{number}: {text[:40]!r} is {want}, not {found}"
        for number, (text, want, found) in enumerate(zip(texts, wanted, got, strict=True), 1)
        if found != want.rstrip("?") and not (want.endswith("?") and found == "boilerplate")
    ]
    assert not wrong


@pytest.mark.parametrize("name", sorted(path.stem for path in PAGES.glob("*.txt")))
def test_a_page_without_its_blank_lines_has_the_same_article(name: str) -> None:
    """Blank lines between paragraphs are no condition: dumps come without them too."""
    if name == "wrapped":
        pytest.skip("the paragraphs of a wrapped text need them")
    texts, _ = marked(name)

    def article(lines: list[str]) -> list[str]:
        verdicts = clean("\n".join(lines)).lines
        return [text for text, line in zip(lines, verdicts, strict=True) if line.verdict is LineVerdict.BODY]

    assert article([text for text in texts if text]) == article(texts)


def test_the_reasons_say_what_a_line_is() -> None:
    """A reader sees why: the caption and the title again, the sign-off, the portrait, the legal text."""
    harbour, _ = marked("harbour")
    page = clean("\n".join(harbour))
    assert reason(page, harbour, "Passengers wait") == ["a caption that occurs twice", "the same caption again"]
    assert reason(page, harbour, "A correspondent with") == ["about the author"]
    agency, _ = marked("agency")
    page = clean("\n".join(agency))
    assert reason(page, agency, "Storm damages")[1] == "the title again"
    assert reason(page, agency, "burs-kl") == ["an agency's sign-off"]
    assert reason(page, agency, "Ministers of three") == ["a teaser that breaks off"]
    assert reason(page, agency, "Unless a page") == ["legal text"]


@pytest.mark.parametrize(
    ("name", "title", "byline", "dateline", "date", "source"),
    [
        ("harbour", "Ferry crews in Port Maren end strike", "Ines Hallberg", "Port Maren", "", ""),
        ("agency", "Storm damages eleven turbines", "AFP Staff Writers", "Kelmar", "2031-03-09", "AFP"),
        ("midway", "Bakers of Onnel", "Petra Vaal and Simon Oke", "ONNEL", "2031-06-03", "Onnel Post"),
        ("german", "Stadtrat von Lindau am Berg", "", "", "2031-03-12", ""),
        ("no_frame", "", "", "", "", ""),
        ("wordplay", "A stiff neck", "Odo Grimm", "Upper Sallow", "", ""),
        ("place_day", "WELLS RUN DRY", "Ada Storm", "Brunn", "", ""),
        ("bracketed", "Who owns the echo", "Nora Lind", "", "2031-08-21", ""),
    ],
)
def test_what_a_page_states_becomes_metadata(
    name: str, title: str, byline: str, dateline: str, date: str, source: str
) -> None:
    """Title, byline, place, date and source are taken as printed; what is not stated is empty."""
    page = clean("\n".join(marked(name)[0]))
    assert page.title.startswith(title)
    assert bool(page.title) == bool(title)
    assert (page.byline, page.dateline, page.date, page.source) == (byline, dateline, date, source)


BODY = [
    "The council of Harrow voted on Tuesday to close the old ferry pier after a storm broke its piles.",
    "“We had no choice,” said Mayor Lena Brandt, who has led the town since 2024. “The pier is not safe.”",
    "Repairs would cost 3 million crowns, and the harbour fund holds less than half of that, she said.",
]
HEADLINE = "Council closes ferry pier after storm breaks piles"
DECK = "Council of Harrow closes ferry pier after a storm and says that repairs cost too much"


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ([], ""),
        ([HEADLINE], HEADLINE),
        ([HEADLINE.upper()], HEADLINE.upper()),
        (["STORM SHUTS PIER, FERRIES STOP", "By Ann Lee"], "STORM SHUTS PIER, FERRIES STOP"),
        (["OPINION", HEADLINE, "By Ann Lee"], HEADLINE),
        (["Local news", HEADLINE], HEADLINE),
        (["Harrow ferry pier", HEADLINE, "By Ann Lee"], HEADLINE),
        (["Letters to the editor", HEADLINE], HEADLINE),
        (["The Harrow Post", "News from the valley since 1890", HEADLINE, "By Ann Lee"], HEADLINE),
        (["Home News Jobs Tides Notices", HEADLINE, "By Ann Lee"], HEADLINE),
        (["Who will pay for the broken pier?"], "Who will pay for the broken pier?"),
        (["Storm in Harrow: council closes pier"], "Storm in Harrow: council closes pier"),
        (["Mayor on pier: “We had no choice”"], "Mayor on pier: “We had no choice”"),
        (["“The pier is not safe”"], "“The pier is not safe”"),
        (["Sinking feeling"], "Sinking feeling"),
        (["Sinking feeling", DECK, "By Ann Lee"], "Sinking feeling"),
        (["Sinking feeling", "", f"{DECK}.", "", "By Ann Lee"], "Sinking feeling"),
        (["The Harrow Post", "", "Piling on the misery", DECK, "By Ann Lee"], "Piling on the misery"),
        ([f"{HEADLINE} | Harrow Post", "", "Menu", "", HEADLINE, "", "By Ann Lee"], HEADLINE),
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_the_headline_is_reported_from_its_deck_and_kicker(head: list[str], title: str, gap: str) -> None:
    """The line over a deck is the headline, whatever its words; a section's or site's name is not."""
    assert clean("\n".join(head) + "\n" * bool(head) + gap.join(BODY)).title == title


@pytest.mark.parametrize(
    ("line", "verdict", "byline", "dateline", "date"),
    [
        ("Harrow, 3 March", "dateline", "", "Harrow", ""),
        ("Harrow, Norland, Tuesday, March 3, 2031", "dateline", "", "Harrow, Norland", "2031-03-03"),
        ("HARROW, Saturday", "dateline", "", "HARROW", ""),
        ("Harrow (NPA) 3 March", "dateline", "", "Harrow", ""),
        ("Friday, 6 March", "dateline", "", "", ""),
        ("12 March 2031 · 7:40 p.m.", "dateline", "", "", "2031-03-12"),
        ("Reuters March 12, 2031 7:40 pm", "dateline", "", "", "2031-03-12"),
        ("Last updated: 3 March, 7:40 p.m.", "boilerplate", "", "", ""),
        ("Published 3 March 2031, 9:15 a.m. | Updated 4 March 2031", "boilerplate", "", "", "2031-03-03"),
        ("Ann Lee - Mar 3, 2031, 10:31 pm CST", "byline", "Ann Lee", "", "2031-03-03"),
        ("Ann Lee @annlee / 2 days", "byline", "Ann Lee", "", ""),
        ("From Ann Lee in Harrow", "byline", "Ann Lee", "", ""),
        ("Ann Lee, Northern Press Agency", "byline", "Ann Lee", "", ""),
        ("By Ann Lee Associated Press", "byline", "Ann Lee", "", ""),
        ("Ann LeeView More Articles", "byline", "Ann Lee", "", ""),
    ],
)
def test_a_line_under_the_headline_says_who_where_or_when(
    line: str, verdict: str, byline: str, dateline: str, date: str
) -> None:
    """A day needs no year and a place no agency; the page's own dates are no dateline, but give a date."""
    page = clean("\n".join([HEADLINE, line, "", *BODY]))
    assert page.lines[1].verdict.value == verdict
    assert [one.verdict.value for one in page.lines[3:]] == ["body"] * 3
    assert (page.title, page.byline, page.dateline, page.date) == (HEADLINE, byline, dateline, date)


@pytest.mark.parametrize(
    ("opening", "dateline", "source"),
    [("HARROW, 3 March (NPA) - ", "HARROW", "NPA"), ("HARROW, March 3 — ", "HARROW", ""), ("DEAR READER: ", "", "")],
)
def test_a_place_before_the_first_sentence_is_the_dateline(opening: str, dateline: str, source: str) -> None:
    """With a day or an agency behind it or none; a salutation is no place."""
    page = clean("\n".join([HEADLINE, "", opening + BODY[0], *BODY[1:]]))
    assert (page.dateline, page.source) == (dateline, source)


def test_the_days_of_a_diary_are_its_headings() -> None:
    """Days that come again between paragraphs do not make a deck of the first one."""
    lines = [HEADLINE, BODY[0], "Monday, 3 March", BODY[1], "Tuesday, 4 March", BODY[2]]
    verdicts = [line.verdict.value for line in clean("\n".join(lines)).lines]
    assert verdicts == ["title", "body", "subhead", "body", "subhead", "body"]


def test_a_speaker_before_a_colon_is_no_place() -> None:
    """In an interview the first name comes again."""
    talk = ["Lena Brandt: We had no choice, and the pier was not safe.", "Ann Lee: Will it be built again?"]
    page = clean("\n".join([HEADLINE, "", *talk, "Lena Brandt: We do not know, and the money is gone.", *BODY]))
    assert page.dateline == ""


def test_three_lines_are_an_article_too() -> None:
    """A headline and two short sentences are enough."""
    page = clean("Barn burns down in Oak Dale\n\nA barn burned down on Monday night.\nNobody was hurt.")
    assert [line.verdict.value for line in page.lines] == ["title", "blank", "body", "body"]


def test_a_menu_is_no_article() -> None:
    """A page without prose has no body, however short its lines."""
    page = clean("Home\nWorld\nSport\nSign in\nSubscribe\n© 2031 Post. All rights reserved.")
    assert {line.verdict for line in page.lines} == {LineVerdict.BOILERPLATE}


def test_prose_in_a_script_without_blanks_is_kept() -> None:
    """Chinese has neither capitals nor blanks, and its article is found between menus all the same."""
    text = (
        "首页\n新闻\n登录\n\n小镇面包师免费派发面包\n\n"
        "小镇的面包师周二免费派发了九百个面包，以纪念两百年前冲走磨坊的洪水。\n"
        "这一习俗早已被人遗忘，直到一名学生在一位牧师的日记中发现了它，日记中写道每个孩子都应得到一个面包。\n"
        "“我的祖父会喜欢的，”最年长的面包师说，她凌晨两点就起床了。\n\n分享\n版权所有"
    )
    verdicts = [line.verdict.value for line in clean(text).lines]
    assert verdicts[6:9] == ["body"] * 3
    assert "body" not in verdicts[:6] + verdicts[9:]


def test_readers_comments_are_not_the_article() -> None:
    """A long discussion under a short article does not take its place."""
    article = [
        "Tram line nine runs again after eleven years",
        "May 2, 2031 7:45 am by Lena Ruud",
        "Tram line nine ran through the old town of Brask again on Friday, eleven years later.",
        "The city had to lay four kilometres of new track, and it paid less than planned.",
        "Tickets cost the same as on the bus, and children ride free until the end of the holidays.",
        "Related: All about trams",
        "Top comments",
    ]
    comment = [
        "tramfan{0}",
        "{0} hours ago at 07:{0}0",
        "I rode it {0} times this morning and I still think that the stop is in the wrong place.",
        "But it is so much better than the bus, and my neighbours say so too, even the old ones.",
        "Rating: {0} votes",
    ]
    lines = article + [row.format(number) for number in range(1, 6) for row in comment]
    verdicts = clean("\n".join(lines)).lines
    assert [at for at, line in enumerate(verdicts) if line.verdict is LineVerdict.BODY] == [2, 3, 4]
