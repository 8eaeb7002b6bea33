"""How many spans of a file are on token edges: ``python -m tests.benchmarks.inside_tokens [FILE…]``.

Without a file these are made-up ones: glued words, hyphens and slashes, German compounds, Japanese in an English
corpus. Each file (a brat folder counts as one, a folder with a folder for each tool as all that is in those) is
imported with each choice of ``--inside-tokens`` into a new English corpus. Printed are, for each, the share of the
spans on edges of the stored tokens, and of those that plain spaCy finds in the article's text (strict ``char_span``)
with the tokenizer of the exported ``config.cfg``, for ``keep`` and ``split``; the last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from annotator.core.annotation import AnnotatedSentence
from annotator.core.errors import AnnotatorError
from annotator.core.tokens import is_aligned
from annotator.export.options import ExportOptions
from annotator.ingest.spacy_tokenizer import blank_pipeline
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.corpus_export import export_corpus
from annotator.workflows.import_options import INSIDE_TOKENS, ImportOptions
from annotator.workflows.importing import import_files
from annotator.workflows.opening import ignore_progress, ignore_warning, load_journals
from tests.benchmarks.imports import listed_samples

NAMES, PLACES = ("Moran", "Pell", "Rask", "Quill"), ("Ost", "Linden", "Hafen")
JAPANESE = (("田中健", "佐藤花子", "鈴木"), ("東京タワー", "大阪城", "京都"))


def main() -> None:
    """Import each file four times, and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    files = parser.parse_args().files
    with TemporaryDirectory() as folder:
        rows = [
            measured(paths)
            for paths in (listed_samples(files) if files else ([p] for p in made_up_files(Path(folder))))
        ]
    print(
        f"{'file':44} {'spans':>6} {'keep':>6} {'out':>6} {'in':>6} {'split':>6} {'config: keep':>12} {'split':>6}  by"
    )
    for row in rows:
        print(row.get("refused") or _line(row))
    print(json.dumps({"files": rows}, ensure_ascii=False))


def _line(row: dict[str, Any]) -> str:
    shares = " ".join(f"{row[choice]:6.1%}" for choice in ("keep", "out", "in", "split"))
    return (
        f"{row['file'][-44:]:44} {row['spans']:6} {shares} {row['config_keep']:12.1%} {row['config']:6.1%}  {row['by']}"
    )


def measured(paths: list[Path]) -> dict[str, Any]:
    """Return the figures of one file, or of several that are one export."""
    row: dict[str, Any] = {"file": f"{paths[0].parent.name}/{paths[0].name}"}
    try:
        for choice in INSIDE_TOKENS:
            with TemporaryDirectory() as folder:
                options = ImportOptions(add_labels=True, inside_tokens=choice)
                import_files(Path(folder, "c"), paths, options)
                corpus = CorpusFolder.open(Path(folder, "c"))
                spans = list(_spans(corpus))
                on_edges = sum(is_aligned(w.sentence.tokens, start, end) for w, start, end in spans)
                row |= {"spans": len(spans), choice: _share(on_edges, len(spans))}
                if choice in ("keep", "split"):
                    found = _share(_found_by_config(corpus, spans, Path(folder, "out")), len(spans))
                    row["config_keep" if choice == "keep" else "config"] = found
                if choice == "split":
                    row["by"] = str(corpus.tokens)
    except AnnotatorError as error:
        row["refused"] = f"{row['file']}: {error.what}"[:200]
    return row


def _share(count: int, spans: int) -> float:
    return round(count / spans, 4) if spans else 1.0


def _spans(corpus: CorpusFolder) -> Iterator[tuple[AnnotatedSentence, int, int]]:
    """Yield every span of every annotator, in code points of its sentence."""
    for loaded in load_journals(corpus):
        for article in loaded.store.touched_articles:
            for annotated in loaded.store.touched_sentences_of(article):
                yield from ((annotated, s.start, s.end) for s in annotated.annotation.spans)


def _found_by_config(corpus: CorpusFolder, spans: list[tuple[AnnotatedSentence, int, int]], out: Path) -> int:
    """Return how many spans spaCy has in the articles' texts, cut by the tokenizer that the export's config makes."""
    nlp = _pipeline(corpus, out)
    docs = {w.sentence.article: None for w, _, _ in spans}
    cut = {article: nlp.make_doc(corpus.article(article).text) for article in docs}
    starts = ((w.sentence, start, end) for w, start, end in spans)
    return sum(cut[s.article].char_span(s.start + a, s.start + b) is not None for s, a, b in starts)


def _pipeline(corpus: CorpusFolder, out: Path) -> Any:
    from spacy.training.initialize import init_nlp
    from spacy.util import load_config

    with suppress(AnnotatorError):  # nothing in it is finished
        export_corpus(corpus, out, ExportOptions(on_conflict="majority"), ignore_progress, ignore_warning)
    config = next(iter(sorted(out.glob("config*.cfg"))), None)
    if config is None:  # nothing in it can train a model: what a config would copy
        return blank_pipeline(corpus.lang, corpus.tokens)
    return init_nlp(load_config(config, overrides={"paths.folder": out.as_posix()}, interpolate=False))


def made_up_files(folder: Path) -> Iterator[Path]:
    """Write a file for each kind of text in which edges are inside tokens, and yield it."""
    draw = random.Random(13)

    def name() -> str:
        return draw.choice(NAMES)

    kinds = {
        "glued": lambda n: (f"Present: {(a := name())}~2|{(b := name())}_{n} #{n}.", (a, b, str(n))),
        "hyphens_and_slashes": lambda n: (
            f"The {(a := name())}-{n}/b line, {n}km/{(p := draw.choice(PLACES))}9.",
            (a, p),
        ),
        "numbers": lambda n: (f"Sold{n}boats to {(a := name())}{n}.", (str(n), a)),
        "german_compounds": lambda n: (
            f"Der {(p := draw.choice(PLACES))}platz kostet {n}, sagt {(a := name())}.",
            (p, a),
        ),
        "japanese": lambda n: (
            f"{(a := draw.choice(JAPANESE[0]))}は{(p := draw.choice(JAPANESE[1]))}で第{n}回の会を開いた。",
            (a, p, str(n)),
        ),
    }
    for kind, make in kinds.items():
        rows = []
        for n in range(20, 120):
            text, words = make(n)
            spans = [{"start": (at := text.index(w)), "end": at + len(w), "label": "PERSON"} for w in words]
            rows.append(json.dumps({"text": text, "spans": spans}, ensure_ascii=False) + "\n")
        path = folder / "made_up" / f"{kind}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(rows), "utf-8")
        yield path


if __name__ == "__main__":
    main()
