"""``annotator export --format NAME`` for every format, and its round-trip certificate."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from annotator.core.ledger import Outcome
from annotator.core.spans import Span
from annotator.formats import registry
from annotator.formats.document import ConversionLog, ConversionLogEntry, Document
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.round_trip import check_round_trip, compare_documents
from tests.cli.command_runner import call

TEXTS = (
    "Captain Lena Okafor left Osmund at noon. 🛶 She told Tam Reedy: “the 40 rowers of Osmund” were late.",
    "Nobody saw  Ilse\u00a0Brandt.\n\nThe pier — closed since May — was empty.\tReedy waited.",
)
NAMES = ("Lena Okafor", "Osmund", "Tam Reedy", "Ilse\u00a0Brandt", "Reedy", "the 40 rowers of Osmund", "40 rowers")

WRITTEN = [n for n in registry.FORMATS if registry.FORMATS[n].can_write]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a corpus with nested spans, emoji, a tab, a no-break space and a paragraph."""
    folder = tmp_path_factory.mktemp("corpus")
    rows = []
    for text in TEXTS:
        spans = [[text.index(n), text.index(n) + len(n), "PERSON"] for n in NAMES if n in text]
        rows.append(orjson.dumps({"text": text, "label": spans}))
    (folder / "all.jsonl").write_bytes(b"\n".join(rows))
    result = call("import", folder / "all.jsonl", "--corpus", folder / "c", "--as", "ada")
    assert result.code == 0, result.err
    return folder / "c"


@pytest.mark.parametrize("name", [n for n in WRITTEN if n != "spacy"])
def test_every_span_is_written_or_listed(corpus: Path, name: str, tmp_path: Path) -> None:
    """The ledger of an export through any format balances, and exit code 3 says that something is lost."""
    result = call("export", corpus, tmp_path / "out", "--format", name, "--ledger", "full", "--json")
    assert result.code in {0, 3}, result.err
    rows = [orjson.loads(x) for x in (tmp_path / "out" / "ledger.jsonl").read_bytes().splitlines()]
    spans = rows[-1]["totals"]["spans"]
    assert spans["in"] == 8
    assert sum(n for what, n in spans.items() if what != "in") == 8
    message = [r for r in rows[:-1] if "thing" not in r]
    assert len(message) == 8
    assert (result.code == 3) == any(r["what"] == "left out" for r in message)


@pytest.mark.parametrize("name", [*WRITTEN, "spacy"])
def test_the_round_trip_passes(corpus: Path, name: str) -> None:
    """What was written comes back with the same words and label, but for what the writer has listed."""
    certificate = check_round_trip(CorpusFolder.open(corpus), name)
    assert certificate.passed, "\n".join(certificate.lines())
    assert certificate.spans.back + certificate.moved > 0


@pytest.mark.parametrize("name", [n for n in WRITTEN if n not in {"spacy", "prodigy"}])
def test_an_export_replaces_its_own_files_alone(corpus: Path, name: str, tmp_path: Path) -> None:
    """A second export removes what the first has written, and never a file of another's."""
    out = tmp_path / "out"
    assert call("export", corpus, out, "--format", "prodigy").code == 0
    assert call("export", corpus, out, "--format", name).code in {0, 3}
    files = {p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()}
    named = orjson.loads((out / "ledger.jsonl").read_bytes().splitlines()[-1])["totals"]["files"]
    assert files == {*named, "ledger.jsonl", "manifest.json"}
    (out / min(named)).write_bytes(b"mine")
    result = call("export", corpus, out, "--format", name)
    assert result.code == 1
    assert "was changed since an export wrote it and will not be replaced" in result.err


def test_options_of_a_training_export_are_refused(corpus: Path, tmp_path: Path) -> None:
    """An option that means nothing for a format is wrong usage, not ignored."""
    result = call("export", corpus, tmp_path / "o", "--format", "brat", "--split", "1/1/1")
    assert result.code == 2
    assert "--split has no meaning with --format brat; leave it out" in result.err


def test_a_certificate_says_what_a_format_lacks(corpus: Path) -> None:
    """CoNLL is flat: nested spans are named as left out, and the certificate passes, with losses."""
    certificate = check_round_trip(CorpusFolder.open(corpus), "conll")
    message = "\n".join(certificate.lines())
    assert certificate.passed
    assert "listed by the writer: 2 (a longer span that stays overlaps it, and CoNLL is flat)" in message
    assert certificate.as_dict()["passed"] is True
    assert message.startswith("conll: passed, every loss is listed; ")
    assert call("check", corpus, "--round-trip", "conll").code == 3
    assert call("check", corpus, "--round-trip", "prodigy").code == 0


ROWED = Document("Lena met Lena.", (Span(0, 4, "PERSON"),), where="x")


@pytest.mark.parametrize(
    ("back", "message"),
    [
        (ROWED, "x: passed; 1 of 1 spans came back in place"),
        (
            Document("Lena  met Lena.", ROWED.spans),
            "0 of 1 spans came back in place, 1 with the same words in a text that has changed",
        ),
        (Document(ROWED.text), "missing without a word: 1, such as PERSON 'Lena'"),
        (Document(ROWED.text, (Span(0, 4, "VENUE"),)), "came from nowhere: 1"),
        (Document(ROWED.text, (*ROWED.spans, Span(9, 13, "PERSON"))), "came from nowhere: 1"),
        (Document(ROWED.text, (Span(9, 13, "PERSON"),)), "missing without a word: 1, such as PERSON 'Lena'"),
    ],
)
def test_a_certificate_fails_for_what_is_missing_or_new(back: Document, message: str) -> None:
    """A span has come back in its place, or moved with a text that has changed; else it is a fault."""
    certificate = compare_documents("x", [ROWED], [back], ConversionLog())
    assert message in "\n".join(certificate.lines())
    assert certificate.passed == ("came back" in message)
    assert ("x: FAILED" in "\n".join(certificate.lines())) != certificate.passed


def test_a_certificate_holds_a_writer_to_its_word() -> None:
    """What is listed as left out need not come back; if it does, or was but moved, that is a fault."""
    listed = ConversionLogEntry("x", "0-4:PERSON", Outcome.LEFT_OUT, "too long")
    assert compare_documents("x", [ROWED], [Document(ROWED.text)], ConversionLog(entries=[listed])).passed
    assert not compare_documents("x", [ROWED], [ROWED], ConversionLog(entries=[listed])).passed
    moved = ConversionLogEntry("x", "0-4:PERSON", Outcome.TRIMMED, "at a line end")
    assert not compare_documents("x", [ROWED], [Document(ROWED.text)], ConversionLog(entries=[moved])).passed


def test_what_a_format_has_no_word_for_is_reported(tmp_path: Path) -> None:
    """Of rejected sentences alone, a format without answers says so; Prodigy's takes them."""
    task = {"text": "Ada left.", "spans": [], "answer": "reject", "_view_id": "ner_manual", "_task_hash": 1}
    (tmp_path / "in.jsonl").write_bytes(orjson.dumps(task))
    assert call("import", tmp_path / "in.jsonl", "--corpus", tmp_path / "c").code == 0
    result = call("export", tmp_path / "c", tmp_path / "o", "--format", "brat")
    assert result.code == 1
    assert "accepted sentence to export; 1 rejected or ignored, for which brat has no word; " in result.err
    assert call("check", tmp_path / "c", "--round-trip", "brat").err == result.err
    assert call("export", tmp_path / "c", tmp_path / "o", "--format", "prodigy").code == 0


@pytest.mark.parametrize(("name", "names"), [(n, registry.FORMATS[n].has_annotators) for n in WRITTEN])
def test_a_text_of_several_annotators_occurs_once_where_a_file_cannot_name_them(
    tmp_path: Path, name: str, *, names: bool
) -> None:
    """So it does in any format with --on-conflict; else each annotator has one. Conflicts are left out and listed."""
    rows = [{"text": "Ada left.", "spans": [{"start": 0, "end": 3, "label": "PERSON"}], "answer": "accept"}]
    rows.append({"text": "Bert came.", "spans": [{"start": 0, "end": 4, "label": "PERSON"}], "answer": "accept"})
    for who in ("ana", "bo"):
        (tmp_path / "in.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
        assert call("import", tmp_path / "in.jsonl", "--corpus", tmp_path / "c", "--as", who, "--add-labels").code == 0
        rows[1]["spans"] = []

    def export(*options: str) -> tuple[int, int, dict[str, int]]:
        result = call("export", tmp_path / "c", tmp_path / "o", "--format", name, "--json", *options)
        return result.code, result.json["totals"]["sentences"]["accepted"], result.json["totals"].get("conflicts", {})

    assert export() == ((0, 4, {}) if names else (3, 1, {"missing": 1}))
    assert export("--on-conflict", "skip") == (3, 1, {"missing": 1})
    plain_report = call("export", tmp_path / "c", tmp_path / "o", "--format", name, "--on-conflict", "skip").out
    assert "`annotator check --only conflict`" in plain_report
    assert export("--on-conflict", "prefer", "--annotator", "bo,ana") == (0, 2, {"missing": 1})
    assert export("--annotator", "bo") == (0, 2, {})


def test_a_certificate_does_not_contradict_itself(tmp_path: Path) -> None:
    """A DocBin has no place for a note and lists none, so that not every loss is listed, but that of each span."""
    spans = [{"start": 0, "end": 2, "label": "PERSON"}]
    row = {"text": "Ida came.", "spans": spans, "answer": "accept", "meta": {"note": "look"}}
    (tmp_path / "a.jsonl").write_bytes(orjson.dumps(row))
    assert call("import", tmp_path / "a.jsonl", "--corpus", tmp_path / "c").code == 0
    certificate = check_round_trip(CorpusFolder.open(tmp_path / "c"), "spacy")
    assert certificate.unlisted == ("note",)
    assert next(certificate.lines()).startswith("spacy: passed, every loss of a span is listed; 0 of 1 spans")
