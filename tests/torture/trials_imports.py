"""Trials of what is read from outside: files of every importer, mutated."""

from __future__ import annotations

import io
import json
import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from annotator.core.annotation import Answer
from annotator.core.edits import apply_suggestions
from annotator.core.errors import AnnotatorError
from annotator.core.spans import Span
from annotator.export.options import ExportOptions
from annotator.formats import format_detection, registry
from annotator.formats.document import ConversionLog
from annotator.formats.import_source import ImportSource
from annotator.formats.span_alignment import align_spans
from annotator.ingest.article_builder import build_article
from annotator.ingest.sources import SourceFailure, read_sources
from annotator.ingest.tokenizer import Tokenizer
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.schemas import load_schema
from annotator.workflows.exporting import export_training
from annotator.workflows.import_options import ImportOptions
from annotator.workflows.importing import import_files
from tests import builders
from tests.formats.awkward_documents import AWKWARD, tokenised
from tests.formats.test_uima import TYPES, XMI, cas, span
from tests.torture.bounds import bounded_work
from tests.torture.rows import Trial, torture_row

Files = dict[str, bytes]
Pack = Callable[[bytes], bytes]

_PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Boats</title></head><body><nav><a href="/">Home</a>
</nav><article><h1>Boats leave Port Amery</h1><p class="byline">By Ida Holm</p><p>More than 40 boats left the quay
on <b>Friday</b>, Mayor Lena Okafor said &amp; smiled.</p><p>“We count 12 more,” she said.</p></article></body></html>
"""
_RECORD = {"text": "Ida Holm left Port Amery.", "title": "Boats", "date": "3 May", "meta": {"n": 1}}


class FuzzSample(NamedTuple):
    """A sound file or folder of a kind."""

    kind: str
    """A format's name, page or schema."""
    files: Files
    pack: Pack = bytes
    """What is done to the bytes after they are mutated: a checksum would stop most mutations at once."""


def _zipped(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("all.jsonl", data)
    return out.getvalue()


def _written(name: str) -> Files:
    """Return what a format writes of a few awkward documents."""
    some = [d for d in AWKWARD if len(d.text) < 200]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        if name == "brat":  # two files a document
            some = some[:6]
        files = registry.load_format(name).write([*some[::3], *map(tokenised, some[1::3])], out, ConversionLog())
        return {str(f.relative_to(out)): f.read_bytes() for f in files}


def _docbin() -> bytes:
    """Return the inflated DocBin of a small export."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = builders.make_corpus(Path(folder) / "news")
        session = builders.open_session(corpus)
        for annotated in session.article_sentences:
            spans = [Span(t.start, t.end, "PERSON") for t in annotated.sentence.tokens[:2]]
            session.apply_edit(apply_suggestions(annotated, spans, corpus.schema, Answer.ACCEPT))
        session.close()
        export_training(CorpusFolder.open(corpus.path), Path(folder) / "out", ExportOptions(split=(100, 0, 0)))
        return zlib.decompress((Path(folder) / "out" / "train.spacy").read_bytes())


@cache
def fuzz_samples() -> tuple[FuzzSample, ...]:
    """Return sound files of every importer, of ingest and of a schema."""
    formats = [FuzzSample(n, _written(n)) for n, info in registry.FORMATS.items() if info.can_write]
    plain = next(iter(_written("plain").values()))
    return (
        *formats,
        FuzzSample("doccano", {"x.zip": next(iter(_written("doccano").values()))}, _zipped),
        FuzzSample("uima", {"x.json": json.dumps(cas(span(3, 11), span(17, 24, "VENUE"))).encode()}),
        FuzzSample("uima", {"x.xmi": XMI.encode(), "TypeSystem.xml": TYPES.encode()}),
        FuzzSample("spacy", {"x.spacy": _docbin()}, zlib.compress),
        FuzzSample("plain", {"x.json": json.dumps([json.loads(x) for x in plain.splitlines()]).encode()}),
        FuzzSample("page", {"x.html": _PAGE.encode()}),
        FuzzSample("page", {"x.txt": builders.MARKET.encode()}),
        FuzzSample("page", {"x.jsonl": json.dumps(_RECORD).encode() * 2}),
        FuzzSample("schema", {"schema.toml": builders.NEWS.encode()}),
    )


# -- mutations -------------------------------------------------------------------------------------

_PIECES = (
    b'"', b"'", b"[", b"]", b"{", b"}", b":", b",", b"\\", b"\n", b"\r\n", b"\t", b"\0", b"<", b"&", b"&#xD800;",
    b"null", b"NaN", b"true", b"-1", b"0", b"1e999", b"18446744073709551616", b"9" * 400, b"\\ud800", b"\xff\xfe",
    b"\xe2\x80\xa8", b"\xf0\x9f\x9b\xb6", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"<!DOCTYPE x [<!ENTITY a 'b'>]>&a;",
    b"../../x", b"B-", b"#Text=", b"-DOCSTART-", b"[[", b"]]", b"_" * 30, b"[1]", b"|" * 9, b"$" * 99,
)  # fmt: skip
_NUMBER = re.compile(rb"-?\d+")
_NUMBERS = (b"-1", b"0", b"1", b"7", b"255", b"2147483648", b"-9223372036854775809", b"18446744073709551616", b"1.5")


def _part(data: bytes, random: Random) -> tuple[int, int]:
    at = random.randint(0, len(data))
    return at, min(len(data), at + int(random.expovariate(1 / 20)) + 1)


def _change(data: bytes, random: Random) -> bytes:
    """Return the bytes with one change."""
    at, end = _part(data, random)
    part, kind = data[at:end], random.randrange(9)
    numbers = list(_NUMBER.finditer(data)) if kind == 0 else []
    if numbers:
        m = random.choice(numbers)
        return data[: m.start()] + random.choice(_NUMBERS) + data[m.end() :]
    if kind == 1:
        return data[:at]
    if kind == 2:
        return data[:at] + data[end:]
    if kind == 3:
        return data[:end] + part * random.choice((1, 2, 300)) + data[end:]
    if kind == 4:
        at = random.randrange(len(data)) if data else 0
        return data[:at] + bytes(b ^ 1 << random.randrange(8) for b in data[at : at + 1]) + data[at + 1 :]
    if kind == 5:
        lines = data.split(b"\n")
        random.shuffle(lines)
        return b"\n".join(lines)
    if kind == 6:
        return data[:at] + random.choice((b"[", b'{"a":', b"<a>", b"(")) * random.choice((50, 20_000)) + data[at:]
    return data[:at] + random.choice(_PIECES) + data[end if kind == 7 else at :]


def mutate(sample: FuzzSample, random: Random) -> Files:
    """Return the files of a sample with one to four changes in one of them."""
    name = random.choice(list(sample.files))
    data = sample.files[name]
    for _ in range(random.choice((1, 1, 2, 4))):
        data = _change(data, random)
    return {n: sample.pack(data if n == name else x) for n, x in sample.files.items()}


# -- the trials ------------------------------------------------------------------------------------

_tokenizer = cache(Tokenizer)


def _read_format(path: Path, kind: str) -> str:
    """Read a file as the format that it was, or as what it looks like now; return what is wrong."""
    account = ConversionLog()
    name, _ = format_detection.choose_format(ImportSource(path), kind)
    for document in registry.load_format(name).read(ImportSource(path), account):
        align_spans(document, account)
    return "" if account.is_balanced else f"{name}: in is not out and listed: {account.totals}"


def _import(path: Path, folder: Path) -> str:
    """Import a file into a new corpus; return what is wrong."""
    try:
        report = import_files(folder, [path], ImportOptions(add_labels=True))
    except AnnotatorError:
        return "an import was refused, and there is a corpus" if folder.exists() else ""
    if not report.ledger.totals["balanced"]:
        return f"in is not out and listed: {report.ledger.totals}"
    corpus = CorpusFolder.open(folder)
    for article in map(corpus.article, corpus.article_ids()):
        if moved := [s for s in corpus.sentences(article.id) if s.text != article.text[s.start : s.end]]:
            return f"a sentence is not where it says: {moved[0]}"
    return f"the new corpus has warnings: {corpus.warnings}" if corpus.warnings else ""


def _ingest(path: Path) -> str:
    for source in read_sources([path], None):
        if isinstance(source, SourceFailure):
            continue
        article, sentences = build_article(source, _tokenizer())
        for s in sentences:
            if s.text != article.text[s.start : s.end] or any(t.text != s.text[t.start : t.end] for t in s.tokens):
                return f"a sentence or token is not where it says: {s}"
    return ""


def _attempts(trial: Trial, sample: FuzzSample, path: Path) -> Iterator[Callable[[], str]]:
    if sample.kind == "page":
        yield lambda: _ingest(path)
    elif sample.kind == "schema":
        yield lambda: "" if load_schema(path) else "no schema"
    else:
        yield lambda: _read_format(path, trial.random.choice((sample.kind, sample.kind, "auto")))
        if trial.number % 50 == 0:
            yield lambda: _import(path, trial.folder / "corpus")


@torture_row("mutated-files", small=400, large=20_000)
def mutated_files(trial: Trial) -> str:
    """Read mutated files of every importer: documents with every span accounted for, or a clear error; bounded."""
    samples = fuzz_samples()
    (sample,) = trial.random.choices(samples, [0.1 if s.kind == "huggingface" else 1 for s in samples])
    files, source = mutate(sample, trial.random), trial.folder / "in"
    source.mkdir()
    for name, data in files.items():
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_bytes(data)
    path = source if len(files) > 1 else source / next(iter(files))
    for attempt in _attempts(trial, sample, path):
        with suppress(AnnotatorError), bounded_work(10):
            if wrong := attempt():
                return f"{sample.kind}: {wrong}"
    return ""
