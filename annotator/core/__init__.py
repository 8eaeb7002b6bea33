"""Values and rules: pure, with no files, no clock, no screen and no third-party code."""
