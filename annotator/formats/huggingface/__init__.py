"""Hugging Face Parquet: token classification (``tokens`` and tags), or ``text`` with ``spans``.

The names of numbered tags stand in the Arrow schema's metadata under ``huggingface`` and nowhere
else in the file. Without them they are looked for in ``dataset_info.json`` beside it; tags that stay
without names are refused, unless the user gives some. pyarrow is an extra. JSONL of ``tokens`` and
tags, which never has their names, is read without it.
"""

from annotator.formats.huggingface.huggingface_reader import detect, read
from annotator.formats.huggingface.huggingface_writer import write

NAME = "huggingface"

__all__ = ["NAME", "detect", "read", "write"]
