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
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.article import Article, Sentence
from annotator.core.schema import Schema
from annotator.docbin.token_columns import AttributeSet
from annotator.export import export_ledger, split_audit, training_config
from annotator.export.conflict_resolution import ExportSelection, select_items
from annotator.export.doc_layout import DocUnit, ExportSentence, article_units, reviewed_runs, sentence_units
from annotator.export.docbin_parts import PartContents, shard_files, shard_path
from annotator.export.docbin_parts import pack_docs as straight
from annotator.export.export_ledger import CONFIG_FILE, SPANCAT_CONFIG_FILE, SPANCAT_FOLDER, save_export
from annotator.export.options import (
    ExportItem,
    ExportOptions,
    ExportReport,
    MissingItems,
    NgramSuggester,
    SplitAuditFiles,
)
from annotator.export.span_outcomes import incorrect_spans, span_outcomes
from annotator.export.splits import SplitAssignment, assign_parts
from annotator.export.training_config import choose_ngram_sizes

# Which configs an export writes, and what they are made from.


class ConfigInput(Struct, frozen=True):
    """What the configs are made from."""

    part_contents: Mapping[str, PartContents]
    """What each part holds, by its name."""
    out: Path
    options: ExportOptions
    suggester: NgramSuggester | None


def choose_suggester(part_contents: Mapping[str, PartContents], schema: Schema) -> NgramSuggester | None:
    """Return the n-gram sizes for the spans of the training part; None without any."""
    lengths = part_contents["train"].lengths if "train" in part_contents else {}
    return choose_ngram_sizes({x.name: lengths.get(x.name, []) for x in schema.labels})


def render_configs(config_input: ConfigInput) -> dict[str, bytes]:
    """Return the configs that the data can feed, by file name; the first is ``config.cfg``."""
    train = config_input.part_contents.get("train")
    ner = ("ner",) if train and train.ents.total() else ()
    spancat = ("spancat",) if config_input.suggester else ()
    together = [(ner + spancat, "")]
    apart = [(ner, ""), (spancat, SPANCAT_FOLDER)]
    wanted = together if config_input.options.unit == "sentence" else apart
    plans = [_training_plan(config_input, pipes, place) for pipes, place in wanted if pipes]
    return {
        name: training_config.render_config(plan)
        for name, plan in zip((CONFIG_FILE, SPANCAT_CONFIG_FILE), plans, strict=False)
    }


def _training_plan(
    config_input: ConfigInput, pipes: tuple[str, ...], place: str
) -> training_config.TrainingPlan:
    train = config_input.part_contents[place + "train"]
    return training_config.TrainingPlan(
        pipes=pipes,
        train=_part_path(config_input, place + "train"),
        dev=_part_path(
            config_input, place + ("dev" if "dev" in config_input.options.parts_with_share else "train")
        ),
        lang=config_input.options.lang,
        spans_key=config_input.options.spans_key,
        tokens=train.tokens,
        docs=train.docs,
        suggester=config_input.suggester if "spancat" in pipes else None,
        reader=config_input.options.reader,
    )


def _part_path(config_input: ConfigInput, name: str) -> str:
    """Return the file of a part, or the folder of its shards, as spaCy is to read it."""
    return (
        config_input.out / shard_path(name, config_input.part_contents[name].docs, config_input.options.shard)
    ).as_posix()


_NOTHING_MISSING = MissingItems()


def export_corpus(
    items: Sequence[ExportItem],
    unreviewed: Mapping[str, Sequence[Sentence]],
    schema: Schema,
    out: Path,
    options: ExportOptions,
    *,
    missing: MissingItems = _NOTHING_MISSING,
    progress: Callable[[int, int], None] | None = None,
    audit: Callable[[Sequence[ExportSentence]], SplitAuditFiles] | None = None,
) -> ExportReport:
    """Export what was accepted into the folder ``out``; ``progress`` hears sentences done of all.

    ``unreviewed`` holds, by article id, the active sentences that nobody has finished; ``missing``
    what the ledger is to list besides; ``studied`` tells what the split gives away. Raises
    AnnotatorError, with the folder as it was, for annotators in conflict, fewer accepted sentences
    than parts, a folder that holds another's files, or a full disk.
    """
    choice = select_items(items)
    if not choice.accepted:
        export_ledger.raise_nothing_to_export(missing)
    families = _article_families(choice.accepted, items)
    drawn = assign_parts(families, options.split)
    pieces = _export_sentences(choice, drawn, schema)
    units = _with_incorrect_spans(
        _doc_units(pieces, _unreviewed_sentences(choice, unreviewed), options.unit), items, schema
    )
    packed, files = _pack_parts(units, options, _progress_counter(progress, len(pieces) * len(units)))
    sizes = choose_suggester(packed, schema)
    files |= render_configs(ConfigInput(packed, out, options, sizes))
    description = audit(pieces) if audit else SplitAuditFiles()
    files |= description.files
    book = _make_ledger(pieces, {**choice.counts, "unreviewed": _count_untouched(items, unreviewed)}, missing)
    saved = save_export(out, files, book, full=options.ledger == "full")
    warnings = (
        *split_audit.split_warnings(pieces, families, drawn),
        *split_audit.foreign_file_warnings(saved.foreign_files),
        *split_audit.training_warnings(options.parts_with_share, config=CONFIG_FILE in files, sizes=sizes),
    )
    parts = {name: p.part_counts([x.name for x in schema.labels]) for name, p in packed.items()}
    done = (out.as_posix(), saved.files, saved.removed, parts, saved.totals, sizes, warnings, book.lost)
    return ExportReport(*done, description.audit)


def _make_ledger(
    exported: Sequence[ExportSentence], sentences: Mapping[str, int], missing: MissingItems
) -> export_ledger.ExportLedger:
    return export_ledger.ExportLedger(
        exported,
        export_ledger.excluded_sentences(missing.excluded, exported),
        sentences,
        missing.damaged_lines,
    )


def _article_families(accepted: Iterable[ExportItem], items: Iterable[ExportItem]) -> list[str]:
    known = {i.article.id: i.article for i in items}
    return [i.family or _first_version(i.article, known) for i in accepted]


def _first_version(article: Article, known: Mapping[str, Article]) -> str:
    """Return the id of the first version of an article, as far back as the items tell."""
    seen = [article.id]
    while article.replaces and article.replaces not in seen:
        seen.append(article.replaces)
        article = known.get(article.replaces, replace(article, replaces=""))
    return seen[-1]


def _export_sentences(
    selection: ExportSelection, split: SplitAssignment, schema: Schema
) -> list[ExportSentence]:
    return [
        ExportSentence(
            item.annotated.sentence,
            item.article,
            part,
            item,
            selection.agreeing_annotators[item.annotated.sentence.id],
            span_outcomes(item.annotated, schema),
        )
        for item, part in zip(selection.accepted, split.parts, strict=True)
    ]


def _count_untouched(items: Sequence[ExportItem], unreviewed: Mapping[str, Sequence[Sentence]]) -> int:
    """Return how many sentences nobody has begun; the begun ones are counted as unfinished."""
    begun = {i.annotated.sentence.id for i in items if not i.annotated.done}
    return sum(s.id not in begun for sentences in unreviewed.values() for s in sentences)


def _unreviewed_sentences(
    selection: ExportSelection, unreviewed: Mapping[str, Sequence[Sentence]]
) -> dict[str, list[Sentence]]:
    """Return the sentences, by article, that stand in the text and of which nothing is known."""
    rest: dict[str, list[Sentence]] = defaultdict(list)
    for article, sentences in unreviewed.items():
        rest[article] += sentences
    for item in selection.others:
        rest[item.annotated.sentence.article].append(item.annotated.sentence)
    return rest


def _doc_units(
    sentences: Sequence[ExportSentence], unreviewed: Mapping[str, Sequence[Sentence]], unit: str
) -> dict[str, list[DocUnit]]:
    """Return the Docs to be, by the folder that their files stand in."""
    if unit == "sentence":
        return {"": sentence_units(sentences)}
    return {"": article_units(sentences, unreviewed), SPANCAT_FOLDER: reviewed_runs(sentences)}


def _with_incorrect_spans(
    units: Mapping[str, list[DocUnit]], items: Sequence[ExportItem], schema: Schema
) -> dict[str, list[DocUnit]]:
    """Give each piece what was turned down in its sentence."""
    wrong = incorrect_spans(items, schema)
    return {
        place: [
            tuple(replace(p, incorrect_spans=wrong.get(p.sentence.id, ())) for p in unit) for unit in every
        ]
        for place, every in units.items()
    }


def _progress_counter(progress: Callable[[int, int], None] | None, total: int) -> Callable[[int], None]:
    """Return what adds sentences up for ``progress``."""
    done = 0

    def told(more: int) -> None:
        nonlocal done
        done += more
        if progress:
            progress(done, total)

    return told


def _pack_parts(
    units: Mapping[str, list[DocUnit]], options: ExportOptions, on_progress: Callable[[int], None]
) -> tuple[dict[str, PartContents], dict[str, bytes]]:
    """Return what each part holds, and the files, both by name; a part's name has no end."""
    packed: dict[str, PartContents] = {}
    files: dict[str, bytes] = {}
    for place, every in units.items():
        for part in options.parts_with_share:
            mine = [s for s in every if s[0].part == part]
            whole = packed[place + part] = PartContents()
            for name, first, end in shard_files(place + part, len(mine), options.shard):
                counts, files[name] = _pack_docbin(mine[first:end], options, on_progress)
                whole.merge(counts)
    return packed, files


def _pack_docbin(
    units: Sequence[DocUnit], options: ExportOptions, on_progress: Callable[[int], None]
) -> tuple[PartContents, bytes]:
    """Write one DocBin; spaCy is loaded for its own engine alone."""
    attrs, lang = AttributeSet(options.attrs), options.lang
    bounded = attrs is not AttributeSet.FULL or options.unit == "article"
    if options.engine == "straight":
        return straight(units, options.spans_key, on_progress, attrs=attrs, lang=lang, mark_inside=bounded)
    from annotator.export.spacy_engine import cached_srsly_codecs, pack_with_spacy

    with cached_srsly_codecs():
        return pack_with_spacy(
            units, options.spans_key, on_progress, attrs=attrs, lang=lang, mark_inside=bounded
        )
