"""How alike texts are: shingles, near-duplicates, and articles on one story."""
