"""What to ingest: sources as records, from a file, the command line or the API."""
