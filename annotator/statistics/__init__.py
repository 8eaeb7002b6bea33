"""Figures of the work, worked out from the records of the journals alone."""
