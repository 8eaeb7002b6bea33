"""Trials of what surrounds a corpus: clocks, copies, names, other users."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import unicodedata
from collections import Counter
from pathlib import Path
from random import Random

from annotator.core.annotation import Answer
from annotator.core.edits import set_answer
from annotator.core.spans import Span
from annotator.formats.document import ConversionLog, Document
from annotator.formats.registry import FORMATS, load_format
from annotator.session.session import AnnotationSession
from annotator.storage.journal import Journal
from tests import builders
from tests.cli.command_runner import call
from tests.torture.rows import Trial, torture_row

ROOT = Path(__file__).resolve().parents[2]


def _decide(session: AnnotationSession, random: Random) -> tuple[str, Answer]:
    """Answer a random sentence; return its id and the answer."""
    annotated = random.choice(session.sentences_of(random.choice(session.queue)))
    answer = random.choice(list(Answer))
    session.apply_edit(set_answer(annotated, answer))
    return annotated.sentence.id, answer


# -- clocks ----------------------------------------------------------------------------------------

_JUMPS = (-3e8, -86400.0, -1.0, 0.0, 0.5, 60.0, 3e8, 4e9)


@torture_row("clocks", small=6, large=1000)
def clocks(trial: Trial) -> str:
    """Set the clock back and far forward in the middle of work: the last decision counts, and every command works."""
    corpus, last, now = builders.make_corpus(trial.folder / "news"), dict[str, Answer](), [1.7e9]

    def clock() -> float:
        now[0] = max(0.0, min(2e11, now[0] + trial.random.choice(_JUMPS)))
        return now[0]

    for _ in range(2):
        session = builders.open_session(corpus)
        session._clock = clock
        last.update(_decide(session, trial.random) for _ in range(6))
        session.undo()
        session.redo()
        if not session.close():
            return f"not saved: {session.banner}"
    session = builders.open_session(corpus)
    found = {a.sentence.id: a.annotation.answer for x in session.queue for a in session.sentences_of(x)}
    session.close()
    if wrong := {k: found[k] for k in last if found[k] is not last[k]}:
        return f"{wrong} are there, the last decisions are {last}"
    for command in (("stats",), ("check",), ("export", trial.folder / "out", "--format", "prodigy")):
        result = call(command[0], corpus.path, *command[1:])
        if result.code not in {0, 3} and "nothing" not in result.err:
            return f"{command[0]} ends with {result.code}: {result.err}"
    return ""


# -- copies ----------------------------------------------------------------------------------------


def _copy_by_git(corpus: Path, copy: Path) -> None:
    who = ["-c", "user.name=ana", "-c", "user.email=ana@example.org", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "now"]):
        subprocess.run(["git", "-C", corpus, *who, *arguments], check=True, capture_output=True)
    subprocess.run(["git", "clone", "-q", corpus, copy], check=True, capture_output=True)


def _copy_by_cp(corpus: Path, copy: Path) -> None:
    subprocess.run(["cp", "-r", corpus, copy], check=True, capture_output=True)


def _copy_as_rsync(corpus: Path, copy: Path) -> None:
    """Copy three times what has another size or time by now, each file under another name that is then changed."""
    for _ in range(3):
        for path in sorted(p for p in corpus.rglob("*") if p.is_file()):
            target, now = copy / path.relative_to(corpus), path.stat()
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists() and (now.st_size, now.st_mtime) == (target.stat().st_size, target.stat().st_mtime):
                continue
            beside = target.with_name(f".{target.name}.XXXXXX")
            shutil.copyfile(path, beside)
            os.utime(beside, (now.st_atime, now.st_mtime))
            beside.rename(target)


_COPIES = (_copy_by_cp, _copy_as_rsync, _copy_by_git)


@torture_row("copied-in-work", small=6, large=500)
def copied_in_work(trial: Trial) -> str:
    """Copy a corpus or add it to git in the middle of writes: the copy has all that was saved, and opens."""
    corpus, copy = trial.folder / "news", trial.folder / "copy"
    session = builders.open_session(builders.make_corpus(corpus))
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            _decide(session, trial.random)
            session.flush()

    for _ in range(5):
        _decide(session, trial.random)
    session.flush()
    saved = session._seq
    thread = threading.Thread(target=work)
    thread.start()
    try:
        make_copy = _COPIES[trial.number % 3]
        make_copy(corpus, copy)
    finally:
        stop.set()
        thread.join()
        session.close()
    with Journal.open(copy, "ana") as journal:
        found, damaged = [r.seq for r in journal.records], journal.damaged
    if damaged or len(found) < saved or found != list(range(1, len(found) + 1)):
        return f"{make_copy.__name__}: {saved} records were saved before, found are {found}, damaged {damaged}"
    other = builders.open_session(copy)
    _decide(other, trial.random)
    if not other.close():
        return f"{make_copy.__name__}: the copy cannot be worked on: {other.banner}"
    return ""


# -- names that differ in case or in composition ----------------------------------------------------

_NAMES = ("report", "straße", "café", "İzmir", "ﬁle", "con", "a.b", "x y")


@torture_row("name-clashes", small=20, large=1000)
def name_clashes(trial: Trial) -> str:
    """Export documents whose names differ in case or composition alone: no two files are one on any disk."""
    name = trial.random.choice([n for n, info in FORMATS.items() if info.can_write])
    change = (str, str.upper, str.title, str.casefold, lambda x: unicodedata.normalize("NFD", x))
    ids = {trial.random.choice(change)(trial.random.choice(_NAMES)) for _ in range(12)}
    documents = [Document(f"Ida met {i}.", (Span(0, 3, "P"),), id=i, where=i) for i in sorted(ids)]
    files = load_format(name).write(documents, trial.folder / "out", ConversionLog())
    keys = Counter(unicodedata.normalize("NFC", str(f)).casefold() for f in files)
    return "" if max(keys.values()) == 1 else f"{name}: {[k for k, n in keys.items() if n > 1]}"


# -- other users ---------------------------------------------------------------------------------------

_AS_USERS = """
import os, sys
from pathlib import Path
from annotator.core.annotation import Answer
from annotator.core.edits import set_answer
from annotator.core.errors import AnnotatorError
from tests import builders
from tests.cli.command_runner import call

folder, mask = Path(sys.argv[1]), int(sys.argv[2], 8)

def work(corpus, name):
    try:
        session = builders.open_session(corpus, name=name)
        session.apply_edit(set_answer(session.annotated, Answer.ACCEPT))
        saved = session.close()
        return "saved" if saved else "not saved: " + session.banner
    except AnnotatorError as error:
        return "refused: " + str(error)

def use(name):
    corpus = folder / "shared" / "news"
    if name == "ana":
        builders.make_corpus(corpus)
    print(name, work(corpus, name), flush=True)
    for command in (("check", corpus), ("export", corpus, folder / name, "--format", "plain", "--annotator", name)):
        result = call(*command)
        if result.code not in (0, 3):
            print(name, command[0], result.code, result.err.replace("\\n", " "), flush=True)

# What is loaded late is loaded now: the interpreter's folder may be closed to other users.
builders.make_corpus(folder / "first")
work(folder / "first", "ana")
call("check", folder / "first")
call("export", folder / "first", folder / "first-out", "--format", "plain")
for name, uid, groups in (("ana", 20001, [20000]), ("bo", 20002, [20000]), ("eve", 20003, [20009])):
    (folder / name).mkdir()
    os.chown(folder / name, uid, groups[0])
    pid = os.fork()
    if not pid:
        try:
            os.environ["ANNOTATOR_HOME"] = str(folder / name / "home")
            os.setgroups(groups)
            os.setegid(groups[0])
            os.seteuid(uid)
            os.umask(mask)
            use(name)
        except BaseException as error:
            print(name, "failed", repr(error), flush=True)
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
"""


@torture_row("other-users", small=2, large=30)
def other_users(trial: Trial) -> str:
    """Share a folder with a group: members work side by side, and all others get a clear error; needs root."""
    if os.geteuid() != 0:
        return ""
    mask = ("007", "077")[trial.number % 2]
    with tempfile.TemporaryDirectory(dir="/tmp") as place:  # the folder of the trial may be closed to others
        folder, shared = Path(place), Path(place, "shared")
        folder.chmod(0o755)
        shared.mkdir()
        os.chown(shared, 20001, 20000)
        shared.chmod(0o2770)
        arguments = [sys.executable, "-c", _AS_USERS, folder, mask]
        run = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    said = run.stdout.splitlines()
    wanted = {"ana": "saved", "bo": "saved" if mask == "007" else "refused", "eve": "refused"}
    for name, outcome in wanted.items():
        lines = [line for line in said if line.startswith(f"{name} ")]
        if not lines or not lines[0].startswith(f"{name} {outcome}") or (outcome == "saved" and len(lines) > 1):
            return f"umask {mask}: {said} {run.stderr[-500:]}"
        if any("failed" in line or "ANNOTATOR_DEBUG" in line for line in lines):
            return f"umask {mask}: {said}"
    return ""
