"""The keystroke benchmark types what it plans, takes any gold file, and says what it cannot enter."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from annotator.core.spans import Span
from tests.benchmarks.gold_corpus import Gold, make_corpus, read_gold
from tests.benchmarks.keystrokes import figures, slate, table
from tests.benchmarks.replay import bytes_of, replay
from tests.benchmarks.saved import differences
from tests.benchmarks.suggestion_sources import chosen, put_in
from tests.benchmarks.typist import NAME, Sources, Typed, preferences, type_gold
from tests.sample.gold_notation import parse_gold

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "corpus" / "sources"
Row = dict[str, Any]


def row(marked: str, **more: Any) -> Row:
    """Return a row from text with its spans marked as in the sample's gold."""
    text, marks = parse_gold(marked)
    return {"text": text, "spans": [{"start": a, "end": b, "label": x} for a, b, x in marks], **more}


def sample(*names: str) -> list[Row]:
    """Return the gold of some articles of the shipped sample as rows."""
    out = []
    for name in names:
        lines = (SAMPLE / f"{name}.gold").read_text(encoding="utf-8").splitlines()
        out += [row(line, meta={"doc": name}) for line in lines if line.strip()]
    return out


def written(path: Path, rows: Iterable[Row | str]) -> Path:
    """Write rows, or lines as they are, into a file."""
    lines = (r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def entered(gold: Gold, folder: Path, **options: Any) -> Typed:
    """Type a gold into the app and hold what is saved against it."""
    corpus = make_corpus(gold, folder)
    typed = type_gold(corpus, gold, **options)
    assert differences(gold, folder / "annotations" / f"{NAME}.jsonl") == []
    return typed


def test_the_sample_is_entered_as_planned(tmp_path: Path) -> None:
    """Articles of the sample: every plan does what it says, and the saved journal is their gold."""
    gold = read_gold(written(tmp_path / "gold.jsonl", sample("06-cannery", "01-ferry-strike"))).head(36)
    typed = entered(gold, tmp_path / "corpus")
    found = figures(gold, typed)
    assert gold.unaligned == []
    assert found["spans"] == gold.size > 60
    assert found["keys_a_span"]["label"] >= 1
    assert sum(typed.enters.values()) == pytest.approx(sum(k.use == "enter" for k in typed.keys))
    by_label = sum(f["spans"] * f["selection_and_correction"] for f in found["by_label"].values())
    assert by_label == pytest.approx(found["spans"] * found["keys_a_span"]["selection_and_correction"], abs=0.2)


def test_the_same_keys_do_the_same_in_a_terminal(tmp_path: Path) -> None:
    """Keys planned with labels that Enter takes save the gold in a real terminal as well."""
    gold = read_gold(written(tmp_path / "gold.jsonl", sample("02-oyster-fraud"))).head(6)
    take, size, sources = ("PERSON", "COUNT"), (80, 24), Sources()
    typed = entered(gold, tmp_path / "planned", take=take, size=size)
    corpus = make_corpus(gold, tmp_path / "typed")
    replay(corpus.path, typed.actions, preferences(corpus, sources, take), size, tmp_path / "terminal")
    assert differences(gold, corpus.path / "annotations" / f"{NAME}.jsonl") == []


HARD = (
    row("Mayor {PERSON|Ilka Moran} met {COUNT|three divers}.\r\n\r\nShe said: {CLAIM|“We sail.\r\n"
        "{PERSON|Tove Lind} stays in {VENUE|Rosavik}.”} Nobody asked.\r\n"
        "The boats left {CLAIM|early. They came back} late."),
    row("{PERSON|{VENUE|Rosavik}} lost again, {COUNT|two goals} down."),
    {
        "text": "The crews of Nordby and Vemmel met.",
        "spans": [
            {"start": 4, "end": 19, "label": "COUNT"},
            {"start": 13, "end": 34, "label": "VENUE"},
            {"start": 13, "end": 19, "label": "PERSON"},
            {"start": 13, "end": 19, "label": "PERSON"},
        ],
        "meta": None,
    },
    row("{PERSON|北川 結衣} met {PERSON|Zoë Å\u030aberg} 👩‍🚒 in {VENUE|Łódź-Bałuty}."),
    row("No span is here."),
    {"text": "  \n ", "spans": []},
    {"text": "Nothing but text."},
)  # fmt: skip


def test_odd_rows_are_entered_all_the_same(tmp_path: Path) -> None:
    """CRLF, spans over sentence ends, two labels on the same words, crossing spans, wide letters."""
    gold = read_gold(written(tmp_path / "odd.jsonl", HARD))
    assert gold.unaligned == []
    typed = entered(gold, tmp_path / "corpus")
    names = [k.name for k in typed.keys]
    assert names.count("plus") == 2
    assert "apostrophe" in names


def test_more_labels_than_keys(tmp_path: Path) -> None:
    """Eleven labels: the ninth goes by its number, the tenth and eleventh through the menu."""
    text = "alder birch cedar dogwood elm fir gorse hazel ivy juniper larch"
    words = text.split()
    marked = text
    for n, word in enumerate(words):
        marked = marked.replace(word, f"{{LABEL_{'ABCDEFGHIJK'[n]}|{word}}}")
    gold = read_gold(written(tmp_path / "many.jsonl", [row(marked)]))
    typed = entered(gold, tmp_path / "corpus", sources=Sources(shown=False))
    names = [k.name for k in typed.keys]
    assert "9" in names
    assert names.count("apostrophe") == 2
    assert figures(gold, typed)["keys_a_span"]["label"] == 1


def test_a_sentence_longer_than_the_screen(tmp_path: Path) -> None:
    """A sentence of 400 words is entered too, and accepted with Enter, since it is never seen whole."""
    middle = " ".join(f"and then the crew of boat {n} sang" for n in range(45))
    text = f"{{PERSON|Ilka Moran}} waited {middle} {middle} until {{PERSON|Tove Lind}} came"
    gold = read_gold(written(tmp_path / "long.jsonl", [row(text[:4000]), row("It rained.")]))
    typed = entered(gold, tmp_path / "corpus")
    assert gold.size == 2
    assert [k.name for k in typed.keys].count("enter") >= 1


def test_no_span_at_all(tmp_path: Path) -> None:
    """A file without spans has figures too: keys a span are unknown, Enter a sentence is not."""
    gold = read_gold(written(tmp_path / "none.jsonl", [row("It rained."), row("It rained again.")]))
    out = figures(gold, entered(gold, tmp_path / "corpus"))
    assert out["keys_a_span"]["total"] is None
    assert out["enter_a_sentence"]["accepted_as_shown"] == {"sentences": 2, "enter": 0.5}
    assert slate(gold, counting=False) == {}
    assert "–" in table({**out, "file": "none.jsonl", "half": "all"})


def test_what_keys_cannot_make_is_listed(tmp_path: Path) -> None:
    """Spans off the token edges, with blanks at theirs, or inside one character are listed with their row."""
    rows = [
        {"text": "Rosavik sank.", "spans": [{"start": 1, "end": 4, "label": "VENUE"}]},
        {"text": "In Rosavik it sank.", "spans": [{"start": 2, "end": 10, "label": "VENUE"}]},
    ]
    gold = read_gold(written(tmp_path / "off.jsonl", rows))
    assert gold.size == 0
    assert gold.unaligned == [
        "row 1: VENUE 1-4 “osa” is not on token edges",
        "row 2: VENUE 2-10 “ Rosavik” has white space at its edges",
    ]


@pytest.mark.parametrize(
    ("line", "reported"),
    [
        ("{", "bad.jsonl:2: this is no JSON"),
        ("[]", 'bad.jsonl:2: the row has no "text"'),
        ('{"text": "a b", "spans": [{"start": 0, "end": 4, "label": "X"}]}', "bad.jsonl:2: span 1 (0-4) lies outside"),
        ('{"text": "a b", "spans": [{"start": 1, "end": 1, "label": "X"}]}', "bad.jsonl:2: span 1 (1-1) lies outside"),
        ('{"text": "a b", "spans": [{"start": "0", "end": 1, "label": "X"}]}', "bad.jsonl:2: span 1 needs whole"),
        ('{"text": "a b", "spans": [{"start": 0, "end": 1}]}', "bad.jsonl:2: span 1 needs whole"),
        ('{"text": "a \\\\ud800"}', "bad.jsonl:2: half a surrogate pair"),
    ],
)
def test_a_broken_row_is_named(tmp_path: Path, line: str, reported: str) -> None:
    """A broken row ends the benchmark with the file, the number of the row, and what is wrong."""
    path = written(tmp_path / "bad.jsonl", [row("Fine."), line.replace("\\\\", "\\")])
    with pytest.raises(SystemExit) as caught:
        read_gold(path)
    assert str(caught.value).startswith(reported)


def test_the_halves_need_documents(tmp_path: Path) -> None:
    """--half goes by ``meta.doc``; a row without one is named."""
    with pytest.raises(SystemExit, match=r"gold.jsonl:1: the row has no meta.doc"):
        read_gold(written(tmp_path / "gold.jsonl", [row("Fine.")]), "tune")


def test_suggestion_files_are_sources(tmp_path: Path) -> None:
    """A file of suggestions is put into the corpus and taken with label keys; what is none is an error."""
    text = "Ilka stayed in Rosavik while the others left."
    spans = [{"start": 0, "end": 4, "label": "VENUE"}, {"start": 15, "end": 22, "label": "VENUE"}]
    gold = read_gold(written(tmp_path / "gold.jsonl", [{"text": text, "spans": spans}]))
    given = [{**s, "score": 0.9} for s in spans]
    file = written(tmp_path / "My Model.jsonl", [{"text": text, "spans": given}])
    sources, files = chosen([str(file)])
    assert (sources, files) == (Sources(rules=False, history=False), [file])
    corpus = make_corpus(gold, tmp_path / "corpus")
    put_in(gold, corpus.path, files)
    typed = type_gold(corpus, gold, sources)
    assert [k.name for k in typed.keys] == ["s", "s", "enter"]
    assert differences(gold, corpus.path / "annotations" / f"{NAME}.jsonl") == []
    with pytest.raises(SystemExit, match="--suggest nobody: there is no such source"):
        chosen(["rules", "nobody"])
    with pytest.raises(SystemExit, match="none of its lines is about a sentence of the gold"):
        put_in(gold, corpus.path, [written(tmp_path / "other.jsonl", [row("Another text.")])])


def test_the_head_of_a_gold(tmp_path: Path) -> None:
    """The first sentences of a gold are a gold: their spans stay in place, what runs on is left out."""
    gold = read_gold(written(tmp_path / "gold.jsonl", sample("06-cannery", "01-ferry-strike")))
    head = gold.head(3)
    assert [len(each) for _, each in head.articles] == [3]
    first, whole = head.articles[0][1][0], gold.articles[0][1][0]
    assert head.of(first) == gold.of(whole) != ()
    assert isinstance(head.of(first)[0], Span)
    assert sum(len(each) for _, each in gold.head(10_000).articles) == sum(len(x) for _, x in gold.articles)


def test_keys_as_bytes() -> None:
    """A key that Textual names is sent as a terminal sends it; one that none sends is an error."""
    assert [bytes_of(k) for k in ("a", "space", "full_stop", "asterisk", "shift+tab")] == ["a", " ", ".", "*", "\x1b[Z"]
    with pytest.raises(ValueError, match="no bytes are known for the key ctrl"):
        bytes_of("ctrl+alt+x")


def test_a_newcomer_passes_over_nothing_in_silence(tmp_path: Path) -> None:
    """Accepted one by one with Enter, every sure suggestion that was left is in a message and in the record."""
    gold = read_gold(written(tmp_path / "gold.jsonl", sample("02-oyster-fraud"))).head(8)
    typed = entered(gold, tmp_path / "corpus", newcomer=True)
    assert {k.name for k in typed.keys if k.use in ("enter", "move")} == {"enter"}
    assert sum(k.use == "enter" for k in typed.keys) == len(typed.enters)
    assert typed.passed
    assert all(x.by_message and x.in_record for x in typed.passed)
