"""Awkward documents, in our own words: what has moved, cut or lost spans in one tool or another.

Each marks its spans by quotes, so that no offset is written by hand.
"""

from __future__ import annotations

from msgspec.structs import replace

from annotator.core.spans import Span
from annotator.core.tokens import Token
from annotator.formats.document import Document
from annotator.formats.format_writing import visible_words
from annotator.formats.span_alignment import tokens_with_blanks

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
FLAG = "\U0001f1e9\U0001f1f0"
DEEP = " ".join("mqfxbtzkwdrhvpcjngylseuoia")
"""Words for a dozen spans, each inside another."""
LETTERS = "kdpbmfhocnjelgia"
LABELS = ("Ünï", "B-", "-", "B-X", "O", "I-", "a|b", "x_y", "[z]", "a;b", "a->b", "*", '"q"', "b\\s", "#h", "_")


def marked(name: str, text: str, *marks: tuple[str, str]) -> Document:
    """Return a document with a span on the first place of each quote."""
    spans = tuple(Span(text.index(q), text.index(q) + len(q), label) for q, label in marks)
    return Document(text, spans, id=name, where=name)


def tokenised(document: Document) -> Document:
    """Return the document with tokens: cut at blanks and at the edges of its spans."""
    words = [Token(t.text, t.start, t.end, ws=False) for t in visible_words(document)]
    tokens = tokens_with_blanks(document.text, words, 0, len(document.text)) or ()
    return replace(document, tokens=tokens, sentences=((0, len(document.text)),))


AWKWARD = (
    marked("emoji", f"The {FAMILY} met \U0001f44d\U0001f3fd Bo at {FLAG} Ry.", (FAMILY, "A"), ("Bo", "P"), ("Ry", "V")),
    marked("joiner", f"The {FAMILY} met Bo.", ("\U0001f468\u200d", "A"), ("\u200d\U0001f469", "B"), ("Bo", "P")),
    marked("combining", "Rene\u0301 saw Zoe\u0308.", ("Rene\u0301", "P"), ("Zoe\u0308", "P"), ("\u0308", "X")),
    marked("no blanks", "莉娜昨天到了北港。她走了。", ("莉娜", "P"), ("北港", "V")),
    marked("right to left", "زار \u202bسامي علي\u202c المرفأ.", ("سامي علي", "P"), ("المرفأ", "V")),
    marked("isolates", "\u200fדנה\u200f באה אל \u2067Port Ry\u2069.", ("דנה", "P"), ("Port Ry", "V")),
    marked("thai", "ลีน่าไปท่าเรือเหนือ", ("ลีน่า", "P"), ("ท่าเรือเหนือ", "V")),
    marked(
        "thin blanks",
        "Ida\u00a0Holm saw 10\u202f000 nets at\u3000Ry.",
        ("Ida\u00a0Holm", "P"),
        ("10\u202f000 nets", "N"),
    ),
    marked(
        "separators", "Ida\u2028saw Bo\u0085at\x0bRy\x0con\u2029it.", ("Ida", "P"), ("Bo\u0085at", "X"), ("Ry", "V")
    ),
    marked("line ends", "Ida Holm\r\nleft\r\n\r\nRy.\r\n", ("Holm\r\nleft", "X"), ("Ida", "P"), ("Ry", "V")),
    marked("lone returns", "Ida Holm\rleft Ry.\rSo.", ("Ida Holm", "P"), ("Holm\rleft", "X"), ("Ry", "V")),
    marked("tabs", "Ida\tHolm\t\tleft\tRy.", ("Ida\tHolm", "P"), ("Ry", "V")),
    marked("edges", "  \n Ida left Ry \n ", ("Ida", "P"), ("Ry", "V")),
    marked("mark first", "\ufeffIda met Bo.", ("Ida", "P"), ("Bo", "P")),
    marked("mark inside", "\ufeffIda met \ufeffBo.", ("\ufeffIda", "P"), ("\ufeffBo", "P")),
    marked(
        "astral",
        "\U0001d49c\U0001d4b9 met \U00020000 in \U00010330.",
        ("\U0001d49c\U0001d4b9", "P"),
        ("\U00010330", "V"),
    ),
    marked("soft", "Nor\u00adhaven\u200b met \u2060Bo.", ("Nor\u00adhaven\u200b", "V"), ("\u2060Bo", "P")),
    marked("long token", "x" * 50_000 + " Bo", ("x" * 50_000, "X"), (" Bo"[1:], "P")),
    marked("signs", "$" * 16_000 + " Bo", ("$", "X"), ("Bo", "P")),
    marked("nested", "The mayor of New Ry City.", ("mayor of New Ry City", "A"), ("New Ry City", "V"), ("Ry", "P")),
    Document(DEEP, tuple(Span(n, len(DEEP) - n, f"L{n}") for n in range(0, 24, 2)), id="deep", where="deep"),
    marked("crossing", "One two three four.", ("One two three", "A"), ("three four", "B"), ("two three four", "C")),
    marked("one range", "Ida left.", ("Ida", "A"), ("Ida", "B"), ("Ida", "C")),
    marked("adjacent", "Ida Bo Una left.", ("Ida", "P"), ("Bo", "P"), ("Una", "P")),
    marked("glued", "IdaBo left.", ("Ida", "P"), ("Bo", "P")),
    marked("whole", "Ida left Ry.", ("Ida left Ry.", "A"), ("Ida", "P")),
    marked("empty lines", "Ida\nat Ry\n\nsaw\n \t\nBo.", ("Ida\nat", "A"), ("Ry\n\nsaw", "B"), ("saw\n \t\nBo", "C")),
    marked("inside", "Rosavik's un-Ryan net,line.", ("vik", "A"), ("Ryan", "B"), ("net,li", "C")),
    marked(
        "signs of formats",
        'a "b|c" \\ [d] _ ; -> * # \\n <b>Bo</b>',
        ('"b|c"', "A"),
        ("\\", "B"),
        ("_", "C"),
        ("->", "D"),
        ("*", "E"),
        ("#", "F"),
        ("\\n", "G"),
        ("Bo", "P"),
    ),
    marked("labels", " ".join(LETTERS), *zip(LETTERS, LABELS, strict=True)),
    marked("blank label", "Ida left.", ("Ida", "two words"), ("left", "a\tb")),
    marked("docstart", "-DOCSTART- -X- O O\n\nIda B-P left.", ("-DOCSTART-", "X"), ("Ida", "P")),
    marked("comments", "# newdoc id = 1\n#a= b\n# text = Ida\n#newdoc Bo", ("Ida", "P"), ("#a=", "X"), ("Bo", "P")),
    marked(
        "rows", "#Text=Ida\n1-1\t0-3\tIda\tP\t\nT1\tP 0 3\tIda\n#1\tNote T1\tBo", ("Ida", "P"), ("T1", "X"), ("Bo", "P")
    ),
    marked("markup", '<p id="x">Ida &amp; <a>Bo</a></p>', ("Ida", "P"), ("&amp;", "X"), ("Bo", "P")),
    marked("json", '{"text": "Ida", "spans": [[0, 3, "P"]]}\n', ("Ida", "P"), ('"spans"', "X")),
    marked(
        "controls",
        "Ida\x00 \x01 \x07Bo\x08 \x1b[31mUna\x1b[0m \x7f \x9b",
        ("Ida", "P"),
        ("\x07Bo\x08", "X"),
        ("\x1b[31mUna", "P"),
    ),
    marked(
        "over paragraphs",
        "Ida left. \u201cBo stayed.\nUna came.\u201d So it was.\r\n\r\nThe end of it.",
        ("left. \u201cBo", "A"),
        ("stayed.\nUna", "B"),
        ("was.\r\n\r\nThe", "C"),
    ),
    marked(
        "tokens of formats",
        "# -DOCSTART- | * _ \\t O B-PER [1] -> ; 1-1 1.1 #Text=x",
        *((word, "T") for word in ("#", "|", "*", "_", "\\t", "B-PER", "[1]", "->", ";", "1-1", "1.1", "#Text=x")),
    ),
    marked("escapes", "a \\t b \\u00e9 \\\\ d \\", ("\\t", "A"), ("\\u00e9", "B"), ("\\\\ d", "C")),
    marked("templates", "[/x] [@click=a] ${x} {{y}} %s <Bo>", ("[/x]", "A"), ("{{y}}", "B"), ("Bo", "P")),
    marked(
        "last characters", "Ida \ufffe\uffff \U0010ffff Bo", ("\ufffe\uffff", "F"), ("\U0010ffff", "L"), ("Bo", "P")
    ),
    marked("../../up", "Ida left.", ("Ida", "P")),
    marked("/abs\x00olute", "Ida left Ry.", ("Ry", "V")),
    marked("CON", "Ida left Ry, too.", ("Ry", "V")),
    Document("a " * 2_000, tuple(Span(2 * n, 2 * n + 1, "A") for n in range(2_000)), id="many", where="many"),
)
"""Everything but what no importer lets in: empty texts and spans that begin or end with a blank."""
