"""What the cleaner keeps and drops between the first and the last line of an article."""

from __future__ import annotations

import pytest

from annotator.core.article import LineVerdict, SourceLine
from annotator.ingest.clean import clean

ABOVE = [
    "Harbour council votes to move the fish market",
    "",
    "By Ann Lee",
    "12 March 2031",
    "",
    "The harbour council of Dunmere voted on Tuesday to move the fish market to a hall beside the railway.",
    "The move will cost about 4 million crowns, half of which the county has promised to pay, the mayor said.",
    "“We have waited for seven years,” said Piet Halloran, who speaks for the crews. “Now we want to see a crane.”",
]
BELOW = [
    "The old quay will be turned into a promenade with benches, and the first walkers are expected next spring.",
    "Traders of the fish market fear that customers will not find the way, although a bus is to stop at the door.",
    "The auction hall itself will be kept as a museum of fishing, if the county agrees to pay for its heating.",
]
FRAME = ["", "Most read", "Ten ways to keep a garden alive", "© 2031 Dunmere Post. All rights reserved."]


def verdicts(inside: list[str], gap: str = "") -> list[SourceLine]:
    """Return the verdicts on lines between the paragraphs of an article; ``gap`` is what is after each."""
    rows = [*ABOVE, *inside, *BELOW, *FRAME]
    return [*clean(("\n" + gap).join(rows)).lines[:: 1 + len(gap)]][len(ABOVE) : len(ABOVE) + len(inside)]


@pytest.mark.parametrize(
    "line",
    [
        "Ferry to Skerrin late again as owners blame broken crane",
        "READ MORE: Why the ferry to Skerrin was late again on Monday, and what its owners say about that now",
        "Also read | Teachers walk out in Norhaven over pay",
        "Read more: How the lighthouse was saved.",
        "Storm waves hit the lighthouse of Skerrin [VIDEO]",
        "(READ: Teachers walk out in Norhaven)",
        "Join our Telegram channel for the latest news from the harbour.",
        "Email Ann Lee at ann.lee@dunmerepost.example",
        "Got a tip? Ann Lee may be reached at ann.lee@dunmerepost.example.",
        "Follow Ann Lee on Twitter",
        "Get the Dunmere Post's daily briefing delivered to your inbox.",
        "Want more stories like this? Subscribe to our newsletter.",
        "This article was originally published on Harbour Watch.",
        "_(Reporting by Ann Lee; editing by Tom Ruud)_",
        "Photo: Ann Lee / Dunmere Post",
        "Article continues below",
        "SKIP ADVERTISEMENT",
        "[1/2] The old quay of Dunmere on Tuesday, March 11, 2031. REUTERS/Ann Lee",
        "Tel: 0555 010 200",
        "We may earn a commission from links on this page.",
        "The views expressed here are not necessarily those of the Dunmere Post; see our terms of use.",
        "Lesen Sie auch: Warum die Fähre wieder zu spät kam",
        "Folgen Sie uns auf Instagram",
    ],
)
@pytest.mark.parametrize("gap", ["", "\n"])
def test_what_a_site_puts_between_paragraphs_is_left_out(line: str, gap: str) -> None:
    """Links to other articles, appeals, adverts, contacts, credits and notes on the page are not the article."""
    assert not verdicts([line], gap)[0].verdict.annotated


@pytest.mark.parametrize(
    "line",
    [
        "A new promenade",
        "What happens to the old quay?",
        "Walkers instead of fish on the promenade, and a bus to the railway",
        "He did not say when.",
        "“No.”",
        "Yes.",
        "Join the crews of Dunmere on any morning and you will hear the same complaint.",
        "Get the right shoes before you walk the new promenade, the engineer advised.",
        "The report was published on Monday by the county's auditors and runs to 300 pages.",
        "The council has a newsletter with 4,000 subscribers, and it asked them about the market in June.",
        "“Follow us on Facebook,” the traders' banner read.",
        "The number to call is 0555 010 200, the council said.",
        "Why it matters: the market feeds 600 families.",
        "Lena Orr: What would you do with the quay, then?",
        "Dunmere 2-1 Skerrin (Orr 12, Lee 55; Brandt 78)",
        "• Norhaven Cable Works rose by 8 per cent after the order",
        "And we will walk there, all of us [APPLAUSE]",
    ],
)
@pytest.mark.parametrize("gap", ["", "\n"])
def test_what_an_author_puts_between_paragraphs_is_kept(line: str, gap: str) -> None:
    """Subheads, answers, items, results and sentences that only begin like an appeal are the article's."""
    assert verdicts([line], gap)[0].verdict.annotated


def test_headlines_over_many_paragraphs_are_the_articles_own() -> None:
    """More than a few long lines without a full stop are how an article is built: pictures, products, short news."""
    lines = [
        line
        for number, name in enumerate(["kettle", "lantern", "radio", "clock", "blanket"])
        for line in (
            f"The seldom praised {name} of workshop {'ABCDE'[number]} in Norhaven",
            f"It is cheap, it lasts for {number + 2} years, and nobody has ever asked for the money back.",
        )
    ]
    assert all(line.verdict.annotated for line in verdicts(lines))


def test_teasers_under_their_heading_end_where_the_article_goes_on() -> None:
    """After "Read also" sentences about other matters are left out, and the article's next paragraph is not."""
    lines = [
        "Read also",
        "A beekeeper from Orrin has been fined for keeping forty hives on the roof of a chapel.",
        "Nobody knows who painted the lighthouse green, but visitors have grown fond of it.",
    ]
    below = [f"{paragraph} The council of Dunmere did not answer." for paragraph in BELOW]
    page = clean("\n".join([*ABOVE, *lines, *below, *FRAME]))
    found = page.lines[len(ABOVE) : len(ABOVE) + 6]
    assert [line.verdict.annotated for line in found] == [False] * 3 + [True] * 3


def test_a_short_line_that_comes_again_and_again_is_a_button_unless_it_is_a_name() -> None:
    """A button under each product ("Check price") is left out, a speaker's name over each answer is not."""
    prose = "It weighs no more than an egg, and it lit our way home for nine hours without a pause."
    buttons = verdicts(["Check price", prose, "Check price", prose[:-9], "Check price", prose])
    assert [line.verdict.annotated for line in buttons][::2] == [False] * 3
    speakers = verdicts(["Lena Orr", prose, "Lena Orr", f"{prose} Or so.", "Lena Orr", prose])
    assert [line.verdict.annotated for line in speakers][::2] == [True] * 3


def test_an_interviews_questions_are_body_and_a_lone_question_is_a_heading() -> None:
    """Three short questions and more are what somebody asked."""
    answer = "Because the roof of the old hall is gone, and because no bus goes to the quay in winter."
    talk = ["Why now?", answer, "Are you afraid?", f"No. {answer}", "What comes next?", f"Sleep. {answer}"]
    assert [line.verdict for line in verdicts(talk)] == [LineVerdict.BODY] * 6
    assert verdicts(["Why now?"])[0].verdict is LineVerdict.SUBHEAD


def test_the_captions_of_a_gallery_are_the_article() -> None:
    """Where captions have more words than the prose they are what there is to annotate."""
    head = ["In pictures: the night of the flood", "", "11 March 2031", ""]
    lead = "The river rose by a metre on Monday night, and our photographer was there."
    captions = [
        f"{who} on Mill Street, seen from the bridge at {hour} o'clock in the rain. (Tom Ruud/NPA)"
        for who, hour in [("A fireman", 9), ("Two swans", 10), ("The baker", 11), ("The mayor", 12)]
    ]
    page = clean("\n".join([*head, lead, *captions, *FRAME]))
    assert [line.verdict for line in page.lines[4:9]] == [LineVerdict.BODY] * 5


@pytest.mark.parametrize(
    "last", ["He did not say when.", "The trial goes on.", "“Perhaps,” she said.", "For a bottle."]
)
def test_a_short_last_sentence_belongs_to_the_article(last: str) -> None:
    """What ends like a sentence right after the article, with no sign of the page's frame between, is its end."""
    page = clean("\n\n".join([*filter(None, ABOVE), *BELOW, last, *filter(None, FRAME)]))
    rows = [line for line in page.lines if line.verdict is not LineVerdict.BLANK]
    assert [line.verdict.annotated for line in rows[-5:]] == [True, True, False, False, False]


def test_the_first_paragraph_above_a_gap_is_kept() -> None:
    """Buttons, adverts and teasers after the first paragraph do not make it a part of the page's frame."""
    gap = ["Share", "Tweet", "Listen", "Advertisement", "Most read", *(f"Garden news number {n}" for n in range(6))]
    rows = [*ABOVE[:6], *gap, *ABOVE[6:], *BELOW, *FRAME]
    found = clean("\n".join(rows)).lines
    assert found[5].verdict is LineVerdict.BODY
    assert not any(line.verdict.annotated for line in found[6 : 6 + len(gap)])


@pytest.mark.parametrize(
    "box", ["Related: New bike lanes", "Related", "Lesen Sie auch: Neue Radwege in der Altstadt", "Mehr dazu"]
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_one_teaser_does_not_end_a_short_article(box: str, gap: str) -> None:
    """Paragraphs of several sentences below one headline are the article, though they share no word with it."""
    first = ["The ferry stays in port until autumn. Owner Petra Lohmann announced that on Monday."]
    then = [
        "Merchant Ozgur Yildiz is angry. “They should have told us in January,” he said.",
        "Buses run every hour instead. Bicycles are carried free of charge.",
    ]
    rows = ["Ferry stays in port", "", "By Ann Lee", "12 March 2031", "", *first, box, *then, "Contact us"]
    text = gap.join(rows)
    kept = [row for row, line in zip(text.split("\n"), clean(text).lines, strict=True) if line.verdict.annotated]
    assert kept == [*first, *then]


@pytest.mark.parametrize("line", ["写真:共同通信", "この記事は会員限定です"])
def test_credits_and_appeals_in_japanese(line: str) -> None:
    """A credit with a colon of either width, and a note for members, are not the article."""
    first = "函館朝市の約二百四十店が十二日、三年ぶりに夜間営業を再開した。市によると、初日だけで約五千人が訪れた。"
    second = "組合長の高橋健一さんは「お客さんの声が戻ってきて本当にうれしい」と話した。"
    last = "夜間営業は感染症の流行で二〇二二年から中止されていた。市は今年度、警備と照明の費用を補助する。"
    rows = [
        "函館の朝市、夜間営業を再開",
        "2025年5月12日 18時30分",
        "記者 佐藤明",
        "",
        first,
        second,
        "",
        line,
        "",
        last,
    ]
    lines = clean("\n".join(rows)).lines
    assert [row for row, x in zip(rows, lines, strict=True) if x.verdict.annotated] == [first, second, last]
