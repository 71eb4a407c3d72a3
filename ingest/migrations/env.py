"""Alembic's entry into this room's migrations."""

from ingest.database import run_migrations

run_migrations()
