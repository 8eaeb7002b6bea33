"""`annotator.Corpus`: what the commands do, from Python."""

from __future__ import annotations

import doctest
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zlib import crc32

import orjson
import pytest

import annotator
import annotator.workflows.corpus
from annotator import AnnotatorError, AnnotatorWarning, Answer, Corpus
from annotator.core.edits import add_span, set_answer
from annotator.core.errors import UsageError
from annotator.storage.suggestions import SuggestionFile
from tests import builders
from tests.cli.command_runner import call

ROOT = Path(__file__).resolve().parents[2]
PAGE = "Ferry runs again\n\nThe ferry left the old harbour at noon, said Ada Pell. It was full.\n"


@pytest.fixture
def sample(tmp_path: Path) -> Corpus:
    """Return a copy of the shipped sample."""
    shutil.copytree(ROOT / "corpus", tmp_path / "sample")
    return Corpus.open(tmp_path / "sample")


def test_the_examples_in_the_docstrings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the documentation shows is what happens."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.txt").write_text(PAGE)
    done = doctest.testmod(annotator.workflows.corpus)
    assert done.attempted
    assert not done.failed


def test_annotations_are_typed_and_in_order(sample: Corpus) -> None:
    """Each has its text, tokens, spans, article and record; offsets fit the text."""
    rows = list(sample.annotations(annotator="guide", answer="accept"))
    assert rows
    assert {row.answer for row in rows} == {Answer.ACCEPT}
    for row in rows:
        assert row.article.text[row.sentence.start : row.sentence.end] == row.text
        assert "".join(t.text + " " * t.ws for t in row.tokens).strip() == row.text.strip()
        assert all(row.text[s.start : s.end] for s in row.spans)
        assert (row.meta, row.seq > 0, row.annotator) == (row.article.meta, True, "guide")
    order = [a.id for a in sample.articles()]
    places = [(order.index(r.article.id), r.sentence.start) for r in rows]
    assert places == sorted(places)


def test_annotations_see_the_corpus_as_at_the_call(tmp_path: Path) -> None:
    """What is written after the call is in the next one alone."""
    corpus = Corpus(builders.make_corpus(tmp_path / "news"))
    session = builders.open_session(corpus.folder)
    work = session.annotation_store.sentences_of(builders.market().id)[2]
    session.apply_edit(add_span(work, builders.span(work.sentence.text, "Friday", "VENUE"), corpus.schema))
    session.close()
    before = corpus.annotations()
    session = builders.open_session(corpus.folder)
    work = session.annotation_store.sentences_of(builders.market().id)[2]
    session.apply_edit(set_answer(work, Answer.ACCEPT))
    session.close()
    assert [row.answer for row in before] == [None]
    assert [row.answer for row in corpus.annotations()] == [Answer.ACCEPT]
    assert not list(corpus.annotations(answer="open"))
    with pytest.raises(AnnotatorError, match="there is no journal of the annotator 'ben'; use one of: ana"):
        corpus.annotations(annotator="ben")


def test_annotations_of_a_damaged_journal(sample: Corpus) -> None:
    """Lines that do not count are passed over, as by an export; the others are all there."""
    path = sample.path / "annotations" / "guide.jsonl"
    before = list(sample.annotations())
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]) + b"<<<<<<< ours\n" + lines[-1])
    warned: list[str] = []
    assert list(sample.annotations(warn=warned.append)) == before
    assert warned == list(sample.warnings)
    assert "guide.jsonl" in warned[0]
    odd = lines[5].replace(b'"token_start":', b'"token_start":9', 1)
    path.write_bytes(b"".join([*lines[:5], odd, *lines[6:]]))
    assert len(list(sample.annotations(warn=warned.append))) < len(before)


def test_what_an_import_brings_is_there_at_once(tmp_path: Path) -> None:
    """`labels` maps as --map does; the schema that an import has changed is the one in force."""
    corpus = Corpus.create(tmp_path / "news", schema="news", lang="en")
    rows = tmp_path / "all.jsonl"
    rows.write_text(
        '{"text": "There sat Ada.", "answer": "accept", "spans": [{"start": 10, "end": 13, "label": "PER"}]}\n'
    )
    report = corpus.import_files([rows], labels={"PER": "PERSON"}, annotator="ana")
    assert (report.ledger.lost, report.records) == (0, 1)
    [row] = corpus.annotations(annotator="ana")
    assert [(row.text[s.start : s.end], s.label) for s in row.spans] == [("Ada", "PERSON")]
    rows.write_text('{"text": "Here sat Bo.", "spans": [{"start": 9, "end": 11, "label": "CAT"}]}\n')
    with pytest.raises(AnnotatorError) as caught:
        corpus.import_files([rows])
    assert caught.value.do == "add labels={'CAT': ''} (fill in; empty leaves out), or add_labels"
    corpus.import_files([rows], add_labels=True)
    assert corpus.schema.label("CAT")


def test_suggestions_of_ones_own(tmp_path: Path) -> None:
    """Rows have a suggestion file's fields; the screen and --evaluate read them."""
    corpus = Corpus.create(tmp_path / "news")
    (tmp_path / "page.txt").write_text(PAGE)
    corpus.ingest([tmp_path / "page.txt"])
    [article] = corpus.articles()
    sentence = corpus.sentences(article)[0]
    at = sentence.text.index("Ada Pell")
    row = {
        "meta": {"article": article.id, "start": sentence.start, "end": sentence.end},
        "spans": [{"start": at, "end": at + 8, "label": "PERSON", "score": 0.75}],
    }
    assert corpus.add_suggestions("mine", [row]).spans == {"PERSON": 1}
    [suggestion] = SuggestionFile(corpus.path / "suggestions" / "mine.jsonl")(sentence)
    assert (suggestion.label, suggestion.score, suggestion.source) == ("PERSON", 0.75, "mine")


def test_results_are_what_json_prints(sample: Corpus) -> None:
    """`as_dict` of a report is the command's --json."""
    assert sample.check(level="error").as_dict() == call("check", sample.path, "--level", "error", "--json").json
    assert sample.stats().as_dict() == call("stats", sample.path, "--json").json
    [report] = sample.suggest(rules=True)
    again = call("suggest", sample.path, "--rules", "--json").json["sources"][0]
    assert orjson.loads(orjson.dumps(report.as_dict())) | {"known": again["known"], "spans": {}} == again


def test_a_closed_corpus_refuses_every_call(sample: Corpus) -> None:
    """After `with` or `close` a call is a mistake that says what to do."""
    with sample as corpus:
        assert corpus.name
    with pytest.raises(AnnotatorError) as caught:
        sample.annotators()
    assert (caught.value.what, caught.value.do) == ("this corpus is closed", "open it with Corpus.open")
    assert repr(sample) == "<Corpus: closed>"


def test_docs_are_those_of_an_export(sample: Corpus, tmp_path: Path) -> None:
    """Split, spans and texts are the files'; `splits` names the articles of each part."""
    import spacy
    from spacy.tokens import DocBin

    nlp = spacy.blank("en")
    report = sample.export(tmp_path / "out", split="60/20/20")
    assert (report.ledger.lost, report.lost) == (0, 0)
    docs = list(sample.docs(nlp, split="60/20/20"))
    for part in ("train", "dev", "test"):
        stored = list(DocBin().from_disk(tmp_path / "out" / f"{part}.spacy").get_docs(nlp.vocab))
        mine = [doc for name, doc in docs if name == part]
        assert [d.text for d in mine] == [d.text for d in stored]
        assert [[(s.start, s.end, s.label_) for s in d.spans["sc"]] for d in mine] == [
            [(s.start, s.end, s.label_) for s in d.spans["sc"]] for d in stored
        ]
        titles = {doc.user_data["annotator"]["article"] for doc in mine}
        assert titles == set(sample.splits("60/20/20")[part])


@pytest.mark.parametrize("attrs", ["own", "min", "full"])
@pytest.mark.parametrize("unit", ["sentence", "article"])
def test_tokens_of_docs_are_those_of_an_export(sample: Corpus, tmp_path: Path, attrs: Any, unit: Any) -> None:
    """Whatever a DocBin stores of a token, `docs` has too."""
    import spacy
    from spacy.tokens import DocBin

    nlp = spacy.blank("en")
    options: dict[str, Any] = {"split": "100/0/0", "attrs": attrs, "unit": unit}
    sample.export(tmp_path / "out", **options)
    stored = DocBin().from_disk(tmp_path / "out" / "train.spacy").get_docs(nlp.vocab)
    mine = [doc for _, doc in sample.docs(nlp, **options)]
    values = [[[(t.text, t.norm_, t.is_sent_start, t.ent_iob_) for t in d] for d in docs] for docs in (mine, stored)]
    assert values[0] == values[1]


def test_a_corpus_has_a_name_that_can_be_printed(tmp_path: Path) -> None:
    """A control character in the name is refused, and nothing is made."""
    with pytest.raises(AnnotatorError, match="no name for a corpus"):
        Corpus.create(tmp_path / "new", name='a"b\n\x1b[31m')
    assert not (tmp_path / "new").exists()


def test_every_export_names_a_missing_sentence_file(sample: Corpus, tmp_path: Path) -> None:
    """An export that needs no sentences goes on, and warns."""
    (sample.path / "sentences.jsonl").unlink()
    for number, options in enumerate(({}, {"format": "conll"})):
        warned: list[str] = []
        Corpus.open(sample.path).export(tmp_path / str(number), warn=warned.append, **options)  # type: ignore[arg-type]
        assert warned == ["sentences.jsonl is missing; try `annotator repair`, or restore the file from a copy"]


def test_an_export_for_another_tool(sample: Corpus, tmp_path: Path) -> None:
    """`format` is --format; an impossible one is a UsageError with what to do."""
    report = sample.export(tmp_path / "out", format="conll")
    assert report.files
    assert report.ledger.spans["kept"]
    with pytest.raises(AnnotatorError, match="three shares, such as 80/10/10"):
        sample.export(tmp_path / "other", split="all")


@pytest.mark.parametrize(
    "option", [{"unit": "article"}, {"report": True}, {"attrs": "min"}, {"resume": True}, {"shard": 5}], ids=str
)
def test_an_option_without_a_meaning_is_refused(sample: Corpus, tmp_path: Path, option: dict[str, Any]) -> None:
    """As the command refuses it."""
    with pytest.raises(UsageError, match=f"{next(iter(option))} has no meaning with format prodigy"):
        sample.export(tmp_path / "out", format="prodigy", **option)


@pytest.mark.parametrize("damage", [b"<<<<<<< ours\n", b'{"text": "torn'])
def test_no_reader_hides_a_flaw(damage: bytes, sample: Corpus, tmp_path: Path) -> None:
    """Annotations, Docs, parts and `warnings` say what an export says of a damaged journal."""
    import spacy

    with (sample.path / "annotations" / "guide.jsonl").open("ab") as file:
        file.write(damage)
    heard: list[str] = []
    sample.export(tmp_path / "out", warn=heard.append)
    assert heard
    assert list(sample.warnings) == heard
    for read in (
        lambda warn: list(sample.annotations(warn=warn)),
        lambda warn: list(sample.docs(spacy.blank("en"), warn=warn)),
        lambda warn: sample.splits(warn=warn),
    ):
        warned: list[str] = []
        read(warned.append)
        assert warned == heard
    with pytest.warns(AnnotatorWarning, match=r"guide\.jsonl"):
        sample.splits()


def test_docs_name_each_span_that_they_leave_out(sample: Corpus, tmp_path: Path) -> None:
    """A span inside a token is lost from a Doc, so it is a warning there as it is a loss of an export."""
    import spacy

    change_record(sample, 20, lambda fields: fields["spans"][0].update(start=fields["spans"][0]["start"] + 1))
    report = sample.export(tmp_path / "out")
    assert report.lost == 1
    [row] = [x for x in (tmp_path / "out" / "ledger.jsonl").read_text().splitlines() if '"left out"' in x][:1]
    for unit in ("sentence", "article"):
        warned: list[str] = []
        docs = list(sample.docs(spacy.blank("en"), unit=unit, warn=warned.append))  # type: ignore[arg-type]
        assert warned == [f"{orjson.loads(row)['id']} is left out: not on token edges"]
        assert docs


def change_record(corpus: Corpus, number: int, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a record of guide's journal, checksum included."""
    path = corpus.path / "annotations" / "guide.jsonl"
    lines = path.read_bytes().splitlines()
    fields = orjson.loads(lines[number])
    del fields["_crc"]
    change(fields)
    body = orjson.dumps(fields)[:-1]
    lines[number] = b'%b,"_crc":"%08x"}' % (body, crc32(body))
    path.write_bytes(b"\n".join([*lines, b""]))


def test_an_iterator_keeps_to_the_journals_of_the_call(sample: Corpus) -> None:
    """A journal that is replaced meanwhile is read as it was; one that is cut short is an error."""
    import spacy

    path = sample.path / "annotations" / "guide.jsonl"
    before, whole = list(sample.annotations()), path.read_bytes()
    rows = sample.annotations()
    first = next(rows)
    other = path.with_name("other")
    other.write_bytes(b"".join(whole.splitlines(keepends=True)[:3]))
    other.replace(path)
    assert [first, *rows] == before
    for make in (sample.annotations, lambda: sample.docs(spacy.blank("en"))):
        path.write_bytes(whole)
        iterator = iter(make())
        next(iterator)
        path.write_bytes(b"")
        with pytest.raises(AnnotatorError, match="a record has changed"):
            list(iterator)
    path.write_bytes(whole)
    iterator = sample.annotations()
    path.write_bytes(whole.replace(b'"start":', b'"start" ', 1))
    with pytest.raises(AnnotatorError, match="a record has changed"):
        list(iterator)


def test_what_another_program_changes_is_seen_by_the_next_call(sample: Corpus, tmp_path: Path) -> None:
    """A label that is renamed meanwhile loses no span in Docs, exports and suggestions."""
    import spacy

    nlp = spacy.blank("en")
    before = sum(len(doc.spans["sc"]) for _, doc in sample.docs(nlp))
    assert call("schema", "rename", sample.path, "PERSON", "HUMAN").code == 0
    assert sum(len(doc.spans["sc"]) for _, doc in sample.docs(nlp)) == before
    assert sample.export(tmp_path / "out").lost == 0
    assert sample.schema.label("HUMAN")
    assert not sample.schema.label("PERSON")
    [report] = sample.suggest(rules=True)
    assert set(report.spans) <= {x.name for x in sample.schema.labels}


def test_a_corpus_stays_where_it_was_opened(sample: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another working directory leads nowhere else, and no call makes a new corpus in place of a lost one."""
    monkeypatch.chdir(tmp_path)
    corpus = Corpus.open("sample")
    made = Corpus.create("made")
    (tmp_path / "page.txt").write_text(PAGE)
    (tmp_path / "rows.jsonl").write_text('{"text": "There sat Ada.", "spans": [[10, 13, "PERSON"]]}\n')
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert corpus.ingest([tmp_path / "page.txt"]).added
    assert made.import_files([tmp_path / "rows.jsonl"]).records
    assert not list((tmp_path / "elsewhere").iterdir())
    assert (made.name, len(list(made.articles()))) == ("made", 1)
    (tmp_path / "sample").rename(tmp_path / "moved")
    calls = [
        lambda: corpus.ingest([tmp_path / "page.txt"]),
        lambda: corpus.import_files([tmp_path / "rows.jsonl"]),
        lambda: corpus.add_suggestions("mine", []),
        lambda: corpus.export(tmp_path / "out"),
        lambda: list(corpus.annotations()),
        lambda: list(corpus.articles()),
        corpus.annotators,
        corpus.splits,
        corpus.check,
        corpus.stats,
        lambda: corpus.schema,
        lambda: corpus.warnings,
    ]
    for use in calls:
        with pytest.raises(AnnotatorError, match="there is no such corpus"):
            use()
    assert not (tmp_path / "sample").exists()


def test_a_check_and_figures(sample: Corpus) -> None:
    """Problems and figures are frozen values, as the commands print them."""
    report = sample.check(only=["overlap", "label"])
    assert (report.problems, report.count("error")) == ((), 0)
    assert report.checked["annotations"]
    assert sample.check(level="error").kinds == {}
    [guide] = sample.stats("guide").annotators
    assert guide.name == "guide"
    with pytest.raises(AttributeError):
        report.corpus = "other"  # type: ignore[misc]


def test_no_suggestions_are_written_where_a_source_cannot_be_opened(sample: Corpus) -> None:
    """All sources are opened first."""
    shutil.rmtree(sample.path / "suggestions", ignore_errors=True)
    with pytest.raises(AnnotatorError, match="no_such_model"):
        sample.suggest(rules=True, model="no_such_model")
    assert not (sample.path / "suggestions").exists()


def test_a_printed_report_is_what_the_command_prints(sample: Corpus, tmp_path: Path) -> None:
    """`str` of a report is for people."""
    assert str(sample.stats("guide")) == call("stats", sample.path, "--as", "guide").out.rstrip("\n")
    assert str(sample.export(tmp_path / "out")) == call("export", sample.path, tmp_path / "out").out.rstrip("\n")
    assert str(sample.check()) == call("check", sample.path).out.rstrip("\n")
    page, tasks = tmp_path / "page.txt", tmp_path / "tasks.jsonl"
    page.write_text(PAGE)
    tasks.write_text('{"text": "Ada left.", "spans": [{"start": 0, "end": 3, "label": "PERSON"}], "answer": "accept"}')
    copy = Corpus.open(shutil.copytree(sample.path, tmp_path / "copy" / "sample"))
    for command, added in (("ingest", copy.ingest(page)), ("import", copy.import_files(tasks, annotator="bo"))):
        more = () if command == "ingest" else ("--as", "bo")
        printed = call(command, page if command == "ingest" else tasks, "--corpus", sample.path, *more).out
        assert str(added).replace(str(copy.path), str(sample.path)) == printed.rstrip("\n")
    [report] = sample.suggest(rules=True)
    assert str(report).splitlines()[1:] == call("suggest", sample.path, "--rules").out.splitlines()[1:]


def test_a_damaged_corpus_is_mended(sample: Corpus) -> None:
    """Without ``write`` nothing is changed; with it the file is as it was, and the report is that of the command."""
    path = sample.path / "corpus.toml"
    before = path.read_bytes()
    path.write_bytes(before.replace(b"format = 1", b""))
    report = Corpus.repair(sample.path)
    assert [(f.file, f.stays) for f in report.files if "toml" in f.file] == [("corpus.toml", ())]
    assert path.read_bytes() != before
    assert Corpus.repair(str(sample.path), write=True).stays == 0
    assert path.read_bytes() == before
    assert str(Corpus.repair(sample.path)) == "nothing to mend"
    with pytest.raises(AnnotatorError, match="there is no such corpus"):
        Corpus.repair(sample.path / "nowhere")
