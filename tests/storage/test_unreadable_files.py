"""What cannot be read, or is of a later version, is an error that names the file and says what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from annotator.core.errors import AnnotatorError, CorpusError
from annotator.storage.corpus_layout import MIGRATIONS_FILE, SPLITS_FILE, read_settings
from annotator.storage.migrations import read_migrations
from annotator.storage.record_lines import find_record_lines
from annotator.storage.splits_file import FixedSplit, encode_fixed_split, read_fixed_split
from annotator.storage.suggestions import SuggestionFile
from tests import builders

READERS: dict[str, Callable[[Path], object]] = {
    "annotations/ana.jsonl": lambda corpus: find_record_lines(corpus, "ana", [1]),
    MIGRATIONS_FILE: read_migrations,
    SPLITS_FILE: read_fixed_split,
    "corpus.toml": read_settings,
    "suggestions/m.jsonl": lambda corpus: SuggestionFile(corpus / "suggestions/m.jsonl").flaws,
}
NEWER = {
    MIGRATIONS_FILE: b'{"_v": 99, "n": 1}',
    SPLITS_FILE: b'{"_v": 99, "groups": {}}',
    "corpus.toml": b'name = "x"\nformat = 99\n',
}
DAMAGED = {
    MIGRATIONS_FILE: b'{"_v": 1, "n": 2}',
    SPLITS_FILE: b'{"_v": 1, "groups": []}',
    "corpus.toml": b'name = "x"\nformat = "y"\n',
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Make a corpus."""
    return builders.make_corpus(tmp_path / "news").path


def test_the_groups_of_a_split_come_back(corpus: Path) -> None:
    """With the version of their format, so that an older program knows a later file."""
    groups = {"b" * 12: "a" * 12, "a" * 12: "a" * 12}
    (corpus / SPLITS_FILE).write_bytes(encode_fixed_split(FixedSplit(groups)))
    assert read_fixed_split(corpus).groups == groups
    assert orjson.loads((corpus / SPLITS_FILE).read_bytes())["_v"] == 1


@pytest.mark.parametrize("name", READERS)
def test_a_file_that_cannot_be_read_is_named(corpus: Path, name: str) -> None:
    """A folder has its place."""
    path = corpus / name
    path.unlink(missing_ok=True)
    path.mkdir(parents=True)
    with pytest.raises(AnnotatorError, match="cannot read") as caught:
        READERS[name](corpus)
    assert caught.value.where.startswith(str(path))
    assert caught.value.do


@pytest.mark.parametrize("name", NEWER)
def test_a_later_version_s_file_is_no_damage(corpus: Path, name: str) -> None:
    """The message says that the program is too old, not that the file is wrong."""
    (corpus / name).write_bytes(NEWER[name])
    with pytest.raises(CorpusError, match=r"newer Annotator .*format 99") as caught:
        READERS[name](corpus)
    assert caught.value.where.startswith(str(corpus / name))
    assert caught.value.do.startswith("update Annotator")


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_no_later_version(corpus: Path, name: str) -> None:
    """The message names the file and a way out."""
    (corpus / name).write_bytes(DAMAGED[name])
    with pytest.raises(CorpusError) as caught:
        READERS[name](corpus)
    assert caught.value.where.startswith(str(corpus / name))
    assert caught.value.do
    assert "update Annotator" not in caught.value.do
