"""A model meets the tokens of the corpus: plain spaCy makes them from the files of an export."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import spacy
from spacy.training.initialize import init_nlp
from spacy.util import load_config

from annotator.core.token_settings import TokenSettings
from annotator.export.training_config import TOKENIZER_FOLDER
from annotator.ingest.tokenizer import Tokenizer
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.importing import import_files
from tests.cli.command_runner import call

TEXT = "Ada~Pell met Jonas/Rask-Moor in 東京タワー, didn't she? https://example.org/a~b e\u0301x"
SETTINGS = [TokenSettings("characters"), TokenSettings("rules", ("~", "/", "(?<=[a-z])(?=[A-Z])"))]


def _corpus(folder: Path, lang: str, tokens: TokenSettings) -> CorpusFolder:
    rows = [{"text": f"{n} {TEXT}", "spans": [{"start": 2, "end": 10, "label": "PERSON"}]} for n in range(10, 60)]
    file = folder / "all.jsonl"
    file.write_text("".join(f"{json.dumps(r)}\n" for r in rows))
    schema = (Path(__file__).parents[2] / "schemas" / "news.toml").read_text("utf-8")
    made = Tokenizer(lang, tokens)
    path = folder / "c"
    CorpusFolder.create(path, name="c", lang=lang, fingerprint=made.fingerprint, schema_text=schema, tokens=tokens)
    import_files(path, [file])
    return CorpusFolder.open(path)


@pytest.mark.parametrize("lang", ["en", "ja", "zh"])
@pytest.mark.parametrize("tokens", SETTINGS, ids=["characters", "infixes"])
def test_the_config_makes_the_tokens_of_the_corpus(tmp_path: Path, lang: str, tokens: TokenSettings) -> None:
    """Without code of ours, whether the language has rules or a package of its own; ``--verify`` knows the files."""
    if lang != "en" and tokens.infixes:
        pytest.skip("these languages have no rules to which infixes are added")
    corpus, out = _corpus(tmp_path, lang, tokens), tmp_path / "out"
    assert call("export", corpus.path, out).code == 0
    for config in out.glob("*.cfg"):
        overrides = {"paths.folder": out.as_posix()}
        nlp = init_nlp(load_config(config, overrides=overrides, interpolate=False))
        nlp.to_disk(tmp_path / "model")
        for pipeline in (nlp, spacy.load(tmp_path / "model")):
            cut = [(t.text, t.idx) for t in pipeline.make_doc(TEXT)]
            assert cut == [(t.text, t.start) for t in Tokenizer(lang, tokens).tokens(TEXT)]
            assert pipeline.make_doc(TEXT).char_span(0, 3) is not None
    assert call("export", corpus.path, out, "--verify").code == 0
    before = {p.name: p.read_bytes() for p in (out / TOKENIZER_FOLDER).iterdir()}
    assert set(before) == {"config.cfg", "meta.json", "tokenizer"}
    assert call("export", corpus.path, out).code == 0
    assert {p.name: p.read_bytes() for p in (out / TOKENIZER_FOLDER).iterdir()} == before
    (out / TOKENIZER_FOLDER / "meta.json").write_text("{}")
    assert call("export", corpus.path, out, "--verify").code == 3
    assert call("export", corpus.path, out).code == 1


def test_an_export_without_need_of_it_removes_the_folder(tmp_path: Path) -> None:
    """The files of the last export go, the folder with them."""
    corpus, out = _corpus(tmp_path, "en", SETTINGS[0]), tmp_path / "out"
    (tmp_path / "plain").mkdir()
    plain = _corpus(tmp_path / "plain", "en", TokenSettings())
    assert call("export", corpus.path, out).code == 0
    assert call("export", plain.path, out).code == 0
    assert not (out / TOKENIZER_FOLDER).exists()
    assert "copy_from_base_model" not in (out / "config.cfg").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("tokens", SETTINGS, ids=["characters", "infixes"])
def test_plain_spacy_trains_with_it(tmp_path: Path, tokens: TokenSettings) -> None:
    """``spacy train`` in a process of its own, from elsewhere, and ``annotator train``: the models have the tokens."""
    corpus, out = _corpus(tmp_path, "en", tokens), tmp_path / "out"
    assert call("export", corpus.path, out).code == 0
    command = [sys.executable, "-m", "spacy", "train", str(out / "config.cfg"), "--paths.folder", str(out)]
    few = ["--training.max_steps", "2", "--training.eval_frequency", "1", "--output", str(tmp_path / "model")]
    subprocess.run([*command, *few], check=True, cwd=tmp_path, env={"PATH": ""}, capture_output=True)
    assert call("train", corpus.path, tmp_path / "trained", "--max-steps", "2").code == 0
    expected = [t.text for t in Tokenizer("en", tokens).tokens(TEXT)]
    for model in (tmp_path / "model" / "model-best", tmp_path / "trained" / "model"):
        assert [t.text for t in spacy.load(model).make_doc(TEXT)] == expected
