"""Tests of the sample corpus and the schemas that the project ships."""
