"""Lines inside an article in which the page turns to its reader: links, appeals, adverts, contacts, notes on itself."""

from __future__ import annotations

import re

from annotator.ingest.clean import lexicon
from annotator.ingest.clean.line_features import LineFeatures

MAX_APPEAL_WORDS = 40
"""A line that turns to the reader has this many words at the most."""
MAX_APPEAL_LENGTH = 400
"""And so many code points."""
MAX_BUTTON_WORDS = 6
"""A button has this many words at the most."""
MAX_LINK_WORDS = 30
"""A link to another page has this many words at the most, its label included."""

READER_APPEAL = re.compile(
    r"(?:^|[.?!:]\s+)(?:please\s+)?(?:(?:send|e-?mail|share)\s+(?:us\b|your\b)|(?:write|talk|get\s+in\s+touch)\b.*\b(?:us|newsroom|editor)\b"
    r"|tell\s+us\b|contact\s+(?:us|our|the\s+newsroom)\b|let\s+us\s+know\b|get\s+in\s+touch\b)",
    re.IGNORECASE,
)
"""A sentence that asks the reader to write: "Send your pictures to the newsroom."."""
FOLLOW_LINK = re.compile(
    r"^\W*(?:you\s+can\s+)?(?:follow|like|find)\b.{1,60}?\b(?:on|at|auf|sur|en)\s+"
    r"(?:twitter|x|facebook|instagram|youtube|linkedin|threads|bluesky|mastodon|telegram|whatsapp|tiktok|google\s+news)\b",
    re.IGNORECASE,
)
"""A link to somebody's posts: "Follow Ann Lee on Twitter"."""
CONTACT_LINE = re.compile(
    r"^\W*(?:(?:e-?mail|contact|reach|write\s+to|kontakt)\b|(?:\S+\s+){1,4}?(?:can|may)\s+be\s+(?:reached|contacted|e-?mailed)\b).*[^\s@]@[^\s@]+\.\w"
    r"|^[^\w@]{0,5}(?:(?:\S+\s+){0,3}?(?:e-?mail|tel(?:ephone)?|telefon|phone|mobile|fax|web(?:site)?)\s*:\s*)?"
    r"(?:[^\s@]+@[^\s@]+\.\w+|(?:https?://|www\.)[^\s/]+/?|(?:\+|\(?0|\(?\d{3}\)?[\s-]\d{3}-)\d[\d\s().\-/]{4,})\W*$"
    r"|\b(?:contact|e-?mail|write\s+to|reach)\s+(?:us|our|me)\b.*[^\s@]@[^\s@]+\.\w"
    r"|^\W*for\s+(?:more|further|media|press|any)\b[^.]{0,40}\b(?:information|inquiries|enquiries|details|questions)\b[^.]{0,20}"
    r"\b(?:contact|call|e-?mail)\b",
    re.IGNORECASE,
)
"""How to reach somebody: "Email Ann Lee at …", "Ann Lee can be reached at …", an address or number alone."""
PAGE_NOTE = re.compile(
    r"^\W*this\s+(?:article|story|post|piece|interview|column|essay|review|content)\s+(?:(?:is|was|has\s+been)\s+)?"
    r"(?:(?:originally|first|also|previously)\s+)?(?:published|appeared|posted|republished|reprinted|syndicated|amended|corrected|updated)\b"
    r"|^\W*(?:this|the)\s+(?:\w+\s+)?(?:article|story|post|piece|interview|column|essay|review|report)\s+(?:(?:was|had)\s+)?(?:originally|first)\s+(?:published|appeared)\b"
    r"|^\W*(?:originally|first)\s+(?:published|posted)\s+(?:on|in|by|at)\b"
    r"|^\W*(?:re-?published|reprinted)\s+(?:from|with|under|by)\b|^\W*read\s+the\s+original\s+(?:article|story|post)\b"
    r"|^\W*(?:corrections?|clarifications?|editor['’]s\s+note)\b\W*(?::|\(|\d|an?\b|this\b|the\b)"
    r"|^\W*dieser\s+(?:artikel|beitrag|text)\s+(?:erschien|ist\s+(?:zuerst|erstmals))\b",
    re.IGNORECASE,
)
"""A note on the article itself: where it was printed before, what was corrected."""
SUBSCRIBE_CALL = re.compile(
    r"(?:^|[.?!;:]\s+)(?:sign\s+up|subscribe|register)\s+"
    r"(?:here|below|now|today|free|to\s+(?:our|the|this)|for\s+(?:our|the|this|free|alerts|updates))\b"
    r"|(?:^|[.?!;:]\s+)join\s+our\s+(?:[\w-]+\s+)?(?:channel|group|community|newsletter|mailing)"
    r"|^download\s+(?:our\s+(?:\w+\s+){0,3}|the\s+(?:(?-i:[A-Z0-9])[\w.]*\s+){1,4})apps?\b"
    r"|\bplease\s+consider\s+(?:a|becoming|supporting|subscribing|donating)\b|\bfeel\s+free\s+to\s+share\b"
    r"|^(?:[\w'’&-]+\s+){0,5}newsletters?$|\bunsubscribe\b",
    re.IGNORECASE,
)
"""A sentence that asks to subscribe, or the name of a newsletter over it."""
PAGE_POINTER = re.compile(
    r"^\W*(?:article|story)\s+continues\b"
    r"|^\W*(?:watch|see|scroll|listen|view|hear)\b[^.]{0,40}\b(?:below|above|here|for\s+(?:video|photos))\W*$"
    r"|^\W*(?:gift|share|save|print|e-?mail|bookmark|rate|listen\s+to)\s+this\s+(?:article|story|page|post)\W*$"
    r"|^\W*\d{1,3}[\s-]*min(?:ute[ns]?|s)?\.?\s+(?:read|lesezeit|de\s+lecture|de\s+lectura)\W*$",
    re.IGNORECASE,
)
"""What a page puts beside its text: "Article continues below", "Gift this article", "4 min read"."""
AFFILIATE_NOTE = re.compile(
    r"\b(?:we|publisher|site|author)\b.{0,40}\b(?:earn|receive|get)\b.{0,30}\bcommission\b|\baffiliate\s+(?:links?|commission)\b",
    re.IGNORECASE,
)
TAGGED_LINK = re.compile(r"\[[A-Z][A-Z &/-]{1,24}\]$|^\[[A-Z][A-Z &/-]{2,24}\]\s")
"""A tag in capitals and brackets at an edge of a headline: "Storm hits coast [VIDEO]"."""
SOUND_WORD = re.compile(r"APPLAUSE|LAUGH|CHEER|MUSIC|CROSSTALK|INAUDIBLE|SILENCE|PAUSE|SIC\b|BEEP|UNINTELLIGIBLE")
"""What transcripts have in brackets."""
BRACKETED_LINK = re.compile(r"^[\[(](?:read|watch|see|related|also|more|listen)\b.*[\])]$", re.IGNORECASE)
LABEL_MARK = re.compile(r"[:|»>–—]|\s-\s")


def appeal_reason(line: LineFeatures) -> str:
    """Return why a unit inside the article is the page's own word to its reader, "" where it is none."""
    text = line.text.strip()
    if len(text) > MAX_APPEAL_LENGTH:
        return ""
    if is_labelled_link(line, text):
        return "a link to another article"
    if line.has_quotation or line.words > MAX_APPEAL_WORDS:
        return ""
    if PAGE_NOTE.match(text):
        return "a note on the article itself"
    if PAGE_POINTER.match(text) and line.words <= 8:
        return "a label of the page"
    if line.legal >= 2:
        return "legal text"
    if AFFILIATE_NOTE.search(text):
        return "says who pays for links"
    if CONTACT_LINE.search(text) or (FOLLOW_LINK.match(text) and line.words <= 20):
        return "how to reach somebody"
    if line.calls and not line.ends_sentence and line.words <= MAX_BUTTON_WORDS:
        return "asks the reader to subscribe, sign in or click"
    return "turns to the reader" if SUBSCRIBE_CALL.search(text) or _asks_reader(text) else ""


def is_labelled_link(line: LineFeatures, text: str) -> bool:
    """Return whether a line is a link by its label or tag: "READ MORE: …", "… [VIDEO]"."""
    if line.words > MAX_LINK_WORDS:
        return False
    if BRACKETED_LINK.match(text) or (line.words >= 4 and _is_tagged(text)):
        return True
    mark = LABEL_MARK.search(text[:40])
    label = text[: mark.start()].strip(" [(*>•→▶►").lower().replace("’", "'") if mark else ""
    return mark is not None and label in lexicon.word_set("teaser_labels") and bool(text[mark.end() :].strip())


def _is_tagged(text: str) -> bool:
    """Return whether a line without a full stop begins or ends with a tag in brackets."""
    tag = TAGGED_LINK.search(text)
    if tag is None or SOUND_WORD.search(tag[0]):
        return False
    return not lexicon.SENTENCE_END.search(text[: tag.start()] or text)


def _asks_reader(text: str) -> bool:
    """Return whether a line begins like an appeal and asks for what pages ask for."""
    words = lexicon.tokenize_line(text)
    return lexicon.starts_with_listed(words, "appeal_verbs") and lexicon.contains_phrase("appeal_objects", words)
