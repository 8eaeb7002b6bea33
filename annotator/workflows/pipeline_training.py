"""Trains the configs of an export with spaCy, and makes one pipeline of what they give."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from annotator.core.errors import AnnotatorError

if TYPE_CHECKING:
    from spacy.language import Language

_TOK2VEC = "tok2vec"
_LOGGER = "annotator.StepLogger.v1"
_EVALUATIONS = 5
"""How often a training that the user has made short is evaluated at the least."""


class ConfigPlan(Struct, frozen=True):
    """One config to train."""

    name: str
    """What the names of its components end with; empty for the plain names."""
    path: Path
    steps: int
    """The most batches that it trains."""
    train: str
    """What it trains from: a file or a folder of the export, below the folder."""


class TrainedPart(Struct):
    """What came of one config."""

    plan: ConfigPlan
    pipeline: Any
    steps: int
    """The last batch that was evaluated."""
    best_step: int
    """The batch after which it was best."""


class StepLogger:
    """Takes spaCy's reports of a training: how many batches it has had, and which evaluation was best."""

    def __init__(self, show: Callable[[int], None]) -> None:
        self._show = show
        self._batches = 0
        self.step = self.best_step = 0

    def __call__(self, *_: Any) -> tuple[Callable[[Mapping[str, Any] | None], None], Callable[[], None]]:
        """Return what spaCy calls after each batch, and at the end."""
        return self._log, lambda: None

    def _log(self, evaluated: Mapping[str, Any] | None) -> None:
        self._show(self._batches)
        self._batches += 1
        if evaluated:
            self.step = evaluated["step"]
            self.best_step = max(evaluated["checkpoints"])[1]  # of equal ones the last, which spaCy keeps


def read_plan(path: Path, name: str, max_steps: int) -> ConfigPlan:
    """Return what is to be trained by a config, in at most ``max_steps`` batches (0: as the config has it)."""
    from spacy.util import load_config

    config = load_config(path, interpolate=True)
    steps = int(config["training"]["max_steps"])
    train = config["paths"]["train"].removeprefix("./")
    return ConfigPlan(name, path, min(steps, max_steps) if max_steps else steps, train)


def train_config(plan: ConfigPlan, folder: Path, seed: int, show: Callable[[int], None]) -> TrainedPart:
    """Train one config and return its best pipeline; raises AnnotatorError where spaCy cannot."""
    import spacy
    from spacy.training.initialize import init_nlp
    from spacy.training.loop import train
    from spacy.util import load_config, registry

    stated = load_config(plan.path, interpolate=False)["training"]
    overrides = {
        "paths.folder": folder.as_posix(),
        "system.seed": seed,
        "training.max_steps": plan.steps,
        "training.eval_frequency": min(int(stated["eval_frequency"]), max(1, plan.steps // _EVALUATIONS)),
    }
    config = load_config(plan.path, overrides=overrides, interpolate=False)
    config["training"]["logger"] = {"@loggers": _LOGGER}
    logger = StepLogger(show)
    registry.loggers.register(_LOGGER, func=lambda: logger)
    with tempfile.TemporaryDirectory(prefix="annotator-train-") as made:
        try:
            train(init_nlp(config), Path(made), stdout=io.StringIO(), stderr=io.StringIO())
        except (ValueError, KeyError, OSError, ImportError, RuntimeError) as error:
            what = " ".join(str(error).split())[:300]
            do = "see whether `spacy debug data` names it; annotate more if a part is small"
            raise AnnotatorError(f"spaCy cannot train: {what}", where=str(plan.path), do=do) from error
        best = spacy.load(Path(made) / "model-best")
    best.config["training"]["logger"] = stated["logger"]  # so that `spacy train` takes its config
    return TrainedPart(plan, best, logger.step, logger.best_step)


def assemble(parts: Sequence[TrainedPart], spans_key: str) -> Language:
    """Return one pipeline with the components of all parts, each with its own layers below.

    ``doc.ents`` has the entities of every ner: a later one leaves those of an earlier one. The spans of all
    spancats are in one group.
    """
    import spacy

    if len(parts) == 1:
        only: Language = parts[0].pipeline
        return only
    first = parts[0].pipeline
    nlp = spacy.blank(first.lang, config={"nlp": {"tokenizer": first.config["nlp"]["tokenizer"]}})
    tokenizer: Any = nlp.tokenizer
    if hasattr(tokenizer, "infix_finditer"):  # the corpus may have cut with more infixes than the language has
        tokenizer.from_bytes(first.tokenizer.to_bytes(exclude=["vocab"]))
    spancats = [p for p in parts if "spancat" in p.pipeline.pipe_names]
    keys = []
    for part in parts:
        source = part.pipeline
        for pipe in [p for p in source.pipe_names if p != _TOK2VEC]:
            source.replace_listeners(_TOK2VEC, pipe, ["model.tok2vec"])
            name = f"{pipe}_{part.plan.name}" if part.plan.name else pipe
            nlp.add_pipe(pipe, name=name, source=source)
            if pipe == "spancat" and len(spancats) > 1:
                keys.append(f"{spans_key}_{part.plan.name}")
                component: Any = nlp.get_pipe(name)
                component.cfg["spans_key"] = keys[-1]
    if keys:
        from annotator.export.span_union import FACTORY

        nlp.add_pipe(FACTORY, config={"keys": keys, "into": spans_key})
    return nlp


def save_pipeline(nlp: Language, folder: Path, meta: Mapping[str, Any]) -> None:
    """Write a pipeline with its name and origin."""
    nlp.meta.update(meta)
    nlp.to_disk(folder)
