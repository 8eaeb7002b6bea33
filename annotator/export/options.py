"""What goes into an export and what comes out of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct, field, to_builtins

from annotator.core.annotation import AnnotatedSentence
from annotator.core.article import Article
from annotator.core.disagreement import ConflictRule
from annotator.core.errors import UsageError
from annotator.core.ledger import Ledger
from annotator.core.pluralize import join_limited, pluralize
from annotator.export.split_report import PartSize, RegroupedArticles

_SPANS_KEY = re.compile(r"[A-Za-z0-9_-]+")

SPLIT_PARTS = ("train", "dev", "test")
"""The parts of a split, in the order in which ``--split`` names them."""
DEFAULT_SHARES = (80, 10, 10)


_FOR_ANY_FORMAT = {"format", "unit", "annotator", "on_conflict", "ledger", "lang", "corpus_split"} | {
    "split",
    "split_by",
    "split_from",
    "split_else",
    "rebalance",
}
"""Options that another format than spaCy's takes too."""


class ExportItem(Struct, frozen=True):
    """One sentence as one annotator left it, with its article."""

    annotated: AnnotatedSentence
    annotator: str
    article: Article
    seq: int = 0
    """The number of its journal record."""


class ExcludedItem(Struct, frozen=True):
    """An accepted sentence of a journal that is not exported, and why."""

    item: ExportItem
    why: str
    requested: bool
    """Whether the user has asked for it: then it is no loss."""
    partial: bool = False
    """Whether the sentence is exported without these spans."""


class MissingItems(Struct, frozen=True):
    """What the journals hold, or held, that is not among the items of an export."""

    excluded: tuple[ExcludedItem, ...] = ()
    damaged_lines: Mapping[str, int] = field(default_factory=dict)
    """By annotator, the lines of the journal that do not count or have others missing before them."""


class SplitRule(Struct, frozen=True):
    """By what a split is drawn."""

    shares: tuple[int, int, int] = DEFAULT_SHARES
    """Of train, dev and test."""
    seed: int = 0
    unit: Literal["story", "article"] = "story"
    """What stays in one part."""


class ExportOptions(Struct, frozen=True):
    """What the user chose; raises UsageError where it makes no sense."""

    format: str = "spacy"
    spans_key: str = "sc"
    unit: Literal["sentence", "article"] | None = None
    """One Doc (or text) each; None is a sentence, or what another format than spaCy's has."""
    split: tuple[int, int, int] | None = None
    """The shares of the parts; None is those of the corpus, and one file in another format than spaCy's."""
    split_by: Literal["story", "article"] | None = None
    """What stays in one part; None is as the corpus has it."""
    rebalance: bool = False
    """Whether all that is linked becomes one part, and is kept so."""
    split_from: str | None = None
    """The field of the metadata that names each article's part; None: the split is drawn."""
    split_else: Literal["train", "dev", "test", "leave-out"] | None = None
    """What becomes of articles whose field names none, and of documents that are in two."""
    annotator: tuple[str, ...] = ()
    """Those who count, in the order of preference; empty for all."""
    on_conflict: ConflictRule | None = None
    """What becomes of sentences that they have done differently; None is ``skip``, or for
    a format that names annotators all that each has."""
    ledger: Literal["exceptions", "full"] = "exceptions"
    lang: str = "en"
    engine: Literal["straight", "spacy"] = "straight"
    """Who writes the DocBins: ``straight`` without spaCy, ``spacy`` as the reference."""
    attrs: Literal["own", "min", "full"] = "own"
    """Which attributes of a token they store; see ``docbin/token_columns.py``."""
    shard: int = 20_000
    """Docs that one file has at the most; a part with more is a folder of files."""
    processes: int = 1
    reader: Literal["spacy", "annotator"] = "spacy"
    """Whose corpus reader the config names."""
    report: bool = False
    """Whether ``report.html`` is written too."""
    resume: bool = False
    corpus_split: SplitRule = SplitRule()
    """What the corpus has, where an option does not choose otherwise."""

    def __post_init__(self) -> None:
        if self.format != "spacy":
            for name, default in zip(self.__struct_fields__, self.__struct_defaults__, strict=True):
                if name not in _FOR_ANY_FORMAT and getattr(self, name) != default:
                    raise no_meaning_error(name, self.format)
        if self.on_conflict == "prefer" and not self.annotator:
            what = "--on-conflict prefer has no order to go by"
            raise UsageError(what, do="name the annotators with --annotator A,B, the preferred one first")
        if len(self.shares) != len(SPLIT_PARTS) or min(self.shares) < 0 or sum(self.shares) == 0:
            raise _no_split_error("/".join(map(str, self.shares)))
        if self.shard < 1 or self.processes < 1:
            raise UsageError("--shard and --processes take numbers from 1 on", do="give a larger one")
        if self.spans_key == "incorrect_spans":
            what = "--spans-key incorrect_spans is where known-wrong spans go"
            raise UsageError(what, do="use another name, such as sc")
        if not _SPANS_KEY.fullmatch(self.spans_key):
            description = f"--spans-key {self.spans_key!r} cannot name a span group in a spaCy config"
            raise UsageError(description, do="use letters, digits, - and _, such as sc")

    @property
    def marks_inside(self) -> bool:
        """Whether a Doc marks the tokens that begin no sentence; of one sentence, spaCy's own tokenizer does not."""
        return self.attrs != "full" or self.unit == "article"

    @property
    def shares(self) -> tuple[int, int, int]:
        """The shares of train, dev and test."""
        return self.split or self.corpus_split.shares

    @property
    def split_rule(self) -> SplitRule:
        """By what a split is drawn."""
        return SplitRule(self.shares, self.corpus_split.seed, self.split_by or self.corpus_split.unit)

    @property
    def draws_split(self) -> bool:
        """Whether an export with these options draws a split: not where all is in one file, or the parts are given."""
        return self.split_from is None and (self.format == "spacy" or self.split is not None)

    @property
    def parts_with_share(self) -> tuple[str, ...]:
        """The parts with a share; one with 0 is not written."""
        return tuple(p for p, share in zip(SPLIT_PARTS, self.shares, strict=True) if share)


def preferred_annotators(given: Iterable[str]) -> tuple[str, ...]:
    """Return the names that an option has, each once; several are in one text with commas between, or in several."""
    return tuple(dict.fromkeys(name.strip() for text in given for name in text.split(",")))


def no_meaning_error(option: str, to: str) -> UsageError:
    """Return the error for an option that a format has no use for."""
    return UsageError(f"--{option.replace('_', '-')} has no meaning with --format {to}", do="leave it out")


def parse_split(text: str) -> tuple[int, int, int]:
    """Return the shares in a text such as ``80/10/10``; raises UsageError."""
    parts = text.split("/")
    if len(parts) != len(SPLIT_PARTS) or not all(p.isdecimal() and len(p) <= 6 for p in parts):
        raise _no_split_error(text)
    return int(parts[0]), int(parts[1]), int(parts[2])


def _no_split_error(text: str) -> UsageError:
    return UsageError(f"--split {text} is no split", do="give three shares, such as 80/10/10")


class PartCounts(Struct, frozen=True):
    """What one ``.spacy`` file holds."""

    docs: int = 0
    sentences: int = 0
    """Reviewed ones; the unreviewed sentences of an article are not counted."""
    tokens: int = 0
    spans: Mapping[str, int] = field(default_factory=dict)
    """Spans in ``doc.spans``, by label in the schema's order."""
    ents: Mapping[str, int] = field(default_factory=dict)
    """Entities in ``doc.ents``, by label in the schema's order."""
    wrong: int = 0
    """Known-wrong spans: suggestions that were turned down, in ``doc.spans["incorrect_spans"]``."""


class NgramSuggester(Struct, frozen=True):
    """The n-gram sizes that spancat tries, and the most that it can find with them."""

    sizes: tuple[int, ...]
    percentile: int
    """The share (percent) of the training spans that the sizes were chosen to reach."""
    ceiling: Mapping[str, float]
    """Recall ceiling: by label, the share (0 to 1) of the training spans of one of the sizes."""
    overall: float


class ExportReport(Struct, frozen=True):
    """What an export did.

    ``lost`` counts what it left out though nobody asked for that: spans, accepted sentences without
    a span, and lines of damaged journals.
    """

    folder: str
    files: tuple[str, ...]
    removed: tuple[str, ...]
    """Files of an earlier export that this one has no use for."""
    parts: Mapping[str, PartCounts]
    totals: Mapping[str, Any]
    """The totals of the ledger: sentences by answer, spans by outcome."""
    suggester: NgramSuggester | None
    warnings: tuple[str, ...]
    lost: int
    study: RegroupedArticles | None = None
    """What a split by story has left out or moved; a `SplitAudit` where that was asked for, or the split was given."""
    sizes: Mapping[str, PartSize] = field(default_factory=dict)
    """By part, how much it holds."""

    @property
    def ledger(self) -> Ledger:
        """The totals of the ledger with what was lost."""
        return Ledger(self.totals, self.lost)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``--json``."""
        return dict(to_builtins(self))

    def lines(self) -> list[str]:
        """Return the report for people, a line each; warnings come last."""
        out = [_part_line(name, counts) for name, counts in self.parts.items()]
        if evaluated := [f"{part} {size}" for part, size in self.sizes.items() if part != SPLIT_PARTS[0]]:
            out.append(f"evaluation: {'; '.join(evaluated)}")
        out += _total_lines(self.totals)
        if self.study:
            out += self.study.lines()
        if s := self.suggester:
            shares = join_limited([f"{label} {share:.0%}" for label, share in s.ceiling.items()])
            out.append(
                f"spancat tries spans of 1 to {s.sizes[-1]} tokens ({s.percentile}th percentile): "
                f"it can find at most {s.overall:.1%} of the training spans ({shares})"
            )
        out.append(f"written to {self.folder}: {', '.join(_files_by_folder(self.files))}")
        if self.removed:
            out.append(f"removed, left by an earlier export: {', '.join(_files_by_folder(self.removed))}")
        return out + [f"warning: {w}" for w in self.warnings]

    def __str__(self) -> str:
        return "\n".join(self.lines())


def _files_by_folder(files: Sequence[str]) -> list[str]:
    """Return the names; those of a folder with more than two files as one."""
    folders = Counter(name.rpartition("/")[0] for name in files)
    description: dict[str, None] = {}  # in order, each once
    for name in files:
        folder = name.rpartition("/")[0]
        shards = folders[folder]
        description[f"{folder}/ ({shards} files)" if folder and shards > 2 else name] = None
    return list(description)


def _part_line(name: str, counts: PartCounts) -> str:
    spans = join_limited([f"{label} {n:,}" for label, n in counts.spans.items()]) or "no spans"
    wrong = f"; {pluralize(counts.wrong, 'known-wrong span')}" if counts.wrong else ""
    held = [(counts.docs, "doc"), (counts.sentences, "sentence"), (counts.tokens, "token")]
    return f"{name}: {', '.join(pluralize(n, what) for n, what in held)}; {spans}{wrong}"


def _total_lines(totals: Mapping[str, Any]) -> Iterator[str]:
    """Yield the totals of the ledger: sentences, spans and reasons, what is left out or may be missing."""
    names = {"unreviewed": "not annotated yet in the articles that were begun"}
    yield "sentences: " + ", ".join(f"{n:,} {names.get(name, name)}" for name, n in totals["sentences"].items() if n)
    yield "spans: " + (", ".join(f"{n:,} {what}" for what, n in totals["spans"].items() if n) or "none")
    metadata = [x for x in totals["why"] if x.get("thing") == "metadata"]
    for x in totals["why"]:
        if x not in metadata:
            yield f"  {x['what']}: {x['count']:,} ({x['why']})"
    if metadata:
        whys = (x["why"].removeprefix("metadata field ").removeprefix("the text's ") for x in metadata)
        fields = dict.fromkeys(why.rpartition(": ")[0] for why in whys)
        yield f"  metadata for which the format has no place: {', '.join(fields)}"
    for x in totals["left out"]:
        yield f"left out as a whole: {pluralize(x['sentences'], 'accepted sentence')} ({x['why']})"
    if conflicts := totals.get("conflicts"):
        kinds = ", ".join(f"{kind} {n:,}" for kind, n in conflicts.items())
        yield f"conflicts of annotators: {sum(conflicts.values()):,} ({kinds}); the ledger lists what each has"
        yield "  choose with --on-conflict, or see them with `annotator check --only conflict`"
    coverage = totals.get("coverage", {})
    for x in coverage.get("sentences", ()):
        yield f"read for {', '.join(x['labels'])}: {pluralize(x['count'], 'sentence')}"
    if groups := ", ".join(coverage.get("classes", ())):
        yield f"  so the files named {groups} hold all sentences read for these labels; `annotator train` uses them"
    if flawed := totals["journals with flaws"]:
        journals = ", ".join(f"{name} ({pluralize(n, 'line')})" for name, n in flawed.items())
        yield f"journals with flaws, so something may be missing: {journals}"
