"""The cases whose output is frozen: command lines that run one after another in a fresh folder."""

from __future__ import annotations

import base64
import gzip
import os
import shutil
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import orjson

from annotator.formats import registry

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SHARED = Path(os.environ.get("ANNOTATOR_SHARED") or ROOT / "../shared").resolve()
FORMATS = tuple(name for name, info in registry.FORMATS.items() if info.can_write)
KEYMAP = '[keys]\nundo = ["U", "ctrl+z"]\nquit = []\n[labels]\nPERSON = "p"\n'


@dataclass(frozen=True)
class Case:
    """Command lines that share a folder; what each of them says and writes is frozen."""

    name: str
    prepare: Callable[[Path], None]
    """Puts into an empty folder what the commands need."""
    commands: tuple[str, ...]
    slow: bool = False
    shared: bool = False


def sample(folder: Path) -> None:
    """Put the shipped sample, the fixture corpus and its home, and pages of our own words there."""
    shutil.copytree(ROOT / "corpus", folder / "sample")
    shutil.copytree(HERE / "corpus_0_1", folder, dirs_exist_ok=True)
    shutil.copytree(HERE / "pages", folder / "pages")
    for name in ("cleo.jsonl", "awkward.jsonl"):
        shutil.copy(HERE / name, folder)
    (folder / "keymap.toml").write_text(KEYMAP, encoding="utf-8")
    (folder / "clash.toml").write_text(
        KEYMAP.replace("U", "enter").replace("quit = []", 'redo = ["enter"]'), encoding="utf-8"
    )


def damaged(folder: Path) -> None:
    """Put the same there, with damage of all kinds that a repair finds."""
    sample(folder)
    for name in ("sample/articles/0145e425a480.json", "sample/sentences.jsonl", "sample/annotations/guide.jsonl"):
        raw = bytearray((folder / name).read_bytes())
        raw[len(raw) // 3] ^= 1
        (folder / name).write_bytes(raw)
    cut = min((folder / "fixture/articles").glob("*.json"))
    cut.write_bytes(cut.read_bytes()[:100])
    for journal in (folder / "fixture/annotations").glob("*.jsonl"):
        journal.write_bytes(journal.read_bytes().replace(b"\n", b"\r\n"))
    (folder / "fixture/schema.toml").unlink()


def awkward(folder: Path) -> None:
    """Put the awkward documents there."""
    shutil.copy(HERE / "awkward.jsonl", folder)


def cases() -> Iterator[Case]:
    """Yield the cases of our own material, in a fixed order."""
    yield from reports()
    yield from training()
    yield from exchange()
    yield from inputs()


def reports() -> Iterator[Case]:
    """Yield the commands that report or change a corpus."""
    listed = tomllib.loads((HERE / "commands.toml").read_text(encoding="utf-8"))
    yield from (Case(name, sample, tuple(commands)) for name, commands in listed.items())
    repairs = tuple(f"repair {x}{o}" for x in ("sample", "fixture", "nowhere") for o in ("", " --json"))
    yield Case("repair", damaged, (*repairs, "articles sample", "stats sample", "check sample --only journal"))
    for name in ("sample", "fixture"):
        reading = [f"{c} {name}{o}" for c in ("check", "stats", "articles") for o in ("", " --json")]
        reading += [f"check {name} --only label,overlap", f"check {name} --level error --json"]
        reading += [f"stats {name} --ascii", f"schema log {name} --json", f"annotate {name}"]
        yield Case(f"{name} read", sample, tuple(reading))
        rounds = ("spacy", *FORMATS)
        yield Case(f"{name} round trip", sample, tuple(f"check {name} --round-trip {f}" for f in rounds))


def training() -> Iterator[Case]:
    """Yield the exports for spaCy."""
    own = {"sample": "", "fixture": "--annotator ana"}
    for name, who in own.items():
        some = [f"--attrs {a} --unit {u}" for a, u in product(("own", "min", "full"), ("sentence", "article"))]
        some += ["--reader annotator", "--split-by article", "--ledger full", "--report --ledger full --json"]
        some += ["--rebalance", "--rebalance --split-by article", "--split 60/20/20 --spans-key all"]
        some += ["--shard 30", "--shard 30 --resume", "--engine spacy", "--engine spacy --unit article"]
        yield Case(f"{name} spacy", sample, tuple(f"export {name} out{i} {o} {who}" for i, o in enumerate(some)))
        options = (
            ("own", "min", "full"),
            ("sentence", "article"),
            ("spacy", "annotator"),
            ("story", "article"),
            ("straight", "spacy"),
            ("exceptions", "full"),
        )
        words = "--attrs {} --unit {} --reader {} --split-by {} --engine {} --ledger {}"
        every = (words.format(*x) for x in product(*options))
        commands = tuple(f"export {name} out{i} {o} {who}" for i, o in enumerate(every))
        yield Case(f"{name} spacy, every option", sample, commands, slow=True)
    shards = "export sample out --shard 20 --processes 2 --attrs {} --json"
    yield Case("processes", sample, tuple(shards.format(a) for a in ("own", "full")), slow=True)
    spacy = [f"export awkward out{i} --split 100/0/0 --ledger full {o}" for i, o in enumerate(some[:6])]
    back = ("import out0/train.spacy --corpus back --add-labels --ledger full --json", "check back --json")
    first = "import awkward.jsonl --corpus awkward --add-labels --ledger full --json"
    yield Case("awkward spacy", awkward, (first, "check awkward --json", "stats awkward", *spacy, *back), slow=True)


def exchange() -> Iterator[Case]:
    """Yield the exports for other tools, and their way back."""
    who = {"sample": "", "fixture": "--annotator ana", "awkward": ""}
    for (name, annotator), form in product(who.items(), ("spacy", *FORMATS)):
        if (name, form) == ("awkward", "spacy"):
            continue
        more = "--split 100/0/0" if form == "spacy" else f"--format {form}"
        out, schema = f"export {name} {{}} {more} {annotator}", f" --schema {name}/schema.toml"
        back = f"import {{}} --corpus {{}} --format {form} --add-labels --ledger full"
        first, slow = [], name == "awkward"
        if slow:
            first = ["import awkward.jsonl --corpus awkward --add-labels"]
        commands = (
            *first,
            out.format("out") + " --ledger full --json",
            back.format("out", "back") + schema + " --json",
            out.format("articles") + " --unit article",
            back.format("articles", "back2") + schema,
            f"export {name} everybody {more} --json",
        )
        yield Case(f"{name} {form} and back", awkward if slow else sample, commands, slow=slow)


def inputs() -> Iterator[Case]:
    """Yield the imports of the small inputs that the tests had when the digests were first made."""
    for line in (HERE / "inputs.jsonl").read_bytes().splitlines():
        row = orjson.loads(line)
        yield Case(f"input {row['name']}", _writer(row["files"]), (_import("in", row["files"]),), slow=True)


def _import(folder: str, files: object) -> str:
    names = sorted(files)  # type: ignore[call-overload]
    place = f"{folder}/{names[0]}" if len(names) == 1 else folder
    return f"import '{place}' --corpus back --add-labels --ledger full --json"


def _writer(files: dict[str, str | dict[str, str]]) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        for name, data in files.items():
            path = folder / "in" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data.encode() if isinstance(data, str) else base64.b64decode(data["base64"]))

    return write


def shared_cases() -> Iterator[Case]:
    """Yield the imports and ingests of the files that lie beside the project, where they do."""
    pages = [*SHARED.glob("seeds/*.txt"), *SHARED.glob("cases/pages/*.txt"), *SHARED.glob("data/html/*")]
    folders = {p.parent for p in SHARED.glob("data/exports/brat/*")} | set(SHARED.glob("cases/*_*"))
    single = [p for p in SHARED.glob("data/exports/*/*") if p.parent.name != "brat"]
    for path in sorted([*SHARED.glob("data/*.jsonl"), *single, *SHARED.glob("cases/*/*.*"), *folders]):
        name = path.relative_to(SHARED).as_posix()
        if path not in pages and "/schemas/" not in name:
            command = f"import 'in/{path.name}' --corpus back --add-labels --json"
            yield Case(f"shared {name}", _copier(path), (command, "check back --json"), slow=True, shared=True)
    for path in sorted([*pages, *SHARED.glob("data/news_page_dumps.jsonl")]):
        commands = (f"ingest 'in/{path.name.removesuffix('.gz')}' --corpus news --json", "suggest news --rules")
        name = path.relative_to(SHARED).as_posix()
        yield Case(f"shared page {name}", _copier(path), commands, slow=True, shared=True)


def _copier(path: Path) -> Callable[[Path], None]:
    def copy(folder: Path) -> None:
        if path.is_dir():
            shutil.copytree(path, folder / "in" / path.name)
            return
        (folder / "in").mkdir()
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        (folder / "in" / path.name.removesuffix(".gz")).write_bytes(data)

    return copy
