"""What a single line is by its own shape, wherever it stands."""

from __future__ import annotations

from annotator.ingest.clean import lexicon
from annotator.ingest.clean.dates import is_date_line, dateline_place
from annotator.ingest.clean.patterns import BRACKETED_CREDIT, BYLINE_START, CAPS_BYLINE, OFFICE_WORD, PHOTO_OWNER, REPORTING_CREDIT, SIGN_OFF
from annotator.ingest.clean.traits import LineFeatures


def is_page_frame(text: str, one: LineFeatures, again: bool) -> bool:
    """Return whether a unit is surely not running text, so that an article does not reach beyond it."""
    shape = one.is_furniture or one.is_ending or one.has_time_ago or one.is_truncated or again
    words = one.legal or one.calls or (one.biography >= 2 and not one.has_quotation)
    return bool(
        shape
        or words
        or is_date_line(text, one)
        or is_byline_line(text, one)
        or is_photo_credit(text, one)
        or SIGN_OFF.match(text)
        or REPORTING_CREDIT.match(text)
    )


def is_headline_companion(text: str, one: LineFeatures) -> bool:
    """Return whether a line belongs to a headline: it says who, when or where."""
    return is_byline_line(text, one) or is_date_line(text, one)


def is_byline_line(text: str, one: LineFeatures) -> bool:
    """Return whether a line names an author by its shape alone."""
    if one.words > 16 or one.ends_sentence:
        return False
    if text.strip().lower() in {"by", "by:"} or BYLINE_START.match(text):
        return True
    if dateline_place(text):
        return False
    office = OFFICE_WORD.search(text) and one.capital_share >= 0.5 and "," in text and 3 <= one.words <= 12
    return bool(office) or is_capitals_byline(text)


def is_capitals_byline(text: str) -> bool:
    """Return whether a line is a name in capitals and a paper or an office, or a headline that looks so."""
    return CAPS_BYLINE.match(text) is not None


def is_person_name_line(text: str, one: LineFeatures) -> bool:
    """Return whether a line could be a person's name: two to four capitalised words."""
    words = text.replace(",", " ").split()
    plain = all(word[0].isupper() and word.strip(".'’-").replace("-", "").isalpha() for word in words)
    return 2 <= len(words) <= 4 and plain and not one.is_furniture and not one.is_ending


def is_section_line(text: str) -> bool:
    """Return whether each word of a line is one of those that a page's sections are called by."""
    words = [word for word in lexicon.tokenize_line(text) if word[0].isalnum()]
    return bool(words) and all(word in lexicon.section_words() for word in words)


def is_agency_line(text: str) -> bool:
    """Return whether a line is an agency's name and nothing else."""
    bare = text.strip(" ()[].|/")
    return bool({bare, bare.title()} & lexicon.news_agencies())


def is_photo_credit(text: str, one: LineFeatures) -> bool:
    """Return whether a short line only says whose picture it was."""
    bare = text.strip(" ()[].|/©")
    owner = bare.rsplit(",", 1)[-1].strip()
    known = bool({bare, owner, bare.title(), owner.title()} & lexicon.news_agencies()) and one.words <= 7
    if known or (one.credits > 0 and one.words <= 8) or (text.lstrip().startswith("©") and one.words <= 5):
        return True
    return one.words <= 8 and is_photo_owner(bare)


def is_photo_owner(text: str) -> bool:
    """Return whether a line is a photographer's name and a paper's with a stroke between."""
    owned = PHOTO_OWNER.match(text.strip(" ()[].|/©")) if "/" in text[:100] and "©" not in text[:3] else None
    return owned is not None and not is_section_line(owned["name"])


def ends_with_credit(text: str) -> bool:
    """Return whether a line ends with a picture's credit in brackets."""
    return text.rstrip()[-2:].rstrip(".").endswith(")") and BRACKETED_CREDIT.search(text[-100:]) is not None
