"""The main export there and back, for the round-trip certificate: corpus → DocBin → documents."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import orjson

from annotator.cli.documents import documents_of
from annotator.cli.gather import Gathered
from annotator.core.schema import Schema
from annotator.export.choose import choose
from annotator.export.corpus import export_corpus
from annotator.export.owned import LEDGER
from annotator.export.values import ExportOptions
from annotator.formats import spacy_docbin
from annotator.formats.align import settle
from annotator.formats.document import Account, Document, Entry, Fate
from annotator.formats.source import Source

NAME = spacy_docbin.NAME

_WHOLE = (100, 0, 0)


def there_and_back(
    gathered: Gathered, schema: Schema, lang: str
) -> tuple[list[Document], list[Document], Account]:
    """Return the accepted sentences, what is read of their export, and what its ledger lists.

    Raises AnnotatorError for annotators in conflict and where nothing is accepted.
    """
    with tempfile.TemporaryDirectory(prefix="annotator-") as folder:
        out = Path(folder, "out")
        options = ExportOptions(split=_WHOLE, lang=lang)
        export_corpus(gathered.items, gathered.unreviewed, schema, out, options)
        account = Account()
        back = [settle(d, account) for d in spacy_docbin.read(_parts(out), account)]
        listed = _listed((out / LEDGER).read_bytes().splitlines())
    chosen = choose(gathered.items).accepted
    return documents_of(replace(gathered, items=chosen), "sentence", answers=False), back, listed


def _parts(out: Path) -> Source:
    """Return the one part: a file, or a folder of shards."""
    file = out / "train.spacy"
    return Source(file if file.exists() else out / "train")


def _listed(lines: Sequence[bytes]) -> Account:
    """Return the ledger of an export as an account: its ids are ``sentence:start-end:label``."""
    account = Account()
    for line in map(orjson.loads, lines):
        if line.get("what") == Fate.LEFT_OUT.value:
            article, place, span = line["id"].split(":", 2)
            where = f"{article}:{place}"
            account.record(Entry(where, span, Fate.LEFT_OUT, line["why"], line["text"]))
    return account
