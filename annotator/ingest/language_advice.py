"""What to do about texts in another language than the corpus's, and what the tokenizer of a language needs."""

from __future__ import annotations

from importlib.util import find_spec

from msgspec import Struct

from annotator.core.pluralize import pluralize
from annotator.ingest.clean.lexicon import word_groups
from annotator.language.language_guess import LanguageMismatch, is_unspaced, language_name

_TOKENIZER_PACKAGES = {
    "ja": ("sudachipy", "spacy[ja]"),
    "ko": ("natto", "spacy[ko]"),
    "th": ("pythainlp", "spacy[th]"),
    "vi": ("pyvi", "pyvi"),
}
"""The module that spaCy's tokenizer of a language needs, and what pip installs it by."""


MEASURED_LANGUAGES = frozenset({
    "ar", "cs", "da", "de", "el", "en", "es", "fi", "fr", "hi", "it", "ja", "nl", "pl", "pt", "ru", "sv", "tr", "uk",
    "zh",
})  # fmt: skip
"""Those with paragraphs on which the cutting of sentences is measured; the manual has the figures."""
_LANGUAGES_WITH_PAGES = {
    "en": "measured on pages of 50 sites",
    "da": "words of the language, tried on pages of our own",
    "de": "words of the language, tried on pages of our own",
    "ja": "words of the language, tried on pages of our own",
}
_LANGUAGES_WITH_WORDS = frozenset({
    "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "sv", "zh", "ar", "hi",
})  # fmt: skip
"""Those with lists of what pages have round an article: buttons, headings, legal lines, bylines, dates."""


class LanguageSupport(Struct, frozen=True):
    """What was made and tried for a language, a clause each."""

    sentences: str
    pages: str
    """How the lines of a page are chosen."""
    tokens: str
    suggestions: str


def language_support(lang: str) -> LanguageSupport:
    """Return what was made and tried for a language by its spaCy code; the common rules serve any other."""
    listed = f"{lang} inner" in word_groups("abbreviations")
    if lang == "en":
        sentences = "a model and rules, measured"
    elif lang in MEASURED_LANGUAGES:
        sentences = "marks and abbreviations of the language, measured" if listed else "its marks, measured"
    else:
        sentences = "marks and abbreviations of the language, not measured" if listed else "the common rules"
    words = "words of the language, not tried" if lang in _LANGUAGES_WITH_WORDS else "shape and place of a line"
    package = _TOKENIZER_PACKAGES.get(lang, ("", ""))[1]
    return LanguageSupport(
        sentences=sentences,
        pages=_LANGUAGES_WITH_PAGES.get(lang, words),
        tokens=f"spaCy with {package}, or characters" if package else "spaCy",
        suggestions="rules, history, files, models" if lang == "en" else "history, files, models",
    )


def language_warning(lang: str) -> str:
    """Return what to know of a language before a corpus is begun in it; empty where it was measured, or is any (xx)."""
    if lang in MEASURED_LANGUAGES or lang == "xx":
        return ""
    what = f"nobody has measured how well articles are found and sentences are cut in this language ({lang})"
    cut = language_support(lang).sentences.removesuffix(", not measured")
    do = "look at the first ones closely; `annotator help languages` has what was tried"
    return f"{what}; they are cut by {cut}: {do}"


def language_advice(mismatch: LanguageMismatch, corpus_lang: str) -> tuple[str, str]:
    """Return what is wrong with texts in a language that does not fit the corpus's, and what to do."""
    lang = mismatch.lang
    if mismatch.texts == mismatch.judged == 1:
        texts = f"{mismatch.first or 'the text'} looks"
    else:
        first = f" (the first: {mismatch.first})" if mismatch.first else ""
        texts = f"{mismatch.texts} of {pluralize(mismatch.judged, 'text')}{first} look{'s' * (mismatch.texts == 1)}"
    blanks = ", whose words have no blanks between them," if is_unspaced(lang) else ","
    what = f"{texts} like {language_name(lang)}{blanks} and the corpus is {corpus_lang}"
    is_known = find_spec(f"spacy.lang.{lang}") is not None
    if not is_unspaced(lang):
        return what, f"begin a corpus with --lang {lang if is_known else 'xx'}"
    if not is_known:
        return what, "spaCy has no tokenizer for it: begin a corpus with --tokens characters"
    package = missing_tokenizer_package(lang)
    first = f", after {install_command(package)}" if package else ", whose tokenizer is installed"
    return what, f"begin a corpus with --lang {lang}{first}, or with --tokens characters"


def missing_tokenizer_package(lang: str) -> str:
    """Return what spaCy's tokenizer of a language needs and is not installed; empty for nothing."""
    module, package = _TOKENIZER_PACKAGES.get(lang, ("", ""))
    return package if module and find_spec(module) is None else ""


def install_command(package: str) -> str:
    """Return the command that installs a package, to be typed into a shell."""
    return f"pip install '{package}'"
