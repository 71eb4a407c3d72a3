"""The shelf of passages: what Qdrant holds, and how it is found again."""
