"""Tests of the pure actions of a session."""
