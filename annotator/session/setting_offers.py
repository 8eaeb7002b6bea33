"""Settings that are offered once, when somebody has worked long enough to have a use for them."""

from __future__ import annotations

FIRST_HINT_VISIBILITY = "likely"
"""What a user sees who has not chosen: letters over every word are too much to begin with."""

HINTS_OFFER_LETTERS = 5
"""After how many pressed letters the other settings of the hints are offered."""

REACH_OFFER_SPANS = 200
"""After how many spans the reach of the label keys is offered: it serves those who know the screen."""


class SettingOffers:
    """Remembers what was offered."""

    def __init__(self, offered: tuple[str, ...]) -> None:
        """Start with the commands that were offered in earlier sessions."""
        self.offered = offered
        self.letters_pressed = 0

    def next_offer(self, hint_visibility: str, spans_made: int, *, reaches_view: bool) -> tuple[str, str] | None:
        """Return the command to offer now and the message, its key in braces; None for none. Each is returned once."""
        due = {
            "hints": self.letters_pressed >= HINTS_OFFER_LETTERS and hint_visibility == FIRST_HINT_VISIBILITY,
            "reach": spans_made >= REACH_OFFER_SPANS and not reaches_view,
        }
        name = next((n for n, is_due in due.items() if is_due and n not in self.offered), "")
        if not name:
            return None
        self.offered = (*self.offered, name)
        return name, _OFFERS[name]


_OFFERS = {
    "hints": "{} shows letters over all words",
    "reach": "{} lets a label's key take suggestions of all sentences in view",
}
