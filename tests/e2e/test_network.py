"""Nothing here needs the network, and nothing tries to use it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_SCRIPT = """
import asyncio, socket, sys
from pathlib import Path
from annotator.session.annotation_controller import AnnotationController
from annotator.storage.user_files import user_sample_corpus
from tests import builders
from tests.app_pilot import running_app
from tests.cli.command_runner import call
from tests.tui.test_tour import through_the_sample

USES = {f"socket.{x}" for x in ("connect", "bind", "sendto", "sendmsg", "getaddrinfo", "gethostbyname")}
tried = []

def forbid(event, arguments):
    # urllib3, which the extraction of pages imports, looks once whether this machine knows IPv6.
    if event in USES and not (event == "socket.bind" and arguments[1] == ("::1", 0)):
        tried.append((event, str(arguments)))
        raise OSError("the network is forbidden")

async def look(path):
    async with running_app(path) as d:
        await d.press("question_mark", "escape", "at", "escape", "slash", "a", "escape", "enter")

sys.addaudithook(forbid)
try:
    socket.getaddrinfo("localhost", 80)
except OSError:
    tried.clear()
else:
    raise AssertionError("the network is not forbidden")
sample = user_sample_corpus()
session = builders.open_session(sample)
controller = AnnotationController(session)
controller.dispatch("tour")
through_the_sample(controller)
session.close()
asyncio.run(look(sample))
page = Path(sys.argv[1], "page.html")
page.write_text('<html><img src="http://example.org/x.png"><p>Boats <a href="http://example.org">left</a> early.</p>')
out = Path(sys.argv[1], "out")
for command in (
    ("ingest", page, "--corpus", sample), ("suggest", sample, "--rules"), ("check", sample),
    ("export", sample, out, "--split", "100/0/0", "--annotator", "ana"),
    ("export", sample, out / "html", "--format", "huggingface"),
):
    result = call(*command)
    assert result.code in {0, 3}, result.err
assert not tried, tried
"""


def test_the_tour_and_an_export_run_without_the_network(tmp_path: Path) -> None:
    """With every use of a socket forbidden, the tour, the app, an ingested page and exports go on, and none tries."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "ANNOTATOR_HOME": str(tmp_path / "home")}
    arguments = [sys.executable, "-c", _SCRIPT, tmp_path]
    run = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
