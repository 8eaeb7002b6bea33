"""The edits that can be undone and done again, without a limit: those far down are packed.

A day's work is thousands of edits, and each in plain values takes more than a kilobyte. Packed, 64 of them share
one compressed block of bytes, which an undo that reaches them unpacks.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Struct

from annotator.core.annotation import AnnotatedSentence, Annotation
from annotator.core.article import Sentence
from annotator.core.edits import Edit, Op

_BLOCK = 64
"""How many edits are packed together."""
_UNPACKED = 256
"""At least so many edits on top are never packed: what is undone is nearly always among them."""


class _PackedEdit(Struct, frozen=True, gc=False, array_like=True):
    """An edit as it is packed: each sentence by its number in the block; its message is not kept."""

    op: Op
    before: tuple[tuple[int, Annotation], ...]
    after: tuple[tuple[int, Annotation], ...]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(tuple[_PackedEdit, ...])


class _Block(Struct, frozen=True):
    """Edits in little memory; the sentences, with their tokens, are those that the store has anyway."""

    sentences: tuple[Sentence, ...]
    packed: bytes

    @classmethod
    def of(cls, edits: Sequence[Edit]) -> _Block:
        sentences: list[Sentence] = []
        numbers: dict[int, int] = {}

        def numbered(side: Sequence[AnnotatedSentence]) -> tuple[tuple[int, Annotation], ...]:
            for annotated in side:
                if numbers.setdefault(id(annotated.sentence), len(sentences)) == len(sentences):
                    sentences.append(annotated.sentence)
            return tuple((numbers[id(w.sentence)], w.annotation) for w in side)

        packed = [_PackedEdit(e.op, numbered(e.before), numbered(e.after)) for e in edits]
        return cls(tuple(sentences), zlib.compress(_encoder.encode(packed), 1))

    def edits(self) -> list[Edit]:
        def annotated(side: Sequence[tuple[int, Annotation]]) -> tuple[AnnotatedSentence, ...]:
            return tuple(AnnotatedSentence(self.sentences[i], annotation) for i, annotation in side)

        packed = _decoder.decode(zlib.decompress(self.packed))
        return [Edit(e.op, annotated(e.before), annotated(e.after)) for e in packed]


class EditStack:
    """A stack of edits, iterated from the oldest to the top."""

    def __init__(self) -> None:
        """Start empty."""
        self._blocks: list[_Block] = []
        """The oldest edits."""
        self._edits: list[Edit] = []

    def __len__(self) -> int:
        return len(self._blocks) * _BLOCK + len(self._edits)

    def __iter__(self) -> Iterator[Edit]:
        for block in self._blocks:
            yield from block.edits()
        yield from self._edits

    def push(self, edit: Edit) -> None:
        """Put an edit on top."""
        self._edits.append(edit)

    def top(self) -> Edit | None:
        """Return the edit on top, or None where there is none."""
        if not self._edits and self._blocks:
            self._edits = self._blocks.pop().edits()
        return self._edits[-1] if self._edits else None

    def pop(self) -> Edit | None:
        """Take the edit on top off and return it, or None where there is none."""
        return self._edits.pop() if self.top() else None

    def clear(self) -> None:
        """Remove all edits."""
        self._blocks.clear()
        self._edits.clear()

    def pack(self) -> None:
        """Pack some of the oldest edits, if so many are not packed yet (about 1 ms)."""
        if len(self._edits) >= _UNPACKED + _BLOCK:
            self._blocks.append(_Block.of(self._edits[:_BLOCK]))
            del self._edits[:_BLOCK]


class History:
    """The edits that can be undone, the last one on top, and those that can be done again."""

    def __init__(self) -> None:
        """Start with nothing done."""
        self.done = EditStack()
        self.undone = EditStack()

    def record_edit(self, edit: Edit) -> None:
        """Note a new edit; what was undone before it can't be done again any more."""
        self.done.push(edit)
        self.undone.clear()

    def undo(self) -> Edit | None:
        """Return the edit that takes the last one back, or None where there is none."""
        edit = self.done.pop()
        if edit is None:
            return None
        self.undone.push(edit)
        return edit.inverse()

    def redo(self) -> Edit | None:
        """Return the edit that was last taken back, or None where there is none."""
        edit = self.undone.pop()
        if edit is not None:
            self.done.push(edit)
        return edit
