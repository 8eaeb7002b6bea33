"""``merge`` from the outside: nothing overwritten, nothing lost, conflicts listed."""

from __future__ import annotations

import shutil
from pathlib import Path

import orjson
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.annotation_store import AnnotationStore
from annotator.core.article import Article, LineVerdict
from annotator.core.edits import Op, add_span, join_sentences, reject_suggestion, set_answer
from annotator.core.spans import Span
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import MIGRATIONS_FILE, SENTENCES_FILE, SPLITS_FILE
from annotator.storage.journal import Journal
from annotator.storage.splits_file import FixedSplit, encode_fixed_split, read_fixed_split
from tests import builders
from tests.cli.command_runner import call


def _answer(corpus: CorpusFolder, article: Article, index: int, answer: Answer, name: str = "ana") -> None:
    session = builders.open_session(corpus, name=name)
    session.apply_edit(set_answer(session.annotation_store.sentences_of(article.id)[index], answer))
    session.close()


def _files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_two_corpora_become_a_third(tmp_path: Path) -> None:
    """Articles by their text, annotators by name; the sources stay as they are, and the merge is a corpus."""
    a = builders.make_corpus(tmp_path / "a", builders.market())
    b = builders.make_corpus(tmp_path / "b", builders.market(), builders.bridge())
    _answer(a, builders.market(), 2, Answer.ACCEPT)
    _answer(b, builders.bridge(), 1, Answer.ACCEPT)
    _answer(b, builders.bridge(), 1, Answer.REJECT, name="ben")
    before = [_files(a.path), _files(b.path)]
    result = call("merge", a.path, b.path, "--into", tmp_path / "c")
    assert result.code == 0, result.err
    assert result.out.splitlines() == [
        f"{tmp_path / 'c'}: 2 articles (1 in several corpora), 2 annotators",
        "ana: 2 records, 1 place copied",
        "ben: 1 record",
    ]
    assert [_files(a.path), _files(b.path)] == before
    merged = CorpusFolder.open(tmp_path / "c")
    assert merged.article_ids() == (builders.market().id, builders.bridge().id)
    assert merged.sentences(builders.market().id) == builders.sentences(builders.market())
    records = Journal.open(merged.path, "ana", read_only=True).records
    assert [(r.seq, r.annotated.sentence.article, r.annotator) for r in records] == [
        (1, builders.market().id, "ana"),
        (2, builders.bridge().id, "ana"),
    ]
    assert not merged.warnings


def test_decisions_that_are_in_a_rescue_file_are_listed(tmp_path: Path) -> None:
    """They are in no journal, so the merge is without them."""
    a = builders.make_corpus(tmp_path / "a", builders.market())
    b = builders.make_corpus(tmp_path / "b", builders.bridge())
    _answer(a, builders.market(), 2, Answer.ACCEPT)
    with Journal.open(a.path, "ana") as journal:
        path = journal.rescue([replace(r, seq=r.seq + 1, time=r.time + 1) for r in journal.records])
    result = call("merge", a.path, b.path, "--into", tmp_path / "c")
    assert result.code == 3
    assert f"1 decision that could not be saved is in {path}: they come back when you annotate" in result.out


def test_an_article_that_was_cut_otherwise_is_listed(tmp_path: Path) -> None:
    """The first corpus's sentences stay."""
    article = builders.market()
    a = builders.make_corpus(tmp_path / "a", article)
    b = builders.make_corpus(tmp_path / "b", builders.bridge())
    first, second, *others = builders.sentences(article)
    whole = builders.sentence(article.text[first.start : second.end], article.id, first.start)
    b.add_article(article, [whole, *(replace(s, index=n) for n, s in enumerate(others, 1))])
    result = call("merge", a.path, b.path, "--into", tmp_path / "c")
    assert (result.code, "has cut it into other sentences" in result.out) == (3, True)
    assert CorpusFolder.open(tmp_path / "c").sentences(article.id) == builders.sentences(article)


def test_two_answers_of_one_annotator_are_both_kept_and_listed(tmp_path: Path) -> None:
    """The first corpus's answer stays under the name, the second's has a name of its own; exit code 3."""
    corpora = [builders.make_corpus(tmp_path / x, builders.market()) for x in "abc"]
    for corpus, answer in zip(corpora, Answer, strict=True):
        _answer(corpus, builders.market(), 2, answer)
    s = builders.sentences(builders.market())[2]
    result = call("merge", *(c.path for c in corpora), "--into", tmp_path / "d", "--json")
    assert result.code == 3
    assert [(c["kept_as"], c["here"][0]["answer"], c["there"][0]["answer"]) for c in result.json["conflicts"]] == [
        ("ana.2", "accept", "reject"),
        ("ana.3", "accept", "ignore"),
    ]
    assert result.json["conflicts"][0]["here"][0]["sentence"] == s.id
    for name, answer in zip(("ana", "ana.2", "ana.3"), Answer, strict=True):
        journal = Journal.open(tmp_path / "d", name, read_only=True)
        assert [r.annotated.annotation.answer for r in journal.records] == [answer]
        assert not journal.warnings
    result = call("merge", *(c.path for c in corpora), "--into", tmp_path / "e")
    assert f"conflict: {s.article}:{s.start}-{s.end}: ana has answered this in two ways" in result.out
    assert "; kept as ana.2" in result.out


def test_a_conflict_that_is_kept_already_is_kept_once(tmp_path: Path) -> None:
    """Merging the same corpus again lists its conflicts again, and makes no further journal of them."""
    corpora = [builders.make_corpus(tmp_path / x, builders.market()) for x in "ab"]
    for corpus, answer in zip(corpora, Answer, strict=False):
        _answer(corpus, builders.market(), 2, answer)
    a, b = (c.path for c in corpora)
    assert call("merge", a, b, "--into", tmp_path / "c").code == 3
    result = call("merge", tmp_path / "c", b, "--into", tmp_path / "d", "--json")
    assert result.code == 3
    assert [c["kept_as"] for c in result.json["conflicts"]] == ["ana.2"]
    for name in ("ana", "ana.2"):
        once, twice = (tmp_path / x / "annotations" / f"{name}.jsonl" for x in "cd")
        assert once.read_bytes() == twice.read_bytes()
    assert not (tmp_path / "d" / "annotations" / "ana.3.jsonl").exists()


def test_a_copy_that_was_gone_on_with_takes_over(tmp_path: Path) -> None:
    """A corpus and its later copy merge without a conflict, joins and undo and all."""
    a = builders.make_corpus(tmp_path / "a", builders.market())
    _answer(a, builders.market(), 2, Answer.ACCEPT)
    call("merge", a.path, builders.make_corpus(tmp_path / "x", builders.bridge()).path, "--into", tmp_path / "b")
    session = builders.open_session(tmp_path / "b")
    annotated_sentences = session.annotation_store.sentences_of(builders.market().id)
    session.apply_edit(join_sentences(annotated_sentences[3], annotated_sentences[4], builders.MARKET))
    session.undo()
    session.close()
    result = call("merge", a.path, tmp_path / "b", "--into", tmp_path / "c")
    assert result.code == 0, result.out
    there, here = (Journal.open(tmp_path / x, "ana", read_only=True).records for x in "bc")
    assert here == there
    assert [r.op for r in here][-2:] == [Op.UNDO, Op.UNDO]


def test_nothing_is_written_where_something_is(tmp_path: Path) -> None:
    """The new corpus has a folder of its own, and a source is named once."""
    a, b = (builders.make_corpus(tmp_path / x, builders.market()).path for x in "ab")
    before = _files(tmp_path)
    for args, code, what in (
        ((a, b, "--into", b), 1, "there is something here already, and a merge overwrites nothing"),
        ((a, b, "--into", b / "new"), 1, "the new corpus would be inside one of the old"),
        ((a, "--into", tmp_path / "c"), 2, "one corpus alone cannot be merged"),
        ((a, tmp_path / "b" / ".." / "a", "--into", tmp_path / "c"), 2, "is named twice"),
        ((a, tmp_path / "z", "--into", tmp_path / "c"), 1, "there is no such corpus"),
    ):
        result = call("merge", *args)
        assert (result.code, what in result.err, result.err.count("\n")) == (code, True, 1)
    assert _files(tmp_path) == before
    assert not (tmp_path / "c").exists()


def test_schemas_are_united_or_one_is_named(tmp_path: Path) -> None:
    """A label that one lacks is added; contradictions need --schema, which must have all labels in use."""
    ship = (
        builders.NEWS.replace('key = "a"', 'key = "p"')
        + '[[label]]\nname = "SHIP"\nkey = "a"\ncolour = "red"\ndescription = "A ship."\n'
    )
    a = builders.make_corpus(tmp_path / "a", builders.market())
    b = builders.make_corpus(tmp_path / "b", builders.bridge(), schema=ship)
    result = call("merge", a.path, b.path, "--into", tmp_path / "c", "--json")
    assert (result.code, result.json["schema"]) == (0, {"added": ["SHIP"], "widened": []})
    merged = CorpusFolder.open(tmp_path / "c").schema
    assert [(x.name, x.key) for x in merged.labels][-2:] == [("CLAIM", "f"), ("SHIP", "")]
    other = builders.NEWS.replace("A number with what it counts.", "Any number.")
    d = builders.make_corpus(tmp_path / "d", builders.bridge(), schema=other)
    result = call("merge", a.path, d.path, "--into", tmp_path / "e")
    assert result.code == 1
    assert "the schemas contradict each other" in result.err
    assert "COUNT has another description; choose one with --schema FILE" in result.err
    assert call("merge", a.path, d.path, "--into", tmp_path / "e", "--schema", d.schema_path).code == 0
    assert (tmp_path / "e" / "schema.toml").read_text() == other
    session = builders.open_session(b)
    annotated = session.annotation_store.sentences_of(builders.bridge().id)[1]
    session.apply_edit(add_span(annotated, builders.span(annotated.sentence.text, "footbridge", "SHIP"), b.schema))
    session.close()
    result = call("merge", a.path, b.path, "--into", tmp_path / "f", "--schema", d.schema_path)
    assert result.code == 1
    assert "the schema news lacks labels that are in use: SHIP" in result.err
    assert not (tmp_path / "f").exists()


def test_switched_lines_are_kept_or_reported(tmp_path: Path) -> None:
    """A line that a person has switched in one corpus is switched; two who disagree are a conflict."""
    a, b = (builders.make_corpus(tmp_path / x, builders.market()) for x in "ab")
    b.set_line_verdict(builders.market().id, 2, LineVerdict.BODY, by="ben", time=5)
    a.set_line_verdict(builders.market().id, 6, LineVerdict.BODY, by="ana", time=5)
    b.set_line_verdict(builders.market().id, 6, LineVerdict.CAPTION, by="ben", time=6)
    result = call("merge", a.path, b.path, "--into", tmp_path / "c", "--json")
    assert result.code == 3
    assert [c["what"] for c in result.json["conflicts"]] == [
        f"article {builders.market().id}: {b.path} has another verdict on line 7"
    ]
    merged = CorpusFolder.open(tmp_path / "c").article(builders.market().id)
    assert (merged.lines[2].verdict, merged.lines[6].verdict) == (LineVerdict.BODY, LineVerdict.BODY)
    data = orjson.loads((tmp_path / "c" / "articles" / f"{merged.id}.json").read_bytes())
    assert [(d["by"], d["line"]) for d in data["history"]] == [("ana", 6), ("ben", 2), ("ben", 6)]


def test_a_damaged_journal_stops_the_merge_and_a_torn_end_is_listed(tmp_path: Path) -> None:
    """What cannot be read is not left out in silence."""
    a, b = (builders.make_corpus(tmp_path / x, builders.market()) for x in "ab")
    _answer(a, builders.market(), 2, Answer.ACCEPT)
    path = a.path / "annotations" / "ana.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:40])
    result = call("merge", a.path, b.path, "--into", tmp_path / "c")
    assert result.code == 3
    assert f"not merged: {path}: a torn end (line 2)" in result.out
    path.write_bytes(b"<<<<<<< ours\n" + whole)
    result = call("merge", a.path, b.path, "--into", tmp_path / "d")
    assert result.code == 1
    assert f"{path}: line 1 of the journal cannot be read; run `annotator repair`" in result.err
    assert not (tmp_path / "d").exists()


def test_suggestions_ledgers_and_foreign_files(tmp_path: Path) -> None:
    """Suggestions of one source are put together, ledgers of imports kept, other files listed."""
    a = builders.make_corpus(tmp_path / "a", builders.market())
    b = builders.make_corpus(tmp_path / "b", builders.market(), builders.bridge())
    for corpus in (a, b):
        assert call("suggest", corpus.path, "--rules").code == 0
    (a.path / "imports").mkdir()
    (a.path / "imports" / "x.jsonl").write_bytes(b"{}\n")
    (b.path / "notes.txt").write_text("mine")
    result = call("merge", a.path, b.path, "--into", tmp_path / "c", "--json")
    assert result.code == 3
    assert result.json["left"] == [str(b.path / "notes.txt")]
    assert (tmp_path / "c" / "imports" / "x.jsonl").read_bytes() == b"{}\n"
    [source] = [p.name for p in (b.path / "suggestions").glob("*.jsonl")]
    there = (tmp_path / "c" / "suggestions" / source).read_bytes()
    assert sorted(there.splitlines()) == sorted((b.path / "suggestions" / source).read_bytes().splitlines())
    assert (tmp_path / "c" / SENTENCES_FILE).read_bytes() == (b.path / SENTENCES_FILE).read_bytes()


def test_a_migration_that_was_taken_back_is_no_decision(tmp_path: Path) -> None:
    """Of two copies one has renamed a label and taken that back: what was done in the other is taken over."""
    article = builders.market()
    a = builders.make_corpus(tmp_path / "a", article)
    _answer(a, article, 0, Answer.ACCEPT)
    session = builders.open_session(a, name="ana")
    first = session.annotation_store.sentences_of(article.id)[0]
    session.apply_edit(add_span(first, Span(0, first.sentence.tokens[0].end, "PERSON"), a.schema))
    session.close()
    shutil.copytree(a.path, tmp_path / "b")
    assert call("schema", "rename", a.path, "PERSON", "HUMAN").code == 0
    assert call("schema", "undo", a.path).code == 0
    _answer(CorpusFolder.open(tmp_path / "b"), article, 0, Answer.REJECT)
    for into, one, two in (("c", "a", "b"), ("d", "b", "a")):
        result = call("merge", tmp_path / one, tmp_path / two, "--into", tmp_path / into, "--json")
        assert result.json["conflicts"] == []
        annotated_sentences = AnnotationStore(CorpusFolder.open(tmp_path / into).sentences)
        annotated_sentences.replay(Journal.open(tmp_path / into, "ana", read_only=True).records)
        assert annotated_sentences.sentences_of(article.id)[0].annotation.answer is Answer.REJECT


def _marked(folder: Path) -> CorpusFolder:
    """Return a corpus in which ana has turned a person down in one sentence and marked one in the next."""
    corpus = builders.make_corpus(folder, builders.market())
    session = builders.open_session(corpus, name="ana")
    first, second = session.annotation_store.sentences_of(builders.market().id)[:2]
    session.apply_edit(reject_suggestion(first, Span(0, first.sentence.tokens[0].end, "PERSON")))
    session.apply_edit(add_span(second, Span(0, second.sentence.tokens[0].end, "PERSON"), corpus.schema))
    session.close()
    return corpus


def _said_now(folder: Path) -> list[tuple[list[str], list[str]]]:
    """Return the labels of what ana has marked and turned down, by sentence."""
    annotated_sentences = AnnotationStore(CorpusFolder.open(folder).sentences)
    annotated_sentences.replay(Journal.open(folder, "ana", read_only=True).records)
    notes = (w.annotation for w in annotated_sentences.touched_sentences_of(builders.market().id))
    return [([s.label for s in a.spans], [s.label for s in a.rejected]) for a in notes]


def test_migrations_of_copies_can_still_be_taken_back(tmp_path: Path) -> None:
    """Where two copies have had the same migrations, the new corpus knows of them, and undo works there."""
    a = _marked(tmp_path / "a")
    assert call("schema", "rename", a.path, "PERSON", "HUMAN").code == 0
    shutil.copytree(a.path, tmp_path / "b")
    result = call("merge", a.path, tmp_path / "b", "--into", tmp_path / "c", "--json")
    assert (result.code, result.json["left"]) == (0, [])
    assert _said_now(tmp_path / "c") == [([], ["HUMAN"]), (["HUMAN"], [])]
    assert call("schema", "undo", tmp_path / "c").code == 0
    assert _said_now(tmp_path / "c") == [([], ["PERSON"]), (["PERSON"], [])]


def test_undo_keeps_off_a_migration_that_the_corpus_knows_nothing_of(tmp_path: Path) -> None:
    """Different migrations are not taken over; a new one bears the number of an old, and undo is its own."""
    a = _marked(tmp_path / "a")
    b = builders.make_corpus(tmp_path / "b", builders.market())
    assert call("schema", "rename", a.path, "PERSON", "HUMAN").code == 0
    result = call("merge", a.path, b.path, "--into", tmp_path / "c", "--json")
    assert result.code == 3
    assert f"{a.path / MIGRATIONS_FILE}: the corpora have had different migrations" in result.json["left"]
    before = _said_now(tmp_path / "c")
    assert call("schema", "rename", tmp_path / "c", "COUNT", "NUMBER").out.startswith("schema 1: ")
    assert call("schema", "undo", tmp_path / "c").code == 0
    assert _said_now(tmp_path / "c") == before


def test_fixed_groups_of_a_split_are_kept(tmp_path: Path) -> None:
    """What a rebalance has fixed holds in the new corpus; of two groups the first stays, which is told."""
    market, bridge = builders.market(), builders.bridge()
    a, b = builders.make_corpus(tmp_path / "a", market), builders.make_corpus(tmp_path / "b", market, bridge)
    (a.path / SPLITS_FILE).write_bytes(
        encode_fixed_split(FixedSplit({market.id: market.id}, {((8, 1, 1), 0): {bridge.id: "test"}}))
    )
    (b.path / SPLITS_FILE).write_bytes(
        encode_fixed_split(
            FixedSplit({market.id: bridge.id, bridge.id: bridge.id}, {((8, 1, 1), 0): {bridge.id: "dev"}})
        )
    )
    result = call("merge", a.path, b.path, "--into", tmp_path / "c", "--json")
    assert result.code == 3
    assert read_fixed_split(tmp_path / "c") == FixedSplit(
        {market.id: market.id, bridge.id: bridge.id}, {((8, 1, 1), 0): {bridge.id: "test"}}
    )
    assert [c["what"] for c in result.json["conflicts"]] == [
        f"article {market.id}: {b.path / SPLITS_FILE} has fixed it in another group",
        f"article {bridge.id}: {b.path / SPLITS_FILE} has fixed it in dev",
    ]


def test_what_is_otherwise_in_many_articles_is_reported_once(tmp_path: Path) -> None:
    """A line for each article would bury the conflicts; ``--json`` names the articles."""
    ours = (builders.market(), builders.bridge())
    a = builders.make_corpus(tmp_path / "a", *ours)
    b = builders.make_corpus(tmp_path / "b", *(replace(x, origin="other.txt") for x in ours))
    result = call("merge", a.path, b.path, "--into", tmp_path / "c")
    what = f"{b.path} has another origin; the first one stays"
    assert (result.code, result.err) == (0, f"note: 2 articles (the first: {a.article_ids()[0]}): {what}\n")
    found = call("merge", a.path, b.path, "--into", tmp_path / "d", "--json").json["differences"]
    assert found == {what: list(a.article_ids())}


def _flip(path: Path, words: bytes) -> None:
    raw = bytearray(path.read_bytes())
    raw[raw.index(words)] ^= 1
    path.write_bytes(raw)


def test_a_damaged_article_is_left_out_and_listed(tmp_path: Path) -> None:
    """All others are merged, the journal keeps what was done on it, and the exit code is 3."""
    a = builders.make_corpus(tmp_path / "a", builders.market(), builders.bridge())
    b = builders.make_corpus(tmp_path / "b", builders.bridge())
    _answer(a, builders.market(), 2, Answer.ACCEPT)
    _answer(a, builders.bridge(), 1, Answer.ACCEPT)
    _flip(a.path / "articles" / f"{builders.market().id}.json", b"stalls opened")
    result = call("merge", a.path, b.path, "--into", tmp_path / "c", "--json")
    assert result.code == 3, result.err
    assert [x for x in result.json["left"] if f"article {builders.market().id} is set apart" in x]
    merged = CorpusFolder.open(tmp_path / "c")
    assert merged.article_ids() == (builders.bridge().id,)
    assert len(Journal.open(merged.path, "ana", read_only=True).records) == 2
    session = builders.open_session(merged)
    assert [w.done for w in session.sentences_of(builders.bridge().id)].count(True) == 1
    session.close()


def test_an_article_that_is_sound_in_another_corpus_is_taken_from_there(tmp_path: Path) -> None:
    """Nothing is lost, and a note names the damage."""
    a, b = (builders.make_corpus(tmp_path / name, builders.market(), builders.bridge()) for name in "ab")
    _flip(a.path / "sentences.jsonl", b"stalls opened")
    result = call("merge", a.path, b.path, "--into", tmp_path / "c")
    assert result.code == 0, result.err
    assert "is set apart" in result.err
    assert "taken from another corpus" in result.err
    assert set(CorpusFolder.open(tmp_path / "c").article_ids()) == {builders.market().id, builders.bridge().id}


def test_damaged_groups_and_migrations_are_listed(tmp_path: Path) -> None:
    """All else is merged."""
    a, b = (builders.make_corpus(tmp_path / name, builders.market()) for name in "ab")
    for name in (SPLITS_FILE, MIGRATIONS_FILE):
        (a.path / name).write_bytes(b'{"gr')
    result = call("merge", a.path, b.path, "--into", tmp_path / "c")
    assert result.code == 3, result.err
    assert "no group of a split is merged" in result.out
    assert "no change of labels can be taken back" in result.out
    assert CorpusFolder.open(tmp_path / "c").article_ids() == (builders.market().id,)
