"""What becomes of the spans of an import that begin or end inside a token, and what each choice would bring.

``keep`` leaves them, ``out`` and ``in`` put them on the edges of tokens, ``split`` cuts the tokens: the tokenizer of a
new corpus gets infixes, or each character becomes a token, and what is still inside one is cut in its sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.article import Sentence
from annotator.core.ledger import Outcome
from annotator.core.pluralize import pluralize
from annotator.core.schema import Schema
from annotator.core.span_repair import RepairKind, snap_span
from annotator.core.spans import Span
from annotator.core.token_cuts import cut_sentences_at
from annotator.core.token_settings import TokenSettings
from annotator.core.tokens import Token, is_aligned
from annotator.formats.document import ConversionLog, Document
from annotator.formats.label_mapping import LabelRename
from annotator.formats.span_alignment import trim_blanks
from annotator.ingest.infixes import SpanEdges, TokenChoice, choose_tokens
from annotator.ingest.tokenizer import Tokenizer
from annotator.language.language_guess import guess_language, is_unspaced
from annotator.workflows.import_options import InsideTokens

_SNAPS = {"out": RepairKind.OUT, "in": RepairKind.IN}
_RUN = re.compile(r"\S+")
_SAMPLED_RUNS, _SAMPLED_LENGTH = 500, 200
"""How much is looked at to see what language it is in."""
_BUCKET = 500
"""How many code points are one place for the search of near spans."""
SpanKey = tuple[int, int, str]


class InsideTokenFigures(Struct, frozen=True):
    """How many spans begin or end inside a token, and how many are on token edges by each choice."""

    spans: int
    inside: int
    out: int
    """How many are on token edges with ``out``; those whose rules or place forbid it stay."""
    inward: int
    """The same with ``in``."""
    choice: InsideTokens
    """What was chosen."""
    split_tokens: TokenSettings | None = None
    """What ``split`` cuts a new corpus by; None for a corpus that is there, whose tokens stay."""
    split_resolved: int = 0
    """How many of those inside a token its tokenizer finds by itself, with ``split``."""
    cut: int = 0
    """How many were left for their tokens to be cut in the sentence."""
    in_words: bool = False
    """Whether the tokens are words, with blanks between them: in other languages they are whole clauses."""

    @property
    def kept(self) -> int:
        """How many are on token edges as they are."""
        return self.spans - self.inside

    @property
    def by_tokenizer(self) -> int:
        """How many the tokenizer of the corpus finds by itself, with ``split``."""
        return self.kept + self.split_resolved

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``--json``."""
        tokens = self.split_tokens
        return {
            "spans": self.spans,
            "inside": self.inside,
            "chosen": self.choice,
            "on token edges": {"keep": self.kept, "out": self.out, "in": self.inward, "split": self.spans},
            "found by the tokenizer": self.by_tokenizer,
            "split takes": {"unit": tokens.unit, "infixes": list(tokens.infixes)} if tokens else None,
            "tokens cut for": self.cut,
        }

    def lines(self) -> Iterator[str]:
        """Yield the figures for people, a line for each choice."""
        verb = "begins or ends" if self.inside == 1 else "begin or end"
        yield f"{self.inside:,} of {self.spans:,} spans {verb} inside a token; on token edges with --inside-tokens"
        for name, count, words in (
            (
                "keep",
                self.kept,
                "the others stay as they are; key R repairs them, and until then training data lack them",
            ),
            ("out", self.out, "spans grow to the tokens that they touch"),
            ("in", self.inward, "spans shrink to the tokens that are in them whole"),
            ("split", self.spans, self._split_words()),
        ):
            mark = "*" if name == self.choice else " "
            yield f" {mark} {name:<6}{count:>8,} ({self._share(count)})  {words}"
        yield from self._advice()

    def _advice(self) -> Iterator[str]:
        if self.split_tokens and self.split_tokens.unit == "characters":
            words = ": out keeps words whole, and with --tokens rules split cuts them in their sentences alone"
            yield f"split takes characters, because edges are between letters{words if self.in_words else ''}"
        if self.choice == "keep" and self.split_tokens:
            yield "to choose otherwise, import into another new corpus with --inside-tokens split, out or in"
        elif self.choice == "keep":
            yield "to choose otherwise, import the file again with --inside-tokens split, or into a new corpus"
        elif self.choice == "split" and self.cut:
            yield (
                f"tokens were cut in their sentences for {pluralize(self.cut, 'span')}; "
                "a model's tokenizer does not cut there, so that it cannot find these spans in new texts"
            )

    def _split_words(self) -> str:
        tokens, found = self.split_tokens, f"{self.by_tokenizer:,} ({self._share(self.by_tokenizer)})"
        if tokens is None:
            return f"tokens are cut in their sentences alone: a model's tokenizer finds {found}"
        infixes = f"tokens are cut at {'  '.join(tokens.infixes)}" if tokens.infixes else "no infix helps"
        how = "each character is a token" if tokens.unit == "characters" else infixes
        rest = "; the rest is cut in the sentences" if self.by_tokenizer < self.spans else ""
        return f"{how}: the tokenizer of config.cfg finds {found}{rest}"

    def _share(self, count: int) -> str:
        percent = 100 * count / self.spans
        return f"{percent:.0f} %" if percent in (0, 100) or 1 <= percent <= 99 else f"{percent:.1f} %"


class InsideTokenSpans:
    """Looks at the spans of each document of an import, and does what was chosen with those inside tokens."""

    def __init__(self, choice: InsideTokens, schema: Schema, log: ConversionLog, rename: LabelRename | None) -> None:
        self._choice, self._schema, self._log, self._rename = choice, schema, log, rename
        self.edges: Counter[SpanEdges] = Counter()
        """The spans inside tokens by their edges there."""
        self.spans = self.out = self.inward = 0

    @property
    def inside(self) -> int:
        """How many spans begin or end inside a token."""
        return sum(self.edges.values())

    def prepare(self, document: Document, sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
        """Count the spans of a document, and return its sentences: with ``split``, cut at the edges of its spans."""
        spans = list(self._kept_spans(document))
        self.spans += len(spans)
        tokens = tuple(t.shifted(s.start) for s in sentences for t in s.tokens) if spans else ()
        inside = [s for s in spans if not is_aligned(tokens, s.start, s.end)]
        if not inside:
            return sentences
        runs = [(m.start(), m.group()) for m in _RUN.finditer(document.text)]
        edges = {t.start for t in tokens}, {t.end for t in tokens}
        self.edges.update(_inside_edges(runs, s, *edges) for s in inside)
        self.out += len(inside) - len(self._snapped(spans, inside, tokens, RepairKind.OUT))
        self.inward += len(inside) - len(self._snapped(spans, inside, tokens, RepairKind.IN))
        if self._choice != "split":
            return sentences
        return cut_sentences_at(sentences, {place for s in inside for place in (s.start, s.end)})

    def _kept_spans(self, document: Document) -> Iterator[Span]:
        """Yield the spans of a document as they will be, each once."""
        seen = set()
        for span in document.spans:
            label = self._rename(span.label) if self._rename else span.label
            trimmed = trim_blanks(document.text, span) if label and span.end <= len(document.text) else None
            if trimmed and (found := replace(trimmed, label=label)).key not in seen:
                seen.add(found.key)
                yield found

    def _snapped(
        self, spans: Sequence[Span], inside: Sequence[Span], tokens: Sequence[Token], kind: RepairKind
    ) -> dict[SpanKey, tuple[Span | None, str]]:
        """Return what cannot be put on token edges, by key, with the reason, others being put there in turn."""
        return {key: x for key, x in snap_spans(spans, inside, tokens, kind, self._schema).items() if x[1]}

    def move(self, document: Document, tokens: Sequence[Token], entries: range) -> Document:
        """Return a document whose spans are put on token edges, where that was chosen; its entries say so.

        ``entries`` are those of the document in the log.
        """
        kind = _SNAPS.get(self._choice)
        inside = [s for s in document.spans if not is_aligned(tokens, s.start, s.end)] if kind else []
        if not kind or not inside:
            return document
        found = snap_spans(document.spans, inside, tokens, kind, self._schema)
        numbers = {s.key: n for n in entries for s in self._log.entries[n].resulting_spans}
        for span in inside:
            moved, why = found[span.key]
            if (n := numbers.get(span.key)) is None:
                continue
            entry = self._log.entries[n]
            if why:
                self._log.entries[n] = replace(entry, why=f"{entry.why}, not put {self._choice}: {why}")
            elif moved:
                reason = f"{entry.why}: put on token edges (--inside-tokens {self._choice})"
                became = tuple(moved if s.key == span.key else s for s in entry.resulting_spans)
                self._log.entries[n] = replace(entry, outcome=Outcome.MOVED, why=reason, resulting_spans=became)
        spans = (
            moved if (moved := found.get(s.key, (None, ""))[0]) and not found[s.key][1] else s for s in document.spans
        )
        return replace(document, spans=tuple(spans))

    def choose_tokens(self, tokenizer: Tokenizer, *, may_be_characters: bool) -> TokenChoice | None:
        """Return how a new corpus must be cut so that the spans inside tokens are on token edges; None without any."""
        if not self.inside:
            return None
        return choose_tokens(self.edges, self.spans, tokenizer, may_be_characters=may_be_characters)

    def figures(self, choice: TokenChoice | None) -> InsideTokenFigures | None:
        """Return what each choice brings; None where no span is inside a token.

        ``choice`` is how a new corpus would be cut; None for a corpus that is there.
        """
        if not self.inside:
            return None
        kept = self.spans - self.inside
        return InsideTokenFigures(
            self.spans,
            self.inside,
            kept + self.out,
            kept + self.inward,
            self._choice,
            choice.settings if choice else None,
            choice.resolved if choice else 0,
            in_words=not is_unspaced(guess_language(self._sample())),
        )

    def _sample(self) -> str:
        """Return the beginnings of some of the texts in which edges are inside tokens."""
        runs = dict.fromkeys(run for span in self.edges for run, _ in span)
        return " ".join(run[:_SAMPLED_LENGTH] for run in islice(runs, _SAMPLED_RUNS))


class _Places:
    """Spans by where they are, so that those near a place are found without a look at all others."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._buckets: dict[int, set[SpanKey]] = {}
        self._spans: dict[SpanKey, Span] = {}
        for span in spans:
            self.put(span.key, span)

    def put(self, key: SpanKey, span: Span) -> None:
        """Put a span in its place; ``key`` is the one that it had at first."""
        for n in range(span.start // _BUCKET, span.end // _BUCKET + 1):
            self._buckets.setdefault(n, set()).add(key)
        self._spans[key] = span

    def near(self, span: Span, reach: int) -> list[Span]:
        """Return the other spans within ``reach`` code points, and perhaps some more."""
        first, last = max(0, span.start - reach) // _BUCKET, (span.end + reach) // _BUCKET
        found: set[SpanKey] = set()
        found.update(*(self._buckets.get(n, ()) for n in range(first, last + 1)))
        return [self._spans[key] for key in sorted(found - {span.key})]


def snap_spans(
    spans: Sequence[Span], inside: Sequence[Span], tokens: Sequence[Token], kind: RepairKind, schema: Schema
) -> dict[SpanKey, tuple[Span | None, str]]:
    """Return by key where each span ``inside`` a token is put, and why it cannot be there, if so; one after another."""
    places, found = _Places(spans), dict[SpanKey, tuple[Span | None, str]]()
    reach = max((t.end - t.start for t in tokens), default=0)
    for span in inside:
        moved, why = snap_span(tokens, span, places.near(span, reach), kind, schema)
        found[span.key] = (moved, why)
        if moved and not why:
            places.put(span.key, moved)
    return found


def _inside_edges(runs: Sequence[tuple[int, str]], span: Span, starts: set[int], ends: set[int]) -> SpanEdges:
    """Return the edges of a span that are inside tokens, each with the run of visible characters around it.

    ``runs`` are those of the text, with their starts.
    """
    found = []
    for place in (p for p, edges in ((span.start, starts), (span.end, ends)) if p not in edges):
        start, run = runs[max(0, bisect_right(runs, place, key=_run_start) - 1)]
        if start < place < start + len(run):
            found.append((run, place - start))
    return tuple(found)


def _run_start(run: tuple[int, str]) -> int:
    return run[0]
