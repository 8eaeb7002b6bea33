"""What stands in a Doc, before anybody makes one: words, blanks, spans, what is missing, user data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from annotator.core.errors import CorpusError
from annotator.core.tokens import TokenRange, tokens_cover_text
from annotator.export.pieces import ExportSentence, DocUnit, white_space_between
from annotator.export.wrong import IncorrectSpan

USER_DATA_KEY = "annotator"
"""The key in ``doc.user_data``; lists in it come back from a DocBin as tuples."""


@dataclass(frozen=True, slots=True)
class DocLayout:
    """The tokens of a stretch, and the first token of each of its pieces."""

    words: list[str]
    spaces: list[bool]
    first_tokens: list[int]

    @property
    def ends(self) -> list[int]:
        """The token after the last one of each piece, white space behind it counted in."""
        return [*self.first_tokens[1:], len(self.words)]


def lay_out_doc(unit: DocUnit) -> DocLayout:
    """Lay the tokens of a stretch out; raises CorpusError where they do not spell their sentence."""
    out = DocLayout([], [], [])
    before: ExportSentence | None = None
    for piece in unit:
        if not tokens_cover_text(piece.sentence.tokens, piece.sentence.text):
            raise CorpusError(
                "the stored tokens do not spell the sentence",
                where=piece.sentence.id,
                do="restore its line in sentences.jsonl or in the journal",
            )
        if before:
            _append_gap(white_space_between(before.sentence, piece.sentence, piece.article), out)
        out.first_tokens.append(len(out.words))
        out.words.extend(t.text for t in piece.sentence.tokens)
        out.spaces.extend(t.ws for t in piece.sentence.tokens)
        before = piece
    return out


def _append_gap(blank: str, out: DocLayout) -> None:
    """Keep the white space between two sentences as spaCy does: one blank, the rest a token."""
    out.spaces[-1] = blank.startswith(" ")
    if rest := blank[out.spaces[-1] :]:
        out.words.append(rest)
        out.spaces.append(False)


def doc_ents(unit: DocUnit, firsts: list[int]) -> list[IncorrectSpan]:
    """Return the entities, by token in the Doc."""
    return [
        ((first + f.ent[0], first + f.ent[1]), f.span.label)
        for piece, first in zip(unit, firsts, strict=True)
        for f in piece.outcomes
        if f.ent
    ]


def doc_spans(unit: DocUnit, firsts: list[int]) -> list[IncorrectSpan]:
    """Return all spans, by token in the Doc."""
    return [
        ((first + f.tokens[0], first + f.tokens[1]), f.span.label)
        for piece, first in zip(unit, firsts, strict=True)
        for f in piece.outcomes
        if f.tokens
    ]


def doc_incorrect_spans(unit: DocUnit, firsts: list[int]) -> list[IncorrectSpan]:
    """Return the known-wrong spans; never one that is an entity, which spaCy would refuse."""
    known = set(doc_ents(unit, firsts))
    found = [
        ((first + a, first + b), label)
        for piece, first in zip(unit, firsts, strict=True)
        for (a, b), label in piece.incorrect_spans
    ]
    return [x for x in found if x not in known]


def missing_ranges(unit: DocUnit, layout: DocLayout) -> list[TokenRange]:
    """Return the stretches of tokens that nobody has reviewed, white space after them included."""
    places = zip(unit, layout.first_tokens, layout.ends, strict=True)
    return [(first, end) for p, first, end in places if not p.reviewed]


def doc_user_data(unit: DocUnit, layout: DocLayout) -> dict[str, Any]:
    """Return where a Doc comes from; offsets are code points in the article's text."""
    first, last = unit[0].sentence, unit[-1].sentence
    names = sorted({name for p in unit for name in p.annotators})
    return {
        **article_metadata(unit[0].article),
        "start": first.start,
        "end": last.end,
        "annotator": ", ".join(names),
        "sentence": first.id if len(unit) == 1 else "",
        "sentences": [_sentence_metadata(p, layout.first_tokens[n]) for n, p in enumerate(unit)],
    }


class ArticleMetadata(Protocol):
    """What a Doc tells of its article."""

    @property
    def id(self) -> str:
        """Return its id."""

    @property
    def title(self) -> str:
        """Return its title."""

    @property
    def byline(self) -> str:
        """Return who wrote it."""

    @property
    def dateline(self) -> str:
        """Return where and when it was written."""

    @property
    def date(self) -> str:
        """Return its date."""

    @property
    def source(self) -> str:
        """Return who published it."""

    @property
    def origin(self) -> str:
        """Return the file that it came from."""

    @property
    def meta(self) -> Mapping[str, object]:
        """Return what else its source tells."""


def article_metadata(article: ArticleMetadata) -> dict[str, Any]:
    """Return what a Doc tells of its article; the fields stand first in ``user_data``."""
    return {
        "article": article.id,
        "title": article.title,
        "byline": article.byline,
        "dateline": article.dateline,
        "date": article.date,
        "source": article.source,
        "origin": article.origin,
        "meta": _msgpack_values(article.meta),
    }


def _msgpack_values(meta: Mapping[str, object]) -> dict[str, object]:
    """Return the values that msgpack holds; nested ones and numbers past 64 bits stay behind."""
    held: Iterable[tuple[str, object]] = sorted(meta.items())
    return {
        k: v for k, v in held if isinstance(v, str | float) or (isinstance(v, int) and -(2**63) <= v < 2**63)
    }


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
    }
