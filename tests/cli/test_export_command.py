"""``export`` from the outside: what is left out is told, counted and listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson
import pytest

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Article, LineVerdict, Sentence
from annotator.core.edits import Op, combine_edits, set_answer
from annotator.core.journal_record import JournalRecord
from annotator.core.spans import Span, span_id
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from tests import builders
from tests.cli.command_runner import CommandResult, call
from tests.export.export_samples import make_article, sentences

SCHEMA = """
name = "test"
version = "1"
[[label]]
name = "VENUE"
key = "s"
target = "ents"
description = "A place."
"""
SHORT = ("--split", "100/0/0", "--json")
TOWNS = [[f"Boat {n} left Rosavik at noon .", f"Nobody saw boat {n} in Vemmel ."] for n in range(3)]
QUAYS = [[f"Ferry {n} lay at Nordby Square .", f"Pilots took ferry {n} to Ostra ."] for n in range(3)]


class CorpusBuilder:
    """A corpus on the disk and the journals in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.corpus = CorpusFolder.create(path, name="t", lang="en", fingerprint="f", schema_text=SCHEMA)

    def add(self, lines: list[list[str]], replaces: str = "") -> Article:
        """Put an article in."""
        article = make_article(lines, replaces=replaces)
        self.corpus.add_article(article, sentences(article, lines))
        return article

    def answer(
        self, who: str, of: Iterable[Sentence], answer: Answer | None = Answer.ACCEPT, *, words: slice = slice(0, 1)
    ) -> None:
        """Answer sentences, each with a span over some of its words."""
        with Journal.open(self.path, who) as journal:
            for s in of:
                tokens = s.tokens[words]
                span = Span(tokens[0].start, tokens[-1].end, "VENUE")
                op = Op.ANSWER if answer else Op.EDIT
                annotated = AnnotatedSentence(s, Annotation((span,), answer))
                journal.append([JournalRecord(journal.next_seq, op, annotated, annotator=who)])

    def of(self, article: Article) -> tuple[Sentence, ...]:
        """Return the sentences of an article."""
        return self.corpus.sentences(article.id)

    def accepted(self) -> set[str]:
        """Return the span ids of all accepted sentences of all journals."""
        last: dict[tuple[str, str], JournalRecord] = {}
        for who in self.corpus.annotators():
            for r in Journal.open(self.path, who, read_only=True).records:
                last[who, r.annotated.sentence.id] = r
        annotated_sentences = [r.annotated for r in last.values() if r.annotated.annotation.answer is Answer.ACCEPT]
        return {span_id(w.sentence.id, s) for w in annotated_sentences for s in w.annotation.spans}


@pytest.fixture
def builder(tmp_path: Path) -> CorpusBuilder:
    """Return an empty corpus."""
    return CorpusBuilder(tmp_path / "news")


def _ledger(out: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    *records, last = [orjson.loads(x) for x in (out / "ledger.jsonl").read_bytes().splitlines()]
    return records, last["totals"]


def _why(out: Path) -> Counter[str]:
    return Counter(r["why"] for r in _ledger(out)[0] if r["what"] == "left out")


def _conserved(builder: CorpusBuilder, out: Path) -> None:
    """Hold that a full ledger has each span of an accepted sentence once, and adds up."""
    records, totals = _ledger(out)
    ids = [r["id"] for r in records if r["what"] != "conflict"]
    fates = totals["spans"]
    assert sorted(ids) == sorted(builder.accepted())
    assert fates["in"] == len(ids) == sum(n for what, n in fates.items() if what != "in")


def _left_out(result: CommandResult) -> dict[str, tuple[int, bool]]:
    return {x["why"]: (x["sentences"], x["asked"]) for x in result.json["totals"]["left out"]}


def test_an_article_that_is_gone_is_a_loss(builder: CorpusBuilder, tmp_path: Path) -> None:
    """Accepted sentences of an article that is not in the corpus: warned, listed, counted, exit 3."""
    kept, gone = builder.add(TOWNS), builder.add(QUAYS)
    builder.answer("ana", [*builder.of(kept), *builder.of(gone)])
    (builder.path / "articles" / f"{gone.id}.json").unlink()
    result = call("export", builder.path, tmp_path / "out", "--ledger", "full", *SHORT)
    assert (result.code, result.json["lost"]) == (3, 6)
    assert (
        f"warning: annotations/ana.jsonl: 6 sentences are left out, because the article is not in the "
        f"corpus: {gone.id}; restore articles/ from a copy, or see that the journal is the right one" in result.err
    )
    assert _left_out(result) == {"the article is not in the corpus": (6, False)}
    assert _why(tmp_path / "out") == {"the article is not in the corpus": 6}
    _conserved(builder, tmp_path / "out")
    message = call("export", builder.path, tmp_path / "out", "--split", "100/0/0").out
    assert "left out as a whole: 6 accepted sentences (the article is not in the corpus)" in message


def test_an_article_that_is_gone_stops_nothing_where_a_journal_is_replayed(tmp_path: Path) -> None:
    """The journal has an edit of several sentences of it, and lacks its last line end: all else goes on."""
    corpus = builders.make_corpus(tmp_path / "news")
    session = builders.open_session(corpus)
    for _ in range(2):
        session.apply_edit(combine_edits([set_answer(w, Answer.ACCEPT) for w in session.article_sentences], "all"))
        session.navigation.move_article(1)
    session.split(1)
    session.close()
    journal = corpus.path / "annotations" / "ana.jsonl"
    journal.write_bytes(journal.read_bytes()[:-1])
    (corpus.path / "articles" / f"{builders.market().id}.json").unlink()
    for command, code in ((("check", corpus.path), 3), (("stats", corpus.path), 0)):
        assert call(*command).code == code
    assert call("schema", "rename", corpus.path, "PERSON", "HUMAN").code == 0
    result = call("export", corpus.path, tmp_path / "out", "--split", "100/0/0")
    assert result.code == 3, result.err
    assert "(the article is not in the corpus)" in result.out


def test_a_lost_sentence_without_a_span_is_a_loss_too(builder: CorpusBuilder, tmp_path: Path) -> None:
    """An accepted sentence with nothing in it is training data: without its article it is lost."""
    kept, gone = builder.add(TOWNS), builder.add(QUAYS)
    builder.answer("ana", builder.of(kept))
    with Journal.open(builder.path, "ana") as journal:
        bare = AnnotatedSentence(builder.of(gone)[0], Annotation((), Answer.ACCEPT))
        journal.append([JournalRecord(journal.next_seq, Op.ANSWER, bare, annotator="ana")])
    (builder.path / "articles" / f"{gone.id}.json").unlink()
    result = call("export", builder.path, tmp_path / "out", *SHORT)
    assert (result.code, result.json["lost"]) == (3, 1)
    assert _left_out(result) == {"the article is not in the corpus": (1, False)}
    result = call("export", builder.path, tmp_path / "tasks", "--format", "prodigy", "--json")
    assert (result.code, result.json["lost"]) == (3, 1)
    [message] = _ledger(tmp_path / "tasks")[0]
    assert (message["thing"], message["text"]) == ("sentence", QUAYS[0][0])


def test_what_would_not_be_exported_is_no_loss(builder: CorpusBuilder, tmp_path: Path) -> None:
    """Rejected, ignored and unfinished sentences of a lost article are warned of, and exit 0."""
    kept, gone = builder.add(TOWNS), builder.add(QUAYS)
    builder.answer("ana", builder.of(kept))
    for s, answer in zip(builder.of(gone), [Answer.REJECT, Answer.IGNORE, None], strict=False):
        builder.answer("ana", [s], answer)
    (builder.path / "articles" / f"{gone.id}.json").unlink()
    result = call("export", builder.path, tmp_path / "out", *SHORT)
    assert (result.code, result.json["lost"], _left_out(result)) == (0, 0, {})
    assert "3 sentences are left out" in result.err


def _broken(path: Path, kind: str) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    if kind == "middle":
        lines[2] = lines[2].replace(b'"accept"', b'"accepd"')
    elif kind == "missing":
        del lines[2]
    elif kind == "torn":
        lines[-1] = lines[-1][:-40]
    elif kind == "crlf":
        lines = [x.replace(b"\n", b"\r\n") for x in lines]
    else:
        lines[-1] = lines[-1].rstrip(b"\n")
    path.write_bytes(b"".join(lines))


@pytest.mark.parametrize(
    ("kind", "code"), [("middle", 3), ("missing", 3), ("torn", 3), ("crlf", 0), ("no line end", 0)]
)
def test_a_flaw_that_costs_a_record_is_a_loss(builder: CorpusBuilder, tmp_path: Path, kind: str, code: int) -> None:
    """A damaged, missing or torn line of a journal: warned, in report and ledger, exit 3; line ends: not."""
    builder.answer("ana", builder.of(builder.add(TOWNS)))
    builder.answer("bo", builder.of(builder.add(QUAYS)))
    journal = builder.path / "annotations" / "ana.jsonl"
    _broken(journal, kind)
    before = journal.read_bytes()
    result = call("export", builder.path, tmp_path / "out", *SHORT)
    assert result.code == code
    flawed = _ledger(tmp_path / "out")[1]["journals with flaws"]
    assert list(flawed) == (["ana"] if code else [])
    assert result.json["lost"] == sum(flawed.values())
    assert ("annotations/ana.jsonl" in result.err) == (kind != "no line end")
    message = call("export", builder.path, tmp_path / "out", "--split", "100/0/0").out
    assert ("journals with flaws, so something may be missing: ana (" in message) == bool(code)
    assert call("export", builder.path, tmp_path / "out", "--annotator", "bo", *SHORT).code == 0
    assert journal.read_bytes() == before


def test_a_line_that_is_switched_off_is_in_the_ledger(builder: CorpusBuilder, tmp_path: Path) -> None:
    """Accepted sentences in a line switched off since are listed and in the totals, and no loss."""
    article = builder.add(TOWNS)
    builder.answer("ana", builder.of(article))
    builder.corpus.set_line_verdict(article.id, 1, LineVerdict.BOILERPLATE, by="ana", time=1.0)
    result = call("export", builder.path, tmp_path / "out", "--ledger", "full", *SHORT)
    assert (result.code, _left_out(result)) == (0, {"its line is switched off": (2, True)})
    assert _why(tmp_path / "out") == {"its line is switched off": 2}
    _conserved(builder, tmp_path / "out")


def test_where_all_is_left_out_the_error_says_why(builder: CorpusBuilder, tmp_path: Path) -> None:
    """With every accepted sentence left out nothing is written, and the error counts them."""
    gone = builder.add(TOWNS)
    builder.answer("ana", builder.of(gone))
    (builder.path / "articles" / f"{gone.id}.json").unlink()
    result = call("export", builder.path, tmp_path / "out")
    assert result.code == 1
    assert result.err.endswith(
        "there is no accepted sentence to export: 6 left out (the article is not in the corpus); "
        "`annotator articles` shows the articles and lines that are in use\n"
    )
    assert not (tmp_path / "out").exists()


@pytest.fixture
def versions(builder: CorpusBuilder) -> tuple[Article, Article]:
    """Put two versions of an article in; the first line of the second is another."""
    first = builder.add(TOWNS)
    changed = [["Pilots took ferry 7 to Ostra .", TOWNS[0][1]], *TOWNS[1:]]
    return builder.corpus.article(first.id), builder.add(changed, replaces=first.id)


def _exported(out: Path) -> Counter[str]:
    """Count the kept spans of a full ledger by article."""
    return Counter(r["where"]["article"] for r in _ledger(out)[0] if r["what"] == "kept")


def test_the_newer_version_supersedes_word_for_word(
    builder: CorpusBuilder, versions: tuple[Article, Article], tmp_path: Path
) -> None:
    """What stands and is finished in the newer version too is exported from there alone, and listed."""
    v1, v2 = versions
    builder.answer("ana", builder.of(v1))
    builder.answer("ana", builder.of(v2)[:4])
    result = call("export", builder.path, tmp_path / "out", "--ledger", "full", *SHORT)
    why = "superseded by a newer version of the article"
    assert (result.code, result.json["lost"], _left_out(result)) == (0, 0, {why: (3, True)})
    assert _exported(tmp_path / "out") == {v1.id: 3, v2.id: 4}
    assert _why(tmp_path / "out") == {why: 3}
    _conserved(builder, tmp_path / "out")


@pytest.mark.parametrize(("answer", "kept"), [(Answer.ACCEPT, 1), (Answer.REJECT, 1), (Answer.IGNORE, 1), (None, 6)])
def test_a_decision_on_the_newer_version_counts(
    builder: CorpusBuilder, versions: tuple[Article, Article], tmp_path: Path, answer: Answer | None, kept: int
) -> None:
    """A reject or ignore of the same words is the later decision; an unfinished sentence is none."""
    v1, v2 = versions
    builder.answer("ana", builder.of(v1))
    builder.answer("ana", builder.of(v2), answer)
    assert call("export", builder.path, tmp_path / "out", "--ledger", "full", *SHORT).code == 0
    assert _exported(tmp_path / "out")[v1.id] == kept
    _conserved(builder, tmp_path / "out")


def test_an_unfinished_sentence_of_the_old_version_is_not_finished(
    builder: CorpusBuilder, versions: tuple[Article, Article], tmp_path: Path
) -> None:
    """An unfinished sentence of an old version is counted as unfinished, never as superseded."""
    v1, v2 = versions
    builder.answer("ana", builder.of(v1), None)
    builder.answer("ana", builder.of(v2))
    result = call("export", builder.path, tmp_path / "out", *SHORT)
    assert (result.code, _left_out(result)) == (0, {})
    assert result.json["totals"]["sentences"]["unfinished"] == 6


def test_superseding_knows_who(builder: CorpusBuilder, versions: tuple[Article, Article], tmp_path: Path) -> None:
    """Asked for one annotator, another's newer version supersedes nothing; of all, what is alike counts once."""
    v1, v2 = versions
    builder.answer("ana", builder.of(v1))
    builder.answer("bob", builder.of(v2))
    for who, kept in (("ana", {v1.id: 6}), ("bob", {v2.id: 6})):
        out = tmp_path / who
        result = call("export", builder.path, out, "--annotator", who, "--ledger", "full", *SHORT)
        assert result.code == 0, result.err
        assert _exported(out) == kept
        assert _left_out(result) == {"by another annotator than the one asked for": (6, True)}
        _conserved(builder, out)
    assert call("export", builder.path, tmp_path / "all", "--ledger", "full", *SHORT).code == 0
    assert _exported(tmp_path / "all") == {v1.id: 1, v2.id: 6}
    _conserved(builder, tmp_path / "all")


def test_what_was_not_asked_for_is_lost_in_no_format(builder: CorpusBuilder, tmp_path: Path) -> None:
    """The ledger's count of losses is what the exit code goes by: another's work is listed, and no loss."""
    towns, quays = builder.add(TOWNS), builder.add(QUAYS)
    builder.answer("ana", builder.of(towns))
    builder.answer("bob", builder.of(quays))
    asked = ("--format", "prodigy", "--annotator", "ana", "--json")
    result = call("export", builder.path, tmp_path / "out", *asked)
    assert (result.code, result.json["lost"]) == (0, 0)
    totals = _ledger(tmp_path / "out")[1]
    assert (totals["spans"]["left out"], totals["lost"]) == (6, 0)
    (builder.path / "articles" / f"{towns.id}.json").unlink()
    builder.answer("ana", builder.of(quays))
    result = call("export", builder.path, tmp_path / "out", *asked)
    assert (result.code, result.json["lost"], _ledger(tmp_path / "out")[1]["lost"]) == (3, 6, 6)


def test_a_flaw_is_a_loss_in_every_format(builder: CorpusBuilder, tmp_path: Path) -> None:
    """A damaged line of a journal costs exit code 3 with another tool's format too, and is in the ledger."""
    builder.answer("ana", builder.of(builder.add(TOWNS)))
    _broken(builder.path / "annotations" / "ana.jsonl", "middle")
    result = call("export", builder.path, tmp_path / "out", "--format", "doccano", "--json")
    totals = _ledger(tmp_path / "out")[1]
    assert (result.code, result.json["lost"]) == (3, totals["lost"])
    assert totals["lost"] == sum(totals["journals with flaws"].values()) > 0


def test_what_is_left_out_for_two_reasons_is_listed_once(builder: CorpusBuilder, tmp_path: Path) -> None:
    """The loss comes first: a lost article is one, though another left the same and was not asked for."""
    kept, gone = builder.add(TOWNS), builder.add(QUAYS)
    builder.answer("bob", builder.of(kept))
    builder.answer("ana", builder.of(gone))
    builder.answer("bob", builder.of(gone)[:4])
    (builder.path / "articles" / f"{gone.id}.json").unlink()
    out = tmp_path / "out"
    result = call("export", builder.path, out, "--annotator", "bob", "--ledger", "full", *SHORT)
    assert (result.code, result.json["lost"]) == (3, 4)
    another = "by another annotator than the one asked for"
    assert _left_out(result) == {"the article is not in the corpus": (4, False), another: (2, True)}
    _conserved(builder, out)


def test_what_two_left_alike_is_listed_once(builder: CorpusBuilder, tmp_path: Path) -> None:
    """Of another annotator's work the ledger lists what differs, and exports the one asked for."""
    every = builder.of(builder.add(TOWNS))
    builder.answer("ana", every)
    builder.answer("bob", every[:4])
    builder.answer("bob", every[4:], words=slice(1, 2))
    assert call("export", builder.path, tmp_path / "out", *SHORT, "--on-conflict", "error").code == 1
    result = call("export", builder.path, tmp_path / "out", *SHORT, "--ledger", "full")
    assert (result.code, result.json["totals"]["conflicts"]) == (3, {"missing": 4})
    _conserved(builder, tmp_path / "out")
    both = ("--annotator", "ana", "--annotator", "bob,ana", "--on-conflict", "prefer", "--ledger", "full")
    result = call("export", builder.path, tmp_path / "out", *SHORT, *both)
    assert (result.code, result.json["totals"]["spans"]["left out"]) == (0, 2)
    _conserved(builder, tmp_path / "out")
    result = call("export", builder.path, tmp_path / "out", "--annotator", "ana", "--ledger", "full", *SHORT)
    assert result.json["totals"]["spans"] == {"in": 8, "kept": 6, "trimmed": 0, "demoted": 0, "left out": 2}
    _conserved(builder, tmp_path / "out")


def test_an_annotator_who_is_not_there(builder: CorpusBuilder, tmp_path: Path) -> None:
    """A name without a journal is an error that lists those there are."""
    message = "there is no journal of the annotator 'carla'"
    result = call("export", builder.path, tmp_path / "out", "--annotator", "carla")
    assert (result.code, f"{message}; nobody has annotated this corpus yet" in result.err) == (1, True)
    every = builder.of(builder.add(TOWNS))
    builder.answer("zoe", every)
    builder.answer("ben", every, None)
    result = call("export", builder.path, tmp_path / "out", "--annotator", "carla")
    assert (result.code, f"{message}; use one of: ben, zoe" in result.err) == (1, True)
