"""Which encoding bytes have: what is plain is decoded, what may be anything is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.text_encoding import encoding_of

WESTERN = {
    "German": "Jörg Groß aus Köln wäre „gern“ früh in Überlingen – für 5 €.",
    "French": "L’été à Orléans, Zoé Noël a créé une œuvre. « Ça va ? » Où être naïf ?",
    "Spanish": "¿Qué pasó en España, señora? ¡Mañana, el niño!",
    "Portuguese": "João não põe corações à mão em São Tomé.",
    "Danish": "Søren Ågård åd smørrebrød på øen.",
    "Finnish": "Väinö näki yön. Hääyö alkoi jäällä.",
    "Icelandic": "Þórður Guðmundsson býr á Ísafirði og þýðir bækur.",
    "Catalan": "És així: l’atenció col·lectiva de València.",
    "English": "It’s “plain” — don’t… a café at 20 °C",
}
OTHERS = {
    "shift_jis": "ヨコハマで田中さんに会った。",
    "gbk": "上海的李先生",
    "big5": "高雄市的李先生",
    "euc_jp": "横浜で会った",
    "euc_kr": "부산에서 박씨는",
    "cp1251": "Ольга жила в Туле.",
    "koi8_r": "Ольга жила в Туле.",
    "cp866": "Ольга жила в Туле.",
    "cp1253": "Η Ελένη ήρθε στην Πάτρα",
    "cp1255": "רותי הגיעה",
    "cp1256": "وصلت ليلى",
    "mac_roman": "Jörg Groß aus Köln wäre früh in Überlingen.",
    "cp850": "Jörg aus Köln",
    "cp1250": "Řehoř přišel k řece a měl dvě žluté bedny, říká Jiří",
    "iso8859_2": "Łukasz był w mieście; żółte, gęste, mądre łódki",
    "cp1254": "Ayşe şarkıyı çok güzel söyledi, ağaç altında kaldı, ışık üşüdü",
    "cp1257": "Šiauliai, žmogus, šalis ir žąsis; ėjo per ūkį",
}


@pytest.mark.parametrize("text", WESTERN.values(), ids=WESTERN)
def test_western_text_is_windows_1252(text: str) -> None:
    """Text of a Western language is no doubtful guess, and some of its words are shown."""
    found = encoding_of([text.encode("cp1252")])
    assert (found.name, found.is_doubtful) == ("cp1252", False)
    assert found.characters == sum(c > "\x7f" for c in text)
    assert found.examples
    assert all(word in text for word in found.examples)


@pytest.mark.parametrize(("codec", "text"), OTHERS.items(), ids=OTHERS)
def test_other_encodings_are_refused(codec: str, text: str) -> None:
    """What is another code page is not read as Windows-1252."""
    found = encoding_of([b"Ana Reyes left.\n" + text.encode(codec)])
    assert not found.name, found
    assert found.why
    assert found.line == 2


@pytest.mark.parametrize("data", [b"caf\xe9", "Espa–a y a–o".encode("cp1252")], ids=["one character", "Mac Roman?"])
def test_a_guess_may_be_doubtful(data: bytes) -> None:
    """Few characters, or such as another encoding has for its letters, make the guess doubtful."""
    found = encoding_of([data])
    assert (found.name, found.is_doubtful) == ("cp1252", True)
    assert "doubtful" in found.note


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("Köln".encode() + b"\nM\xfcnchen", "though the text before it is"),
        (b"M\xfcnchen\x00", "and it has control characters or zero bytes"),
        (b"M\x81nchen", "and Windows-1252 does not know its byte 81"),
    ],
)
def test_the_reason_is_named(data: bytes, why: str) -> None:
    """An unknown encoding has its reason."""
    assert encoding_of([data]).why == why


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "utf-8"])
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30))
def test_unicode_is_known_by_mark_or_zeros(codec: str, text: str) -> None:
    """Unicode comes back as it was, with a byte order mark or, where brackets and quotes are ASCII, without."""
    text = f'{{"text": "{text}", "label": [], "source": "{"of plain letters " * 6}"}}\n'
    data = text.encode(codec)
    found = encoding_of([data])
    assert data.decode(found.name).removeprefix("\ufeff") == text


@given(st.binary(max_size=200), st.integers(1, 20))
def test_pieces_do_not_matter_for_utf8(data: bytes, size: int) -> None:
    """Whether bytes are UTF-8 does not depend on how they are cut."""
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    is_utf8 = encoding_of(parts).name == "utf-8"
    try:
        data.decode()
    except UnicodeDecodeError:
        assert not is_utf8
    else:
        assert is_utf8 or encoding_of(parts).name.startswith("utf-")
