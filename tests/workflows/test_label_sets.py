"""Schemas from the label sets of other tools."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import AnnotatorError, CorpusError, SchemaError, SourceError, UsageError
from annotator.core.schema import LABEL_COLOURS, Schema
from annotator.formats.label_sets.label_colours import nearest_label_colour
from annotator.storage.schemas import load_schema, parse_schema_text
from annotator.workflows.import_options import ImportOptions
from annotator.workflows.importing import import_files
from annotator.workflows.label_sets import import_label_set, new_schema_text, write_schema_file
from tests import builders

LABEL_STUDIO = """<?xml version="1.0" encoding="UTF-8"?>
<View>
  <Choices name="tone" toName="t"><Choice value="calm" hotkey="c"/></Choices>
  <RectangleLabels name="box" toName="photo"><Label value="Boat"/></RectangleLabels>
  <Image name="photo" value="$photo"/>
  <Labels name="names" toName="t">
    <Label value="Work of art" background="hotpink" hotkey="W"/>
    <Label value="Person" alias="PER" background="#ff2222" hotkey="1"/>
  </Labels>
  <HyperTextLabels name="more" toName="t"><Label value="PER"/><Label value="Quay &amp; pier"/></HyperTextLabels>
  <HyperText name="t" value="$text"/>
</View>"""
BRAT = """# towns
[spans]
<WATER>=River
PERSON\t<NORM>:Names
!Place
\tTown
\t\tVillage
----------
<WATER>
[relations]
lives_in\tArg1:PERSON, Arg2:<ANY>
[events]
[attributes]
"""
TAGSET = {"name": "NER", "tags": [{"tag_name": "PERpart", "tag_description": "in a compound"}], "create_tag": False}
DOCCANO = [
    {"id": 1, "text": "Ship", "prefix_key": None, "suffix_key": "h", "background_color": "#2277ee"},
    {"id": 2, "text": "Pier", "prefix_key": "ctrl", "suffix_key": "p", "background_color": "#000000"},
]


def _imported(path: Path, text: str, name: str = "labels.txt") -> tuple[Schema, str]:
    """Return the schema of a file with this text, and the notes."""
    file = path / name
    file.write_text(text, "utf-8")
    found = import_label_set(file)
    assert parse_schema_text(found.text, "t") == found.schema
    return found.schema, "\n".join(found.notes)


def _names(schema: Schema) -> list[str]:
    return [x.name for x in schema.labels]


def test_label_studio(tmp_path: Path) -> None:
    """Labels of texts have the names of exports, keys and colours; what annotates no words is named."""
    schema, notes = _imported(tmp_path, LABEL_STUDIO)
    art, person, quay = schema.labels
    assert (art.name, art.key, art.colour, art.takes) == ("Work_of_art", "w", "pink", ("Work of art",))
    assert (person.name, person.key, person.colour, person.description) == ("PER", "p", "red", "Person")
    assert (quay.name, quay.takes) == ("Quay_&_pier", ("Quay & pier",))
    assert "annotates no words: Choices, RectangleLabels" in notes
    assert "taken once: PER" in notes
    project = {"id": 4, "title": "Harbour", "label_config": LABEL_STUDIO}
    for value in (project, {"count": 1, "results": [project]}, [{"id": 1, "data": {"text": "x"}, "project": project}]):
        again, _ = _imported(tmp_path, json.dumps(value), "project.json")
        assert (again.name, again.labels) == ("Harbour", schema.labels)


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        ('<!DOCTYPE v [<!ENTITY a "aaaa">]><View>&a;</View>', "XML with a DOCTYPE is not read"),
        ('<!DOCTYPE v SYSTEM "labels.dtd"><View/>', "XML with a DOCTYPE is not read"),
        (LABEL_STUDIO[:300], "this is no sound XML"),
        ("<html><body/></html>", "no element <View>"),
        ('<View><Choices name="a" toName="b"><Choice value="c"/></Choices></View>', "there is no label of a span"),
    ],
)
def test_xml_that_is_no_configuration(tmp_path: Path, xml: str, message: str) -> None:
    """Entities are never expanded or fetched, and the error names the file."""
    with pytest.raises(SourceError, match=message) as error:
        _imported(tmp_path, xml)
    assert "labels.txt" in error.value.where


def test_brat(tmp_path: Path) -> None:
    """Types in their order without headings; names, colours and keys are those of the files beside it."""
    (tmp_path / "visual.conf").write_text("[labels]\nTown | A town: large | T\n[drawing]\nTown\tbgColor:#22bb22\n")
    (tmp_path / "kb_shortcuts.conf").write_text("N Town\n")
    schema, notes = _imported(tmp_path, BRAT, "annotation.conf")
    assert _names(schema) == ["PERSON", "Town", "Village", "River"]
    town, village = schema.labels[1:3]
    assert (town.key, town.colour, town.description) == ("n", "green", "A town: large; a kind of Place")
    assert village.description == "a kind of Town"
    assert "[relations] left out" in notes
    assert "lives_in" in notes
    assert "visual.conf" in notes
    assert import_label_set(tmp_path).schema.labels == schema.labels
    with pytest.raises(SourceError, match="the macro <SEA> is not defined") as error:
        _imported(tmp_path, BRAT.replace("<WATER>\n", "<SEA>\n"), "annotation.conf")
    assert error.value.where.endswith("annotation.conf:9")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (json.dumps(["PERSON", "VENUE"]), ["PERSON", "VENUE"]),
        (json.dumps({"theme": {}, "labels": ["PERSON", "ORG"]}), ["PERSON", "ORG"]),
        (json.dumps({"config": {"labels": ["PERSON", "ORG"]}}), ["PERSON", "ORG"]),
        ("\n".join(map(json.dumps, DOCCANO)), ["Ship", "Pier"]),
        ('{"label": "ORG", "pattern": "a"}\n{"label": "ORG", "pattern": "b"}\n', ["ORG"]),
        (json.dumps(TAGSET), ["PERpart"]),
        ("\ufeffPERSON\r\n# places\r\nVENUE, SHIP\r\n", ["PERSON", "VENUE", "SHIP"]),
        ("prodigy ner.manual n blank:en x.jsonl \\\n --label PERSON,'Old ship'", ["PERSON", "Old_ship"]),
        ("- PERSON\n- 船\n", ["PERSON", "船"]),
    ],
)
def test_lists(tmp_path: Path, text: str, names: list[str]) -> None:
    """JSON of several tools and plain names give the labels in their order."""
    assert _names(_imported(tmp_path, text)[0]) == names


def test_keys_and_colours_of_doccano(tmp_path: Path) -> None:
    """A letter is kept as it is; one with Ctrl and a grey are given anew, with a note."""
    schema, notes = _imported(tmp_path, json.dumps(DOCCANO))
    assert [(x.key, x.colour) for x in schema.labels] == [("h", "blue"), ("p", "green")]
    assert notes == "other keys in the place of hotkeys that are no free letter: ctrl+p of Pier"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"text": "Ida Holm", "spans": []}', "[1]", '[{"data": {"text": "x"}}]', "x " * 99]
)
def test_what_holds_no_labels_is_an_error(tmp_path: Path, text: str) -> None:
    """Data, texts and empty files are no label sets."""
    with pytest.raises(SourceError):
        _imported(tmp_path, text)


def test_an_import_of_the_same_tool_needs_no_new_labels(tmp_path: Path) -> None:
    """Names that no label can have are found again in the tool's data."""
    (tmp_path / "c.xml").write_text(LABEL_STUDIO)
    import_label_set(tmp_path / "c.xml", tmp_path / "s.toml")
    spans = [(0, 9, "The Night", "Work of art"), (20, 24, "Holm", "PER")]
    results = [
        {"type": "labels", "from_name": "names", "to_name": "t", "id": str(n),
         "value": {"start": a, "end": b, "text": words, "labels": [label]}}
        for n, (a, b, words, label) in enumerate(spans)
    ]  # fmt: skip
    task = {"id": 1, "data": {"text": "The Night, lent by  Holm to the museum."}, "annotations": [{"result": results}]}
    (tmp_path / "t.json").write_text(json.dumps([task]))
    options = ImportOptions(schema=tmp_path / "s.toml")
    report = import_files(tmp_path / "corpus", [tmp_path / "t.json"], options)
    assert (report.lost, report.added_labels) == (0, ())


@given(st.lists(st.text(min_size=1, max_size=70), min_size=1, max_size=12))
def test_any_names_become_a_schema(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    """Whatever the names are, each is one label of a sound schema in its order, or the file is refused."""
    file = tmp_path_factory.mktemp("names") / "n.json"
    file.write_text(json.dumps(names))
    try:
        found = import_label_set(file).schema
    except AnnotatorError:
        return
    assert len(found.labels) == len({x.strip() for x in names})
    usable = [x.strip() for x in dict.fromkeys(names)]
    assert all(found.label(x) for x in usable if x in _names(found))


def test_no_work_is_overwritten(tmp_path: Path) -> None:
    """A file that somebody has written or changed stays, unless one asks to overwrite it."""
    (tmp_path / "n.txt").write_text("PERSON")
    out = tmp_path / "s.toml"
    import_label_set(tmp_path / "n.txt", out)
    import_label_set(tmp_path / "n.txt", out)  # nobody has changed it
    out.write_text(out.read_text() + "# mine\n")
    with pytest.raises(SchemaError, match="there is such a file already"):
        import_label_set(tmp_path / "n.txt", out)
    assert out.read_text().endswith("# mine\n")
    import_label_set(tmp_path / "n.txt", out, force=True)
    with pytest.raises(SchemaError, match="there is such a file already"):
        write_schema_file(tmp_path / "n.txt", "x")


@pytest.mark.parametrize("force", [False, True])
def test_no_file_of_a_corpus_is_overwritten(tmp_path: Path, force: bool) -> None:
    """A corpus keeps its schema, which its annotations have the labels of, and all its other files."""
    (tmp_path / "n.txt").write_text("PERSON")
    made = import_label_set(str(tmp_path / "n.txt"), str(tmp_path / "s.toml"))
    corpus = builders.make_corpus(tmp_path / "c", schema=made.text).path
    journal = corpus / "annotations" / "ana.jsonl"
    journal.parent.mkdir(exist_ok=True)
    (tmp_path / "n.txt").write_text("SHIP")
    for path in (corpus / "schema.toml", corpus / "sentences.jsonl", journal):
        before = path.read_bytes() if path.exists() else None
        with pytest.raises(CorpusError):
            import_label_set(tmp_path / "n.txt", path, force=force)
        assert (path.read_bytes() if path.exists() else None) == before
    import_label_set(tmp_path / "n.txt", corpus / "next.toml")


def test_a_table_of_labels(tmp_path: Path) -> None:
    """A spreadsheet has a label a row; a table of annotated texts is refused, not read as names."""
    schema, _ = _imported(tmp_path, "Label;Background color;Key\nShip;#2277ee;h\n\nWork of art;;\n", "labels.csv")
    ship = schema.labels[0]
    assert (ship.name, ship.colour, ship.key) == ("Ship", "blue", "h")
    assert _names(schema) == ["Ship", "Work_of_art"]
    for data in ("text;start;end;label\nIda left;0;3;PER\n", "sentence,word,tag\n1,Ida,B-PER\n"):
        with pytest.raises(SourceError, match="table of annotated texts"):
            _imported(tmp_path, data, "x.csv")
    with pytest.raises(SourceError, match="1 cells, the header 2 columns"):
        _imported(tmp_path, "label;colour\nShip\n", "x.csv")
    assert _names(_imported(tmp_path, "PER;LOC\nSHIP\tPIER")[0]) == ["PER", "LOC", "SHIP", "PIER"]


def test_a_schema_is_taken_as_it_is(tmp_path: Path) -> None:
    """A file that is a schema already comes through byte for byte, with a note."""
    text = new_schema_text(["PERSON", "SHIP"])
    schema, notes = _imported(tmp_path, text, "mine.toml")
    assert "this is a schema already" in notes
    assert (_names(schema), schema.label("SHIP").key) == (["PERSON", "SHIP"], "s")  # type: ignore[union-attr]
    assert import_label_set(tmp_path / "mine.toml", tmp_path / "o.toml").text == text
    assert load_schema(tmp_path / "o.toml") == schema
    for names in ([], ["A b"], ["A,A"]):
        with pytest.raises(UsageError):
            new_schema_text(names)


@pytest.mark.parametrize(
    ("css", "colour"),
    [
        ("#ff0000", "red"), ("green", "green"), ("hotpink", "pink"), ("rgba(0, 120, 255, 0.5)", "blue"),
        ("#888", ""), ("", ""), ("none", ""),
    ],
)  # fmt: skip
def test_colours(css: str, colour: str) -> None:
    """A colour of CSS gives the nearest that is free; grey and nonsense give none."""
    assert nearest_label_colour(css, ()) == colour
    if colour:
        assert nearest_label_colour(css, {colour}) not in {"", colour}
        assert nearest_label_colour(css, LABEL_COLOURS) == colour
