"""The word lists of English news: data for the rules of `annotator.language`."""
