"""From texts to dense vectors."""
