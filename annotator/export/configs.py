"""Which configs an export writes, and what they are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from annotator.core.schema import Schema
from annotator.export import config
from annotator.export.packed import PartContents
from annotator.export.save import CONFIG_FILE, SPANCAT_FOLDER, SPANCAT_CONFIG_FILE
from annotator.export.shards import shard_path
from annotator.export.suggester import choose_ngram_sizes
from annotator.export.values import ExportOptions, NgramSuggester


@dataclass(frozen=True, slots=True)
class ConfigInput:
    """What the configs are made from."""

    part_contents: Mapping[str, PartContents]
    """What each part holds, by its name."""
    out: Path
    options: ExportOptions
    suggester: NgramSuggester | None


def choose_suggester(part_contents: Mapping[str, PartContents], schema: Schema) -> NgramSuggester | None:
    """Return the n-gram sizes for the spans of the training part; None without any."""
    lengths = part_contents["train"].lengths if "train" in part_contents else {}
    return choose_ngram_sizes({x.name: lengths.get(x.name, []) for x in schema.labels})


def render_configs(config_input: ConfigInput) -> dict[str, bytes]:
    """Return the configs that the data can feed, by file name; the first is ``config.cfg``."""
    train = config_input.part_contents.get("train")
    ner = ("ner",) if train and train.ents.total() else ()
    spancat = ("spancat",) if config_input.suggester else ()
    together = [(ner + spancat, "")]
    apart = [(ner, ""), (spancat, SPANCAT_FOLDER)]
    wanted = together if config_input.options.unit == "sentence" else apart
    plans = [_training_plan(config_input, pipes, place) for pipes, place in wanted if pipes]
    return {name: config.render_config(plan) for name, plan in zip((CONFIG_FILE, SPANCAT_CONFIG_FILE), plans, strict=False)}


def _training_plan(config_input: ConfigInput, pipes: tuple[str, ...], place: str) -> config.TrainingPlan:
    train = config_input.part_contents[place + "train"]
    return config.TrainingPlan(
        pipes=pipes,
        train=_part_path(config_input, place + "train"),
        dev=_part_path(config_input, place + ("dev" if "dev" in config_input.options.parts_with_share else "train")),
        lang=config_input.options.lang,
        spans_key=config_input.options.spans_key,
        tokens=train.tokens,
        docs=train.docs,
        suggester=config_input.suggester if "spancat" in pipes else None,
        reader=config_input.options.reader,
    )


def _part_path(config_input: ConfigInput, name: str) -> str:
    """Return the file of a part, or the folder of its shards, as spaCy is to read it."""
    return (config_input.out / shard_path(name, config_input.part_contents[name].docs, config_input.options.shard)).as_posix()
