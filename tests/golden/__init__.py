"""Golden digests: what the program writes and says, frozen before the house is rebuilt."""
