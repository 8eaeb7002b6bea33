"""From a page or a text to an article with verdicts, sentences and tokens."""
