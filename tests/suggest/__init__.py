"""Tests of the sources of suggestions."""
