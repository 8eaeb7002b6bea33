"""What is counted as given away by a split, each thing once."""

from __future__ import annotations

from annotator.export.doc_layout import ExportSentence, units_by_part, with_unreviewed
from annotator.export.split_audit import count_leaks
from annotator.export.split_report import LeakageCounts
from tests.export.export_samples import item, make_article, sentence, sentences

LONG = "The harbour master of Rosavik closed the outer quay on Monday after a crane fell into the basin"


def _pieces(*lines: tuple[str, str]) -> list[ExportSentence]:
    """Return the sentences of one article, each with its part."""
    texts = [[text] for text, _ in lines]
    article = make_article(texts)
    parts = (part for _, part in lines)
    return [ExportSentence(s, article, part) for s, part in zip(sentences(article, texts), parts, strict=True)]


def test_an_article_on_both_sides_is_no_story_besides() -> None:
    """Who lies in train and dev counts as torn; who is linked to it and lies in dev alone, as a story."""
    torn = _pieces(("Ida left .", "train"), ("Tarek came .", "dev"))
    seen, copy = _pieces(("Mona rowed .", "train")), _pieces(("Emil slept .", "test"))
    ids = [p[0].article.id for p in (torn, seen, copy)]
    links = {ids[0]: [ids[1]], ids[1]: [ids[0]], ids[2]: [ids[0]]}
    assert count_leaks([*torn, *seen, *copy], links, {}) == LeakageCounts(articles=1, stories=1, sentences=0, alike=0)


def test_a_sentence_that_is_the_same_is_not_alike_besides() -> None:
    """Word for word and nearly so are counted apart."""
    train = _pieces((f"{LONG} .", "train"))
    rest = _pieces((f"{LONG} .", "dev"), (f"{LONG} again .", "dev"), ("Nobody saw it .", "test"))
    assert count_leaks([*train, *rest], {}, {}) == LeakageCounts(articles=0, stories=0, sentences=1, alike=1)


def test_what_overlaps_an_accepted_sentence_is_no_part_of_its_doc() -> None:
    """A sentence that nobody accepted gives way to the accepted one that it runs into, before or after."""
    text = "Ida left Rosavik . Tarek came . Mona rowed ."
    article = make_article([[text]])
    accepted = item(article, sentence(article.id, 1, 19, "Tarek came ."))
    piece = ExportSentence(accepted.annotated.sentence, article, "train", accepted)
    before, after = sentence(article.id, 0, 9, text[9:24]), sentence(article.id, 2, 25, text[25:])
    ((found,),) = units_by_part(with_unreviewed(piece.article, [piece], [before, after], piece.part))
    assert found is piece
