"""``annotator.Corpus.v1``: a corpus reader for ``spacy train`` that loads DocBins some ten times faster.

It takes the settings of ``spacy.Corpus.v1`` and yields the same Examples in the same order, without
the defect that ``docbin/srsly_codecs.py`` avoids: every Doc that is loaded has its span groups and
user data unpacked, and each unpacking searches the metadata of all installed packages. In a config::

    [corpora.train]
    @readers = "annotator.Corpus.v1"
    path = ${paths.train}
    max_length = 0

spaCy finds it by the entry point ``spacy_readers``, so training needs Annotator installed where it
runs; ``annotator export --reader annotator`` writes it into the config, and without the option the
config needs nothing but spaCy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from spacy.errors import Errors
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Corpus, Example
from spacy.vocab import Vocab

from annotator.docbin.srsly_codecs import cached_srsly_codecs

_BATCH_DOCS = 256
"""Docs that are loaded while srsly's codecs are known; between them nothing of srsly is changed."""


class FastCorpusReader(Corpus):
    """spaCy's own reader, loading the Docs of each file in groups; shards are read one at a time."""

    def read_docbin(self, vocab: Vocab, locs: Iterable[str | Path]) -> Iterator[Doc]:
        """Yield the Docs of the files in order, ``limit`` of each file at the most, as spaCy does."""
        docs = super().read_docbin(vocab, locs)
        while True:
            with cached_srsly_codecs():
                group = list(islice(docs, _BATCH_DOCS))
            if not group:
                return
            yield from group


def create_reader(
    path: Path | None,
    gold_preproc: bool = False,
    max_length: int = 0,
    limit: int = 0,
    augmenter: Callable[..., Any] | None = None,
) -> Callable[[Language], Iterable[Example]]:
    """Return the reader of ``annotator.Corpus.v1``; raises ValueError without a path, as spaCy's does."""
    if path is None:
        raise ValueError(Errors.E913)
    return FastCorpusReader(path, gold_preproc=gold_preproc, max_length=max_length, limit=limit, augmenter=augmenter)
