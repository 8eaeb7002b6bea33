"""Languages without blanks between words: which one a text is in, by its script, and what its tokenizer needs.

A tokenizer of another language takes a whole stretch of such a text for one token, so that nothing in it can be marked.
"""

from __future__ import annotations

import re
from importlib.util import find_spec

_KANA = re.compile(r"[\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9d]")
_SCRIPTS = {
    "zh": re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]"),
    "th": re.compile(r"[\u0e01-\u0e5b]"),
    "lo": re.compile(r"[\u0e81-\u0edf]"),
    "my": re.compile(r"[\u1000-\u109f]"),
    "km": re.compile(r"[\u1780-\u17ff]"),
}
"""The characters of each language's script; Japanese has those of Chinese, and kana besides."""
_NAMES = {"ja": "Japanese", "zh": "Chinese", "th": "Thai", "lo": "Lao", "my": "Burmese", "km": "Khmer"}
_LEAST_SHARE = 0.3
"""The share of a text's letters and digits from which on it is in the language: one quoted word is not."""
_LEAST_KANA = 0.03
"""The share of kana from which on a text with Chinese characters is Japanese."""

_TOKENIZER_PACKAGES = {
    "ja": ("sudachipy", "spacy[ja]"),
    "ko": ("natto", "spacy[ko]"),
    "th": ("pythainlp", "spacy[th]"),
    "vi": ("pyvi", "pyvi"),
}
"""The module that spaCy's tokenizer of a language needs, and what pip installs it by."""


def unspaced_language(text: str) -> str:
    """Return the code of the language without blanks that a text is in; empty for any other."""
    if text.isascii():
        return ""
    kana = len(_KANA.findall(text))
    counts = {lang: len(found.findall(text)) for lang, found in _SCRIPTS.items()}
    counts["zh"] += kana
    lang = max(counts, key=lambda x: counts[x])
    if not counts[lang] or counts[lang] < _LEAST_SHARE * sum(map(str.isalnum, text)):
        return ""
    return "ja" if lang == "zh" and kana >= _LEAST_KANA * counts[lang] else lang


def unspaced_language_warning(sources: str, lang: str, corpus_lang: str) -> str:
    """Return what to do with ``sources`` ("x.txt looks", "3 sources look") in a corpus of another language."""
    what = f"{sources} like {_NAMES[lang]}, whose words have no blanks between them, and the corpus is {corpus_lang}"
    if find_spec(f"spacy.lang.{lang}") is None:
        return f"{what}; spaCy has no tokenizer for it: begin a corpus with --tokens characters"
    package = missing_tokenizer_package(lang)
    first = f", after {install_command(package)}" if package else ", whose tokenizer is installed"
    return f"{what}; begin a corpus with --lang {lang}{first}, or with --tokens characters"


def missing_tokenizer_package(lang: str) -> str:
    """Return what spaCy's tokenizer of a language needs and is not installed; empty for nothing."""
    module, package = _TOKENIZER_PACKAGES.get(lang, ("", ""))
    return package if module and find_spec(module) is None else ""


def install_command(package: str) -> str:
    """Return the command that installs a package, to be typed into a shell."""
    return f"pip install '{package}'"
