"""The corpus folder on the disk: records, JSONL, the journal and its lock."""
