"""Mark spans in news articles in the terminal and build a training corpus."""

__version__ = "0.1.0"
