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

    packed: Mapping[str, Packed]
    """What each part holds, by its name."""
    out: Path
    options: ExportOptions
    sizes: Suggester | None


def suggested(packed: Mapping[str, Packed], schema: Schema) -> Suggester | None:
    """Return the n-gram sizes for the spans of the training part; None without any."""
    lengths = packed["train"].lengths if "train" in packed else {}
    return suggester({x.name: lengths.get(x.name, []) for x in schema.labels})


def configs(made: Trained) -> dict[str, bytes]:
    """Return the configs that the data can feed, by file name; the first is ``config.cfg``."""
    train = made.packed.get("train")
    ner = ("ner",) if train and train.ents.total() else ()
    spancat = ("spancat",) if made.sizes else ()
    together = [(ner + spancat, "")]
    apart = [(ner, ""), (spancat, SPANCAT)]
    wanted = together if made.options.unit == "sentence" else apart
    plans = [_plan(made, pipes, place) for pipes, place in wanted if pipes]
    return {name: config.render(plan) for name, plan in zip((CONFIG, SPANCAT_CONFIG), plans, strict=False)}


def _plan(made: Trained, pipes: tuple[str, ...], place: str) -> config.Plan:
    train = made.packed[place + "train"]
    return config.Plan(
        pipes=pipes,
        train=_path(made, place + "train"),
        dev=_path(made, place + ("dev" if "dev" in made.options.wanted else "train")),
        lang=made.options.lang,
        spans_key=made.options.spans_key,
        tokens=train.tokens,
        docs=train.docs,
        suggester=made.sizes if "spancat" in pipes else None,
        reader=made.options.reader,
    )


def _path(made: Trained, name: str) -> str:
    """Return the file of a part, or the folder of its shards, as spaCy is to read it."""
    return (made.out / place_of(name, made.packed[name].docs, made.options.shard)).as_posix()
