"""Prodigy's JSONL: one task a line, offsets in code points, ``token_end`` inclusive."""

from annotator.formats.prodigy.prodigy_reader import detect, read
from annotator.formats.prodigy.prodigy_task import write

NAME = "prodigy"

__all__ = ["NAME", "detect", "read", "write"]
