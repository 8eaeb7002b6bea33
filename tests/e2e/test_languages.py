"""German and Japanese from page to trained model: pages of sites in, spans marked, exported, learned, found again."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import spacy
from spacy.tokens import DocBin

from annotator.core.annotation import Answer
from annotator.core.edits import add_span, set_answer
from annotator.core.spans import Span
from tests import builders
from tests.cli.command_runner import call
from tests.ingest.test_foreign_pages import PAGES, page

pytestmark = pytest.mark.slow

NAMES = {
    "de": "Otto Lenz|Jana Weber|Frau Weber|J. K. Marlow|Karl Moor|Kim Sommer",
    "ja": "田中一郎|林恵|林(?=さん)|森健|夏目(?=選手)",
}
"""The people that the articles name."""
OPTIONS: dict[str, list[str]] = {"de": [], "ja": ["--tokens", "characters"]}


@pytest.mark.parametrize("lang", ["de", "ja"])
def test_from_page_to_trained_model(tmp_path: Path, lang: str) -> None:
    """Sentences keep dates and quotations whole, the DocBin has the spans, and a model learns them by heart."""
    corpus, out, model = tmp_path / "corpus", tmp_path / "out", tmp_path / "model"
    for path in sorted(PAGES.glob(f"{lang}-*.txt")):
        (tmp_path / path.name).write_text(page(path.stem)[0], encoding="utf-8")
    done = call("ingest", *sorted(tmp_path.glob("*.txt")), "--corpus", corpus, "--lang", lang, *OPTIONS[lang])
    assert done.code == 0, done.err
    assert "6 articles added" in done.out
    marked = _mark(corpus, NAMES[lang])
    assert len(marked) >= 5
    assert call("export", corpus, out).code == 0
    nlp = spacy.blank("xx")
    docs = [d for path in out.glob("*.spacy") for d in DocBin().from_disk(path).get_docs(nlp.vocab)]
    assert sorted(e.text for d in docs for e in d.ents) == sorted(marked)
    for part in ("train", "dev"):  # learned by heart is what is asked here
        DocBin(docs=docs, store_user_data=True).to_disk(out / f"{part}.spacy")
    command = [sys.executable, "-m", "spacy", "train", str(out / "config.cfg"), "--paths.folder", str(out)]
    few = ["--training.max_steps", "120", "--training.eval_frequency", "60", "--output", str(model)]
    trained = subprocess.run([*command, *few], check=False, capture_output=True, text=True)
    assert trained.returncode == 0, trained.stderr[-2000:]
    learned = spacy.load(model / "model-best")
    found = [e.text for d in docs for e in learned(d.text).ents if e.label_ == "PERSON"]
    assert len(set(found) & set(marked)) >= 0.8 * len(set(marked))


def _mark(corpus: Path, names: str) -> list[str]:
    """Mark the names in all sentences as PERSON and accept them; return the marked words."""
    session, marked = builders.open_session(corpus), list[str]()
    for article in session.queue:
        for number, annotated in enumerate(session.sentences_of(article)):
            sentence = annotated.sentence
            for m in re.finditer(names, sentence.text):
                now = session.sentences_of(article)[number]
                session.apply_edit(add_span(now, Span(m.start(), m.end(), "PERSON"), session.schema))
                marked.append(m[0])
            session.apply_edit(set_answer(session.sentences_of(article)[number], Answer.ACCEPT))
    session.close()
    return marked
