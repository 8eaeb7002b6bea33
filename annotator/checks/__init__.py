"""What can be wrong in a corpus: each check is a function from the material to problems."""
