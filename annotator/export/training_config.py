"""The text of a spaCy training config: the defaults of `spacy init config`, with what the data decides."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from string import Template

from msgspec import Struct

from annotator.core.pluralize import join_limited
from annotator.core.schema import Schema
from annotator.core.token_settings import DEFAULT_TOKENS, TokenSettings
from annotator.export.coverage_classes import LabelGroup
from annotator.export.export_ledger import CONFIG_FILE, SPANCAT_CONFIG_FILE, SPANCAT_FOLDER
from annotator.export.options import ExportOptions, NgramSuggester
from annotator.export.splits import PartContents, shard_path

DEFAULT_TOKENIZER = '@tokenizers = "spacy.Tokenizer.v1"'
LANGUAGE_TOKENIZERS = {
    "ja": '@tokenizers = "spacy.ja.JapaneseTokenizer"\nsplit_mode = null',
    "ko": '@tokenizers = "spacy.ko.KoreanTokenizer"',
    "th": '@tokenizers = "spacy.th.ThaiTokenizer"',
    "vi": '@tokenizers = "spacy.vi.VietnameseTokenizer"\nuse_pyvi = true',
    "zh": '@tokenizers = "spacy.zh.ChineseTokenizer"\nsegmenter = "char"',
}
"""What spaCy's blank pipelines of these languages have in place of rules."""
_TEMPLATES = Path(__file__).parent / "data"

TOKENIZER_FOLDER = "tokenizer"
"""Where an export has an empty pipeline with the tokenizer of the corpus, where it is not that of the language."""
_TOKENIZER_CALLBACK = f"""
# The tokenizer of the corpus, which a trained pipeline keeps; spaCy copies it from this folder of the export.
[initialize.before_init]
@callbacks = "spacy.copy_from_base_model.v1"
tokenizer = "${{paths.folder}}/{TOKENIZER_FOLDER}"
vocab = null
"""
TOKENIZER_SETUP = {"zh": 'pkuseg_model = null\npkuseg_user_dict = "default"\n'}

# The n-gram sizes of spancat's suggester, chosen from the gold lengths within a bound of memory.
#
# spancat copies the vectors of every n-gram of a batch: a batch of W words with the sizes 1 to n
# holds about W·n(n+1)/2 vectors of 96 floats, several times over. ``VECTORS`` bounds that product.
# n is the 95th percentile of the gold lengths, down to the 90th where a batch of ``_LEAST`` words
# would exceed the bound, and never more than fits in such a batch (49 tokens).


MAX_NGRAM_VECTORS = 250_000
"""The most vectors that the n-grams of one batch may hold; training peaked at 0.3 to 0.7 GB on news."""

_MIN_BATCH_WORDS = 200


def choose_ngram_sizes(lengths: Mapping[str, Sequence[int]]) -> NgramSuggester | None:
    """Choose the n-gram sizes for the gold lengths (tokens, by label); None without spans."""
    every = sorted(chain.from_iterable(lengths.values()))
    if not every:
        return None
    percentile, longest = _longest_ngram(every)
    ceiling = {label: _share_within(sizes, longest) for label, sizes in lengths.items() if sizes}
    return NgramSuggester(tuple(range(1, longest + 1)), percentile, ceiling, _share_within(every, longest))


def _longest_ngram(every: Sequence[int]) -> tuple[int, int]:
    """Return the percentile taken and the longest size (nearest rank), bounded by memory."""
    percentile = next((p for p in range(95, 90, -1) if _fits_in_memory(_percentile_length(every, p))), 90)
    longest = _percentile_length(every, percentile)
    while not _fits_in_memory(longest):
        longest -= 1
    return percentile, longest


def _percentile_length(every: Sequence[int], percentile: int) -> int:
    return every[math.ceil(len(every) * percentile / 100) - 1]


def _fits_in_memory(longest: int) -> bool:
    return ngram_vectors(longest) * _MIN_BATCH_WORDS <= MAX_NGRAM_VECTORS


def ngram_vectors(longest: int) -> int:
    """Return how many vectors the n-grams that start at one word hold."""
    return longest * (longest + 1) // 2


def _share_within(sizes: Sequence[int], longest: int) -> float:
    return sum(n <= longest for n in sizes) / len(sizes)


# The training config: tok2vec, ner and spancat on the CPU, with nothing but spaCy.
#
# **Which file trains what.** With ``--unit sentence`` one ``config.cfg`` trains ner and spancat
# from the same files: each Doc is reviewed as a whole. With ``--unit article`` the two need
# different Docs. ``config.cfg`` trains ner from whole articles, whose unreviewed tokens are
# missing; ``config-spancat.cfg`` trains spancat from ``spancat/*.spacy``, runs of reviewed
# sentences, because its loss takes every n-gram that is not gold as a negative. Where the data
# can feed only one of the two, ``config.cfg`` trains that one.
#
# **Paths** begin with the variable ``paths.folder``, so that a config has the same bytes in every
# folder. spaCy takes it from where it runs: ``.`` holds in the folder of the export, from elsewhere
# ``--paths.folder out`` is passed.
#
# **Memory.** The longest n-gram of the suggester decides how many words a batch may have
# (``suggester.py``): that bounds the training batch, the Docs of an evaluation batch, and the
# length up to which a run of sentences stays in one piece.


CONFIG_COMMENT = "# Training config written by `annotator export`"
"""How a config begins."""

_MAX_BATCH_WORDS = 1000
_EVALUATION_DOCS = 64
_PASSES = 30
"""How often training goes through the corpus at the most."""
_FIRST_BATCH_WORDS = 100
_BATCH_GROWTH = 1.001
"""By how much a batch is larger than the one before (the config's ``compound``)."""
_STEPS = (2_000, 20_000)
"""The fewest and the most batches."""
_PATIENCE_SHARE = 3
"""The share of the batches after which training ends without anything better: one in so many."""


class TrainingPlan(Struct, frozen=True):
    """What one config trains, and from what."""

    pipes: tuple[str, ...]
    train: str
    dev: str
    """Paths of the two files, as spaCy is to read them."""
    options: ExportOptions
    tokens: int
    """Tokens in the training file."""
    docs: int
    suggester: NgramSuggester | None = None
    tokenizer: TokenSettings = DEFAULT_TOKENS
    """How the corpus is cut."""


def render_config(plan: TrainingPlan) -> bytes:
    """Write the config as a file."""
    words, evaluation_docs = _MAX_BATCH_WORDS, _EVALUATION_DOCS
    if plan.suggester:  # its n-grams bound a training batch, and as much is evaluated at a time
        words = min(words, MAX_NGRAM_VECTORS // ngram_vectors(plan.suggester.sizes[-1]))
        evaluation_docs = max(1, min(evaluation_docs, words * plan.docs // max(1, plan.tokens)))
    steps = training_steps(plan.tokens, words)
    longest = words if plan.suggester and plan.pipes == ("spancat",) else 0
    head = _template("config.cfg").substitute(
        mark=CONFIG_COMMENT,
        what=" and ".join(plan.pipes),
        reader=_quoted_json(f"{plan.options.reader}.Corpus.v1"),
        train=_quoted_json(plan.train),
        dev=_quoted_json(plan.dev),
        lang=_quoted_json(plan.options.lang),
        **_tokenizer_sections(plan.options.lang, plan.tokenizer),
        pipeline=json.dumps(["tok2vec", *plan.pipes]),
        docs=evaluation_docs,
        max_length=longest,
        start=min(_FIRST_BATCH_WORDS, words),
        stop=words,
        steps=steps,
        patience=max(1_000, steps // _PATIENCE_SHARE),
        frequency=max(100, min(500, steps // 20)),
        weights=_score_weights(plan),
    )
    return (head + "".join(_component_section(p, plan) for p in plan.pipes)).encode()


def _tokenizer_sections(lang: str, tokens: TokenSettings) -> dict[str, str]:
    """Return what a config has of the tokenizer: what makes it, what prepares it, and what copies the corpus's own."""
    if tokens == DEFAULT_TOKENS:
        own = LANGUAGE_TOKENIZERS.get(lang, DEFAULT_TOKENIZER)
        prepared = TOKENIZER_SETUP.get(lang, "")
        return {"tokenizer": own, "prepared": prepared, "before_init": "before_init = null\n", "callback": ""}
    return {"tokenizer": DEFAULT_TOKENIZER, "prepared": "", "before_init": "", "callback": _TOKENIZER_CALLBACK}


def training_steps(tokens: int, words: int) -> int:
    """Return the batches of ``_PASSES`` passes over ``tokens``, given the words of the largest batch.

    The first batches are small: they grow from ``_FIRST_BATCH_WORDS`` by ``_BATCH_GROWTH`` each.
    """
    start, rate, wanted = min(_FIRST_BATCH_WORDS, words), _BATCH_GROWTH - 1, _PASSES * tokens
    growing = math.log(words / start) / math.log(_BATCH_GROWTH)
    read = (words - start) / rate
    if read >= wanted:
        steps = math.log(1 + wanted * rate / start) / math.log(_BATCH_GROWTH)
    else:
        steps = growing + (wanted - read) / words
    return min(_STEPS[1], max(_STEPS[0], math.ceil(steps / 100) * 100))


def _template(name: str) -> Template:
    return Template((_TEMPLATES / name).read_text("utf-8"))


def _quoted_json(value: str) -> str:
    """Quote a value."""
    return json.dumps(value, ensure_ascii=False)


def _score_weights(plan: TrainingPlan) -> str:
    share = 1 / len(plan.pipes)
    names = {"ner": "ents", "spancat": f"spans_{plan.options.spans_key}"}
    return "\n".join(f"{names[p]}_{x} = {share if x == 'f' else 0.0}" for p in plan.pipes for x in ("f", "p", "r"))


def _component_section(pipe: str, plan: TrainingPlan) -> str:
    if pipe == "ner":
        return "\n" + _template("config_ner.cfg").template
    s = plan.suggester
    assert s is not None, "spancat needs spans"
    ceiling = join_limited([f"{label} {share:.1%}" for label, share in s.ceiling.items()])
    return "\n" + _template("config_spancat.cfg").substitute(
        key=_quoted_json(plan.options.spans_key),
        sizes=json.dumps(s.sizes),
        percentile=s.percentile,
        ceiling=f"{s.overall:.1%} ({ceiling})",
    )


# Which configs an export writes, and what they are made from.


def choose_suggester(
    part_contents: Mapping[str, PartContents], schema: Schema, suffix: str = ""
) -> NgramSuggester | None:
    """Return the n-gram sizes for the spans of the training part of a class; None without any.

    ``suffix`` is what the names of the class end with.
    """
    train = part_contents.get(f"train{suffix}")
    lengths = train.lengths if train else {}
    return choose_ngram_sizes({x.name: lengths.get(x.name, []) for x in schema.labels})


def render_class_configs(
    part_contents: Mapping[str, PartContents],
    options: ExportOptions,
    schema: Schema,
    groups: Sequence[LabelGroup],
    tokens: TokenSettings = DEFAULT_TOKENS,
) -> dict[str, bytes]:
    """Return the configs that the data can feed, by file name: those of the plain names, then of each group of labels.

    ``part_contents`` has what each part holds, by its name.
    """
    found: dict[str, bytes] = {}
    for suffix in ("", *(f".{group.name}" for group in groups)):
        suggester = choose_suggester(part_contents, schema, suffix)
        found |= render_configs(part_contents, options, suggester, suffix, tokens)
    return found


def render_configs(
    part_contents: Mapping[str, PartContents],
    options: ExportOptions,
    suggester: NgramSuggester | None,
    suffix: str = "",
    tokens: TokenSettings = DEFAULT_TOKENS,
) -> dict[str, bytes]:
    """Return the configs of one class, by file name; the first is ``config.cfg`` with the ``suffix`` of the class."""

    def part_path(name: str) -> str:
        """Return the file of a part, or the folder of its shards, as spaCy is to read it."""
        return f"${{paths.folder}}/{shard_path(name, part_contents[name].docs, options.shard)}"

    def training_plan(pipes: tuple[str, ...], place: str) -> TrainingPlan:
        train, dev = f"{place}train{suffix}", f"{place}dev{suffix}"
        if dev not in part_contents or not part_contents[dev].docs:
            dev = train
        counts, sizes = part_contents[train], suggester if "spancat" in pipes else None
        return TrainingPlan(pipes, part_path(train), part_path(dev), options, counts.tokens, counts.docs, sizes, tokens)

    train = part_contents.get(f"train{suffix}")
    ner = ("ner",) if train and train.ents.total() else ()
    spancat = ("spancat",) if suggester else ()
    together = [(ner + spancat, "")]
    apart = [(ner, ""), (spancat, SPANCAT_FOLDER)]
    wanted = together if options.unit != "article" else apart
    plans = [training_plan(pipes, place) for pipes, place in wanted if pipes]
    names = (f"{file.removesuffix('.cfg')}{suffix}.cfg" for file in (CONFIG_FILE, SPANCAT_CONFIG_FILE))
    return {name: render_config(plan) for name, plan in zip(names, plans, strict=False)}
