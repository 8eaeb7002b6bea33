"""``annotator schema`` from the outside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.core.annotation import AnnotatedSentence
from annotator.core.annotation_store import AnnotationStore
from annotator.core.edits import Op
from annotator.core.journal_record import JournalRecord
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from annotator.storage.migrations import read_migrations
from annotator.storage.schema_editing import merge_labels_in_schema, rename_label_in_schema, split_label_in_schema
from annotator.storage.schemas import parse_schema_text
from annotator.workflows.opening import labels_in_use
from tests import builders
from tests.cli.command_runner import call
from tests.cli.test_export_command import TOWNS, CorpusBuilder


@pytest.fixture
def builder(tmp_path: Path) -> CorpusBuilder:
    """Return a corpus that two people have annotated."""
    builder = CorpusBuilder(tmp_path / "c")
    town = builder.of(builder.add(TOWNS))
    builder.answer("ana", town[:3])
    builder.answer("bo", town[2:5], words=slice(1, 2))
    return builder


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and not p.name.endswith(".lock")
    }


def _labels(builder: CorpusBuilder, who: str) -> list[str]:
    annotated_sentences = AnnotationStore(builder.corpus.sentences)
    history = annotated_sentences.replay(Journal.open(builder.path, who, read_only=True).records)
    assert history.undo() is None
    return [
        s.label
        for a in annotated_sentences.touched_articles
        for w in annotated_sentences.touched_sentences_of(a)
        for s in w.annotation.spans
    ]


def test_a_rename_reaches_everybody_and_can_be_taken_back(builder: CorpusBuilder) -> None:
    """Schema and journals bear the new name, undo cannot bring the old one back, `schema undo` can."""
    before = _files(builder.path)
    result = call("schema", "rename", builder.path, "VENUE", "PLACE")
    assert result.code == 0
    assert result.out == "schema 1: VENUE is PLACE now\nsentences with new labels: ana 3, bo 3; 6 spans\n"
    assert _labels(builder, "ana") == _labels(builder, "bo") == ["PLACE"] * 3
    assert labels_in_use(builder.corpus) == {"PLACE"}
    after = _files(builder.path)
    assert all(after[name].startswith(data) for name, data in before.items() if name.startswith("annotations"))
    assert call("export", builder.path, builder.path.parent / "out", "--annotator", "ana").code == 0
    assert call("schema", "undo", builder.path).code == 0
    assert (builder.path / "schema.toml").read_bytes() == before["schema.toml"]
    assert _labels(builder, "ana") == ["VENUE"] * 3
    assert "1  " in (message := call("schema", "log", builder.path).out)
    assert "VENUE is PLACE now (taken back)" in message


def test_what_redo_would_bring_back_bears_no_old_label(builder: CorpusBuilder) -> None:
    """Who has taken all marks back gets a record all the same, so that redo ends there."""
    (s,) = builder.of(builder.add([["Divers searched ."]]))
    builder.answer("cy", [s])
    with Journal.open(builder.path, "cy") as journal:
        journal.append([JournalRecord(journal.next_seq, Op.UNDO, AnnotatedSentence(s), parent=1, annotator="cy")])
    assert "VENUE" in labels_in_use(builder.corpus)
    assert call("schema", "rename", builder.path, "VENUE", "PLACE").code == 0
    assert labels_in_use(builder.corpus) == {"PLACE"}


def test_a_dry_run_changes_nothing(builder: CorpusBuilder) -> None:
    """The report is the same, and no byte is."""
    before = _files(builder.path)
    result = call(
        "schema", "split", builder.path, "VENUE", "--into", "TOWN,SHIP", "--take", "SHIP=boat", "--dry-run", "--json"
    )
    assert result.json["sentences"] == {"ana": 3, "bo": 3}
    assert result.json["dry"]
    assert _files(builder.path) == before


def test_a_split_lists_what_is_to_be_looked_at(builder: CorpusBuilder) -> None:
    """What --take decides is sure; the rest is flagged and, with --reopen, not exported meanwhile."""
    args = ("schema", "split", builder.path, "VENUE", "--into", "TOWN,SHIP", "--take", "SHIP=boat")
    result = call(*args, "--reopen", "--json")
    doubtful = result.json["doubtful"]
    annotated_sentences = AnnotationStore(builder.corpus.sentences)
    annotated_sentences.replay(Journal.open(builder.path, "ana", read_only=True).records)
    flagged = [
        w
        for a in annotated_sentences.touched_articles
        for w in annotated_sentences.touched_sentences_of(a)
        if w.annotation.flagged
    ]
    assert {w.sentence.id for w in flagged} <= set(doubtful)
    assert all(w.annotation.answer is None for w in flagged)
    assert [x.name for x in builder.corpus.schema.labels] == ["TOWN", "SHIP"]
    assert [x.key for x in builder.corpus.schema.labels] == ["s", "h"]


def test_a_held_journal_stops_it(builder: CorpusBuilder) -> None:
    """Nobody may be annotating meanwhile; nothing is changed."""
    before = _files(builder.path)
    with Journal.open(builder.path, "bo"):
        result = call("schema", "rename", builder.path, "VENUE", "PLACE")
    assert result.code == 1
    assert "the journal is held by" in result.err
    assert _files(builder.path) == before


@pytest.mark.parametrize("broken", ["write_file", "set_schema"])
def test_an_error_on_the_way_leaves_all_as_it_was(
    builder: CorpusBuilder, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Journals, schema and the list of migrations are restored."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    before = _files(builder.path)
    monkeypatch.setattr(CorpusFolder, broken, fail)
    assert call("schema", "rename", builder.path, "VENUE", "PLACE").code == 1
    assert _files(builder.path) == before


def test_a_schema_that_was_written_is_put_back(builder: CorpusBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error after the schema's rename, such as one of syncing the folder, takes that back too."""
    write = CorpusFolder.set_schema

    def fail(corpus: CorpusFolder, text: str, **more: str) -> None:
        write(corpus, text, **more)
        raise OSError(5, "Input/output error")

    before = _files(builder.path)
    monkeypatch.setattr(CorpusFolder, "set_schema", fail)
    assert call("schema", "rename", builder.path, "VENUE", "PLACE").code == 1
    assert _files(builder.path) == before


def test_a_migration_that_was_killed_is_finished_by_running_it_again(
    builder: CorpusBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journals that were done stay so, the others follow, and undo takes back both."""

    class KilledError(BaseException):
        pass

    def die(*_: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(CorpusFolder, "write_file", die)
        patch.setattr("os.truncate", die)
        with pytest.raises(KilledError):
            call("schema", "rename", builder.path, "VENUE", "PLACE")
    assert _labels(builder, "ana") == ["PLACE"] * 3
    result = call("schema", "rename", builder.path, "VENUE", "PLACE")
    assert result.code == 0
    assert _labels(builder, "ana") == _labels(builder, "bo") == ["PLACE"] * 3
    assert call("schema", "undo", builder.path).code == 0
    assert _labels(builder, "ana") == _labels(builder, "bo") == ["VENUE"] * 3


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("rename", "ROOM", "PLACE"), 1, "there is no label ROOM; use one of VENUE"),
        (("rename", "VENUE", "VENUE"), 1, "there is a label VENUE already; choose another name, or use"),
        (("rename", "VENUE", "A B"), 1, "schema.toml: 'A B' cannot be the name of a label; use a name of up to 64"),
        (("split", "VENUE", "--into", "TOWN,A B"), 1, "schema.toml: 'A B' cannot be the name of a label"),
        (("merge", "VENUE", "--into", "PLACE"), 2, "there is nothing to merge; name two labels"),
        (("split", "VENUE", "--into", "TOWN"), 2, "--into TOWN is no list of labels; give two at least"),
        (("split", "VENUE", "--into", "A,B", "--take", "C=x"), 2, "--take C=x decides nothing"),
        (("split", "VENUE", "--into", "A,B", "--take", "A=x", "--take", "B=x"), 2, "to two labels"),
        (("undo",), 2, "there is no migration to take back"),
    ],
)
def test_wrong_usage(builder: CorpusBuilder, args: tuple[str, ...], code: int, message: str) -> None:
    """Errors say what, where and what to do, and change nothing."""
    before = _files(builder.path)
    result = call("schema", args[0], builder.path, *args[1:])
    assert (result.code, result.out) == (code, "")
    assert message in result.err
    assert _files(builder.path) == before


def test_a_merge_keeps_the_guideline_of_both(tmp_path: Path) -> None:
    """Examples, rules and descriptions are those of both labels; comments in the file stay."""
    text = """# Ours.
name = "t"
[[label]]
name = "A"
key = "a"
inside = ["C"]
excludes = ["modifier", "demonym"]
examples = [{ text = "an [[ant]]" }]
[[label]]
name = "B"
key = "b"
target = "ents"
description = "Bees."
excludes = ["demonym"]
examples = [{ text = "a [[bee]]" }]
[[label]]
name = "C"
key = "c"
inside = ["A", "B"]
"""
    made = merge_labels_in_schema(text, ["A", "B"], "X")
    schema = parse_schema_text(made, "test")
    assert made.startswith("# Ours.")
    assert [(x.name, x.key, x.inside, x.target) for x in schema.labels] == [
        ("X", "a", ("C",), "ents"),
        ("C", "c", ("X",), "spans"),
    ]
    assert schema.labels[0].excludes == ("demonym",)
    assert [e.text for e in schema.labels[0].examples] == ["an ant", "a bee"]
    assert schema.labels[0].description == "Bees."


def test_a_migration_has_the_time_of_its_making(builder: CorpusBuilder) -> None:
    """The log says when; a time of 1970 would be none."""
    assert call("schema", "rename", builder.path, "VENUE", "ORT").code == 0
    (made,) = read_migrations(builder.path)
    assert made.time > 1.7e9


def test_a_log_without_migrations_says_so(builder: CorpusBuilder) -> None:
    """Nothing on stdout might be a fault as well."""
    result = call("schema", "log", builder.path)
    assert (result.code, result.out, result.err) == (0, "", "no label has been renamed, merged or split here\n")


def test_suggestions_go_on_under_the_new_name(tmp_path: Path) -> None:
    """What the rules call by the old name is suggested as the new label; undo brings all back."""
    path = tmp_path / "c"
    page = tmp_path / "page.jsonl"
    page.write_text('{"text": "The ferry left from Port Amery."}\n', encoding="utf-8")
    assert call("ingest", page, "--corpus", path).code == 0

    def suggested() -> set[str]:
        session = builders.open_session(path)
        labels = {s.label for s in session.suggestions_for(0)}
        session.close()
        return labels

    before = _files(path)
    assert suggested() == {"VENUE"}
    for label, name in (("VENUE", "ORT"), ("ORT", "STELLE")):
        assert call("schema", "rename", path, label, name).code == 0
        assert suggested() == {name}
    for _ in range(2):
        assert call("schema", "undo", path).code == 0
    assert (path / "schema.toml").read_bytes() == before["schema.toml"]
    assert suggested() == {"VENUE"}


@pytest.mark.parametrize(
    ("change", "taken"),
    [
        (lambda t: rename_label_in_schema(t, "A", "X"), {"X": ["APE", "A"], "B": []}),
        (lambda t: rename_label_in_schema(rename_label_in_schema(t, "A", "X"), "B", "A"), {"X": ["APE"], "A": ["B"]}),
        (lambda t: merge_labels_in_schema(t, ["A", "B"], "B"), {"B": ["APE", "A"]}),
        (lambda t: split_label_in_schema(t, "A", ["X", "Y"]), {"X": ["APE", "A"], "Y": [], "B": []}),
        (lambda t: rename_label_in_schema(t.replace('takes = ["APE"]', ""), "A", "X"), {"X": [], "B": []}),
    ],
)
def test_a_label_takes_what_had_its_old_name(change: Callable[[str], str], taken: dict[str, list[str]]) -> None:
    """Unless that is a label again, or the schema leaves it to names what a label takes."""
    text = 'name = "t"\n[[label]]\nname = "A"\ntakes = ["APE"]\n[[label]]\nname = "B"\n'
    schema = parse_schema_text(change(text), "test")
    assert {x.name: list(x.takes) for x in schema.labels} == taken


@pytest.mark.parametrize("name", ["--x", "-x", "A,B", "A=B"])
def test_a_new_label_can_be_named_in_a_command(builder: CorpusBuilder, name: str) -> None:
    """A comma or = separates labels elsewhere, and - begins an option."""
    result = call("schema", "rename", builder.path, "--", "VENUE", name)
    assert result.code == 1
    assert f"{name!r} cannot be the name of a label" in result.err


def test_a_label_set_becomes_a_schema(tmp_path: Path) -> None:
    """The schema goes to stdout or into a file, notes to stderr; what is there is not overwritten."""
    (tmp_path / "annotation.conf").write_text("[entities]\nPERSON\n[relations]\nknows\tArg1:PERSON, Arg2:PERSON\n")
    out = tmp_path / "s.toml"
    shown = call("schema", "import", tmp_path / "annotation.conf")
    written = call("schema", "import", tmp_path / "annotation.conf", "--out", out)
    assert (shown.code, written.code, written.out, shown.out) == (0, 0, "", out.read_text())
    assert "note: [relations] left out" in shown.err
    assert call("schema", "import", tmp_path / "annotation.conf", "--json").json["schema"]["labels"][0]["key"] == "p"
    taken = call("schema", "import", tmp_path / "annotation.conf", "--out", tmp_path / "annotation.conf")
    assert (taken.code, "--force" in taken.err) == (1, True)


def test_schemas_are_made_and_shown(builder: CorpusBuilder, tmp_path: Path) -> None:
    """A new schema is a sound one; that of a corpus, a file or an installed one is shown."""
    assert call("schema", "new", "TOWN", "SHIP", "--out", tmp_path / "n.toml").code == 0
    shown = call("schema", "show", tmp_path / "n.toml")
    assert shown.out.startswith("labels, version 1: 2 labels\n\nt  TOWN  blue, ents\n")
    assert call("schema", "show", "news", "--json").json["labels"][0]["name"] == "PERSON"
    assert call("schema", "show", builder.path).out.splitlines()[2].startswith("s  VENUE")
    (tmp_path / "n.toml").write_text("[[label]]\nname = 'A'\nkey = 'AB'\n")
    assert "`key` must be one small letter" in call("schema", "show", tmp_path / "n.toml").err
