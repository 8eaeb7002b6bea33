"""How a part is cut into files, so that neither writing nor training needs all of it in memory.

A part of at most ``size`` Docs is one file, ``train.spacy``; a bigger one is a folder of files,
``train/00000.spacy`` and on, which ``spacy train`` reads one after the other, in their order.
"""

from __future__ import annotations

from collections.abc import Iterator


def shard_files(name: str, docs: int, size: int) -> Iterator[tuple[str, int, int]]:
    """Yield for each file of a part its name, its first Doc and the one after its last."""
    if docs <= size:
        yield f"{name}.spacy", 0, docs
        return
    for n, first in enumerate(range(0, docs, size)):
        yield f"{name}/{n:05}.spacy", first, min(docs, first + size)


def shard_path(name: str, docs: int, size: int) -> str:
    """Return what a config names to read a part: its file, or the folder of its shards."""
    return f"{name}.spacy" if docs <= size else name
