"""The claims of annotators: ``claims/<name>.jsonl``, a line of JSON with a checksum for each.

Each annotator's file is written by that annotator alone, so that a shared folder or git joins them without a
conflict. A line is never changed. One that is damaged, or cut short by a crash, does not count and is reported.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct, field

from annotator.core.claims import Claim, ClaimAct
from annotator.core.digest import is_article_id
from annotator.core.errors import CorpusError, JournalError
from annotator.storage.atomic import append_durable, sync_folder
from annotator.storage.codec import has_valid_crc, with_crc
from annotator.storage.corpus_layout import CLAIMS_FOLDER
from annotator.storage.file_io import raw_lines, translate_os_errors
from annotator.storage.journal import annotator_names, check_annotator_name
from annotator.storage.journal_reader import LineFlaw
from annotator.storage.lock import lock_or_raise

_WAIT = 2.0
"""How many seconds a claim waits for another one of the same annotator."""


class _ClaimLine(Struct, frozen=True, forbid_unknown_fields=False):
    article: str
    act: ClaimAct
    time: float
    until: float
    seq: int = field(name="_seq")


_decoder = msgspec.json.Decoder(_ClaimLine)


class ClaimFile(Struct, frozen=True):
    """What a file of claims holds."""

    claims: tuple[Claim, ...] = ()
    flaws: tuple[LineFlaw, ...] = ()
    """The lines that do not count, and why."""
    size: int = 0
    """How many bytes it has up to the end of the last whole line."""


def claims_file_name(annotator: str) -> str:
    """Return an annotator's claims as a path in the corpus folder."""
    return f"{CLAIMS_FOLDER}/{annotator}.jsonl"


def encode_claim(claim: Claim) -> bytes:
    """Return a claim as a line with its LF."""
    body = msgspec.json.encode(_ClaimLine(claim.article, claim.act, claim.time, claim.until, claim.seq))
    return with_crc(body[:-1]) + b"\n"


def decode_claim(raw: bytes) -> Claim | str:
    """Return the claim in a line (without LF), or why it is none."""
    if not has_valid_crc(raw):
        return "the checksum is wrong or missing"
    try:
        line = _decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeError) as error:
        return str(error)
    if not is_article_id(line.article):
        return "`article` is no article id"
    return Claim(line.article, line.act, line.time, line.until, line.seq)


def read_claims(corpus: Path, annotator: str) -> ClaimFile:
    """Return the claims of an annotator, none without a file; nothing on the disk is touched.

    Raises JournalError for a file that cannot be read.
    """
    path = corpus / claims_file_name(annotator)
    claims: list[Claim] = []
    flaws: list[LineFlaw] = []
    size = 0
    try:
        with translate_os_errors("read", path, JournalError):
            if not path.exists():
                return ClaimFile()
            with path.open("rb") as file:
                for line in raw_lines(file, str(path)):
                    size = line.end if line.complete else size
                    found = decode_claim(line.raw) if line.complete else "the line is cut short"
                    if isinstance(found, Claim) and claims and found.seq <= claims[-1].seq:
                        found = f"its number {found.seq} was used before"
                    if isinstance(found, Claim):
                        claims.append(found)
                    elif line.raw.strip():
                        flaws.append(LineFlaw(line.number, found))
    except CorpusError as error:
        raise JournalError(error.what, where=error.where, do=error.do) from None
    return ClaimFile(tuple(claims), tuple(flaws), size)


def all_claims(corpus: Path) -> dict[str, Sequence[Claim]]:
    """Return the claims of each annotator who has some, by name; raises JournalError."""
    return {name: read_claims(corpus, name).claims for name in annotator_names(corpus, CLAIMS_FOLDER)}


def append_claim(corpus: Path, annotator: str, article: str, act: ClaimAct, time: float, until: float) -> Claim:
    """Append a line to an annotator's claims, durably, and return it; raises JournalError.

    A line that a crash has cut short gets an end, so that the new one is not lost with it.
    """
    check_annotator_name(annotator)
    path = corpus / claims_file_name(annotator)
    with translate_os_errors("write", path, JournalError):
        path.parent.mkdir(exist_ok=True)
        sync_folder(path.parent.parent)
        what, do = "the claims are being written by {holder}", "try again"
        with lock_or_raise(path.with_name(f".{annotator}.lock"), JournalError, what, where=path, do=do, wait=_WAIT):
            there = read_claims(corpus, annotator)
            claim = Claim(article, act, float(time), float(until), there.claims[-1].seq + 1 if there.claims else 1)
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
            try:
                end = os.fstat(fd).st_size
                append_durable(fd, (b"\n" if end > there.size else b"") + encode_claim(claim), end)
            finally:
                os.close(fd)
            sync_folder(path.parent)
    return claim
