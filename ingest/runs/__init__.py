"""One pass over a source, from its first URL to its report."""
