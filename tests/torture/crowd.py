"""Annotators in processes of their own: ``python -m tests.torture.crowd SEED TASKS CORPUS…``.

Each sentence is the task of two annotators; the first half of them work in the first corpus, the others in the
last. Some are killed with -9 at a random moment and begin again. Prints each ``name seq`` once it is saved.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from annotator.core.annotation import Answer
from annotator.core.edits import apply_suggestions
from annotator.core.spans import Span
from tests import builders

ANNOTATORS = tuple(f"a{n:02d}" for n in range(20))
KILLED = 4


def tasks_of(number: int, tasks: int) -> list[int]:
    """Return the numbers of the sentences of an annotator."""
    return [t for t in range(tasks) if number in {t % 20, (t + 1 + t // 20 % 19) % 20}]


def _annotate(corpus: Path, number: int, tasks: int, out: int) -> None:
    """Accept what is not done of the tasks, each with a span on its first word."""
    session = builders.open_session(corpus, name=ANNOTATORS[number])
    sentences = [(a, i) for a in session.queue for i in range(len(session.sentences_of(a)))]
    for task in tasks_of(number, tasks):
        article, i = sentences[task]
        annotated = session.sentences_of(article)[i]
        if annotated.annotation.answer is None:
            first = annotated.sentence.tokens[0]
            spans = [Span(first.start, first.end, "PERSON")]
            session.apply_edit(apply_suggestions(annotated, spans, session.schema, Answer.ACCEPT))
            assert session.flush(60), session.banner
            os.write(out, f"{ANNOTATORS[number]} {session._seq}\n".encode())
    assert session.close()


def _begin(corpus: Path, number: int, tasks: int) -> int:
    """Fork an annotator; return its process id."""
    pid = os.fork()
    if not pid:
        code = 1
        try:
            _annotate(corpus, number, tasks, sys.stdout.fileno())
            code = 0
        finally:
            os._exit(code)
    return pid


def main(arguments: Sequence[str]) -> int:
    """Let them work; return 1 if one has ended with an error."""
    rnd, tasks, corpora = random.Random(arguments[0]), int(arguments[1]), [Path(c) for c in arguments[2:]]
    where = {n: corpora[n * len(corpora) // len(ANNOTATORS)] for n in range(len(ANNOTATORS))}
    running = {n: _begin(where[n], n, tasks) for n in where}
    failed = False
    for n in rnd.sample(range(len(ANNOTATORS)), KILLED):
        time.sleep(rnd.random() * tasks / 2000)
        os.kill(running[n], signal.SIGKILL)
        os.waitpid(running[n], 0)
        running[n] = _begin(where[n], n, tasks)
    for pid in running.values():
        failed |= os.waitpid(pid, 0)[1] != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
