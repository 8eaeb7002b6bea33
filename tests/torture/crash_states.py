"""What a crash may leave of a folder: recorded system calls, and the states of the disk that they allow.

A write is on the disk when its file was synced, a name when its folder was: until then each may be there whole,
in part or not at all, its bytes as zeros too. A state is put together from the calls before the crash and written
to another folder, where the real program opens it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from unittest import mock


class Call(NamedTuple):
    """One recorded call on a file or a folder, by the number that the recorder has given to it."""

    kind: str
    """``write``, ``cut``, ``sync``, ``name``, ``remove``, ``rename``, or ``done``: the program acknowledges a step."""
    node: int = 0
    name: str = ""
    child: int = 0
    """What gets the name."""
    old_name: str = ""
    at: int = 0
    """The byte of a write, the size of a cut."""
    data: bytes = b""


Disk = dict[int, bytes | dict[str, int]]
"""By number a file's bytes, or a folder's names with the numbers of what they name; 0 is the folder of all."""


class Recorder:
    """Records the calls on everything in a folder while the program runs."""

    def __init__(self, root: Path) -> None:
        """Take what is there now as being on the disk."""
        self.root = root
        self.calls: list[Call] = []
        self.start: Disk = {}
        self._numbers: dict[int, int] = {}
        self._descriptors: dict[int, int] = {}
        self._take_in(root)

    def _take_in(self, path: Path) -> int:
        number = self._number(path)
        if path.is_dir():
            self.start[number] = {p.name: self._take_in(p) for p in sorted(path.iterdir())}
        else:
            self.start[number] = path.read_bytes()
        return number

    def _number(self, path: Path) -> int:
        """Give a number to a new file or folder; the system may give the inode of a removed one to it."""
        number = len(self.start)
        self.start[number] = {} if path.is_dir() else b""
        self._numbers[path.stat().st_ino] = number
        return number

    def acknowledge(self) -> None:
        """Note that the program has acknowledged one more step."""
        self.calls.append(Call("done"))

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record until the end of the block."""
        wrappers = {
            "open": self._opened, "close": self._closed, "write": self._written, "pwrite": self._written,
            "ftruncate": self._cut, "fsync": self._synced, "fdatasync": self._synced, "mkdir": self._made,
            "replace": self._renamed, "rename": self._renamed, "unlink": self._removed, "rmdir": self._removed,
        }  # fmt: skip
        with ExitStack() as stack:
            for name, wrapper in wrappers.items():
                call = _bound(wrapper, getattr(os, name))
                stack.enter_context(mock.patch.object(os, name, call))
            yield

    def _folder_of(self, path: Path) -> int:
        return self._numbers[path.parent.stat().st_ino]

    def _place(self, path: Any) -> Path | None:
        """Return a path in the folder; None for one outside."""
        place = Path(os.fsdecode(path))
        return place if place == self.root or self.root in place.parents else None

    def _add_name(self, place: Path) -> None:
        self.calls.append(Call("name", self._folder_of(place), place.name, self._number(place)))

    def _opened(self, real: Any, path: Any, *args: Any, **options: Any) -> Any:
        place = self._place(path)
        is_new = place is not None and not place.exists()
        fd = real(path, *args, **options)
        if place is not None:
            if is_new:
                self._add_name(place)
            self._descriptors[fd] = self._numbers[os.fstat(fd).st_ino]
        return fd

    def _closed(self, real: Any, fd: int) -> None:
        self._descriptors.pop(fd, None)
        real(fd)

    def _written(self, real: Any, fd: int, data: Any, *at: int) -> Any:
        written = real(fd, data, *at)
        if fd in self._descriptors:
            start = at[0] if at else os.lseek(fd, 0, os.SEEK_CUR) - written
            self.calls.append(Call("write", self._descriptors[fd], at=start, data=bytes(data[:written])))
        return written

    def _cut(self, real: Any, fd: int, size: int) -> None:
        real(fd, size)
        if fd in self._descriptors:
            self.calls.append(Call("cut", self._descriptors[fd], at=size))

    def _synced(self, real: Any, fd: int) -> None:
        real(fd)
        if fd in self._descriptors:
            self.calls.append(Call("sync", self._descriptors[fd]))

    def _made(self, real: Any, path: Any, *args: Any, **options: Any) -> None:
        real(path, *args, **options)
        if place := self._place(path):
            self._add_name(place)

    def _renamed(self, real: Any, path: Any, to: Any, **options: Any) -> None:
        old, new = self._place(path), self._place(to)
        number = self._numbers[old.stat().st_ino] if old else 0
        real(path, to, **options)
        if old and new:
            assert old.parent == new.parent, "a move to another folder is not modelled"
            self.calls.append(Call("rename", self._folder_of(new), new.name, number, old.name))

    def _removed(self, real: Any, path: Any, **options: Any) -> None:
        real(path, **options)
        if place := self._place(path):
            self.calls.append(Call("remove", self._folder_of(place), place.name))


def _bound(wrapper: Any, real: Any) -> Any:
    return lambda *args, **options: wrapper(real, *args, **options)


def crash_state(recorder: Recorder, calls: int, random: Random) -> Disk:
    """Return what a crash after so many calls may leave on the disk."""
    disk = dict(recorder.start)
    pending: dict[int, list[Call]] = {number: [] for number in disk}
    for call in recorder.calls[:calls]:
        if call.kind == "sync":
            disk[call.node] = _applied(disk[call.node], pending[call.node])
            pending[call.node] = []
        elif call.kind != "done":
            pending[call.node].append(call)
    return {n: _applied(node, _survivors(pending[n], random)) for n, node in disk.items()}


def final_state(recorder: Recorder) -> Disk:
    """Return what is there when every call has reached the disk."""
    disk = dict(recorder.start)
    for n, node in recorder.start.items():
        disk[n] = _applied(node, [c for c in recorder.calls if c.node == n and c.kind not in {"sync", "done"}])
    return disk


def _survivors(calls: list[Call], random: Random) -> list[Call]:
    """Return those of the calls after the last sync that reach the disk: none, all, the first, or any of the names."""
    if not calls or (luck := random.random()) < 0.3:
        return []
    if luck < 0.5:
        return calls
    if calls[0].kind in {"name", "remove", "rename"}:
        return [c for c in calls if random.random() < 0.5]
    kept = calls[: random.randint(1, len(calls))]
    last = kept[-1]
    if last.kind == "write":
        size = random.randint(0, len(last.data))
        zeros = bytes(len(last.data) - size) if random.random() < 0.3 else b""
        kept[-1] = last._replace(data=last.data[:size] + zeros)
    return kept


def _applied(node: bytes | dict[str, int], calls: list[Call]) -> bytes | dict[str, int]:
    """Return a file or a folder after these calls."""
    if isinstance(node, bytes):
        data = bytearray(node)
        for call in calls:
            if call.kind == "cut":
                data = data[: call.at] + bytes(max(0, call.at - len(data)))
            else:
                data += bytes(max(0, call.at - len(data)))
                data[call.at : call.at + len(call.data)] = call.data
        return bytes(data)
    names = dict(node)
    for call in calls:
        names.pop(call.old_name, None)
        names.pop(call.name, None)
        if call.kind != "remove":
            names[call.name] = call.child
    return names


def write_state(disk: Disk, folder: Path, number: int = 0) -> None:
    """Write a state of the disk to an empty folder."""
    names = disk[number]
    assert isinstance(names, dict)
    for name, child in names.items():
        if isinstance(data := disk[child], bytes):
            (folder / name).write_bytes(data)
        else:
            (folder / name).mkdir()
            write_state(disk, folder / name, child)


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by their paths in it."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
