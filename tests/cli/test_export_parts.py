"""Parts that the metadata name, ``parts.json``, and the parts of a split in other formats."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import spacy
from spacy.tokens import DocBin

from annotator.formats.registry import FORMATS
from tests.cli.command_runner import call


def _corpus(folder: Path, rows: list[dict[str, Any]]) -> Path:
    """Return a corpus of one accepted sentence for each row of metadata."""
    lines = [
        {"text": f"Row {n} has {n + 3} boats and no bridge.", "spans": [{"start": 0, "end": 3, "label": "PERSON"}]}
        | row
        for n, row in enumerate(rows)
    ]
    file = folder / "rows.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert call("import", file, "--corpus", folder / "c", "--as", "ana", "--answer", "accept").code == 0
    return folder / "c"


def _rows(*parts: object, documents: int = 0) -> list[dict[str, Any]]:
    """Return rows whose field ``split`` has these values, in groups of as many as there are documents."""
    return [
        {"meta": {"split": part, **({"doc": f"d{n // (len(parts) // documents)}"} if documents else {})}}
        for n, part in enumerate(parts)
    ]


def _parts(out: Path) -> dict[str, list[str]]:
    """Return the parts of ``parts.json``, each with why."""
    found: dict[str, list[str]] = {}
    for entry in json.loads((out / "parts.json").read_text(encoding="utf-8"))["parts"]:
        found.setdefault(str(entry["part"]), []).append(entry["why"])
    return found


def test_the_metadata_name_the_parts(tmp_path: Path) -> None:
    """Words for dev are many, capitals don't count, and a part that none has is not written."""
    corpus = _corpus(tmp_path, _rows("train", "Train", "VALIDATION", "dev", "val ", "valid"))
    result = call("export", corpus, tmp_path / "out", "--split-from", "split", "--json")
    assert result.code == 0
    assert _parts(tmp_path / "out") == {"train": ["split-from"] * 2, "dev": ["split-from"] * 4}
    assert not (tmp_path / "out" / "test.spacy").exists()
    assert {part: size["sentences"] for part, size in result.json["sizes"].items()} == {"train": 2, "dev": 4}


@pytest.mark.parametrize("otherwise", [(), ("--split-else", "train"), ("--split-else", "leave-out")])
def test_a_misspelt_field_is_answered_with_the_fields(tmp_path: Path, otherwise: tuple[str, ...]) -> None:
    """The error names the fields that there are; no word for the rest lets it through."""
    corpus = _corpus(tmp_path, _rows("train", "test"))
    refused = call("export", corpus, tmp_path / "out", "--split-from", "Split", *otherwise)
    assert refused.code == 1
    assert "name a field of the metadata: split" in refused.err


@pytest.mark.parametrize("word", ["train", "dev", "test", "leave-out"])
def test_what_has_no_part_needs_a_word(tmp_path: Path, word: str) -> None:
    """Values that are no part, none, and documents in two parts are listed with numbers; a word lets them through."""
    rows = _rows("train", "train", "train", "test", "unseen", None, "dev", "dev", documents=4)
    corpus = _corpus(tmp_path, rows)
    refused = call("export", corpus, tmp_path / "out", "--split-from", "split")
    assert refused.code == 1
    assert "2 of 8 articles have no part (“unseen” 1, no value 1)" in refused.err
    assert "1 document in two parts: doc d1 (test 1, train 1)" in refused.err
    assert "--split-else train, dev or test" in refused.err
    result = call("export", corpus, tmp_path / "out", "--split-from", "split", "--split-else", word)
    assert result.code == 0, result.err
    found = _parts(tmp_path / "out")
    chosen = "None" if word == "leave-out" else word
    assert Counter(found[chosen])["left-out" if word == "leave-out" else "split-else"] == 4
    assert sum(map(len, found.values())) == 8


def test_options_of_the_split_that_exclude_each_other(tmp_path: Path) -> None:
    """The error names both."""
    corpus = _corpus(tmp_path, _rows("train", "dev"))
    for options in (("--split", "80/10/10"), ("--split-by", "article"), ("--rebalance",)):
        result = call("export", corpus, tmp_path / "out", "--split-from", "split", *options)
        assert result.code == 2
        assert f"{options[0]} has no meaning with --split-from" in result.err
    assert call("export", corpus, tmp_path / "out", "--split-else", "dev").code == 2


def test_copies_across_parts_that_were_given_are_reported_and_stay(tmp_path: Path) -> None:
    """A near-duplicate in two parts is a warning with numbers; nothing is moved or left out."""
    text = "The harbour master of Rosavik closed the outer quay after a crane fell into the basin on"
    rows = [
        {"text": f"{text} {day}.", "spans": [], **_rows(part)[0]} for day, part in [("Monday", "train"), ("May", "dev")]
    ]
    corpus = _corpus(tmp_path, [*rows, *_rows("train", "dev")])
    result = call("export", corpus, tmp_path / "out", "--split-from", "split", "--json")
    told = " ".join(result.json["warnings"])
    assert "the parts of split are not apart, and nothing was moved: " in told
    assert "1 near-duplicate sentence" in told
    assert result.json["study"]["leaks"]["alike"] == 1
    assert sum(size["sentences"] for size in result.json["sizes"].values()) == 4


def test_texts_without_a_document_leak_an_unknown_amount(tmp_path: Path) -> None:
    """One-sentence texts have no document unless they are grouped: that is a warning, and no 0 in the report."""
    corpus = _corpus(tmp_path, _rows(*["x"] * 24))
    result = call("export", corpus, tmp_path / "out", "--report", "--json")
    note = "24 one-sentence texts have no document: leakage between documents cannot be checked; import with --group-by"
    assert any(w.startswith(note) for w in result.json["warnings"])
    assert result.json["study"]["leaks"]["articles"] is None
    assert note in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_one_sentence_is_exported(tmp_path: Path) -> None:
    """It is all in train, and a warning names the parts that are not there."""
    corpus = _corpus(tmp_path, _rows("x"))
    result = call("export", corpus, tmp_path / "out", "--json")
    assert result.code == 0
    assert "1 accepted sentence is too few for 3 parts: all in train" in result.json["warnings"][0]
    assert _parts(tmp_path / "out") == {"train": ["too-few"]}


def _texts(out: Path, name: str) -> list[str]:
    """Return the texts of a file of an export."""
    if (path := out / f"{name}.spacy").exists():
        return [doc.text for doc in DocBin().from_disk(path).get_docs(spacy.blank("en").vocab)]
    if (path := out / f"{name}.jsonl").exists():
        rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        texts = (
            row.get("text") or " ".join(row["tokenized_text"]) if isinstance(row, dict) else row[0] for row in rows
        )
        return list(texts)
    if (path := out / f"{name}.conll").exists():
        blocks = [x for x in path.read_text(encoding="utf-8").split("\n\n") if not x.startswith("-DOCSTART-")]
        return [" ".join(line.split()[0] for line in block.splitlines()) for block in blocks if block.strip()]
    (path,) = out.glob(f"{ {'dev': 'validation'}.get(name, name) }.parquet")
    return [row["text"] for row in pq.read_table(path).to_pylist()]


@pytest.mark.parametrize("form", [n for n, info in FORMATS.items() if info.can_split])
def test_every_format_has_the_members_of_the_training_data(tmp_path: Path, form: str) -> None:
    """With --split there is a file for each part, and what is in which part is the same; without it there is one."""
    corpus = _corpus(tmp_path, _rows(*["x"] * 48, documents=16))
    assert call("export", corpus, tmp_path / "spacy", "--split", "50/25/25").code == 0
    result = call("export", corpus, tmp_path / form, "--split", "50/25/25", "--format", form)
    assert result.code == 0, result.err

    def words(texts: list[str]) -> list[str]:
        return sorted("".join(filter(str.isalnum, text)) for text in texts)

    for part in ("train", "dev", "test"):
        assert words(_texts(tmp_path / form, part)) == words(_texts(tmp_path / "spacy", part))
    ours, theirs = (json.loads((tmp_path / x / "parts.json").read_text())["parts"] for x in (form, "spacy"))
    assert ours == theirs
    assert call("export", corpus, tmp_path / "one", "--format", form).code == 0
    assert not (tmp_path / "one" / "parts.json").exists()


def test_a_format_without_parts_refuses_a_split(tmp_path: Path) -> None:
    """The error names the option; a format with parts wants --split first."""
    corpus = _corpus(tmp_path, _rows("train", "dev"))
    brat = call("export", corpus, tmp_path / "out", "--format", "brat", "--split", "80/10/10")
    assert (brat.code, "--split has no meaning with --format brat" in brat.err) == (2, True)
    plain = call("export", corpus, tmp_path / "out", "--format", "plain", "--split-by", "article")
    assert (plain.code, "--split-by has no meaning without --split" in plain.err) == (2, True)


def test_the_card_names_the_files_and_the_features_of_each(tmp_path: Path) -> None:
    """``load_dataset`` reads configs and features of its head: the files are there, and all have these columns."""
    corpus = _corpus(tmp_path, _rows(*["x"] * 48, documents=16))
    out = tmp_path / "out"
    assert call("export", corpus, out, "--split", "50/25/25", "--format", "huggingface").code == 0
    head = (out / "README.md").read_text(encoding="utf-8").split("---\n")[1].splitlines()
    splits = [line.removeprefix("  - split: ") for line in head if line.startswith("  - split: ")]
    files = [line.removeprefix("    path: ") for line in head if line.startswith("    path: ")]
    assert (splits, files) == (["train", "validation", "test"], [f"{x}.parquet" for x in splits])
    names = [line.removeprefix("  - name: ") for line in head if line.startswith("  - name: ")]
    schemas = [pq.read_schema(out / file) for file in files]
    assert all(schema.names == names and schema.equals(schemas[0], check_metadata=True) for schema in schemas)
    assert "license: other" in head


def test_what_fills_a_part_stays_there_as_the_corpus_grows(tmp_path: Path) -> None:
    """An export records it in the corpus; other shares are drawn as before, and --rebalance lets it go."""
    corpus = _corpus(tmp_path, _rows(*["x"] * 20, documents=10))

    def stand_ins(*options: str) -> dict[str, str]:
        call("export", corpus, tmp_path / "out", *options)
        entries = json.loads((tmp_path / "out" / "parts.json").read_text(encoding="utf-8"))["parts"]
        return {e["group"]: e["part"] for e in entries if e["why"] == "stand-in"}

    choices = (
        "80/10/10",
        "10/80/10",
        "10/10/80",
        "20/70/10",
        "10/70/20",
        "12/12/76",
        "50/12/38",
        "12/50/38",
        "38/12/50",
    )
    shares = next(x for x in choices if stand_ins("--split", x))
    before = stand_ins("--split", shares)
    assert (corpus / "splits.json").exists()
    more = tmp_path / "more.jsonl"
    rows = [{"text": f"Later {n} boats.", "spans": [], "meta": {"doc": f"e{n // 2}"}} for n in range(200)]
    more.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    assert call("import", more, "--corpus", corpus, "--as", "ana", "--answer", "accept").code == 0
    assert stand_ins("--split", shares) == before
    assert stand_ins("--split", shares, "--rebalance") == {}
