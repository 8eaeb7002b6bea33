"""Export: DocBins from the stored tokens, splits, a training config and the ledger.

The values load without spaCy; ``annotator.export.corpus`` brings it in.
"""

from annotator.export.values import ExportOptions, ExportReport, ExportItem

__all__ = ["ExportOptions", "ExportReport", "ExportItem"]
