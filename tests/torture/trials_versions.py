"""Trials of sources that are edited and ingested again while several annotators work on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.edits import Edit, Op, set_note
from annotator.core.errors import AnnotatorError
from annotator.core.spans import Span
from annotator.session.session import AnnotationSession
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.ingesting import ingest
from annotator.workflows.record_selection import select_items
from tests import builders
from tests.torture.rows import Trial, torture_row

_TEXTS = {
    "en": (
        "Mayor Ilka Moran opened the fair in Port Amery.",
        "More than 300 visitors came to Tarn Quay on Friday.",
        "“We are proud of it,” said Jonas Pell.",
        "It rained in the evening.",
        "Moran left for Sorrel Hall, and Pell stayed with 12 helpers.",
        "The old hall in Brackwater holds about 300 people.",
        "Yes.",
    ),
    "de": (
        "Bürgermeisterin Ilka Moran eröffnete am Freitag den Jahrmarkt in Großenhain.",
        "Über 300 Besucherinnen und Besucher kamen zum Mühlenplatz.",
        "„Wir sind stolz darauf“, sagte Jonas Pell.",
        "Am Abend regnete es.",
        "Moran fuhr nach Köln, Pell blieb mit zwölf Helfern.",
        "Die alte Halle in Königsbrück fasst etwa 300 Menschen.",
        "Ja.",
    ),
    "zh": (
        "莫兰市长星期五在阿梅里港宣布集市开幕。",
        "三百多名游客来到了塔恩码头。",
        "佩尔说：“我们为此感到自豪。”",
        "晚上下雨了。",
        "莫兰去了索雷尔大厅，佩尔和十二名助手留了下来。",
        "布拉克沃特的旧大厅可以容纳约三百人。",
        "是的。",
    ),
}
_NAMES = ("ana", "bob")
State = dict[str, tuple[AnnotatedSentence, ...]]


def _edit_source(lines: list[str], random: Random, texts: Sequence[str]) -> None:
    """Insert, delete, change, move or double some sentences."""
    for _ in range(random.randint(1, 4)):
        i, act = random.randrange(len(lines)), random.choice("idmxc")
        line = lines[i]
        if act in "dm" and len(lines) > 3:
            lines.pop(i)
        if act == "c":
            lines[i] = _changed(line, random)
        elif act != "d":
            lines.insert(random.randrange(len(lines)), random.choice(texts) if act == "i" else line)


def _changed(line: str, random: Random) -> str:
    at = random.randrange(len(line))
    return line[:at] + random.choice("xé7港") + line[at + random.randint(0, 2) :]


def _work(session: AnnotationSession, random: Random) -> None:
    """Label, answer, note, join, split, undo and redo at random."""
    for _ in range(random.randint(0, 12)):
        if not (here := session.article_sentences):
            return  # all of it is taken for boilerplate
        session.navigation.move_in_article(random.randrange(len(here)))
        w, act = session.annotated, random.random()
        try:
            if act < 0.08:
                session.join()
            elif act < 0.16:
                session.split(random.randrange(1, len(w.sentence.tokens)))
            elif act < 0.26:
                session.undo() if act < 0.21 else session.redo()
            elif act < 0.34:
                session.apply_edit(set_note(w, "seen"))
            else:
                annotation = _labelled(w, session, random).with_answer(random.choice([Answer.ACCEPT, *Answer, None]))
                session.apply_edit(Edit(Op.EDIT, (w,), (AnnotatedSentence(w.sentence, annotation),)))
        except (AnnotatorError, ValueError):
            pass  # not possible here: the last sentence is not joined, a single word not split


def _labelled(w: AnnotatedSentence, session: AnnotationSession, random: Random) -> Annotation:
    tokens, annotation = w.sentence.tokens, w.annotation
    first = random.randrange(len(tokens))
    last = min(len(tokens), first + random.randint(1, 3)) - 1
    new = Span(tokens[first].start, tokens[last].end, random.choice(session.schema.labels).name)
    if session.schema.find_violation(new, annotation.spans):
        return annotation
    return annotation.with_spans([*annotation.spans, new])


def _state(session: AnnotationSession) -> State:
    store = session.annotation_store
    return {a: store.touched_sentences_of(a) for a in store.touched_articles}


def _words(sentences: Sequence[AnnotatedSentence]) -> Counter[tuple[str, str]]:
    return Counter((s.label, w.text_of(s)) for w in sentences for s in w.annotation.spans)


def _wrong_carry(corpus: CorpusFolder, before: State, session: AnnotationSession) -> str:
    """Return what an opening has carried wrongly from the states of the versions before."""
    now, newest = session.article_sentences, session.current_article_id
    own = before.get(newest, ())
    if not set(own) <= set(now):
        return "a sentence was changed that had been annotated in this version"
    carried = [w for w in now if w not in own]
    made: Counter[tuple[str, str]] = Counter()
    for article, sentences in before.items():
        made |= _words(sentences) if article != newest else made
    if any(n > made[what] for what, n in _words(carried).items()):
        return f"spans were invented or doubled: {_words(carried)} of {made}"
    text = session.article(newest).text
    if any(w.sentence.text != text[w.sentence.start : w.sentence.end] for w in now):
        return "a sentence does not have the text of its place"
    return _lost(corpus, before, session, carried) if not own else ""


def _lost(corpus: CorpusFolder, before: State, session: AnnotationSession, carried: list[AnnotatedSentence]) -> str:
    """Return what of the version before is lost though its text is there as often; nothing was touched since."""
    newest = session.current_article_id
    old = session.article(newest).replaces
    active = corpus.active_sentences(corpus.article(newest))
    texts = [Counter(s.text for s in found) for found in (corpus.sentences(old) if old else (), active)]
    for w in before.get(old, ()):
        text = w.sentence.text
        if w.done and texts[0][text] == texts[1][text] and w.sentence in corpus.sentences(old):
            there = [x.annotation for x in carried if x.sentence.text == text]
            if w.annotation not in there:
                return f"the annotation of {text!r} is lost"
    return ""


def _double_export(corpus: CorpusFolder) -> str:
    """Return what an export would have both of an old and of a new version."""
    for name in corpus.annotators():
        versions: dict[str, set[str]] = {}
        for item in select_items(corpus, (name,)).items:
            if item.annotated.done:
                versions.setdefault(item.annotated.sentence.text, set()).add(item.article.id)
        if double := [text for text, ids in versions.items() if len(ids) > 1]:
            return f"exported of two versions for {name}: {double}"
    return ""


@torture_row("new-versions", small=8, large=1500)
def new_versions(trial: Trial) -> str:
    """Edit sources and ingest them again: no unchanged work is lost, no span invented, nothing exported twice."""
    random, path = trial.random, trial.folder / "page.txt"
    lang = random.choice(list(_TEXTS))
    lines = random.choices(_TEXTS[lang], k=random.randint(4, 9))
    states: dict[str, State] = {name: {} for name in _NAMES}
    for _ in range(4):
        _write(path, lines, lang)
        ingest(trial.folder / "news", [path], lang=lang)
        for name in random.sample(_NAMES, random.randint(1, 2)):
            corpus = CorpusFolder.open(trial.folder / "news")
            session = builders.open_session(corpus, name=name)
            try:
                if wrong := _wrong_carry(corpus, states[name], session) or _wrong_reopening(session, corpus):
                    return wrong
                _work(session, random)
                states[name] = _state(session)
            finally:
                session.close()
            if wrong := _double_export(CorpusFolder.open(corpus.path)):
                return wrong
        _edit_source(lines, random, _TEXTS[lang])
    return ""


def _write(path: Path, lines: Sequence[str], lang: str) -> None:
    body = ("" if lang == "zh" else " ").join(lines)
    path.write_text(f"{_TEXTS[lang][0][:12]}\n\n{body}\n", encoding="utf-8")


def _wrong_reopening(session: AnnotationSession, corpus: CorpusFolder) -> str:
    """Return what a second opening changes: it has nothing to carry over and reads the same state."""
    assert session.flush()
    size = (corpus.path / f"annotations/{session.annotator}.jsonl").stat().st_size
    again = builders.open_session(CorpusFolder.open(corpus.path), name=session.annotator, read_only=True)
    if _state(again) != _state(session):
        return "the journal reads otherwise than the session"
    return (
        "" if size == again.corpus.path.joinpath(f"annotations/{session.annotator}.jsonl").stat().st_size else "grown"
    )
