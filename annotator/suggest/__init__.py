"""Suggestions: what a rule, the annotator's own history or a spaCy pipeline would label."""
