"""How often control passes from one file of the package to another, on five journeys of the sample's data.

``python -m tests.benchmarks.journeys [--list N]`` counts the calls (also a generator that goes on) whose
nearest caller within the package is another file: what a reader of the code has to follow. ``--list`` shows
the N most frequent ones of each journey. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from annotator.session import action as act
from annotator.session.annotation_controller import AnnotationController
from annotator.workflows.corpus import Corpus
from tests import builders

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = f"{ROOT / 'annotator'}/"
Changes = Counter[tuple[str, str, str]]
"""By (file of the caller, file of the function, function), how often it was called."""


@contextmanager
def counted(changes: Changes) -> Iterator[None]:
    """Count the changes of file while the block lasts."""

    def profile(frame: FrameType, event: str, _: object) -> None:
        here = frame.f_code.co_filename
        if event != "call" or not here.startswith(PACKAGE):
            return
        caller = frame.f_back
        while caller and not caller.f_code.co_filename.startswith(PACKAGE):
            caller = caller.f_back
        if caller and caller.f_code.co_filename != here:
            names = (x.removeprefix(PACKAGE) for x in (caller.f_code.co_filename, here))
            changes[(*names, frame.f_code.co_name)] += 1

    sys.setprofile(profile)
    try:
        yield
    finally:
        sys.setprofile(None)


def main() -> None:
    """Make the journeys and print how often they change the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", type=int, default=0)
    shown = parser.parse_args().list
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        sample = Path(folder) / "sample"
        shutil.copytree(ROOT / "corpus", sample)
        for name, run in journeys(sample, Path(folder)).items():
            changes: Changes = Counter()
            with counted(changes):
                run()
            figures[name] = changes.total()
            for (caller, called, function), n in changes.most_common(shown):
                print(f"{name}: {n:6} {caller} → {called} {function}")
    print(json.dumps(figures))


def journeys(sample: Path, folder: Path) -> dict[str, Callable[[], object]]:
    """Return the journeys by name, ready to be made one after the other."""
    page = min(p for p in (sample / "sources").rglob("*") if p.is_file())
    session = builders.open_session(sample, name="journey")
    controller = AnnotationController(session)

    def key_to_journal() -> None:
        controller.dispatch(act.SelectTokens(0, 1))
        controller.dispatch(act.PressLabel(session.schema.labels[0].name))
        assert session.close()

    return {
        "page to sentence": lambda: Corpus.create(folder / "new", schema="news").ingest([page]),
        "suggestion to screen": controller.state,
        "key to journal": key_to_journal,
        "journal to state": lambda: builders.open_session(sample, name="guide"),
        "annotation to DocBin": lambda: Corpus.open(sample).export(folder / "out"),
    }


if __name__ == "__main__":
    main()
