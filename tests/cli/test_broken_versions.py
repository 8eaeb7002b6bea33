"""Links between versions have no digest: a broken one takes no article out of the queue, and ``check`` names it."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from annotator.storage.corpus_folder import CorpusFolder
from tests import builders
from tests.cli.command_runner import call

READING = builders.article("Readers\n\nThe library of Tarn lent 40 books.", "t-b", origin="reading.txt")
A, B, C = (x.id for x in (builders.market(), builders.bridge(), READING))
GONE = "0" * 12


def _link(corpus: Path, links: dict[str, tuple[str, str]]) -> None:
    """Write what each article replaces, and what replaces it."""
    for article, (replaces, replaced_by) in links.items():
        path = corpus / "articles" / f"{article}.json"
        path.write_bytes(
            orjson.dumps(orjson.loads(path.read_bytes()) | {"replaces": replaces, "replaced_by": replaced_by})
        )


@pytest.mark.parametrize(
    ("links", "queue", "problems"),
    [
        ({A: ("", A)}, [A, B, C], [f"`replaced_by` names {A}, and the later versions run in a circle"]),
        ({A: ("", GONE)}, [A, B, C], [f"`replaced_by` names {GONE}, which is not there; it stays in the queue"]),
        ({A: ("", "../x")}, [A, B, C], ["`replaced_by` names ../x, which is not there"]),
        ({A: ("", B), B: (A, A)}, [A, B, C], [f"`replaced_by` names {A}, and the later", f"names {B}, and the later"]),
        ({A: ("", B), B: ("", GONE)}, [B, C], [f"`replaced_by` names {GONE}, which is not there"]),
        ({A: ("", B), B: ("", C), C: ("", B)}, [A, B, C], ["run in a circle"] * 3),
        ({A: (GONE, "")}, [A, B, C], [f"`replaces` names {GONE}, which is not there"]),
        ({A: (B, ""), B: (A, "")}, [A, B, C], ["its earlier versions run in a circle"] * 2),
        ({A: ("", B), B: (A, ""), C: (A, "")}, [B, C], [f"both replace {A}, and are both in the queue"]),
        ({A: ("", B), B: (A, C), C: (B, "")}, [C], []),
    ],
    ids=[
        "self",
        "gone",
        "no id",
        "circle",
        "gone later",
        "into a circle",
        "replaces",
        "replaces circle",
        "two",
        "sound",
    ],
)
def test_a_broken_link_takes_no_article_out_of_the_queue(
    tmp_path: Path, links: dict[str, tuple[str, str]], queue: list[str], problems: list[str]
) -> None:
    """An article is in force unless the later versions end in another one that is there."""
    corpus = builders.make_corpus(tmp_path / "news", builders.market(), builders.bridge(), READING).path
    _link(corpus, links)
    assert sorted(CorpusFolder.open(corpus).queue()) == sorted(queue)
    session = builders.open_session(corpus)
    assert all(session.sentences_of(a) for a in queue)
    session.close()
    checked = call("check", corpus, "--only", "versions,journal", "--json")
    found = [p["what"] for p in checked.json["problems"]]
    assert len(found) == len(problems), found
    assert all(any(p in what for what in found) for p in problems), found


def test_the_session_warns_of_a_broken_link(tmp_path: Path) -> None:
    """It names the article, and the command that lists what to do."""
    corpus = builders.make_corpus(tmp_path / "news").path
    _link(corpus, {A: ("", GONE)})
    session = builders.open_session(corpus)
    assert [w for w in session.warnings if A in w and "stays in the queue; see `annotator check`" in w]
    session.close()


def test_ingesting_the_source_again_mends_the_links(tmp_path: Path) -> None:
    """Of a circle the version that the source has now counts, and the other one leaves the queue."""
    source, corpus = tmp_path / "ferry.txt", tmp_path / "news"
    for words in ("The ferry to Osmund was late.", "The ferry to Osmund was late again."):
        source.write_text(f"{words}\n", "utf-8")
        assert call("ingest", source, "--corpus", corpus).code == 0
    (new,) = CorpusFolder.open(corpus).queue()
    (old,) = set(CorpusFolder.open(corpus).article_ids()) - {new}
    for links in ({old: ("", new), new: (old, old)}, {old: ("", ""), new: (old, new)}, {new: (old, GONE)}):
        _link(corpus, links)
        assert new in CorpusFolder.open(corpus).queue()
        assert call("ingest", source, "--corpus", corpus).code == 0
        assert CorpusFolder.open(corpus).queue() == (new,)
        assert call("check", corpus, "--only", "versions").code == 0
        assert CorpusFolder.open(corpus).articles.origin(new).replaced_by == ""
