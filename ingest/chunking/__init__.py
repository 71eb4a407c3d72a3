"""From an article to its passages."""
