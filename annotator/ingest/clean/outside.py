"""Why a unit is not part of the article."""

from __future__ import annotations

from annotator.core.article import SourceLine, LineVerdict
from annotator.ingest.clean.dates import is_date_line
from annotator.ingest.clean.page import SegmentedPage
from annotator.ingest.clean.patterns import REPORTING_CREDIT, SIGN_OFF


def boilerplate_verdict(reason: str) -> SourceLine:
    """Return the verdict boilerplate with its reason."""
    return SourceLine(LineVerdict.BOILERPLATE, reason)


def boilerplate_reason(page: SegmentedPage, at: int, place: str) -> str:
    """Return why a unit is dropped; ``place`` says where it stands, for want of a better reason."""
    text, one = page.units[at].text, page.features[at]
    if SIGN_OFF.match(text):
        return "an agency's sign-off"
    if REPORTING_CREDIT.match(text):
        return "who reported and edited it"
    if one.legal >= 2 or (one.legal and one.words <= 15):
        return "legal text"
    if one.is_furniture:
        return "a button or label of the page"
    if one.calls:
        return "asks the reader to subscribe, sign in or click"
    if one.is_ending:
        return "a heading or link of the page"
    if one.biography >= 2:
        return "about the author"
    return _teaser_reason(page, at) or place


def _teaser_reason(page: SegmentedPage, at: int) -> str:
    """Return a reason that speaks of other articles, or "" where nothing shows one."""
    one = page.features[at]
    if one.is_truncated:
        return "a teaser that breaks off"
    if page.text_counts[one.key] > 1 and one.words >= 5:
        return "a teaser that stands on the page twice"
    if is_date_line(page.units[at].text, one):
        return "the date of something else"
    if one.ends_sentence and one.words >= 8:
        return "prose apart from the article"
    return ""
