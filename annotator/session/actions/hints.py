"""Hints: the letters above the words that select them.

A hint depends on nothing but the tokens, their widths and the label keys: never on spans, the
selection or the wrapping, so it stays where it is while one works in a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.article import Article, Sentence
from annotator.core.graphemes import tokens_inside_graphemes
from annotator.core.schema import Schema
from annotator.core.tokens import Token, TokenRange
from annotator.language import SelectionCandidate, selection_candidates
from annotator.language import english as en
from annotator.language.article_context import lowercase_words, without_sentence_initial
from annotator.language.number_phrases import number_phrases
from annotator.language.selection_ranges import candidates_in
from annotator.language.sentence_features import SENTENCE_ENDS, SentenceFeatures, is_quotation_mark, sentence_features
from annotator.language.span_kinds import label_for_kind

HINT_LETTERS = "jkluiohnmpygertwvcbqxzasdf"
"""The hint letters, the right hand's first; those that are label keys are left out."""

LEFT_HAND_HINT_LETTERS = "fdsarewgvcbtqxzhuioynmpjkl"
"""The mirror: the left hand's first, for label keys on the right hand."""

LOOKALIKE_LETTERS = frozenset("iloqvm")
"""Letters left out on request: of i, j, l and 1 stays j; of o and 0 none; of g and q stays g; of u, v
and y stay u and y; of m and n stays n."""

MAX_PREFIX_LETTERS = 13
"""How many letters may start a two-letter hint: beyond it too few words keep a single letter."""


class HintStyle(Struct, frozen=True):
    """Which letters hints are made of, those of the likely words first."""

    letters: str = HINT_LETTERS
    avoided: frozenset[str] = frozenset()

    def available_letters(self, keys: frozenset[str]) -> tuple[str, ...]:
        """Return the letters in order but for the avoided ones and ``keys``, each once."""
        return tuple(c for c in dict.fromkeys(self.letters) if c not in keys | self.avoided)


DEFAULT_HINT_STYLE = HintStyle()


class Hint(Struct, frozen=True):
    """The hint of one token: ``keys`` of one or two letters, "" for none, at cell ``at`` of the token."""

    letters: str = ""
    cell: int = 0
    likely: bool = False
    """Whether the word probably starts or ends what one wants; drawn in the hint colour."""


def is_hint_drawn(hint: Hint, visibility: str) -> bool:
    """Return True if a hint is drawn where ``visibility`` is all, likely or off."""
    return bool(hint.letters) and (visibility == "all" or (visibility == "likely" and hint.likely))


def hints_without(hints: tuple[Hint, ...], letters: frozenset[str]) -> tuple[Hint, ...]:
    """Return the hints with none for the tokens whose hint begins with one of these letters."""
    return tuple(Hint() if h.letters[:1] in letters else h for h in hints) if letters else hints


class HintPrefix(Struct, frozen=True):
    """The tokens that the typed letter may still reach with a second one."""

    tokens: tuple[int, ...]


class _HintSlot(Struct, frozen=True):
    """What a token can have: its class (1 to 6, 0 for no hint), the cell, and whether two letters fit."""

    rank: int
    cell: int
    fits_two_letters: bool


_PAUSE_MARKS = frozenset({",", ";", "–", "—", "--"})

_MAX_LIKELY_RANK = 2
"""The last class whose words are likely."""


def assign_hints(
    tokens: Sequence[Token], widths: Sequence[int], label_keys: frozenset[str], style: HintStyle = DEFAULT_HINT_STYLE
) -> tuple[Hint, ...]:
    """Return one hint a token; ``widths`` are in cells.

    All keys are distinct, and none is the start of another.
    """
    view = sentence_features(tokens)
    slots = _hint_slots(view, widths, hint_ranks(view))
    keys = _assign_letters(slots, style.available_letters(label_keys))
    hints = [Hint(k, s.cell, k != "" and s.rank <= _MAX_LIKELY_RANK) for k, s in zip(keys, slots, strict=True)]
    return _shift_to_first_cell(view, widths, hints)


def resolve_hint(hints: Sequence[Hint], typed: str) -> int | HintPrefix | None:
    """Return the token whose hint was typed, or what a first letter may still reach, or None."""
    if not typed:
        return None
    reach = tuple(i for i, h in enumerate(hints) if h.letters.startswith(typed))
    exact = next((i for i in reach if hints[i].letters == typed), None)
    if exact is not None:
        return exact
    return HintPrefix(reach) if reach else None


def _hint_slots(view: SentenceFeatures, widths: Sequence[int], classes: Sequence[int]) -> list[_HintSlot]:
    """Return what each token can have if every token before it has a hint."""
    slots: list[_HintSlot] = []
    for i, width in enumerate(widths):
        at = int(view.is_attached(i) and slots[-1].rank > 0 and slots[-1].cell == widths[i - 1] - 1)
        rank = classes[i] if at < width else 0
        blank = view.tokens[i].ws or i + 1 == len(view) or view.tokens[i + 1].text.isspace()
        slots.append(_HintSlot(rank, at if rank else 0, blank and width - at >= 2))
    return slots


def hint_ranks(view: SentenceFeatures) -> tuple[int, ...]:
    """Return the class of each token by how often a wanted span begins or ends there; 1 is served first.

    1 begins a candidate, 2 is an edge of another kind (a quotation mark, the end of a statement, the last
    word, what follows a verb of speech, the start of a duration or of another number that counts nothing),
    3 other capitals and numbers, "that" and the word before a comma, 4 content words, 5 function words,
    6 the final stop, 0 has no hint. The order is measured: of class 1 every second word is an edge of a
    gold span, of class 2 one in six, of 3 to 5 one in 40, 100 and 200.
    """
    found = candidates_in(view)
    starts = {c.first for c in found}
    # The end of a number has none: one letter selects it with what it counts.
    edges = {view.content_end() - 1, *(c.last - 1 for c in found if c.kind in ("claim", "quotation"))}
    edges |= {p.first for p in number_phrases(view) if p.last - p.first > 1}
    return tuple(_hint_rank(view, i, i in starts, i in edges) for i in range(len(view)))


def _hint_rank(view: SentenceFeatures, i: int, starts: bool, edge: bool) -> int:
    """Return the class of a token that starts a candidate, or is another edge, or not."""
    if not _can_bear_hint(view, i):
        at_end = i >= view.content_end() and view.tokens[i].text in SENTENCE_ENDS
        return 6 if at_end and not view.is_attached(i + 1) else 0
    if starts:
        return 1
    if edge or _is_quotation_mark(view, i) or view.word(i - 1) in en.SPEECH_CUES:
        return 2
    if _is_capital_or_number(view, i) or view.word(i + 1) in _PAUSE_MARKS or view.word(i) == "that":
        return 3
    return 5 if view.word(i) in en.FUNCTION_WORDS and len(view.word(i)) > 1 else 4


def _can_bear_hint(view: SentenceFeatures, i: int) -> bool:
    """Whether the token is a word, a quotation mark, or a sign of money or per cent."""
    text = view.tokens[i].text
    if _is_quotation_mark(view, i) or text in en.CURRENCY_SIGNS or text == "%":
        return True
    clitic = view.word(i).startswith("'") or view.word(i) == "n't"
    return any(c.isalnum() for c in text) and not (view.is_attached(i) and clitic)


def _is_capital_or_number(view: SentenceFeatures, i: int) -> bool:
    """Whether the token is a number, or has a capital that doesn't come from its place."""
    digits = view.is_number(i) or view.tokens[i].text[0].isdigit()
    return digits or (view.is_capitalised(i) and i not in view.capital_positions)


def _is_quotation_mark(view: SentenceFeatures, i: int) -> bool:
    """Whether the token is a quotation mark; an apostrophe alone is none."""
    text = view.tokens[i].text
    if text in ("'", "’", "‘"):
        return i in view.quotation_marks
    return is_quotation_mark(text)


def _assign_letters(slots: Sequence[_HintSlot], letters: Sequence[str]) -> list[str]:
    """Give each seat its letters: as few prefixes as needed, from the end of the letters."""
    # The order of service: by rank, in it those that cannot have two letters first, then by position.
    ordered = sorted((s.rank, s.fits_two_letters, i) for i, s in enumerate(slots) if s.rank)
    wanting = [i for _, _, i in ordered]
    prefixes = _prefix_count([slots[i].fits_two_letters for i in wanting], len(letters))
    served = wanting[: len(letters) - prefixes]
    keys = [""] * len(slots)
    for i, letter in zip(sorted(served, key=lambda i: (slots[i].rank, i)), letters, strict=False):
        keys[i] = letter
    pairs = (p + c for p in reversed(letters[len(letters) - prefixes :]) for c in letters)
    for i in (i for i in wanting[len(served) :] if slots[i].fits_two_letters):
        keys[i] = next(pairs, "")
    return keys


def _prefix_count(doubles: Sequence[bool], letters: int) -> int:
    """Return the smallest number of prefix letters that serves all who can have two letters."""
    if len(doubles) <= letters:
        return 0
    most = min(MAX_PREFIX_LETTERS, letters)
    return next((p for p in range(1, most) if sum(doubles[letters - p :]) <= p * letters), most)


def _shift_to_first_cell(view: SentenceFeatures, widths: Sequence[int], hints: Sequence[Hint]) -> tuple[Hint, ...]:
    """Move a hint to its token's first cell where the token before it got none after all."""
    out: list[Hint] = []
    for i, hint in enumerate(hints):
        touched = (
            i > 0 and view.is_attached(i) and out[-1].letters and out[-1].cell + len(out[-1].letters) == widths[i - 1]
        )
        out.append(replace(hint, cell=int(bool(touched))) if hint.letters else Hint())
    return tuple(out)


# -- the hints and candidates of a sentence, worked out once -----------------------------------


class HintLayout(Struct, frozen=True):
    """Hints and candidates of one sentence."""

    hints: tuple[Hint, ...] = ()
    candidates: tuple[SelectionCandidate, ...] = ()
    claim_label: str = ""
    """The schema's label for reported statements; empty where it has none."""

    def tab_stops(self, others: Sequence[TokenRange]) -> list[TokenRange]:
        """Return what Tab visits: candidates, spans and suggestions in reading order, the longer first."""
        return sorted({*others, *((c.first, c.last) for c in self.candidates)}, key=range_sort_key)


def range_sort_key(tokens: TokenRange) -> tuple[int, int]:
    """Return the key that sorts ranges in reading order, the longer of two at one place first."""
    return (tokens[0], -tokens[1])


MAX_CACHED_LAYOUTS = 64
"""How many layouts are remembered: of the sentences on the screen and around it."""


class HintLayoutCache:
    """Makes the hint layouts of a session's sentences and remembers the last ones."""

    def __init__(self, schema: Schema, cell_width: Callable[[str], int]) -> None:
        """Make layouts for this schema; ``cell_width`` returns how many cells a token takes."""
        self._schema = schema
        self._cell_width = cell_width
        self.style = DEFAULT_HINT_STYLE
        self.reserved_letters = schema.keys
        """The letters that are no hints."""
        self._claim_label = label_for_kind(schema, "claim") or ""
        self._lowercase_words: tuple[str, frozenset[str]] = ("", frozenset())
        self._layouts: dict[Sentence, HintLayout] = {}

    def use_letters(self, style: HintStyle, reserved: frozenset[str]) -> None:
        """Make hints of other letters from now on, none of them among ``reserved``."""
        self.style, self.reserved_letters = style, reserved
        self._layouts.clear()

    def layout_for(self, sentence: Sentence, article: Article) -> HintLayout:
        """Return the hint layout of a sentence, its candidates judged by the words of the whole article."""
        layout = self._layouts.pop(sentence, None) or self._build_layout(sentence, article)
        self._layouts[sentence] = layout  # at the end: the one not asked for longest goes first
        if len(self._layouts) > MAX_CACHED_LAYOUTS:
            del self._layouts[next(iter(self._layouts))]
        return layout

    def _build_layout(self, sentence: Sentence, article: Article) -> HintLayout:
        if article.id != self._lowercase_words[0]:
            self._lowercase_words = (article.id, lowercase_words(article.text))
        tokens = sentence.tokens
        inside_graphemes = tokens_inside_graphemes(tokens)  # no cell of their own: what they belong to is drawn as one
        widths = [0 if i in inside_graphemes else self._cell_width(t.text) for i, t in enumerate(tokens)]
        return HintLayout(
            assign_hints(tokens, widths, self.reserved_letters, self.style),
            without_sentence_initial(selection_candidates(tokens), tokens, self._lowercase_words[1]),
            self._claim_label,
        )
