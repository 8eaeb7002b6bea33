"""The suggestions that an import brings: prepared in its folder, and put into the corpus with all else of it."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import orjson
from msgspec import Struct, field

from annotator.core.article import Sentence
from annotator.core.suggestion import Suggestion, sorted_suggestions
from annotator.storage.file_io import RawLine, raw_lines, translate_os_errors
from annotator.storage.suggestion_writer import SuggestionWriter
from annotator.storage.suggestions import (
    UNKNOWN_SCORE,
    encode_suggestions,
    parse_entry,
    read_suggestion_index,
    suggestion_path,
)

IMPORT_FINGERPRINT = "import"
"""The fingerprint of suggestions from the files of other tools; their names have the versions of their models."""
_LINES_PER_WRITE = 256
_IMPORTED_MARK = "-imported"
_MAX_NAME = 44
"""How long a source's name is before a digest or mark is added; 64 is the most of it."""


class StagedSuggestions(Struct):
    """Suggestions by source, a file each in the folder of an import."""

    folder: Path
    corpus: Path | None
    """The corpus that they go into; None for a new one."""
    reserved: frozenset[str] = frozenset()
    """Names that other sources have."""
    names: dict[str, str] = field(default_factory=dict)
    """By what a file calls a model our name of the source."""
    _made: dict[str, dict[tuple[str, int, int], tuple[Suggestion, ...]]] = field(default_factory=dict)

    def source_name(self, given: str) -> str:
        """Return the name of a source for a model: letters, digits and ``._-``, and no other source's."""
        if given not in self.names:
            taken = self.reserved.union(self.names.values())
            self.names[given] = self._free_name(_plain_name(given, taken))
        return self.names[given]

    def _free_name(self, name: str) -> str:
        """Return the name, with a mark if its file in the corpus is not of imports."""
        path = suggestion_path(self.corpus, name) if self.corpus else None
        if path is None or not path.exists():
            return name
        index = read_suggestion_index(path)
        is_own = not index.flaws and all(e.fingerprint == IMPORT_FINGERPRINT for e in index.entries)
        return name if is_own else f"{name}{_IMPORTED_MARK}"

    def add(self, source: str, sentence: Sentence, found: Sequence[Suggestion]) -> None:
        """Prepare what a source suggests for a sentence, with what it has suggested for it in this import before."""
        made = self._made.setdefault(source, {})
        place = (sentence.article, sentence.start, sentence.end)
        made[place] = sorted_suggestions([*made.get(place, ()), *found])
        path = suggestion_path(self.folder, source)
        with translate_os_errors("write", self.folder):
            path.parent.mkdir(exist_ok=True)
            with path.open("ab") as file:
                file.write(encode_suggestions(sentence, made[place], source, IMPORT_FINGERPRINT))

    def count_sentences(self, source: str) -> int:
        """Return for how many sentences, joined ones too, a source suggests something."""
        return sum(map(bool, self._made.get(source, {}).values()))

    def drop_scores(self, source: str) -> None:
        """Give all suggestions of a source the score of those without one."""
        path = suggestion_path(self.folder, source)
        with translate_os_errors("write", self.folder):
            lines = [_without_scores(line) for line in path.read_bytes().splitlines()]
            path.write_bytes(b"".join(lines))

    @contextmanager
    def written(self, corpus: Path) -> Iterator[list[SuggestionWriter]]:
        """Write what the corpus lacks beside its files, which the block is to finish; an error leaves them as they are.

        Raises CorpusError where another process writes them or the disk is full.
        """
        with ExitStack() as stack:
            yield [w for source in self._made for w in self._begin(source, corpus, stack)]

    def _begin(self, source: str, corpus: Path, stack: ExitStack) -> Iterator[SuggestionWriter]:
        with translate_os_errors("read", self.folder):
            new = list(_new_lines(suggestion_path(self.folder, source), suggestion_path(corpus, source)))
        if not new:
            return
        writer = stack.enter_context(SuggestionWriter(corpus, source, IMPORT_FINGERPRINT, resumes=False))

        def discard(error: type[BaseException] | None, *_: object) -> None:
            if error:
                writer.discard()

        stack.push(discard)
        for at in range(0, len(new), _LINES_PER_WRITE):
            writer.add_lines(new[at : at + _LINES_PER_WRITE])
        yield writer


def _plain_name(given: str, taken: frozenset[str]) -> str:
    plain = re.sub(r"[^a-z0-9._-]+", "-", given.lower()).strip("-.")[:_MAX_NAME].rstrip("-.") or "predictions"
    if plain not in taken:
        return plain
    return f"{plain}-{hashlib.sha256(given.encode('utf-8', 'replace')).hexdigest()[:8]}"


def _without_scores(line: bytes) -> bytes:
    row = orjson.loads(line)
    row["spans"] = [{**s, "score": UNKNOWN_SCORE, "estimated": True} for s in row["spans"]]
    return orjson.dumps(row) + b"\n"


def _new_lines(prepared: Path, there: Path) -> Iterator[bytes]:
    """Yield the last prepared line of each sentence, unless the corpus has the same line."""
    index = read_suggestion_index(there) if there.exists() else None
    with prepared.open("rb") as file:
        lines: list[RawLine] = list(raw_lines(file, str(prepared)))
    last = {(e.article, e.start, e.end): line.raw for line in lines if (e := parse_entry(line))}
    fd = os.open(there, os.O_RDONLY | os.O_CLOEXEC) if index else -1
    try:
        for (article, start, end), raw in last.items():
            entry = index.articles.get(article, {}).get((start, end)) if index else None
            if entry is None or os.pread(fd, entry.length, entry.offset) != raw:
                yield raw + b"\n"
    finally:
        if fd >= 0:
            os.close(fd)
