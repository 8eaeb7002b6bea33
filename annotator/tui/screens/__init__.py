"""Screens: they compose and route, they do no work."""
