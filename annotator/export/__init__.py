"""Export: DocBins from the stored tokens, splits, a training config and the ledger.

The values load without spaCy; ``annotator.export.exporter`` brings it in.
"""

from annotator.export.options import ExportItem, ExportOptions, ExportReport

__all__ = ["ExportItem", "ExportOptions", "ExportReport"]
