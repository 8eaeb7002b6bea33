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
from pathlib import Path

from msgspec.structs import replace

from annotator.core.errors import SourceError
from annotator.core.spans import Span
from annotator.core.tokens import Token, is_aligned, token_range
from annotator.formats import format_writing
from annotator.formats.carried_metadata import record_lost_fields, record_lost_metadata
from annotator.formats.conll import conll_columns, conll_table
from annotator.formats.conll.conll_documents import read_documents
from annotator.formats.csv_headers import has_token_header
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.tag_schemes import NO_TAG_NAMES, TagNames, iob2_tags
from annotator.formats.unread_files import note_unread_files

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


_SAMPLE_LINES = 4_000
"""How many lines of a sample are looked at."""
_MAX_COLUMNS = 100
"""More columns than a table of words has; running text is taken for one."""
_WEBANNO_HEADER = "#FORMAT=WebAnno TSV "
"""How a table of another format begins, whose tokens may look like tags."""


def detect(sample: FileSample) -> str:
    """Return why this looks like a CoNLL file, empty if it does not."""
    if sample.text.startswith(_WEBANNO_HEADER) or has_token_header(sample):
        return ""
    lines = sample.text.split("\n")
    lines = lines if sample.is_whole and not sample.inner else lines[:-1]
    numbered = [(n, line.removesuffix("\r")) for n, line in enumerate(lines[:_SAMPLE_LINES], 1)]
    shape = conll_table.row_shape(numbered)
    if shape.columns > _MAX_COLUMNS:
        return ""
    try:
        sentences = conll_table.read_sentences(numbered, shape, sample.name)
        table = conll_columns.survey_columns(sentences, shape, sample.name)
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
    note_unread_files(files, taken, log)
    for file in taken:
        yield from _documents(file, log, names)


def _lines(source: ImportSource) -> Iterator[tuple[int, str]]:
    for number, line in source.lines():
        yield number, source.decoded(line, line=number).removesuffix("\r")


def _documents(source: ImportSource, log: ConversionLog, names: TagNames) -> Iterator[Document]:
    shape = replace(conll_table.row_shape(islice(_lines(source), 2 * _SAMPLE_LINES)), names=names)
    yield from read_documents(
        lambda: conll_table.read_sentences(_lines(source), shape, source.name), shape, source, log
    )
