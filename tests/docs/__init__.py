"""Tests of what people read: README, manual, ARCHITECTURE, and the examples in them."""
