"""The content of a Doc before it is made: words, blanks, spans, missing tokens, user data."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from msgspec import Struct, to_builtins
from msgspec.structs import replace

from annotator.core.article import Article, Sentence, shared_values
from annotator.core.errors import CorpusError
from annotator.core.metadata_names import merge_metadata
from annotator.core.spans import Span
from annotator.core.tokens import tokens_cover_text
from annotator.docbin.reader import PART_ID_PREFIX
from annotator.docbin.writer import DocContent, GroupSpans, pack_msgpack
from annotator.export.options import ExportItem
from annotator.export.span_outcomes import INCORRECT_SPANS_KEY, IncorrectSpan, SpanOutcome

# The sentences of an export in text order, and which of them make a Doc together.
#
# Between two sentences of one Doc is the white space of the article up to the first visible character: the
# text of a dropped line is no part of what is trained on.


class ExportSentence(Struct, frozen=True):
    """One sentence on its way into a Doc."""

    sentence: Sentence
    article: Article
    part: str = ""
    item: ExportItem | None = None
    """What a person accepted here; None for a sentence of which nothing is known."""
    annotators: tuple[str, ...] = ()
    outcomes: tuple[SpanOutcome, ...] = ()
    incorrect_spans: tuple[IncorrectSpan, ...] = ()
    """What is known to be wrong here; also in a sentence that nobody has finished."""

    @property
    def reviewed(self) -> bool:
        """Whether a person has accepted the sentence."""
        return self.item is not None

    @property
    def spans(self) -> tuple[Span, ...]:
        """The spans that the person has marked."""
        return self.item.annotated.annotation.spans if self.item else ()


DocUnit = tuple[ExportSentence, ...]
"""Pieces of one part and one article, or of the rows of one document, in text order: one Doc."""


def units_by_part(pieces: Sequence[ExportSentence]) -> list[DocUnit]:
    """Make one Doc of each part of an article, or of a document."""
    parts = dict.fromkeys(p.part for p in pieces)
    return [tuple(p for p in pieces if p.part == part) for part in parts]


def reviewed_runs(sentences: Sequence[ExportSentence]) -> list[DocUnit]:
    """Make one Doc of each longest run of an article's accepted sentences with nothing unseen between them."""
    out: list[list[ExportSentence]] = []
    starts = sentences[0].article.line_starts() if sentences else ()
    for piece in sentences:
        last = out[-1][-1] if out else None
        if last and last.part == piece.part and not _has_unseen_text(last, piece, starts):
            out[-1].append(piece)
        else:
            out.append([piece])
    return [tuple(run) for run in out]


def _has_unseen_text(before: ExportSentence, after: ExportSentence, starts: Sequence[int]) -> bool:
    """Return True if the article has visible text on an annotated line between two sentences.

    It is of a sentence that nobody has accepted. ``starts`` has where the lines start.
    """
    article, start = after.article, before.sentence.end
    lines = enumerate(article.text[start : after.sentence.start].split("\n"), bisect_right(starts, start) - 1)
    return any(text.strip() and _is_annotated(article, n) for n, text in lines)


def _is_annotated(article: Article, line: int) -> bool:
    return line >= len(article.lines) or article.lines[line].verdict.annotated


def with_unreviewed(
    article: Article, group: Sequence[ExportSentence], unreviewed: Sequence[Sentence], part: str
) -> list[ExportSentence]:
    """Add the unreviewed sentences that overlap nothing; each takes the part of the one before, the first ``part``."""
    every = [*group, *(ExportSentence(s, article) for s in unreviewed)]
    # Of two at one place the accepted one comes first, then the shorter.
    every.sort(key=lambda p: (p.sentence.start, not p.reviewed, p.sentence.end))
    out: list[ExportSentence] = []
    starts = [p.sentence.start for p in group]
    for piece in every:
        s = piece.sentence
        n = bisect_right(starts, s.start)
        free = not out or out[-1].sentence.end <= s.start
        clear = n == len(starts) or s.end <= starts[n]
        if piece.reviewed:
            part = piece.part
            out.append(piece)
        elif free and clear and s.text:
            out.append(replace(piece, part=part))
    return out


USER_DATA_KEY = "annotator"
"""The key in ``doc.user_data``; lists in it come back from a DocBin as tuples."""


class DocLayout(Struct, frozen=True):
    """The tokens of a stretch, and the first token of each of its pieces."""

    words: list[str]
    spaces: list[bool]
    first_tokens: list[int]

    @property
    def ends(self) -> list[int]:
        """The token after the last one of each piece, white space behind it counted in."""
        return [*self.first_tokens[1:], len(self.words)]


def lay_out_doc(unit: DocUnit) -> DocLayout:
    """Lay out the tokens of a stretch; raises CorpusError where they do not spell their sentence."""
    out = DocLayout([], [], [])
    before: ExportSentence | None = None
    for piece in unit:
        if not tokens_cover_text(piece.sentence.tokens, piece.sentence.text):
            what = "the stored tokens do not spell the sentence"
            raise CorpusError(what, where=piece.sentence.id, do="restore its line in sentences.jsonl or in the journal")
        if before:
            between = _text_between(before, piece)
            blank = between[: len(between) - len(between.lstrip())]
            out.spaces[-1] = blank.startswith(" ")  # as spaCy has it: one blank, the rest is a token
            if rest := blank[out.spaces[-1] :]:
                out.words.append(rest)
                out.spaces.append(False)
        out.first_tokens.append(len(out.words))
        out.words.extend(t.text for t in piece.sentence.tokens)
        out.spaces.extend(t.ws for t in piece.sentence.tokens)
        before = piece
    return out


def _text_between(before: ExportSentence, piece: ExportSentence) -> str:
    """Return the text between two sentences of an article; two rows of a document are in lines of their own."""
    if before.article.id != piece.article.id:
        return "\n"
    return piece.article.text[before.sentence.end : piece.sentence.start]


def doc_ents(unit: DocUnit, firsts: list[int]) -> list[IncorrectSpan]:
    """Return the entities, by token in the Doc."""
    return _shifted(([(f.ent, f.span.label) for f in piece.outcomes if f.ent] for piece in unit), firsts)


def doc_spans(unit: DocUnit, firsts: list[int]) -> list[IncorrectSpan]:
    """Return all spans, by token in the Doc."""
    return _shifted(([(f.tokens, f.span.label) for f in piece.outcomes if f.tokens] for piece in unit), firsts)


def _doc_span_ids(unit: DocUnit) -> list[str]:
    """Return the id of each of these spans, empty but for the parts of discontinuous ones."""
    groups = (f.span.group for piece in unit for f in piece.outcomes if f.tokens)
    return [f"{PART_ID_PREFIX}{group}" if group else "" for group in groups]


def doc_incorrect_spans(unit: DocUnit, firsts: list[int]) -> list[IncorrectSpan]:
    """Return the known-wrong spans; never one that is an entity, which spaCy would refuse."""
    known = set(doc_ents(unit, firsts))
    return [x for x in _shifted((piece.incorrect_spans for piece in unit), firsts) if x not in known]


def _shifted(spans: Iterable[Sequence[IncorrectSpan]], firsts: list[int]) -> list[IncorrectSpan]:
    """Return the spans of sentences that begin at the tokens ``firsts``, by token in the Doc."""
    by_sentence = zip(spans, firsts, strict=True)
    return [((by + first, by + end), label) for each, by in by_sentence for (first, end), label in each]


def pack_unit(unit: DocUnit, key: str, *, with_user_data: bool, covers: Sequence[str] | None = None) -> DocContent:
    """Return the Doc of a unit, its spans under ``key``; raises CorpusError as ``lay_out_doc`` does.

    ``covers`` are the labels that the Doc covers, None for all of the schema.
    """
    made = lay_out_doc(unit)
    firsts = made.first_tokens
    places = _token_offsets(made.words, made.spaces)
    groups = [(key, group_spans(doc_spans(unit, firsts), places, _doc_span_ids(unit)))]
    wrong = doc_incorrect_spans(unit, firsts)
    if wrong:
        groups.append((INCORRECT_SPANS_KEY, group_spans(wrong, places)))
    ents = [(first, end, label) for (first, end), label in doc_ents(unit, firsts)]
    data = pack_msgpack({USER_DATA_KEY: doc_user_data(unit, made) | doc_coverage(covers)}) if with_user_data else b""
    missing = [(a, b) for p, a, b in zip(unit, firsts, made.ends, strict=True) if not p.reviewed]
    return DocContent(made.words, made.spaces, ents, groups, firsts, missing, data)


def _token_offsets(words: Iterable[str], spaces: Iterable[bool]) -> list[tuple[int, int]]:
    """Return where each token starts and ends, in code points of the Doc."""
    out, at = [], 0
    for word, ws in zip(words, spaces, strict=True):
        out.append((at, at + len(word)))
        at += len(word) + ws
    return out


def group_spans(
    spans: Sequence[IncorrectSpan], offsets: Sequence[tuple[int, int]], ids: Sequence[str] = ()
) -> GroupSpans:
    """Return spans as a group stores them; ``offsets`` has each token's start and end in code points."""
    rows = [(label, first, end, offsets[first][0], offsets[end - 1][1]) for (first, end), label in spans]
    return [(*row, id_) if id_ else row for row, id_ in zip(rows, ids, strict=True)] if any(ids) else rows


def doc_user_data(unit: DocUnit, layout: DocLayout) -> dict[str, Any]:
    """Return where a Doc comes from; offsets are code points in the article's text."""
    first, last = unit[0].sentence, unit[-1].sentence
    names = sorted({name for p in unit for name in p.annotators})
    place: dict[str, Any] = {"start": first.start, "end": last.end}
    article = unit[0].article
    if first.article != last.article:  # no article has this text
        rows = list({p.article.id: p.article for p in unit}.values())
        key = article.group.key if article.group else ""
        place = {"article": "", "group": key, "rows": [row.id for row in rows]}
        article = replace(article, meta=shared_values([row.meta for row in rows]))
    return {
        **article_metadata(article),
        **place,
        "annotator": ", ".join(names),
        "sentence": first.id if len(unit) == 1 else "",
        "sentences": [_sentence_metadata(p, layout.first_tokens[n]) for n, p in enumerate(unit)],
    }


def doc_coverage(covers: Sequence[str] | None) -> dict[str, Any]:
    """Return the part of ``user_data`` about coverage, which comes last; none where a Doc covers all of the schema."""
    return {} if covers is None else {"covers": list(covers)}


def article_metadata(article: Article) -> dict[str, Any]:
    """Return the article's part of ``user_data``, which comes first."""
    texts = {name: getattr(article, name) for name in ("title", "byline", "dateline", "date", "source", "origin")}
    group = {"group": to_builtins(article.group)} if article.group else {}
    meta = merge_metadata(group, article.meta, group)
    return {"article": article.id, **texts, "meta": {k: _msgpack_value(v) for k, v in sorted(meta.items())}}


def _msgpack_value(value: object) -> object:
    """Return a value as msgpack holds it: a number past 64 bits as a text."""
    match value:
        case dict():
            return {str(k): _msgpack_value(v) for k, v in value.items()}
        case list() | tuple():
            return [_msgpack_value(v) for v in value]
        case int() if not -(2**63) <= value < 2**64:
            return str(value)
    return value


def _sentence_metadata(sentence: ExportSentence, first: int) -> dict[str, Any]:
    s = sentence.sentence
    return {
        "id": s.id,
        "start": s.start,
        "end": s.end,
        "token_start": first,
        "token_end": first + len(s.tokens),
        "reviewed": sentence.reviewed,
        "annotator": ", ".join(sorted(sentence.annotators)),
        "_seq": sentence.item.seq if sentence.item else 0,
        **(sentence_remarks(sentence.item.annotated.annotation) if sentence.item else {}),
    }


class Remarks(Protocol):
    """What has a note and a flag: an annotation, or a stored sentence."""

    @property
    def note(self) -> str:
        """The note, empty for none."""

    @property
    def flagged(self) -> bool:
        """Whether it is flagged."""


def sentence_remarks(remarks: Remarks) -> dict[str, Any]:
    """Return the part of ``user_data`` with a sentence's note and flag, which comes last; none where it has none."""
    fields = {"note": remarks.note, "flagged": remarks.flagged}
    return {name: value for name, value in fields.items() if value}
