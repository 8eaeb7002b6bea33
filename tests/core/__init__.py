"""Tests of the pure values and rules."""
