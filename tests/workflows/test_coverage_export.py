"""A component sees only Docs that cover all its labels, whoever writes them, and no span is counted twice or lost."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest
import spacy
from spacy.tokens import Doc, DocBin

from annotator import Corpus
from annotator.core.coverage import coverage_of
from annotator.export.coverage_classes import coverage_classes
from annotator.workflows.import_options import ImportOptions
from annotator.workflows.importing import import_files
from tests.export.random_corpora import files_of

LABELS = ("PERSON", "VENUE", "COUNT", "CLAIM")
ALL, SOME, ONE = list(LABELS), ["PERSON", "VENUE", "COUNT"], ["CLAIM"]


def _corpus(folder: Path, coverages: list[list[str]], *, per_article: int = 1, seed: int = 3) -> tuple[Corpus, int]:
    """Make a corpus whose sentences were read for the labels given, some with a span of another label."""
    rnd, rows, spans = random.Random(seed), [], 0
    for n in range(24 * per_article):
        text = f"Ada Pell saw {n} boats in Skerrin {n} and swam."
        marks = {"PERSON": (0, 8), "COUNT": (13, text.index(" in S")), "VENUE": (text.index("Sk"), len(text) - 10)}
        marks["CLAIM"] = (9, len(text) - 1)
        covers = coverages[n % len(coverages)]
        found = [x for x in LABELS if (x in covers and rnd.random() < 0.7) or rnd.random() < 0.1]
        spans += len(found)
        marked = [{"start": marks[x][0], "end": marks[x][1], "label": x} for x in found]
        rows.append({"text": text, "spans": marked, "meta": {"annotates": covers}})
    file = folder / "all.jsonl"
    file.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    import_files(folder / "c", [file])
    return Corpus.open(folder / "c"), spans


def _labels(doc: Doc) -> set[str]:
    return {s.label_ for s in (*doc.ents, *doc.spans["sc"])}


@pytest.mark.parametrize("unit", ["sentence", "article"])
def test_each_class_has_its_own_files(tmp_path: Path, unit: Any) -> None:
    """Each Doc covers all labels of its file and has no others; the plain names cover all."""
    corpus, _ = _corpus(tmp_path, [ALL, SOME, ONE])
    covers = {a.text: a.meta["annotates"] for a in corpus.articles()}
    report = corpus.export(tmp_path / "out", unit=unit, split="60/20/20")
    names = {"": LABELS, ".PERSON-VENUE-COUNT": SOME, ".CLAIM": ONE}
    for suffix, labels in names.items():
        nlp = spacy.blank("en")
        for part in ("train", "dev", "test"):
            docs = list(DocBin().from_disk(tmp_path / "out" / f"{part}{suffix}.spacy").get_docs(nlp.vocab))
            assert len(docs) == report.parts[part + suffix].docs
            for doc in docs:
                assert set(labels) <= set(covers[doc.text])
                assert _labels(doc) <= set(labels)
                assert doc.user_data["annotator"].get("covers", LABELS) == tuple(labels)
        assert (tmp_path / "out" / f"config{suffix}.cfg").is_file()
    counts = Counter(map(tuple, covers.values()))
    assert corpus.check().coverage == {tuple(x): counts[tuple(x)] for x in (ALL, SOME, ONE)}
    assert f"files named {', '.join(report.totals['coverage']['classes'])} hold" in str(report)
    assert [(x["labels"], x["count"]) for x in report.totals["coverage"]["sentences"]] == [
        (list(x), counts[tuple(x)]) for x in (ALL, SOME, ONE)
    ]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("unit", ["sentence", "article"])
def test_every_span_is_accounted_for_once(tmp_path: Path, seed: int, unit: Any) -> None:
    """A full ledger has each span of the corpus in one line, though several files may have its sentence."""
    corpus, spans = _corpus(tmp_path, [ALL, SOME, ONE, ["PERSON"], ["VENUE", "CLAIM"]], seed=seed)
    report = corpus.export(tmp_path / "out", ledger="full", unit=unit, split="80/20/0", shard=3)
    lines = [orjson.loads(x) for x in (tmp_path / "out" / "ledger.jsonl").read_bytes().splitlines()][:-1]
    assert len({x["id"] for x in lines}) == len(lines) == report.ledger.spans["in"] == spans
    uncovered = [x for x in lines if x["what"] == "left out"]
    assert {x["why"] for x in uncovered} <= {"its sentence was not read for its label"}
    assert report.lost == 0  # what nobody has read for a label is as unfinished work
    assert report.totals["placed"]["spans"] == spans - len(uncovered)


@pytest.mark.parametrize("unit", ["sentence", "article"])
def test_all_ways_agree(tmp_path: Path, unit: Any) -> None:
    """SpaCy's own engine, several processes and ``docs`` give the same Docs in the same order."""
    corpus, _ = _corpus(tmp_path, [SOME, ONE, ["PERSON"]])
    report = corpus.export(tmp_path / "out", unit=unit, ledger="full")
    corpus.export(tmp_path / "spacy", unit=unit, ledger="full", engine="spacy", processes=2)
    assert files_of(tmp_path / "spacy") == files_of(tmp_path / "out")
    found: dict[str, list[Doc]] = {}
    nlp = spacy.blank("en")
    for part, doc in corpus.docs(nlp, unit=unit):
        found.setdefault(part, []).append(doc)
    for part in (p for p in report.parts if not p.startswith("spancat/")):
        stored = list(DocBin().from_disk(tmp_path / "out" / f"{part}.spacy").get_docs(nlp.vocab))
        assert [d.to_json() for d in found.get(part, [])] == [d.to_json() for d in stored]


@pytest.mark.parametrize("unit", ["sentence", "article"])
def test_passes_of_several_annotators_are_one(tmp_path: Path, unit: Any) -> None:
    """What each has looked for counts, and what two have read for all labels together is in the plain files."""
    rows = [{"text": f"Ada Pell saw {n} boats.", "spans": []} for n in range(12)]
    people = [r | {"spans": [{"start": 0, "end": 8, "label": "PERSON"}]} for r in rows]
    claims = [r | {"spans": [{"start": 0, "end": 12, "label": "CLAIM"}]} for r in rows[:8]]
    for name, found, covers in (("ana", people, SOME), ("bob", claims, ONE)):
        (file := tmp_path / f"{name}.jsonl").write_bytes(b"\n".join(map(orjson.dumps, found)))
        import_files(tmp_path / "c", [file], ImportOptions(annotator=name, covers=tuple(covers)))
    report = Corpus.open(tmp_path / "c").export(tmp_path / "out", unit=unit, split="100/0/0", ledger="full")
    counts = {name: (part.docs, dict(part.spans)) for name, part in report.parts.items() if name[:5] == "train"}
    assert counts == {
        "train": (8, {"PERSON": 8, "CLAIM": 8}),
        "train.PERSON-VENUE-COUNT": (12, {"PERSON": 12}),
        "train.CLAIM": (8, {"CLAIM": 8}),
    }
    assert (report.lost, report.ledger.spans["in"], report.ledger.spans["kept"]) == (0, 20, 20)


def test_one_coverage_is_no_class(tmp_path: Path) -> None:
    """Where all was read for the same labels, the plain names have it, and a warning names the others."""
    corpus, _ = _corpus(tmp_path, [SOME])
    report = corpus.export(tmp_path / "out")
    assert set(report.parts) == {"train", "dev", "test"}
    assert "no sentence was read for CLAIM: nothing teaches it" in report.warnings
    assert "CLAIM" not in report.parts["train"].spans


def test_a_label_is_no_path() -> None:
    """Names of files are safe, bounded, and differ where capitals don't count."""
    labels = ("A/../B", "a", "A", "x" * 64)
    counts = {coverage_of({x}, labels): 1 for x in labels}
    names = [g.name for g in coverage_classes(counts, labels).groups]
    assert len({x.casefold() for x in names}) == 4
    assert all(len(x) < 70 and "/" not in x and "." not in x for x in names)
