"""What a corpus folder consists of: settings and groups come back as written, and each refusal in its full words."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.errors import CorpusError
from annotator.storage import corpus_layout
from annotator.storage.corpus_layout import (
    CorpusSettings,
    corpus_identity,
    decode_settings,
    encode_settings,
    write_settings,
)
from annotator.storage.split_settings import SplitSettings, decode_split, recover_split
from annotator.storage.splits_file import FixedSplit, decode_fixed_split, encode_fixed_split, read_fixed_split
from tests import builders

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=9)
IDS = st.text("0123456789abcdef", min_size=12, max_size=16)
SETTINGS = CorpusSettings("news", "en", "f1", "labels.toml")
GOOD = {"format": 1, "name": "news", "language": "en", "tokenizer": "f1", "schema": "labels.toml"}


@given(TEXT, TEXT, TEXT, st.from_regex(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}", fullmatch=True))
def test_settings_come_back(name: str, lang: str, fingerprint: str, schema: str) -> None:
    """Whatever characters they have; a person reads them in the same order each time."""
    settings = CorpusSettings(name, lang, fingerprint, schema)
    text = encode_settings(settings).decode()
    assert decode_settings(tomllib.loads(text), Path("x")) == settings
    assert list(tomllib.loads(text)) == ["name", "language", "tokenizer", "schema", "format"]
    assert text.startswith("# A corpus of Annotator.\n")


@given(st.dictionaries(IDS, IDS))
def test_groups_come_back(groups: dict[str, str]) -> None:
    """Sorted, so that the same groups are the same bytes; without stand-ins they are in format 1, as they were."""
    raw = encode_fixed_split(FixedSplit(groups))
    assert decode_fixed_split(raw, "x") == FixedSplit(groups)
    assert raw == encode_fixed_split(FixedSplit(dict(reversed(groups.items()))))
    assert raw == orjson.dumps({"_v": 1, "groups": dict(sorted(groups.items()))}, option=orjson.OPT_INDENT_2) + b"\n"


SHARES = st.tuples(st.integers(1, 90), st.integers(0, 90), st.integers(0, 90))
SEEDS = st.integers(0, 2**32 - 1)
SPLITS = st.builds(SplitSettings, SHARES, SEEDS, st.sampled_from(["story", "article"]))


@given(SPLITS)
def test_a_split_comes_back(split: SplitSettings) -> None:
    """In the file, and in what is left of one whose other lines are damaged; each key has a default."""
    settings = replace(SETTINGS, split=split)
    text = encode_settings(settings).decode()
    assert decode_settings(tomllib.loads(text), Path("x")) == settings
    assert recover_split(text.replace("name =", "= =")) == split
    assert decode_split({"seed": split.seed}, Path("x")) == SplitSettings(seed=split.seed)
    assert (encode_settings(SETTINGS) == text.encode()) == (split == SplitSettings())


@pytest.mark.parametrize("left", ["[spl\nseed = 4", "[split", "[split]\nseed = -1", '[split]\nunit = "st', "split = 1"])
def test_a_split_that_cannot_be_read_is_not_guessed(left: str) -> None:
    """Another split than the one meant would put train into test."""
    assert recover_split(f'name = "news"\n{left}') is None


@given(st.dictionaries(st.tuples(SHARES, SEEDS), st.dictionaries(IDS, st.sampled_from(["dev", "test"]), min_size=1)))
def test_stand_ins_come_back_for_their_split_alone(
    stand_ins: dict[tuple[tuple[int, int, int], int], dict[str, str]],
) -> None:
    """What is recorded for a split holds for the same proportions and seed, and the first one stays."""
    fixed = FixedSplit({"0123456789ab": "0123456789ab"})
    for (shares, seed), parts in stand_ins.items():
        fixed = fixed.with_stand_ins(shares, seed, parts)
    read = decode_fixed_split(encode_fixed_split(fixed), "x")
    assert read == fixed
    for ((a, b, c), seed), parts in stand_ins.items():
        assert read.stand_ins_for((3 * a, 3 * b, 3 * c), seed).keys() >= parts.keys()
        assert read.stand_ins_for((a, b, c), 2**32) == {}
    assert read.stand_ins_for((1000, 1, 1), 0) == {}


def _check(change: dict[str, Any]) -> Callable[[Path], object]:
    return lambda path: decode_settings({k: v for k, v in (GOOD | change).items() if v is not None}, path)


def _groups(data: dict[str, Any]) -> Callable[[Path], object]:
    def read(path: Path) -> object:
        (path / "splits.json").write_bytes(orjson.dumps(data))
        return read_fixed_split(path)

    return read


DRAWN_AGAIN = "restore it from a copy, try `annotator repair`, or remove it: then the groups are drawn again"
NO_GROUPS = f"CORPUS/splits.json: `groups` does not give article ids by article id; {DRAWN_AGAIN}"
NO_STAND_INS = f"CORPUS/splits.json: `stand_ins` does not give parts by article id; {DRAWN_AGAIN}"
BAD_SHARES = (
    "CORPUS: `shares` in [split] are not three whole numbers from 0, one of them above 0 and none above 999999; "
    "write the shares of train, dev and test, such as shares = [80, 10, 10]"
)
BAD_SEED = "CORPUS: `seed` in [split] is no whole number from 0 to 4294967295; write seed = 0"
KEEPS = "the corpus keeps its {} here, and nothing else; choose another folder"
MAKE = "make one with `annotator ingest SOURCE --corpus FOLDER`"


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (_check({"format": None}), "CORPUS: `format` is no whole number from 1; write format = 1"),
        (_check({"format": 0}), "CORPUS: `format` is no whole number from 1; write format = 1"),
        (_check({"format": True}), "CORPUS: `format` is no whole number from 1; write format = 1"),
        (
            _check({"format": 2}),
            (
                "CORPUS: this corpus was made by a newer Annotator (format 2; this one knows 1); "
                "update Annotator to work with it"
            ),
        ),
        *(
            (_check({key: value}), f'CORPUS: `{key}` is missing; write {key} = "…"')
            for key in ("name", "language", "tokenizer", "schema")
            for value in (None, 1)
        ),
        (
            _check({"schema": "../labels.toml"}),
            'CORPUS: `schema` must be the name of a file in the corpus folder; write schema = "schema.toml"',
        ),
        (
            _check({"split": 3}),
            "CORPUS: `split` is no table; write [split] in a line, and below it shares = [80, 10, 10]",
        ),
        (
            _check({"split": {"share": [80, 10, 10]}}),
            "CORPUS: `share` in [split] is no setting of a split; remove it, or use one of: shares, seed, unit",
        ),
        *(
            (_check({"split": {"shares": x}}), BAD_SHARES)
            for x in ([80, 20], [0, 0, 0], [80, -1, 10], [0.8, 0.1, 0.1], "80/10/10", [True, 1, 1], [10**6, 1, 1])
        ),
        *((_check({"split": {"seed": x}}), BAD_SEED) for x in (-1, 1.0, "1", True, 2**32)),
        (
            _check({"split": {"unit": "sentence"}}),
            'CORPUS: `unit` in [split] is neither story nor article; write unit = "story" or unit = "article"',
        ),
        (
            _groups({"_v": 3, "groups": {}}),
            "CORPUS/splits.json: a newer Annotator wrote this (format 3); update Annotator",
        ),
        (_groups({"_v": 1}), NO_GROUPS),
        (
            _groups({"_v": 2, "groups": {}, "stand_ins": [{"shares": [8, 1, 1], "parts": {"../x": "test"}}]}),
            NO_STAND_INS,
        ),
        (_groups({"_v": 2, "groups": {}, "stand_ins": [{"shares": [8, 1], "parts": {}}]}), NO_STAND_INS),
        (_groups({"_v": 1, "groups": {"0123456789ab": "../x"}}), NO_GROUPS),
        (_groups({"_v": 1, "groups": {"../x": "0123456789ab"}}), NO_GROUPS),
        (corpus_layout.check_folder_unused, "CORPUS: there is a corpus here already; open it, or give another folder"),
        (
            lambda path: corpus_layout.check_folder_unused(path.parent),
            "FOLDER: the folder holds other files and is no corpus; give an empty or a new folder",
        ),
        (lambda path: corpus_layout.check_is_corpus(path / "no"), f"CORPUS/no: there is no such corpus; {MAKE}"),
        (
            lambda path: corpus_layout.check_is_corpus(path / "corpus.toml"),
            "CORPUS/corpus.toml: this is a file, no corpus folder; give the folder that holds corpus.toml",
        ),
        (
            lambda path: corpus_layout.check_is_corpus(path / "articles"),
            f"CORPUS/articles: this folder is no corpus: it has no corpus.toml; give a corpus folder, or {MAKE}",
        ),
        (
            lambda path: corpus_layout.check_outside_corpus(path / "annotations" / "deep" / "x"),
            f"CORPUS/annotations/deep/x: {KEEPS.format('annotations')}",
        ),
        (
            lambda path: corpus_layout.check_outside_corpus(path / "labels.toml"),
            f"CORPUS/labels.toml: {KEEPS.format('labels.toml')}",
        ),
        (
            lambda path: corpus_layout.check_outside_corpus(path / "imports"),
            f"CORPUS/imports: {KEEPS.format('imports')}",
        ),
        (
            lambda path: corpus_layout.check_outside_corpus(path.parent / "new" / "articles", path.parent / "new"),
            f"FOLDER/new/articles: {KEEPS.format('articles')}",
        ),
        (corpus_layout.check_not_in_corpus, "CORPUS: this is a corpus folder; choose a folder outside"),
        (
            lambda path: corpus_layout.check_not_in_corpus(path / "a" / "b"),
            "CORPUS/a/b: this is in the corpus folder CORPUS; choose a folder outside",
        ),
        (
            lambda path: corpus_layout.check_articles_folder(path / "imports"),
            "CORPUS/imports/articles: the corpus has lost the folder with its articles; restore it from a copy",
        ),
    ],
)
def test_each_refusal_says_what_where_and_what_to_do(
    tmp_path: Path, check: Callable[[Path], object], message: str
) -> None:
    """In these words."""
    path = builders.make_corpus(tmp_path / "news").path
    write_settings(path, SETTINGS)
    with pytest.raises(CorpusError) as caught:
        check(path)
    assert str(caught.value).replace(str(path), "CORPUS").replace(str(tmp_path), "FOLDER") == message


def test_what_is_beside_a_corpus_is_not_refused(tmp_path: Path) -> None:
    """A folder of another name in it is free, and so are its neighbours; half-made and hidden things are no files."""
    path = builders.make_corpus(tmp_path / "news").path
    for free in (
        path / "reports" / "articles.txt",
        path / "reports" / "imports",
        tmp_path / "out",
        tmp_path / "articles",
    ):
        corpus_layout.check_outside_corpus(free)
    corpus_layout.check_not_in_corpus(tmp_path / "out")
    corpus_layout.check_is_corpus(path)
    corpus_layout.check_articles_folder(path)
    half = tmp_path / "half"
    (half / "articles").mkdir(parents=True)
    (half / ".git").mkdir()
    corpus_layout.check_folder_unused(half)
    (path / "corpus.toml").unlink()
    assert corpus_layout.is_corpus_folder(path), "it has lost its settings alone"
    assert not corpus_layout.is_corpus_folder(half)
    assert read_fixed_split(path) == FixedSplit()


def test_clones_have_one_identity_and_other_corpora_another(tmp_path: Path) -> None:
    """It changes with the name, the language, the tokenizer and the first article, and with nothing else."""
    path = builders.make_corpus(tmp_path / "news").path
    found = set()
    for settings in (
        SETTINGS, CorpusSettings("x", "en", "f1"), CorpusSettings("news", "x", "f1"), CorpusSettings("news", "en", "x")
    ):  # fmt: skip
        write_settings(path, settings)
        found.add(corpus_identity(path))
    write_settings(path, CorpusSettings("news", "en", "f1", "other.toml"))
    assert corpus_identity(path) in found
    swapped = builders.make_corpus(tmp_path / "swapped", builders.bridge(), builders.market()).path
    found.add(corpus_identity(swapped))
    assert len(found) == 5
    assert {len(x) for x in found} == {16}
    assert corpus_identity(tmp_path) == ""
