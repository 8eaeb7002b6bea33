"""Texts and frames as they are written down, and the pages that they make together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

FOLDER = Path(__file__).parent
HALVES = ("tune", "held")
TEXT_ROLES = {
    "title": "title",
    "deck": "deck",
    "byline": "byline",
    "date": "date",
    "body": "body",
    "sub": "body",  # a heading inside the article: annotated, whatever it is called
    "item": "body",  # an item of a list
    "num": "body",  # an item of a numbered list
    "either": "either",  # a reader may keep it or not
    "cap": "caption",
    "off": "boilerplate",  # what a site puts into an article: "Read more: ..."
}
"""The gold role of each kind of part of a text."""
FRAME_KINDS = ("menu", "head", "card", "para", "line", "link", "li", "num", "alt", "button", "either")
"""What a frame is made of: ``menu`` has items with `` / `` between, ``card`` headline // summary // time."""
SLOTS = ("TITLE", "DECK", "BYLINE", "DATE")
MIN_PARAGRAPH_WORDS = 8
"""A box in the middle of an article has paragraphs of this many words before and after it."""
_BY = re.compile(r"\b(?:by|von|par|por|文：|记者) ?(?=BYLINE)", re.IGNORECASE)


class Part(Struct, frozen=True):
    """One block of a page: what it is, what a reader does with it, its text, and the section that it is in."""

    kind: str
    role: str
    text: str
    section: str


class Entry(Struct, frozen=True):
    """A text, a frame or a page without an article, as it is written down."""

    name: str
    options: dict[str, str]
    lines: tuple[str, ...]
    source: str
    """The name of its file without its ending."""

    @property
    def lang(self) -> str:
        """The code of its language."""
        return self.options.get("lang", "en")

    @property
    def structure(self) -> str:
        """What kind of text it is: the name of its file, if it does not say."""
        return self.options.get("structure", self.source)


class OwnPage(Struct, frozen=True):
    """A text in a frame; ``parts`` are in reading order."""

    name: str
    half: str
    structure: str
    frame: str
    lang: str
    form: str
    """"" for any dump, or the only form that the text comes in: ``wrapped`` or ``markdown``."""
    parts: tuple[Part, ...]

    @property
    def title(self) -> str:
        """The article's title, or the first line of the page."""
        return next((p.text for p in self.parts if p.role == "title"), self.parts[0].text)


def entries(half: str, folder: str) -> list[Entry]:
    """Return the entries of the files of a folder of a half, in the order of their names."""
    return [entry for path in sorted((FOLDER / half / folder).glob("*.txt")) for entry in _parsed(path)]


def _parsed(path: Path) -> Iterator[Entry]:
    blocks = re.split(r"^== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for block in blocks[1:]:
        head, *lines = block.split("\n")
        name, *pairs = (piece.strip() for piece in head.split("|"))
        options = {key.strip(): value.strip() for key, _, value in (pair.partition(":") for pair in pairs)}
        yield Entry(name, options, tuple(line for line in lines if line.strip()), path.stem)


def text_parts(entry: Entry) -> list[Part]:
    """Return the parts of a text; a line without a role is body."""
    parts = []
    for line in entry.lines:
        kind, colon, text = line.partition(": ")
        if not colon or kind not in TEXT_ROLES:
            kind, text = "body", line
        parts.append(Part(kind, TEXT_ROLES[kind], text, "article"))
    return parts


def frame_parts(entry: Entry) -> dict[str, list[Part]]:
    """Return the parts of each section of a frame; a slot for a part of the article is of kind ``slot``."""
    sections: dict[str, list[Part]] = {}
    section = "top"
    for line in entry.lines:
        if re.fullmatch(r"\[\w+\]", line):
            section = line[1:-1]
            continue
        kind, colon, text = line.partition(": ")
        if any(slot in line for slot in SLOTS) and section == "head":
            part = Part("slot", "slot", text if kind in FRAME_KINDS else line, section)
        elif not colon or kind not in FRAME_KINDS:
            raise ValueError(f"{entry.source}, {entry.name}: no kind before {line!r}")
        else:
            part = Part(kind, "either" if kind == "either" else "boilerplate", text, section)
        sections.setdefault(section, []).append(part)
    return sections


def make_page(half: str, text: Entry, frame: Entry) -> OwnPage:
    """Return a text in a frame."""
    parts, around = text_parts(text), frame_parts(frame)
    head = {kind: next((p.text for p in parts if p.kind == kind), "") for kind in ("title", "deck", "byline", "date")}
    rest = [part for part in parts if part.kind not in head]
    middle = around.get("middle", [])
    cut = _middle(rest) if middle else len(rest)
    page = [
        *around.get("top", []),
        *around.get("side", []),
        *_filled(around.get("head", []), head),
        *rest[:cut],
        *(middle if cut < len(rest) else []),
        *rest[cut:],
        *(part for name in ("end", "after", "foot") for part in around.get(name, [])),
    ]
    form = text.options.get("form", "")
    return OwnPage(f"{text.name}@{frame.name}", half, text.structure, frame.name, text.lang, form, tuple(page))


def _middle(rest: list[Part]) -> int:
    """Return where a box in the middle goes: between two paragraphs past the middle, else nowhere."""
    places = range(len(rest) // 2, len(rest) - 1) if len(rest) >= 6 else range(0)
    return next((at for at in places if _is_paragraph(rest[at - 1]) and _is_paragraph(rest[at])), len(rest))


def _is_paragraph(part: Part) -> bool:
    """Return whether a part is running text: no site puts a box between a question and its one-word answer."""
    size = len(part.text.split()) if part.text.isascii() else len(part.text) // 2
    return part.kind == "body" and size >= MIN_PARAGRAPH_WORDS and part.text[0] not in "-*•"


def _filled(head: list[Part], texts: dict[str, str]) -> Iterator[Part]:
    """Yield the head of a page: a slot alone is the article's part, one with other words a line of the frame."""
    for part in head:
        slots = [slot for slot in SLOTS if slot in part.text] if part.kind == "slot" else []
        if not slots:
            yield part
        elif any(texts[slot.lower()] for slot in slots):
            kind = slots[0].lower()
            yield Part(kind, kind, _slots_filled(part.text, texts), "head")


def _slots_filled(line: str, texts: dict[str, str]) -> str:
    """Return a line of a head with the article's own in its slots; "By" is there once, before a name."""
    byline = texts["byline"]
    if not byline or any(word[0].islower() for word in byline.split()):
        line = _BY.sub("", line)
    elif _BY.search(line):
        byline = byline.removeprefix("By ")
    for slot in SLOTS:
        line = line.replace(slot, byline if slot == "BYLINE" else texts[slot.lower()])
    return line.strip(" |,·-")


def pages(half: str, frames_each: int = 3, lang: str = "") -> list[OwnPage]:
    """Return the pages of a half: each text in some frames of its language, the same ones every time."""
    frames = entries(half, "frames")
    found = []
    for text in entries(half, "texts"):
        fitting = [frame for frame in frames if frame.lang == text.lang]
        if lang and text.lang != lang:
            continue
        number = min(frames_each, len(fitting))
        start = sha256(text.name.encode()).digest()[0]
        step = max(len(fitting) // max(number, 1), 1)
        found += [make_page(half, text, fitting[(start + step * at) % len(fitting)]) for at in range(number)]
    return found


def pages_without_article(half: str) -> list[OwnPage]:
    """Return the pages of a half that have no article: a front page, an error, a wall."""
    found = []
    for entry in entries(half, "none"):
        parts = [part for section in frame_parts(entry).values() for part in section]
        found.append(OwnPage(entry.name, half, "none", entry.name, entry.lang, "", tuple(parts)))
    return found
