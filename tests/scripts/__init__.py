"""Scripts that make what the project ships from its sources."""
