"""The command line of the knowledge side, `python -m ingest …`."""
