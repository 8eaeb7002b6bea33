"""Files of several stories: cut where that is sure, in one piece where it is not, and never a line lost."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.ingest.story_cut import MAYBE_STORIES, cut_stories
from tests.ingest.call_counts import calls

WARD = (
    "Hospital in Amery to close its ward\n\nBy Lena Orr\n\nPORT AMERY (AP) — The only hospital will close its ward "
    "in April, its director said.\n\nThe decision follows two years of talks with the county about beds."
)
FERRY = (
    "Ferry late again\n\nBy Tom Lund\n\nSKERRIN (AP) — The ferry to Skerrin was late again on Monday, its owners said."
    "\n\nNobody knew why it was so late that morning, they said."
)
DYKE = "Dyke holds in Arden\n12 March 2026\n\nThe old dyke held on Monday although the river rose by two metres."
PRESS = "The hospital is the only one of the county and has 120 beds in all its wards.\n\nContact: Ana Reyes, 555-0100"
WRAPPED = "\n".join(textwrap.fill(row, 66) for row in WARD.split("\n"))


def mail(name: str, subject: str, words: str) -> str:
    """Return a mail of an mbox file."""
    day = "Thu Mar 12 10:00:00 2026"
    head = f"From {name}@example.org {day}\nFrom: {name} <{name}@example.org>\nSubject: {subject}\nDate: {day}"
    return f"{head}\n\n{words}\n"


GERMAN = (
    f"Station schließt\n\nVon Lena Orr\n\nPort Amery (dpa) - {'Das Krankenhaus schließt eine Station. ' * 2}\n\n"
    f"----------\n\nFähre zu spät\n\nVon Tom Lund\n\nSkerrin (dpa) - {'Die Fähre kam am Montag zu spät. ' * 2}"
)
JAPANESE = (
    "病院、四月に閉鎖\n\n2026年3月12日\n\n【港町＝共同】港町で唯一の病院が四月末に小児病棟を閉鎖すると院長が述べた。\n\n=====\n\n"
    "渡し船また遅れる\n\n2026年3月12日\n\n【島＝共同】島への渡し船が月曜日にまた遅れたと船主が述べた。"
)
SEVERAL = {
    "number signs": (f"{WARD}\n\n###\n\n{FERRY}\n\n###\n\n{DYKE}\n\n###\n", 3),
    "thirty": (f"{WARD}\n-30-\n{FERRY}\n-30-\n{DYKE}\n-30-", 3),
    "rules under a masthead": (f"AGENCY NEWS, 12 March 2026\n\n=====\n{WARD}\n=====\n{FERRY}\n=====\nEND OF FILE", 2),
    "counts": (f"Story 1 of 3\n\n{WARD}\n\nStory 2 of 3\n\n{FERRY}\n\nStory 3 of 3\n\n{DYKE}", 3),
    "form feeds": (f"{WARD}\n\f{FERRY}\n\f\n{DYKE}", 3),
    "slugs": (f"BC-AMERY-WARD\n{WARD}\n\nBC-SKERRIN-FERRY\n{FERRY}\n\nBC-DYKE, 1st Ld\n{DYKE}", 3),
    "ends": (f"{WARD}\n(END) Newswires March 12\n\n{FERRY}\n(END) Newswires March 12", 2),
    "heads alone": (f"{WARD}\n\n{FERRY}", 2),
    "mails": (mail("ana", "Ward closes", PRESS) + "\n" + mail("tom", "Ferry late", PRESS), 2),
    "hard-wrapped": (f"{WRAPPED}\n\n-30-\n\n{FERRY}\n\n-30-\n", 2),
    "what follows a press release": (f"{WARD}\n\n###\n\nAbout\n\n{PRESS}\n\n###\n\n{FERRY}\n\n###\n", 2),
    "German": (GERMAN, 2),
    "Japanese": (JAPANESE, 2),
}


@pytest.mark.parametrize("case", SEVERAL)
def test_a_file_of_several_stories_is_cut_between_them(case: str) -> None:
    """Each story has its own head; a separator stays with the story that it ends or begins."""
    text, stories = SEVERAL[case]
    cut = cut_stories(text)
    assert len(cut.texts) == len(set(cut.names)) == stories
    assert all(headline in story for headline, story in zip(cut.headlines, cut.texts, strict=True))
    assert not cut.doubt


ONE = {
    "a press release": f"FOR IMMEDIATE RELEASE\n\n{WARD}\n\n###\n\nAbout the hospital\n\n{PRESS}",
    "a live blog": (
        f"{WARD}\n\n-----\n10:42 – Council meets\nBy Lena Orr\n{PRESS}\n-----\n10:15 – Doors open\nBy Tom Lund\n"
        f"{PRESS}\n-----\nGood morning\nBy Tom Lund, 9.30am\n{PRESS}"
    ),
    "a newsletter": f"A Letter\n12 March 2026\n=====\nWhat we read\n\n{PRESS}\n=====\nWhat we ate\n\n{PRESS}",
    "a list": f"Gifts\nBy Lena Orr\n\n=====\n1. A lamp\n\n{PRESS}\n\n=====\n2. A clock\n\n{PRESS}",
    "markdown": f"---\ntitle: Ward\ndate: 2026-03-12\n---\n\n# Ward\n\n{PRESS}\n\n---\n\n## Next\n\n{PRESS}\n---\n",
    "headings with a line below": f"Ward closes\n=====\nBy Lena Orr\n\n{PRESS}\n\nWhat next\n-----\n\n{PRESS}",
    "pages with a running head": (
        f"{WARD}\n\fThe Coast Daily\n12 March 2026\n\n{PRESS}\n\fThe Coast Daily\n12 March 2026\n\n{PRESS}"
    ),
    "pages without one": f"{WARD}\n\f{PRESS}\n\f{PRESS}\n\f{PRESS}",
    "one story": WARD,
}


@pytest.mark.parametrize("case", ONE)
def test_one_article_is_never_cut_in_two(case: str) -> None:
    """Rules, "###" and headings of parts without a head of their own cut nothing, and cause no doubt."""
    assert cut_stories(ONE[case]).texts == (ONE[case],)
    assert not cut_stories(ONE[case]).doubt


def test_counted_parts_without_heads_are_doubtful() -> None:
    """What looks like several stories and is not sure is one article with a doubt."""
    text = f"Story 1 of 2\n\n{PRESS}\n\nStory 2 of 2\n\n{PRESS}\n"
    assert cut_stories(text).texts == (text,)
    assert cut_stories(text).doubt == MAYBE_STORIES


def test_reports_without_headlines_are_doubtful() -> None:
    """Each paragraph that begins with a place and an agency may be a story of its own; one is that of the article."""
    reports = f"Arden (AP) - {PRESS}\n\nSKERRIN, March 4 (Island Wire) - {PRESS}"
    assert cut_stories(reports).texts == (reports,)
    assert cut_stories(reports).doubt == MAYBE_STORIES
    assert not cut_stories(f"Arden (AP) - {PRESS}\n\nSkerrin (a village) is near.").doubt


BLOCKS = st.sampled_from(
    [
        WARD,
        FERRY,
        DYKE,
        PRESS,
        "###",
        "=====",
        "-30-",
        "Story 2 of 5",
        "BC-A-B",
        "\f",
        "",
        "\n",
        "---",
        "10:42 – Go",
        "a",
    ]
)


@given(st.lists(BLOCKS, max_size=12), st.sampled_from(["\n", "\n\n"]))
def test_every_line_is_in_one_story(blocks: list[str], gap: str) -> None:
    """The stories joined with line ends are the file, whatever separates them, and each is known by another name."""
    text = gap.join(blocks)
    cut = cut_stories(text)
    assert "\n".join(cut.texts) == text
    assert len(set(cut.names)) == len(cut.names) == (len(cut.texts) if len(cut.texts) > 1 else 0)


@pytest.mark.parametrize("unit", [f"{WARD}\n-30-\n", "=====\n", " ", "= ", "A-", "-30-\n", "\f", "BC-A-B\n\n"])
def test_twice_the_file_takes_twice_the_steps(unit: str) -> None:
    """Cutting grows with the file, not with its square."""
    text = unit * (60_000 // len(unit))
    once, twice = (calls(lambda n=n: cut_stories(text[:n])) for n in (len(text) // 2, len(text)))
    assert twice < 2.6 * once + 1000
