"""The text of a spaCy training config: the defaults of `spacy init config`, with what the data decides."""

from __future__ import annotations

from string import Template

DEFAULT_TOKENIZER = '@tokenizers = "spacy.Tokenizer.v1"'
LANGUAGE_TOKENIZERS = {
    "ja": '@tokenizers = "spacy.ja.JapaneseTokenizer"\nsplit_mode = null',
    "ko": '@tokenizers = "spacy.ko.KoreanTokenizer"',
    "th": '@tokenizers = "spacy.th.ThaiTokenizer"',
    "vi": '@tokenizers = "spacy.vi.VietnameseTokenizer"\nuse_pyvi = true',
    "zh": '@tokenizers = "spacy.zh.ChineseTokenizer"\nsegmenter = "char"',
}
"""What spaCy's blank pipelines of these languages have in place of rules."""
TOKENIZER_SETUP = {"zh": 'pkuseg_model = null\npkuseg_user_dict = "default"\n'}

CONFIG_TEMPLATE = Template("""\
$mark: $what.
# An export into this folder overwrites this file, and stops if you have changed it: change a copy.
#   python -m spacy debug data CONFIG
#   python -m spacy train CONFIG --output MODEL
# The paths hold where the export ran; from elsewhere: --paths.train FILE --paths.dev FILE

[paths]
train = $train
dev = $dev
vectors = null
init_tok2vec = null

[system]
gpu_allocator = null
seed = 0

[nlp]
lang = $lang
pipeline = $pipeline
# Docs per batch when the model is evaluated: bounds the memory of spancat.
batch_size = $docs
disabled = []
before_creation = null
after_creation = null
after_pipeline_creation = null

[nlp.tokenizer]
$tokenizer

[nlp.vectors]
@vectors = "spacy.Vectors.v1"

[corpora]

# Docs of max_length tokens and more are read sentence by sentence (0: never).
[corpora.train]
@readers = $reader
path = $${paths.train}
max_length = $max_length
gold_preproc = false
limit = 0
augmenter = null

[corpora.dev]
@readers = $reader
path = $${paths.dev}
max_length = $max_length
gold_preproc = false
limit = 0
augmenter = null

[training]
train_corpus = "corpora.train"
dev_corpus = "corpora.dev"
seed = $${system.seed}
gpu_allocator = $${system.gpu_allocator}
dropout = 0.1
accumulate_gradient = 1
# Ends after max_steps batches, or when 1000 batches have brought nothing better.
patience = 1000
max_epochs = 0
max_steps = $steps
eval_frequency = 100
frozen_components = []
annotating_components = []
before_to_disk = null
before_update = null

[training.batcher]
@batchers = "spacy.batch_by_words.v1"
discard_oversize = false
tolerance = 0.2
get_length = null

[training.batcher.size]
@schedules = "compounding.v1"
start = $start
stop = $stop
compound = 1.001
t = 0.0

[training.logger]
@loggers = "spacy.ConsoleLogger.v1"
progress_bar = false

[training.optimizer]
@optimizers = "Adam.v1"
beta1 = 0.9
beta2 = 0.999
L2_is_weight_decay = true
L2 = 0.01
grad_clip = 1.0
use_averages = false
eps = 0.00000001
learn_rate = 0.001

[training.score_weights]
$weights

[pretraining]

[initialize]
vectors = $${paths.vectors}
init_tok2vec = $${paths.init_tok2vec}
vocab_data = null
lookups = null
before_init = null
after_init = null

[initialize.components]

[initialize.tokenizer]
$prepared
[components]

[components.tok2vec]
factory = "tok2vec"

[components.tok2vec.model]
@architectures = "spacy.Tok2Vec.v2"

[components.tok2vec.model.embed]
@architectures = "spacy.MultiHashEmbed.v2"
width = $${components.tok2vec.model.encode.width}
attrs = ["NORM","PREFIX","SUFFIX","SHAPE"]
rows = [5000,1000,2500,2500]
include_static_vectors = false

[components.tok2vec.model.encode]
@architectures = "spacy.MaxoutWindowEncoder.v2"
width = 96
depth = 4
window_size = 1
maxout_pieces = 3
""")

NER_SECTION = """
[components.ner]
factory = "ner"
incorrect_spans_key = "incorrect_spans"
moves = null
update_with_oracle_cut_size = 100

[components.ner.model]
@architectures = "spacy.TransitionBasedParser.v2"
state_type = "ner"
extra_state_tokens = false
hidden_width = 64
maxout_pieces = 2
use_upper = true
nO = null

[components.ner.model.tok2vec]
@architectures = "spacy.Tok2VecListener.v1"
width = ${components.tok2vec.model.encode.width}
upstream = "*"

[components.ner.scorer]
@scorers = "spacy.ner_scorer.v1"
"""

SPANCAT_TEMPLATE = Template("""
[components.spancat]
factory = "spancat"
max_positive = null
spans_key = $key
threshold = 0.5

[components.spancat.model]
@architectures = "spacy.SpanCategorizer.v1"

[components.spancat.model.reducer]
@layers = "spacy.mean_max_reducer.v1"
hidden_size = 128

[components.spancat.model.scorer]
@layers = "spacy.LinearLogistic.v1"
nO = null
nI = null

[components.spancat.model.tok2vec]
@architectures = "spacy.Tok2VecListener.v1"
width = $${components.tok2vec.model.encode.width}
upstream = "*"

[components.spancat.scorer]
@scorers = "spacy.spancat_scorer.v1"

# Sizes up to the ${percentile}th percentile of the gold lengths, as far as memory allows.
# Recall ceiling on the training spans: $ceiling.
[components.spancat.suggester]
@misc = "spacy.ngram_suggester.v1"
sizes = $sizes
""")
