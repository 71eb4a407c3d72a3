"""What was seen, when, and what became of it, in SQL."""
