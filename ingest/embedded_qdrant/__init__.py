"""Qdrant on one machine: its own engine behind the calls of its REST API that we make."""
