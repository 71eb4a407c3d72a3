"""From a question to the passages that are good enough to rest an answer on."""
