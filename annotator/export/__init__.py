"""From annotations to DocBin files, splits, a ledger and a training config."""
