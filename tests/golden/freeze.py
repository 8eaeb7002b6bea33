"""Freezes what the program writes and prints, as digests.

``python -m tests.golden.freeze`` writes ``golden.json`` anew, and ``golden_shared.json`` where the files
beside the project are there; ``--only WORD`` makes the cases anew whose name begins so, ``--show CASE``
prints what they say and write now. Only the command line is used: what lies behind it may be moved.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import re
import shlex
import tempfile
import time
import warnings
import zlib
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unittest import mock

import orjson

from annotator._version import __version__
from tests.cli.command_runner import call
from tests.golden.cases import HERE, ROOT, SHARED, Case, cases, shared_cases

GOLDEN, GOLDEN_SHARED = HERE / "golden.json", HERE / "golden_shared.json"
KEPT = 2_000
"""Texts of fewer bytes are kept beside their digests."""
BEGUN = int(time.time())
_SECONDS = re.compile(rb"\b1[789]\d{8}\b")
_CRC = re.compile(rb'"_crc":"[0-9a-f]{8}"')
_FINGERPRINT = re.compile(rb'"_fingerprint":"[0-9a-f]{16}"')
"""It changes with each line of the rules' code and with the version."""
ENVIRONMENT = {
    "COLUMNS": "80",
    "LINES": "24",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "LOGNAME": "guide",
    "TERM": "xterm",
    "TZ": "UTC",
}


def frozen(case: Case, texts: dict[str, str]) -> dict[str, Any]:
    """Return the exit code and digests of each command of a case; short texts go to ``texts``."""
    found = {}
    for command, (code, files) in outputs(case):
        digests = {}
        for name, data in files.items():
            digests[name] = hashlib.sha256(data).hexdigest()[:20] if data is not None else None
            if data and len(data) < KEPT and not case.shared:
                with contextlib.suppress(UnicodeDecodeError):
                    texts[digests[name] or ""] = data.decode()
        found[command] = {"code": code, "files": digests}
    return found


def outputs(case: Case) -> Iterator[tuple[str, tuple[int | str, dict[str, bytes | None]]]]:
    """Yield each command of a case with its exit code and, as normalised bytes, what it says and writes.

    A file that the command has removed is None.
    """
    with sandbox() as folder:
        case.prepare(folder)
        before = contents(folder)
        for n, command in enumerate(case.commands):
            code, streams = answer(command, folder)
            after = contents(folder)
            changed = {name: data for name, data in after.items() if before.get(name) != data}
            written = {name: normal(name, data, folder) for name, data in sorted(changed.items())}
            gone: dict[str, bytes | None] = dict.fromkeys(sorted(before.keys() - after.keys()))
            yield f"{n}: {command}", (code, {**streams, **written, **gone})
            before = after


@contextlib.contextmanager
def sandbox() -> Iterator[Path]:
    """Work in an empty folder, with a home and a temporary folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        rest = folder / ".temporary"
        rest.mkdir()
        environment = {**ENVIRONMENT, "ANNOTATOR_HOME": str(folder / "home")}
        with (
            contextlib.chdir(folder),
            mock.patch.dict(os.environ, environment),
            mock.patch("tempfile.tempdir", str(rest)),
        ):
            time.tzset()
            yield folder
    time.tzset()


def answer(command: str, folder: Path) -> tuple[int | str, dict[str, bytes | None]]:
    """Run a command and return its exit code, and what it says as normalised bytes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            said = call(*shlex.split(command), stdin=(HERE / "pages" / "quay.txt").read_bytes())
        except Exception as error:  # a golden file keeps this as it is, too
            return f"{type(error).__name__}: {error}", {}
    streams = {"stdout": said.out, "stderr": said.err}
    return said.code, {name: normal(name, text.encode(), folder) for name, text in streams.items() if text}


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder, by path; locks and temporary files are left out."""
    files = (p for p in sorted(folder.rglob("*")) if p.is_file() and p.suffix != ".lock")
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}
    return {name: data for name, data in found.items() if not name.startswith(".temporary/")}


def normal(name: str, data: bytes, folder: Path) -> bytes:
    """Return the bytes of a file without compression, and without paths, versions, fingerprints and the clock."""
    if name.endswith(".spacy"):
        return zlib.decompress(data)
    if name.endswith(".parquet"):
        return table(data)
    names = {
        str(folder): "<folder>",
        str(ROOT): "<root>",
        f'"annotator {__version__}"': '"annotator <version>"',
        f"annotator, version {__version__}": "annotator, version <version>",
        f"spaCy {version('spacy')}": "spaCy <version>",
        f'"spacy": "{version("spacy")}"': '"spacy": "<version>"',
        f'"pyarrow": "{version("pyarrow")}"': '"pyarrow": "<version>"',
        f'"jinja2": "{version("jinja2")}"': '"jinja2": "<version>"',
    }
    for text, placeholder in names.items():
        data = data.replace(text.encode(), placeholder.encode())
    data = _FINGERPRINT.sub(b'"_fingerprint":"<fingerprint>"', data)
    return b"\n".join(_timeless(line) for line in data.split(b"\n"))


def _timeless(line: bytes) -> bytes:
    """Return a line without the time of this run, and without the checksum over it."""
    found = [x for x in _SECONDS.findall(line) if BEGUN - 1 <= int(x) <= time.time() + 1]
    for seconds in found:
        line = line.replace(seconds, b"<now>")
    return _CRC.sub(b'"_crc":"<crc>"', line) if found else line


def table(data: bytes) -> bytes:
    """Return a Parquet file's columns and rows as text: its bytes name the library that wrote them."""
    from io import BytesIO

    import pyarrow.parquet

    read = pyarrow.parquet.read_table(BytesIO(data))
    return f"{read.schema.to_string(truncate_metadata=False)}\n{read.to_pylist()}".encode()


def freeze(chosen: Iterable[Case], old: Mapping[str, Any]) -> dict[str, Any]:
    """Return the golden values of the chosen cases, and the old ones of all others."""
    texts: dict[str, str] = dict(old.get("texts", {}))
    values = dict(old.get("cases", {}))
    for case in chosen:
        values[case.name] = frozen(case, texts)
    used = {d for commands in values.values() for c in commands.values() for d in c["files"].values()}
    return {"cases": values, "texts": {d: texts[d] for d in sorted(texts) if d in used}}


def read(path: Path) -> dict[str, Any]:
    """Return a golden file's values; nothing where there is none."""
    found: dict[str, Any] = orjson.loads(path.read_bytes()) if path.exists() else {}
    return found


def show(case: Case) -> None:
    """Print what the commands of a case say and write."""
    for command, (code, files) in outputs(case):
        print(f"=== {case.name} / {command}\nexit code {code}")
        for name, data in files.items():
            if name.endswith(".spacy") and data:
                import srsly

                data = repr(srsly.msgpack_loads(data)).encode()  # noqa: PLW2901
            print(f"--- {name}\n{'(removed)' if data is None else data.decode(errors='backslashreplace')}")


def main() -> None:
    """Write the golden files anew, or show a case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="the cases whose name begins so")
    parser.add_argument("--show", help="print what the case of this name says and writes")
    asked = parser.parse_args()
    for path, every in ((GOLDEN, list(cases())), (GOLDEN_SHARED, list(shared_cases()))):
        if asked.show:
            for case in every:
                if case.name == asked.show:
                    show(case)
            continue
        chosen = [case for case in every if case.name.startswith(asked.only)]
        if chosen and (path == GOLDEN or SHARED.is_dir()):
            values = freeze(chosen, read(path) if asked.only else {})
            path.write_bytes(orjson.dumps(values, option=orjson.OPT_INDENT_2) + b"\n")
            print(f"{path.name}: {len(chosen)} cases")


if __name__ == "__main__":
    main()
