"""From a page to its article: the readable part, kept whole."""
