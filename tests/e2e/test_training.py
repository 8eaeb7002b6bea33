"""An export trains: spaCy checks it, learns from it and finds spans again."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import spacy
from msgspec.structs import replace
from spacy.tokens import DocBin

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Article, LineVerdict, Sentence, SourceLine
from annotator.core.schema import parse_schema
from annotator.core.spans import Span
from annotator.core.tokens import build_tokens
from annotator.export.options import ExportItem, ExportOptions, ExportReport
from tests.export.export_samples import export_items

pytestmark = pytest.mark.slow

SCHEMA = parse_schema(
    {
        "label": [
            {"name": "PERSON", "target": "ents", "inside": ["CLAIM"]},
            {"name": "VENUE", "target": "ents", "inside": ["CLAIM"]},
            {"name": "COUNT", "target": "ents", "inside": ["CLAIM"]},
            {"name": "CLAIM", "target": "spans"},
        ]
    },
    "test.toml",
)
FILL = {
    "PERSON": ["Ida Holm", "Tarek Sule", "Mona Birk", "Reyle", "Petra Quist", "Emil Vargas", "Oona Field"],
    "VENUE": ["Port Ellen", "Rosavik", "the Tamber Hall", "Nordby Square", "Lake Ostra", "Vemmel"],
    "COUNT": ["41 boats", "more than 300 guests", "around 20 percent of the roofs", "two dozen nets"],
}
TEMPLATES = [
    "Harbour master <PERSON> said <CLAIM>that <COUNT> had reached <VENUE> by noon</CLAIM>.",
    "“<CLAIM>We counted <COUNT> near <VENUE></CLAIM>,” <PERSON> told reporters.",
    "<PERSON> walked from <VENUE> to <VENUE> on Friday.",
    "The storm damaged <COUNT> in <VENUE>.",
    "Nobody expected the rain to last so long.",
    "According to <PERSON>, <CLAIM>the bridge at <VENUE> will stay closed</CLAIM>.",
    "<COUNT> were waiting when <PERSON> opened the doors.",
]
_MARK = re.compile(r"<(/?)(\w+)>")


def _filled(template: str, rnd: random.Random) -> tuple[str, list[Span]]:
    """Fill a template in; return the text and its spans."""
    text, at = "", 0
    found: list[Span] = []
    claim = 0
    for m in _MARK.finditer(template):
        text += template[at : m.start()]
        at = m.end()
        if m[2] == "CLAIM" and not m[1]:
            claim = len(text)
        elif m[2] == "CLAIM":
            found.append(Span(claim, len(text), "CLAIM"))
        else:
            word = rnd.choice(FILL[m[2]])
            found.append(Span(len(text), len(text) + len(word), m[2]))
            text += word
    return text + template[at:], found


def _items(articles: int, each: int) -> list[ExportItem]:
    """Return accepted items of template-made articles, tokenised by spaCy as at ingest."""
    rnd, nlp = random.Random(7), spacy.blank("en")
    out: list[ExportItem] = []
    for n in range(articles):
        made = [_filled(rnd.choice(TEMPLATES), rnd) for _ in range(each)]
        text = " ".join(t for t, _ in made)
        article = Article(
            f"{n:016x}", "made", f"{n:064x}", text, (SourceLine(LineVerdict.BODY, "test"),), title=f"Report {n}"
        )
        at = 0
        for index, (words, found) in enumerate(made):
            doc = nlp.make_doc(words)
            tokens = build_tokens([t.text for t in doc], [bool(t.whitespace_) for t in doc])
            of = Sentence(article.id, index, at, at + len(words), words, tokens)
            out.append(
                ExportItem(AnnotatedSentence(of, Annotation(answer=Answer.ACCEPT).with_spans(found)), "ana", article)
            )
            at += len(words) + 1
    return out


def _spacy(cwd: Path, *words: str) -> str:
    """Run a spaCy command, and return what it prints; fail with that if it fails."""
    run = subprocess.run(
        [sys.executable, "-m", "spacy", *words], cwd=cwd, capture_output=True, text=True, check=False, timeout=600
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout + run.stderr


def _train(cwd: Path, config: str, model: str, steps: int) -> list[list[float]]:
    """Train for some steps; return the rows of spaCy's table as numbers."""
    message = _spacy(
        cwd, "train", config, "--paths.folder", str(Path(config).parent), "--output", model,
        "--training.max_steps", str(steps), "--training.eval_frequency", str(steps // 4),
    )  # fmt: skip
    rows = [line.split() for line in message.splitlines() if re.match(r"\s+\d+\s+\d+\s", line)]
    return [[float(x) for x in row] for row in rows]


def _losses(rows: Sequence[Sequence[float]], components: int) -> list[list[float]]:
    """Return the losses of the components but tok2vec, row by row, without the row of step 0."""
    return [list(row[3 : 2 + components]) for row in rows[1:]]


def _export(cwd: Path, items: list[ExportItem], unreviewed: dict[str, list[Sentence]], **more: str) -> ExportReport:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(cwd)
        options = ExportOptions(**more)  # type: ignore[arg-type]
        return export_items(items, unreviewed, SCHEMA, Path("out"), options)


def test_sentences_train_both(tmp_path: Path) -> None:
    """``debug data`` passes, the losses fall, and the model finds entities and claims in dev."""
    report = _export(tmp_path, _items(24, 8), {})
    assert report.lost == 0
    _spacy(tmp_path, "debug", "data", "out/config.cfg", "--paths.folder", "out")
    rows = _train(tmp_path, "out/config.cfg", "model", 320)
    assert len(rows) >= 4
    first, last = _losses(rows, 3)[0], _losses(rows, 3)[-1]
    assert all(b < a for a, b in zip(first, last, strict=True)), (first, last)
    nlp = spacy.load(tmp_path / "model" / "model-last")
    gold = list(DocBin().from_disk(tmp_path / "out" / "dev.spacy").get_docs(nlp.vocab))
    scores = nlp.evaluate([spacy.training.Example(nlp.make_doc(d.text), d) for d in gold])
    assert scores["ents_f"] > 0.5, scores
    assert scores["spans_sc_f"] > 0.5, scores
    assert {s.label_ for d in nlp.pipe(g.text for g in gold) for s in d.spans["sc"]} >= {"PERSON", "CLAIM"}


def _recall(model: Path, items: Sequence[ExportItem]) -> float:
    """Return the share of the entities of these sentences that the model finds in their articles."""
    nlp = spacy.load(model)
    articles = {i.article.id: i.article for i in items}
    found = {(a.id, e.start_char, e.end_char) for a in articles.values() for e in nlp(a.text).ents}
    wanted = {
        (i.article.id, i.annotated.sentence.start + s.start, i.annotated.sentence.start + s.end)
        for i in items
        for s in i.annotated.annotation.spans
        if s.label != "CLAIM"
    }
    return len(wanted & found) / len(wanted)


def test_unreviewed_sentences_teach_ner_nothing(tmp_path: Path) -> None:
    """Ner finds the names in unreviewed sentences, far more than were they taken for empty."""
    items = _items(24, 10)
    hidden, seen = items[::2], items[1::2]
    unreviewed: dict[str, list[Sentence]] = {}
    for i in hidden:
        unreviewed.setdefault(i.article.id, []).append(i.annotated.sentence)
    empty = [replace(i, annotated=replace(i.annotated, annotation=Annotation(answer=Answer.ACCEPT))) for i in hidden]
    recall = {}
    for name, those, rest in (("missing", seen, unreviewed), ("empty", [*seen, *empty], {})):
        (tmp_path / name).mkdir()
        _export(tmp_path / name, those, rest, unit="article")
        _train(tmp_path / name, "out/config.cfg", "model", 120)
        recall[name] = _recall(tmp_path / name / "model" / "model-last", hidden)
    assert recall["missing"] > 0.6, recall
    assert recall["missing"] > recall["empty"] + 0.2, recall


def test_runs_of_reviewed_sentences_train_spancat(tmp_path: Path) -> None:
    """With ``--unit article`` the second config passes ``debug data``, and its loss falls."""
    items = [i for n, i in enumerate(_items(60, 9)) if n % 3]
    _export(tmp_path, items, {}, unit="article")
    _spacy(tmp_path, "debug", "data", "out/config-spancat.cfg", "--paths.folder", "out")
    losses = [x[0] for x in _losses(_train(tmp_path, "out/config-spancat.cfg", "model", 160), 2)]
    assert losses[-1] < losses[0] / 2, losses


def test_the_sample_corpus_trains(tmp_path: Path) -> None:
    """The first export of the sample has more than 100 training Docs, and spaCy takes it."""
    sample = Path(__file__).resolve().parents[2] / "corpus"
    if not list(sample.glob("annotations/*.jsonl")):
        pytest.skip("no sample corpus")
    command = [sys.executable, "-m", "annotator.cli.main", "export", str(sample), "out"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    _spacy(tmp_path, "debug", "data", "out/config.cfg", "--paths.folder", "out")
    rows = _train(tmp_path, "out/config.cfg", "model", 240)
    first, last = _losses(rows, 3)[0], _losses(rows, 3)[-1]
    assert all(b < a for a, b in zip(first, last, strict=True)), (first, last)
    nlp = spacy.load(tmp_path / "model" / "model-last")
    train = DocBin().from_disk(tmp_path / "out" / "train.spacy").get_docs(nlp.vocab)
    found = [nlp(d.text) for d in train]
    assert sum(len(d.ents) for d in found) > 20
    assert sum(len(d.spans["sc"]) for d in found) > 20
