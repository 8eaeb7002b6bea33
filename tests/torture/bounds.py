"""Work within bounds: processor time and memory that one trial may take."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

MAX_MEMORY = 512 * 2**20
"""Bytes by which one trial may let the process grow."""


class TooMuchWorkError(BaseException):
    """The time is used up; the traceback has the place. No handler of errors may catch it."""


def _stop(_: int, __: FrameType | None) -> None:
    raise TooMuchWorkError("the processor time is used up")


@contextmanager
def bounded_work(seconds: float) -> Iterator[None]:
    """Raise after so many seconds of processor time, or if the memory has grown too much at the end."""
    before, handler = _most_memory(), signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    except TooMuchWorkError as error:
        raise AssertionError(f"more than {seconds:g} s of processor time") from error
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, handler)
    grown = _most_memory() - before
    assert grown < MAX_MEMORY, f"the memory has grown by {grown // 2**20} MB"


def _most_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
