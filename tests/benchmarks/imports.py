"""What becomes of every span in the exports of other tools: ``python -m tests.benchmarks.imports [PATH…]``.

Without a path it is the sample corpus, exported in a few formats. A path is a file, a folder with a folder for each
tool (a brat folder counts as one file), or a folder with ``imports.jsonl``, a case a line: its folder ``case`` and
the files in it to ``import``. Each goes through ``annotator import --add-labels`` into a corpus of its own. Printed are
a table for people (``open`` are sentences that stay open because a span has no sure place), the refusals with what
they say, and on the last line one JSON object. Exit code 1 where an account does not balance, where a file made a
traceback, or where a file that was refused has left anything behind.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

SAMPLE = Path(__file__).resolve().parents[2] / "corpus"
EXPORTED = ("brat", "conll", "prodigy", "webanno")
FOLDERS = frozenset({"brat"})
"""Folders that are one corpus, not a collection of files."""


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one import."""

    file: str
    exit: int
    format: str = ""
    read: int = 0
    kept: int = 0
    trimmed: int = 0
    moved: int = 0
    split: int = 0
    double: int = 0
    characters: int = 0
    left_out: int = 0
    open: int = 0
    """Sentences that stay open because a span without a sure place may be about them."""
    things: Mapping[str, int] = field(default_factory=dict)
    """What no span can hold, by kind."""
    why: tuple[str, ...] = ()
    """The reasons of what was not carried over unchanged."""
    refused: str = ""
    fault: str = ""

    @property
    def listed(self) -> int:
        """How many spans the ledger lists."""
        return self.trimmed + self.moved + self.split + self.double + self.characters + self.left_out


def main() -> None:
    """Import every file and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    files = parser.parse_args().files
    with TemporaryDirectory() as folder:
        samples = listed_samples(files) if files else ([path] for path in exported_sample(Path(folder)))
        rows = [imported(sample) for sample in samples]
    print("\n".join([*table([*rows, totals(rows)]), *refusals(rows), *reasons(rows)]))
    print(json.dumps({"files": [asdict(r) for r in rows]}, ensure_ascii=False))
    sys.exit(any(r.fault for r in rows))


def exported_sample(folder: Path) -> Iterator[Path]:
    """Yield the sample corpus as an export of each of a few formats."""
    for name in EXPORTED:
        command = [sys.executable, "-m", "annotator.cli.main", "export", str(SAMPLE), str(folder / name)]
        subprocess.run([*command, "--format", name], capture_output=True, check=False)
        yield folder / name


def listed_samples(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """Yield the files of each import: those of a case, those of a folder of tools one by one, or the path itself."""
    for path in paths:
        cases = path / "imports.jsonl"
        if cases.is_file():
            for case in map(json.loads, cases.read_text(encoding="utf-8").splitlines()):
                yield [path / case["case"] / name for name in case["import"]]
        elif path.is_dir() and any(p.is_dir() for p in path.iterdir()):
            yield from ([sample] for sample in found(path))
        else:
            yield [path]


def found(folder: Path) -> Iterator[Path]:
    """Yield each sample of a folder that has a folder for each tool."""
    for tool in sorted(p for p in folder.glob("*") if p.is_dir()):
        yield from [tool] if tool.name in FOLDERS else sorted(p for p in tool.iterdir() if p.is_file())


def imported(paths: Sequence[Path]) -> Row:
    """Import the files of one sample into a corpus of its own."""
    path = paths[0].resolve()
    name = f"{path.parent.name}/{path.name}"
    with TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        command = [sys.executable, "-m", "annotator.cli.main", "import", *map(str, paths), "--corpus", str(corpus)]
        done = subprocess.run([*command, "--add-labels", "--json"], capture_output=True, text=True, check=False)
        left = sorted(p.name for p in Path(folder).iterdir())
    if done.returncode in {0, 3}:
        return _taken(name, done.returncode, json.loads(done.stdout))
    refused = done.stderr.strip().replace(str(path), path.name)
    return Row(name, done.returncode, refused=refused, fault=_fault(done.returncode, refused, left))


def _taken(name: str, code: int, report: Mapping[str, Any]) -> Row:
    spans = report["totals"]["spans"]
    row = Row(
        name,
        code,
        report["files"][0]["format"],
        spans["in"],
        **{k.replace(" ", "_"): n for k, n in spans.items() if k != "in"},
        open=report["counts"]["doubtful"],
        things=report["totals"]["other things left out"],
        why=tuple(f"{w['count']} {w['thing']} {w['what']}: {w['why']}" for w in report["totals"]["why"]),
    )
    balanced = report["totals"]["balanced"] and row.read == row.kept + row.listed
    return row if balanced else Row(name, code, row.format, row.read, fault="the account does not balance")


def _fault(code: int, message: str, left: Sequence[str]) -> str:
    if "Traceback" in message or code != 1:
        return "it was not refused in order"
    if len(message.splitlines()) != 1:
        return "the refusal is no single line"
    return f"the refused import has left {', '.join(left)}" if left else ""


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the table of those that were taken in."""
    yield (
        f"{'file':58} {'format':12} {'in':>6} {'kept':>6} {'trim':>5} {'moved':>5} {'split':>5}"
        f" {'double':>6} {'in token':>8} {'left out':>8} {'open':>5} {'other things':>12} {'exit':>4}"
    )
    for r in (r for r in rows if not r.refused):
        yield (
            f"{r.file[-58:]:58} {r.format:12} {r.read:6} {r.kept:6} {r.trimmed:5} {r.moved:5} {r.split:5}"
            f" {r.double:6} {r.characters:8} {r.left_out:8} {r.open:5} {sum(r.things.values()):12} {r.exit:4} {r.fault}"
        )


def totals(rows: Sequence[Row]) -> Row:
    """Return the sums of all rows that were taken in."""
    names = [f for f in asdict(rows[0]) if isinstance(asdict(rows[0])[f], int) and f != "exit"] if rows else []
    return Row("all", 0, **{name: sum(getattr(r, name) for r in rows) for name in names})


def refusals(rows: Sequence[Row]) -> Iterator[str]:
    """Yield a line for each file that was refused."""
    for r in (r for r in rows if r.refused):
        yield f"refused: {r.file}: {r.refused}{f' FAULT: {r.fault}' if r.fault else ''}"


def reasons(rows: Sequence[Row]) -> Iterator[str]:
    """Yield why things are listed, file by file."""
    for r in (r for r in rows if r.why):
        yield r.file
        yield from (f"    {why}" for why in r.why)


if __name__ == "__main__":
    main()
