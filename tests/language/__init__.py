"""Tests of the rules of English."""
