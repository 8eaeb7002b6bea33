"""A corpus for the tests of the corpus folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.storage.corpus_folder import CorpusFolder
from tests.storage.storage_helpers import article, new_corpus, sentences


@pytest.fixture
def corpus(tmp_path: Path) -> CorpusFolder:
    """Make an empty corpus."""
    return new_corpus(tmp_path / "news")


@pytest.fixture
def filled(corpus: CorpusFolder) -> CorpusFolder:
    """Make a corpus of one article."""
    corpus.add_article(article(), sentences(article()))
    return corpus
