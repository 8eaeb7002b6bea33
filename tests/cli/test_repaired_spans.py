"""From an import with spans inside tokens over their repair to the exports: all see the same tokens."""

from __future__ import annotations

import zlib
from pathlib import Path

import orjson
import pytest
from spacy.tokens import DocBin
from spacy.vocab import Vocab

from annotator.core.span_repair import RepairKind
from annotator.session.repair_queue import RepairQueue
from annotator.session.session import AnnotationSession
from tests import builders
from tests.cli.command_runner import call

TEXT = "Rosavik's crew left Oldskerrin at noon. Mayor Okafor-Lind rowed 12boats with cafe\u0301s, she said."
SPANS = (("avik", "PERSON"), ("skerrin", "VENUE"), ("afor-Lind r", "PERSON"), ("12", "COUNT"), ("noon", "VENUE"))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Import a sentence with four spans inside tokens."""
    spans = [{"start": TEXT.index(w), "end": TEXT.index(w) + len(w), "label": label} for w, label in SPANS]
    (tmp_path / "in.jsonl").write_bytes(orjson.dumps({"text": TEXT, "spans": spans}))
    result = call("import", tmp_path / "in.jsonl", "--corpus", tmp_path / "c", "--as", "ana")
    assert result.code in {0, 3}, result.err
    return tmp_path / "c"


def _list(session: AnnotationSession) -> RepairQueue:
    return RepairQueue(
        session, session.navigation.problem_finder.misaligned_spans(session.navigation.touched_sentences())
    )


def _mend(corpus: Path, cure: RepairKind) -> int:
    """Give every span inside a token the same repair, and return how many needed one."""
    session = builders.open_session(corpus)
    annotated, n = _list(session), 0
    while annotated.current_item:
        annotated.repair(cure)
        n += 1
    session.close()
    return n


def _payloads(corpus: Path, out: Path, engine: str) -> dict[str, bytes]:
    result = call("export", corpus, out, "--engine", engine, "--split", "100/0/0", "--json")
    assert result.code == 0, result.err
    return {p.name: zlib.decompress(p.read_bytes()) for p in out.rglob("*.spacy")}


def _found(out: Path) -> list[tuple[str, str]]:
    docs = (d for p in sorted(out.rglob("*.spacy")) for d in DocBin().from_disk(p).get_docs(Vocab()))
    return sorted((s.label_, s.text) for d in docs for s in d.spans["sc"])


def test_split_tokens_are_those_of_every_export(corpus: Path, tmp_path: Path) -> None:
    """Both engines write the split tokens, byte for byte; every span is in, and the ledger lists none."""
    assert _mend(corpus, RepairKind.SPLIT) == 4
    straight = _payloads(corpus, tmp_path / "straight", "straight")
    assert straight == _payloads(corpus, tmp_path / "spacy", "spacy")
    assert _found(tmp_path / "straight") == sorted((label, words) for words, label in SPANS)
    message = (tmp_path / "straight" / "ledger.jsonl").read_bytes().splitlines()
    assert orjson.loads(message[-1])["totals"]["spans"] == {
        "in": 5,
        "kept": 5,
        "trimmed": 0,
        "demoted": 0,
        "left out": 0,
    }
    assert _mend(corpus, RepairKind.SPLIT) == 0, "a new start finds nothing to repair"


def test_split_tokens_survive_the_way_through_another_tool(corpus: Path, tmp_path: Path) -> None:
    """Prodigy's format has tokens: what is exported and imported again needs no second repair."""
    _mend(corpus, RepairKind.SPLIT)
    assert call("export", corpus, tmp_path / "out", "--format", "prodigy").code == 0
    (file,) = (p for p in (tmp_path / "out").glob("*.jsonl") if p.name != "ledger.jsonl")
    result = call("import", file, "--corpus", tmp_path / "again", "--as", "ana", "--json")
    assert result.code == 0, result.err
    assert _mend(tmp_path / "again", RepairKind.SPLIT) == 0


def test_undone_repairs_leave_the_export_as_it_was(corpus: Path, tmp_path: Path) -> None:
    """Spans inside tokens are left out and listed (exit code 3), after repairs that were undone too."""
    before = _exported(corpus, tmp_path / "before")
    session = builders.open_session(corpus)
    annotated = _list(session)
    for cure in (RepairKind.SPLIT, RepairKind.OUT, RepairKind.DROP):
        annotated.repair(cure)
    for _ in range(3):
        annotated.undo()
    session.close()
    assert _exported(corpus, tmp_path / "after") == before
    assert (before[0], len(before[1])) == (3, 4)


def _exported(corpus: Path, out: Path) -> tuple[int, list[str], bytes]:
    """Return the exit code, the ids that the ledger lists, and the file."""
    result = call("export", corpus, out, "--split", "100/0/0", "--attrs", "min")  # without the records' numbers
    *listed, _ = map(orjson.loads, (out / "ledger.jsonl").read_bytes().splitlines())
    return result.code, [x["id"] for x in listed], (out / "train.spacy").read_bytes()


def test_an_export_says_what_repairs_spans_inside_tokens(corpus: Path, tmp_path: Path) -> None:
    """It is said as long as there are such, and no longer; `check` names whose worklist it is."""
    message = "note: spans inside tokens: `annotator check` lists them, key R in `annotator` repairs them, and "
    assert message in call("export", corpus, tmp_path / "o", "--split", "100/0/0").err
    assert "(key R in `annotator annotate … --as ana` lists them all; for a whole file: " in call("check", corpus).out
    _mend(corpus, RepairKind.SPLIT)
    assert message not in call("export", corpus, tmp_path / "o", "--split", "100/0/0").err


@pytest.mark.parametrize("cure", [RepairKind.OUT, RepairKind.SPLIT, RepairKind.DROP])
def test_after_the_repairs_check_finds_no_characters(corpus: Path, cure: RepairKind) -> None:
    """Whatever is chosen for all of them, the check for spans inside tokens is content."""
    assert _characters(corpus) == 4
    _mend(corpus, cure)
    assert _characters(corpus) == 0


def _characters(corpus: Path) -> int:
    found = call("check", corpus, "--json").json["problems"]
    return sum(p["kind"] == "characters" for p in found)
