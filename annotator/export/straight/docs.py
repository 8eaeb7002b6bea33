"""The straight writer for Docs of any kind: the same as the reference engine, without spaCy."""

from __future__ import annotations

from collections.abc import Iterable

from annotator.export import layout
from annotator.export.layout import USER_DATA
from annotator.export.packed import Packed, Told
from annotator.export.pieces import Piece, Stretch
from annotator.export.straight import msgpack
from annotator.export.straight.columns import Attrs
from annotator.export.straight.norms import norms
from annotator.export.straight.payload import Bin, Group
from annotator.export.wrong import INCORRECT, Wrong


def pack(
    units: Iterable[Stretch],
    key: str,
    on_progress: Told = lambda _: None,
    *,
    attrs: Attrs = Attrs.OWN,
    lang: str = "en",
    mark_inside: bool = True,
) -> tuple[Packed, bytes]:
    """Write a Doc of each stretch with its spans under ``key``, and return the counts and the file.

    ``told`` hears of each one's pieces; ``bounded`` is whether tokens inside a sentence say so. Raises
    CorpusError where stored tokens do not spell their sentence.
    """
    packed, out = Packed(), Bin(attrs, norms(lang) if attrs is Attrs.FULL else None, mark_inside)
    for unit in units:
        wrong = add(out, unit, key)
        packed.add_doc(unit, out.last_doc_length, wrong)
        on_progress(sum(p.reviewed for p in unit))
    return packed, out.to_bytes()


def add(out: Bin, unit: Stretch, key: str) -> int:
    """Add the Doc of a stretch and return how many known-wrong spans it has."""
    made = layout.layout(unit)
    places = _places(made.words, made.spaces)
    groups = [(key, _group(layout.spans(unit, made.first_tokens), places))]
    wrong = layout.wrong(unit, made.first_tokens)
    if wrong:
        groups.append((INCORRECT, _group(wrong, places)))
    out.add(
        made.words,
        made.spaces,
        [(first, end, label) for (first, end), label in layout.ents(unit, made.first_tokens)],
        groups,
        starts=made.first_tokens,
        missing=layout.missing(unit, made),
        user_data=_user_data(unit, made) if out.attrs is Attrs.OWN else b"",
    )
    return len(wrong)


def _user_data(unit: tuple[Piece, ...], laid_out: layout.Layout) -> bytes:
    return msgpack.pack({USER_DATA: layout.user_data(unit, laid_out)})


def _places(words: Iterable[str], spaces: Iterable[bool]) -> list[tuple[int, int]]:
    """Return where each token starts and ends, in code points of the Doc."""
    out, at = [], 0
    for word, ws in zip(words, spaces, strict=True):
        out.append((at, at + len(word)))
        at += len(word) + ws
    return out


def _group(spans: Iterable[Wrong], token_ranges: list[tuple[int, int]]) -> Group:
    return [(label, first, end, token_ranges[first][0], token_ranges[end - 1][1]) for (first, end), label in spans]
