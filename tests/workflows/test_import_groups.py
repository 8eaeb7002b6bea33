"""Rows of one document are linked by an import, each stays a sentence, and the account says what was grouped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from annotator import Corpus
from annotator.core.article import ArticleGroup
from annotator.core.errors import UsageError
from annotator.formats.registry import export_formats
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.checking import check_corpus
from annotator.workflows.import_options import ImportOptions
from annotator.workflows.importing import ImportReport, import_files
from annotator.workflows.merging import merge_corpora
from annotator.workflows.repairing import repair_corpus
from tests import builders
from tests.formats.format_samples import LOSSY_FORMATS

FERRY = ("The ferry left at noon.", "Lena Pell was late.", "It was full.")
STORM = ("A storm came up.", "The harbour of Skerrin closed.", "It was full.")


def _rows(**documents: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{"text": t, "spans": [], "meta": {"doc": doc}} for doc, texts in documents.items() for t in texts]


def _import(folder: Path, rows: list[dict[str, Any]], **options: Any) -> ImportReport:
    file = folder / "rows.jsonl"
    file.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    return import_files(folder / "corpus", [file], ImportOptions(**options))


def _groups(folder: Path) -> Mapping[str, ArticleGroup | None]:
    corpus = CorpusFolder.open(folder / "corpus")
    return {a.text: a.group for a in map(corpus.article, corpus.article_ids())}


def test_rows_of_a_document_are_linked_in_their_order(tmp_path: Path) -> None:
    """Each is an article of one sentence; a text twice in a document is one, one in two documents is in none."""
    report = _import(tmp_path, _rows(ferry=(*FERRY, FERRY[0]), storm=STORM))
    groups = _groups(tmp_path)
    assert groups == {
        FERRY[0]: ArticleGroup("doc", "ferry", 0),
        FERRY[1]: ArticleGroup("doc", "ferry", 1),
        FERRY[2]: None,
        STORM[0]: ArticleGroup("doc", "storm", 0),
        STORM[1]: ArticleGroup("doc", "storm", 1),
    }
    assert (report.articles, report.sentences) == (5, 5)
    said = (
        "4 rows are parts of 2 documents by doc (its name means a document, and values repeat in runs); "
        "no span runs over two rows; --group-by none keeps them apart"
    )
    assert said in list(report.lines())
    assert "1 text occurs in several documents by doc, and so in no group" in report.notes
    assert list(report.as_dict()["groups"]) == report.ledger.totals["groups"]
    assert not CorpusFolder.open(tmp_path / "corpus").articles.changed_metadata


def test_a_user_decides(tmp_path: Path) -> None:
    """``none`` groups nothing, and a field that no row has is an error that names those there are."""
    rows = _rows(ferry=FERRY[:2], storm=STORM[:2])
    with pytest.raises(UsageError, match=r"--group-by url: the rows have nothing in this field; name one of doc"):
        _import(tmp_path, rows, group_by="url")
    _import(tmp_path, rows, group_by="none")
    assert set(_groups(tmp_path).values()) == {None}


def test_files_of_one_document_each_are_grouped(tmp_path: Path) -> None:
    """One value for all rows groups them if its name means a document; of another name only if the user asks."""
    for name, texts in (("ferry", FERRY), ("storm", STORM[:2])):
        assert _import(tmp_path, _rows(**{name: texts})).groups[0].documents == 1
    assert {group.value for group in _groups(tmp_path).values() if group} == {"ferry", "storm"}
    (tmp_path / "again").mkdir()
    rows = [{**row, "meta": {"x": "ferry"}} for row in _rows(ferry=FERRY)]
    assert not _import(tmp_path / "again", rows).groups
    assert _import(tmp_path / "again", rows, group_by="meta.x").groups[0].documents == 1


def test_rows_of_a_document_may_come_one_by_one(tmp_path: Path) -> None:
    """A corpus that has documents by a field links each further row by it, also the first one of a document."""
    _import(tmp_path, _rows(ferry=FERRY[:2]))
    for text in STORM:
        _import(tmp_path, _rows(storm=(text,)))
    assert _order(tmp_path, "storm") == [*STORM]


@pytest.mark.parametrize("name", ["doc", "url"])
def test_a_file_that_groups_the_same_rows_otherwise_takes_no_document_apart(name: str, tmp_path: Path) -> None:
    """The rows stay linked as they were, with their metadata, and the account counts them."""
    rows = _rows(ferry=FERRY, storm=STORM[:2])
    _import(tmp_path, rows)
    before = _groups(tmp_path)
    others = [{**row, "meta": {name: ("gale", "squall")[n % 2]}} for n, row in enumerate(rows)]
    report = _import(tmp_path, others).groups[0]
    assert (report.otherwise, report.in_several) == (sum(map(bool, before.values())), 0)
    assert _groups(tmp_path) == before
    corpus = CorpusFolder.open(tmp_path / "corpus")
    assert {a.meta["doc"] for a in map(corpus.article, corpus.article_ids())} == {"ferry", "storm"}


def test_a_user_corrects_the_field(tmp_path: Path) -> None:
    """Rows that were grouped by a wrong field move to the right one, and their metadata stays as it was."""
    rows = [
        {**row, "meta": {**row["meta"], "sent": n % 2}} for n, row in enumerate(_rows(ferry=FERRY, storm=STORM[:2]))
    ]
    _import(tmp_path, rows, group_by="sent")
    report = _import(tmp_path, rows, group_by="doc").groups[0]
    assert (report.rows, report.documents, report.linked, report.in_several) == (5, 2, 5, 0)
    assert _order(tmp_path, "ferry") == [*FERRY]
    corpus = CorpusFolder.open(tmp_path / "corpus")
    assert {a.meta["doc"] for a in map(corpus.article, corpus.article_ids())} == {"ferry", "storm"}
    assert _import(tmp_path, rows).groups[0].field == "doc"


def test_a_text_that_names_no_document_by_the_field_stays_in_its_group(tmp_path: Path) -> None:
    """One that occurs in another data set's document as well is in several."""
    other = [{"text": t, "spans": [], "meta": {"url": "u1"}} for t in ("Thanks.", *STORM)]
    _import(tmp_path, other)
    report = _import(tmp_path, _rows(ferry=(*FERRY[:2], "Thanks.")), group_by="doc")
    assert report.groups[0].in_several == 1
    assert _groups(tmp_path)["Thanks."] is None


def _order(folder: Path, doc: str) -> list[str]:
    """Return the texts of a document that are in force, in their order; no two have one place."""
    corpus = CorpusFolder.open(folder / "corpus")
    rows = [a for a in map(corpus.article, corpus.article_ids()) if a.group and a.group.value == doc]
    places = {a.group.position: a.text for a in rows if a.group and not a.replaced_by}
    assert len(places) == sum(not a.replaced_by for a in rows)
    assert not corpus.articles.changed_metadata
    return [places[n] for n in sorted(places)]


def test_a_corpus_that_has_the_rows_gets_the_links_only(tmp_path: Path) -> None:
    """Its articles, sentences and journals stay; a second time nothing changes."""
    rows = _rows(ferry=FERRY, storm=STORM)
    _import(tmp_path, rows, group_by="none")
    journal, sentences = (tmp_path / "corpus" / p for p in ("annotations/plain.jsonl", "sentences.jsonl"))
    before = journal.read_bytes(), sentences.read_bytes()
    report = _import(tmp_path, rows)
    assert (report.articles, report.records, report.groups[0].linked) == (0, 0, 4)
    assert (journal.read_bytes(), sentences.read_bytes()) == before
    assert _order(tmp_path, "ferry") == list(FERRY[:2])
    files = {p: p.read_bytes() for p in (tmp_path / "corpus" / "articles").iterdir()}
    assert _import(tmp_path, rows).groups[0].linked == 0
    assert {p: p.read_bytes() for p in files} == files


def test_a_file_that_was_corrected_is_laid_on_its_documents(tmp_path: Path) -> None:
    """A changed row is a version of the old one, an inserted one gets a place, one that is gone stays."""
    texts = [*FERRY[:2], "Nobody had seen the captain.", "At two the bridge was closed.", "Then it snowed."]
    _import(tmp_path, _rows(ferry=tuple(texts), storm=STORM))
    corrected = "Lena Pell was much too late."
    report = _import(
        tmp_path, _rows(ferry=(texts[0], corrected, "It rained all night.", texts[3], texts[4]), storm=STORM)
    )
    made = report.groups[0]
    assert (made.versions, made.unsure, made.absent, report.articles) == (1, 1, 1, 2)
    assert _order(tmp_path, "ferry") == [texts[0], corrected, texts[2], "It rained all night.", *texts[3:]]
    corpus = CorpusFolder.open(tmp_path / "corpus")
    versions = {a.text: a.replaces for a in map(corpus.article, corpus.article_ids()) if a.replaces}
    assert [corpus.article(old).text for old in versions.values()] == [texts[1]]
    assert list(versions) == [corrected]
    again = _import(tmp_path, _rows(ferry=tuple(texts), storm=STORM))  # the file of before: the corpus is ahead of it
    assert (again.articles, again.groups[0].versions) == (0, 0)
    assert corrected in _order(tmp_path, "ferry")


def test_another_document_of_the_same_name_makes_no_version(tmp_path: Path) -> None:
    """Without a row that matches the rows are added and reported, however much they are alike."""
    _import(tmp_path, _rows(**{"1": ("Sales rose 3 percent.", "Prices fell."), "2": ("Nothing changed.",)}))
    report = _import(tmp_path, _rows(**{"1": ("Sales rose 4 percent.", "Rain fell."), "3": ("All was well.",)}))
    assert (report.groups[0].versions, report.groups[0].unsure) == (0, 2)
    assert any("2 rows were added beside others of their documents" in note for note in report.notes)
    assert len(_order(tmp_path, "1")) == 4


def test_a_text_of_a_second_document_leaves_its_group_for_good(tmp_path: Path) -> None:
    """Its metadata name both, so that the first file alone does not link it again."""
    _import(tmp_path, _rows(ferry=FERRY, calm=("The sea was calm.", "Nobody spoke.")))
    report = _import(tmp_path, _rows(storm=STORM, gale=("The wind rose.", "Sails tore.")))
    assert report.groups[0].in_several == 1
    assert _order(tmp_path, "ferry") == list(FERRY[:2])
    _import(tmp_path, _rows(ferry=FERRY, calm=("The sea was calm.",)))
    assert _groups(tmp_path)[FERRY[2]] is None


def test_a_document_goes_by_the_field_that_the_corpus_has(tmp_path: Path) -> None:
    """One with another field, or one alone in its file, is laid on the group that its rows are in."""
    _import(tmp_path, _rows(ferry=FERRY, storm=STORM))
    more = [{"text": t, "spans": [], "meta": {"url": f"http://{d}"}} for d, t in _pairs(a=FERRY[:2], b=STORM[:2])]
    _import(tmp_path, [*more, {"text": "All were safe.", "spans": [], "meta": {"url": "http://b"}}])
    assert _order(tmp_path, "storm") == [*STORM[:2], "All were safe."]
    _import(tmp_path, _rows(storm=("They sang.",)))
    assert _order(tmp_path, "storm")[-1] == "They sang."


def _pairs(**documents: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(doc, text) for doc, texts in documents.items() for text in texts]


def test_the_files_of_one_import_may_share_documents(tmp_path: Path) -> None:
    """One file a document has one value in each; the rows of several files make one order."""
    paths = []
    for n, rows in enumerate((_rows(ferry=FERRY[:2]), _rows(storm=STORM), _rows(ferry=FERRY[2:]))):
        paths.append(tmp_path / f"{n}.jsonl")
        paths[-1].write_bytes(b"\n".join(map(orjson.dumps, rows)))
    import_files(tmp_path / "corpus", paths)
    assert _order(tmp_path, "ferry") == list(FERRY[:2])
    assert _order(tmp_path, "storm") == list(STORM[:2])


@pytest.mark.parametrize("name", [n for n in export_formats() if n not in LOSSY_FORMATS])
def test_an_export_brings_the_groups_back(tmp_path: Path, name: str) -> None:
    """Field, value and order are the same in a new corpus, in one without groups, and in the one it came from."""
    if name == "huggingface":
        pytest.importorskip("pyarrow")
    rows = [{**row, "meta": {"part": row["meta"]["doc"]}} for row in _rows(ferry=FERRY[:2], storm=STORM)]
    _import(tmp_path, rows, group_by="part")
    groups = _groups(tmp_path)
    unit = {} if name == "prodigy" else {"unit": "sentence"}
    Corpus.open(tmp_path / "corpus").export(tmp_path / "out", format=name, **unit)  # type: ignore[arg-type]
    again = ImportOptions(format=name)
    import_files(tmp_path / "corpus", [tmp_path / "out"], again)
    assert _groups(tmp_path) == groups
    for place in (tmp_path / "new", tmp_path / "linked"):
        place.mkdir()
        if place.name == "linked":
            import_files(place / "corpus", [tmp_path / "out"], ImportOptions(format=name, group_by="none"))
            assert set(_groups(place).values()) == {None}
        import_files(place / "corpus", [tmp_path / "out"], again)
        assert _groups(place) == groups


def test_a_flipped_bit_in_a_group_is_found_and_mended(tmp_path: Path) -> None:
    """The digest of the metadata covers field, value and position."""
    _import(tmp_path, _rows(ferry=FERRY, storm=STORM))
    folder = tmp_path / "corpus" / "articles"
    path = next(p for p in folder.iterdir() if b'"value": "storm"' in p.read_bytes())
    sound = path.read_bytes()
    for key in (b'"field": "', b'"value": "', b'"position": '):
        raw = bytearray(sound)
        raw[raw.index(key) + len(key)] ^= 1
        path.write_bytes(raw)
        assert _metadata_problems(tmp_path) == 1
        assert not repair_corpus(tmp_path / "corpus", write=True).stays
        assert path.read_bytes() == sound
    assert _metadata_problems(tmp_path) == 0


def _metadata_problems(folder: Path) -> int:
    return len(check_corpus(CorpusFolder.open(folder / "corpus"), only=["metadata"]).problems)


def test_work_on_a_row_goes_on_in_its_new_version(tmp_path: Path) -> None:
    """Its annotator finds the changed sentence open, with the spans that still have their words."""
    old, new = "Lena Pell was late.", "Lena Pell was much too late."
    _import(tmp_path, _rows(ferry=(FERRY[0], old), storm=STORM))
    span = {"start": 0, "end": 9, "label": "PERSON"}
    rows = _rows(ferry=(FERRY[0], old), storm=STORM)
    rows[1]["spans"] = [span]
    _import(tmp_path, rows, annotator="ana")
    _import(tmp_path, _rows(ferry=(FERRY[0], new), storm=STORM), annotator="ben")
    session = builders.open_session(tmp_path / "corpus")
    texts = {w.sentence.text: w for a in session.corpus.queue() for w in session.sentences_of(a)}
    session.close()
    assert old not in texts
    assert [(s.start, s.end, s.label) for s in texts[new].annotation.spans] == [(0, 9, "PERSON")]
    assert texts[new].annotation.answer is None


def test_a_merge_keeps_links_and_unlinks_what_is_in_several_documents(tmp_path: Path) -> None:
    """It does not matter which of the corpora comes first, or which one has no links."""
    for place, rows, group_by in (("a", _rows(ferry=FERRY[:2]), "none"), ("b", _rows(ferry=FERRY), "doc")):
        (tmp_path / place).mkdir()
        _import(tmp_path / place, rows, group_by=group_by)
    (tmp_path / "c").mkdir()
    _import(tmp_path / "c", _rows(storm=STORM), group_by="doc")
    for n, order in enumerate(("abc", "cba", "bac")):
        folders = [tmp_path / place / "corpus" for place in order]
        merge_corpora(folders, tmp_path / str(n) / "corpus")
        groups = _groups(tmp_path / str(n))
        assert {t: g.value if g else "" for t, g in groups.items()} == {
            **dict.fromkeys(FERRY[:2], "ferry"),
            **dict.fromkeys(STORM[:2], "storm"),
            FERRY[2]: "",
        }
        assert not CorpusFolder.open(tmp_path / str(n) / "corpus").articles.changed_metadata
