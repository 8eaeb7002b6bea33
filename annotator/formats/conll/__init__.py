"""The CoNLL family: a word a row, its tag in the last column, a blank line after each sentence.

Columns are parted by tabs (then a word may hold blanks) or by runs of blanks. The text is rebuilt from the
words: one blank between two words, none after a row with ``SpaceAfter=No``, and a line
end between sentences; nothing is glued by guess. Where a comment ``# text = …`` holds just the
words of the sentence, that is its text. ``-DOCSTART-`` (or ``# newdoc``) begins a document; in a
file without, each sentence is one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path, PurePath

from msgspec.structs import replace

from annotator.core.errors import SourceError
from annotator.core.pluralize import pluralize
from annotator.core.spans import Span
from annotator.core.tokens import Token, is_aligned, token_range
from annotator.formats import format_writing
from annotator.formats.carried_metadata import record_lost_fields, record_lost_metadata
from annotator.formats.conll import conll_columns, conll_table
from annotator.formats.conll.conll_columns import ConllTable
from annotator.formats.conll.conll_table import ConllSentence
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.span_alignment import find_words
from annotator.formats.tag_schemes import NO_TAG_NAMES, TagNames, iob2_tags, scheme_notes

# CoNLL rows from documents: word, two empty columns, IOB2 tag; ``-DOCSTART-`` before each document.
#
# The third column has ``SpaceAfter=No`` where no blank follows, so that the text can be rebuilt;
# programs that read word and tag don't look there. CoNLL is flat: of two spans that overlap the
# longer stays (of equal ones the earlier, then the first label), as spaCy's ``filter_spans`` does.


OVERLAPS_LONGER = "a longer span that stays overlaps it, and CoNLL is flat"
DOCSTART_WORD = f"CoNLL takes the word {conll_table.DOCSTART} for the start of a document"
SPACING_LOST = "texts whose line ends and runs of blanks don't come back, since CoNLL has words alone: {n}"


def write(documents: Iterable[Document], out: Path, log: ConversionLog) -> list[Path]:
    """Write the documents to ``corpus.conll`` in the folder ``out``; return the file.

    What a flat tag cannot hold is listed in ``log``.
    """
    path = out / "corpus.conll"
    rows = (row.encode() for d in documents for row in _document_rows(d, log))
    format_writing.write_whole_file(path, rows)
    log.add_counted_notes()
    return [path]


def _document_rows(document: Document, log: ConversionLog) -> Iterator[str]:
    words = format_writing.visible_words(document)
    marks = [t for t in words if t.text.startswith(conll_table.DOCSTART)]
    tokens = [t for t in words if t not in marks] if marks else words
    for mark in marks:
        format_writing.record_loss(document, "word", mark.text, DOCSTART_WORD, log)
    breaks = sorted(start for start, _ in document.sentences)[1:]
    stay = format_writing.supported_spans(
        document, document.spans, log, lambda s: _why_unsupported(s, document, words, breaks), OVERLAPS_LONGER
    )
    format_writing.record_unsupported_fields(document, "CoNLL", log, has_notes=False)
    record_lost_fields(document, "CoNLL", log, "id", "title", "annotator")
    record_lost_metadata(document, "CoNLL", log, {"sentences"})
    log.count_note(SPACING_LOST, _text_as_read(tokens, breaks) != document.text)
    yield f"{conll_table.DOCSTART} -X- O O\n\n"
    tags = iob2_tags(tokens, stay)
    for n, (token, tag) in enumerate(zip(tokens, tags, strict=True)):
        following = tokens[n + 1] if n + 1 < len(tokens) else None
        ends = _ends_sentence(token, following, breaks)
        glued = following is not None and following.start == token.end
        yield f"{token.text} _ {'SpaceAfter=No' if glued and not ends else '_'} {tag}\n"
        yield "\n" * ends


def _ends_sentence(token: Token, following: Token | None, sentence_starts: Sequence[int]) -> bool:
    """Return True if a sentence ends after a token."""
    return following is None or _are_in_sentences(token.start, following.start, sentence_starts)


def _text_as_read(tokens: Sequence[Token], sentence_starts: Sequence[int]) -> str:
    """Return the text as it comes back: a line end after a sentence, else one blank or nothing."""
    out: list[str] = []
    for token, following in pairwise(tokens):
        gap = "\n" if _ends_sentence(token, following, sentence_starts) else " " * (following.start > token.end)
        out += [token.text, gap]
    return "".join([*out, *(t.text for t in tokens[-1:])])


def _are_in_sentences(one: int, other: int, sentence_starts: Sequence[int]) -> bool:
    """Return True if two places are in two sentences."""
    return bisect_right(sentence_starts, one) != bisect_right(sentence_starts, other)


def _why_unsupported(span: Span, document: Document, tokens: Sequence[Token], sentence_starts: Sequence[int]) -> str:
    if not document.text[span.start : span.end].strip():
        return "nothing but blanks"
    if span.label.split() != [span.label]:
        return "a CoNLL tag holds no blanks"
    if not is_aligned(tokens, span.start, span.end):
        return "it begins or ends inside a token"
    first, last = token_range(tokens, span.start, span.end)
    if any(t.text.startswith(conll_table.DOCSTART) for t in tokens[first:last]):
        return DOCSTART_WORD
    return "it runs over a sentence end" * _are_in_sentences(span.start, span.end - 1, sentence_starts)


_NO_SPACE_AFTER = frozenset({"SpaceAfter=No", "NoSpaceAfter"})
_SAMPLE_LINES = 4_000
"""How many lines of a sample are looked at."""
_MAX_COLUMNS = 100
"""More columns than a table of words has; running text is taken for one."""
_WEBANNO_HEADER = "#FORMAT=WebAnno TSV "
"""How a table of another format begins, whose tokens may look like tags."""


def detect(sample: FileSample) -> str:
    """Return why this looks like a CoNLL file, empty if it does not."""
    if sample.text.startswith(_WEBANNO_HEADER):
        return ""
    lines = sample.text.split("\n")
    lines = lines if sample.is_whole and not sample.inner else lines[:-1]
    numbered = [(n, line.removesuffix("\r")) for n, line in enumerate(lines[:_SAMPLE_LINES], 1)]
    shape = conll_table.row_shape(numbered)
    if shape.columns > _MAX_COLUMNS:
        return ""
    try:
        table = conll_columns.survey_columns(numbered, shape, sample.name)
    except conll_columns.NumberedTagsError:
        return "its rows have numbered tags in the last column"
    except SourceError:
        return ""
    if table.is_bare and not table.has_document_starts and not table.shape.tabs:
        return ""
    columns = ", ".join(str(layer.index + 1) for layer in table.layers)
    return f"its rows have {table.shape.columns} columns, and tags in column {columns}"


def read(source: ImportSource, log: ConversionLog, names: TagNames = NO_TAG_NAMES) -> Iterator[Document]:
    """Yield the documents of a file, or of each file in a folder or zip that has such rows.

    ``names`` are what numbers in the last column mean. Raises SourceError, with file and line, for
    rows that differ in number of columns and for tags that are none.
    """
    if not source.is_folder and not source.is_zip:
        yield from _documents(source, log, names)
        return
    files = source.files()
    taken = [f for f in files if detect(f.sample())]
    if not taken:
        raise source.error("no file in it has rows with tags", do="name a folder of CoNLL files")
    if len(taken) < len(files):
        left = next(f for f in files if f not in taken)
        more = pluralize(len(files) - len(taken), "other file has", "other files have")
        log.notes.append(f"{more} no rows with tags, so nothing is read from there (first: {left.base})")
    for file in taken:
        yield from _documents(file, log, names)


def _lines(source: ImportSource) -> Iterator[tuple[int, str]]:
    for number, line in source.lines():
        yield number, source.decoded(line, line=number).removesuffix("\r")


def _documents(source: ImportSource, log: ConversionLog, names: TagNames) -> Iterator[Document]:
    where = source.name
    shape = replace(conll_table.row_shape(islice(_lines(source), 2 * _SAMPLE_LINES)), names=names)
    table = conll_columns.survey_columns(_lines(source), shape, where)
    log.notes += _file_notes(source, table)
    for column in table.unread:
        if column.why:
            log.leave_out(source.where(column.line), f"column {column.index + 1}", column.why, column.example, "column")
    parts: list[ConllSentence] = []
    number = wordless = parted = 0
    for sentence in conll_table.read_sentences(_lines(source), shape, where):
        parted += sentence.words_with_parts
        wordless += _count_wordless(sentence, table, source)
        if parts and (sentence.document_name is not None or not table.has_document_starts):
            number += 1
            yield _document(parts, table, source, number, log)
            parts = []
        parts.append(sentence)
    if parts:
        yield _document(parts, table, source, number + 1, log)
    if parted:
        log.notes.append(f"{conll_table.PARTS_WITH_TAGS}: {parted:,}")
    if wordless:
        one, many = "row without a word and without a label is", "rows without a word and without a label are"
        log.notes.append(f"{pluralize(wordless, one, many)} passed over")


def _count_wordless(sentence: ConllSentence, table: ConllTable, source: ImportSource) -> int:
    """Return how many rows have no word; raises SourceError where one has a label all the same."""
    empty = [r for r in sentence.rows if not r.fields[table.word]]
    for row in empty:
        if any(not layer.is_outside(row.fields[layer.index]) for layer in table.layers):
            raise source.error("the row has no word", row.line, do="repair the row")
    return len(empty)


def _file_notes(source: ImportSource, table: ConllTable) -> Iterable[str]:
    """Yield the notes on what was decided for the file."""
    found = conll_columns.scheme_evidence(_lines(source), table, source.name)
    yield from scheme_notes(found, source.name)
    yield from conll_columns.column_notes(table)
    if not table.has_document_starts:
        yield f"no {conll_table.DOCSTART} parts the texts: each sentence is a document of its own"


def _document(
    parts: Sequence[ConllSentence], table: ConllTable, source: ImportSource, number: int, log: ConversionLog
) -> Document:
    """Return the document of some sentences, each on a line of its own, its spans counted."""
    texts, tokens, sentences, spans = list[str](), list[Token](), list[tuple[int, int]](), list[Span]()
    base = 0
    for sentence in parts:
        text, places = _rebuild_text(sentence, table)
        texts.append(text)
        sentences.append((base, base + len(text)))
        tokens += [Token(text[a:b], base + a, base + b, text[b : b + 1] == " ") for a, b in places if a < b]
        for layer in table.layers:
            for chunk in layer.chunks(sentence.rows, source.name):
                start, end = places[chunk.first][0], places[chunk.last - 1][1]
                spans.append(Span(base + start, base + end, chunk.label))
        base += len(text) + 1
    log.read += len(spans)
    id_, where = parts[0].document_name, source.where(parts[0].rows[0].line)
    id_ = id_ or f"{PurePath(source.base).stem}-{number}"
    return Document("\n".join(texts), tuple(spans), tuple(tokens), tuple(sentences), id=id_, where=where)


def _rebuild_text(sentence: ConllSentence, table: ConllTable) -> tuple[str, list[tuple[int, int]]]:
    """Return the sentence's text and the range of each of its words."""
    words = [r.fields[table.word] for r in sentence.rows]
    if sentence.text is not None and (found := find_words(sentence.text, words)):
        return sentence.text, found
    text = ""
    places: list[tuple[int, int]] = []
    for n, (word, row) in enumerate(zip(words, sentence.rows, strict=True)):
        places.append((len(text), len(text) + len(word)))
        columns = [c.split("|") for c in row.fields[table.word + 1 :] if len(c) > 9]
        glued = any(not _NO_SPACE_AFTER.isdisjoint(items) for items in columns)
        text += word + " " * (bool(word) and n + 1 < len(words) and not glued)
    return text, places
