"""UIMA's CAS, read with dkpro-cassis where it is installed."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.errors import SourceError
from annotator.formats import uima
from annotator.formats.import_source import ImportSource
from tests.formats.format_samples import fill, ledger_lines, read_aligned, words

TEXT = "🛶 Ida Holm left Orkenby."
NER = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
TOKEN = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token"  # a name, no secret
TYPES = (
    '<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier"><types>'
    + "".join(
        f"<typeDescription><name>{name}</name><supertypeName>uima.tcas.Annotation</supertypeName><features>"
        "<featureDescription><name>value</name><rangeTypeName>uima.cas.String</rangeTypeName>"
        "</featureDescription></features></typeDescription>"
        for name in ("custom.Span", "custom.Other")
    )
    + "</types></typeSystemDescription>"
)
XMI = (
    '<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" '
    'xmlns:custom="http:///custom.ecore" xmi:version="2.0">'
    '<custom:Span xmi:id="2" sofa="1" begin="3" end="11" value="PERSON"/>'
    '<custom:Span xmi:id="3" sofa="1" begin="17" end="24" value="VENUE"/>'
    '<custom:Other xmi:id="4" sofa="1" begin="17" end="24" value="4"/>'
    f'<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" sofaString="{TEXT}"/>'
    '<cas:View sofa="1" members="2 3 4"/></xmi:XMI>'
)


def cas(*annotations: dict[str, Any], text: str = TEXT) -> dict[str, Any]:
    """Return a CAS as JSON with these annotations, offsets in UTF-16 units."""
    types = {
        name: {
            "%NAME": name,
            "%SUPER_TYPE": "uima.tcas.Annotation",
            "value": {"%NAME": "value", "%RANGE": "uima.cas.String"},
        }
        for name in ("custom.Span", NER, TOKEN)
    }
    sofa = {"%ID": 1, "%TYPE": "uima.cas.Sofa", "sofaNum": 1, "sofaID": "_InitialView", "sofaString": text}
    found = [{"%ID": n, "@sofa": 1, **a} for n, a in enumerate(annotations, 2)]
    return {
        "%TYPES": types,
        "%FEATURE_STRUCTURES": [sofa, *found],
        "%VIEWS": {"_InitialView": {"%SOFA": 1, "%MEMBERS": [a["%ID"] for a in found]}},
    }


def span(begin: Any, end: Any, value: str = "PERSON", kind: str = NER) -> dict[str, Any]:
    """Return an annotation."""
    return {"%TYPE": kind, "begin": begin, "end": end, "value": value}


def test_json_with_tokens_and_another_layer(tmp_path: Path) -> None:
    """Offsets are turned into code points, tokens taken over, the other layer listed."""
    pytest.importorskip("cassis")
    found = cas(
        span(3, 11), span(17, 24, "VENUE"), span(3, 6, "", TOKEN), span(7, 11, "", TOKEN),
        span(3, 6, "see p. 4", "custom.Span"),
    )  # fmt: skip
    source = fill(tmp_path, {"x.json": json.dumps(found)})
    (document,), account = read_aligned(uima, ImportSource(source.path / "x.json"))
    assert document.text == TEXT
    assert words(document) == [("Ida Holm", "PERSON"), ("Orkenby", "VENUE")]
    assert [t.text for t in document.tokens] == ["Ida", "Holm"]
    assert account.notes == [
        f"spans are the layer {NER}, labels its feature value",
        "the layer custom.Span is not read: no values in it look like labels; --layer custom.Span takes it",
    ]
    assert account.is_balanced
    assert ("Span", "left out", "the layer Span has no place here") in ledger_lines(account)


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ((-1, 3), "its offsets are inside a character or past the end of the text"),
        ((1, 6), "its offsets are inside a character or past the end of the text"),
        ((3, 99), "its offsets are inside a character or past the end of the text"),
        ((6, 3), "it ends before it begins"),
        ((6, 6), "it covers no character"),
    ],
)
def test_wrong_offsets_are_listed(tmp_path: Path, place: tuple[int, int], why: str) -> None:
    """A span without a place in the text is counted and listed."""
    pytest.importorskip("cassis")
    fill(tmp_path, {"x.json": json.dumps(cas(span(*place), span(17, 24)))})
    (document,), account = read_aligned(uima, ImportSource(tmp_path / "x.json"))
    assert words(document) == [("Orkenby", "PERSON")]
    assert ledger_lines(account) == [("span", "left out", why)]
    assert (account.read, account.is_balanced) == (2, True)


def test_xmi_in_a_zip_and_in_a_folder(tmp_path: Path) -> None:
    """XMI is read with the type system beside it; without one the error says what to do."""
    pytest.importorskip("cassis")
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as packed:
        packed.writestr("x.xmi", XMI)
        packed.writestr("TypeSystem.xml", TYPES)
    folder = fill(tmp_path / "f", {"x.xmi": XMI, "TypeSystem.xml": TYPES})
    for source in (ImportSource(tmp_path / "x.zip"), folder, ImportSource(tmp_path / "f" / "x.xmi")):
        assert uima.detect(source.sample())
        (document,), account = read_aligned(uima, source)
        assert words(document) == [("Ida Holm", "PERSON"), ("Orkenby", "VENUE")]
        assert account.is_balanced
    fill(tmp_path / "g", {"x.xmi": XMI})
    with pytest.raises(SourceError, match=r"the XMI has no type system; put its TypeSystem\.xml beside it"):
        read_aligned(uima, ImportSource(tmp_path / "g" / "x.xmi"))


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-16", "ISO-8859-1", "windows-1252", "iso-8859-15"])
def test_the_encoding_that_xmi_declares_counts(tmp_path: Path, encoding: str) -> None:
    """XMI is read in its own encoding, without a guess; one that is not known is refused."""
    pytest.importorskip("cassis")
    xmi = f'<?xml version="1.0" encoding="{encoding}"?>\n' + XMI.replace("Holm", "Hølm").replace("🛶", "é")
    folder = fill(tmp_path, {"TypeSystem.xml": TYPES})
    (tmp_path / "x.xmi").write_bytes(xmi.encode(encoding))
    (document,), _ = read_aligned(uima, folder)
    assert "Ida Hølm" in document.text
    (tmp_path / "x.xmi").write_bytes(xmi.replace(encoding, "x-unknown", 1).encode())
    with pytest.raises(SourceError, match="in an encoding that is not read; export it again as UTF-8"):
        read_aligned(uima, folder)


def test_a_layer_by_name(tmp_path: Path) -> None:
    """A layer may be asked for by name; one that isn't there is refused with those that are."""
    pytest.importorskip("cassis")
    from annotator.formats.document import ConversionLog

    fill(tmp_path, {"x.json": json.dumps(cas(span(3, 11), span(3, 6, "x", "custom.Span")))})
    source = ImportSource(tmp_path / "x.json")
    for wanted in ("Span", "custom.Span", "Span.value"):
        (document,) = uima.read(source, account := ConversionLog(), wanted)
        assert (words(document), account.entries) == ([("Ida", "x")], [])
    (both,) = uima.read(source, ConversionLog())
    assert words(both) == [("Ida Holm", "PERSON"), ("Ida", "x")]
    with pytest.raises(
        SourceError, match=r"it has no span layer 'Other'; name one of: custom\.Span \(1: value\); de\.tud"
    ):
        list(uima.read(source, ConversionLog(), "Other"))


def test_entities_of_xml_are_refused(tmp_path: Path) -> None:
    """A document type could make a small file huge, or name other files."""
    pytest.importorskip("cassis")
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]>' + XMI
    fill(tmp_path, {"x.xmi": bomb, "TypeSystem.xml": TYPES})
    with pytest.raises(SourceError, match="XML with a DOCTYPE or in an encoding that is not read"):
        read_aligned(uima, ImportSource(tmp_path / "x.xmi"))


def test_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the library the error names the extra that brings it."""

    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    fill(tmp_path, {"x.json": json.dumps(cas(span(3, 11)))})
    with pytest.raises(SourceError, match=r"needs an extra .*pip install 'article-annotator\[uima\]'"):
        read_aligned(uima, ImportSource(tmp_path / "x.json"))


def test_it_is_loaded_late() -> None:
    """Importing this module loads no library."""
    code = "import sys, annotator.formats.uima; sys.exit('cassis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


VALUES = st.one_of(st.integers(-3, 30), st.floats(), st.text(max_size=3), st.none(), st.just([1]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=4), st.integers(0, 3))
def test_no_values_make_a_traceback(found: list[tuple[Any, Any, Any]], drop: int) -> None:
    """Whatever stands in the fields, there is a balanced account or an error for the user."""
    pytest.importorskip("cassis")
    whole = cas(*(span(b, e, v) for b, e, v in found))
    whole = dict(list(whole.items())[:drop]) if drop < 3 else whole
    with TemporaryDirectory() as folder, suppress(SourceError):
        fill(Path(folder), {"x.json": json.dumps(whole)})
        _, account = read_aligned(uima, ImportSource(Path(folder) / "x.json"))
        assert account.is_balanced


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(XMI)), st.binary(max_size=8))
def test_no_bytes_make_a_traceback(at: int, data: bytes) -> None:
    """A damaged XMI file is read with a balanced account, or refused."""
    pytest.importorskip("cassis")
    raw = XMI.encode()
    with TemporaryDirectory() as folder, suppress(SourceError):
        fill(Path(folder), {"x.xmi": raw[:at] + data + raw[at + len(data) :], "TypeSystem.xml": TYPES})
        _, account = read_aligned(uima, ImportSource(Path(folder) / "x.xmi"))
        assert account.is_balanced
