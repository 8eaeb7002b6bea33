"""How many sentences of dev and test have their document in train, with the documents of a file linked and without.

``python -m tests.benchmarks.document_leaks [FILE…] [--field doc] [--split 70/15/15]``: each file of texts with ``meta``
is imported with ``--group-by none`` and as an import links it by itself, and split. Texts that occur in several
documents are left out of the count. Without a file, a made-up one. The last line is one JSON object; for each file the
sentences of dev and test, those whose document is in train, and the documents of dev and test, both ways.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from pathlib import Path

from annotator.workflows.corpus import Corpus


def main() -> None:
    """Import, split, count, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--field", default="doc", help="the field of the metadata with the document")
    parser.add_argument("--split", default="70/15/15")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        files = chosen.files or [_made_up_file(Path(place))]
        found = {}
        for file in files:
            documents = _documents(file, chosen.field)
            found[file.stem] = {
                name: _leaks(file, Path(place) / f"{file.stem}-{name}", documents, group_by, chosen.split)
                for name, group_by in (("apart", "none"), ("linked", ""))
            }
            print(file.stem, found[file.stem])
    print(json.dumps(found))


def _made_up_file(folder: Path) -> Path:
    path = folder / "made_up.jsonl"
    rows = [
        {"text": f"Boat {n} of line {d} sailed at dawn.", "spans": [], "meta": {"doc": f"doc-{d:03}", "sent": n}}
        for d in range(60)
        for n in range(12)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def _documents(file: Path, field: str) -> dict[str, set[str]]:
    """Return, by text, the documents that it occurs in."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found[row["text"]].add(row["meta"][field])
    return found


def _leaks(file: Path, folder: Path, documents: dict[str, set[str]], group_by: str, split: str) -> dict[str, int]:
    with Corpus.create(folder) as corpus:
        corpus.import_files(file, annotator="ana", answer="accept", add_labels=True, group_by=group_by)
        parts = corpus.splits(split, warn=lambda _: None)
        texts = {article.id: article.text for article in corpus.articles()}
    document = {a: next(iter(d)) for a, text in texts.items() if len(d := documents[text]) == 1}
    train = {document[a] for a in parts["train"] if a in document}
    evaluated = [a for part in ("dev", "test") for a in parts[part] if a in document]
    return {
        "sentences": len(evaluated),
        "with_document_in_train": sum(document[a] in train for a in evaluated),
        "documents": len({document[a] for a in evaluated}),
    }


if __name__ == "__main__":
    main()
