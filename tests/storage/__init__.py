"""Tests of the corpus folder and the journal."""
