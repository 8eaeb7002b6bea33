"""The spaCy tokenizer of a corpus: as its language has it, with more infixes, or one token a character.

It is plain ``spacy.Tokenizer``, so that a pipeline on the disk has the same without code of ours.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.core.errors import SourceError
from annotator.core.token_settings import TokenSettings
from annotator.ingest.language_advice import install_command, missing_tokenizer_package

if TYPE_CHECKING:
    from spacy.language import Language

_PLAIN_TOKENIZER = {"nlp": {"tokenizer": {"@tokenizers": "spacy.Tokenizer.v1"}}}
_EXTENDERS = Path(__file__).parent / "data" / "grapheme_extenders.txt"
_JAMO = "[\u1100-\u115f\ua960-\ua97c]+[\u1160-\u11a7\ud7b0-\ud7c6]*[\u11a8-\u11ff\ud7cb-\ud7fb]*"
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_PICTURE = "[\u00a9\u00ae\u203c\u2049\u2122-\u3299\U0001f000-\U0001faff]"


def blank_pipeline(lang: str, settings: TokenSettings) -> Language:
    """Return an empty pipeline with the tokenizer of a corpus.

    Raises SourceError for a language that spaCy does not have, that needs a package that is not installed, or whose
    tokenizer takes no infixes.
    """
    import spacy

    characters = settings.unit == "characters"
    try:
        nlp = spacy.blank(lang, config=_PLAIN_TOKENIZER if characters else {})
    except ImportError as error:
        raise _no_language(lang, error) from error
    if characters:
        nlp.tokenizer = _character_tokenizer(nlp)
    elif settings.infixes:
        _add_infixes(nlp, settings.infixes)
    return nlp


def _no_language(lang: str, error: ImportError) -> SourceError:
    package = missing_tokenizer_package(lang)
    reason = "a package is not installed" if package else str(error).strip().split("\n")[0][:200]
    what = f"spaCy cannot load the language {lang!r} ({reason})"
    do = (
        f"run {install_command(package)}, or give --tokens characters"
        if package
        else "use a code such as en, de, fr or es, or xx for any language; see spacy.io/usage/models"
    )
    return SourceError(what, where="--lang", do=do)


def _character_tokenizer(nlp: Language) -> Any:
    plain: Any = type(nlp.tokenizer)  # the class without any rules; it has no stubs
    return plain(nlp.vocab, infix_finditer=re.compile(character_pattern()).finditer)


def _add_infixes(nlp: Language, infixes: tuple[str, ...]) -> None:
    """Let the tokenizer cut at the infixes: as an infix, and at both ends, where spaCy looks for no infix.

    They come first: spaCy takes the first alternative that fits at a place.
    """
    from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

    tokenizer: Any = nlp.tokenizer
    if not hasattr(tokenizer, "infix_finditer"):
        what = f"spaCy cuts the language {nlp.lang!r} by no rules, so that its tokenizer takes no infixes"
        do = 'remove `infixes` from [tokens] in corpus.toml, or write unit = "characters"'
        raise SourceError(what, where="corpus.toml", do=do)
    defaults: Any = nlp.Defaults
    own = [f"(?:{infix})" for infix in infixes]
    tokenizer.prefix_search = compile_prefix_regex([*own, *(defaults.prefixes or ())]).search
    tokenizer.suffix_search = compile_suffix_regex([*own, *(defaults.suffixes or ())]).search
    tokenizer.infix_finditer = compile_infix_regex([*own, *(defaults.infixes or ())]).finditer


@cache
def character_pattern() -> str:
    """Return the regular expression of one character as a reader sees it, with its marks.

    It is an extended grapheme cluster of Unicode Standard Annex 29, as far as the expressions of Python can find it.
    """
    rows = _EXTENDERS.read_text("utf-8").split("\n")[1:]
    ranges = [[chr(int(x, 16)) for x in word.split("-")] for row in rows for word in row.split()]
    marks = f"[{''.join('-'.join(r) for r in ranges)}]*"
    return f"(?:{_FLAG}|{_JAMO}|(?s:.)){marks}(?:\u200d(?:{_PICTURE})?{marks})*"
