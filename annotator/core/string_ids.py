"""The 64-bit ids that spaCy stores instead of strings: a hash, or a small number for its own symbols.

An annotator's label may be a symbol (``PERSON`` is 380), and so may a word (``mark``, ``det``). The
numbers are the places in the list below; a test compares it with the installed spaCy
(``spacy/symbols.pyx``), which only ever adds to its end.
"""

from __future__ import annotations

_M = 0xC6A4A7935BD1E995
_ALL = 0xFFFFFFFFFFFFFFFF
_SEED = 1

_FIRST = """
    IS_ALPHA IS_ASCII IS_DIGIT IS_LOWER IS_PUNCT IS_SPACE IS_TITLE IS_UPPER LIKE_URL LIKE_NUM
    LIKE_EMAIL IS_STOP IS_OOV_DEPRECATED IS_BRACKET IS_QUOTE IS_LEFT_PUNCT IS_RIGHT_PUNCT
    IS_CURRENCY
"""
_FLAGS = [f"FLAG{n}" for n in range(19, 64)]
_MIDDLE = """
    ID ORTH LOWER NORM SHAPE PREFIX SUFFIX LENGTH CLUSTER LEMMA POS TAG DEP ENT_IOB ENT_TYPE HEAD
    SENT_START SPACY PROB LANG ADJ ADP ADV AUX CONJ CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT
    SCONJ SYM VERB X EOL SPACE
"""
_GONE = [f"DEPRECATED{n:03}" for n in range(1, 277)]
_LAST = """
    PERSON NORP FACILITY ORG GPE LOC PRODUCT EVENT WORK_OF_ART LANGUAGE LAW DATE TIME PERCENT MONEY
    QUANTITY ORDINAL CARDINAL acomp advcl advmod agent amod appos attr aux auxpass cc ccomp complm
    conj cop csubj csubjpass dep det dobj expl hmod hyph infmod intj iobj mark meta neg nmod nn
    npadvmod nsubj nsubjpass num number oprd obj obl parataxis partmod pcomp pobj poss possessive
    preconj prep prt punct quantmod relcl rcmod root xcomp acl ENT_KB_ID MORPH ENT_ID IDX _
"""

SYMBOLS: dict[str, int] = {
    name: n for n, name in enumerate(["", *_FIRST.split(), *_FLAGS, *_MIDDLE.split(), *_GONE, *_LAST.split()])
}
"""The id of each symbol; the empty string's is 0."""


def murmur(data: bytes, seed: int = _SEED) -> int:
    """Return MurmurHash64A of ``data`` (Austin Appleby, 2008; public domain), as spaCy's StringStore does."""
    size = len(data)
    h = seed ^ (size * _M & _ALL)
    for at in range(0, size & ~7, 8):
        k = int.from_bytes(data[at : at + 8], "little") * _M & _ALL
        h = ((k ^ k >> 47) * _M & _ALL ^ h) * _M & _ALL
    if rest := data[size & ~7 :]:
        h = (h ^ int.from_bytes(rest, "little")) * _M & _ALL
    h = (h ^ h >> 47) * _M & _ALL
    return h ^ h >> 47


def string_id(string: str) -> int:
    """Return the id of a string; symbols have small ones. Raises UnicodeEncodeError for a lone surrogate."""
    known = SYMBOLS.get(string)
    return murmur(string.encode()) if known is None else known
