"""Tests of an annotation session."""
