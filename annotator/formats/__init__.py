"""One module an exchange format, each reads and writes."""
