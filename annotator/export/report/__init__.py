"""The page that ``export --report`` writes: one HTML file that needs no other, to be opened offline."""
