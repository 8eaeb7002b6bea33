"""The tokens of a corpus, as spaCy makes them, with a bound on the time that a text can cost."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from annotator.core.errors import SourceError
from annotator.core.token_settings import DEFAULT_TOKENS, TokenSettings
from annotator.core.tokens import Token, build_tokens, tokens_cover_text
from annotator.ingest.spacy_tokenizer import blank_pipeline

MAX_RUN = 150
"""The longest stretch without white space that spaCy gets in one piece, in code points.

Its tokenizer is quadratic there: 16,000 dollar signs took 39 s in one piece and take less than 1 s in
pieces of 150. Ordinary text has no such runs, so its tokens are exactly spaCy's.
"""

_LONG_RUN = re.compile(rf"\S{{{MAX_RUN + 1},}}")
_PIECE_END = re.compile(r"[^\w\s](?=\w)|\w(?=[^\w\s])")


class Tokenizer:
    """The tokenizer of a corpus: a language, and the settings in ``corpus.toml``.

    spaCy is imported when the first one is made. Raises SourceError for a language that spaCy does not have or that
    needs a package that is not installed.
    """

    def __init__(self, lang: str = "en", settings: TokenSettings = DEFAULT_TOKENS) -> None:
        self.lang, self.settings = lang, settings
        self._tokenize: Any = blank_pipeline(lang, settings).tokenizer

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Return the tokens of a text, offsets in its code points; they spell it exactly.

        ``ws`` of the last one is true only if the text ends with a blank.
        """
        pieces = (text,) if self.settings.unit == "characters" else _bounded_pieces(text)
        parts = [(t.text, bool(t.whitespace_)) for piece in pieces for t in self._tokenize(piece)]
        out = build_tokens((word for word, _ in parts), (blank for _, blank in parts))
        if not tokens_cover_text(out, text):
            raise SourceError(f"the {self.lang} tokenizer changes the text", do="use another --lang")
        return out

    @property
    def takes_infixes(self) -> bool:
        """Whether it cuts by rules, to which infixes can be added."""
        return self.settings.unit == "rules" and hasattr(self._tokenize, "infix_finditer")

    @cached_property
    def fingerprint(self) -> str:
        """The first 16 hex digits of a SHA-256 over all that decides how a text is cut."""
        record = {"lang": self.lang, "run": MAX_RUN, **_tokenizer_settings(self._tokenize)}
        payload = json.dumps(record, sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(payload.encode("ascii")).hexdigest()[:16]


def _tokenizer_settings(tokenizer: Any) -> dict[str, Any]:
    """Return the patterns and exceptions of a rule-based tokenizer, or the name of another kind."""
    settings: dict[str, Any] = {"kind": f"{type(tokenizer).__module__}.{type(tokenizer).__name__}"}
    for name in ("prefix_search", "suffix_search", "infix_finditer", "token_match", "url_match"):
        settings[name] = _regex_source(getattr(tokenizer, name, None))
    rules = getattr(tokenizer, "rules", None) or {}
    settings["rules"] = {k: [sorted((str(a), v) for a, v in t.items()) for t in rules[k]] for k in rules}
    return settings


def _regex_source(function: Any) -> str:
    """Return the regular expression that a bound ``search``, ``match`` or ``finditer`` runs."""
    owner = getattr(function, "__self__", None)
    return str(getattr(owner, "pattern", "") or getattr(function, "__qualname__", ""))


def _bounded_pieces(text: str) -> Iterator[str]:
    """Yield the text in stretches that cost spaCy linear time: it is cut inside long runs only."""
    at = 0
    for run in _LONG_RUN.finditer(text):
        start = run.start()
        while run.end() - start > MAX_RUN:
            end = start + MAX_RUN
            # The last edge of a word in the second half, if there is one.
            start = max((m.end() for m in _PIECE_END.finditer(text, (start + end) // 2, end)), default=end)
            yield text[at:start]
            at = start
    if at < len(text):
        yield text[at:]


# The fingerprint of the installed spaCy's tokenizer, without the second that importing spaCy takes.
#
# How a blank pipeline cuts a text follows from a few files of ``spacy/lang``. For those that have been
# looked at, ``data/tokenizers.json`` has the fingerprint, by language and digest of the files; a test
# compares it with the installed spaCy. For others spaCy itself decides.


_STORED_FINGERPRINTS = Path(__file__).parent / "data" / "tokenizers.json"
_SHARED_FILES = ("char_classes.py", "punctuation.py", "tokenizer_exceptions.py")


def tokenizer_fingerprint(lang: str, settings: TokenSettings = DEFAULT_TOKENS) -> str:
    """Return what ``Tokenizer(lang, settings).fingerprint`` is; raises SourceError as that does."""
    stored = stored_tokenizer_fingerprint(lang) if settings == DEFAULT_TOKENS else ""
    return stored or Tokenizer(lang, settings).fingerprint


def stored_tokenizer_fingerprint(lang: str) -> str:
    """Return the fingerprint if it is stored for the installed spaCy, else an empty string."""
    by_files: Mapping[str, str] = json.loads(_STORED_FINGERPRINTS.read_bytes()).get(lang, {})
    return by_files.get(spacy_files_digest(lang), "") if by_files else ""


def spacy_files_digest(lang: str) -> str:
    """Return the first 16 hex digits of a SHA-256 over the files of spaCy that decide how ``lang`` is cut."""
    spacy = find_spec("spacy")
    if spacy is None or spacy.origin is None:
        return ""
    folder = Path(spacy.origin).parent / "lang"
    files = [*(folder / name for name in _SHARED_FILES), *sorted((folder / lang).glob("*.py"))]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
