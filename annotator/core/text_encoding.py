"""Which encoding bytes of a text have: UTF-8, UTF-16, or Windows-1252 where nothing speaks against it.

UTF-16 is known by its byte order mark, or by zero bytes that are all at even or all at odd places. What is no
UTF-8 is Windows-1252 (``cp1252``), the usual encoding of Western text, only if its characters are where
Western languages have them: any bytes can be read as some text, and wrong letters are hard to see later.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

UTF8, CP1252 = "utf-8", "cp1252"
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_MIN_ZERO_RATIO = 3
"""How many times as many zeros must be at their places as at others, where U+3000 and U+0100 have some."""
_MIN_ZEROS = 4
_START_BYTES = 64 * 1024
_MIN_ZERO_SHARE, _MIN_ZERO_SHARE_OF_UTF8 = 0.05, 0.3
"""Of UTF-16 without a mark: how many of its units are ASCII at least, as line ends, blanks and brackets are; and
how many if the bytes are UTF-8 as well, which may hold zeros."""
_CONTROLS = bytes(b for b in range(32) if b not in b"\t\n\v\f\r\x1a\x1b")
_ASCII = bytes(range(128))


class TextEncoding(Struct, frozen=True):
    """What the bytes of a text are."""

    name: str
    """As Python's codecs call it; empty where the bytes are no text of a known encoding."""
    why: str = ""
    """Of an unknown encoding, why it is none of the known ones: what follows "this is not UTF-8"."""
    line: int = 0
    """The line of the first byte that is no UTF-8; 0 where all are."""
    characters: int = 0
    """How many characters beyond ASCII were decoded, where this is no Unicode."""
    examples: tuple[str, ...] = ()
    """Some words with such characters, the most frequent first."""
    is_doubtful: bool = False
    """Whether few characters speak for the encoding, or some against it."""

    @property
    def note(self) -> str:
        """What a user is to know of the encoding, empty for UTF-8."""
        if self.name == UTF8:
            return ""
        if self.name != CP1252:
            return f"read as {self.name[:6].upper()}"
        doubt = "which is a doubtful guess" if self.is_doubtful else "which is a guess"
        shown = ", ".join(self.examples)
        many = f"{self.characters:,} character{'s' if self.characters > 1 else ''} beyond ASCII"
        return f"no UTF-8, read as Windows-1252, {doubt}: {many}, such as {shown}; if they are wrong, save it as UTF-8"


def encoding_of(chunks: Iterable[bytes], *, is_whole: bool = True) -> TextEncoding:
    """Return the encoding of a text that comes in pieces; unless it ``is_whole``, its last character may be cut."""
    scan = EncodingScan()
    for chunk in chunks:
        scan.add(chunk)
        if scan.is_settled:
            break
    return scan.encoding(is_whole=is_whole)


def encoding_of_start(start: bytes) -> TextEncoding | None:
    """Return the encoding that the first bytes of a file show by themselves: UTF-16 or UTF-32."""
    for mark, name in _MARKS.items():
        if start.startswith(mark):
            return TextEncoding(name)
    start = start[:_START_BYTES]
    zeros = start[0::2].count(0), start[1::2].count(0)
    share = (_MIN_ZERO_SHARE_OF_UTF8 if _is_text(start, UTF8) else _MIN_ZERO_SHARE) * len(start) / 2
    for name, here, other in (("utf-16-le", zeros[1], zeros[0]), ("utf-16-be", zeros[0], zeros[1])):
        if here >= max(share, _MIN_ZERO_RATIO * other, _MIN_ZEROS) and _is_text(start, name):
            return TextEncoding(name)
    return None


def _is_text(start: bytes, name: str) -> bool:
    """Return True if the start of a file is text in an encoding; of UTF-16 without control characters."""
    try:
        text = codecs.getincrementaldecoder(name)().decode(start)
    except UnicodeDecodeError:
        return False
    return name == UTF8 or not any(c < " " and ord(c) in _CONTROLS for c in text)


# What speaks for and against Windows-1252.


_SEQUENCES = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_UNDEFINED = b"\x81\x8d\x8f\x90\x9d"
_SMALL = "ßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþœšž"
_LARGE = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞŒŠŽ"
_SIGNS = "“”„«»‹›¡¿§©®™£€¢¥ª°º²³¹½¼¾µ±×÷•†\xad´‚"
"""Signs that are usual, but not inside a word."""
_WORD_SIGNS = "’‘–—…·\xa0"
"""Signs that may be between two letters."""
_WORD = re.compile(r"[^\W\d_]*[^\x00-\x7f][^\x00-\x20\x22-\x26\x28-\x2f\x3a-\x3f\x5b-\x60\x7b-\x7f]*")
_LETTER = rf"a-zA-Z{_SMALL}{_LARGE}"
_EXPECTED = re.compile(
    rf"(?<=[{_LETTER}'’])[{_SMALL}ÿ](?![{_LARGE}])|(?<![{_LETTER}])[{_SMALL}]"
    rf"|(?<![a-z{_SMALL}])[{_LARGE}]|[{_WORD_SIGNS}]|(?<![{_LETTER}])[{_SIGNS}]|[{_SIGNS}](?![{_LETTER}])"
    rf"|‰(?![{_LETTER}])"
)
_FOREIGN_WORDS = re.compile(
    rf"(?<![{_LETTER}])[{_SMALL}{_LARGE}]{{3,}}(?![{_LETTER}])|(?=([^\x00-\x7f]))(?:(?!\1)[^\x00-\x7f]|\1(?!\1)){{4,}}"
)
"""Words of such letters alone, and many different characters beyond ASCII in a row."""
_JOINED_WORDS = re.compile(r"[a-z][–—][a-z]")
"""Usual in English, and what Spanish in Mac Roman has for its own letters."""
_HIGH = re.compile(r"[^\x00-\x7f]")
_MAX_ODD_SHARE = 0.08
"""How many of the characters beyond ASCII may be where Western languages don't have them."""
_FEW = 5
"""How few characters are too few to be sure."""
_OTHER_CODE_PAGES = (
    ("Windows-1250 (Czech or Slovak)", ("øØ", "ìèùÌÈÙ"), "åÅæÆ"),
    ("Windows-1250 (Hungarian)", ("õÕûÛ", "öüÖÜ", "áéíóÁÉÍÓ"), "ãÃàèêÀÈÊ"),
    ("Windows-1250 (Croatian or Slovene)", ("šžŠŽ", "èæÈÆ"), "àáåêëíÀÁÅÊËÍ"),
    ("Windows-1250 (Polish)", ("ê", "¹³"), "à"),
    ("Windows-1250 (Romanian)", ("ãÃ", "îþªºÎÞ"), "õçÕÇ"),
    ("Windows-1254 or 1257 (Turkish, Baltic)", ("ýþðÝÞÐ", "çüâëîûàÇÜÂËÎÛÀ"), "íóÍÓ"),
    ("Windows-1258 (Vietnamese)", ("ðÐ", "êâôÊÂÔ"), "æöÆÖ"),
)
"""Of other code pages for Latin letters: the letters that they are known by in Windows-1252, a set of each of
which there must be some, and letters that are then rare."""
_MAX_EXAMINED = 100_000
"""How many characters beyond ASCII are looked at with their neighbours; of more, undefined bytes and UTF-8 are seen."""
_MAX_EXAMPLES, _MAX_EXAMPLE_LENGTH, _MAX_WORDS = 3, 30, 20_000


class EncodingScan:
    """Reads a text once, piece by piece, and keeps what its encoding shows in."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._settled: TextEncoding | None = None
        self._is_first, self._is_utf8, self._line = True, True, 1
        self._before = self._rest = b""
        self._controls = self._utf8_bytes = self._sequences = self._high = 0
        self._characters: Counter[str] = Counter()
        self._odd = self._joined = 0
        self._words: Counter[str] = Counter()

    @property
    def is_settled(self) -> bool:
        """Whether the rest of the text changes nothing."""
        return self._settled is not None

    def add(self, chunk: bytes) -> None:
        """Take the next piece."""
        if self._is_first:
            self._is_first = False
            self._settled = encoding_of_start(chunk)
        if self._settled is not None:
            return
        self._controls += len(chunk) - len(chunk.translate(None, _CONTROLS))
        chunk, self._rest = self._rest + chunk, b""
        if chunk.isascii():
            self._line += chunk.count(b"\n") if self._is_utf8 else 0
        elif not self._is_utf8 or not self._read_utf8(chunk, is_last=False):
            self._read_other(chunk)

    def _read_utf8(self, chunk: bytes, *, is_last: bool) -> bool:
        """Take a piece in as UTF-8; return False where it is none."""
        try:
            _, size = codecs.utf_8_decode(chunk, "strict", is_last)
        except UnicodeDecodeError as error:
            self._is_utf8, size = False, error.start
        else:
            self._before, self._rest = chunk[max(0, size - _MAX_EXAMPLE_LENGTH) : size], chunk[size:]
        self._line += chunk.count(b"\n", 0, size)
        self._utf8_bytes += len(chunk[:size].translate(None, _ASCII))
        return self._is_utf8

    def _read_other(self, chunk: bytes) -> None:
        chunk, self._before = self._before + chunk, b""  # of text so far the last word, for its first letters
        if found := next((b for b in _UNDEFINED if b in chunk), 0):
            self._settled = self._unknown(f"and Windows-1252 does not know its byte {found:02X}")
        else:
            self._high += len(chunk.translate(None, _ASCII))
            self._sequences += len(_SEQUENCES.findall(chunk))
            if self._characters.total() < _MAX_EXAMINED:
                self._examine(chunk.decode(CP1252))

    def _examine(self, text: str) -> None:
        found = _HIGH.findall(text)
        self._characters.update(found)
        self._odd += len(found) - sum(map(len, map(_HIGH.findall, _EXPECTED.findall(text))))
        self._odd += sum(len(m[0]) for m in _FOREIGN_WORDS.finditer(text))
        self._joined += len(_JOINED_WORDS.findall(text))
        if len(self._words) < _MAX_WORDS:
            words = filter(str.strip, _WORD.findall(text))
            self._words.update(w[:_MAX_EXAMPLE_LENGTH] for w in words)

    def encoding(self, *, is_whole: bool) -> TextEncoding:
        """Return the encoding of what was read; unless it ``is_whole``, its last character may be cut."""
        if is_whole and self._rest and not self._read_utf8(self._rest, is_last=True):
            self._read_other(self._rest)
        if self._settled is not None:
            return self._settled
        if self._is_utf8:
            return TextEncoding(UTF8)
        why = self._objection()
        if why:
            return self._unknown(why)
        high = self._characters.total()
        doubtful = self._high < _FEW or bool(self._odd) or self._joined * 2 > high
        examples = tuple(word for word, _ in self._words.most_common(_MAX_EXAMPLES))
        return TextEncoding(CP1252, line=self._line, characters=self._high, examples=examples, is_doubtful=doubtful)

    def _unknown(self, why: str) -> TextEncoding:
        return TextEncoding("", "though the text before it is" if self._utf8_bytes else why, self._line)

    def _objection(self) -> str:
        """Return what speaks against Windows-1252, empty where too little does."""
        if self._controls:
            return "and it has control characters or zero bytes"
        high = self._characters.total()
        if self._utf8_bytes or self._sequences * 5 >= self._high:
            return "though some of the file is"
        if self._odd > _MAX_ODD_SHARE * high:
            return "and as Windows-1252 it has letters and signs where no Western language has them"
        for name, marks, rare in _OTHER_CODE_PAGES:
            counts = [sum(self._characters[c] for c in letters) for letters in marks]
            if min(counts) >= 2 and sum(self._characters[c] for c in rare) * 4 < min(counts):
                return f"but looks like {name}"
        return ""
