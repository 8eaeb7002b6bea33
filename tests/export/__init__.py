"""Tests of the export, and the samples they share."""
