"""Which language texts are in, by their scripts and function words: conservative, and nothing for short texts."""

from __future__ import annotations

import re
from collections import Counter

from msgspec import Struct

from annotator.core.scripts import SCRIPTS_WITHOUT_BLANKS, script_of

# No word that is one of English too, such as "on", "do" or "hat": names of places and firms are enough to mislead.
_FUNCTION_WORDS = {
    "en": "the and of to that is was for with his they from have which their been are were has by said not it",
    "de": "der das und den von zu mit sich des auf für ist im dem nicht ein eine als auch werden aus dass wird bei"
    " einer sind noch wie einem über einen sie nach zum zur vor",
    "fr": "le les des et du une est dans que qui pour au pas par sur avec ce sont cette ont aux était leur mais",
    "es": "el los las y una del que para con por se es su lo como más pero sus ha este cuando muy también fue",
    "pt": "os do da dos das uma não que para é mais por na como ao seu foi são pela pelo",
    "it": "il gli di che è un una non sono della del con si dei nel alla anche delle più ha lo",
    "nl": "de het een en van dat op te zijn met voor niet aan er om ook als bij maar heeft wordt uit naar",
    "sv": "och att det som en är på för med av inte till den har ett om var jag han men från vid",
    "da": "og at det er en på som for med af ikke til den har et om var han men fra ved blev",
    "nb": "og å det som er en på for med av ikke til den har et om var han men fra ved ble",
    "pl": "w na z nie się do że to jest jak po dla ale przez od za są był",
    "cs": "se v na je že jako jsou ve ale byl které jeho",
    "fi": "ja ei se että hän oli ovat joka mutta kun niin myös sen",
    "hu": "az és hogy nem egy is volt meg de ez csak már",
    "tr": "ve bir bu için ile çok olan olarak daha gibi kadar sonra",
    "ro": "și în de la cu nu este pe din un să mai sunt au fost pentru",
    "id": "yang dan di dengan untuk dari ini itu dalam tidak pada ke akan adalah",
    "vi": "và của là có không được trong cho một các người những với để này",
}
_LANGUAGES_BY_WORD: dict[str, str] = {}
"""The language of each function word that is one in a single language of the table."""
for _language, _words in _FUNCTION_WORDS.items():
    for _word in _words.split():
        _LANGUAGES_BY_WORD[_word] = "" if _word in _LANGUAGES_BY_WORD else _language

_SCRIPT_LANGUAGES = {
    "kana": ("ja",), "Han": ("zh", "ja"), "Thai": ("th",), "Lao": ("lo",), "Myanmar": ("my",), "Khmer": ("km",),
    "Tibetan": ("bo",), "Hangul": ("ko",), "Arabic": ("ar", "fa", "ur"), "Hebrew": ("he",), "Greek": ("el", "grc"),
    "Cyrillic": ("ru", "uk", "bg", "sr", "mk", "ky", "tt"), "Armenian": ("hy",), "Devanagari": ("hi", "mr", "ne", "sa"),
    "Bengali": ("bn",), "Gujarati": ("gu",), "Tamil": ("ta",), "Telugu": ("te",), "Kannada": ("kn",),
    "Malayalam": ("ml",), "Sinhala": ("si",), "Ethiopic": ("am", "ti"),
}  # fmt: skip
"""The languages of each script, the most frequent one first."""
_TELLTALE_LETTERS = {"Arabic": {"fa": "پچژگ", "ur": "ٹڈڑں"}, "Cyrillic": {"uk": "іїєґ", "bg": "ъ", "sr": "јљњћђџ"}}
"""Letters by which the other languages of a script are known."""
_NAMES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "pt": "Portuguese", "it": "Italian",
    "nl": "Dutch", "sv": "Swedish", "da": "Danish", "nb": "Norwegian", "pl": "Polish", "cs": "Czech", "sk": "Slovak",
    "fi": "Finnish", "hu": "Hungarian", "tr": "Turkish", "ro": "Romanian",
    "id": "Indonesian", "vi": "Vietnamese", "ja": "Japanese",
    "zh": "Chinese", "th": "Thai", "lo": "Lao", "my": "Burmese", "km": "Khmer", "bo": "Tibetan", "ko": "Korean",
    "ar": "Arabic", "fa": "Persian", "ur": "Urdu", "he": "Hebrew", "el": "Greek", "ru": "Russian", "uk": "Ukrainian",
    "bg": "Bulgarian", "sr": "Serbian", "hy": "Armenian", "hi": "Hindi", "bn": "Bengali", "gu": "Gujarati",
    "ta": "Tamil", "te": "Telugu", "kn": "Kannada", "ml": "Malayalam", "si": "Sinhala", "am": "Amharic",
}  # fmt: skip

_WORD = re.compile(r"[^\W\d_]+")
_JUDGED_CHARACTERS = 2_000
"""How much of a text is looked at."""
_LEAST_SHARE = 0.3
"""The share of letters and digits in a script without blanks from which on a text is in it: one quoted word is not."""
_LEAST_LETTERS, _LEAST_SCRIPT_SHARE = 20, 0.5
"""As much of any other script."""
_LEAST_KANA = 0.03
"""The share of kana from which on a text with Chinese characters is Japanese."""
_LEAST_TELLTALE = 0.01
_LEAST_WORDS, _LEAST_FUNCTION_WORDS, _LEAST_FUNCTION_SHARE = 10, 3, 0.12
"""How many words a text has, and function words of its language, and their share, from which on these decide."""
_MAX_JUDGED_TEXTS = 1_000
"""How many texts of a corpus are looked at."""


def guess_language(text: str) -> str:
    """Return the code of the language that a text is in; empty where that is not sure."""
    text = text[:_JUDGED_CHARACTERS]
    if not text.isascii():
        counts = Counter(text)
        scripts: Counter[str] = Counter()
        for char, n in counts.items():
            scripts[script_of(char)] += n
        del scripts[""]
        letters = sum(n for char, n in counts.items() if char.isalnum())
        if found := _language_of_script(scripts, letters, counts):
            return found
    return _language_of_words(_WORD.findall(text.lower()))


def _language_of_script(scripts: Counter[str], letters: int, counts: Counter[str]) -> str:
    east = scripts["Han"] + scripts["kana"]
    if east and east >= _LEAST_SHARE * letters:
        return "ja" if scripts["kana"] >= _LEAST_KANA * east else "zh"
    for script, n in scripts.most_common():
        unspaced = script in SCRIPTS_WITHOUT_BLANKS
        if script == "Latin" or script not in _SCRIPT_LANGUAGES:
            continue
        if n >= _LEAST_SHARE * letters if unspaced else n >= max(_LEAST_LETTERS, _LEAST_SCRIPT_SHARE * letters):
            known = _TELLTALE_LETTERS.get(script, {})
            found = (x for x, marks in known.items() if sum(counts[c] for c in marks) >= _LEAST_TELLTALE * n)
            return next(found, _SCRIPT_LANGUAGES[script][0])
    return ""


def _language_of_words(words: list[str]) -> str:
    if len(words) < _LEAST_WORDS:
        return ""
    counts = Counter(_LANGUAGES_BY_WORD.get(word, "") for word in words)
    del counts[""]
    (lang, n), (_, second) = [*counts.most_common(2), ("", 0), ("", 0)][:2]
    is_sure = n >= max(_LEAST_FUNCTION_WORDS, _LEAST_FUNCTION_SHARE * len(words), 2 * second)
    return lang if is_sure else ""


def is_unspaced(lang: str) -> bool:
    """Return True if a language has no blanks between words, so that a tokenizer of others takes it for one token."""
    return any(lang in _SCRIPT_LANGUAGES[script] for script in SCRIPTS_WITHOUT_BLANKS)


def language_name(lang: str) -> str:
    """Return the English name of a language that ``guess_language`` knows."""
    return _NAMES[lang]


def _fits(guess: str, lang: str) -> bool:
    """Return True if the tokenizer of ``lang`` fits a text in the language ``guess``."""
    if lang == "xx":
        return not is_unspaced(guess)
    return guess == lang or any(guess in x and lang in x for x in _SCRIPT_LANGUAGES.values() if guess != "ja")


class LanguageMismatch(Struct, frozen=True):
    """Texts in a language that is not the corpus's."""

    lang: str
    """Their language."""
    texts: int
    judged: int
    """How many texts are long enough to be sure of their language."""
    first: str
    """The name of the first of the texts, where it has one."""


class LanguageTally:
    """Counts in which languages the texts of a corpus are, the first thousand of them."""

    def __init__(self, lang: str) -> None:
        """Begin; ``lang`` is the corpus's language."""
        self._lang = lang
        self._firsts: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self._seen = 0

    def add(self, text: str, name: str = "") -> None:
        """Count a text."""
        if self._seen < _MAX_JUDGED_TEXTS:
            self._seen += 1
            if found := guess_language(text):
                self._counts[found] += 1
                self._firsts.setdefault(found, name)

    def mismatches(self) -> list[LanguageMismatch]:
        """Return the languages that do not fit the corpus's: half of the texts, or any text without blanks."""
        judged = self._counts.total()
        return [
            LanguageMismatch(lang, n, judged, self._firsts[lang])
            for lang, n in sorted(self._counts.items())
            if not _fits(lang, self._lang) and (is_unspaced(lang) or 2 * n >= judged)
        ]
