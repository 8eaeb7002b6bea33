"""Which configs an export writes, and what they are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from annotator.core.schema import Schema
from annotator.export import config
from annotator.export.packed import Packed
from annotator.export.save import CONFIG, SPANCAT, SPANCAT_CONFIG
from annotator.export.shards import place_of
from annotator.export.suggester import suggester
from annotator.export.values import ExportOptions, Suggester


@dataclass(frozen=True, slots=True)
class Trained:
    """What the configs are made from."""

    part_contents: Mapping[str, Packed]
    """What each part holds, by its name."""
    out: Path
    options: ExportOptions
    suggester: Suggester | None


def suggested(part_contents: Mapping[str, Packed], schema: Schema) -> Suggester | None:
    """Return the n-gram sizes for the spans of the training part; None without any."""
    lengths = part_contents["train"].lengths if "train" in part_contents else {}
    return suggester({x.name: lengths.get(x.name, []) for x in schema.labels})


def configs(config_input: Trained) -> dict[str, bytes]:
    """Return the configs that the data can feed, by file name; the first is ``config.cfg``."""
    train = config_input.part_contents.get("train")
    ner = ("ner",) if train and train.ents.total() else ()
    spancat = ("spancat",) if config_input.suggester else ()
    together = [(ner + spancat, "")]
    apart = [(ner, ""), (spancat, SPANCAT)]
    wanted = together if config_input.options.unit == "sentence" else apart
    plans = [_plan(config_input, pipes, place) for pipes, place in wanted if pipes]
    return {name: config.render(plan) for name, plan in zip((CONFIG, SPANCAT_CONFIG), plans, strict=False)}


def _plan(config_input: Trained, pipes: tuple[str, ...], place: str) -> config.Plan:
    train = config_input.part_contents[place + "train"]
    return config.Plan(
        pipes=pipes,
        train=_path(config_input, place + "train"),
        dev=_path(config_input, place + ("dev" if "dev" in config_input.options.parts_with_share else "train")),
        lang=config_input.options.lang,
        spans_key=config_input.options.spans_key,
        tokens=train.tokens,
        docs=train.docs,
        suggester=config_input.suggester if "spancat" in pipes else None,
        reader=config_input.options.reader,
    )


def _path(config_input: Trained, name: str) -> str:
    """Return the file of a part, or the folder of its shards, as spaCy is to read it."""
    return (config_input.out / place_of(name, config_input.part_contents[name].docs, config_input.options.shard)).as_posix()
