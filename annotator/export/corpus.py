"""The export as a whole: items in; DocBins, configs, ledger and a report out.

``--unit sentence``: one Doc for each accepted sentence in ``train``, ``dev`` and ``test.spacy``;
``config.cfg`` trains ner and spancat from them.

``--unit article``: one Doc for each article (an article that the split has to cut gives one for
each part); the tokens of sentences that nobody has accepted are missing in ``doc.ents``, and
``doc.spans`` holds the spans of the accepted ones. ``config.cfg`` trains ner from that. What
spancat trains from stands in ``spancat/``: runs of neighbouring accepted sentences, nothing
unreviewed among them, with ``config-spancat.cfg``. See ``config.py`` for why.

A part with the share 0 is not written, and an earlier export's file of its name is removed with all
else that this one has no use for: of all exports, one lies in the folder. Without a dev part the
configs evaluate on the training data, with a warning; without a train part there is no config.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from annotator.core.article import Article, Sentence
from annotator.core.schema import Schema
from annotator.export import absent, ledger, warn
from annotator.export.choose import Choice, choose
from annotator.export.configs import Trained, configs, suggested
from annotator.export.fates import fates
from annotator.export.packed import Packed
from annotator.export.pieces import Piece, Stretch, articles, runs, single
from annotator.export.save import CONFIG, SPANCAT, save
from annotator.export.shards import shards
from annotator.export.splits import Split, split
from annotator.export.straight.columns import Attrs
from annotator.export.straight.docs import pack as straight
from annotator.export.study import Studied
from annotator.export.values import ExportOptions, ExportReport, Item, Missing
from annotator.export.wrong import wrong_spans

_NOTHING = Missing()


def export_corpus(
    items: Sequence[Item],
    unreviewed: Mapping[str, Sequence[Sentence]],
    schema: Schema,
    out: Path,
    options: ExportOptions,
    *,
    missing: Missing = _NOTHING,
    progress: Callable[[int, int], None] | None = None,
    audit: Callable[[Sequence[Piece]], Studied] | None = None,
) -> ExportReport:
    """Export what was accepted into the folder ``out``; ``progress`` hears sentences done of all.

    ``unreviewed`` holds, by article id, the active sentences that nobody has finished; ``missing``
    what the ledger is to list besides; ``studied`` tells what the split gives away. Raises
    AnnotatorError, with the folder as it was, for annotators in conflict, fewer accepted sentences
    than parts, a folder that holds another's files, or a full disk.
    """
    choice = choose(items)
    if not choice.accepted:
        absent.refuse_nothing(missing)
    families = _families(choice.accepted, items)
    drawn = split(families, options.split)
    pieces = _pieces(choice, drawn, schema)
    units = _with_wrong(_stretches(pieces, _rest(choice, unreviewed), options.unit), items, schema)
    packed, files = _pack(units, options, _counter(progress, len(pieces) * len(units)))
    sizes = suggested(packed, schema)
    files |= configs(Trained(packed, out, options, sizes))
    description = audit(pieces) if audit else Studied()
    files |= description.files
    book = _book(pieces, {**choice.counts, "unreviewed": _untouched(items, unreviewed)}, missing)
    saved = save(out, files, book, full=options.ledger == "full")
    warnings = (
        *warn.about_split(pieces, families, drawn),
        *warn.about_strangers(saved.foreign_files),
        *warn.about_training(options.parts_with_share, config=CONFIG in files, sizes=sizes),
    )
    parts = {name: p.part_counts([x.name for x in schema.labels]) for name, p in packed.items()}
    done = (out.as_posix(), saved.files, saved.removed, parts, saved.totals, sizes, warnings, book.lost)
    return ExportReport(*done, description.audit)


def _book(exported: Sequence[Piece], sentences: Mapping[str, int], missing: Missing) -> ledger.Book:
    return ledger.Book(exported, absent.listed(missing.excluded, exported), sentences, missing.damaged_lines)


def _families(accepted: Iterable[Item], items: Iterable[Item]) -> list[str]:
    known = {i.article.id: i.article for i in items}
    return [i.family or _root(i.article, known) for i in accepted]


def _root(article: Article, known: Mapping[str, Article]) -> str:
    """Return the id of the first version of an article, as far back as the items tell."""
    seen = [article.id]
    while article.replaces and article.replaces not in seen:
        seen.append(article.replaces)
        article = known.get(article.replaces, replace(article, replaces=""))
    return seen[-1]


def _pieces(selection: Choice, split: Split, schema: Schema) -> list[Piece]:
    return [
        Piece(
            item.annotated.sentence,
            item.article,
            part,
            item,
            selection.agreeing_annotators[item.annotated.sentence.id],
            fates(item.annotated, schema),
        )
        for item, part in zip(selection.accepted, split.parts, strict=True)
    ]


def _untouched(items: Sequence[Item], unreviewed: Mapping[str, Sequence[Sentence]]) -> int:
    """Return how many sentences nobody has begun; the begun ones are counted as unfinished."""
    begun = {i.annotated.sentence.id for i in items if not i.annotated.done}
    return sum(s.id not in begun for sentences in unreviewed.values() for s in sentences)


def _rest(selection: Choice, unreviewed: Mapping[str, Sequence[Sentence]]) -> dict[str, list[Sentence]]:
    """Return the sentences, by article, that stand in the text and of which nothing is known."""
    rest: dict[str, list[Sentence]] = defaultdict(list)
    for article, sentences in unreviewed.items():
        rest[article] += sentences
    for item in selection.others:
        rest[item.annotated.sentence.article].append(item.annotated.sentence)
    return rest


def _stretches(
    sentences: Sequence[Piece], unreviewed: Mapping[str, Sequence[Sentence]], unit: str
) -> dict[str, list[Stretch]]:
    """Return the Docs to be, by the folder that their files stand in."""
    if unit == "sentence":
        return {"": single(sentences)}
    return {"": articles(sentences, unreviewed), SPANCAT: runs(sentences)}


def _with_wrong(
    units: Mapping[str, list[Stretch]], items: Sequence[Item], schema: Schema
) -> dict[str, list[Stretch]]:
    """Give each piece what was turned down in its sentence."""
    wrong = wrong_spans(items, schema)
    return {
        place: [tuple(replace(p, incorrect_spans=wrong.get(p.sentence.id, ())) for p in unit) for unit in every]
        for place, every in units.items()
    }


def _counter(progress: Callable[[int, int], None] | None, total: int) -> Callable[[int], None]:
    """Return what adds sentences up for ``progress``."""
    done = 0

    def told(more: int) -> None:
        nonlocal done
        done += more
        if progress:
            progress(done, total)

    return told


def _pack(
    units: Mapping[str, list[Stretch]], options: ExportOptions, on_progress: Callable[[int], None]
) -> tuple[dict[str, Packed], dict[str, bytes]]:
    """Return what each part holds, and the files, both by name; a part's name has no end."""
    packed: dict[str, Packed] = {}
    files: dict[str, bytes] = {}
    for place, every in units.items():
        for part in options.parts_with_share:
            mine = [s for s in every if s[0].part == part]
            whole = packed[place + part] = Packed()
            for name, first, end in shards(place + part, len(mine), options.shard):
                counts, files[name] = _engine(mine[first:end], options, on_progress)
                whole.merge(counts)
    return packed, files


def _engine(
    units: Sequence[Stretch], options: ExportOptions, on_progress: Callable[[int], None]
) -> tuple[Packed, bytes]:
    """Write one DocBin; spaCy is loaded for its own engine alone."""
    attrs, lang = Attrs(options.attrs), options.lang
    bounded = attrs is not Attrs.FULL or options.unit == "article"
    if options.engine == "straight":
        return straight(units, options.spans_key, on_progress, attrs=attrs, lang=lang, mark_inside=bounded)
    from annotator.export.docbin import known_codecs, pack

    with known_codecs():
        return pack(units, options.spans_key, on_progress, attrs=attrs, lang=lang, mark_inside=bounded)
