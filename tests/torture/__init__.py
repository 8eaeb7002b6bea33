"""Trials that try to lose work or to lock somebody out: each row against the real program."""
