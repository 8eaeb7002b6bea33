"""Tests of what becomes of a page."""
