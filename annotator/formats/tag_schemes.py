"""Tags of the CoNLL family: which scheme they follow, and the spans that they mark.

One reading serves all schemes: a span opens at B, S, U, or where I, E, L follow nothing of their
label; it closes after E, L, S, U, or before what opens the next (as ``conlleval`` reads IOB1 and
IOB2 alike). So the scheme decides nothing; it is reported, and what breaks its rules is counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct, field

from annotator.core.spans import Span
from annotator.core.tokens import Token, token_range

# Tags that are numbers, in files that don't name the numbers.


TagNames = Mapping[int, str]
"""What numbered tags mean; an empty text is ``O``."""

NO_TAG_NAMES: TagNames = MappingProxyType({})
PADDING_TAG = -100
"""What trainers write at places that no loss is taken of."""
_SHOWN_NUMBERS = 40


def tag_names_in_map(pairs: Mapping[str, str]) -> dict[int, str]:
    """Return the names of numbers in ``--map``."""
    return {int(k): v for k, v in pairs.items() if k.isascii() and k.isdecimal() and len(k) < 5}


def unnamed_tags_message(counts: Mapping[int, int], names: TagNames) -> tuple[str, str] | None:
    """Return a message on numbers without a name, and what to do; None where all have one.

    ``counts`` has how often each number occurs.
    """
    unnamed = sorted(n for n in counts if n not in names and n != PADDING_TAG)
    if not unnamed:
        return None
    there = ", ".join(f"{n} ({counts[n]:,})" for n in unnamed[:_SHOWN_NUMBERS])
    more = f" and {len(unnamed) - _SHOWN_NUMBERS} more" if len(unnamed) > _SHOWN_NUMBERS else ""
    every = sorted({*names, *unnamed})[:_SHOWN_NUMBERS]
    line = ",".join(f"{n}={names.get(n, '') or 'O' * (n == 0)}" for n in every)
    return (
        f"are numbers, and the file has no names for them: {there}{more}",
        f"give --map {line} (fill in O, B-PERSON, I-PERSON and so on; empty is O)",
    )


def tag_by_number(value: str, names: TagNames) -> str:
    """Return the name of a tag that is written as a number; any other as it is."""
    number = int(value) if value.lstrip("-").isascii() and value.lstrip("-").isdecimal() else None
    if number == PADDING_TAG:
        return "O"
    return value if number is None or number not in names else names[number] or "O"


OUTSIDE_TAGS = frozenset({"O", "_", "-"})
DEFAULT_LABEL = "SPAN"
"""The label of tags that are nothing but B and I."""

CHUNK_TYPES = frozenset(
    ("ADJP", "ADVP", "CONJP", "INTJ", "LST", "NP", "PP", "PRT", "SBAR", "UCP", "VP", "NC", "PC", "VC")
)
"""The phrases of CoNLL-2000, and those of the German part of CoNLL-2003: no labels of spans where there are others."""

_PREFIXED_TAG = re.compile(r"([BIESLUMW])(?:-(.+))?", re.DOTALL)
_PREFIX_KINDS = {"B": "B", "I": "I", "M": "I", "E": "E", "L": "E", "S": "S", "U": "S", "W": "S"}


class ParsedTag(Struct, frozen=True):
    """A tag without its dress: ``kind`` is O, B, I, E or S."""

    kind: str
    label: str = ""


class TagChunk(Struct, frozen=True):
    """A labelled run of rows, ``[first, last)``."""

    first: int
    last: int
    label: str


OUTSIDE_TAG = ParsedTag("O")


def is_tag(value: str) -> bool:
    """Return True if this is ``O``, nothing, or has a scheme's prefix."""
    return value in OUTSIDE_TAGS or bool(_PREFIXED_TAG.fullmatch(value))


def parse_tag(value: str, *, bare: bool = False) -> ParsedTag:
    """Return the tag; ``bare`` ones are labels without prefix and open no span of their own."""
    if value in OUTSIDE_TAGS:
        return OUTSIDE_TAG
    if bare:
        return ParsedTag("I", value)
    fits = _PREFIXED_TAG.fullmatch(value)
    return ParsedTag(_PREFIX_KINDS[fits[1]], fits[2] or DEFAULT_LABEL) if fits else OUTSIDE_TAG


def tag_prefix(value: str) -> str:
    """Return the prefix of a tag, ``O`` for what marks nothing."""
    return "O" if value in OUTSIDE_TAGS else value[0]


def tag_chunks(tags: Sequence[ParsedTag]) -> list[TagChunk]:
    """Return the spans of one sentence."""
    out: list[TagChunk] = []
    opened: int | None = None
    for n, tag in enumerate([*tags, OUTSIDE_TAG]):
        last = tags[n - 1] if n else OUTSIDE_TAG
        is_closed = tag.kind in "OBS" or tag.label != last.label or last.kind in "ES"
        if opened is not None and is_closed:
            out.append(TagChunk(opened, n, last.label))
            opened = None
        if opened is None and tag.kind != "O":
            opened = n
    return out


def tag_lanes(tags: Sequence[str]) -> list[list[str]]:
    """Return the tags of one sentence, a list for each span that a row may be in.

    Nested spans share a cell in some files: ``I-ORG|B-LOC``. There each label has a lane of its own, and the
    second tag of a label in one cell another one.
    """
    cells = [_cell_tags(tag) if "|" in tag else [tag] for tag in tags]
    if all(len(cell) == 1 for cell in cells):
        return [list(tags)]
    lanes: dict[tuple[str, int], list[str]] = {}
    for n, cell in enumerate(cells):
        seen = Counter[str]()
        for tag in (t for t in cell if t not in OUTSIDE_TAGS):
            label = parse_tag(tag).label
            lanes.setdefault((label, seen[label]), ["O"] * len(tags))[n] = tag
            seen[label] += 1
    return list(lanes.values())


def _cell_tags(value: str) -> list[str]:
    """Return the tags that a cell holds: several where each part between bars has a prefix and a label."""
    parts = value.split("|")
    fits = [_PREFIXED_TAG.fullmatch(part) for part in parts]
    return parts if all(f and f[2] for f in fits) else [value]


def labelled_chunks(tags: Sequence[str], *, bare: bool) -> list[TagChunk]:
    """Return the spans of one sentence from its tags as written, nested ones in one cell too."""
    lanes = [list(tags)] if bare else tag_lanes(tags)
    found = [chunk for lane in lanes for chunk in tag_chunks([parse_tag(t, bare=bare) for t in lane])]
    return found if len(lanes) == 1 else sorted(found, key=lambda chunk: (chunk.first, -chunk.last, chunk.label))


class SchemeEvidence(Struct):
    """What the tags of a whole file show of their scheme."""

    prefixes: Counter[str] = field(default_factory=Counter)
    opened_by_i: int = 0
    """Spans that begin with I- (or L-, E- and have more than one row)."""
    unneeded_b: int = 0
    """B- where nothing of its label is before it: IOB1 would write I-."""
    not_ended: int = 0
    """Spans that end with I-, or with B- alone."""
    first_i: int = 0
    """The line of the first span that begins with I-; 0 where there is none."""
    first_open: int = 0
    """The line of the first span that is not ended."""

    def add_sentence(self, tags_as_written: Sequence[str], lines: Sequence[int], *, bare: bool) -> None:
        """Take in the tags of one sentence, ``lines`` being their lines."""
        for lane in [list(tags_as_written)] if bare else tag_lanes(tags_as_written):
            tags = [parse_tag(t, bare=bare) for t in lane]
            self.prefixes.update("I" if bare and t not in OUTSIDE_TAGS else tag_prefix(t) for t in lane)
            for chunk in tag_chunks(tags):
                self._add_chunk(tags, chunk, lines)

    def _add_chunk(self, tags: Sequence[ParsedTag], chunk: TagChunk, lines: Sequence[int]) -> None:
        first, last = tags[chunk.first].kind, tags[chunk.last - 1].kind
        if first in "IE":
            self.opened_by_i += 1
            self.first_i = self.first_i or lines[chunk.first]
        before = tags[chunk.first - 1] if chunk.first else OUTSIDE_TAG
        self.unneeded_b += first == "B" and before.label != chunk.label
        if last in "BI":
            self.not_ended += 1
            self.first_open = self.first_open or lines[chunk.last - 1]

    @property
    def scheme(self) -> str:
        """The name of the scheme; ``IOB2`` without evidence; empty where nothing is marked."""
        found = set(self.prefixes) - {"O"}
        if found & {"U", "L"}:
            return "BILUO"
        if found & {"S", "W"} or {"B", "E"} <= found:
            return "IOBES"
        if "E" in found:
            return "IOE1" if self.not_ended else "IOE2"
        if self.opened_by_i and not self.unneeded_b:
            return "IOB1" if "B" in found else "IO"
        return "IOB2" if found else ""


def scheme_notes(found: SchemeEvidence, where: str) -> Iterable[str]:
    """Yield the notes on the scheme, and on what breaks its rules."""
    scheme = found.scheme
    counts = ", ".join(f"{n:,} {k}" for k, n in sorted(found.prefixes.items()))
    if scheme == "IO":
        yield (
            f"tags are read as IOB2 ({counts}): without B they may as well be IOB1 or IOE1, the spans are "
            "the same; two of one label side by side would be one"
        )
    elif scheme:
        yield f"tags are {scheme} ({counts})"
    if scheme in {"IOB2", "IOBES", "BILUO"} and found.opened_by_i:
        yield f"{found.opened_by_i:,} spans begin without their first tag (first: {where}:{found.first_i})"
    if scheme in {"IOBES", "BILUO"} and found.not_ended:
        yield f"{found.not_ended:,} spans end without their last tag (first: {where}:{found.first_open})"


def iob2_tags(tokens: Sequence[Token], spans: Iterable[Span]) -> list[str]:
    """Return the IOB2 tag of each token; spans are on token edges and do not overlap."""
    tags = ["O"] * len(tokens)
    for span in spans:
        first, last = token_range(tokens, span.start, span.end)
        tags[first:last] = [f"B-{span.label}", *[f"I-{span.label}"] * (last - first - 1)]
    return tags
