"""``repair`` from the outside: what is proved comes back byte for byte, all else stays and is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.article import LineVerdict
from annotator.core.edits import add_span, set_answer
from annotator.core.spans import Span
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from tests import builders
from tests.cli.command_runner import call
from tests.storage.storage_helpers import tree


@pytest.fixture
def done(tmp_path: Path) -> Path:
    """Return a corpus in which Ana has accepted two sentences."""
    path = tmp_path / "news"
    session = builders.open_session(builders.make_corpus(path))
    for article in (builders.market(), builders.bridge()):
        session.apply_edit(set_answer(session.sentences_of(article.id)[0], Answer.ACCEPT))
    session.close()
    return path


def _flip(path: Path, words: bytes) -> None:
    raw = bytearray(path.read_bytes())
    raw[raw.index(words)] ^= 1
    path.write_bytes(raw)


def _files(corpus: Path) -> dict[str, bytes]:
    return {name: data for name, data in tree(corpus).items() if "damaged/" not in name}


def test_a_sound_corpus_stays_as_it_is(done: Path) -> None:
    """There is nothing to mend, and no folder is made."""
    before = tree(done)
    result = call("repair", done, "--write")
    assert (result.code, result.out, result.err) == (0, "nothing to mend\n", "")
    assert tree(done) == before


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (f"articles/{builders.market().id}.json", b"stalls opened"),
        ("sentences.jsonl", b"stalls opened"),
        ("annotations/ana.jsonl", b'"answer":"accept"'),
        ("schema.toml", b"[label]"),
        ("corpus.toml", b"= "),
    ],
)
def test_a_flipped_bit_is_set_right(done: Path, file: str, words: bytes) -> None:
    """The dry run changes nothing; then every byte is as it was, and the damaged file is kept."""
    before = _files(done)
    _flip(done / file, words)
    damaged = tree(done)
    shown = call("repair", done)
    assert shown.code == 0, shown.out
    assert "nothing was changed; --write does it" in shown.out
    assert tree(done) == damaged
    written = call("repair", done, "--write", "--json")
    assert written.code == 0, written.out
    assert _files(done) == before
    assert (done / written.json["copies"] / file).read_bytes() == damaged[file]
    assert call("check", done, "--level", "error").code == 0


def test_a_corpus_with_the_line_endings_of_windows_is_read_and_mended(done: Path) -> None:
    """Nobody is kept from reading it, and ``check`` names it once a file; then every byte is as it was."""
    before = _files(done)
    for name in ("sentences.jsonl", "schema.toml", "corpus.toml", "annotations/ana.jsonl"):
        (done / name).write_bytes(before[name].replace(b"\n", b"\r\n"))
    session = builders.open_session(done)
    assert session.sentences_of(builders.market().id)[0].done
    assert "annotator repair" in session.banner
    session.close()
    checked = call("check", done, "--only", "journal")
    assert "2 lines of the file end like those of Windows (CRLF), so nothing can be saved" in checked.out
    assert "1 error " in checked.out
    assert call("repair", done, "--write").code == 0
    assert _files(done) == before


def test_a_journal_that_an_editor_has_saved_is_read_and_mended(done: Path) -> None:
    """Blanks behind each line and no line end: an opening sets nothing aside; then every byte is as it was."""
    before, journal = _files(done), done / "annotations" / "ana.jsonl"
    journal.write_bytes(before["annotations/ana.jsonl"].replace(b"\n", b"  \n")[:-1])
    saved = tree(done)
    session = builders.open_session(done)
    assert session.sentences_of(builders.market().id)[0].done
    assert "annotator repair" in session.banner
    session.close()
    assert tree(done) == saved
    checked = call("check", done, "--only", "journal")
    assert "2 lines of the file end with blanks, so nothing can be saved" in checked.out
    assert "1 error " in checked.out
    mended = call("repair", done, "--write")
    assert mended.code == 0
    assert "annotations/ana.jsonl: removed blanks at the ends of lines, or empty lines (lines 1-2)" in mended.out
    assert "annotations/ana.jsonl: ended the last line" in mended.out
    assert _files(done) == before


def test_lost_sentences_are_cut_again(corpus: Path) -> None:
    """By the same tokenizer, from the articles; the file is as it was."""
    stored = corpus / "sentences.jsonl"
    before = stored.read_bytes()
    for damage in (b"", before[: len(before) // 2], before.replace(b'"tokens"', b'"token!"', 1)):
        stored.write_bytes(damage)
        result = call("repair", corpus, "--write")
        assert result.code == 0, result.out
        assert stored.read_bytes() == before


def test_settings_of_which_the_language_is_left_are_put_together(corpus: Path) -> None:
    """The stored tokens prove the tokenizer; without the language nothing does, and the file stays."""
    path = corpus / "corpus.toml"
    before = path.read_bytes()
    path.write_bytes(before[: before.index(b"tokenizer")])
    assert "run `annotator repair`" in call("articles", corpus).err
    assert call("repair", corpus, "--write").code == 0
    assert path.read_bytes() == before
    path.write_bytes(b'name = "news"\n')
    result = call("repair", corpus, "--write")
    assert result.code == 3
    assert "its language is not known: give it with --lang CODE" in result.out
    assert path.read_bytes() == b'name = "news"\n'
    assert call("repair", corpus, "--write", "--lang", "klingon").code == 1
    assert path.read_bytes() == b'name = "news"\n'
    assert call("repair", corpus, "--write", "--lang", "en").code == 0
    assert path.read_bytes() == before


def test_a_tokenizer_that_nothing_proves_is_written_as_unknown(done: Path) -> None:
    """The language is the user's word; the stored tokens are of another tokenizer, which no file names any more."""
    (done / "corpus.toml").unlink()
    assert call("repair", done, "--write", "--lang", "zh").code == 0
    assert b'tokenizer = "unknown"' in (done / "corpus.toml").read_bytes()
    assert call("repair", done, "--write").out == "nothing to mend\n"


def test_settings_of_a_newer_version_are_not_mended(done: Path) -> None:
    """Nothing is known to be wrong with them."""
    path = done / "corpus.toml"
    path.write_bytes(path.read_bytes().replace(b"format = 1", b"format = 3"))
    newer = path.read_bytes()
    result = call("repair", done, "--write")
    assert (result.code, path.read_bytes()) == (3, newer)
    assert "update Annotator" in result.out


def test_what_nothing_proves_stays(done: Path) -> None:
    """An article of which half is gone is named, with exit code 3; it is not touched."""
    path = done / "articles" / f"{builders.market().id}.json"
    path.write_bytes(path.read_bytes()[:200])
    result = call("repair", done, "--write")
    assert result.code == 3
    assert "nothing proves its text; restore the file from a copy, or ingest its source again" in result.out
    assert len(path.read_bytes()) == 200


def test_nobody_may_be_annotating(done: Path) -> None:
    """The error names who holds the journal, and nothing is changed; a dry run needs no lock."""
    _flip(done / "annotations/ana.jsonl", b'"answer":"accept"')
    before = tree(done)
    with Journal.open(done, "bo"):
        result = call("repair", done, "--write")
        assert result.code == 1
        assert "the journal is held by process" in result.err
        assert call("repair", done).code == 0
    assert {k: v for k, v in tree(done).items() if "bo" not in k} == before


def test_an_older_corpus_gets_the_files_for_git_with_the_next_write(done: Path) -> None:
    """With a word, by the next write or by repair; a file of the user's own stays."""
    (done / ".gitattributes").unlink()
    (done / ".gitignore").write_bytes(b"mine\n")
    corpus = CorpusFolder.open(done)
    corpus.restore_article(builders.bridge().id)
    assert b"*.jsonl -text" in (done / ".gitattributes").read_bytes()
    assert (done / ".gitignore").read_bytes() == b"mine\n"
    assert [w for w in corpus.warnings if ".gitattributes" in w]
    (done / ".gitattributes").unlink()
    assert call("repair", done, "--write").out.startswith(".gitattributes: added")


# -- metadata -------------------------------------------------------------------------------------


def test_a_flipped_letter_in_a_title_is_exported_with_a_warning_and_mended(done: Path, tmp_path: Path) -> None:
    """The article is not set apart; ``check`` and each export warn until ``repair`` has set it right, byte for byte."""
    before = _files(done)
    path = done / "articles" / f"{builders.market().id}.json"
    for key in (b'"title": "', b'"date": "', b'"meta_digest": "'):
        raw = bytearray(before[f"articles/{path.name}"])
        raw[raw.index(key) + len(key)] ^= 1
        path.write_bytes(raw)
        warned = call("export", done, tmp_path / "out", "--format", "plain")
        assert warned.code == 0
        assert "title, byline, date or other metadata have changed since they were stored" in warned.err
        assert "warning metadata:" in call("check", done, "--only", "metadata").out
        assert call("repair", done, "--write").code == 0
        assert _files(done) == before


def test_metadata_that_were_changed_by_hand_are_accepted(done: Path) -> None:
    """They stay as they are; ``--accept-meta`` ends the warnings, and lines can be switched before and after."""
    path = done / "articles" / f"{builders.market().id}.json"
    path.write_bytes(path.read_bytes().replace(b'"date": "3 May"', b'"date": "4 June"'))
    corpus = CorpusFolder.open(done)
    corpus.set_line_verdict(builders.market().id, 0, LineVerdict.BODY, by="ana", time=1)
    session = builders.open_session(done)
    assert [w for w in session.warnings if "metadata have changed" in w]
    assert len(session.sentences_of(builders.market().id)) > 1
    session.close()
    asked = call("repair", done, "--write")
    assert asked.code == 3
    assert "--accept-meta keeps them as they are now" in asked.out
    assert call("repair", done, "--write", "--accept-meta").code == 0
    corpus.undo_line_verdict(builders.market().id, by="ana", time=2)
    assert call("check", done, "--only", "metadata").code == 0
    assert corpus.article(builders.market().id).date == "4 June"


def test_an_article_of_an_earlier_version_has_no_digest_of_its_metadata(done: Path) -> None:
    """It is read as before, and nothing is asked."""
    path = done / "articles" / f"{builders.market().id}.json"
    path.write_bytes(re.sub(rb'  "meta_digest": "[0-9a-f]{16}",\n', b"", path.read_bytes()).replace(b"3 May", b"4 May"))
    assert call("check", done, "--only", "metadata,journal").code == 0
    assert call("repair", done, "--write").out == "nothing to mend\n"


# -- one annotator on two machines -----------------------------------------------------------------


@pytest.fixture
def joined(done: Path) -> Path:
    """Return the corpus with Ana's work of two machines joined by git; one sentence was done on both."""
    journal = done / "annotations" / "ana.jsonl"
    base, sides = journal.read_bytes(), []
    for label, n in (("VENUE", 1), ("COUNT", 2)):
        journal.write_bytes(base)
        session = builders.open_session(done)
        for i in (1, n + 1):
            annotated = session.sentences_of(builders.market().id)[i]
            token = annotated.sentence.tokens[0]
            session.apply_edit(add_span(annotated, Span(token.start, token.end, label), session.schema))
        session.close()
        sides.append(journal.read_bytes().removeprefix(base))
    ours, theirs = sides
    journal.write_bytes(base + b"<<<<<<< HEAD\n" + ours + b"=======\n" + theirs + b">>>>>>> laptop\n")
    return done


def test_two_machines_are_joined_and_what_differs_is_listed_until_it_is_settled(joined: Path) -> None:
    """The lines of the one side keep their bytes; a sentence that both have done is a problem until it is answered."""
    raw = (joined / "annotations/ana.jsonl").read_bytes()
    session = builders.open_session(joined)
    assert "annotator repair" in session.banner
    session.close()
    result = call("repair", joined, "--write")
    assert result.code == 3
    assert "was annotated differently on two machines; M in the app lists both sides" in result.out
    assert (joined / "annotations/ana.jsonl").read_bytes().startswith(raw[: raw.index(b"<<<<<<<")])
    (report,) = (joined / "damaged").glob("*/annotations/ana.jsonl")
    assert report.read_bytes() == raw
    assert "warning two-machines: annotated differently" in call("check", joined, "--only", "two-machines").out
    session = builders.open_session(joined)
    sentence = session.sentences_of(builders.market().id)[1]
    assert session.navigation.problem_finder.problem_sentences({}) == {sentence.sentence.id}
    assert [w for w in session.warnings if "1 sentence annotated differently on two machines" in w]
    session.apply_edit(set_answer(session.sentences_of(builders.market().id)[2], Answer.ACCEPT))
    exports = [("export", joined, joined.parent / "out", "--format", x) for x in ("plain", "spacy")]
    differs = "warning: ana has annotated 1 sentence differently on two machines, and the later record counts; "
    assert all(differs in call(*export).err for export in exports)
    session.apply_edit(set_answer(sentence, Answer.ACCEPT))
    assert not session.navigation.problem_finder.unsettled
    session.close()
    assert call("check", joined, "--only", "two-machines").code == 0
    assert not any(differs in call(*export).err for export in exports)
    assert not builders.open_session(joined, read_only=True).navigation.problem_finder.unsettled


# -- rescued records -------------------------------------------------------------------------------


@pytest.fixture
def rescued(done: Path) -> tuple[Path, Path]:
    """Return a corpus whose journal has gone on without a decision that was rescued, and the file with that."""
    with Journal.open(done, "ana") as journal:
        first, second = journal.records
        lost = replace(first, seq=3, parent=1, annotated=set_answer(first.annotated, Answer.REJECT).after[0])
        file = journal.rescue([lost])
        journal.append([replace(second, seq=3, parent=2, session="on")])
    return done, file


def test_rescued_records_that_no_opening_brings_back_are_added(rescued: tuple[Path, Path]) -> None:
    """A dry run names them and changes nothing; then they are behind the others, and the file is marked."""
    corpus, file = rescued
    before = (corpus / "annotations/ana.jsonl").read_bytes()
    session = builders.open_session(corpus)
    assert [w for w in session.warnings if "the journal has gone on without them" in w and "annotator repair" in w]
    session.close()
    assert f"added 1 record that could not be saved, from {file}" in call("repair", corpus).out.replace("\n", "")
    assert file.exists()
    assert (corpus / "annotations/ana.jsonl").read_bytes() == before
    result = call("repair", corpus, "--write")
    assert result.code == 0, result.out
    after = (corpus / "annotations/ana.jsonl").read_bytes()
    assert after.startswith(before)
    assert not file.exists()
    with Journal.open(corpus, "ana") as journal:
        assert journal.warnings == []
        assert journal.records[-1].annotated.annotation.answer is Answer.REJECT
        assert journal.records[-1].parent == 1
    assert call("repair", corpus, "--write").out == "nothing to mend\n"


def test_a_repair_that_was_killed_before_the_mark_adds_nothing_twice(rescued: tuple[Path, Path]) -> None:
    """The records are at the end of the journal, under other numbers; the next opening marks the file."""
    corpus, file = rescued
    assert call("repair", corpus, "--write").code == 0
    file.with_name(f"{file.name}.saved").rename(file)
    assert call("repair", corpus, "--write").out == "nothing to mend\n"
    with Journal.open(corpus, "ana") as journal:
        assert (len(journal.records), journal.warnings) == (4, [])
    assert not file.exists()


def test_records_of_a_journal_that_is_gone_come_back_by_repair(done: Path) -> None:
    """The rescue file names the place of the corpus."""
    with Journal.open(done, "ana") as journal:
        journal.rescue([replace(r, seq=r.seq + 2, session="lost") for r in journal.records])
    (done / "annotations/ana.jsonl").unlink()
    assert call("repair", done, "--write").code == 0
    with Journal.open(done, "ana") as journal:
        assert (len(journal.records), journal.warnings) == (2, [])


def test_what_a_killed_write_has_left_is_removed(done: Path) -> None:
    """Under the locks, by the next repair; the dry run names it, and other hidden files stay."""
    left = [done / ".corpus.toml.0a1b2c3d.tmp", done / "annotations" / ".ana.jsonl.00ff00ff.tmp"]
    for path in (*left, done / ".mine.tmp"):
        path.write_bytes(b"half")
    assert "annotations/.ana.jsonl.00ff00ff.tmp: removed what a write has left" in call("repair", done).out
    assert all(p.exists() for p in left)
    assert call("repair", done, "--write").code == 0
    assert not any(p.exists() for p in left)
    assert (done / ".mine.tmp").exists()
    assert call("repair", done, "--write").out == "nothing to mend\n"


@pytest.mark.parametrize("options", [["--format", "plain"], ["--split", "100/0/0"]])
def test_a_journal_with_records_of_another_annotator_is_no_silent_export(
    done: Path, tmp_path: Path, options: list[str]
) -> None:
    """A copy under another name doubles sentences: the warning, exit code 3 and the ledger name it."""
    (done / "annotations/bo.jsonl").write_bytes((done / "annotations/ana.jsonl").read_bytes())
    result = call("export", done, tmp_path / "out", *options)
    assert result.code == 3
    assert "annotations/bo.jsonl: 2 records are by ana, not bo" in result.err
    assert b'"journals with flaws":{"bo":2}' in (tmp_path / "out" / "ledger.jsonl").read_bytes()


def test_a_line_of_the_schema_that_stays_is_named(done: Path) -> None:
    """Whoever has to correct it finds it: the report has its number."""
    path = done / "schema.toml"
    path.write_text(path.read_text() + "\n[[label]\nname =\n")
    number = path.read_text().split("\n").index("[[label]") + 1
    result = call("repair", done)
    assert result.code == 3
    assert f"schema.toml: left for you: line {number}: " in result.out
