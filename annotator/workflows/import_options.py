"""The options of an import, and the files that they name: each with its format, read into documents."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, cast, get_args

from msgspec import Struct, field

from annotator.core.errors import AnnotatorError, SourceError, UsageError
from annotator.core.schema import Schema
from annotator.core.token_settings import TokenUnit
from annotator.formats import label_mapping, offset_units
from annotator.formats.decoded_file import collected_encodings, encoding_notes
from annotator.formats.document import ConversionLog, Document
from annotator.formats.format_detection import choose_format, matching_formats
from annotator.formats.import_source import ImportSource
from annotator.formats.prodigy import is_journal_line
from annotator.formats.registry import FORMATS, format_info, load_format
from annotator.formats.tag_schemes import tag_names_in_map
from annotator.formats.unread_spans import read_spans
from annotator.storage.file_io import translate_os_errors

_MAX_INSPECTED_FILES = 200
"""How many files of a folder or zip are looked at for another format."""
InsideTokens = Literal["split", "out", "in", "keep"]
"""What becomes of spans that begin or end inside a token; see ``inside_tokens.py``."""
INSIDE_TOKENS: tuple[InsideTokens, ...] = get_args(InsideTokens)
OPEN_ANSWER = "open"
"""What ``--answer`` calls a sentence that nobody has finished."""


class ImportOptions(Struct, frozen=True, kw_only=True):
    """The options of an import, named as the command's: ``labels`` is ``--map``, ``annotator`` ``--as``."""

    format: str = "auto"
    labels: Mapping[str, str] = field(default_factory=dict)
    """By the file's label the corpus's, or empty to leave it out; by a number a tag such as ``B-PERSON``."""
    add_labels: bool = False
    """Whether labels that the schema lacks are added to it; otherwise they are an error."""
    covers: tuple[str, ...] = ()
    """The labels for which the texts were read, where the user knows better than the file; () as the file states it."""
    annotator: str = ""
    """Whose annotations; empty: as the file states it, or the format's name."""
    answer: str = ""
    """``accept`` or ``open`` where the user knows better than the file; else empty."""
    ledger: str = "exceptions"
    """``full`` lists every span."""
    ledger_file: Path | None = None
    """Where the ledger goes; ``imports/`` in the corpus by default."""
    strict: bool = False
    """Whether nothing is imported if anything would be lost."""
    title_from: str = ""
    """The field of the metadata that holds an article's title."""
    group_by: str = ""
    """The field of the metadata with the document of a row; ``none`` for no groups; empty: as the rule finds."""
    offsets: str = ""
    """What offsets count, where the file does not show it."""
    layer: str = ""
    """The one layer, or ``layer.feature``, to read."""
    predictions: Literal["ignore", "suggest"] = "ignore"
    """Whether suggestions are made of what models have predicted."""
    lang: str = ""
    """Language of a new corpus, a spaCy code; ``en`` by default."""
    tokens: TokenUnit | None = None
    """How a new corpus cuts its texts; by the ``rules`` of its language by default."""
    inside_tokens: InsideTokens = "keep"
    """What becomes of spans that begin or end inside a token."""
    schema: Path | None = None
    """Label schema of a new corpus; ``news`` by default."""

    def label_rename(self, schema: Schema) -> label_mapping.LabelRename:
        """Return what gives for a label of the files the corpus's."""
        make = label_mapping.rename_to_usable if self.add_labels else label_mapping.rename_by_map
        return make({**label_mapping.names_taken_by_labels(schema), **self.labels})


def parse_label_pairs(given: Iterable[str]) -> dict[str, str]:
    """Return the pairs of every ``--map``; raises UsageError for one that is none, or contradicts another."""
    pairs: dict[str, str] = {}
    for text in given:
        for old, new in label_mapping.parse_label_map(text).items():
            if pairs.setdefault(old, new) != new:
                what = f"--map gives {old} two labels, {pairs[old]} and {new}"
                raise UsageError(what, do="leave one out")
    return pairs


def open_import_sources(files: Sequence[Path]) -> list[ImportSource]:
    """Return the files as sources; raises UsageError for one that is named twice, under whatever name."""
    seen: dict[str, Path] = {}
    for path in files:
        first = seen.setdefault(os.path.realpath(path), path)
        if first is not path:
            raise UsageError("the file is named twice", where=str(path), do="name it once")
    return [ImportSource(p) for p in files]


def choose_import_format(source: ImportSource, name: str) -> tuple[str, str]:
    """Return the format of a file and why it is taken for it, as ``choose_format`` does.

    Raises SourceError besides for what this program has made for itself, and for a folder or zip with files
    of several formats, which would be left out otherwise.
    """
    _refuse_own_files(source)
    form, why = choose_format(source, name)
    if name == "auto":
        _refuse_mixed_formats(source, form)
    elif not source.is_folder and (seen := matching_formats(source.sample())) and form not in seen:
        why += f", though it looks like {'; '.join(f'{n} ({description})' for n, description in seen.items())}"
    return form, why


def check_spans_found(source: ImportSource, options: ImportOptions) -> None:
    """Raise SourceError where a file of which no span was read has some as what it looks like."""
    seen = next((description for description in map(matching_formats, source.samples()) if description), {})
    for name, why in seen.items() if options.format not in {"auto", *seen} else ():
        if _has_spans(source, name, options):
            what = f"there is no span in it as --format {options.format}, but there are as {name} ({why})"
            raise SourceError(what, where=source.name, do=f"give --format {name}, or leave --format out")


def _has_spans(source: ImportSource, form: str, options: ImportOptions) -> bool:
    """Return True if the reader of a format finds a span in a file."""
    log = ConversionLog()
    try:
        return any(d.spans for d in read_source_documents(source, form, options, log)) or bool(read_spans(log))
    except AnnotatorError:  # of a damaged file what was read before counts
        return bool(read_spans(log))


def _refuse_own_files(source: ImportSource) -> None:
    if (source.path / "corpus.toml").is_file():
        what, do = ("this is a corpus, not an export of another tool", "put corpora together with annotator merge")
        raise SourceError(what, where=source.name, do=do)
    if any(map(is_journal_line, source.sample().json_values(1))):
        what, do = ("this is an annotator's journal, not an export", "put corpora together with annotator merge")
        raise SourceError(what, where=source.name, do=do)


def _refuse_mixed_formats(source: ImportSource, form: str) -> None:
    if not (source.is_folder or source.is_zip):
        return
    seen, suffix = {form: ""}, format_info(form).companion_suffix
    for file in source.files()[:_MAX_INSPECTED_FILES]:
        if suffix and file.base.endswith(suffix):
            continue  # an article, which may be about any format
        alike = matching_formats(file.sample())
        for name in [form] if form in alike else list(alike)[:1]:
            seen[name] = seen.get(name) or file.base
    if len(seen) > 1:
        description = ", ".join(f"{name} ({file})" if file else name for name, file in seen.items())
        do = "name the files of one format, or choose one with --format"
        raise SourceError(f"it holds files of several formats: {description}", where=source.name, do=do)


def check_format_options(forms: Iterable[str], options: ImportOptions) -> None:
    """Raise UsageError for an option that the reader of one of the formats has no use for."""
    given = {"offsets": options.offsets, "layer": options.layer}
    for form in forms:
        entry = format_info(form)
        for option in (o for o, value in given.items() if value and o not in entry.reader_options):
            rest = ", ".join(n for n, e in FORMATS.items() if option in e.reader_options)
            raise UsageError(f"--{option} has no meaning for {entry.description}", do=f"leave it out; it is for {rest}")


def read_source_documents(
    source: ImportSource, form: str, options: ImportOptions, log: ConversionLog
) -> Iterator[Document]:
    """Yield the documents of a file; an error of the system becomes a SourceError that names it."""
    takes = format_info(form).reader_options
    reader_options: dict[str, Any] = {"layer": options.layer} if "layer" in takes else {}
    reader_options |= {"names": tag_names_in_map(options.labels)} if "names" in takes else {}
    read = cast("Callable[..., Iterator[Document]]", load_format(form).read)
    unit = offset_units.OFFSET_UNIT_NAMES.get(options.offsets)
    offset_errors = offset_units.requested_unit(unit, may_cut_words=options.inside_tokens != "keep")
    with translate_os_errors("read", source.name, SourceError), offset_errors, source.checked_for_changes():
        with collected_encodings() as encodings:
            yield from read(source, log, **reader_options)
        log.notes += encoding_notes(encodings)
