"""Sources of proposals, behind one protocol."""
