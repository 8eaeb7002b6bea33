"""What training gains from coverage classes where a source was not read for one label.

``python -m tests.benchmarks.coverage [FILE…] [--label CLAIM] [--split 70/5/25] [--spancat-steps N] [--ner-steps N]``:
the files (``meta.annotates`` has the labels that a row was read for) are imported into one corpus, grouped by document,
and exported by coverage classes. The naive union is the same without ``annotates``: what nobody looked for counts as
absent. Trained, each component for the same number of batches and evaluated after the last one:

- ``classes``: a spancat on the Docs that cover the label, with its spans alone
- ``naive``: a spancat on the Docs of all rows, with the spans of all labels, as its config has it
- ``naive_one_label``: the same without the spans of the other labels
- ``ner.classes`` and ``ner.full_only``: a ner on the Docs that cover the other labels, and on those that cover all;
  ``ner.naive`` only where its Docs are others than those of ``ner.classes``

The score is of exact spans: of the label in the test documents of the files that cover it, from a score of 0.5 on and
from the threshold on that is best on dev, and of all entities in the test documents of each file. Rows whose text is in
several documents are left out of the evaluation. Without files, made-up ones. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.core.scoring import MatchCounts
from annotator.export.doc_layout import USER_DATA_KEY
from annotator.workflows.corpus import Corpus
from annotator.workflows.model_scores import bootstrap_interval, count_matches

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

KEY = "sc"
THRESHOLDS = [x / 20 for x in range(1, 20)]
Range = tuple[int, int]
DEV_DOCS = 8
"""Docs of dev that spaCy reads in training: it wants one, and chooses nothing by it."""


def main() -> None:
    """Make both exports, train, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--label", default="CLAIM", help="the label that not all rows were read for")
    parser.add_argument("--split", default="70/5/25")
    parser.add_argument("--seeds", default="0", help="such as 0,1")
    parser.add_argument("--spancat-steps", type=int, default=10, help="batches of a spancat")
    parser.add_argument("--ner-steps", type=int, default=10, help="batches of a ner")
    parser.add_argument("--words", type=int, default=100, help="words of each batch of a spancat")
    parser.add_argument("--learn-rate", type=float, default=0.001, help="of a spancat")
    parser.add_argument("--longest", type=int, default=20, help="tokens of the longest span that a spancat tries")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        files = chosen.files or _made_up_files(folder, chosen.label)
        figures = _measure(folder, files, chosen)
    print(json.dumps(figures))


def _measure(folder: Path, files: Sequence[Path], chosen: argparse.Namespace) -> dict[str, Any]:
    groups = _export(folder / "classes", files, chosen.split, keep_coverage=True)
    _export(folder / "naive", files, chosen.split, keep_coverage=False)
    classes, naive, one_label = folder / "classes" / "out", folder / "naive" / "out", folder / "one_label.spacy"
    if (classes / "parts.json").read_bytes() != (naive / "parts.json").read_bytes():
        raise SystemExit("both exports must have the same parts")
    with_label = next(name for name, labels in groups.items() if chosen.label in labels)
    others = next(name for name, labels in groups.items() if chosen.label not in labels)
    _keep_label(naive / "train.spacy", one_label, chosen.label)
    of_label = classes / f"train.{with_label}.spacy"
    spancats = {"classes": of_label, "naive": naive / "train.spacy", "naive_one_label": one_label}
    ners = {"classes": classes / f"train.{others}.spacy", "full_only": classes / "train.spacy"}
    same = _entities(ners["classes"]) == _entities(naive / "train.spacy")
    ners |= {} if same else {"naive": naive / "train.spacy"}
    covered = _evaluation_docs(classes, f"test.{with_label}.spacy")
    docs = _evaluation_docs(classes, f"test.{others}.spacy")
    by_file = {file.stem: [doc for doc in docs if _file(doc) == file.stem] for file in files}
    dev = _evaluation_docs(classes, f"dev.{with_label}.spacy")
    figures: dict[str, Any] = {
        "benchmark": "coverage", "split": chosen.split, "longest": chosen.longest, "words": chosen.words,
        "learn_rate": chosen.learn_rate,
        "spancat_steps": chosen.spancat_steps, "ner_steps": chosen.ner_steps,
        "ner_of_naive_has_the_same_docs_as_classes": same,
        "evaluated": {name: _size(docs) for name, docs in {"covered": covered, "dev": dev, **by_file}.items()},
        "ner": {}, "spancat": {},
    }  # fmt: skip
    runs = [("spancat", kind, file, chosen.spancat_steps) for kind, file in spancats.items()]
    runs += [("ner", kind, file, chosen.ner_steps) for kind, file in ners.items()]
    for seed, (component, kind, file, steps) in itertools.product(map(int, chosen.seeds.split(",")), runs):
        config = classes / f"config.{with_label if component == 'spancat' else others}.cfg"
        nlp, seconds = _train(config, file, component, steps, seed, chosen)
        if component == "spancat":
            scores = _score_label(nlp, dev, covered, chosen.label)
        else:
            scores = {name: _score_entities(nlp, d, groups[others]) for name, d in {"all": docs, **by_file}.items()}
        row = {"seed": seed, "seconds": round(seconds), "docs": len(_read(file)), **scores}
        figures[component].setdefault(kind, []).append(row)
        print(component, kind, row, flush=True)
    return figures


# -- data ----------------------------------------------------------------------------------------


def _made_up_files(folder: Path, label: str) -> list[Path]:
    """Write two files, of which one was not read for the label."""
    files = []
    for name, labels in (("full", ["PERSON", label]), ("part", ["PERSON"])):
        rows = []
        for d in range(40):
            for n in range(4):
                text = f"Mara Lind said that boat {n} of line {name}{d} sails."
                spans = [(0, 9, "PERSON"), (15, len(text) - 1, label)][: len(labels)]
                marks = [{"start": a, "end": b, "label": x} for a, b, x in spans]
                rows.append({"text": text, "spans": marks, "meta": {"doc": f"{name}-{d:02}", "annotates": labels}})
        files.append(folder / f"{name}.jsonl")
        files[-1].write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return files


def _export(folder: Path, files: Sequence[Path], split: str, *, keep_coverage: bool) -> dict[str, list[str]]:
    """Import the files into a corpus, export it, and return the labels of each coverage class."""
    folder.mkdir()
    with Corpus.create(folder / "corpus", schema="news", lang="en") as corpus:
        for file in files:
            copy = folder / file.name
            rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
            for row in rows if not keep_coverage else ():
                del row["meta"]["annotates"]
            copy.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
            corpus.import_files(copy, annotator="ana", answer="accept", add_labels=True, group_by="doc")
        report = corpus.export(folder / "out", split=split)
    return {name: list(x["labels"]) for name, x in report.totals.get("coverage", {}).get("classes", {}).items()}


def _read(file: Path) -> list[Doc]:
    import spacy
    from spacy.tokens import DocBin

    return list(DocBin().from_disk(file).get_docs(spacy.blank("en").vocab))


def _keep_label(file: Path, new: Path, label: str) -> None:
    """Write the Docs with the spans of one label alone."""
    from spacy.tokens import DocBin

    docs = _read(file)
    for doc in docs:
        doc.spans[KEY] = [span for span in doc.spans[KEY] if span.label_ == label]
    DocBin(docs=docs, store_user_data=True).to_disk(new)


def _entities(file: Path) -> list[tuple[Any, ...]]:
    """Return all that a ner learns from."""
    found = []
    for doc in _read(file):
        wrong = [(s.start, s.end, s.label_) for s in doc.spans.get("incorrect_spans", ())]
        found.append((doc.text, [(t.text, t.ent_iob_, t.ent_type_) for t in doc], wrong))
    return found


def _document(doc: Doc) -> str:
    """Return the document of a Doc; empty for a text of several."""
    value = doc.user_data[USER_DATA_KEY]["meta"].get("doc")
    return value if isinstance(value, str) else ""


def _file(doc: Doc) -> str:
    """Return the name of the file that a Doc comes from."""
    return Path(doc.user_data[USER_DATA_KEY]["origin"].rpartition(":")[0]).stem


def _evaluation_docs(folder: Path, name: str) -> list[Doc]:
    """Return the Docs of one document, after a check that no training part has it."""
    docs = [doc for doc in _read(folder / name) if _document(doc)]
    trained = {_document(doc) for file in folder.glob("train*.spacy") for doc in _read(file)}
    if shared := {_document(doc) for doc in docs} & trained:
        raise SystemExit(f"documents of test that are in train: {sorted(shared)}")
    return docs


def _size(docs: Sequence[Doc]) -> dict[str, int]:
    return {"documents": len({_document(doc) for doc in docs}), "sentences": len(docs)}


# -- training and scores -------------------------------------------------------------------------


def _train(
    config: Path, train: Path, component: str, steps: int, seed: int, chosen: argparse.Namespace
) -> tuple[Language, float]:
    """Train one component on its own layers for exactly ``steps`` batches; return it and the seconds of it."""
    from spacy.training.initialize import init_nlp
    from spacy.training.loop import train as run
    from spacy.util import load_config

    settings = load_config(config, interpolate=False)
    settings["nlp"]["pipeline"] = ["tok2vec", component]
    settings["components"] = {k: v for k, v in settings["components"].items() if k in {"tok2vec", component}}
    places = {"ner": "ents", "spancat": f"spans_{KEY}"}
    settings["training"]["score_weights"] = {f"{places[component]}_f": 1.0}
    if component == "spancat":
        settings["components"]["spancat"]["suggester"]["sizes"] = list(range(1, chosen.longest + 1))
        settings["training"]["batcher"]["size"] = chosen.words
        settings["training"]["optimizer"]["learn_rate"] = chosen.learn_rate
    settings["paths"] |= {"folder": config.parent.as_posix(), "train": train.as_posix()}
    settings["system"]["seed"] = seed
    settings["corpora"]["dev"]["limit"] = DEV_DOCS
    settings["training"] |= {"max_steps": steps, "max_epochs": 0, "patience": 0, "eval_frequency": steps}
    begin = time.perf_counter()
    nlp = init_nlp(settings)
    run(nlp, None, stdout=io.StringIO(), stderr=io.StringIO())
    return nlp, time.perf_counter() - begin


def _score_label(nlp: Language, dev: Sequence[Doc], test: Sequence[Doc], label: str) -> dict[str, Any]:
    """Return the scores of a label on test from 0.5 on, and from the threshold on that is best on dev."""
    spancat: Any = nlp.get_pipe("spancat")
    spancat.cfg["threshold"] = THRESHOLDS[0]
    found = {name: _candidates(nlp, docs, label) for name, docs in (("dev", dev), ("test", test))}
    best = max(THRESHOLDS, key=lambda t: sum(_count(found["dev"], t).values(), MatchCounts()).f1)
    at_half, at_best = (_measures(_count(found["test"], threshold)) for threshold in (0.5, best))
    return {"threshold_0.5": at_half, "threshold_of_dev": {"threshold": best, **at_best}}


def _candidates(nlp: Language, docs: Sequence[Doc], label: str) -> list[tuple[str, dict[Range, float], set[Range]]]:
    """Return of each Doc its document, the predicted spans with their scores, and the gold spans."""
    from spacy.tokens import Doc as NewDoc

    bare = (NewDoc(nlp.vocab, words=[t.text for t in d], spaces=[bool(t.whitespace_) for t in d]) for d in docs)
    found = []
    for gold, predicted in zip(docs, nlp.pipe(bare, batch_size=32), strict=True):
        spans = zip(predicted.spans[KEY], predicted.spans[KEY].attrs["scores"], strict=True)
        scored = {(s.start, s.end): float(score) for s, score in spans if s.label_ == label}
        found.append((_document(gold), scored, {(s.start, s.end) for s in gold.spans[KEY] if s.label_ == label}))
    return found


def _count(found: Sequence[tuple[str, Mapping[Range, float], set[Range]]], threshold: float) -> dict[str, MatchCounts]:
    by_document: dict[str, MatchCounts] = {}
    for document, scored, gold in found:
        mine = {span for span, score in scored.items() if score >= threshold}
        counts = MatchCounts(len(mine & gold), len(mine), len(mine & gold), len(gold))
        by_document[document] = by_document.get(document, MatchCounts()) + counts
    return by_document


def _score_entities(nlp: Language, docs: Sequence[Doc], labels: Sequence[str]) -> dict[str, Any]:
    by_document: dict[str, MatchCounts] = {}
    for counts in count_matches(nlp, docs, {"ents": labels}, KEY, _document).values():
        for document, count in counts.items():
            by_document[document] = by_document.get(document, MatchCounts()) + count
    return _measures(by_document)


def _measures(by_document: Mapping[str, MatchCounts]) -> dict[str, Any]:
    """Return precision, recall and F, with the interval of F over documents."""
    total = sum(by_document.values(), MatchCounts())
    low, high = bootstrap_interval(list(by_document.values()), 0)
    measures = {"p": total.precision, "r": total.recall, "f": total.f1, "low": low, "high": high}
    rounded = {name: round(value, 3) for name, value in measures.items()}
    return {**rounded, "gold": total.gold, "predicted": total.predicted}


if __name__ == "__main__":
    main()
