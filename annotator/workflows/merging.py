"""Merges several corpora into a new one: nothing is overwritten, conflicts are listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field, to_builtins
from msgspec.structs import replace

from annotator.core.article import Sentence
from annotator.core.errors import CorpusError, DamagedArticleError, JournalError, SchemaError, UsageError, path_text
from annotator.core.journal_merge import merge_journals
from annotator.core.journal_record import JournalRecord
from annotator.storage.article_warnings import damaged_article_warning
from annotator.storage.articles import decode_article, encode_article_fields, with_new_metadata
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import (
    CORPUS_NAMES,
    LEDGERS_FOLDER,
    MIGRATIONS_FILE,
    SPLITS_FILE,
    SUGGESTIONS_FOLDER,
)
from annotator.storage.coverage_file import read_coverage_base
from annotator.storage.file_io import translate_os_errors
from annotator.storage.import_transaction import ImportStaging, NewCorpusSettings
from annotator.storage.journal import Journal
from annotator.storage.journal_reader import format_line_numbers
from annotator.storage.migrations import read_migrations
from annotator.storage.schema_editing import unite_schemas
from annotator.storage.schemas import parse_schema_text, read_schema_text
from annotator.storage.splits_file import FixedSplit, encode_fixed_split, read_fixed_split
from annotator.storage.suggestions import read_suggestion_index, source_names, suggestion_path
from annotator.workflows.merge_conflicts import conflict_fields
from annotator.workflows.merge_coverage import with_limited_coverage
from annotator.workflows.merged_groups import merged_group
from annotator.workflows.merging_side_files import merge_side_files
from annotator.workflows.opening import ProgressCallback, ignore_progress, open_corpus

# Several corpora as one new folder: articles, sentences, suggestions and ledgers of imports.


_ARTICLE_FIELDS = ("origin", "title", "byline", "dateline", "date", "source", "meta")
_VERSION_FIELDS = ("replaces", "replaced_by")


class ArticleDifferences(Struct):
    """What two corpora have differently of one article; the first one's value stays."""

    conflicts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Without the article, so that what many have in common is listed once."""


def corpora_by_article(corpora: Sequence[CorpusFolder]) -> dict[str, list[CorpusFolder]]:
    """Return the corpora that have each article, by id, in the order of the corpora and of ingest."""
    out: dict[str, list[CorpusFolder]] = {}
    for corpus in corpora:
        for article_id in corpus.article_ids():
            out.setdefault(article_id, []).append(corpus)
    return out


def merge_article(staging: ImportStaging, article_id: str, owners: Sequence[CorpusFolder]) -> ArticleDifferences:
    """Prepare an article as all that have it know it; raises CorpusError for one that is damaged.

    A line that a person has switched in one corpus is switched; a difference between two switches is listed.
    """
    differences = ArticleDifferences()
    data = owners[0].articles.fields(article_id)
    sentences = owners[0].sentences(article_id)
    for other in owners[1:]:
        data = _merge_fields(data, other.articles.fields(article_id), other, differences)
        if other.sentences(article_id) != sentences:
            differences.conflicts.append(f"article {article_id}: {other.path} has cut it into other sentences")
    raw = encode_article_fields(data, article_id)
    decode_article(raw, f"article {article_id}")
    staging.add_prepared_article(article_id, raw, sentences)
    return differences


def _merge_fields(
    a: dict[str, Any], b: dict[str, Any], other: CorpusFolder, differences: ArticleDifferences
) -> dict[str, Any]:
    """Return an article's JSON with what another corpus knows of it."""
    where = f"article {a['id']}"
    if a["digest"] != b["digest"]:
        what = f"two articles have the id {a['id']}, with different texts"
        raise CorpusError(what, where=str(other.path), do="merge the corpora without one of them")
    for key in _ARTICLE_FIELDS:
        if a.get(key) and b.get(key) and a[key] != b[key]:
            differences.notes.append(f"{other.path} has another {key}; the first one stays")
    filled = {k: b[k] for k in (*_ARTICLE_FIELDS, *_VERSION_FIELDS, "came_from") if b.get(k) and not a.get(k)}
    for key in _VERSION_FIELDS:
        if a.get(key) and b.get(key) and a[key] != b[key]:
            differences.conflicts.append(f"{where}: {other.path} names another version under `{key}`")
    lines = [_merge_line(x, y) for x, y in zip(a["lines"], b["lines"], strict=True)]
    unlike = [i for i, line in enumerate(lines, 1) if line is None]
    if unlike:
        numbers = ", ".join(map(str, unlike))
        differences.conflicts.append(f"{where}: {other.path} has another verdict on line {numbers}")
    kept = [x if line is None else line for x, line in zip(a["lines"], lines, strict=True)]
    events = [x for x in b.get("history", []) if x not in a.get("history", [])]
    merged = {
        **a,
        **filled,
        "lines": kept,
        "history": [*a.get("history", []), *events],
        **merged_group({**a, **filled}, b),
        **_merged_doubt(a, b),
    }
    return with_new_metadata(a, {k: v for k, v in merged.items() if k != "group" or v})


def _merged_doubt(a: dict[str, Any], b: dict[str, Any]) -> dict[str, str]:
    """Return the doubt of an article in two corpora: open unless a person has settled it in one of them."""
    stated = [x["doubt"] for x in (a, b) if "doubt" in x]
    return {"doubt": stated[0] if all(stated) else ""} if stated else {}


def _merge_line(a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any] | None:
    """Return the line that a person has switched, or either where both are alike; None for a conflict."""
    if a["verdict"] == b["verdict"]:
        return a
    if a.get("was") and not b.get("was"):
        return a
    return b if b.get("was") and not a.get("was") else None


def merge_suggestions(staging: ImportStaging, corpora: Sequence[CorpusFolder]) -> None:
    """Prepare the suggestions of all sources; where several corpora have a sentence the first counts.

    Lines that are damaged stay behind: suggestions can be made again.
    """
    for source in sorted({name for c in corpora for name in source_names(c.path)}):
        known: set[tuple[str, int, int]] = set()
        chunks = [
            _new_suggestion_lines(suggestion_path(c.path, source), known)
            for c in corpora
            if source in source_names(c.path)
        ]
        staging.add_file(f"{SUGGESTIONS_FOLDER}/{source}.jsonl", b"".join(chunks))


def _new_suggestion_lines(path: Path, known: set[tuple[str, int, int]]) -> bytes:
    """Return the lines of a suggestion file for places that are not known yet."""
    with translate_os_errors("read", path):
        index, data = read_suggestion_index(path), path.read_bytes()
    new = [e for e in index.entries if (e.article, e.start, e.end) not in known]
    known.update((e.article, e.start, e.end) for e in new)
    return b"".join(data[e.offset : e.offset + e.length] + b"\n" for e in new)


def merge_split_groups(staging: ImportStaging, corpora: Sequence[CorpusFolder]) -> list[str]:
    """Prepare what exports have fixed of the split, so that no article moves to another part.

    Return the articles that two corpora have fixed in two groups or parts; the first one's stays.
    """
    groups: dict[str, str] = {}
    merged = FixedSplit(groups)
    unlike = []
    for corpus in corpora:
        fixed = read_fixed_split(corpus.path)
        for article, key in fixed.groups.items():
            if groups.setdefault(article, key) != key:
                unlike.append(f"article {article}: {corpus.path / SPLITS_FILE} has fixed it in another group")
        for (shares, seed), parts in fixed.stand_ins.items():
            known = merged.stand_ins_for(shares, seed)
            where = corpus.path / SPLITS_FILE
            unlike += [f"article {a}: {where} has fixed it in {p}" for a, p in parts.items() if known.get(a, p) != p]
            merged = merged.with_stand_ins(shares, seed, parts)
    if merged != FixedSplit():
        staging.add_file(SPLITS_FILE, encode_fixed_split(merged))
    return unlike


def merge_migrations(staging: ImportStaging, corpora: Sequence[CorpusFolder]) -> list[str]:
    """Prepare the list of label migrations where all corpora, copies of one, have had the same.

    Return the lists that are not merged: their migrations cannot be taken back any more.
    """
    first, *others = (read_migrations(c.path) for c in corpora)
    if all(other == first for other in others):
        if first:
            staging.add_file(MIGRATIONS_FILE, (corpora[0].path / MIGRATIONS_FILE).read_bytes())
        return []
    having = [c.path / MIGRATIONS_FILE for c in corpora if read_migrations(c.path)]
    return [f"{path}: the corpora have had different migrations" for path in having]


def merge_import_ledgers(staging: ImportStaging, corpora: Sequence[CorpusFolder]) -> list[str]:
    """Prepare the ledgers of imports; return those whose name another one has."""
    there: dict[str, bytes] = {}
    unlike = []
    for corpus in corpora:
        folder = corpus.path / LEDGERS_FOLDER
        with translate_os_errors("read", folder):
            files = sorted(p for p in folder.iterdir() if p.is_file()) if folder.is_dir() else []
            for path in files:
                data = path.read_bytes()
                if there.setdefault(path.name, data) != data:
                    unlike.append(f"{path}: another corpus has a ledger of this name")
    for name, data in there.items():
        staging.add_file(f"{LEDGERS_FOLDER}/{name}", data)
    return unlike


def unmerged_files(corpora: Iterable[CorpusFolder]) -> list[str]:
    """Return the files and folders of corpora that are no part of one."""
    out = []
    for corpus in corpora:
        with translate_os_errors("read", corpus.path):
            names = sorted(p.name for p in corpus.path.iterdir() if not p.name.startswith("."))
        out += [str(corpus.path / n) for n in names if n not in {corpus.schema_path.name, *CORPUS_NAMES}]
    return out


_MAX_NAME_LENGTH = 64
"""How many characters an annotator's name may have."""
_MAX_LISTED_CLASHES = 3


class MergeReport(Struct, frozen=True):
    """What a merge did."""

    into: str
    sources: tuple[str, ...]
    articles: int
    in_several: int
    """Articles that more than one of the corpora has."""
    annotators: dict[str, dict[str, int]]
    """By annotator: records, places copied from a further corpus, places that agree."""
    schema: dict[str, list[str]]
    """The labels that were ``added`` to the first corpus's schema, and what was ``widened`` in it."""
    conflicts: tuple[dict[str, Any], ...]
    """Sentences that one annotator has answered in two ways, and what else the corpora differ in."""
    not_merged: tuple[str, ...] = field(name="left")
    differences: dict[str, list[str]] = field(default_factory=dict)
    """What a corpus has otherwise where the first one's value stays, with the articles."""
    notes: tuple[str, ...] = ()

    @property
    def lost(self) -> int:
        """How many things are in conflict or were not merged."""
        return len(self.conflicts) + len(self.not_merged)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``--json``."""
        return dict(to_builtins(self))


def merge_corpora(
    paths: Sequence[Path], into: Path, *, schema: Path | None = None, progress: ProgressCallback = ignore_progress
) -> MergeReport:
    """Merge the corpora in ``paths`` into a new one; raises AnnotatorError, with nothing made.

    An article that is damaged is taken from a corpus where it is not, else left out and listed.
    """
    _check_paths(paths, into)
    sources = [open_corpus(p) for p in paths]
    for corpus in sources:
        corpus.check_settings()
    _check_same_language(sources)
    try:
        return _merge(sources, paths, into, schema, progress)
    except DamagedArticleError:
        for corpus in sources:
            for _ in corpus.readable_articles():
                pass
        return _merge(sources, paths, into, schema, progress)


def _merge(
    sources: Sequence[CorpusFolder], paths: Sequence[Path], into: Path, schema: Path | None, progress: ProgressCallback
) -> MergeReport:
    merge = _Merge(sources)
    text = merge.merge_schemas(schema)
    merge.use_labels(text)
    with ImportStaging.begin(into, None) as staging:
        merge.merge_articles(staging, progress)
        _check_labels(merge.merge_journals(staging), text, schema)
        merge.merge_other_files(staging)
        name = path_text(into.resolve().name)
        first = sources[0]
        settings = NewCorpusSettings(name, first.lang, first.fingerprint, text, first.split, first.tokens)
        staging.commit_new_corpus(settings)
    return merge.report(path_text(into), tuple(map(path_text, paths)))


def _check_paths(paths: Sequence[Path], into: Path) -> None:
    """Raise UsageError or CorpusError for corpora that cannot be merged, or a folder that is in use."""
    if len(paths) < 2:
        raise UsageError("one corpus alone cannot be merged", do="name two or more before --into")
    with translate_os_errors("read", into):
        real = [p.resolve() for p in paths]
        for n, path in enumerate(real):
            if path in real[:n]:
                raise UsageError(f"{path_text(paths[n])} is named twice", do="name each corpus once")
        if any(path in into.resolve().parents for path in real):
            what = "the new corpus would be inside one of the old"
            raise CorpusError(what, where=path_text(into), do="give another folder with --into")
        if into.exists() and not (into.is_dir() and not any(into.iterdir())):
            raise CorpusError(
                "there is something here already, and a merge overwrites nothing",
                where=path_text(into),
                do="give a new folder with --into; to add to a corpus, name it among those to be merged",
            )


def _check_same_language(corpora: Sequence[CorpusFolder]) -> None:
    if len({c.lang for c in corpora}) > 1:
        listed = ", ".join(f"{path_text(c.path)}: {c.lang}" for c in corpora)
        raise CorpusError(f"the corpora have different languages ({listed})", do="merge those of one language")


def _check_labels(used: set[str], text: str, schema_path: Path | None) -> None:
    schema = parse_schema_text(text, str(schema_path or "schema"))
    lacking = sorted(used - {x.name for x in schema.labels})
    if lacking and schema_path is not None:
        what = f"the schema {schema.name} lacks labels that are in use: {', '.join(lacking)}"
        raise SchemaError(what, where=path_text(schema_path), do="add them to the schema, or name another")


class _Merge:
    """One merge on its way: what it takes from the corpora, and what it lists."""

    def __init__(self, corpora: Sequence[CorpusFolder]) -> None:
        first = corpora[0]
        self._corpora = corpora
        self._owners = corpora_by_article(corpora)
        self._annotators: dict[str, dict[str, int]] = {}
        self._schema: dict[str, list[str]] = {}
        self._labels: list[str] = []
        self._conflicts: list[dict[str, Any]] = []
        self._not_merged: list[str] = []
        self._differences: dict[str, list[str]] = {}
        self._kept_beside: dict[str, tuple[JournalRecord, ...]] = {}
        """The records in conflict, by the name that they are kept under."""
        others = [c for c in corpora if c.fingerprint != first.fingerprint]
        self._notes = tuple(
            f"{path_text(c.path)} was cut by another tokenizer ({c.fingerprint}, not {first.fingerprint}); "
            "its tokens stay as they are"
            for c in others
        ) + tuple(
            f"{path_text(c.path)} has another [split] in corpus.toml; that of {path_text(first.path)} stays"
            for c in corpora
            if c.split != first.split
        )

    def report(self, into: str, sources: tuple[str, ...]) -> MergeReport:
        """Return what was done."""
        in_several = sum(len(having) > 1 for having in self._owners.values())
        made = (len(self._owners), in_several, dict(sorted(self._annotators.items())), self._schema)
        not_made = (tuple(self._conflicts), tuple(self._not_merged), self._differences, self._notes)
        return MergeReport(into, sources, *made, *not_made)

    def merge_schemas(self, path: Path | None) -> str:
        """Return the schema of the new corpus; raises SchemaError where the old ones are in conflict."""
        if path is not None:
            return read_schema_text(path)
        files = [c.schema_path for c in self._corpora]
        union = unite_schemas([(path_text(file), read_schema_text(file)) for file in files])
        if union.clashes:
            extra = len(union.clashes) - _MAX_LISTED_CLASHES
            more = f" and {extra} more" if extra > 0 else ""
            listed = "; ".join(union.clashes[:_MAX_LISTED_CLASHES])
            what = f"the schemas contradict each other: {listed}{more}"
            raise SchemaError(what, where=path_text(files[0]), do="choose one with --schema FILE")
        self._schema = {"added": union.added, "widened": union.widened}
        self._not_merged += [path_text(f"schema, {x}") for x in union.left_out]
        return union.text

    def use_labels(self, text: str) -> None:
        """Note the labels of the joint schema."""
        self._labels = [x.name for x in parse_schema_text(text, "the joint schema").labels]

    def merge_articles(self, staging: ImportStaging, progress: ProgressCallback) -> None:
        """Prepare all articles with their sentences."""
        for n, (article_id, having) in enumerate(self._owners.items(), 1):
            differences = merge_article(staging, article_id, having)
            self._conflicts += [{"article": article_id, "what": path_text(x)} for x in differences.conflicts]
            for note in differences.notes:
                self._differences.setdefault(path_text(note), []).append(article_id)
            progress(n, len(self._owners))
        for corpus in self._corpora:
            for article_id, error in corpus.damaged_articles.items():
                what = path_text(f"{corpus.path}: {damaged_article_warning(article_id, error)}")
                if article_id in self._owners:
                    self._differences.setdefault(f"{what}; taken from another corpus", []).append(article_id)
                else:
                    self._not_merged.append(what)

    def merge_other_files(self, staging: ImportStaging) -> None:
        """Prepare suggestions, groups of the split, migrations and ledgers; list what is not merged."""
        merge_suggestions(staging, self._corpora)
        groups = self._list_damaged(merge_split_groups, staging, "no group of a split is merged")
        self._conflicts += [{"what": path_text(x)} for x in (*groups, *merge_side_files(staging, self._corpora))]
        behind = [
            *self._list_damaged(merge_migrations, staging, "no change of labels can be taken back"),
            *merge_import_ledgers(staging, self._corpora),
            *unmerged_files(self._corpora),
        ]
        self._not_merged += map(path_text, behind)

    def _list_damaged(
        self, prepare: Callable[[ImportStaging, Sequence[CorpusFolder]], list[str]], staging: ImportStaging, lost: str
    ) -> list[str]:
        """Return what ``prepare`` does; nothing where a file is damaged, which is listed with what is ``lost``."""
        try:
            return prepare(staging, self._corpora)
        except CorpusError as error:
            self._not_merged.append(path_text(f"{error.where}: {error.what}: {lost}; {error.do}"))
            return []

    # -- journals ------------------------------------------------------------------------------

    def merge_journals(self, staging: ImportStaging) -> set[str]:
        """Prepare the journals of all annotators; return the labels in use."""
        used: set[str] = set()
        for name in sorted({name for c in self._corpora for name in c.annotators()}):
            journals = [(c, self._read_records(c, name)) for c in self._corpora if name in c.annotators()]
            used |= {s.label for _, rs in journals for r in rs for s in r.annotated.annotation.spans}
            self._merge_journals_of(name, journals, staging)
        return used

    def _merge_journals_of(
        self, name: str, journals: Sequence[tuple[CorpusFolder, tuple[JournalRecord, ...]]], staging: ImportStaging
    ) -> None:
        """Prepare one annotator's journal, and beside it the records that contradict it."""

        def stored_sentences(article_id: str) -> Sequence[Sentence]:
            """Return the sentences of an article as the new corpus has them."""
            return self._owners[article_id][0].sentences(article_id) if article_id in self._owners else ()

        def limited(found: Sequence[JournalRecord]) -> Sequence[JournalRecord]:
            sources = [(read_coverage_base(corpus.path).covered, rows) for corpus, rows in journals]
            return with_limited_coverage(found, sources, self._labels, stored_sentences)

        records = journals[0][1]
        taken = same = 0
        for corpus, further in journals[1:]:
            merged = merge_journals(records, further, stored_sentences)
            records = merged.records
            taken += merged.taken_over
            same += merged.identical
            if conflicting := merged.conflicting_records:
                other, is_there = self._name_beside(name, conflicting)
                if not is_there:
                    self._kept_beside[other] = conflicting
                    staging.add_records(other, (replace(r, annotator=other) for r in limited(conflicting)))
                    self._annotators[other] = {"records": len(conflicting), "taken": 0, "same": 0}
                self._conflicts += conflict_fields(merged.conflicts, name, other, corpus)
        staging.add_records(name, limited(records))
        self._annotators[name] = {"records": len(records), "taken": taken, "same": same}

    def _read_records(self, corpus: CorpusFolder, name: str) -> tuple[JournalRecord, ...]:
        """Return the records of a journal; raises JournalError where it is damaged."""
        journal = Journal.open(corpus.path, name, read_only=True)
        where = path_text(journal.path)
        if journal.damaged:
            what = f"{format_line_numbers(journal.damaged)} of the journal cannot be read"
            do = "run `annotator repair`, or restore the file from a copy, and merge again"
            raise JournalError(what, where=where, do=do)
        if journal.flaws:
            torn = format_line_numbers(f.line for f in journal.flaws)
            self._not_merged.append(f"{where}: a torn end ({torn})")
        self._not_merged += [f"{where}: {path_text(warning)}" for warning in journal.not_restored]
        return journal.records

    def _name_beside(self, name: str, conflicting: Sequence[JournalRecord]) -> tuple[str, bool]:
        """Return the first of ``name.2``, ``name.3``, … that is free, or that has these records already.

        So a corpus that is merged a second time keeps once what contradicts it.
        """
        wanted = _without_annotator(conflicting)
        n = 2
        while True:
            other = f"{name[: _MAX_NAME_LENGTH - len(str(n)) - 1]}.{n}"
            having: list[Sequence[JournalRecord]] = [
                Journal.open(c.path, other, read_only=True).records for c in self._corpora if other in c.annotators()
            ]
            having += [self._kept_beside[other]] if other in self._kept_beside else []
            if not having:
                return other, False
            if any(_without_annotator(records[: len(wanted)]) == wanted for records in having):
                return other, True
            n += 1


def _without_annotator(records: Sequence[JournalRecord]) -> list[JournalRecord]:
    return [replace(r, annotator="") for r in records]
