"""Suggestion files: ``suggestions/<source>.jsonl``, a line a sentence, found without decoding the rest.

A line has the sentence, the digest of its text, the source and the fingerprint of all that decides what the
source suggests. The last line for a sentence wins. Nothing in such a file is human work: a damaged one is
made again, not repaired.
"""

from __future__ import annotations

import os
import re
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

import orjson
from msgspec import Struct, field

from annotator.core.article import Sentence
from annotator.core.digest import text_digest
from annotator.core.errors import CorpusError
from annotator.core.pluralize import pluralize
from annotator.core.source_version import fingerprint_lineage, versioned_source
from annotator.core.suggestion import Suggestion, sorted_suggestions
from annotator.core.tokens import is_aligned, token_range
from annotator.storage.corpus_layout import SUGGESTIONS_FOLDER
from annotator.storage.file_io import RawLine, dump_json_line, file_state, raw_lines, translate_os_errors
from annotator.storage.journal import check_annotator_name

_SOURCE_NAME = re.compile(r"[a-z0-9_-][a-z0-9._-]{0,63}")
_LINE_START = re.compile(
    rb'\{"meta":\{"article":"([0-9a-f]{12,64})","sentence":"[0-9a-f]+:(\d+)-(\d+)","start":\2,"end":\3\},'
    rb'"_digest":"([0-9a-f]{64})","source":"[^"\\]*","_fingerprint":"([^"\\]*)","spans":\['
)
PRIVATE_FOLDER = ".private"
"""The folder below ``suggestions/`` with a folder for each annotator who has private ones; git leaves it out."""
SUGGEST_AGAIN = "make them again with `annotator suggest`, or repair the program that writes the file"
UNKNOWN_SCORE = 0.5
"""The score of a span in a file that gives it none."""


class SuggestionEntry(Struct, frozen=True):
    """Where the line of one sentence is in a file, and which sentence it is of."""

    offset: int
    length: int
    article: str
    start: int
    end: int
    """Its place in the article's text, in code points."""
    digest: str
    fingerprint: str


class SuggestionIndex(Struct):
    """The contents of a suggestion file of this ``size``."""

    size: int = 0
    articles: dict[str, dict[tuple[int, int], SuggestionEntry]] = field(default_factory=dict)
    flaws: list[int] = field(default_factory=list)
    """The numbers of lines that are no suggestions."""
    torn: int | None = None
    """Where a last line begins that a crash has cut short."""
    lines: int = 0
    last_line: RawLine | None = None
    """The last whole line, to see whether the file has only grown since."""

    def add_line(self, line: RawLine) -> None:
        """Add a line."""
        self.lines = line.number
        entry = parse_entry(line) if line.complete else None
        if entry:
            self.articles.setdefault(entry.article, {})[entry.start, entry.end] = entry
        elif not line.complete:
            self.torn = line.start
            return
        elif line.raw.strip():
            self.flaws.append(line.number)
        self.size, self.last_line = line.end, line

    @property
    def entries(self) -> Iterator[SuggestionEntry]:
        """All entries, in the order of their articles' first lines."""
        for places in self.articles.values():
            yield from places.values()


def parse_entry(line: RawLine) -> SuggestionEntry | None:
    """Return the entry of a line, or None where it holds no suggestions; cheap for our own lines."""
    if (m := _LINE_START.match(line.raw)) and line.raw.endswith(b"}"):
        article, start, end, digest, fingerprint = (x.decode("utf-8", "replace") for x in m.groups())
        return SuggestionEntry(line.start, len(line.raw), article, int(start), int(end), digest, fingerprint)
    with suppress(ValueError, KeyError, TypeError):
        data = orjson.loads(line.raw)
        meta = data["meta"]
        place = (str(meta["article"]), int(meta["start"]), int(meta["end"]))
        digests = str(data.get("_digest", "")), str(data.get("_fingerprint", ""))
        if isinstance(data["spans"], list):
            return SuggestionEntry(line.start, len(line.raw), *place, *digests)
    return None


def read_suggestion_index(path: Path, old: SuggestionIndex | None = None) -> SuggestionIndex:
    """Return the index of a file; where it has only grown since ``old``, only appended lines are read."""
    with path.open("rb") as file:
        index = old if old and _has_only_grown(file, old) else SuggestionIndex()
        index.torn = None
        for line in raw_lines(file, str(path), index.size, index.lines + 1):
            index.add_line(line)
    return index


def _has_only_grown(file: BinaryIO, index: SuggestionIndex) -> bool:
    """Return True if the last line of the index is still where it was: else the file was written again."""
    last = index.last_line
    return last is not None and _read_at(file, last.start, len(last.raw) + 1) == last.raw + b"\n"


def _read_at(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(offset)
    return file.read(length)


class SuggestionFile:
    """One source's file, read on demand; what another process appends, replaces or rewrites is seen."""

    def __init__(self, path: Path, warn: Callable[[str], None] = lambda _: None) -> None:
        """Read nothing yet; ``warn`` gets a warning with file and line where lines are no suggestions."""
        self.path = path
        self._warn = warn
        self.source = path.stem
        self._file_state: tuple[int, ...] = ()
        self._index = SuggestionIndex()

    def __call__(self, sentence: Sentence) -> tuple[Suggestion, ...]:
        """Return what the file holds for a sentence, in reading order.

        A sentence that was joined or split has what the file holds for its parts or for the whole. Spans
        off the token edges are left out. Raises CorpusError where the file cannot be read.
        """
        with translate_os_errors("read", self.path):
            lines = self._read_lines(sentence)
            if lines is None:  # written again in place, and its last line has stayed where it was
                self._forget()
                lines = self._read_lines(sentence) or []
        return sorted_suggestions([s for e, raw in lines for s in self._decode_entry(e, raw, sentence)])

    def _forget(self) -> None:
        self._file_state = ()

    @property
    def flaws(self) -> tuple[int, ...]:
        """The numbers of lines that are no suggestions; the file is read for it."""
        with translate_os_errors("read", self.path):
            self._refresh()
        return tuple(self._index.flaws)

    @property
    def is_of_model(self) -> bool:
        """Whether a trained model has made a line of it; the file is read for it."""
        with translate_os_errors("read", self.path):
            self._refresh()
        return any(fingerprint_lineage(e.fingerprint) for e in self._index.entries)

    def _refresh(self) -> None:
        state = file_state(self.path)
        if state == self._file_state:
            return
        same_file = state and self._file_state and state[0] == self._file_state[0]
        old = self._index if same_file else None
        self._index = read_suggestion_index(self.path, old) if state else SuggestionIndex()
        self._file_state = state
        self._warn_of_flaws()

    def _warn_of_flaws(self) -> None:
        if flaws := self._index.flaws:
            name, lines = f"{self.path.parent.name}/{self.path.name}", pluralize(len(flaws), "line")
            verb = "is" if len(flaws) == 1 else "are"
            self._warn(f"{name}:{flaws[0]}: {lines} of the file {verb} no suggestions; {SUGGEST_AGAIN}")

    def _read_lines(self, sentence: Sentence) -> list[tuple[SuggestionEntry, bytes]] | None:
        """Return the entries and lines for a sentence; None where a line is no longer that of its entry."""
        entries = [e for e in self._overlapping_entries(sentence) if _same_text(e, sentence)]
        if not entries:
            return []
        found = self._read_entries(entries)
        same = all(parse_entry(RawLine(0, e.offset, raw, complete=True)) == e for e, raw in found)
        return found if same else None

    def _read_entries(self, entries: Sequence[SuggestionEntry]) -> list[tuple[SuggestionEntry, bytes]]:
        with self.path.open("rb") as file:
            return [(e, _read_at(file, e.offset, e.length)) for e in entries]

    def _overlapping_entries(self, s: Sentence) -> list[SuggestionEntry]:
        self._refresh()
        places = self._index.articles.get(s.article, {})
        exact = places.get((s.start, s.end))
        if exact:
            return [exact]
        return [e for _, e in sorted(places.items()) if e.start < s.end and s.start < e.end]

    def _decode_entry(self, entry: SuggestionEntry, raw: bytes, sentence: Sentence) -> Iterator[Suggestion]:
        by = entry.start - sentence.start
        with suppress(ValueError, KeyError, TypeError):
            for span in orjson.loads(raw)["spans"]:
                start, end = int(span["start"]) + by, int(span["end"]) + by
                if 0 <= start < end and is_aligned(sentence.tokens, start, end):
                    score, kind = span.get("score"), str(span.get("kind", ""))
                    known = isinstance(score, int | float) and 0 <= score <= 1
                    estimated = not known or span.get("estimated") is True
                    score = float(score) if known else UNKNOWN_SCORE
                    source = versioned_source(self.source, entry.fingerprint)
                    yield Suggestion(start, end, str(span["label"]), source, score, kind, estimated)


class SuggestionSnapshot(SuggestionFile):
    """One source's file as it was when it was first read: what replaces it since is not seen.

    A file that another program rewrites in place is the exception: a line that is gone suggests nothing.
    """

    _fd: int | None = None

    def load(self) -> SuggestionIndex:
        """Read which sentences the file has, once, and return it; raises CorpusError where it cannot be read."""
        with translate_os_errors("read", self.path):
            self._refresh()
        return self._index

    def _refresh(self) -> None:
        if self._file_state:
            return
        try:
            fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        weakref.finalize(self, os.close, fd)
        with os.fdopen(os.dup(fd), "rb") as file:
            index = SuggestionIndex()
            for line in raw_lines(cast("BinaryIO", file), str(self.path)):
                index.add_line(line)
        self._fd, self._index = fd, index
        self._file_state = (fd,)
        self._warn_of_flaws()

    def _forget(self) -> None:
        """Keep what is known: a snapshot is read once."""

    def _read_entries(self, entries: Sequence[SuggestionEntry]) -> list[tuple[SuggestionEntry, bytes]]:
        return [] if self._fd is None else [(e, os.pread(self._fd, e.length, e.offset)) for e in entries]


def _same_text(entry: SuggestionEntry, s: Sentence) -> bool:
    """Return True unless the entry is of another text than the sentence's part.

    For a part of a split sentence the article's id, made from its text, proves that the text is the same.
    """
    whole = s.start <= entry.start and entry.end <= s.end
    if not (whole and entry.digest):
        return True
    return text_digest(s.text[entry.start - s.start : entry.end - s.start]) == entry.digest


def encode_suggestions(sentence: Sentence, found: Sequence[Suggestion], source: str, fingerprint: str) -> bytes:
    """Return the line of one sentence; raises CorpusError for a span that is not on token edges."""
    s = sentence
    fields = {
        "meta": {"article": s.article, "sentence": s.id, "start": s.start, "end": s.end},
        "_digest": text_digest(s.text),
        "source": source,
        "_fingerprint": fingerprint,
        "spans": [_encode_suggestion(x, s) for x in found],
    }
    return dump_json_line(fields, s.id)


def _encode_suggestion(s: Suggestion, sentence: Sentence) -> dict[str, object]:
    if not is_aligned(sentence.tokens, s.start, s.end):
        what = f"the suggestion {s.start}-{s.end} is not on token edges"
        raise CorpusError(what, where=sentence.id, do="leave it out")
    first, last = token_range(sentence.tokens, s.start, s.end)
    place = {"start": s.start, "end": s.end, "token_start": first, "token_end": last - 1}
    fields = {"label": s.label, "score": round(s.score, 4), "kind": s.kind}
    return place | fields | ({"estimated": True} if s.estimated else {})


def _suggestions_folder(corpus: Path, owner: str) -> Path:
    """Return the folder of the suggestions for all, or of the private ones of an annotator."""
    folder = corpus / SUGGESTIONS_FOLDER
    if not owner:
        return folder
    check_annotator_name(owner)
    return folder / PRIVATE_FOLDER / owner


def suggestion_path(corpus: Path, source: str, owner: str = "") -> Path:
    """Return where a source's suggestions are; raises CorpusError for a name that is no plain one.

    ``owner`` is the annotator whose work alone they are made from: no other one's session reads them.
    """
    if not _SOURCE_NAME.fullmatch(source):
        what = f"{source!r} cannot name a source of suggestions"
        raise CorpusError(what, where=str(corpus), do="use small letters, digits and . _ -")
    return _suggestions_folder(corpus, owner) / f"{source}.jsonl"


def source_names(corpus: Path, owner: str = "") -> tuple[str, ...]:
    """Return the sources that have a file for all, or a private one of ``owner``, sorted."""
    folder = _suggestions_folder(corpus, owner)
    with translate_os_errors("read", folder):
        names = [p.stem for p in folder.glob("*.jsonl")] if folder.is_dir() else []
    return tuple(sorted(n for n in names if _SOURCE_NAME.fullmatch(n)))


def suggestion_files(corpus: Path, warn: Callable[[str], None] = lambda _: None) -> dict[str, SuggestionFile]:
    """Return the suggestion files for all of a corpus folder by source; none is read yet."""
    return {name: SuggestionFile(suggestion_path(corpus, name), warn) for name in source_names(corpus)}


def session_suggestion_paths(corpus: Path, annotator: str) -> dict[str, Path]:
    """Return the files that an annotator's session draws, by source: those for all, and the annotator's own.

    A private file takes the place of one of the same name.
    """
    return {name: suggestion_path(corpus, name, o) for o in ("", annotator) for name in source_names(corpus, o)}
