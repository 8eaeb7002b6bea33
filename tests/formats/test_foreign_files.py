"""Files as other tools, and older versions of them, write them: found by what is in them, each span right."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from annotator.core.errors import SourceError
from annotator.core.ledger import Outcome
from annotator.formats import format_detection, registry
from annotator.formats.import_source import ImportSource
from tests.formats.format_samples import fill, read_aligned, words

TEXT = "Ida Holm \U0001f6f6 met Bo in Orkenby."
IDA, BO = ("Ida Holm", "P"), ("Bo", "P")
PLACES = {"Ida Holm": (0, 8), "Bo": (15, 17)}


def region(quote: str, **more: Any) -> dict[str, Any]:
    """Return a region of Label Studio's on a quote of TEXT."""
    start, end = PLACES[quote]
    value = {"start": start, "end": end, "text": quote, "labels": ["P"]}
    return {"id": quote, "from_name": "label", "to_name": "text", "type": "labels", "value": value, **more}


def task(data: dict[str, Any], *results: dict[str, Any]) -> str:
    """Return a project of Label Studio's with one task that was annotated once."""
    return json.dumps([{"id": 1, "data": data, "annotations": [{"id": 1, "result": list(results)}]}])


def paragraph(start: int, end: int, label: str) -> dict[str, Any]:
    """Return a region in the second paragraph of a dialogue."""
    value = {"start": "1", "end": "1", "startOffset": start, "endOffset": end, "paragraphlabels": [label]}
    return {"id": "p", "from_name": "ner", "to_name": "talk", "type": "paragraphlabels", "value": value}


TITLE = {"id": "t", "from_name": "tl", "to_name": "title", "type": "labels"}
UNTAGGED = [{"tokens": [{"orth": "Bo"}, {"orth": "left"}, {"orth": "."}]}]
TSV = "#FORMAT=WebAnno TSV 3.2\n#T_SP=custom|value\n\n\n"
ANSWER = {"value": [{"start": 15, "end": 17, "label": "P"}], "user_id": "a", "status": "submitted"}
MANIFEST_BO = {"label": "P", "startOffset": 15, "endOffset": 17}
APPROVED: dict[str, Any] = {"meta": {}, "annotation_approver": None}

LS_CELL = '"[{""start"": 15, ""end"": 17, ""text"": ""Bo"", ""labels"": [""P""]}]"'

FILES: dict[str, tuple[str, str, list[list[tuple[str, str]]]]] = {
    "ls old, one task": (
        "labelstudio",
        json.dumps({"completions": [{"id": 1, "result": [region("Bo")]}], "data": {"text": TEXT}}, indent=1),
        [[BO]],
    ),
    "ls text inside a field": ("labelstudio", task({"doc": {"body": TEXT}}, region("Bo")), [[BO]]),
    "ls two texts": (
        "labelstudio",
        task(
            {"title": "Bo wins", "text": TEXT},
            region("Ida Holm"),
            {**TITLE, "value": {"start": 0, "end": 2, "text": "Bo", "labels": ["P"]}},
        ),
        [[IDA], [BO]],
    ),
    "ls old dialogue": (
        "labelstudio",
        task({"talk": [{"phrase": "Hello."}, {"phrase": "Is Bo in?"}]}, paragraph(3, 5, "P")),
        [[BO]],
    ),
    "argilla, one question of two users": (
        "argilla",
        json.dumps([{"fields": {"text": TEXT}, "responses": {"q": [ANSWER, {**ANSWER, "user_id": "b"}]}}], indent=1),
        [[BO], [BO]],
    ),
    "argilla 1": (
        "argilla",
        json.dumps({"text": TEXT, "tokens": TEXT.split(), "annotation": [["P", 15, 17]], "status": "Validated"}),
        [[BO]],
    ),
    "dataturks": (
        "dataturks",
        json.dumps(
            {"content": TEXT, "annotation": [{"label": ["P"], "points": [{"start": 15, "end": 16, "text": "Bo"}]}]}
        ),
        [[BO]],
    ),
    "gliner": ("gliner", json.dumps({"tokenized_text": ["Bo", "left", "."], "ner": [[0, 0, "P"]]}), [[BO]]),
    "ground truth": (
        "ground-truth",
        json.dumps(
            {"source": TEXT, "n": {"annotations": {"entities": [MANIFEST_BO]}}, "n-metadata": {"job-name": "j"}}
        ),
        [[BO]],
    ),
    "langextract": (
        "langextract",
        json.dumps({"text": TEXT, "extractions": [{"extraction_class": "P", "extraction_text": "Bo"}]}),
        [[]],
    ),
    "ubiai": (
        "plain",
        json.dumps({"documentName": "a", "document": TEXT, "annotation": [{"start": 15, "end": 17, "label": "P"}]}),
        [[BO]],
    ),
    "potato": (
        "potato",
        json.dumps(
            {"id": 1, "displayed_text": TEXT, "span_annotations": [{"start": 15, "end": 17, "annotation": "P"}]}
        ),
        [[BO]],
    ),
    "doccano nothing marked": (
        "doccano",
        json.dumps({"id": 1, "text": "Ida left.", "annotations": [], **APPROVED}),
        [[]],
    ),
    "doccano with a column that Prodigy has": (
        "doccano",
        json.dumps({"id": 1, "text": TEXT, "label": [[15, 17, "P"]], "answer": "yes", "Comments": []}),
        [[BO]],
    ),
    "plain, one object": ("plain", json.dumps({"text": TEXT, "spans": [[0, 8, "P"]]}, indent=1), [[IDA]]),
    "spacy v2, entities beside untagged tokens": (
        "spacy-json",
        json.dumps([{"paragraphs": [{"raw": "Bo left.", "entities": [[0, 2, "P"]], "sentences": UNTAGGED}]}]),
        [[BO]],
    ),
    "conll with ids": (
        "conll",
        "# id 17-a domain=train\nIda _ _ B-P\nHolm _ _ I-P\n\n# id 18-b domain=train\nBo _ _ B-P\n",
        [[IDA], [BO]],
    ),
    "conll tag first": ("conll", "B-P\tIda\nI-P\tHolm\nO\tmet\n\nB-P\tBo\n", [[IDA], [BO]]),
    "conll of Label Studio": (
        "conll",
        "-DOCSTART- -X- O\nIda -X- _ B-P\nHolm -X- _ I-P\n\nBo -X- _ B-P\n\n",
        [[IDA], [BO]],
    ),
    "conll two layers": (
        "conll",
        "#\thttp://x.org [2009]\n1\tIda\tB-P\tO\n2\tat\tI-P\tO\n3\tOrkenby\tI-P\tB-V\n",
        [[("Ida at Orkenby", "P"), ("Orkenby", "V")]],
    ),
    "conll with brackets": ("conll", "Ida x (P*\nHolm x *)\nleft x *\n", [[("Ida Holm", "P")]]),
    "conll row without a word": ("conll", "Bo\tB-P\n\tO\nleft\tO\n", [[BO]]),
    "conll with words of a header": ("conll", "word\tO\ntext\tB-P\n", [[("text", "P")]]),
    "csv-tokens, the sentence on its first row": (
        "csv-tokens",
        "Sentence #,Word,POS,Tag\r\nSentence: 1,Bo,NNP,B-P\r\n,left,VBD,O\r\nSentence: 2,Ida,NNP,B-P\r\n",
        [[BO], [("Ida", "P")]],
    ),
    "csv-tokens, semicolons and quotes": (
        "csv-tokens",
        'sentence_id;token;label\n7;";";O\n7;"""";O\n7;"Bo";B-P\n8;Ida;O\n',
        [[BO], []],
    ),
    "csv-tokens, tabs, blank rows, labels without prefix": (
        "csv-tokens",
        'token\tner\n"\tO\nBo\tP\n\nIda\tP\nHolm\tP\n',
        [[BO], [IDA]],
    ),
    "csv-tokens with documents": (
        "csv-tokens",
        "doc_id,sent_id,token,bio\na,1,Bo,B-P\na,2,left,O\nb,2,Ida,B-P\nb,2,Holm,I-P\n",
        [[BO], [IDA]],
    ),
    "csv": ("csv", f"text,start,end,label\n{TEXT},0,8,P\nRain.,,,\n{TEXT},15.0,17.0,P\n", [[IDA, BO], []]),
    "csv, semicolons, an id, quotes and a length": (
        "csv",
        f'id;Sentence;Begin;Length;Type;Mention\n1;"{TEXT}";0;8;P;Ida Holm\n2;"{TEXT}";15;2;P;Bo\n',
        [[IDA, BO]],
    ),
    "csv of quotes": ("csv", f"doc_id\ttext\tentity\tlabel\na\t{TEXT}\tBo\tP\na\t\tIda Holm\tP\n", [[IDA, BO]]),
    "ls csv": (
        "labelstudio",
        f"body,id,ner,annotator,annotation_id\n{TEXT},1,{LS_CELL},1,9\n{TEXT},1,,2,10\n",
        [[BO], []],
    ),
    "ls tsv": ("labelstudio", f"text\tid\tner\tmood\n{TEXT}\t1\t{LS_CELL}\tglad\n", [[BO]]),
    "webanno 2": ("conll", "#id=1\n#text=Bo left.\n1-1\tBo\tB-P\n1-2\tleft\tO\n1-3\t.\tO\n", [[BO]]),
    "webanno, whose tokens look like tags": (
        "webanno",
        TSV + "#Text=O Bo O O\n1-1\t0-1\tO\t_\t\n1-2\t2-4\tBo\tP\t\n1-3\t5-6\tO\t_\t\n1-4\t7-8\tO\t_\t\n",
        [[BO]],
    ),
    "webanno escaped token": ("webanno", TSV + "#Text=a\\\\b Bo\n1-1\t0-3\ta\\\\b\t_\t\n1-2\t4-6\tBo\tP\t\n", [[BO]]),
}


@pytest.mark.parametrize("name", registry.FORMATS)
def test_every_format_has_foreign_files(name: str) -> None:
    """A new format comes with files as its own tool writes them: here, or in the tests of its own name."""
    own = Path(__file__).with_name(f"test_{registry.module_name(name)}.py")
    here = {found for found, _, _ in FILES.values()}
    assert name in here or own.is_file(), f"add a file to FILES here, or tests in {own.name}"


@pytest.mark.parametrize("case", FILES)
def test_a_file_is_recognised_and_read(case: str, tmp_path: Path) -> None:
    """The format is told without a name or an option, and the spans are those that were marked."""
    name, data, spans = FILES[case]
    fill(tmp_path, {"export": data})
    source = ImportSource(tmp_path / "export")
    assert format_detection.choose_format(source)[0] == name
    documents, account = read_aligned(registry.load_format(name), source)
    assert [sorted(words(d)) for d in documents] == [sorted(s) for s in spans]
    assert account.is_balanced


REFUSED = {
    "table": ("text,id,label\n“Ida”,1,P\n", "a table with the columns text, id, label; of spans it needs"),
    "rows that are cut off": ("Ida\tB-P\tO\nmet\tO\tO\nBo\tB-", "the row has 2 columns, the others have 3 (f:3)"),
    "no tags": ("Ida\tNNP\nleft\tVBD\n", "rows of 2 columns; 'NNP' is no tag"),
    "labels of texts": ('{"text": "Ida left.", "label": ["good"]}\n', "its labels those of whole texts"),
    "tagtog": (
        '{"annotatable": {"parts": ["s1p1"]}, "entities": []}\n',
        "tagtog's ann.json: its text is in another file",
    ),
    "a mark alone": ("\ufeff \n", "an empty file"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_is_named(case: str, tmp_path: Path) -> None:
    """The error says what the file looks like and why that is not taken."""
    data, message = REFUSED[case]
    fill(tmp_path, {"f": data})
    with pytest.raises(SourceError) as caught:
        format_detection.choose_format(ImportSource(tmp_path / "f"))
    assert message in str(caught.value)


def test_a_folder_may_begin_with_something_else(tmp_path: Path) -> None:
    """Neither a README nor the ledger of an export hides what a folder holds."""
    row = '{"id": 1, "text": "Ida left.", "label": [[0, 3, "P"]], "Comments": []}\n'
    source = fill(tmp_path, {"README.md": "# Read me", "a.jsonl": row, "ledger.jsonl": '{"totals": {}}\n'})
    assert format_detection.choose_format(source)[0] == "doccano"
    assert len(read_aligned(registry.load_format("doccano"), source)[0]) == 1


def test_right_offsets_are_never_moved(tmp_path: Path) -> None:
    """Where nothing is quoted and words have no blanks between, chance makes no other unit of them."""
    parts, draw = ("ลีน่า", "ไป", "ท่าเรือ", "เมื่อ", "ที่", "ได้", "莉娜", "。", "か\u3099"), random.Random(3)
    for _ in range(40):
        picked = [draw.choice(parts) for _ in range(25)]
        starts = [sum(map(len, picked[:n])) for n in range(25)]
        places = [(at, at + len(part)) for at, part in zip(starts, picked, strict=True)]
        spans = [[*place, "P"] for place in places if draw.random() < 0.3]
        row = json.dumps({"text": "".join(picked), "spans": spans})
        _, account = read_aligned(
            registry.load_format("plain"), ImportSource(fill(tmp_path, {"x.jsonl": row}).path / "x.jsonl")
        )
        assert account.kept + sum(e.outcome is Outcome.DOUBLE for e in account.entries) == account.read
