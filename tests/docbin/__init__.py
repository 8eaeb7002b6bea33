"""Tests of the DocBin codec."""
