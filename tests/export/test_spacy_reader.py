"""``annotator.Corpus.v1``: the same Examples as spaCy's own reader, without the look-ups."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
from spacy.training import Corpus
from srsly.msgpack import msgpack_decoders, msgpack_encoders

from annotator.docbin.srsly_codecs import cached_srsly_codecs
from annotator.export.options import ExportOptions
from annotator.export.reader import create_reader
from tests.export.export_samples import SCHEMA, corpus, export_items

NLP = spacy.blank("en")


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """Return a part of four shards."""
    options = ExportOptions(split=(100, 0, 0), shard=20, reader="annotator")
    export_items(corpus(12), {}, SCHEMA, tmp_path / "out", options)
    return tmp_path / "out"


def test_the_examples_are_those_of_spacy(folder: Path) -> None:
    """Shards are read in order; tokens, entities, span groups and user data are the same."""
    ours = list(create_reader(folder / "train", limit=0)(NLP))
    theirs = list(Corpus(folder / "train")(NLP))
    assert len(ours) == 72
    assert [e.reference.to_bytes() for e in ours] == [e.reference.to_bytes() for e in theirs]
    assert [e.predicted.to_bytes() for e in ours] == [e.predicted.to_bytes() for e in theirs]


def test_the_look_ups_are_made_once_and_nothing_stays_changed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entry points are searched a few times a file, not twice a Doc; between Docs srsly is as it was."""
    calls = 0
    real = type(msgpack_decoders).get_all

    def counted(self: object) -> object:
        nonlocal calls
        calls += 1
        return real(self)

    monkeypatch.setattr(type(msgpack_decoders), "get_all", counted)
    for _ in create_reader(folder / "train")(NLP):
        assert "get_all" not in vars(msgpack_decoders)
    assert calls < 40


def test_blocks_of_known_codecs_nest(folder: Path) -> None:
    """An inner block leaves the outer one's answers alone."""
    with cached_srsly_codecs():
        with cached_srsly_codecs():
            assert "get_all" in vars(msgpack_decoders)
        assert "get_all" in vars(msgpack_decoders)
    assert "get_all" not in vars(msgpack_decoders)


def test_the_config_names_the_reader_only_when_asked(folder: Path, tmp_path: Path) -> None:
    """``--reader annotator`` writes it for both corpora; the default needs nothing but spaCy."""
    assert (folder / "config.cfg").read_text().count('"annotator.Corpus.v1"') == 2
    assert 'train = "${paths.folder}/train"' in (folder / "config.cfg").read_text()
    export_items(corpus(12), {}, SCHEMA, tmp_path / "b", ExportOptions())
    assert (tmp_path / "b" / "config.cfg").read_text().count('"spacy.Corpus.v1"') == 2


def test_no_path_is_the_error_that_spacy_gives() -> None:
    """A config without a path fails as with spaCy's reader."""
    with pytest.raises(ValueError, match="E913"):
        create_reader(None)


def test_the_defect_is_still_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every call of srsly looks its codecs up anew: where this fails, the way round in ``codecs`` can go."""
    import srsly

    calls = 0
    found = msgpack_encoders.get_all()

    def counted(_: object) -> object:
        nonlocal calls
        calls += 1
        return found

    monkeypatch.setattr(type(msgpack_encoders), "get_all", counted)
    for _ in range(3):
        srsly.msgpack_dumps({})
    assert calls == 3
