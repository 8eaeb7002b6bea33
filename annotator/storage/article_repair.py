"""Mending articles and their sentences: only to what a digest, or another file of the corpus, proves.

An article's text is proved by its digest, of which its file's name is a part; a sentence by the text of its article.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any, Protocol

import msgspec
import orjson
from msgspec import Struct, field

from annotator.core.article import Article, Sentence
from annotator.core.digest import text_digest
from annotator.core.errors import CorpusError, SourceError
from annotator.core.pluralize import pluralize
from annotator.core.tokens import Token, tokens_cover_text
from annotator.storage.articles import (
    decode_article,
    decode_origin,
    encode_article,
    encode_article_fields,
    metadata_bytes,
    metadata_digest,
    with_metadata,
)
from annotator.storage.codec import DECODE_ERRORS, DataError, decode_sentence
from annotator.storage.journal_reader import MERGE_MARKERS, format_line_numbers
from annotator.storage.sentences import encode_sentence_line
from annotator.storage.transport_damage import (
    merge_sides,
    other_encodings,
    single_bit_flips,
    undo_transport_damage,
    without_doubled_line,
)

Quotation = tuple[int, str]
"""Where a piece of an article's text begins, in code points, and the piece."""


def mend_article(raw: bytes, article_id: str, quotations: Iterable[Quotation] = ()) -> bytes | None:
    """Return the file of an article whose text has the digest that ``article_id`` begins, or None.

    ``quotations`` are pieces of its text that other files hold.
    """
    return next((c for c in _candidates(raw, article_id, quotations) if is_article(c, article_id)), None)


def with_proved_text(raw: bytes, article: Article, sentences: int, came_from: str = "") -> bytes:
    """Return the sound file of an article whose source is there again.

    What can be read of the damaged one, such as switched lines and versions, stays as it is.
    """
    proved = {"id": article.id, "digest": article.digest, "text": article.text, "sentences": sentences}
    with suppress(CorpusError):
        kept = encode_article_fields(_json_object(undo_transport_damage(raw)[0]) | proved, article.id)
        if is_article(kept, article.id):
            return kept
    return encode_article(article, sentences, came_from)


def sentence_count(raw: bytes, default: int) -> int:
    """Return how many sentences a damaged article's file counts; ``default`` where that cannot be read."""
    with suppress(CorpusError):
        count = decode_origin(raw, "").sentences
        return default if count is None else count
    return default


def is_article(raw: bytes, article_id: str) -> bool:
    """Return True if bytes are the sound file of this article."""
    with suppress(CorpusError):
        decode_article(raw, "", article_id)
        decode_origin(raw, "")
        return True
    return False


def mend_metadata(raw: bytes, article_id: str) -> bytes | None:
    """Return the sound file of an article with the one bit of its metadata, or of their digest, set right, or None."""
    article, stored = decode_article(raw, "", article_id), decode_origin(raw, "").meta_digest
    now = metadata_bytes(article)
    if _is_one_bit(stored.encode(), metadata_digest(now).encode()):
        return encode_article_fields(with_metadata(_json_object(raw), now), article_id)
    for flipped in single_bit_flips(now):
        if metadata_digest(flipped) == stored:
            with suppress(orjson.JSONDecodeError, CorpusError):
                return encode_article_fields(with_metadata(_json_object(raw), flipped), article_id)
    return None


def accept_metadata(raw: bytes, article_id: str) -> bytes:
    """Return the sound file of an article with the digest of the metadata that it has now."""
    now = metadata_bytes(decode_article(raw, "", article_id))
    return encode_article_fields(with_metadata(_json_object(raw), now), article_id)


def _is_one_bit(a: bytes, b: bytes) -> bool:
    return len(a) == len(b) and sum((x ^ y).bit_count() for x, y in zip(a, b, strict=True)) == 1


def article_id_in(raw: bytes) -> str:
    """Return the id of the sound article that a file holds; empty where it holds none."""
    with suppress(CorpusError):
        return decode_article(raw, "").id
    return ""


def _candidates(raw: bytes, article_id: str, quotations: Iterable[Quotation]) -> Iterator[bytes]:
    yield raw
    clean, _ = undo_transport_damage(raw)
    yield clean
    yield from other_encodings(clean)
    yield from merge_sides(clean)
    yield from without_doubled_line(clean)
    fields = _json_object(clean)
    if isinstance(text := fields.get("text"), str):
        for words in (text, _with_quotations(text, quotations), *_texts_with_a_flip(text, article_id)):
            with suppress(SourceError, CorpusError):
                same = {"id": article_id, "digest": text_digest(words), "text": words}
                yield encode_article_fields({**fields, **same}, article_id)
    yield from single_bit_flips(clean)


def _json_object(raw: bytes) -> dict[str, Any]:
    with suppress(*DECODE_ERRORS):
        value = msgspec.json.decode(raw)
        return value if isinstance(value, dict) else {}
    return {}


def _with_quotations(text: str, quotations: Iterable[Quotation]) -> str:
    """Return a text with the pieces in their places."""
    for start, words in quotations:
        text = text[:start] + words + text[start + len(words) :]
    return text


def _texts_with_a_flip(text: str, article_id: str) -> Iterator[str]:
    """Yield the text with the one bit changed that gives it the digest."""
    with suppress(UnicodeError):
        for flipped in single_bit_flips(text.encode()):
            with suppress(UnicodeError):
                words = flipped.decode()
                if text_digest(words).startswith(article_id):
                    yield words
                    return


# -- sentences.jsonl -------------------------------------------------------------------------------

_PLACE = re.compile(rb'"id":"([0-9a-f]{12,64}):(\d{1,10})-(\d{1,10})"')
_Place = tuple[int, int]


class MendedSentences(Struct):
    """What mending the file of the sentences came to."""

    data: bytes = b""
    done: list[str] = field(default_factory=list)
    stays: list[str] = field(default_factory=list)


class StoredArticle(Struct, frozen=True):
    """A sound article, how many sentences its file counts, and what journals hold of its sentences."""

    article: Article
    sentences: int | None
    annotated: Mapping[_Place, Sentence]


class SentenceCutter(Protocol):
    """Cuts articles again by the corpus's own tokenizer; does nothing where that is another one now."""

    def cuts(self, article: Article) -> Sequence[Sequence[Sentence]]:
        """Return the sentences of an article by today's rules for its language, and by those of earlier versions."""

    def sentence(self, article: Article, index: int, start: int, end: int) -> Sentence | None:
        """Return a sentence of which the place is known."""


class _Lines(Struct):
    """The lines of one article: by place those that are sound, and the others."""

    sound: dict[_Place, bytes] = field(default_factory=dict)
    broken: list[bytes] = field(default_factory=list)


def mend_sentences(raw: bytes, articles: Mapping[str, StoredArticle], cutter: SentenceCutter) -> MendedSentences:
    """Return the file with the sentences of all sound articles, each in its place; the lines of others stay."""
    mended = MendedSentences()
    clean, done = undo_transport_damage(raw)
    mended.done += done
    by_article, order = _sort_lines(clean, articles, mended)
    chunks: list[bytes] = []
    for article_id in (*order, *(a for a in articles if a not in by_article)):
        lines, stored = by_article.get(article_id, _Lines()), articles.get(article_id)
        if stored is None:
            chunks += [*lines.sound.values(), *lines.broken]
            continue
        whole = _complete(stored, lines, cutter)
        if whole is None:
            have, want = len(lines.sound), "?" if stored.sentences is None else stored.sentences
            mended.stays.append(f"{have} of {want} sentences of article {article_id} are there")
            chunks += [*lines.sound.values(), *lines.broken]
            continue
        _note_changes(mended, article_id, lines, whole)
        chunks += whole.values()
    mended.data = b"".join(line + b"\n" for line in chunks)
    return mended


def _note_changes(mended: MendedSentences, article_id: str, lines: _Lines, whole: Mapping[_Place, bytes]) -> None:
    """Note what an article gets and loses; a damaged line whose sentence is made again counts once."""
    made, surplus = len(whole.keys() - lines.sound.keys()), len(lines.sound.keys() - whole.keys())
    if made:
        mended.done.append(f"made {pluralize(made, 'sentence')} of article {article_id} from its text")
    if removed := surplus + max(0, len(lines.broken) - made):
        mended.done.append(f"removed {pluralize(removed, 'surplus line')} of article {article_id}")


def _sort_lines(
    clean: bytes, articles: Mapping[str, StoredArticle], mended: MendedSentences
) -> tuple[dict[str, _Lines], list[str]]:
    """Return the lines by article, and the articles in the order of the file."""
    by_article: dict[str, _Lines] = {}
    doubled: list[int] = []
    lost: list[int] = []
    recoded: list[int] = []
    markers: list[int] = []
    for number, line in enumerate(clean.split(b"\n"), 1):
        if line.startswith(MERGE_MARKERS):
            markers.append(number)
        if not line.strip() or line.startswith(MERGE_MARKERS):
            continue
        sentence = _sound_sentence(line, articles)
        found = _PLACE.search(line)
        article_id = sentence[1].article if sentence else found[1].decode() if found else ""
        if not article_id:
            lost.append(number)
            continue
        lines = by_article.setdefault(article_id, _Lines())
        if sentence and sentence[0] != line:
            recoded.append(number)
        if sentence is None:
            lines.broken.append(line)
        elif (place := (sentence[1].start, sentence[1].end)) in lines.sound:
            doubled.append(number)
        else:
            lines.sound[place] = sentence[0]
    for what, numbers in (
        ("turned another encoding into UTF-8", recoded),
        ("removed the markers of a merge", markers),
        ("removed what was there twice", doubled),
        ("set aside what is no sentence", lost),
    ):
        if numbers:
            mended.done.append(f"{what} ({format_line_numbers(numbers)})")
    return by_article, list(by_article)


def _sound_sentence(line: bytes, articles: Mapping[str, StoredArticle]) -> tuple[bytes, Sentence] | None:
    """Return a line with its sentence if it is the text of its article."""
    for candidate in (line, *other_encodings(line)):
        with suppress(DataError):
            sentence = decode_sentence(candidate)
            stored = articles.get(sentence.article)
            if stored is None or stored.article.text[sentence.start : sentence.end] == sentence.text:
                return candidate, sentence
    return None


def _complete(stored: StoredArticle, lines: _Lines, cutter: SentenceCutter) -> dict[_Place, bytes] | None:
    """Return all lines of an article in the order of its text, or None where some cannot be had."""
    sound, unknown = dict(lines.sound), False
    if lines.broken and not (_is_complete(sound, stored) and stored.sentences is not None):
        for line in lines.broken:
            if sentence := _mended_sentence(line, stored):
                sound.setdefault((sentence.start, sentence.end), encode_sentence_line(sentence)[:-1])
            elif not _is_there(line, sound):
                unknown = True  # of an article of an earlier version nobody knows how many sentences it has
    if unknown or not _is_complete(sound, stored):
        if made := _recut(stored, sound, cutter) or _one_in_each_gap(stored, sound, cutter):
            sound, unknown = made | sound, False
        elif tiling := _only_tiling(sound, stored):
            sound = {place: sound[place] for place in tiling}
    return dict(sorted(sound.items())) if not unknown and _is_complete(sound, stored) else None


def _recut(stored: StoredArticle, sound: Mapping[_Place, bytes], cutter: SentenceCutter) -> dict[_Place, bytes]:
    """Return the sentences by the one cut that fits all that is known of the article; none where two cuts do.

    Known are the sound lines, how many sentences there were, and what was annotated: whole sentences, runs or parts.
    """
    found: list[dict[_Place, bytes]] = []
    for sentences in cutter.cuts(stored.article) if sound or stored.sentences else ():
        made = {(s.start, s.end): encode_sentence_line(s)[:-1] for s in sentences}
        fits = stored.sentences in {None, len(made)} and sound.keys() <= made.keys()
        if fits and _hold(made, stored.annotated) and made not in found:
            found.append(made)
    return found[0] if len(found) == 1 else {}


def _hold(made: Iterable[_Place], annotated: Iterable[_Place]) -> bool:
    """Return True if each annotated place is a run of the sentences, or a part of one."""
    places = sorted(made)
    starts, ends = {a for a, _ in places}, {b for _, b in places}
    for start, end in annotated:
        around = bisect_right(places, start, key=lambda place: place[0]) - 1
        if not (start in starts and end in ends) and (around < 0 or places[around][1] < end):
            return False
    return True


def _one_in_each_gap(
    stored: StoredArticle, sound: Mapping[_Place, bytes], cutter: SentenceCutter
) -> dict[_Place, bytes]:
    """Return a sentence for each stretch of text without one, where as many are lost as there are such stretches.

    No rules of cutting are needed for that: every word is in a sentence.
    """
    text, at, gaps = stored.article.text, 0, list[tuple[int, int, int]]()
    for n, (start, end) in enumerate([*sorted(sound), (len(stored.article.text), len(stored.article.text))]):
        piece = text[at:start]
        if piece.strip():
            first = at + len(piece) - len(piece.lstrip())
            gaps.append((n + len(gaps) + 1, first, at + len(piece.rstrip())))
        at = max(at, end)
    if stored.sentences is None or len(gaps) != stored.sentences - len(sound) or not _is_apart(sound):
        return {}
    made = [cutter.sentence(stored.article, *gap) for gap in gaps]
    return {(s.start, s.end): encode_sentence_line(s)[:-1] for s in made if s}


def _is_complete(sound: Mapping[_Place, bytes], stored: StoredArticle) -> bool:
    return _is_apart(sound) and len(sound) == (len(sound) if stored.sentences is None else stored.sentences)


def _is_apart(sound: Iterable[_Place]) -> bool:
    places = sorted(sound)
    return all(a[1] <= b[0] for a, b in pairwise(places)) and all(a < b for a, b in places)


def _only_tiling(places: Iterable[_Place], stored: StoredArticle) -> tuple[_Place, ...]:
    """Return those of the places that have all words of the text, each once; none where other places have them too."""
    text = stored.article.text

    def next_word(at: int) -> int:
        return len(text) - len(text[at:].lstrip())

    tails: dict[int, list[tuple[_Place, ...]]] = {len(text): [()]}
    for place in sorted(places, reverse=True):
        new = [(place, *tail) for tail in tails.get(next_word(place[1]), ())]
        tails[place[0]] = [*tails.get(place[0], ()), *new][:_MOST_TILINGS]
    every = tails.get(next_word(0), [])
    found = [x for x in every if stored.sentences in {None, len(x)}] if len(every) < _MOST_TILINGS else []
    return found[0] if len(found) == 1 else ()


_MOST_TILINGS = 20


def _is_there(line: bytes, sound: Iterable[_Place]) -> bool:
    """Return True if the place that a damaged line names has sentences already."""
    found = _PLACE.search(line)
    return found is not None and any(a < int(found[3]) and int(found[2]) < b for a, b in sound)


def _mended_sentence(line: bytes, stored: StoredArticle) -> Sentence | None:
    """Return the sentence of a damaged line that names its place, else of one with a flipped bit."""
    if (found := _PLACE.search(line)) and found[1].decode() == stored.article.id:
        place = int(found[2]), int(found[3])
        text = stored.article.text[place[0] : place[1]]
        known = stored.annotated.get(place)
        tokens = known.tokens if known and known.text == text else _stored_tokens(line, text)
        index = (_json_object(line).get("meta") or {}).get("index", known.index if known else 0)
        if text and tokens and isinstance(index, int):
            return Sentence(stored.article.id, index, *place, text, tokens)
    flips = (_sound_sentence(flipped, {stored.article.id: stored}) for flipped in single_bit_flips(line, 2**14))
    return next((x[1] for x in flips if x and x[1].article == stored.article.id), None)


def _stored_tokens(line: bytes, text: str) -> tuple[Token, ...]:
    """Return the tokens at the offsets in a damaged line; none where they do not spell the text."""
    try:
        rows = _json_object(line)["tokens"]
        tokens = tuple(Token(text[t["start"] : t["end"]], t["start"], t["end"], t["ws"]) for t in rows)
        return tokens if tokens_cover_text(tokens, text) else ()
    except (KeyError, TypeError, ValueError):
        return ()
