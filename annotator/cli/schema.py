"""``annotator schema``: rename, merge or split labels, with all that was annotated, and take it back."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from annotator.cli import output
from annotator.cli.options import PATH, json_option, login_name, open_corpus
from annotator.core.annotation import Work
from annotator.core.edits import Op
from annotator.core.errors import SchemaError, UsageError
from annotator.core.history import History
from annotator.core.migration import Change, Kind, Rule, Undo, migrated
from annotator.core.record import Record
from annotator.core.works import Works
from annotator.storage.corpus import Corpus
from annotator.storage.journal import Journal
from annotator.storage.migrations import Migration, carry_out, held_journals, read_migrations
from annotator.storage.schema_edit import divided, merged, renamed
from annotator.storage.schemas import schema_of_text
from annotator.storage.toml import read_text

_ABOUT = {
    Kind.RENAME: "{0} is {1} now",
    Kind.MERGE: "{0} are {1} now",
    Kind.SPLIT: "{0} is {1} now",
}
_DRY = click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")


@dataclass(frozen=True, slots=True)
class Report:
    """What a migration did."""

    number: int
    told: str
    sentences: Mapping[str, int]
    """By annotator, how many sentences got a new record."""
    spans: int
    """How many spans they had under the old labels."""
    doubles: int
    """How many of them fell together with one of the same range."""
    doubtful: Sequence[str]
    """The ids of the sentences that are to be looked at again: they are flagged, with a note."""
    dry: bool

    def lines(self) -> list[str]:
        """Return the report for people."""
        each = ", ".join(f"{name} {n}" for name, n in self.sentences.items()) or "none"
        out = [f"{'would be: ' if self.dry else ''}schema {self.number}: {self.told}"]
        out.append(f"sentences with new labels: {each}; {output.count(self.spans, 'span')}")
        if self.doubles:
            out.append(f"fell together with another span of the same range: {self.doubles}")
        if self.doubtful:
            n = len(self.doubtful)
            flagged = f"to be looked at again, flagged with a note: {output.count(n, 'sentence')}"
            whose = ", ".join(self.sentences)
            out.append(f"{flagged} (a search for `flag` walks through them, opened --as {whose})")
            out += [f"  {sentence}" for sentence in self.doubtful]
        return out


@click.group("schema")
def command() -> None:
    """Rename, merge or split the labels of a corpus together with its annotations.

    Journals are only added to, so the history stays, and `annotator schema undo` takes the last change
    back. What a person has to decide is flagged, with a note. Nobody may be annotating meanwhile.
    """


@command.command("rename")
@click.argument("corpus", type=PATH)
@click.argument("old")
@click.argument("new")
@_DRY
@json_option
def rename(corpus: Path, old: str, new: str, dry_run: bool, as_json: bool) -> None:
    """Rename the label OLD to NEW."""
    opened = open_corpus(corpus)
    _need(opened, old)
    _refuse_taken(opened, new)
    after = renamed(_text_of(opened), old, new)
    _migrate(opened, Kind.RENAME, (old,), (new,), after, dry=dry_run, as_json=as_json)


@command.command("merge")
@click.argument("corpus", type=PATH)
@click.argument("labels", nargs=-1, required=True)
@click.option("--into", required=True, help="The one label; one of the others, or a new name.")
@_DRY
@json_option
def merge(corpus: Path, labels: tuple[str, ...], into: str, dry_run: bool, as_json: bool) -> None:
    """Make one label of several LABELS."""
    opened = open_corpus(corpus)
    every = tuple(dict.fromkeys((*labels, *([into] if opened.schema.label(into) else []))))
    for name in every:
        _need(opened, name)
    if len(every) < 2:
        raise UsageError("there is nothing to merge", do="name two labels, or use `annotator schema rename`")
    after = merged(_text_of(opened), every, into)
    _migrate(opened, Kind.MERGE, every, (into,), after, dry=dry_run, as_json=as_json)


@command.command("split")
@click.argument("corpus", type=PATH)
@click.argument("label")
@click.option("--into", required=True, help="The labels, with commas; what nothing decides gets the first.")
@click.option("--take", multiple=True, help="CITY=Paris,Bonn: spans of these words are CITY for sure.")
@click.option("--reopen", is_flag=True, help="Take the answer off what is flagged: not exported meanwhile.")
@_DRY
@json_option
def split(
    corpus: Path, label: str, into: str, take: tuple[str, ...], reopen: bool, dry_run: bool, as_json: bool
) -> None:
    """Make several labels of LABEL; sentences in which nothing decides are flagged."""
    opened = open_corpus(corpus)
    _need(opened, label)
    names = tuple(dict.fromkeys(name.strip() for name in into.split(",") if name.strip()))
    if len(names) < 2:
        raise UsageError(f"--into {into} is no list of labels", do="give two at least, such as CITY,BUILDING")
    for name in names:
        if name != label:
            _refuse_taken(opened, name)
    after = divided(_text_of(opened), label, names)
    words = _words(take, names)
    _migrate(
        opened, Kind.SPLIT, (label,), names, after, words=words, reopen=reopen, dry=dry_run, as_json=as_json
    )


@command.command("undo")
@click.argument("corpus", type=PATH)
@_DRY
@json_option
def undo(corpus: Path, dry_run: bool, as_json: bool) -> None:
    """Take the last rename, merge or split back; what was annotated since stays."""
    opened = open_corpus(corpus)
    done = read_migrations(opened.path)
    back = {m.undoes for m in done}
    last = next((m for m in reversed(done) if not m.undoes and m.rule.number not in back), None)
    if last is None:
        raise UsageError("there is no migration to take back", do="`annotator schema log` lists them")
    if _text_of(opened) != last.after:
        raise SchemaError(
            "the schema was changed since the last migration",
            where=str(opened.schema_path),
            do="put it back as it was then, or rename and merge by hand",
        )
    rule = Rule(len(done) + 1, Kind.UNDO, last.rule.into, last.rule.sources)
    old = schema_of_text(last.before, "the schema before")
    with held_journals(opened) as journals:
        pasts = {name: _Past.of(opened, journal) for name, journal in journals.items()}
        changes: dict[str, list[Change]] = {}
        for name, past in pasts.items():
            taker = Undo(last.rule, _made_by(past.journal, last.rule), old)
            changes[name] = taker.changes(past.annotated_sentences, rule.tag) or past.marker_changes(rule.sources)
        migration = Migration(rule, last.after, last.before, undoes=last.rule.number)
        report = _carry_out(opened, pasts, changes, migration, _told(rule, last.rule.number), dry=dry_run)
    _tell(report, as_json=as_json)


@command.command("log")
@click.argument("corpus", type=PATH)
@json_option
def log(corpus: Path, as_json: bool) -> None:
    """List the migrations of a corpus, oldest first."""
    done = read_migrations(open_corpus(corpus).path)
    back = {m.undoes for m in done}
    if as_json:
        output.as_json([_plain(m) | {"undone": m.rule.number in back} for m in done])
        return
    if not done:
        output.say("no label has been renamed, merged or split here")
    for m in done:
        day = time.strftime("%Y-%m-%d", time.gmtime(m.time))
        gone = " (taken back)" if m.rule.number in back else ""
        output.data([f"{m.rule.number}  {day}  {m.by}  {_told(m.rule, m.undoes)}{gone}"])


def _plain(m: Migration) -> dict[str, object]:
    fields = asdict(m)
    rule = fields.pop("rule")
    return {k: rule[k] for k in ("number", "kind", "sources", "into", "words")} | fields


def _told(rule: Rule, undoes: int = 0) -> str:
    if rule.kind is Kind.UNDO:
        return f"schema {undoes} is taken back"
    return _ABOUT[rule.kind].format(" and ".join(rule.sources), " or ".join(rule.into))


def _text_of(corpus: Corpus) -> str:
    return read_text(corpus.schema_path, SchemaError)


def _need(corpus: Corpus, name: str) -> None:
    if corpus.schema.label(name) is None:
        there = ", ".join(x.name for x in corpus.schema.labels)
        raise SchemaError(
            f"there is no label {name}", where=str(corpus.schema_path), do=f"use one of {there}"
        )


def _refuse_taken(corpus: Corpus, name: str) -> None:
    if corpus.schema.label(name):
        raise SchemaError(
            f"there is a label {name} already",
            where=str(corpus.schema_path),
            do="choose another name, or use `annotator schema merge`",
        )


def _words(take: Sequence[str], into: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for option in take:
        label, _, words = option.partition("=")
        if label not in into or not words:
            raise UsageError(f"--take {option} decides nothing", do=f"write --take {into[-1]}=Paris,Bonn")
        for text in words.split(","):
            key = " ".join(text.split()).casefold()
            if found.setdefault(key, label) != label:
                raise UsageError(f"--take gives “{text.strip()}” to two labels", do="leave it in one")
    return found


def _migrate(
    corpus: Corpus,
    kind: Kind,
    sources: tuple[str, ...],
    into: tuple[str, ...],
    after: str,
    *,
    words: Mapping[str, str] | None = None,
    reopen: bool = False,
    dry: bool,
    as_json: bool,
) -> None:
    rule = Rule(len(read_migrations(corpus.path)) + 1, kind, sources, into, words or {}, reopen)
    new = schema_of_text(after, "the new schema")
    with held_journals(corpus) as journals:
        histories = {name: _Past.of(corpus, journal) for name, journal in journals.items()}
        changes = {
            name: migrated(history.annotated_sentences, rule, corpus.schema, new) or history.marker_changes(rule.sources)
            for name, history in histories.items()
        }
        migration = Migration(rule, _text_of(corpus), after)
        report = _carry_out(corpus, histories, changes, migration, _told(rule), dry=dry)
    _tell(report, as_json=as_json)


@dataclass(frozen=True, slots=True)
class _Past:
    """A journal, the works that it adds up to, and what could be undone."""

    journal: Journal
    store: Works
    history: History

    @classmethod
    def of(cls, corpus: Corpus, journal: Journal) -> _Past:
        store = Works(corpus.sentences)
        return cls(journal, store, store.replay(journal.records))

    @property
    def annotated_sentences(self) -> list[Work]:
        """Every sentence that has a record."""
        return [w for article in self.store.touched_articles for w in self.store.touched_sentences_of(article)]

    def marker_changes(self, labels: Sequence[str]) -> list[Change]:
        """Return a change that changes nothing where only what undo would bring back has a label."""
        edits = (*self.history.done, *self.history.undone)
        reached = (w for e in edits for w in (*e.before, *e.after))
        had = any(s.label in labels for w in reached for s in w.annotation.spans)
        return [Change(w, w) for w in self.annotated_sentences[-1:]] if had else []

    def records(self, changes: Sequence[Change], tag: str, now: float) -> list[Record]:
        """Return the records that carry the changes out, as one batch."""
        first = self.journal.next_seq
        batch = (first, len(changes)) if len(changes) > 1 else None
        return [
            Record(
                seq=first + n,
                op=Op.MIGRATE,
                annotated=change.after,
                parent=self.store.last_seq(change.before.sentence.id),
                batch=batch,
                annotator=self.journal.annotator,
                session=tag,
                time=now,
            )
            for n, change in enumerate(changes)
        ]


def _made_by(journal: Journal, rule: Rule) -> list[Change]:
    """Return what a migration has changed in a journal.

    A journal that came by `annotator merge` may tell of another one with the same number.
    """
    by_seq = {r.seq: r for r in journal.records}
    mine = [r for r in journal.records if r.op is Op.MIGRATE and r.session == rule.tag and r.parent]
    pairs = [(by_seq[r.parent].annotated, r.annotated) for r in mine if r.parent in by_seq]
    changes = (Change(a, b, a.annotation.note != b.annotation.note) for a, b in pairs)
    return [change for change in changes if rule.accounts_for(change)]


def _carry_out(
    corpus: Corpus,
    histories: Mapping[str, _Past],
    changes: Mapping[str, Sequence[Change]],
    migration: Migration,
    description: str,
    *,
    dry: bool,
) -> Report:
    now = time.time()
    rule, every = migration.rule, [c for each in changes.values() for c in each]
    sentences = {name: len(each) for name, each in changes.items() if each}
    if not dry:
        records = {n: histories[n].records(changes[n], rule.tag, now) for n in sentences}
        full = Migration(
            rule, migration.before, migration.after, migration.undoes, login_name(), now, sentences
        )
        carry_out(corpus, {n: p.journal for n, p in histories.items()}, records, full)
    spans = sum(s.label in rule.sources for c in every for s in c.before.annotation.spans)
    doubles = sum(len(c.before.annotation.spans) - len(c.after.annotation.spans) for c in every)
    doubtful = [c.after.sentence.id for c in every if c.doubtful]
    return Report(rule.number, description, sentences, spans, max(0, doubles), sorted(set(doubtful)), dry)


def _tell(report: Report, *, as_json: bool) -> None:
    if as_json:
        output.as_json(asdict(report))
    else:
        output.data(report.lines())
