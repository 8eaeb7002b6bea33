"""Export, training and evaluation in one: a pipeline in a folder, with its data, scores and origin.

Each group of labels is trained from the Docs that cover it (``export/coverage_classes.py``), and all become one
pipeline. The scores are of the test part, which no training has seen; an interval over documents goes with each.
"""

from __future__ import annotations

import hashlib
import re
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from msgspec import Struct, to_builtins
from msgspec.structs import replace

from annotator.core.documents import document_link, find_documents
from annotator.core.errors import AnnotatorError, UsageError
from annotator.core.pluralize import pluralize
from annotator.core.scoring import MatchCounts
from annotator.export.atomic_output import MANIFEST_FILE
from annotator.export.doc_layout import USER_DATA_KEY
from annotator.export.export_ledger import CONFIG_FILE, SPANCAT_FOLDER
from annotator.export.options import ExportOptions, ExportReport
from annotator.storage.atomic import write_atomic
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import check_not_in_corpus
from annotator.storage.file_io import translate_os_errors
from annotator.workflows.exporting import export_training
from annotator.workflows.model_scores import FEW_DOCUMENTS, LabelScore, count_matches, label_score
from annotator.workflows.opening import ProgressCallback, WarningCallback, ignore_progress, ignore_warning
from annotator.workflows.pipeline_training import TrainedPart, assemble, read_plan, save_pipeline, train_config

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

DATA_FOLDER, MODEL_FOLDER, SCORES_FILE = "data", "model", "scores.json"
_SCORES_FORMAT = 1
_CONFIG_NAME = re.compile(r"config(-spancat)?(?:\.(?P<group>.+))?\.cfg")


class TrainingReport(Struct, frozen=True):
    """What a training did."""

    folder: str
    model: str
    """The name in the pipeline's meta."""
    trained: Sequence[Mapping[str, Any]]
    """Each config with its labels, its data, the batches it was trained for, and after which it was best."""
    part: str
    """What the scores are of: ``test``, else ``dev``; empty for nothing."""
    documents: int
    sentences: int
    scores: Sequence[LabelScore]
    seed: int
    export: ExportReport
    warnings: Sequence[str] = ()

    @property
    def lost(self) -> int:
        """How much the export left out that nobody asked to leave out."""
        return self.export.lost

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``--json``."""
        return {**to_builtins(self), "export": self.export.as_dict()}

    def lines(self) -> Iterator[str]:
        """Yield the report for people, a line each; warnings come last."""
        for x in self.trained:
            labels, at = ", ".join(x["labels"]), f"best after {x['best']:,} of {x['steps']:,} batches"
            yield f"{x['config']}: {labels} from {pluralize(x['docs'], 'doc')}, {at}"
        if self.part:
            of = f"{pluralize(self.sentences, 'sentence')} of {pluralize(self.documents, 'document')}"
            yield f"{self.part}: {of}; F with the interval of 95 % of bootstrap samples of documents (seed {self.seed})"
        yield from (score.line() for score in self.scores)
        yield f"written to {self.folder}: {MODEL_FOLDER}/ ({self.model}), {DATA_FOLDER}/, {SCORES_FILE}"
        yield f"use it with: annotator suggest CORPUS --model {shlex.quote(f'{self.folder}/{MODEL_FOLDER}')}"
        yield from (f"warning: {w}" for w in self.warnings)

    def __str__(self) -> str:
        return "\n".join(self.lines())


def train_model(
    corpus: CorpusFolder,
    out: Path,
    options: ExportOptions,
    max_steps: int = 0,
    seed: int = 0,
    progress: ProgressCallback = ignore_progress,
    warn: WarningCallback = ignore_warning,
) -> TrainingReport:
    """Export, train and evaluate into the folder ``out``; what an earlier training left there is replaced.

    ``progress`` receives batches done and in all; ``max_steps`` is the most batches of one config, 0 as the data
    have it. Raises AnnotatorError, with the model of an earlier training as it was, where there is nothing
    to train, and for a folder that holds another's model.
    """
    if max_steps < 0 or seed < 0:
        raise UsageError("--max-steps and --seed take no numbers below 0", do="give a larger one")
    check_not_in_corpus(out)
    _check_own_folder(out)
    data = out / DATA_FOLDER
    export = export_training(corpus, data, replace(options, lang=corpus.lang), warn=warn)
    configs = _configs_to_train(export.files)
    if not configs:
        raise AnnotatorError("train has no spans to learn from", where=str(data), do="annotate and accept more first")
    plans = [read_plan(data / file, group, max_steps) for file, group in configs]
    total, done = sum(p.steps for p in plans), 0
    parts: list[TrainedPart] = []
    for plan in plans:
        parts.append(train_config(plan, data, seed, partial(_show_step, progress, done, total)))
        done += plan.steps
    nlp = assemble(parts, options.spans_key)
    name = re.sub(r"[^a-z0-9_]+", "_", corpus.name.lower()).strip("_") or "model"
    trained = [_trained_row(part, export) for part in parts]
    part, scores, sizes = _evaluate(corpus, nlp, data, export, options, seed)
    report = TrainingReport(
        out.as_posix(), name, trained, part, *sizes, scores, seed, export, tuple(_warnings(export, part, sizes[0]))
    )
    manifest = hashlib.sha256((data / MANIFEST_FILE).read_bytes()).hexdigest()
    origin = {"manifest": manifest, "seed": seed, "trained": trained}
    _save(
        nlp, out, {"name": name, "description": f"Trained by annotator on {corpus.name}", "annotator": origin}, report
    )
    return report


def _show_step(progress: ProgressCallback, before: int, total: int, step: int) -> None:
    progress(min(before + step, total), total)


def _check_own_folder(out: Path) -> None:
    """Raise AnnotatorError where what a training replaces is not as one of ours has left it."""
    scores, model = out / SCORES_FILE, out / MODEL_FOLDER
    with translate_os_errors("read", out):
        ours: Mapping[str, str] = {}
        if scores.exists():
            with suppress(orjson.JSONDecodeError, LookupError, TypeError):
                ours = orjson.loads(scores.read_bytes())["files"]
            if not isinstance(ours, dict) or not ours:
                raise _foreign_error(out, SCORES_FILE)
        there = _file_digests(model) if model.is_dir() else dict.fromkeys([""] if model.exists() else [], "")
    foreign = sorted(name for name, digest in there.items() if ours.get(name) != digest)
    if foreign:
        raise _foreign_error(out, f"{MODEL_FOLDER}/{foreign[0]}")


def _foreign_error(out: Path, name: str) -> AnnotatorError:
    what = f"{name} is not as `annotator train` has left it, and would be replaced"
    return AnnotatorError(what, where=str(out), do="choose another folder, or move it away")


def _file_digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of all files below a folder, by their names in it."""
    files = sorted(p for p in folder.rglob("*") if not p.is_dir())
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def _configs_to_train(files: Sequence[str]) -> list[tuple[str, str]]:
    """Return the configs of an export with the group of labels of each: those of groups where there are any."""
    found = [(f, m["group"] or "") for f in files if (m := _CONFIG_NAME.fullmatch(f))]
    grouped = [(f, group) for f, group in found if group]
    return grouped or found


def _trained_row(part: TrainedPart, export: ExportReport) -> dict[str, Any]:
    plan, pipeline = part.plan, part.pipeline
    pipes = [x for x in pipeline.pipe_names if x != "tok2vec"]
    learned = {label for x in pipes for label in pipeline.get_pipe(x).labels}
    counts = export.parts[plan.train.removesuffix(".spacy")]
    rows = {"config": plan.path.name, "components": pipes, "labels": [x for x in counts.spans if x in learned]}
    docs = {"docs": counts.docs, "train": f"{DATA_FOLDER}/{plan.train}"}
    return {**rows, **docs, "steps": part.steps, "best": part.best_step}


# -- scores --------------------------------------------------------------------------------------


def _evaluate(
    corpus: CorpusFolder, nlp: Language, data: Path, export: ExportReport, options: ExportOptions, seed: int
) -> tuple[str, list[LabelScore], tuple[int, int]]:
    """Return the part that was evaluated, the scores, and how many documents and sentences it has."""
    part = next((p for p in ("test", "dev") if p in export.parts), "")
    keys = find_documents(document_link(a) for a in corpus.readable_articles()).keys
    documents: set[str] = set()
    sentences: set[str] = set()

    def document_of(doc: Doc) -> str:
        origin = doc.user_data[USER_DATA_KEY]
        key = str(keys.get(origin["article"], origin["article"]))
        documents.add(key)
        sentences.update(s["id"] for s in origin["sentences"])
        return key

    flat = {x.name for x in corpus.schema.labels if x.target == "ents"}
    has_ner, has_spancat = (any(p.startswith(x) for p in nlp.pipe_names) for x in ("ner", "spancat"))
    found: dict[tuple[str, str], dict[str, MatchCounts]] = {}
    place = SPANCAT_FOLDER if options.unit == "article" else ""
    groups = export.totals.get("coverage", {}).get("classes", {})
    labels_by_suffix = {f".{name}": x["labels"] for name, x in groups.items()} or {
        "": [x.name for x in corpus.schema.labels]
    }
    for suffix, labels in labels_by_suffix.items() if part else ():
        wanted = {"ents": [x for x in labels if x in flat and has_ner], "spans": [x for x in labels if has_spancat]}
        docs = _read_docs(nlp, data, f"{place}{part}{suffix}")
        found |= count_matches(nlp, docs, wanted, options.spans_key, document_of)
    rows = sorted(found.items(), key=lambda x: x[0][0])
    scores = [
        label_score(*key, counts, seed) for key, counts in rows if any(c.gold or c.predicted for c in counts.values())
    ]
    return part, scores, (len(documents), len(sentences))


def _read_docs(nlp: Language, data: Path, name: str) -> list[Doc]:
    """Return the Docs of a part, of one file or of its shards."""
    from spacy.tokens import DocBin

    file, folder = data / f"{name}.spacy", data / name
    files = [file] if file.exists() else sorted(folder.glob("*.spacy"))
    return [doc for path in files for doc in DocBin().from_disk(path).get_docs(nlp.vocab)]


def _warnings(export: ExportReport, part: str, documents: int) -> Iterator[str]:
    yield from (w for w in export.warnings if CONFIG_FILE not in w)
    if not part:
        yield "there is neither a test nor a dev part, so nothing was evaluated"
    elif part == "dev":
        yield "there is no test part: the scores are of dev, by which the best model was chosen, so they flatter it"
    if part and documents < FEW_DOCUMENTS:
        yield f"{pluralize(documents, 'document')} in {part}: too few for the intervals to mean much"


# -- files ---------------------------------------------------------------------------------------


def _save(nlp: Language, out: Path, meta: Mapping[str, Any], report: TrainingReport) -> None:
    """Put the pipeline and its scores in the place of those of an earlier training."""
    scores = {"_v": _SCORES_FORMAT, **{k: v for k, v in to_builtins(report).items() if k not in {"folder", "export"}}}
    new = out / f".{MODEL_FOLDER}.new"
    with translate_os_errors("write", out):
        shutil.rmtree(new, ignore_errors=True)
        save_pipeline(nlp, new, meta)
        scores["files"] = _file_digests(new)
        write_atomic(out / SCORES_FILE, orjson.dumps(scores, option=orjson.OPT_INDENT_2) + b"\n")
        shutil.rmtree(out / MODEL_FOLDER, ignore_errors=True)
        new.rename(out / MODEL_FOLDER)
