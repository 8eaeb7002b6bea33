"""The headers of tables: which columns are those of a table of tokens, or of a table of spans."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from annotator.formats import csv_tables
from annotator.formats.csv_tables import TableShape
from annotator.formats.import_source import FileSample
from annotator.formats.tag_schemes import TagNames, tag_by_number

_WORDS = ("word", "token", "words", "tokens", "form", "wordform", "tokentext", "wordtext", "surface", "text")
_SENTENCES = (
    *("sentence", "sentenceid", "sentid", "sentenceidx", "sentidx", "sentenceindex", "sentenceno", "sentencenumber"),
    *("sentencenum", "sentno", "sentnum", "sentences", "sent", "snt", "sid", "seqid", "sequenceid", "exampleid"),
)
_TAGS = (
    *("tag", "tags", "ner", "nertag", "nertags", "label", "labels", "nerlabel", "bio", "iob", "iob2", "biotag"),
    *("iobtag", "entity", "entitytag", "entitylabel", "netag", "ne", "target"),
)
_DOCUMENTS = ("doc", "docid", "document", "documentid", "docname", "article", "articleid", "file", "filename", "title")


class TokenTableColumns(Struct, frozen=True):
    """Which column holds what, by its index."""

    word: int
    sentence: int | None
    document: int | None
    others: tuple[int, ...]
    """The columns that may hold tags, the one with such a name last."""
    has_tag_name: bool

    def fields(self, cells: Sequence[str], names: TagNames) -> tuple[str, ...]:
        """Return the word of a row and its other fields, an empty tag as none, numbered tags by their names."""
        others = [cells[n].strip() or "O" for n in self.others]
        return (cells[self.word].strip(), *others[:-1], tag_by_number(others[-1], names))


def token_columns(shape: TableShape) -> TokenTableColumns | None:
    """Return the columns of a table of tokens; None where the header is that of another table."""
    if is_own_table(shape):
        return None
    word, tag = shape.find(*_WORDS), shape.find(*_TAGS)
    sentence, document = shape.find(*_SENTENCES), shape.find(*_DOCUMENTS)
    used = {word, sentence, document}
    others = [n for n, name in enumerate(shape.names) if n not in {*used, tag} and name]
    if tag is not None and tag not in used:
        others.append(tag)
    if word is None or not others or (sentence is None and tag is None):
        return None
    if shape.names[word] == "text" and shape.find(*_STARTS) is not None:
        return None  # texts with the places of their spans
    return TokenTableColumns(word, sentence, document, tuple(others), tag is not None)


def has_token_header(sample: FileSample) -> bool:
    """Return True if a file begins with the header of a table of tokens."""
    found = csv_tables.sampled_table(sample)
    return found is not None and token_columns(found[0]) is not None


# -- a table of spans --


_SPAN_COLUMNS = ("text", "start", "end", "label", "quote")
_DOCUMENT_COLUMNS = ("document", "id", "title", "annotator", "note")
OWN_COLUMNS = (*_SPAN_COLUMNS, *_DOCUMENT_COLUMNS, "group", "source")
"""The first columns of a table that this program has written; ``document`` counts the texts."""


def is_own_table(shape: TableShape) -> bool:
    """Return True if this program has written a table, whatever its further columns are called."""
    return shape.header[: len(OWN_COLUMNS)] == OWN_COLUMNS


_TEXTS = (
    *("text", "sentence", "content", "document", "body", "passage", "context", "article", "abstract", "fulltext"),
    *("documenttext", "sentencetext", "doctext", "rawtext", "paragraph", "note", "report", "tweet", "review", "input"),
)
_STARTS = (
    *("start", "startoffset", "begin", "beginoffset", "startchar", "charstart", "startindex", "startidx", "startpos"),
    *("startposition", "spanstart", "entitystart", "offsetstart", "offset", "from", "beginchar"),
)
_ENDS = (
    *("end", "endoffset", "stop", "endchar", "charend", "endindex", "endidx", "endpos", "endposition", "spanend"),
    *("entityend", "offsetend", "to", "stopoffset", "stopchar"),
)
_LENGTHS = ("length", "len")
_LABELS = (
    *("label", "tag", "type", "entitytype", "entitylabel", "spanlabel", "nerlabel", "nertag", "category", "class"),
    *("entitygroup", "annotation", "entity", "concept", "labels", "code"),
)
_QUOTES = (
    *("quote", "spantext", "entitytext", "coveredtext", "mention", "span", "surface", "surfaceform", "entity", "value"),
    *("phrase", "word", "term", "entityname", "labeltext", "substring", "selectedtext", "exacttext", "match"),
)
_DOCUMENT_IDS = (
    *("docid", "documentid", "textid", "articleid", "sentenceid", "sentid", "taskid", "exampleid", "recordid"),
    *("doc", "document", "article", "filename", "file", "docname"),
)
_IDS = ("id", "spanid", "annotationid", "entityid", "uid", "uuid")
_ANNOTATORS = ("annotator", "annotatorid", "annotatorname", "user", "username", "userid", "worker", "workerid", "coder")


class SpanTableColumns(Struct, frozen=True):
    """Which column holds what, by its index."""

    text: int
    label: int
    start: int | None
    end: int | None
    length: int | None
    quote: int | None
    document: int | None
    """An id of the text that several rows share."""
    id: int | None
    """An id that may be the text's or the span's."""
    annotator: int | None

    @property
    def used(self) -> set[int | None]:
        """The columns with a meaning of their own."""
        return {getattr(self, name) for name in self.__struct_fields__}


def span_columns(shape: TableShape) -> SpanTableColumns | None:
    """Return the columns of a table of spans; None where the header is that of another table."""
    used: set[int] = set()

    def take(names: tuple[str, ...]) -> int | None:
        there = shape.names
        found = next((n for name in names for n, own in enumerate(there) if own == name and n not in used), None)
        used.update([] if found is None else [found])
        return found

    start, end, length = take(_STARTS), take(_ENDS), take(_LENGTHS)
    text, label, quote = take(_TEXTS), take(_LABELS), take(_QUOTES)
    has_place = quote is not None or (start is not None and (end is not None or length is not None))
    if text is None or label is None or not has_place:
        return None
    document, id_, annotator = take(_DOCUMENT_IDS), take(_IDS), take(_ANNOTATORS)
    return SpanTableColumns(text, label, start, end, length, quote, document, id_, annotator)
