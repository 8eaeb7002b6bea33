"""Tests of what the checks find."""
