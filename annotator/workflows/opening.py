"""What most workflows begin with: the corpus, and the schema in force in it."""

from __future__ import annotations

from pathlib import Path

from annotator.core.annotation_store import AnnotationStore
from annotator.core.errors import AnnotatorError, CorpusError, SchemaError
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.file_io import translate_os_errors
from annotator.storage.journal import Journal
from annotator.storage.schemas import parse_schema_text


def open_corpus(path: Path | str) -> CorpusFolder:
    """Open a corpus; raises CorpusError that says how to make one where there is none."""
    with translate_os_errors("read", path):
        if not Path(path).exists():
            raise CorpusError(
                "there is no such corpus", where=str(path), do=f"make it with `annotator ingest FILE… --corpus {path}`"
            )
    return CorpusFolder.open(path)


def chosen_annotators(corpus: CorpusFolder, annotator: str | None) -> tuple[str, ...]:
    """Return the one annotator, or all for None; raises AnnotatorError for one without a journal."""
    names = corpus.annotators()
    if annotator is None:
        return names
    if annotator not in names:
        there = f"use one of: {', '.join(names)}" if names else "nobody has annotated this corpus yet"
        raise AnnotatorError(f"there is no journal of the annotator {annotator!r}", do=there)
    return (annotator,)


def labels_in_use(corpus: CorpusFolder) -> set[str]:
    """Return the labels of all spans that are there now, or that undo and redo can bring back."""
    labels: set[str] = set()
    for name in corpus.annotators():
        store = AnnotationStore(corpus.sentences)
        history = store.replay(Journal.open(corpus.path, name, read_only=True).records)
        edits = (*history.done, *history.undone)
        reached = [w for e in edits for w in (*e.before, *e.after)]
        reached += [w for article in store.touched_articles for w in store.touched_sentences_of(article)]
        labels |= {span.label for w in reached for span in w.annotation.spans}
    return labels


def apply_schema(corpus: CorpusFolder, text: str, where: str = "schema") -> None:
    """Put the schema of a TOML text in force; raises SchemaError where it lacks a label that is in use."""
    schema = parse_schema_text(text, where)
    lacking = sorted(labels_in_use(corpus) - {x.name for x in schema.labels})
    if lacking:
        raise SchemaError(
            f"the schema {schema.name} lacks labels that are in use here: {', '.join(lacking)}",
            where=str(corpus.path),
            do="add them to the schema, or annotate in another corpus",
        )
    corpus.set_schema(text)
