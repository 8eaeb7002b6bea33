"""A suggester from another distribution writes a file and is measured as a built-in one is."""

from __future__ import annotations

import sys
from pathlib import Path

import orjson
import pytest

from tests.cli.command_runner import call
from tests.plugins.conftest import Install

SHOUTING = '''
"""Words in capitals are persons, and numbers in digits are counts."""
from annotator.plugins import Suggestion

def create(schema):
    return Shouting()

class Shouting:
    name = "shouting"

    def suggest(self, sentence):
        for token in sentence.tokens:
            if token.text.isupper():
                yield Suggestion(token.start, token.end, "PER", self.name, 0.9, "capitals")
            elif token.text.isdecimal():
                yield Suggestion(token.start, token.end, "CARDINAL", self.name, 0.6)
'''
TEXT = "The ferry came late, Captain ADA said on Monday, and 60 people went home.\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a corpus of one article."""
    page = tmp_path / "page.txt"
    page.write_text(f"Ferry late\n\n{TEXT}")
    assert call("ingest", page, "--corpus", tmp_path / "news").code == 0
    return tmp_path / "news"


def test_a_foreign_suggester_writes_a_file(install: Install, corpus: Path) -> None:
    """Its labels are mapped by the schema, and the suggestions bear its name and kinds."""
    install("suggesters", "shouting", SHOUTING)
    report = call("suggest", corpus, "--source", "shouting", "--json")
    assert report.code == 0, report.err
    assert report.json["sources"][0]["spans"] == {"PERSON": 1, "COUNT": 1}
    lines = (corpus / "suggestions" / "shouting.jsonl").read_bytes().splitlines()
    spans = [span for line in lines for span in orjson.loads(line)["spans"]]
    assert [(s["label"], s["score"], s["kind"]) for s in spans] == [("PERSON", 0.9, "capitals"), ("COUNT", 0.6, "")]
    again = call("suggest", corpus, "--source", "shouting", "--json").json["sources"][0]
    assert again["known"] == again["sentences"]


def test_a_changed_suggester_suggests_again(
    install: Install, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a fingerprint the file of its code is one."""
    install("suggesters", "shouting", SHOUTING)
    assert call("suggest", corpus, "--source", "shouting").code == 0
    (tmp_path / "site" / "stranger.py").write_text(SHOUTING.replace("0.9", "0.875"))
    monkeypatch.delitem(sys.modules, "stranger")
    again = call("suggest", corpus, "--source", "shouting", "--json").json["sources"][0]
    assert (again["known"], again["renewed"]) == (0, True)


def test_a_foreign_suggester_is_measured_without_a_corpus(install: Install, tmp_path: Path) -> None:
    """Beside the rules it has its own figures, and it is ranked together with them."""
    install("suggesters", "shouting", SHOUTING)
    gold = tmp_path / "gold.jsonl"
    gold.write_bytes(orjson.dumps({"text": "There sat ADA.", "spans": [[10, 13, "PERSON"]]}) + b"\n")
    report = call("suggest", "--rules", "--source", "shouting", "--evaluate", gold, "--json")
    assert report.code == 0, report.err
    assert list(report.json["sources"]) == ["rules", "shouting", "together"]
    assert report.json["sources"]["shouting"]["PERSON"]["exact"]["f1"] == 1.0


def test_what_a_foreign_suggester_gets_wrong_is_listed(install: Install, corpus: Path) -> None:
    """A span inside a word is listed with exit code 3, a label of nobody is counted."""
    source = SHOUTING.replace("token.end, ", "token.end - 1, ").replace('"CARDINAL"', '"YEAR"')
    install("suggesters", "shouting", source)
    report = call("suggest", corpus, "--source", "shouting", "--json")
    assert report.code == 3
    (made,) = report.json["sources"]
    assert made["unmapped"] == {"YEAR": 1}
    assert [x.rsplit(":", 1)[1] for x in made["misaligned"]] == ["PER"]


@pytest.mark.parametrize(
    "source",
    [
        "raise RuntimeError('no')",
        "x = 1",
        SHOUTING.replace("token.text.isupper()", "1 / 0"),
        SHOUTING.replace("0.9", "90"),
        SHOUTING.replace("yield Suggestion(", "yield dict(a=("),
        SHOUTING.replace("token.end, ", "str(token.end), "),
        SHOUTING.replace("token.start, ", "token.start + 0.5, "),
        SHOUTING.replace("0.9", "'0.9'"),
        SHOUTING.replace("0.9", "None"),
        SHOUTING.replace('"PER"', "['PER']"),
        SHOUTING.replace('"PER"', r"'\ud800'"),
        SHOUTING.replace('"capitals"', "7"),
    ],
)
def test_a_fault_of_a_plugin_names_its_distribution(source: str, install: Install, corpus: Path) -> None:
    """Whatever is wrong with it, it is one line, and exit code 1."""
    install(
        "suggesters",
        "odd",
        source.replace('dict(a=(token.start, token.end, "PER", self.name, 0.9, "capitals")', "{}"),
        "odd-names",
    )
    report = call("suggest", corpus, "--source", "odd")
    assert report.code == 1
    assert report.err.startswith("annotator: plug-in odd of odd-names 1.2: ")
    assert report.err.count("\n") == 1
    assert not (corpus / "suggestions" / "odd.jsonl").exists()


def test_a_built_in_name_wins_and_an_unknown_one_lists_all(install: Install, corpus: Path) -> None:
    """`rules` is never a plug-in; the history has no file; the error names the plug-ins that are there."""
    install("suggesters", "rules", SHOUTING)
    assert "PERSON" not in call("suggest", corpus, "--source", "rules", "--json").json["sources"][0]["unmapped"]
    history = call("suggest", corpus, "--source", "history")
    assert (history.code, "measure them with --evaluate GOLD" in history.err) == (2, True)
    unknown = call("suggest", corpus, "--source", "nobody")
    assert (unknown.code, "there is no source of suggestions 'nobody'; use one of: rules" in unknown.err) == (2, True)
