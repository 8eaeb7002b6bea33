"""Suggestion files: written so that a run can go on, read by sentence."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence
from annotator.core.article import Sentence
from annotator.core.edits import join_sentences, split_sentence
from annotator.core.errors import CorpusError
from annotator.core.suggestion import Suggestion
from annotator.storage.suggestion_writer import SuggestionWriter
from annotator.storage.suggestions import (
    SuggestionFile,
    encode_suggestions,
    source_names,
    suggestion_files,
    suggestion_path,
)
from tests.builders import market, sentences

ARTICLE = market()
EVERY = sentences(ARTICLE)


def offers(s: Sentence) -> tuple[Suggestion, ...]:
    """Suggest the first word, and the last two tokens, of a sentence."""
    first, last = s.tokens[0], s.tokens[-1]
    return (
        Suggestion(first.start, first.end, "PERSON", "m", 0.25, "PER"),
        Suggestion(s.tokens[-2].start, last.end, "VENUE", "m", 0.5, "GPE"),
    )


def write(folder: Path, some: Sequence[Sentence], fingerprint: str = "f1", *, finish: bool = True) -> SuggestionWriter:
    """Run a source over some sentences, as a command does."""
    with SuggestionWriter(folder, "m", fingerprint) as writer:
        writer.add([(s, offers(s)) for s in some if not writer.has(s)])
        if finish:
            writer.finish()
    return writer


def test_a_line_shows_its_sentence_and_where_it_comes_from(tmp_path: Path) -> None:
    """Plain JSON with Prodigy's offsets (`token_end` inclusive), no header."""
    write(tmp_path, EVERY[:1])
    (line,) = (tmp_path / "suggestions" / "m.jsonl").read_bytes().splitlines()
    fields = orjson.loads(line)
    s = EVERY[0]
    assert list(fields) == ["meta", "_digest", "source", "_fingerprint", "spans"]
    assert fields["meta"] == {"article": s.article, "sentence": s.id, "start": s.start, "end": s.end}
    assert fields["spans"][1] == {
        "start": s.tokens[-2].start,
        "end": s.tokens[-1].end,
        "token_start": len(s.tokens) - 2,
        "token_end": len(s.tokens) - 1,
        "label": "VENUE",
        "score": 0.5,
        "kind": "GPE",
    }


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """Each sentence has its own suggestions back, one that is not in the file has none."""
    write(tmp_path, EVERY[:-1])
    assert source_names(tmp_path) == ("m",)
    file = suggestion_files(tmp_path)["m"]
    assert [file(s) for s in EVERY[:-1]] == [offers(s) for s in EVERY[:-1]]
    assert file(EVERY[-1]) == ()
    assert SuggestionFile(tmp_path / "suggestions" / "other.jsonl")(EVERY[0]) == ()


def test_a_second_run_makes_what_is_missing(tmp_path: Path) -> None:
    """Nothing is made twice, and what was there stays byte for byte."""
    path = suggestion_path(tmp_path, "m")
    write(tmp_path, EVERY[:3])
    before = path.read_bytes()
    write(tmp_path, EVERY[:5], finish=False)
    assert path.read_bytes() == before, "a stopped run leaves the file as it was"
    with SuggestionWriter(tmp_path, "m", "f1") as writer:
        assert [writer.has(s) for s in EVERY[3:6]] == [True, True, False]
    writer = write(tmp_path, EVERY)
    assert path.read_bytes().startswith(before)
    assert path.read_bytes().count(b"\n") == len(EVERY)
    assert not writer.replaces_old_file
    write(tmp_path, EVERY)
    assert path.read_bytes().count(b"\n") == len(EVERY)


def test_a_new_fingerprint_makes_all_again_and_the_old_file_stands_until_then(tmp_path: Path) -> None:
    """A run that is stopped leaves the old suggestions; the next one goes on and then replaces them."""
    path = suggestion_path(tmp_path, "m")
    write(tmp_path, EVERY)
    old = path.read_bytes()
    write(tmp_path, EVERY[:4], "f2", finish=False)
    assert path.read_bytes() == old
    with SuggestionWriter(tmp_path, "m", "f2") as writer:
        assert [writer.has(s) for s in EVERY[:5]] == [True] * 4 + [False]
        assert writer.replaces_old_file
        writer.add([(s, ()) for s in EVERY if not writer.has(s)])
        writer.finish()
    assert path.read_bytes().count(b'"_fingerprint":"f2"') == len(EVERY)
    assert sorted(p.name for p in path.parent.iterdir()) == [".m.lock", "m.jsonl"]


def test_the_beginning_of_a_third_version_does_not_go_on_with_the_second(tmp_path: Path) -> None:
    """What was begun under another fingerprint is thrown away."""
    write(tmp_path, EVERY)
    write(tmp_path, EVERY[:4], "f2", finish=False)
    with SuggestionWriter(tmp_path, "m", "f3") as writer:
        assert not writer.has(EVERY[0])


@given(data=st.data())
def test_a_line_cut_anywhere_is_made_again(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """After a crash at any byte the file is what an undisturbed run writes; the torn rest is set aside."""
    folder = tmp_path_factory.mktemp("torn")
    path = suggestion_path(folder, "m")
    write(folder, EVERY)
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    path.write_bytes(whole[:at])
    assert all(found in ((), offers(s)) for s in EVERY for found in [SuggestionFile(path)(s)])
    writer = write(folder, EVERY)
    assert path.read_bytes() == whole
    torn = at > 0 and whole[at - 1 : at] != b"\n"
    assert len(writer.notes) == torn
    assert len(list(path.parent.glob("*.torn-*"))) == torn


def test_a_damaged_file_is_made_again(tmp_path: Path) -> None:
    """Suggestions are no human work: a bad line is told and everything made again."""
    write(tmp_path, EVERY)
    path = suggestion_path(tmp_path, "m")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], b"<<<<<<< ours\n", *lines[1:]]))
    assert SuggestionFile(path).flaws == (2,)
    assert SuggestionFile(path)(EVERY[2]) == offers(EVERY[2])
    writer = write(tmp_path, EVERY)
    assert writer.notes == ["m.jsonl: 1 damaged line; all is made again"]
    assert path.read_bytes() == b"".join(lines)


def test_a_reader_sees_what_others_append_and_replace(tmp_path: Path) -> None:
    """A screen that is open while suggestions are made shows them."""
    write(tmp_path, EVERY[:2])
    file = SuggestionFile(suggestion_path(tmp_path, "m"))
    assert file(EVERY[3]) == ()
    write(tmp_path, EVERY)
    assert file(EVERY[3]) == offers(EVERY[3])
    with SuggestionWriter(tmp_path, "m", "f2") as writer:
        writer.add([(s, ()) for s in EVERY])
        writer.finish()
    assert file(EVERY[3]) == ()


def test_suggestions_of_another_text_are_none(tmp_path: Path) -> None:
    """A line of the same place that was made for other words."""
    s = EVERY[3]
    other = replace(s, text=s.text[::-1])
    path = suggestion_path(tmp_path, "m")
    path.parent.mkdir()
    line = encode_suggestions(other, offers(s), "m", "f1")
    foreign = orjson.dumps(dict(reversed(orjson.loads(line).items())), option=orjson.OPT_APPEND_NEWLINE)
    for data in (line, foreign):
        path.write_bytes(data)
        assert SuggestionFile(path)(s) == ()


def test_a_join_has_no_suggestions_of_another_text(tmp_path: Path) -> None:
    """Of a sentence and a line that was made for other words in its second part, the first part's stay."""
    a, b = next((x, y) for x, y in pairwise(EVERY) if y.start - x.end == 1)
    write(tmp_path, [a, replace(b, text=b.text[::-1])])
    joined = join_sentences(AnnotatedSentence(a), AnnotatedSentence(b), ARTICLE.text).after[0].sentence
    assert [s.label for s in SuggestionFile(suggestion_path(tmp_path, "m"))(joined)] == [s.label for s in offers(a)]


def test_the_torn_line_of_an_unfinished_run_is_set_aside_beside_the_file(tmp_path: Path) -> None:
    """The piece has the name of the file, not of the one that a run writes to until it is done."""
    path = suggestion_path(tmp_path, "m")
    write(tmp_path, EVERY)
    write(tmp_path, EVERY[:2], "f2", finish=False)
    (begun,) = (p for p in path.parent.iterdir() if p.name not in {".m.lock", "m.jsonl"})
    begun.write_bytes(begun.read_bytes()[:-5])
    assert write(tmp_path, EVERY, "f2").notes == ["set aside a torn last line of m.jsonl in m.jsonl.torn-1"]
    assert sorted(p.name for p in path.parent.iterdir()) == [".m.lock", "m.jsonl", "m.jsonl.torn-1"]


def test_joined_and_split(tmp_path: Path) -> None:
    """A join has the suggestions of both parts, each part of a split those that lie in it."""
    write(tmp_path, EVERY)
    file = SuggestionFile(suggestion_path(tmp_path, "m"))
    a, b = next((x, y) for x, y in pairwise(EVERY) if y.start - x.end == 1)
    joined = join_sentences(AnnotatedSentence(a), AnnotatedSentence(b), ARTICLE.text).after[0].sentence
    places = [(joined.start + s.start, joined.start + s.end) for s in file(joined)]
    assert places == [(x.start + s.start, x.start + s.end) for x in (a, b) for s in offers(x)]
    left, right = (w.sentence for w in split_sentence(AnnotatedSentence(a), 3, ARTICLE.text).after)
    assert [s.label for s in file(left)] == ["PERSON"]
    assert [s.label for s in file(right)] == ["VENUE"]
    assert right.text[file(right)[0].start : file(right)[0].end] == a.text[offers(a)[1].start :]


def test_foreign_lines_are_read_and_wrong_ones_passed_over(tmp_path: Path) -> None:
    """Another program's file needs places and labels alone; wrong digests and half words are nothing."""
    a, b, c = EVERY[:3]
    spans = [{"start": 0, "end": a.tokens[0].end, "label": "PERSON"}, {"start": 0, "end": 1, "label": "PERSON"}]
    meta = [{"article": s.article, "start": s.start, "end": s.end} for s in (a, b, c)]
    path = suggestion_path(tmp_path, "other")
    path.parent.mkdir()
    rows = [
        {"spans": spans, "meta": meta[0]},
        {"spans": spans, "meta": meta[1], "_digest": "0" * 64},
        {"spans": [{"start": "x"}], "meta": meta[2]},
    ]
    path.write_bytes(b"".join(orjson.dumps(r) + b"\n" for r in rows))
    file = SuggestionFile(path)
    assert file(a) == (Suggestion(0, a.tokens[0].end, "PERSON", "other", 0.5, "", estimated=True),)
    assert file(b) == file(c) == ()


def test_two_runs_at_once_are_refused(tmp_path: Path) -> None:
    """The second one says who is at it."""
    with SuggestionWriter(tmp_path, "m", "f1"), pytest.raises(CorpusError) as caught:
        SuggestionWriter(tmp_path, "m", "f1")
    assert "m.jsonl: these suggestions are being made by process" in str(caught.value)


@pytest.mark.parametrize("name", ["", ".m", "../m", "a/b", "M", "x" * 65])
def test_no_name_becomes_a_path(tmp_path: Path, name: str) -> None:
    """A source is named plainly."""
    with pytest.raises(CorpusError, match="cannot name a source of suggestions"):
        suggestion_path(tmp_path, name)


def test_a_span_off_the_token_edges_is_never_written() -> None:
    """The writer's caller has to leave it out, and say so."""
    with pytest.raises(CorpusError, match="is not on token edges; leave it out"):
        encode_suggestions(EVERY[0], [Suggestion(0, 1, "PERSON", "m", 0.5)], "m", "f1")


def rewritten(lines: Sequence[Sentence], spans: Sequence[Suggestion] = (), size: int = 1000) -> bytes:
    """Return a file of another program, each line padded to the same size."""
    each = (encode_suggestions(s, spans or offers(s)[:1], "m", "f1").rstrip() for s in lines)
    return b"".join(raw[:-1] + b',"p":"' + b"x" * (size - len(raw)) + b'"}\n' for raw in each)


@pytest.mark.parametrize(
    "again",
    [
        rewritten(EVERY[:3], size=1100),
        rewritten([EVERY[1], EVERY[0], EVERY[2]]),
        rewritten([EVERY[1], EVERY[0], EVERY[2], EVERY[3]]),
        rewritten([EVERY[2], EVERY[1], EVERY[0], EVERY[3]]),
        rewritten([EVERY[3]]),
    ],
    ids=["longer lines", "same last line", "appended too", "another order", "shorter"],
)
def test_a_file_that_is_written_again_in_place_is_indexed_anew(tmp_path: Path, again: bytes) -> None:
    """An open reader has of each sentence what a new one has, whichever lines have stayed."""
    path = suggestion_path(tmp_path, "m")
    path.parent.mkdir()
    path.write_bytes(rewritten(EVERY[:3]))
    file = SuggestionFile(path)
    assert [bool(file(s)) for s in EVERY[:4]] == [True, True, True, False]
    path.write_bytes(again)
    assert [file(s) for s in EVERY[:4]] == [SuggestionFile(path)(s) for s in EVERY[:4]]


def test_damaged_lines_are_warned_of(tmp_path: Path) -> None:
    """The warning names file and line, once a version of the file."""
    write(tmp_path, EVERY)
    path = suggestion_path(tmp_path, "m")
    path.write_bytes(b"{}\n" + path.read_bytes() + b"no\n")
    warnings: list[str] = []
    file = SuggestionFile(path, warnings.append)
    assert [file(s) for s in EVERY] == [offers(s) for s in EVERY]
    path.write_bytes(path.read_bytes().removesuffix(b"no\n"))
    file(EVERY[0])
    warning, second = warnings
    assert second.startswith("suggestions/m.jsonl:1: 1 line of the file is no suggestions; make them again")
    assert warning.startswith("suggestions/m.jsonl:1: 2 lines of the file are no suggestions; make them again")


def test_suggestions_of_a_model_name_its_version_and_older_files_do_not(tmp_path: Path) -> None:
    """A fingerprint of version 0.2.0 has no version; whether a score is a guess is stored too."""
    s, path = EVERY[0], suggestion_path(tmp_path, "m")
    guess = replace(offers(s)[0], estimated=True)
    path.parent.mkdir()
    for fingerprint, source in (("0123456789abcdef", "m"), ("model-01234567-89abcdef01234567", "m@89abcdef")):
        path.write_bytes(encode_suggestions(s, [guess, offers(s)[1]], "m", fingerprint))
        found = SuggestionFile(path)(s)
        assert [(x.source, x.estimated, x.score) for x in found] == [(source, True, 0.25), (source, False, 0.5)]


def test_a_model_replaces_its_own_file_alone(tmp_path: Path) -> None:
    """Another lineage, another program and an older version of this one are kept, unless the user says so."""
    path = suggestion_path(tmp_path, "m")
    for old in ("model-11111111-aa000000", "rows", "0123456789abcdef"):
        path.unlink(missing_ok=True)
        write(tmp_path, EVERY, old)
        before = path.read_bytes()
        with pytest.raises(CorpusError, match="these suggestions are by another model"):
            SuggestionWriter(tmp_path, "m", "model-22222222-bb000000")
        assert path.read_bytes() == before
        SuggestionWriter(tmp_path, "m", "model-22222222-bb000000", replaces_others=True).__exit__(None)
    path.unlink()
    write(tmp_path, EVERY, "model-11111111-aa000000")
    assert write(tmp_path, EVERY, "model-11111111-cc000000").replaces_old_file
