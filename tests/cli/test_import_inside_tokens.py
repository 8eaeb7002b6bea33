"""``import --inside-tokens``: spans inside tokens, all of a file by one option that the import names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.training.initialize import init_nlp
from spacy.util import load_config

from annotator.core.tokens import is_aligned
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from annotator.workflows.corpus import Corpus
from tests.cli.command_runner import CommandResult, call

GLUED = "The guests Moran|Pell_2 and Rask|Quill_{n} came."
JAPANESE = "田中健は東京で第{n}回の市場を開いた。"


def _write(path: Path, text: str, *words: str, rows: int = 20, **more: Any) -> Path:
    """Write records of a text with a PERSON over each of some words."""
    lines = []
    for n in range(10, 10 + rows):
        here = text.format(n=n)
        spans = [{"start": (at := here.index(w)), "end": at + len(w), "label": "PERSON"} for w in words]
        lines.append(json.dumps({"text": here, "spans": spans, **more}))
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def _import(path: Path, corpus: Path, *options: str) -> CommandResult:
    result = call("import", path, "--corpus", corpus, "--json", *options)
    assert result.code == 0, result.err
    return result


def _records(corpus: Path, name: str = "plain") -> list[Any]:
    records = Journal.open(corpus, name, read_only=True).records
    return [r.annotated for r in records]


def _misaligned(corpus: Path) -> int:
    return sum(not is_aligned(w.sentence.tokens, s.start, s.end) for w in _records(corpus) for s in w.annotation.spans)


@pytest.mark.parametrize(
    ("text", "words", "unit", "infixes"),
    [
        (GLUED, ("Moran", "Pell", "Rask", "Quill"), "rules", [r"\|", "_"]),
        (JAPANESE, ("田中健", "東京"), "characters", []),
        ("Das Rathausfest und der Bahnhofsplatz {n}.", ("Rathaus", "Bahnhof"), "characters", []),
        ("COVID-19 and Moran-{n} came.", ("COVID", "Moran"), "rules", ["-"]),
        ("Moran# and Pell# and Rask{n}.", ("Moran", "Pell", "Rask"), "rules", ["(?<=[^\\W\\d_])(?=\\d)"]),
    ],
)
def test_split_gives_a_new_corpus_the_tokenizer_that_finds_them(
    tmp_path: Path, text: str, words: tuple[str, ...], unit: str, infixes: list[str]
) -> None:
    """All spans are on token edges, and plain spaCy finds them with the tokenizer of the exported config."""
    path, corpus = _write(tmp_path / "a.jsonl", text, *words), tmp_path / "c"
    report = json.loads(_import(path, corpus, "--inside-tokens", "split").out)
    assert report["inside_tokens"]["split takes"] == {"unit": unit, "infixes": infixes}
    assert report["inside_tokens"]["tokens cut for"] == 0
    assert report["totals"]["spans"]["kept"] == report["totals"]["spans"]["in"] == len(words) * 20
    assert _misaligned(corpus) == 0
    assert CorpusFolder.open(corpus).tokens.unit == unit
    assert call("check", corpus, "--only", "characters,tokenizer").code == 0
    assert call("export", corpus, tmp_path / "out").code == 0
    overrides = {"paths.folder": str(tmp_path / "out")}
    nlp = init_nlp(load_config(tmp_path / "out" / "config.cfg", overrides=overrides, interpolate=False))
    for annotated in _records(corpus):
        doc = nlp.make_doc(annotated.sentence.text)
        assert all(doc.char_span(s.start, s.end) for s in annotated.annotation.spans)


def test_what_split_takes_is_the_same_by_every_run(tmp_path: Path) -> None:
    """Same input, same bytes; and a file without such spans takes nothing."""
    path = _write(tmp_path / "a.jsonl", GLUED, "Moran", "Pell")
    for name in ("a", "b"):
        _import(path, tmp_path / name / "c", "--inside-tokens", "split")
    files = [sorted(p for p in (tmp_path / x / "c").rglob("*") if p.is_file()) for x in "ab"]
    assert [p.read_bytes() for p in files[0]] == [p.read_bytes() for p in files[1]]
    clean = _write(tmp_path / "clean.jsonl", "Moran came to {n} boats.", "Moran")
    assert "inside_tokens" not in json.loads(_import(clean, tmp_path / "d", "--inside-tokens", "split").out)
    assert "[tokens]" not in (tmp_path / "d" / "corpus.toml").read_text("utf-8")


def test_out_and_in_put_spans_on_token_edges_and_list_them_as_moved(tmp_path: Path) -> None:
    """As key R does; one that has no whole token inside, or would break a rule, stays and is listed."""
    path = _write(tmp_path / "a.jsonl", "Mayor Moran_Pell_{n} came.", "Mayor Mor", "Moran_P")
    two = _write(tmp_path / "b.jsonl", GLUED, "Moran", "Pell")
    out = json.loads(_import(two, tmp_path / "out", "--inside-tokens", "out").out)
    assert {(r["what"], r["count"]) for r in out["totals"]["why"]} == {("characters", 40)}
    assert all("PERSON may not be inside PERSON" in r["why"] for r in out["totals"]["why"])
    inward = json.loads(_import(path, tmp_path / "in", "--inside-tokens", "in").out)
    assert {(r["what"], r["count"]) for r in inward["totals"]["why"]} == {("moved", 20), ("characters", 20)}
    assert any("no whole token is inside it" in r["why"] for r in inward["totals"]["why"])
    assert all(r["totals"]["balanced"] for r in (out, inward))
    texts = {w.text_of(s) for w in _records(tmp_path / "in") for s in w.annotation.spans}
    assert texts == {"Mayor", "Moran_P"}
    assert (_misaligned(tmp_path / "out"), _misaligned(tmp_path / "in")) == (40, 20)
    edges = inward["inside_tokens"]["on token edges"]
    assert (edges["keep"], edges["out"], edges["in"], edges["split"]) == (0, 40, 20, 40)


def test_without_the_option_the_import_names_it_with_figures(tmp_path: Path) -> None:
    """Nothing is changed, and each choice has its count."""
    result = call("import", _write(tmp_path / "a.jsonl", GLUED, "Moran", "Pell"), "--corpus", tmp_path / "c")
    assert result.code == 0
    assert "40 of 40 spans begin or end inside a token; on token edges with --inside-tokens\n * keep " in result.out
    assert "tokens are cut at \\|  _: the tokenizer of config.cfg finds 40 (100 %)\n" in result.out
    assert "import into another new corpus with --inside-tokens split, out or in" in result.out
    assert _misaligned(tmp_path / "c") == 40


def test_a_corpus_that_is_there_keeps_its_tokenizer(tmp_path: Path) -> None:
    """Split cuts the tokens in the sentences alone, and the report says what a model's tokenizer finds."""
    corpus = Corpus.create(tmp_path / "c")
    before = (corpus.path / "corpus.toml").read_bytes()
    path = _write(tmp_path / "a.jsonl", GLUED, "Moran", "Pell")
    report = corpus.import_files(path, inside_tokens="split")
    assert "tokens are cut in their sentences alone: a model's tokenizer finds 0 (0 %)" in str(report)
    assert "tokens were cut in their sentences for 40 spans" in str(report)
    assert _misaligned(corpus.path) == 0
    assert (corpus.path / "corpus.toml").read_bytes() == before
    again = corpus.import_files(path, inside_tokens="split")
    assert again.records == 0


def test_the_same_file_again_with_split_cuts_what_is_there(tmp_path: Path) -> None:
    """What the report counts as cut is cut; a sentence that a person has changed since stays."""
    corpus = Corpus.create(tmp_path / "c")
    path = _write(tmp_path / "a.jsonl", GLUED, "Moran", "Pell", answer="accept")
    kept = corpus.import_files(path)
    assert "import the file again with --inside-tokens split" in str(kept)
    assert corpus.import_files(path).records == 0
    assert len(corpus.check(only=["characters"]).problems) == 40
    report = corpus.import_files(path, inside_tokens="split")
    assert (report.records, report.counts["known"], report.ledger.spans["kept"]) == (20, 0, 40)
    assert not corpus.check(only=["characters"]).problems
    assert corpus.import_files(path, inside_tokens="split").records == 0
    [tokens] = {tuple(t.text for t in a.tokens[2:7]) for a in corpus.annotations()}
    assert tokens == ("Moran", "|", "Pell", "_2", "and")


def test_a_further_pass_keeps_the_cuts_of_the_first(tmp_path: Path) -> None:
    """The spans of both passes are on token edges: a repaired one does not fall out of the training data again."""
    corpus = Corpus.create(tmp_path / "c")
    first = _write(tmp_path / "a.jsonl", GLUED, "Moran", "Pell", rows=1)
    for choice in ("keep", "split"):  # the stored sentences keep the tokens of the first
        corpus.import_files(first, covers=["PERSON"], inside_tokens=choice, answer="accept")
    text = json.loads(first.read_text())["text"]
    spans = [{"start": 4, "end": 10, "label": "COUNT"}]
    (tmp_path / "b.jsonl").write_text(json.dumps({"text": text, "spans": spans}))
    corpus.import_files(tmp_path / "b.jsonl", covers=["COUNT"], answer="accept")
    [united] = corpus.annotations()
    assert {s.label for s in united.spans} == {"PERSON", "COUNT"}
    assert not corpus.check(only=["characters"]).problems


def test_the_language_is_named_in_a_corpus_that_is_there(tmp_path: Path) -> None:
    """Texts without blanks between words are of no use in an English corpus, new or not."""
    corpus = Corpus.create(tmp_path / "c")
    report = corpus.import_files(_write(tmp_path / "a.jsonl", JAPANESE, "東京"))
    assert any("look like Japanese" in note for note in report.notes)


def test_rules_keep_words_whole(tmp_path: Path) -> None:
    """With --tokens rules split never takes characters."""
    path = _write(tmp_path / "a.jsonl", JAPANESE, "田中健", "東京")
    _import(path, tmp_path / "c", "--inside-tokens", "split", "--tokens", "rules")
    assert CorpusFolder.open(tmp_path / "c").tokens.unit == "rules"
    assert _misaligned(tmp_path / "c") == 0


def test_tokens_of_the_file_stay(tmp_path: Path) -> None:
    """A file that has tokens is cut as it says, whatever the tokenizer of the corpus."""
    words = ["Moran|Pell", "came", "."]
    starts = [0, 11, 15]
    tokens = [
        {"text": w, "start": a, "end": a + len(w), "id": n} for n, (w, a) in enumerate(zip(words, starts, strict=True))
    ]
    spans = [{"start": 0, "end": 10, "label": "PERSON", "token_start": 0, "token_end": 0}]
    row = {"text": "Moran|Pell came.", "tokens": tokens, "spans": spans, "answer": "accept"}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    _import(tmp_path / "a.jsonl", tmp_path / "c", "--tokens", "characters")
    assert [t.text for t in _records(tmp_path / "c", "prodigy")[0].sentence.tokens] == words


def test_a_language_without_its_package_works_by_characters(tmp_path: Path) -> None:
    """The model too: the config needs no package."""
    path = _write(tmp_path / "a.jsonl", JAPANESE, "田中健", "東京")
    _import(path, tmp_path / "c", "--lang", "ja", "--tokens", "characters")
    assert _misaligned(tmp_path / "c") == 0
    assert call("export", tmp_path / "c", tmp_path / "out").code == 0
    assert spacy.load(tmp_path / "out" / "tokenizer").make_doc("東京")[1].text == "京"
