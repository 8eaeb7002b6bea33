"""The manifest of an export: what decides its bytes, and their digests.

``manifest.json`` has no clock, no path and nothing of the machine: the same corpus, options and version give the
same manifest. An entry of ``inputs`` is a digest where the input is large.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct, to_builtins

from annotator._version import __version__
from annotator.core.errors import AnnotatorError
from annotator.core.journal_state import JournalState
from annotator.core.pluralize import MAX_LISTED, pluralize
from annotator.export.options import ExportOptions, PartCounts, SplitRule

MANIFEST_FORMAT = 1
PROGRAM = f"annotator {__version__}"
_NO_OPTIONS = frozenset({"processes", "resume", "corpus_split"})
"""Options that change no byte, and what is no option."""


class ExportInputs(Struct, frozen=True, kw_only=True):
    """What of a corpus and of the installed software decides the bytes of an export."""

    name: str
    tokenizer: str
    """The tokenizer's fingerprint."""
    schema: str
    """The digest of the file."""
    sentences: str
    """The digest of ``sentences.jsonl``."""
    split: SplitRule | None = None
    """By what the split is drawn, by the options and ``corpus.toml``; None where none is drawn."""
    splits: str = ""
    """The digest of ``splits.json``; empty where there is none."""
    coverage: str = ""
    """The digest of ``coverage.json``; empty where there is none."""
    software: Mapping[str, str] = {}
    """Other programs that have written the files, with their versions."""
    annotators: Mapping[str, JournalState]
    """By name, the journals; those too that the options leave out: the ledger lists what they hold."""
    articles: Mapping[str, str]
    """By id, in the order of ingest, the digest of text, metadata and line verdicts (its first 16 hex digits)."""


class ExportManifest(Struct, frozen=True, kw_only=True):
    """What ``manifest.json`` holds."""

    manifest: int = MANIFEST_FORMAT
    """The version of this format."""
    program: str = PROGRAM
    options: Mapping[str, Any]
    """All options that may change a byte, as ``ExportOptions`` names them."""
    files: Mapping[str, str]
    """By name, the SHA-256 (hex) of each file of the export but this one."""
    counts: Mapping[str, Any]
    """Sentences by answer, spans by outcome, and what each part holds."""
    inputs: ExportInputs

    def encode(self) -> bytes:
        """Return the bytes of the file."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"

    def export_options(self) -> ExportOptions:
        """Return the options that the export had; raises AnnotatorError for one that this version does not know."""
        if unknown := sorted(self.options.keys() - set(ExportOptions.__struct_fields__)):
            what = f"{self.program} has exported with an option that {PROGRAM} does not have: {', '.join(unknown)}"
            raise AnnotatorError(what, do="update Annotator")
        try:
            return msgspec.convert(self.options, ExportOptions)
        except msgspec.ValidationError as error:
            raise AnnotatorError(f"the options of the export cannot be read: {error}") from None


def effective_options(options: ExportOptions) -> dict[str, Any]:
    """Return the options that may change a byte, as JSON has them."""
    values = msgspec.json.decode(msgspec.json.encode(options))
    return {name: value for name, value in values.items() if name not in _NO_OPTIONS}


def export_counts(totals: Mapping[str, Any], parts: Mapping[str, PartCounts]) -> dict[str, Any]:
    """Return the counts of a manifest from the totals of the ledger and what each part holds."""
    return {"sentences": totals["sentences"], "spans": totals["spans"], "parts": to_builtins(parts)}


def decode_manifest(raw: bytes, where: str) -> ExportManifest:
    """Return the manifest in a file's bytes; raises AnnotatorError that names ``where``."""
    do = "export again, or restore it from a copy"
    try:
        found = msgspec.json.decode(raw)
        version = found["manifest"]
        if isinstance(version, int) and version > MANIFEST_FORMAT:
            what = f"a newer Annotator wrote this manifest (format {version}; this one knows {MANIFEST_FORMAT})"
            raise AnnotatorError(what, where=where, do="update Annotator")
        return msgspec.convert(found, ExportManifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, LookupError, TypeError) as error:
        raise AnnotatorError(f"this is no manifest of an export, or damaged ({error})", where=where, do=do) from None


# -- what has changed between two manifests --------------------------------------------------------

_INPUT_FILES = {
    "schema": "the label schema",
    "sentences": "sentences.jsonl",
    "splits": "splits.json",
    "coverage": "coverage.json",
}
"""What a message calls the files of a corpus of which `ExportInputs` has the digest, by its field."""


class InputChange(Struct, frozen=True):
    """One of the things that decide the bytes of an export, and how it has changed."""

    kind: str
    """version, option, corpus, schema, annotator, articles, sentences, split, splits, coverage or software."""
    name: str
    then: Any
    now: Any
    message: str


def input_changes(then: ExportManifest, now: ExportManifest) -> Iterator[InputChange]:
    """Yield what differs between the manifest of an export and that of the same export now, but for the journals."""
    if then.program != now.program:
        yield _simple_change("version", "", then.program, now.program)
    defaults = effective_options(ExportOptions())
    for name in dict.fromkeys((*then.options, *now.options)):
        old, new = (x.options.get(name, defaults.get(name)) for x in (then, now))
        if old != new:
            yield _simple_change("option", f"--{name.replace('_', '-')}", _shown(old), _shown(new))
    a, b = then.inputs, now.inputs
    for key, shown in (("name", "name of the corpus"), ("tokenizer", "tokenizer")):
        if (old := getattr(a, key)) != (new := getattr(b, key)):
            yield _simple_change("corpus", shown, old, new)
    yield from _split_changes(then, now)
    for kind, file in _INPUT_FILES.items():
        if (old := getattr(a, kind)) != (new := getattr(b, kind)):
            yield InputChange(kind, file, old, new, f"{file} has changed")
    for name in dict.fromkeys((*a.software, *b.software)):
        if (old := a.software.get(name)) != (new := b.software.get(name)):
            yield _simple_change("software", name, old, new)
    yield from _article_changes(a.articles, b.articles)


def _split_changes(then: ExportManifest, now: ExportManifest) -> Iterator[InputChange]:
    """Yield what has changed in the split of ``corpus.toml``; not what another option has changed."""
    if (b := now.inputs.split) is None:
        return
    a = then.inputs.split or SplitRule()
    for name, option in (("shares", "split"), ("seed", ""), ("unit", "split_by")):
        old, new = _shown(getattr(a, name)), _shown(getattr(b, name))
        if old != new and then.options.get(option) == now.options.get(option):
            yield _simple_change("split", f"{name} in [split] of corpus.toml", old, new)


def _simple_change(kind: str, name: str, then: Any, now: Any) -> InputChange:
    return InputChange(kind, name, then, now, f"{name or kind}: {then} then, {now} now")


def _shown(value: Any) -> Any:
    if value is None:
        return "not given"
    return "/".join(map(str, value)) if isinstance(value, list | tuple) else value


def _article_changes(then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[InputChange]:
    new, gone = [a for a in now if a not in then], [a for a in then if a not in now]
    other = [a for a, digest in then.items() if now.get(a, digest) != digest]
    for articles, what in (
        (new, "new"),
        (gone, "gone or damaged"),
        (other, "changed (title, metadata, lines in use or version)"),
    ):
        if articles:
            message = f"{pluralize(len(articles), 'article')} {what}: {_listed(articles)}"
            yield InputChange("articles", what.partition(" ")[0], len(then), articles, message)
    if not (new or gone or other) and list(then) != list(now):
        yield InputChange("articles", "order", None, None, "the articles are in another order")


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MAX_LISTED
    return ", ".join(names[:MAX_LISTED]) + (f" and {more:,} more" if more > 0 else "")
