"""Which articles stay together, and that a growing corpus keeps its parts."""

from __future__ import annotations

import random
from array import array
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.article import Article, LineVerdict, SourceLine
from annotator.export.splits import assign_parts, part_of, split_keys
from annotator.similarity.near_duplicates import candidate_pairs
from annotator.similarity.shingles import jaccard, shingle_hashes, shingle_words
from annotator.similarity.story_groups import (
    BOILERPLATE_THRESHOLD,
    ArticleSignature,
    ComparableArticle,
    article_signatures,
    comparable_article,
    group_stories,
    is_same_story,
    links_to_earlier,
    names_in_text,
    rebalanced_groups,
    without_boilerplate,
)

SHARES = (50, 25, 25)
TEXT = (
    "The harbour master of Rosavik closed the outer quay on Monday after a crane fell into the basin . "
    "Ida Holm of the Tamber Line said that four ferries would sail from Port Ellen until further notice . "
    "Divers from Nordby searched the water until dusk and found nobody under the steel ."
)


def _part(key: str) -> str:
    return part_of(key, SHARES)


def _article(name: str, text: str, date: str = "") -> Article:
    return Article(
        name, "made", name, text, tuple(SourceLine(LineVerdict.BODY, "") for _ in text.split("\n")), date=date
    )


def _signature(article: Article) -> ArticleSignature:
    (found,) = article_signatures([comparable_article(article)], use_numpy=False)
    return found


def _sight(name: str, text: str, date: str = "") -> ArticleSignature:
    return _signature(_article(name, text, date))


@st.composite
def _sights(draw: st.DrawFn) -> list[ArticleSignature]:
    """Articles that share shingles by chance: each has the ten of one to three themes."""
    themes = draw(st.lists(st.sets(st.integers(0, 8), min_size=1, max_size=3), max_size=14))
    return [
        ArticleSignature(
            f"a{n}", f"a{n}", array("I", [t * 10 + i for t in sorted(own) for i in range(10)]), array("I"), None
        )
        for n, own in enumerate(themes)
    ]


@given(_sights(), st.integers(0, 14))
@settings(deadline=None)
def test_articles_that_come_later_move_none(sights: list[ArticleSignature], some: int) -> None:
    """Whoever was drawn keeps the part, and whoever was quarantined stays so."""
    before, after = group_stories(sights[:some], _part), group_stories(sights, _part)
    assert {a: _part(k) for a, k in before.keys.items()} == {a: _part(after.keys[a]) for a in before.keys}
    assert before.quarantined == after.quarantined[: len(before.quarantined)]


@given(_sights())
@settings(deadline=None)
def test_no_link_leads_from_part_to_part(sights: list[ArticleSignature]) -> None:
    """Of two linked articles one is quarantined, or both lie in one part and move together."""
    drawn = group_stories(sights, _part)
    assert drawn.keys.keys() | drawn.quarantined_ids == {s.article for s in sights}
    for later, before in drawn.links.items():
        for other in before:
            if later in drawn.keys and other in drawn.keys:
                assert drawn.keys[later] == drawn.keys[other]


@given(_sights(), _sights())
@settings(deadline=None)
def test_rebalancing_joins_all_that_is_linked_and_stays(
    old: list[ArticleSignature], new: list[ArticleSignature]
) -> None:
    """After a rebalance nobody is quarantined, and later articles move none of it."""
    groups = rebalanced_groups(old)
    later = [ArticleSignature(f"b{n}", f"b{n}", s.shingles, s.names, None) for n, s in enumerate(new)]
    drawn = group_stories([*old, *later], _part, groups)
    assert {a: drawn.keys[a] for a in groups if a in drawn.keys} | {} == {a: drawn.keys[a] for a in groups}
    assert all(_part(drawn.keys[a]) == _part(groups[a]) for a in groups)
    for n, before in enumerate(links_to_earlier(old)):
        assert all(groups[f"a{n}"] == groups[old[m].article] for m in before)


def test_a_bridge_is_quarantined_and_names_both_sides() -> None:
    """An article that repeats one in train and one in dev is left out, with both and their parts."""
    train = next(f"{n:012x}" for n in range(99) if _part(f"{n:012x}") == "train")
    dev = next(f"{n:012x}" for n in range(99) if _part(f"{n:012x}") == "dev")
    other = TEXT.replace("o", "u").replace("e", "i")
    sights = [_sight(train, TEXT), _sight(dev, other), _sight("f" * 12, f"{TEXT} {other}")]
    drawn = group_stories(sights, _part)
    assert [(q.article, q.links) for q in drawn.quarantined] == [("f" * 12, ((train, "train"), (dev, "dev")))]


def _in_train(many: int) -> list[str]:
    """Return the first ids whose hashes fall into train."""
    return [x for x in (f"{n:012x}" for n in range(99)) if _part(x) == "train"][:many]


def test_groups_that_meet_within_a_part_are_drawn_by_the_earliest() -> None:
    """An article that repeats two of one part makes one story of them, under the id that came first."""
    first, second = _in_train(2)
    other = TEXT.replace("o", "u").replace("e", "i")
    drawn = group_stories([_sight(first, TEXT), _sight(second, other), _sight("f" * 12, f"{TEXT} {other}")], _part)
    assert drawn.keys == dict.fromkeys((first, second, "f" * 12), first)


def test_what_a_rebalance_has_placed_is_never_quarantined() -> None:
    """Articles that two corpora have fixed in two parts stay there, linked or not."""
    train = _in_train(1)[0]
    dev = next(f"{n:012x}" for n in range(99) if _part(f"{n:012x}") == "dev")
    sights = [_sight("a", TEXT), _sight("b", TEXT), _sight("c", TEXT)]
    drawn = group_stories(sights, _part, {"a": train, "b": dev, "c": dev})
    assert (drawn.keys, drawn.quarantined) == ({"a": train, "b": dev, "c": dev}, ())


def test_a_version_is_linked_to_the_first_and_to_the_one_before() -> None:
    """So versions hold together even where the first one is quarantined."""
    versions = [ArticleSignature(f"v{n}", "v0", array("I"), array("I"), None) for n in range(4)]
    assert links_to_earlier(versions) == [[], [0], [0, 1], [0, 2]]


def test_a_few_shared_words_make_no_copy() -> None:
    """Of two short texts that share less than ten shingles neither repeats the other; the same text does."""
    words_of = [f"w{n}" for n in range(24)]
    short, like = " ".join(words_of), " ".join([*words_of[:12], *(f"x{n}" for n in range(12))])
    assert links_to_earlier(
        [_sight("a", short), _sight("b", like), _sight("c", "Sold out"), _sight("d", "Sold out")]
    ) == [[], [], [], [2]]


def test_wire_copy_is_known_though_it_was_set_again() -> None:
    """Case, quotation marks and a cut at the end don't hide a copy; another text is none."""
    cut = TEXT[: len(TEXT) * 2 // 3].upper().replace(" .", ".")
    assert links_to_earlier([_sight("a", TEXT), _sight("b", cut), _sight("c", TEXT[::-1])]) == [[], [0], []]


def test_a_copy_is_known_in_a_script_without_blanks() -> None:
    """An edit in one clause of Chinese changes a few characters, not all of the clause."""
    text = "港口的渡轮在周一早上停航三天，因为闸门坏了。市长说修理要花很多钱，居民只好绕路去上班。"
    edited = text.replace("周一", "周二").replace("三天", "五天").replace("很多", "不少")
    other = "".join(sorted(text))
    assert links_to_earlier([_sight("a", text), _sight("b", edited), _sight("c", other)]) == [[], [0], []]


@pytest.mark.parametrize(
    ("date", "linked"), [("2026-03-03", [[], [0]]), ("2026-03-04", [[], [0]]), ("2026-03-05", [[], []]), ("", [[], []])]
)
def test_one_story_is_a_day_and_its_names(date: str, linked: list[list[int]]) -> None:
    """Two reports with the same names belong together up to a day apart, and not without a date."""
    other = "At noon the crane driver Jon Rye told Ida Holm why Rosavik and Port Ellen were cut off from Nordby ."
    assert links_to_earlier([_sight("a", TEXT, "2026-03-03"), _sight("b", other, date)]) == linked


def test_names_are_reported_by_their_last_words() -> None:
    """What opens a sentence may be any word; titles, first names and what any news has don't count."""
    text = "Nobody saw Mayor Ida Holm on Monday. Every Émile, in May, went to Port Ostra and the US Senate."
    assert names_in_text(text) == {"holm", "émile", "ostra"}


def test_the_politician_of_the_day_makes_no_story() -> None:
    """Reports of one day that share a president, a capital and a party are not one story."""
    about = (
        "The ferry from {a} to {b} ran aground, and {c} of {d} said on Friday that the US Senate, the"
        " Republican Party, President Odo Varga and Paris would look at it ."
    )
    places = [f"{x}{y}" for x in ("Ros", "Nord", "Vem", "Tam") for y in ("avik", "bell", "ster", "holt")]
    sights = [
        _sight(f"{n:03}", about.format(a=a, b=b, c=c, d=d) + f" Nobody knew {n} .", "2026-03-03")
        for n, (a, b, c, d) in enumerate(zip(*[iter(places)] * 4, strict=True))
    ]
    assert [len(s.names) for s in sights] == [5] * 4
    assert all(not is_same_story(a, b) for a, b in combinations(sights, 2))


def test_switching_a_line_links_nothing_again() -> None:
    """What is compared is the article as it was ingested, whatever a person has switched since."""
    lines = f"{TEXT}\nRead more about cranes on our page"
    before = Article("a", "", "", lines, (SourceLine(LineVerdict.BODY, ""), SourceLine(LineVerdict.BOILERPLATE, "")))
    switched = SourceLine(LineVerdict.BODY, "", was=LineVerdict.BOILERPLATE)
    after = Article("a", "", "", lines, (SourceLine(LineVerdict.BODY, ""), switched))
    assert _signature(before) == _signature(after)


@given(st.lists(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=30), max_size=12))
@settings(deadline=None, max_examples=20)
def test_minhash_finds_what_the_exact_join_finds(texts: list[list[str]]) -> None:
    """Every pair with half of its shingles in common is a candidate either way."""
    sets = [shingle_hashes(t) for t in texts]
    exact, hashed = set(candidate_pairs(sets)), set(candidate_pairs(sets, counting_limit=-1, exact_limit=-1))
    alike = {(a, b) for a, b in exact if jaccard(sets[a], sets[b]) >= 0.5}
    assert alike <= hashed
    assert hashed <= exact


LINES = st.lists(st.sampled_from(["Read our letter .", "It rained .", "It snowed a lot .", ""]), max_size=4)


@given(st.lists(LINES.map("\n".join), max_size=40), st.integers(0, 40))
def test_boilerplate_is_reported_by_earlier_articles_alone(texts: list[str], some: int) -> None:
    """What is left of an article stays as it is when others come, and is half of it at least."""
    every = [ComparableArticle(str(n), text, "") for n, text in enumerate(texts)]
    found = list(without_boilerplate(every))
    assert found[:some] == list(without_boilerplate(every[:some]))
    assert all(2 * len(b.text) >= len(a.text) for a, b in zip(every, found, strict=True))


@pytest.mark.parametrize("many", [False, True])
def test_the_footer_of_a_source_makes_no_story(*, many: bool) -> None:
    """Only its first articles hang together by it; of a text that was often copied each copy is known."""
    rng = random.Random(1)
    texts = [" ".join(rng.choices(TEXT.split(), k=60)) for _ in range(40)]
    seen = [ComparableArticle(str(n), f"{text}\n{TEXT}", "") for n, text in enumerate(texts)]
    links = links_to_earlier(list(article_signatures(seen, many)))
    assert links[BOILERPLATE_THRESHOLD - 1] == list(range(BOILERPLATE_THRESHOLD - 1))
    assert not any(links[BOILERPLATE_THRESHOLD:])
    copies = [ComparableArticle(str(n), f"{TEXT}\nIt rained on day {n} .", "") for n in range(40)]
    assert links_to_earlier(list(article_signatures(copies, many)))[-1] == list(range(39))


def test_shingles_of_short_and_empty_texts() -> None:
    """Fewer than five words are one shingle, none is none, and order counts."""
    assert shingle_hashes([]) == frozenset()
    assert len(shingle_hashes(["a", "b"])) == 1
    assert shingle_hashes(shingle_words("Ein Satz, mit “Zeichen”!")) == shingle_hashes(
        shingle_words("ein SATZ mit zeichen")
    )
    assert shingle_hashes(list("abcdefg")) != shingle_hashes(list("gfedcba"))


def test_too_few_stories_are_split_by_article() -> None:
    """One story of twelve articles is torn, article by article, rather than cut within them."""
    articles = [f"{n:012x}" for n in range(12) for _ in range(5)]
    families, torn = split_keys(articles, articles, (80, 10, 10), dict.fromkeys(articles, articles[0]))
    assert torn
    assert not assign_parts(families, (80, 10, 10)).blocks
    assert split_keys(articles[:10], articles[:10], (80, 10, 10), {}) == (articles[:10], False)
