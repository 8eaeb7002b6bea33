"""``[tokens]`` of ``corpus.toml``: what it may hold, and what is left of it in a damaged file."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.core.errors import CorpusError
from annotator.core.token_settings import DEFAULT_TOKENS, TokenSettings
from annotator.storage.corpus_layout import CorpusSettings, decode_settings, encode_settings, read_settings
from annotator.storage.file_io import parse_toml
from annotator.storage.settings_recovery import derived_settings
from annotator.storage.split_settings import SplitSettings
from annotator.workflows.corpus import Corpus
from tests.cli.command_runner import call

SETTINGS = CorpusSettings("news", "en", "0" * 16)
INFIXES = TokenSettings("rules", ("~", r"\.", "'"))
CHARACTERS = TokenSettings("characters")


@pytest.mark.parametrize("tokens", [DEFAULT_TOKENS, INFIXES, CHARACTERS])
@pytest.mark.parametrize("split", [SplitSettings(), SplitSettings((1, 1, 1), 3, "article")])
def test_the_table_is_read_as_it_was_written(tokens: TokenSettings, split: SplitSettings) -> None:
    """The default is not written, so that older corpora have the same bytes."""
    settings = CorpusSettings("news", "en", "0" * 16, split=split, tokens=tokens)
    written = encode_settings(settings).decode()
    assert decode_settings(parse_toml(written, "x"), Path("x")) == settings
    assert ("[tokens]" in written) == (tokens != DEFAULT_TOKENS)


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ("tokens = 3", "`tokens` is no table"),
        ('[tokens]\nunits = "rules"', "`units` in [tokens] is no setting of a tokenizer"),
        ('[tokens]\nunit = "words"', "`unit` in [tokens] is neither rules nor characters"),
        ('[tokens]\ninfixes = "~"', "`infixes` in [tokens] is no list of regular expressions"),
        ('[tokens]\ninfixes = ["("]', "`infixes` in [tokens] is no list of regular expressions"),
        ('[tokens]\nunit = "characters"\ninfixes = ["~"]', "`infixes` in [tokens] have no meaning for characters"),
    ],
)
def test_a_table_that_makes_no_sense_is_named(tmp_path: Path, table: str, what: str) -> None:
    """Annotating goes on; what cuts texts stops, and writes nothing."""
    path = Corpus.create(tmp_path / "news").path
    text = (path / "corpus.toml").read_text("utf-8") + table + "\n"
    (path / "corpus.toml").write_text(text, "utf-8")
    with pytest.raises(CorpusError, match="tokens") as caught:
        read_settings(path)
    assert caught.value.what == what
    (tmp_path / "a.txt").write_text("A boat\n\nIt came to the quay, and nobody saw it.\n")
    result = call("ingest", tmp_path / "a.txt", "--corpus", path)
    assert result.code == 1
    assert what in result.err
    assert call("stats", path).code == 0


@pytest.mark.parametrize("tokens", [INFIXES, CHARACTERS])
def test_a_damaged_file_keeps_a_table_that_can_be_read(tmp_path: Path, tokens: TokenSettings) -> None:
    """Of both tables, whichever is damaged; a key ``unit`` of one is none of the other."""
    path = Corpus.create(tmp_path / "news").path
    split = SplitSettings(seed=7)
    text = encode_settings(CorpusSettings("news", "en", "0" * 16, split=split, tokens=tokens)).decode()
    (path / "corpus.toml").write_text(text.replace("format = 1", "format = ="), "utf-8")
    assert (derived_settings(path).split, derived_settings(path).tokens) == (split, tokens)
    only = encode_settings(CorpusSettings("news", "en", "0" * 16, tokens=tokens)).decode()
    (path / "corpus.toml").write_text(only.replace("format = 1", "format = ="), "utf-8")
    assert (derived_settings(path).split, derived_settings(path).tokens) == (SplitSettings(), tokens)
    (path / "corpus.toml").write_text(text.replace('unit = "', 'unit = ="'), "utf-8")
    assert derived_settings(path).tokens is None


def test_repair_keeps_the_table_and_leaves_a_damaged_one(tmp_path: Path) -> None:
    """Other tokens would be mixed with those of the corpus unseen."""
    made = Corpus.create(tmp_path / "news", tokens="characters")
    file = made.path / "corpus.toml"
    whole = file.read_text("utf-8")
    file.write_text(whole.replace("format = 1", "format = ="), "utf-8")
    assert call("repair", made.path, "--write").code == 0
    assert read_settings(made.path).tokens == CHARACTERS
    damaged = whole.replace('unit = "characters"', 'unit = "char')
    file.write_text(damaged, "utf-8")
    assert call("repair", made.path, "--write").code != 0
    assert file.read_text("utf-8") == damaged


@pytest.mark.parametrize("left", ["", 'name = "n"\nlanguage = "en"\ntokenizer = "{fingerprint}"\n'])
def test_a_lost_table_of_characters_is_proved(tmp_path: Path, left: str) -> None:
    """By the fingerprint where it is left, else by the stored tokens."""
    (tmp_path / "a.txt").write_text("A boat\n\nIt came to the quay on Friday, and nobody saw it.\n")
    path = tmp_path / "news"
    assert call("ingest", tmp_path / "a.txt", "--corpus", path, "--tokens", "characters").code == 0
    before = read_settings(path)
    (path / "corpus.toml").write_text(left.format(fingerprint=before.fingerprint), "utf-8")
    assert call("repair", path, "--write", "--lang", "en").code == 0
    after = read_settings(path)
    assert (after.tokens, after.fingerprint) == (CHARACTERS, before.fingerprint)
