"""Which format a file has is told by what is in it, and each format keeps to the one shape."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.core.errors import SourceError, UsageError
from annotator.formats import format_detection, registry
from annotator.formats.import_source import ImportSource


@pytest.mark.parametrize("name", registry.FORMATS)
def test_every_format_has_the_one_shape(name: str) -> None:
    """A format gives the reason why a file looks like it, and reads; most of them write."""
    module = registry.load_format(name)
    assert callable(module.detect)
    assert callable(module.read)


@pytest.mark.parametrize("name", registry.FORMATS)
def test_no_format_takes_an_empty_or_a_foreign_file(name: str, tmp_path: Path) -> None:
    """An empty file, a picture, prose and an empty folder look like nothing."""
    for data in (b"", b"\x89PNG\r\n\x1a\n" + bytes(64), b"The ferry was late. Nobody minded.\n", b"{}", b"[]"):
        (tmp_path / "f").write_bytes(data)
        assert not registry.load_format(name).detect(ImportSource(tmp_path / "f").sample()), data
    (tmp_path / "empty").mkdir()
    assert not registry.load_format(name).detect(ImportSource(tmp_path / "empty").sample())


def test_the_name_of_a_file_means_nothing(tmp_path: Path) -> None:
    """A doccano file that is called ``x.conll`` is doccano's."""
    path = tmp_path / "x.conll"
    path.write_bytes(b'{"id": 1, "text": "Lena rowed.", "label": [[0, 4, "PERSON"]], "Comments": []}\n')
    assert format_detection.choose_format(ImportSource(path))[0] == "doccano"


def test_the_user_s_word_counts(tmp_path: Path) -> None:
    """With a format named nothing is looked at; a name that is none lists those that are."""
    assert format_detection.choose_format(ImportSource(tmp_path / "nothing"), "brat") == ("brat", "given by --format")
    with pytest.raises(UsageError, match=r"there is no format 'word'; use one of prodigy, doccano, "):
        format_detection.choose_format(ImportSource(tmp_path / "nothing"), "word")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A path to nothing is one line that names it."""
    with pytest.raises(SourceError) as error:
        format_detection.choose_format(ImportSource(tmp_path / "nothing"))
    assert str(error.value) == (
        f"{tmp_path}/nothing: the file cannot be read (no such file or directory); check the path"
    )


def test_an_empty_list_of_labels_shows_no_format_against_others(tmp_path: Path) -> None:
    """A row of JSON_MIN on which nothing is marked is no row of doccano's; a file of such rows alone is doccano's."""
    path = tmp_path / "f.json"
    marked = (
        b'{"id": 1, "text": "Lena rowed.", "label": [{"start": 0, "end": 4, "text": "Lena", "labels": ["PERSON"]}]}'
    )
    bare = b'{"id": 2, "text": "Nobody came.", "label": []}'
    for data, name in (
        (marked + b"\n" + bare, "labelstudio"),
        (bare + b"\n" + marked, "labelstudio"),
        (bare, "doccano"),
    ):
        path.write_bytes(data)
        assert format_detection.choose_format(ImportSource(path))[0] == name
