"""Guards of the architecture, and a report of its figures."""
