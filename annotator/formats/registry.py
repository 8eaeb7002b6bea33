"""The registry of formats: every property by which the program treats one format unlike another."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Literal, Protocol, cast

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.errors import UsageError
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import FileSample, ImportSource
from annotator.plugin_loader import Plugin, load_plugin

DocumentUnit = Literal["sentence", "article"]


class Format(Protocol):
    """What the module of a format offers, and what a plug-in's object must.

    ``detect`` is missing where a plug-in leaves it out, ``write`` where a format can only be read.
    A plug-in may have ``INFO``, a `FormatInfo` without ``module``.

    The contract that ``annotator check --round-trip`` certifies, for every document that ``write`` takes:

    * **Spans.** ``read`` returns each span with its text in the same place and its label, or ``write`` lists
      it in the log: by `Outcome.LEFT_OUT` with the reason. Nothing appears that was not there.
      ``log.read`` counts every span that is seen, ``log.kept`` those that are carried over unchanged;
      ``read`` leaves ``kept`` to the program, ``write`` counts both.
    * **Files.** ``write`` returns the files that it has written, at least one, all in the folder.
    * **Offsets** are code points of ``Document.text``, half-open, whatever the file counts.
    * **Text.** The text comes back character by character, or, where a format holds words and no white
      space, with blanks only levelled: a span keeps its words, and a run of blanks within it counts as one.
    * **Fields** (answer, annotator, note, …) come back, or the certificate lists them as not held.
    * **Determinism.** The same documents give the same bytes; a file name never comes from data unescaped.
    * **Errors.** `SourceError` with file and line for a file that is damaged.
    """

    def detect(self, sample: FileSample) -> str:
        """Return why the file looks like this format, or an empty text."""

    def read(self, source: ImportSource, log: ConversionLog) -> Iterator[Document]:
        """Yield the documents of a file.

        ``layer`` and ``names`` come as keywords where the entry has them as reader options;
        `read_records_with_unit` obeys ``offsets``.
        """

    def write(self, documents: Iterable[Document], out: Path, log: ConversionLog) -> list[Path]:
        """Write the documents into the folder ``out`` and return the files."""


class FormatInfo(Struct, frozen=True, kw_only=True):
    """What the program has to know of a format before it loads it."""

    description: str
    """What a user calls it."""
    module: str = ""
    """In this package, where it is not called as the format."""
    unit: DocumentUnit = "article"
    """What one document of it is as a rule; a file may hold others."""
    has_fixed_unit: bool = False
    """Whether an export can have no other unit."""
    reader_options: frozenset[str] = frozenset()
    """What a user can set: what ``offsets`` count, which ``layer``, the ``names`` of numbered tags."""
    can_write: bool = True
    is_training_export: bool = False
    """Whether ``annotator export`` makes it by a workflow of its own (parts, shards, config), not by ``write``."""
    can_split: bool = False
    """Whether an export may have a file for each part of a split."""
    has_answers: bool = False
    """Whether it states an answer, so that rejected and ignored sentences, not articles, are exported too."""
    has_annotators: bool = True
    """Whether its files state who has annotated what."""
    has_whole_texts: bool = True
    """Whether it holds the text between the sentences, too."""
    is_gold: bool = False
    """Whether a suggester can be evaluated against a file of it: its documents are sentences, or have them."""
    written_by: str = ""
    """The distribution whose version decides the bytes of its files, where one does."""
    companion_suffix: str = ""
    """How the names of files end that belong to it though any format may look like them."""


_OFFSETS = frozenset({"offsets"})

FORMATS: Mapping[str, FormatInfo] = {
    "prodigy": FormatInfo(
        description="Prodigy's JSONL",
        unit="sentence",
        can_split=True,
        has_fixed_unit=True,
        reader_options=_OFFSETS,
        has_answers=True,
        is_gold=True,
    ),
    "doccano": FormatInfo(description="doccano's JSONL or zip", reader_options=_OFFSETS),
    "argilla": FormatInfo(description="Argilla's records (JSON or JSONL)", reader_options=_OFFSETS, can_write=False),
    "potato": FormatInfo(
        description="Potato's annotated_instances.jsonl, a file or a folder", reader_options=_OFFSETS, can_write=False
    ),
    "dataturks": FormatInfo(description="Dataturks' JSON lines", reader_options=_OFFSETS, can_write=False),
    "ground-truth": FormatInfo(
        description="SageMaker Ground Truth's manifest of text spans",
        module="ground_truth",
        reader_options=_OFFSETS,
        can_write=False,
    ),
    "langextract": FormatInfo(description="LangExtract's documents, as predictions", can_write=False),
    "slate": FormatInfo(description="SLATE's texts with .annotations", can_write=False, companion_suffix=".txt"),
    "gliner": FormatInfo(description="GLiNER's training data", unit="sentence", can_split=True),
    "labelstudio": FormatInfo(description="Label Studio's JSON, JSON_MIN, CSV or TSV", reader_options=_OFFSETS),
    "brat": FormatInfo(description="a brat folder (.txt and .ann)", reader_options=_OFFSETS, companion_suffix=".txt"),
    "conll": FormatInfo(
        description="CoNLL columns",
        can_split=True,
        reader_options=frozenset({"names"}),
        has_annotators=False,
        has_whole_texts=False,
    ),
    "csv-tokens": FormatInfo(
        description="a table of tokens (CSV or TSV)",
        reader_options=frozenset({"names"}),
        can_write=False,
        has_annotators=False,
        has_whole_texts=False,
    ),
    "csv": FormatInfo(description="a table of spans (CSV or TSV)", module="csv_spans", reader_options=_OFFSETS),
    "webanno": FormatInfo(
        description="WebAnno TSV 3", reader_options=frozenset({"offsets", "layer"}), has_whole_texts=False
    ),
    "uima": FormatInfo(description="UIMA CAS (JSON or XMI)", reader_options=frozenset({"layer"}), can_write=False),
    "huggingface": FormatInfo(
        description="Hugging Face rows (Parquet or JSONL)",
        unit="sentence",
        can_split=True,
        written_by="pyarrow",
        reader_options=frozenset({"offsets", "names"}),
    ),
    "spacy": FormatInfo(
        description="spaCy's DocBin", module="spacy_docbin", can_write=False, is_training_export=True, is_gold=True
    ),
    "spacy-json": FormatInfo(
        description="spaCy's v2 JSON or tuples", can_split=True, reader_options=_OFFSETS, has_annotators=False
    ),
    "plain": FormatInfo(
        description='JSONL of {"text", "spans"}', unit="sentence", can_split=True, reader_options=_OFFSETS, is_gold=True
    ),
}
"""By the name that ``--format`` takes, in the order of help and messages; detection tries all."""

DEFAULT_FORMAT = "plain"
"""What a file without any sign of a format is read as, where the user can only mean texts with spans."""


def export_formats() -> list[str]:
    """Return the names of the built-in formats that ``annotator export`` makes, the default first."""
    training = [name for name, info in FORMATS.items() if info.is_training_export]
    return training + [name for name, info in FORMATS.items() if info.can_write]


def format_info(name: str) -> FormatInfo:
    """Return the entry of a format; raises UsageError for an unknown one, PluginError for a broken one."""
    return FORMATS.get(name) or _load_plugin_format(name).info


def format_software(name: str) -> dict[str, str]:
    """Return what else than this program decides the bytes of a format's files, with its version.

    Raises UsageError for an unknown format, PluginError for a broken one.
    """
    if name in FORMATS:
        library = FORMATS[name].written_by
        return {library: version(library)} if library else {}
    return {f"format {name}": _load_plugin_format(name).distribution}


def module_name(name: str) -> str:
    """Return the name of a built-in format's module."""
    return FORMATS[name].module or name.replace("-", "_")


def load_format(name: str) -> Format:
    """Return a format by its name; raises UsageError for an unknown one, PluginError for a broken one."""
    if name not in FORMATS:
        return _load_plugin_format(name)
    return cast("Format", importlib.import_module(f"annotator.formats.{module_name(name)}"))


class _PluginFormat:
    """A format of another distribution; what its code raises names that distribution."""

    def __init__(self, plugin: Plugin) -> None:
        """Check that it can be read from; raises PluginError."""
        self._plugin, self._format = plugin, plugin.value
        if not callable(getattr(self._format, "read", None)):
            raise plugin.error("the format has no function `read`")
        can_write = callable(getattr(self._format, "write", None))
        own = getattr(self._format, "INFO", None) or FormatInfo(description=f"the format {plugin.name}")
        if not isinstance(own, FormatInfo):
            raise plugin.error("its INFO is no FormatInfo")
        self.info = replace(own, can_write=can_write, is_training_export=False)

    @property
    def distribution(self) -> str:
        """Return the distribution that has the plug-in, with its version."""
        return self._plugin.distribution

    def detect(self, sample: FileSample) -> str:
        with self._plugin.blamed():
            return str(self._format.detect(sample)) if hasattr(self._format, "detect") else ""

    def read(self, source: ImportSource, log: ConversionLog, **options: object) -> Iterator[Document]:
        with self._plugin.blamed():
            for document in self._format.read(source, log, **options):
                if not isinstance(document, Document):
                    raise self._plugin.error(f"it reads a {type(document).__name__}, not a Document")
                yield document

    def write(self, documents: Iterable[Document], out: Path, log: ConversionLog) -> list[Path]:
        with self._plugin.blamed():
            files = [out / file for file in self._format.write(documents, out, log)]
        self._check_files(files, out)
        return files

    def _check_files(self, files: Sequence[Path], out: Path) -> None:
        """Raise PluginError unless there are files, all in the folder."""
        if not files:
            raise self._plugin.error("it has written no file")
        for file in files:
            real = file.resolve()
            if not (real.is_file() and real.is_relative_to(out.resolve())):
                raise self._plugin.error(f"it returns {file}, which is no file in the folder that it was given")


def _load_plugin_format(name: str) -> _PluginFormat:
    plugin = load_plugin("formats", name)
    if plugin is None:
        raise UsageError(f"there is no format {name!r}", do=f"use one of {', '.join(FORMATS)}")
    return _PluginFormat(plugin)
