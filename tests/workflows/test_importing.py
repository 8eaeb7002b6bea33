"""An import is a function: options in, a frozen report out, a corpus as it was where it fails."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from annotator.core.errors import SourceError
from annotator.workflows.import_options import ImportOptions
from annotator.workflows.importing import import_files


def _file(path: Path, *rows: dict[str, object]) -> Path:
    path.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    return path


def test_the_report_is_frozen_and_holds_the_ledger(tmp_path: Path) -> None:
    """What was kept, mapped and left out is in the ledger's totals; progress is a callback."""
    text = "Lena rowed to Osmund."
    file = _file(tmp_path / "all.jsonl", {"text": text, "spans": [[0, 4, "PER"], [14, 20, "MISC"]]})
    calls: list[tuple[str, int]] = []
    report = import_files(
        tmp_path / "c",
        [file],
        ImportOptions(labels={"PER": "PERSON", "MISC": ""}, annotator="ana"),
        lambda name, n: calls.append((name, n)),
    )
    assert calls == [("all.jsonl", 1)]
    assert (report.lost, report.articles, report.annotators) == (0, 1, {"ana": "ana"})
    assert report.ledger.spans["kept"] == report.ledger.spans["left out"] == 1
    assert Path(report.ledger_file).is_file()
    with pytest.raises(AttributeError):
        report.corpus = ""  # type: ignore[misc]


def test_the_plain_values_are_those_of_json(tmp_path: Path) -> None:
    """The values for ``--json`` have the ledger's file under ``ledger`` and its totals beside it."""
    report = import_files(tmp_path / "c", [_file(tmp_path / "f", {"text": "Rain.", "spans": []})])
    values = report.as_dict()
    assert list(values)[-2:] == ["ledger", "lost"]
    assert values["ledger"] == report.ledger_file
    assert values["totals"] == report.ledger.totals


def test_a_strict_import_that_would_lose_something_makes_nothing(tmp_path: Path) -> None:
    """One error names what would be lost; no corpus is left behind."""
    file = _file(tmp_path / "f", {"text": "Lena rowed.", "spans": [[0, 4, "PERSON"], [0, 99, "PERSON"]]})
    with pytest.raises(SourceError, match=r"1 thing would be lost: past the end of the text \(1\)"):
        import_files(tmp_path / "c", [file], ImportOptions(strict=True))
    assert not (tmp_path / "c").exists()
