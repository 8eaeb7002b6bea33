"""What a screen asks the controller to do: a command of the registry by its id, or one of these values."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from annotator.core.article import LineVerdict
from annotator.core.search_query import SearchQuery
from annotator.session.review_queue import ReviewQueue
from annotator.session.sentence_search import SearchProgress


class Request(Struct, frozen=True):
    """What a screen asks for beside the commands of the registry."""


class PressHint(Request, frozen=True):
    """Press a hint letter."""

    letter: str


class PressLabel(Request, frozen=True):
    """Press a label's key, or choose the label in the menu: a span of the same range stays ``beside`` it."""

    name: str
    beside: bool = False


class SelectTokens(Request, frozen=True):
    """Select from one token to another, both included; without ``last`` the phrase at ``first``."""

    first: int
    last: int | None = None


class GoInView(Request, frozen=True):
    """Go to a sentence of the article by index, the page staying where it is."""

    index: int


class MoveSentence(Request, frozen=True):
    """Go some sentences on."""

    by: int


class GoToArticle(Request, frozen=True):
    """Go to the first sentence of an article by number in the queue."""

    number: int


class GoToSentence(Request, frozen=True):
    """Go to a sentence by id; an empty id stays."""

    sentence_id: str


class GoToNextOpen(Request, frozen=True):
    """Go to the next sentence without an answer."""


class JumpTo(Request, frozen=True):
    """Go to a sentence that is written as ``12`` or ``3.12``."""

    text: str


class OpenHit(Request, frozen=True):
    """Go to one of the hits of a search, by index, and remember them all."""

    found: SearchProgress
    index: int


class SetFilter(Request, frozen=True):
    """Go only through the sentences that a query matches; the empty query is no filter."""

    query: SearchQuery


class SetNote(Request, frozen=True):
    """Write a note on the active sentence."""

    text: str


class SetLineVerdict(Request, frozen=True):
    """Give a line of the current article, by number from 0, another verdict."""

    line: int
    verdict: LineVerdict


class UndoLineVerdict(Request, frozen=True):
    """Take back the last switched line of the current article, or the settling of its doubt."""


class SettleDoubt(Request, frozen=True):
    """The lines of the current article are right: settle the doubt about them."""


class OpenReview(Request, frozen=True):
    """Go through the items of a worklist."""

    queue: ReviewQueue[Any]


class MoveReview(Request, frozen=True):
    """Go some items of the worklist on, or to the next (1) or previous (-1) group."""

    by: int
    group: bool = False


class ShowMessage(Request, frozen=True):
    """Show a message, or none."""

    text: str = ""
    warning: bool = False


Action = str | Request
"""A command id of the registry, or a request with its arguments."""
