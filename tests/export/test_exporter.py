"""The export as a whole."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from spacy.tokens import Doc, DocBin
from spacy.util import load_config, load_model_from_config

from annotator.core.annotation import Answer
from annotator.core.errors import AnnotatorError, UsageError
from annotator.core.spans import Span, span_id
from annotator.export.doc_layout import USER_DATA_KEY
from annotator.export.options import SPLIT_PARTS, ExportItem, ExportOptions
from tests.export.export_samples import SCHEMA, corpus, export_items, item, make_article, sentences, with_spans

VOCAB = spacy.blank("en").vocab
RECORDS = list[dict[str, object]]


def _docs(path: Path) -> list[Doc]:
    return list(DocBin().from_disk(path).get_docs(VOCAB))


def _ledger(out: Path) -> tuple[RECORDS, dict[str, dict[str, int]]]:
    *records, last = [json.loads(line) for line in (out / "ledger.jsonl").read_text("utf-8").splitlines()]
    return records, last["totals"]


def _placed(out: Path) -> Counter[tuple[str, str]]:
    """Count (span id, place) of everything in the DocBins of a sentence export."""
    found: Counter[tuple[str, str]] = Counter()
    for part in SPLIT_PARTS:
        for doc in _docs(out / f"{part}.spacy"):
            of = doc.user_data[USER_DATA_KEY]["sentence"]
            for place, group in (("ents", doc.ents), ("spans", doc.spans["sc"])):
                found.update((f"{of}:{s.start_char}-{s.end_char}:{s.label_}", place) for s in group)
    return found


@st.composite
def annotated(draw: st.DrawFn) -> list[ExportItem]:
    """Draw a small corpus with random spans, labels and answers."""
    out = []
    for n, one in enumerate(corpus(draw(st.integers(1, 4)), 4)):
        size = len(one.annotated.sentence.text)
        edges = st.sampled_from([t.start for t in one.annotated.sentence.tokens] + [3, 5, size])
        labels = st.sampled_from(["PERSON", "VENUE", "CLAIM", "NOVEL"])
        drawn = draw(st.lists(st.tuples(edges, edges, labels), max_size=4))
        found = {Span(min(a, b), max(a, b), x) for a, b, x in drawn if a != b}
        answer = Answer.ACCEPT if n < 3 else draw(st.sampled_from([*Answer, None]))
        made_up = with_spans(one, sorted(found))
        out.append(
            replace(
                made_up,
                annotated=replace(made_up.annotated, annotation=made_up.annotated.annotation.with_answer(answer)),
            )
        )
    return out


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(annotated())
def test_in_is_out_and_listed(tmp_path: Path, items: list[ExportItem]) -> None:
    """Each span of an accepted sentence is once in the full ledger, and where the ledger says."""
    report = export_items(items, {}, SCHEMA, tmp_path / "out", ExportOptions(ledger="full"))
    records, totals = _ledger(tmp_path / "out")
    accepted = [i.annotated for i in items if i.annotated.annotation.answer is Answer.ACCEPT]
    ids = [span_id(w.sentence.id, s) for w in accepted for s in w.annotation.spans]
    assert Counter(r["id"] for r in records) == Counter(ids)
    listed = Counter((r["id"], place) for r in records for place in r["in"])  # type: ignore[attr-defined]
    placed = _placed(tmp_path / "out")
    assert listed == placed
    fates = totals["spans"]
    assert fates["in"] == len(ids) == fates["kept"] + fates["trimmed"] + fates["demoted"] + fates["left out"]
    assert report.lost == fates["left out"] == len(ids) - totals["placed"]["spans"]
    assert sum(totals["sentences"].values()) == len(items)


def test_the_same_corpus_gives_the_same_bytes(tmp_path: Path) -> None:
    """Another process with another hash seed writes the same files, ledger and config included."""
    script = (
        "import sys; from pathlib import Path; from tests.export.export_samples import *; "
        "from annotator.export.options import ExportOptions; "
        "export_items(corpus(12), {}, SCHEMA, Path('out'), ExportOptions(unit='article', ledger='full'))"
    )
    found = []
    for seed in ("1", "2"):
        place = tmp_path / seed
        place.mkdir()
        env = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])}
        subprocess.run([sys.executable, "-c", script], cwd=place, env=env, check=True)
        found.append({p.name: p.read_bytes() for p in (place / "out").rglob("*") if p.is_file()})
    assert found[0] == found[1]
    assert len(found[0]) == 8


def test_a_begun_sentence_is_counted_once(tmp_path: Path) -> None:
    """A sentence that was begun and not finished is unfinished, and not unreviewed as well."""
    items = corpus(4)
    items[2] = _answered(items[2], None)
    begun = {items[2].article.id: [items[2].annotated.sentence]}
    export_items(items, begun, SCHEMA, tmp_path, ExportOptions())
    _, totals = _ledger(tmp_path)
    assert (totals["sentences"]["unfinished"], totals["sentences"]["unreviewed"]) == (1, 0)


def test_unreviewed_rejected_and_ignored_are_no_loss(tmp_path: Path) -> None:
    """What nobody accepted is in the totals alone: no record, no loss."""
    items = corpus(4)
    items[0] = _answered(items[0], Answer.REJECT)
    items[1] = _answered(items[1], Answer.IGNORE)
    items[2] = _answered(items[2], None)
    unreviewed = items.pop(3)
    sentences_left = {unreviewed.article.id: [unreviewed.annotated.sentence]}
    report = export_items(items, sentences_left, SCHEMA, tmp_path, ExportOptions())
    _, totals = _ledger(tmp_path)
    assert totals["sentences"] == {
        "accepted": 20, "rejected": 1, "ignored": 1, "unfinished": 1, "double": 0, "unreviewed": 1,
    }  # fmt: skip
    assert report.lost == 0
    assert sum(p.docs for p in report.parts.values()) == 20


def _answered(of: ExportItem, answer: Answer | None) -> ExportItem:
    return replace(of, annotated=replace(of.annotated, annotation=of.annotated.annotation.with_answer(answer)))


def test_a_loss_is_listed_with_where_to_find_it(tmp_path: Path) -> None:
    """A span off the token edges is left out, counted as lost, and named with article and journal."""
    items = corpus(1)
    first = items[0]
    items[0] = with_spans(first, [Span(0, 5, "PERSON")])
    report = export_items(items, {}, SCHEMA, tmp_path, ExportOptions())
    records, _ = _ledger(tmp_path)
    (record,) = [r for r in records if r["what"] == "left out"]
    assert report.lost == 1
    assert record["id"] == f"{first.annotated.sentence.id}:0-5:PERSON"
    assert record["why"] == "not on token edges"
    assert record["where"] == {
        "article": first.article.id, "title": "Report 0", "start": 0, "end": 5, "annotator": "ana", "seq": 1,
    }  # fmt: skip


def test_one_config_trains_both_from_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The config loads in spaCy, names the files of the folder and has the sizes that the report tells."""
    monkeypatch.chdir(tmp_path)
    out = Path("my out 'é")
    report = export_items(corpus(12), {}, SCHEMA, out, ExportOptions(spans_key="marks"))
    config = load_config(out / "config.cfg", {"paths.folder": str(out)}, interpolate=True)
    nlp = load_model_from_config(config, auto_fill=False, validate=True)
    assert nlp.pipe_names == ["tok2vec", "ner", "spancat"]
    assert Path(config["paths"]["train"]).is_file()
    assert Path(config["paths"]["dev"]).is_file()
    assert report.suggester
    assert config["components"]["spancat"]["suggester"]["sizes"] == list(report.suggester.sizes)
    assert config["components"]["spancat"]["spans_key"] == "marks"
    assert config["training"]["score_weights"]["spans_marks_f"] == 0.5


def test_articles_get_a_config_for_each_component(tmp_path: Path) -> None:
    """With ``--unit article`` ner reads whole articles and spancat runs of reviewed sentences."""
    items = corpus(12)
    unseen = {items[2].article.id: [items[2].annotated.sentence]}
    rest = [i for n, i in enumerate(items) if n != 2]
    report = export_items(rest, unseen, SCHEMA, tmp_path / "out", ExportOptions(unit="article"))
    ner, spancat = (load_config(tmp_path / "out" / f) for f in ("config.cfg", "config-spancat.cfg"))
    assert (ner["nlp"]["pipeline"], spancat["nlp"]["pipeline"]) == (["tok2vec", "ner"], ["tok2vec", "spancat"])
    assert sum(report.parts[p].docs for p in SPLIT_PARTS) == 12
    assert sum(report.parts[f"spancat/{p}"].docs for p in SPLIT_PARTS) == 13
    docs = [d for p in SPLIT_PARTS for d in _docs(tmp_path / "out" / "spancat" / f"{p}.spacy")]
    assert all(t.ent_iob_ for d in docs for t in d)
    assert sum(len(d.spans["sc"]) for d in docs) == report.totals["placed"]["spans"]


def test_a_schema_without_ents_trains_spancat_alone(tmp_path: Path) -> None:
    """Where nothing goes to ``doc.ents`` there is no ner in the config, in either unit."""
    flat = replace(SCHEMA, labels=tuple(replace(x, target="spans") for x in SCHEMA.labels))
    for unit in ("sentence", "article"):
        out = tmp_path / unit
        export_items(corpus(12), {}, flat, out, ExportOptions(unit=unit))
        config = load_config(out / "config.cfg", {"paths.folder": str(out)}, interpolate=True)
        assert config["nlp"]["pipeline"] == ["tok2vec", "spancat"]
        assert Path(config["paths"]["train"]).is_file()
        assert not (out / "config-spancat.cfg").exists()


def test_a_part_without_a_share_is_not_there(tmp_path: Path) -> None:
    """An earlier dev, test or spancat file does not survive an export that has none."""
    items = corpus(12)
    export_items(items, {}, SCHEMA, tmp_path, ExportOptions(unit="article"))
    report = export_items(items, {}, SCHEMA, tmp_path, ExportOptions(split=(100, 0, 0)))
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "config.cfg",
        "ledger.jsonl",
        "manifest.json",
        "parts.json",
        "train.spacy",
    ]
    assert "dev.spacy" in report.removed
    assert load_config(tmp_path / "config.cfg")["paths"]["dev"] == '"${paths.folder}/train.spacy"'
    assert any("there is no dev part" in w for w in report.warnings)
    report = export_items(items, {}, SCHEMA, tmp_path, ExportOptions(split=(0, 0, 1)))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ledger.jsonl", "manifest.json", "parts.json", "test.spacy"]
    assert "no config.cfg was written: there is no train part" in report.warnings


def test_two_articles_leak_and_the_report_says_so(tmp_path: Path) -> None:
    """A corpus too small to split by article is split in blocks, with a warning that names articles."""
    report = export_items(corpus(2, 10), {}, SCHEMA, tmp_path, ExportOptions(unit="article"))
    told, size = report.warnings
    few = "too few articles to split by article (2; 80/10/10 needs 10), so the sentences were split in blocks"
    assert told.startswith(few)
    assert "dev 1 document, 2 sentences, 8 spans (80 % is ±28 points at best); test 1 document, " in size
    assert size.startswith("too small to measure by (fewer than 30 documents, or")
    assert "in train and dev and test" in told
    assert [report.parts[p].sentences for p in SPLIT_PARTS] == [16, 2, 2]


def test_versions_of_an_article_stay_together(tmp_path: Path) -> None:
    """A later version of an article goes to the part of the first one."""
    lines = [["Nobody came to the ball."]]
    first = make_article(lines, title="Ball")
    items = [item(first, sentences(first, lines)[0]), *corpus(30, 1)]
    second = [replace(i, article=replace(i.article, replaces=first.id)) if n == 7 else i for n, i in enumerate(items)]
    export_items(second, {}, SCHEMA, tmp_path, ExportOptions())
    of = {d.user_data[USER_DATA_KEY]["article"]: p for p in SPLIT_PARTS for d in _docs(tmp_path / f"{p}.spacy")}
    assert of[items[7].article.id] == of[first.id]


def test_another_config_is_not_overwritten(tmp_path: Path) -> None:
    """A config that no export has written is left alone, and so is everything beside it."""
    (tmp_path / "config.cfg").write_text("[paths]\n", "utf-8")
    with pytest.raises(AnnotatorError) as e:
        export_items(corpus(4), {}, SCHEMA, tmp_path, ExportOptions())
    assert str(e.value) == (
        f"{tmp_path / 'config.cfg'}: an export did not write this file and will not replace it; "
        "rename it, or choose another folder"
    )
    assert [p.name for p in tmp_path.iterdir()] == ["config.cfg"]


def test_progress_ends_at_its_total(tmp_path: Path) -> None:
    """Progress counts up to its total, in sentences, in either unit."""
    for unit in ("sentence", "article"):
        seen: list[tuple[int, int]] = []
        options = ExportOptions(unit=unit)
        export_items(corpus(4), {}, SCHEMA, tmp_path, options, progress=lambda a, b: seen.append((a, b)))  # noqa: B023
        assert [a for a, _ in seen] == sorted(a for a, _ in seen)
        assert seen[-1][0] == seen[-1][1]


def test_the_report_is_plain(tmp_path: Path) -> None:
    """``--json`` gets plain values, and people get parts, totals, ceiling and files."""
    report = export_items(corpus(12), {}, SCHEMA, tmp_path / "out", ExportOptions())
    assert json.loads(json.dumps(report.as_dict()))["parts"]["train"]["docs"] == report.parts["train"].docs
    told = "\n".join(report.lines())
    assert told.startswith(f"train: {report.parts['train'].docs} docs")
    assert "sentences: 72 accepted" in told
    assert "spans: 288 in, 288 kept" in told
    assert "spancat tries spans of 1 to" in told


def test_an_export_of_text_without_spans(tmp_path: Path) -> None:
    """Accepted sentences without a span are training data too; without any span there is no config."""
    lines = [[f"Nothing {n} happened ." for n in range(5)]]
    article = make_article(lines)
    items = [item(article, s) for s in sentences(article, lines)]
    report = export_items(items, {}, SCHEMA, tmp_path, ExportOptions())
    assert "no config.cfg was written: train has no spans to learn from" in report.warnings
    assert {t.ent_iob_ for d in _docs(tmp_path / "train.spacy") for t in d} == {"O"}


@pytest.mark.parametrize("key", ["", "my spans", "a=b", "x]"])
def test_a_spans_key_that_no_config_can_hold(key: str) -> None:
    """A name that would break the config's score weights is wrong usage."""
    with pytest.raises(UsageError, match="cannot name a span group in a spaCy config; use letters"):
        ExportOptions(spans_key=key)
