"""Odd surroundings: streams that are closed, full or not UTF-8, names and folders that cannot be read."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import orjson
import pytest

from annotator.cli import output
from annotator.storage.corpus_folder import CorpusFolder
from tests.cli.command_runner import call
from tests.cli.conftest import PAGE
from tests.cli.test_bad_input import annotate

RUN = f"{sys.executable} -m annotator.cli.main"


def shell(command: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command line of the shell."""
    return subprocess.run(["bash", "-c", command], capture_output=True, check=False, env={**os.environ, **environ})


def test_standard_input_is_closed(tmp_path: Path, page: Path) -> None:
    """It matters only to whoever asks for it, and is then one line."""
    result = shell(f"{RUN} ingest {page} --corpus {tmp_path}/a <&-")
    assert (result.returncode, result.stderr) == (0, b"")
    result = shell(f"{RUN} ingest - --corpus {tmp_path}/b <&-")
    assert result.returncode == 1
    assert result.stderr == b"annotator: standard input is closed; pipe a page into it, or name a file\n"
    assert not (tmp_path / "b").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only some systems have a full device")
def test_standard_output_is_full(corpus: Path) -> None:
    """A full disk under stdout is one line and exit 1; a full one under stderr stops nothing."""
    for args in (f"articles {corpus}", f"articles {corpus} --json"):
        result = shell(f"{RUN} {args} >/dev/full")
        assert (result.returncode, result.stderr.count(b"\n")) == (1, 1)
        assert result.stderr.startswith(b"annotator: standard output takes nothing more (no space left")
    assert shell(f"{RUN} articles {corpus}/none 2>/dev/full").returncode == 1


def test_standard_output_is_not_utf_8(corpus: Path) -> None:
    """What its encoding lacks comes as an escape, and JSON stays the same JSON."""
    plain = shell(f"{RUN} articles {corpus} --json", PYTHONIOENCODING="utf-8")
    article = orjson.loads(plain.stdout)[0]["id"]
    result = shell(f"{RUN} articles {corpus} {article}", PYTHONIOENCODING="latin-1")
    assert (result.returncode, result.stderr) == (0, b"")
    assert b"\\u201cWe were lucky" in result.stdout
    for encoding in ("latin-1", "ascii"):
        result = shell(f"{RUN} articles {corpus} {article} --json", PYTHONIOENCODING=encoding)
        assert result.stdout.isascii()
        assert any("“We were lucky" in x["text"] for x in orjson.loads(result.stdout)["lines"])


def test_who_reads_has_seen_enough(tmp_path: Path) -> None:
    """``articles ID | head -1`` exits 0, however long the article is, and says nothing."""
    page = tmp_path / "long.txt"
    page.write_text("\n".join(f"The ferry left for the island at {n} sharp." for n in range(9000)))
    call("ingest", page, "--corpus", tmp_path / "c")
    article = call("articles", tmp_path / "c", "--json").json[0]["id"]
    result = shell(f"{RUN} articles {tmp_path}/c {article} | head -1; echo ${{PIPESTATUS[0]}}")
    assert (result.stdout.splitlines()[-1], result.stderr) == (b"0", b"")


def test_a_closed_pipe_changes_no_exit_code(tmp_path: Path, corpus: Path) -> None:
    """What nobody reads is still done or failed: with 0, 1, 2 or 3 as without the pipe."""
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"text": "There sat Ada.", "spans": [{"start": 10, "end": 99, "label": "PERSON"}]}\n')
    for args, code in (
        (f"articles {corpus} --json", 0),
        (f"export {tmp_path}/none {tmp_path}/out --json", 1),
        (f"export {corpus} {tmp_path}/out --nonsense --json", 2),
        (f"import {rows} --corpus {tmp_path}/c --json", 3),
    ):
        assert shell(f"{RUN} {args}").returncode == code
        shutil.rmtree(tmp_path / "c", ignore_errors=True)
        result = shell(f"{{ sleep 0.3; {RUN} {args}; echo $? >&2; }} | true")
        assert result.stderr.splitlines()[-1] == b"%d" % code, args
        assert b"Traceback" not in result.stderr
        assert b"Exception ignored" not in result.stderr


def test_windows_means_wsl() -> None:
    """On Windows that is said before anything is loaded that exists on Unix alone."""
    code = (
        "import os, sys\nfrom annotator.cli.main import run\n"
        "sys.modules['fcntl'] = None\nos.name = 'nt'\nrun(['articles', 'x'])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert "install WSL and run Annotator in it" in result.stderr


LONG = "x" * 300


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("articles", LONG), "the name is too long; check the path"),
        (("articles", "CORPUS", "0", "--switch", "9" * 5000, "body"), "there is no line 9"),
        (("ingest", LONG, "--corpus", "new"), "the source cannot be read (file name too long)"),
        (("ingest", "PAGE", "--corpus", LONG), "the name is too long; check the path"),
        (("ingest", "PAGE", "--corpus", "CORPUS", "--schema", LONG + ".toml"), "the name is too long; check the path"),
    ],
)
def test_names_and_numbers_that_are_too_long(
    corpus: Path, page: Path, args: tuple[str, ...], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are one line that says what is wrong."""
    monkeypatch.chdir(corpus.parent)
    article = call("articles", corpus, "--json").json[0]["id"]
    known = {"CORPUS": str(corpus), "PAGE": str(page), "0": article}
    result = call(*(known.get(a, a) for a in args))
    assert result.code in {1, 2}
    assert result.err.count("\n") == 1
    assert message in result.err


def test_a_folder_whose_name_is_not_utf_8(tmp_path: Path) -> None:
    """It can be a source and a corpus; what is said and stored of it is text."""
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/m\xe9tro"))
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this file system takes no such names")
    (folder / "a.txt").write_text(PAGE)
    result = call("ingest", folder, "--corpus", folder / "news", "--json")
    assert (result.code, result.err) == (0, "")
    assert result.json["corpus"].endswith("m�tro/news")
    assert call("articles", folder / "news").code == 0
    assert call("ingest", folder / "a.txt", "--corpus", folder / "b\udce9").code == 0
    result = call("ingest", folder / "none", "--corpus", folder / "c")
    assert (result.code, "m�tro/none" in result.err) == (1, True)


def _closed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse to look into a folder or a file, as the system does for who has no right to."""
    real = {name: getattr(os, name) for name in ("stat", "scandir", "open")}

    def refusing(name: str) -> object:
        def refuse(where: object, *args: object, **kwargs: object) -> object:
            if str(where).startswith(str(path)) and (name != "stat" or str(where) != str(path)):
                raise PermissionError(errno.EACCES, "Permission denied", str(where))
            return real[name](where, *args, **kwargs)

        return refuse

    for name in real:
        monkeypatch.setattr(os, name, refusing(name))


def test_a_corpus_that_cannot_be_read(corpus: Path, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is bad input, with what to do: one line, exit 1."""
    _closed(corpus, monkeypatch)
    for args in (("articles", corpus), ("ingest", page, "--corpus", corpus)):
        result = call(*args)
        assert (result.code, result.out) == (1, "")
        assert result.err == (
            f"annotator: {corpus}: no permission to read here; ask the owner for it, or work on a copy of the folder\n"
        )


def test_a_folder_among_the_sources_that_cannot_be_read(
    tmp_path: Path, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told like any other source that fails; the rest goes in."""
    closed = tmp_path / "in" / "closed"
    closed.mkdir(parents=True)
    (tmp_path / "in" / "a.txt").write_bytes(page.read_bytes())
    _closed(closed, monkeypatch)
    result = call("ingest", tmp_path / "in", "--corpus", tmp_path / "news")
    assert (result.code, "1 article added" in result.out) == (3, True)
    message = "the source cannot be read (permission denied); check its permissions"
    assert result.err == f"annotator: {closed}: {message}\n"


@pytest.mark.parametrize("option", ["CORPUS", "--schema", "source"])
def test_click_leaves_rights_to_us(corpus: Path, page: Path, option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be read is bad input (1), not wrong usage (2)."""
    monkeypatch.setattr(os, "access", lambda *_args, **_more: False)
    result = call("articles", corpus) if option == "CORPUS" else call("ingest", page, "--corpus", corpus)
    if option == "--schema":
        schema = corpus.parent / "s.toml"
        schema.write_bytes((corpus / "schema.toml").read_bytes())
        result = call("ingest", page, "--corpus", corpus, "--schema", schema)
    assert result.code == 0, result.err


@pytest.mark.parametrize("options", [["--split", "100/0/0"], ["--format", "plain"]])
def test_an_export_on_a_full_disk(
    corpus: Path, tmp_path: Path, options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever cannot be written first, the message has a path and what to do."""
    annotate(corpus, "ana", "PERSON")

    def full(*_: object, **_more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for place in ("tempfile.mkdtemp", "annotator.workflows.shard_writer._append_json"):
        monkeypatch.setattr(place, full)
    result = call("export", corpus, tmp_path / "out", *options)
    assert result.code == 1
    assert str(tmp_path if "--split" in options else tempfile.gettempdir()) in result.err
    assert "free some space" in result.err
    assert "ANNOTATOR_DEBUG" not in result.err


@pytest.mark.parametrize("error", [OSError(errno.EIO, "Input/output error", "x"), ValueError("odd\nthing")])
def test_what_nobody_has_foreseen(corpus: Path, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is one line and exit 1 too; the whole of it on demand."""

    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr(CorpusFolder, "active_sentences", lambda *_: fail(_))
    result = call("articles", corpus)
    foreseen = "x: cannot go on here: the disk reports an error; check the disk, and keep a copy of the folder"
    message = foreseen if isinstance(error, OSError) else "odd thing"
    assert (result.code, result.out) == (1, "")
    assert result.err == f"annotator: {message}; set ANNOTATOR_DEBUG=1 to see where it comes from\n"
    monkeypatch.setenv("ANNOTATOR_DEBUG", "1")
    assert "Traceback" in call("articles", corpus).err


def test_what_a_terminal_is_shown() -> None:
    """Spaces and joiners are text; what commands, reorders or hides is not."""
    assert output.make_printable("30\u00a0000 to\u20093\u3000m\tx") == "30 000 to 3 m x"
    assert output.make_printable("👩\u200d🚀 co\u00adop ferry\ue000") == "👩\u200d🚀 co\u00adop ferry\ue000"
    bad = "\x1b\x7f\x9b\u202e\u2066\u200f\u061c\udce9\U000e0041"
    assert output.make_printable(f"a{bad}b") == f"a{'�' * len(bad)}b"


def test_json_can_not_command_a_terminal(tmp_path: Path) -> None:
    """Controls that JSON lets through raw, other tools' line ends and what turns the reading direction are escaped."""
    text = "Fog \x9b31m over\u202e the \x7f harbour \u2028 \u2029 \U000e0041 🛶 30\u00a0000"
    (tmp_path / "a.jsonl").write_bytes(orjson.dumps({"text": text}))
    call("ingest", tmp_path / "a.jsonl", "--corpus", tmp_path / "c")
    article = call("articles", tmp_path / "c", "--json").json[0]["id"]
    result = call("articles", tmp_path / "c", article, "--json")
    assert not {"\x9b", "\u202e", "\x7f", "\U000e0041", "\u2028", "\u2029"} & set(result.out)
    assert "🛶 30\u00a0000" in result.out
    assert result.json["lines"][0]["text"] == text
