"""spaCy's symbol table: strings that have a small number as their id instead of a hash.

An annotator's label may be one of them (``PERSON`` is 380), and so may a word (``mark``, ``det``,
``case`` is none). The numbers are the places in this list; a test compares it with the installed
spaCy (``spacy/symbols.pyx``), which only ever adds to its end.
"""

from __future__ import annotations

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
