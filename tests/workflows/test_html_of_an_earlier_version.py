"""HTML pages in a corpus of version 0.2.0, which stored lines that are no longer read."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from annotator.ingest.article_builder import build_article
from annotator.ingest.html_extraction import text_as_before
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows import ingesting
from annotator.workflows.ingesting import ingest

PROSE = "The old dyke at Port Arden held on Monday although the river rose by two metres overnight, engineers said."
HYPHENATED = PROSE.replace("Monday", "Tues\u00adday")
PAGE = f"""<html><head><title>Dyke holds</title></head><body><a class="sr-only">Skip to content</a><h1>Dyke holds</h1>
<dialog><p>Accept all cookies</p></dialog><p>{PROSE}</p><p>{HYPHENATED}</p>
<pre>One\nTwo</pre></body></html>"""


def test_the_same_page_adds_nothing_and_mends_the_old_article(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is known by its text of then; once it has changed, today's lines are those of the new version."""
    page, folder = tmp_path / "page.html", tmp_path / "corpus"
    page.write_text(PAGE, encoding="utf-8")
    assert text_as_before(PAGE, "page").split("\n") == [
        "Skip to content",
        "Dyke holds",
        "Accept all cookies",
        PROSE,
        HYPHENATED,
        "One Two",
    ]
    with monkeypatch.context() as patch:
        patch.setattr(ingesting, "build_article", lambda source, *a: build_article(replace(source, as_before=True), *a))
        old = ingest(folder, [page]).added[0]["id"]
    assert [row["id"] for row in ingest(folder, [page]).known] == [old]
    stored = folder / "articles" / f"{old}.json"
    stored.write_text(stored.read_text(encoding="utf-8").replace("metres", "meters"), encoding="utf-8")
    assert [row["state"] for row in ingest(folder, [page]).known] == ["was damaged, mended from its source"]
    page.write_text(PAGE.replace("overnight", "at night"), encoding="utf-8")
    report = ingest(folder, [page])
    assert [row["replaces"] for row in report.added] == [old]
    assert "Skip to content" not in CorpusFolder.open(folder).article(report.added[0]["id"]).text
