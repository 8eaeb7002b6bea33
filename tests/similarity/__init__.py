"""Tests of near-duplicates and story groups."""
