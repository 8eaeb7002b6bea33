"""A format from another distribution is imported, exported and certified as a built-in one is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from annotator import plugins
from annotator.core.errors import PluginError
from annotator.plugin_loader import load_plugin, plugin_names
from tests.cli.command_runner import CommandResult, call
from tests.plugins.conftest import Install

TABLE = '''
"""A text, a tab, and its spans as start-end:label."""
from annotator.plugins import Document, FormatInfo, Span

INFO = FormatInfo(description="tables of texts and spans", unit="sentence")

def read(source, log):
    for number, line in source.lines():
        text, *marks = source.decoded(line, line=number).split("\\t")
        ranges = [m.replace(":", "-", 1).split("-", 2) for m in marks]
        log.read += len(ranges)
        yield Document(text, tuple(Span(int(a), int(b), x) for a, b, x in ranges), where=source.where(number))

def write(documents, out, log):
    documents = list(documents)
    log.read = log.kept = sum(len(d.spans) for d in documents)
    rows = ["\\t".join([d.text, *(f"{s.start}-{s.end}:{s.label}" for s in d.spans)]) for d in documents]
    (out / "table.tsv").write_text("\\n".join(rows) + "\\n")
    return [out / "table.tsv"]
'''


def test_a_foreign_format_is_certified_exported_and_imported(install: Install, tmp_path: Path) -> None:
    """Fifteen lines of a plug-in make a format: the certificate passes, and what goes out comes back."""
    install("formats", "table", TABLE)
    rows = [{"text": "Ida left.", "spans": [[0, 3, "PERSON"]]}, {"text": "Rain.", "spans": []}]
    (tmp_path / "x").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    assert call("import", tmp_path / "x", "--corpus", tmp_path / "news").code == 0
    certificate = call("check", tmp_path / "news", "--round-trip", "table", "--json")
    assert certificate.json["passed"], certificate.out
    assert call("export", tmp_path / "news", tmp_path / "out", "--format", "table").code == 0
    report = call("import", tmp_path / "out" / "table.tsv", "--corpus", tmp_path / "c", "--format", "table")
    assert report.code == 0, report.err
    assert "table.tsv: tables of texts and spans (given by --format)" in report.out


def test_a_writer_that_does_not_count_its_spans_gets_no_certificate(install: Install, tmp_path: Path) -> None:
    """The certificate and an export fail, with the counts of the log and what they must be."""
    install("formats", "table", TABLE.replace("log.read = log.kept =", "count ="))
    (tmp_path / "x").write_bytes(orjson.dumps({"text": "Ida left.", "spans": [[0, 3, "PERSON"]]}))
    assert call("import", tmp_path / "x", "--corpus", tmp_path / "news").code == 0
    fault = "the writer was given 1 span, but `log.read` is 0, `log.kept` 0, and 0 are listed"
    certificate = call("check", tmp_path / "news", "--round-trip", "table")
    assert certificate.code == 3
    assert certificate.out.startswith("table: FAILED; 1 of 1 spans came back in place")
    assert fault in certificate.out
    report = call("export", tmp_path / "news", tmp_path / "out", "--format", "table")
    assert (report.code, fault in report.err) == (1, True)


def export_table(source: str, install: Install, tmp_path: Path, *options: str) -> CommandResult:
    """Export two sentences with three spans by a plug-in of this source."""
    install("formats", "table", source, "odd-formats")
    rows = [
        {"text": "Ida left.", "spans": [[0, 3, "PERSON"]]},
        {"text": "Bo and Al.", "spans": [[0, 2, "PERSON"], [7, 9, "PERSON"]]},
    ]
    (tmp_path / "x").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    assert call("import", tmp_path / "x", "--corpus", tmp_path / "news").code == 0
    return call("export", tmp_path / "news", tmp_path / "out", "--format", "table", *options)


@pytest.mark.parametrize(
    ("lines", "kept", "code"), [("pass", 3, 0), ("log.kept -= 1; log.leave_out('x', '0-3:PERSON', 'no room')", 2, 3)]
)
def test_the_ledger_counts_what_a_plugin_was_given(
    lines: str, kept: int, code: int, install: Install, tmp_path: Path
) -> None:
    """A `write` counts what it keeps and lists what it loses; the program knows how many spans there were."""
    report = export_table(
        TABLE.replace("    return [out", f"    {lines}\n    return [out"), install, tmp_path, "--json"
    )
    assert report.code == code, report.err
    spans = report.json["totals"]["spans"]
    assert (spans["in"], spans["kept"], report.json["totals"]["balanced"]) == (3, kept, True)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("log.read += 2; log.kept += 2; (out / 'a').touch(); return [out / 'a']", "the writer was given 3 spans"),
        ("log.read += 3; log.kept += 1; (out / 'a').touch(); return [out / 'a']", "`log.kept` 1, and 0 are listed"),
        ("log.read += 3; log.leave_out('x', 'x', 'x'); (out / 'a').touch(); return [out / 'a']", "and 1 are listed"),
        ("(out / 'a').touch(); return [out / 'a']", "`log.read` is 0"),
        ("return []", "it has written no file"),
        ("return None", "'NoneType' object is not iterable"),
        ("return [out / 'a']", "which is no file in the folder"),
        ("return [__file__]", "which is no file in the folder"),
        (
            "log.read = log.kept = 3; (out / 'ledger.jsonl').touch(); return [out / 'ledger.jsonl']",
            "the writer has made a file ledger.jsonl, and the export itself writes one of this name",
        ),
    ],
)
def test_a_plugin_that_does_not_write_as_it_says(body: str, what: str, install: Install, tmp_path: Path) -> None:
    """A log that does not add up, or a file that is not there, is no success."""
    source = f"{TABLE.partition('def write')[0]}def write(documents, out, log):\n    {body}\n"
    report = export_table(source, install, tmp_path)
    assert (report.code, what in report.err, report.err.count("\n")) == (1, True, 1), report.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("source", ["raise RuntimeError('no', 1)", "import sys; sys.exit()", "read = 1", "api = 2"])
def test_a_plugin_that_cannot_be_used_names_its_distribution(source: str, install: Install, tmp_path: Path) -> None:
    """Whatever is wrong when it is loaded, it is one line, exit code 1 and the distribution's name."""
    install("formats", "odd", source, "odd-formats")
    (tmp_path / "x").write_text("Ida left.\n")
    report = call("import", tmp_path / "x", "--corpus", tmp_path / "c", "--format", "odd")
    assert report.code == 1
    assert report.err.startswith("annotator: plug-in odd of odd-formats 1.2: ")
    assert report.err.count("\n") == 1
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("body", ["return [1 / 0]", "return ['a text']", "yield {}['key']"])
def test_an_exception_while_it_reads_names_its_distribution(body: str, install: Install, tmp_path: Path) -> None:
    """A fault of the plug-in is no fault of the file; the corpus is as it was."""
    install("formats", "odd", f"def read(source, log):\n    {body}\n", "odd-formats")
    (tmp_path / "x").write_text("Ida left.\n")
    report = call("import", tmp_path / "x", "--corpus", tmp_path / "c", "--format", "odd")
    assert report.code == 1
    assert report.err.startswith("annotator: plug-in odd of odd-formats 1.2: ")
    assert not (tmp_path / "c").exists()


def test_an_error_of_ours_in_a_plugin_is_about_the_file(install: Install, tmp_path: Path) -> None:
    """A reader refuses a damaged file as the built-in ones do."""
    source = "def read(source, log):\n    raise source.error('it is torn', 1, do='mend it')\n    yield\n"
    install("formats", "odd", source)
    (tmp_path / "x").write_text("Ida left.\n")
    report = call("import", tmp_path / "x", "--corpus", tmp_path / "c", "--format", "odd")
    assert (report.code, report.err) == (1, f"annotator: {tmp_path}/x:1: it is torn; mend it\n")


def test_a_built_in_name_wins_and_detection_loads_no_plugin(install: Install, tmp_path: Path) -> None:
    """A plug-in called as a format of ours is never loaded, and none is where no format is named."""
    install("formats", "plain", "raise RuntimeError", "impostor")
    install("formats", "other", "raise RuntimeError", "bystander")
    (tmp_path / "x").write_text('{"text": "Ida left.", "spans": [[0, 3, "PERSON"]]}\n')
    for options in ((), ("--format", "plain")):
        corpus = tmp_path / f"c{len(options)}"
        assert call("import", tmp_path / "x", "--corpus", corpus, *options).code == 0
    assert {"impostor", "bystander"}.isdisjoint(sys.modules)
    assert {"plain", "other"} <= set(plugin_names("formats"))


def test_an_unknown_name_is_wrong_usage(tmp_path: Path) -> None:
    """A name that neither we nor a plug-in has lists those that are built in."""
    report = call("import", tmp_path / "x", "--corpus", tmp_path / "c", "--format", "nobodys")
    assert report.code == 2
    assert "'nobodys' is not one of 'auto', 'prodigy', " in report.err
    assert load_plugin("formats", "nobodys") is None


def test_two_distributions_with_one_name_are_refused(install: Install) -> None:
    """No order on the path decides which code runs."""
    install("checks", "twice", "", "first-one")
    install("checks", "twice", "", "second-one")
    with pytest.raises(PluginError, match=r"first-one 1\.2, second-one 1\.2; uninstall all but one"):
        load_plugin("checks", "twice")


def test_the_published_names_are_complete_and_the_loader_loads_no_room() -> None:
    """Every name for authors of plug-ins is there; finding plug-ins loads no room of the program."""
    assert all(hasattr(plugins, name) for name in plugins.__all__)
    code = "import sys, annotator.plugin_loader; print(sorted(m for m in sys.modules if m.startswith('annotator.')))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (
        run.stdout.strip()
        == "['annotator._version', 'annotator.core', 'annotator.core.errors', 'annotator.plugin_loader']"
    )
