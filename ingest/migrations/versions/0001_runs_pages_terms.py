"""Runs, the pages they saw, and the term statistics of each knowledge base."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "run",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kb", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("report", sa.JSON),
    )
    op.create_index("ix_run_kb", "run", ["kb"])
    op.create_index("ix_run_started_at", "run", ["started_at"])
    op.create_table(
        "page",
        sa.Column("kb", sa.Text, primary_key=True),
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("body_hash", sa.String(64)),
        sa.Column("revision", sa.String(16)),
        sa.Column("recipe", sa.Text, nullable=False),
        sa.Column("lang", sa.String(8), nullable=False),
        sa.Column("passages", sa.Integer, nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True)),
        sa.Column("links", sa.JSON, nullable=False),
        sa.Column("terms", sa.JSON, nullable=False),
    )
    op.create_table(
        "term",
        sa.Column("kb", sa.Text, primary_key=True),
        sa.Column("term", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("passages", sa.Integer, nullable=False),
    )
    op.create_table(
        "language",
        sa.Column("kb", sa.Text, primary_key=True),
        sa.Column("lang", sa.String(8), primary_key=True),
        sa.Column("passages", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    """Take the tables away."""
    for table in ("language", "term", "page", "run"):
        op.drop_table(table)
