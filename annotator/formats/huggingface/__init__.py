"""Hugging Face Parquet: token classification (``tokens`` and tags), or ``text`` with ``spans``.

The names of numbered tags stand in the Arrow schema's metadata under ``huggingface`` and nowhere
else in the file. Without them they are looked for in ``dataset_info.json`` beside it; tags that stay
without names are refused. pyarrow is an extra.
"""

from annotator.formats.huggingface.reading import looks, read
from annotator.formats.huggingface.writing import write

NAME = "huggingface"

__all__ = ["NAME", "looks", "read", "write"]
