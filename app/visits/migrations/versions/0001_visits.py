"""Visits and their turns."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "visit",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("room", sa.String(64), nullable=False, unique=True),
        sa.Column("identity", sa.String(64), nullable=False),
        sa.Column("kb", sa.String(64), nullable=False),
        sa.Column("lang", sa.String(2), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_reason", sa.String(200), nullable=False),
        sa.Column("stage_session", sa.String(128), nullable=False),
        sa.Column("stage_seconds", sa.Float(), nullable=False),
    )
    op.create_index("ix_visit_state", "visit", ["state"])
    op.create_table(
        "turn",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "visit_id",
            sa.String(32),
            sa.ForeignKey("visit.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(2), nullable=False),
        sa.Column("abstained", sa.String(32), nullable=False),
        sa.Column("citations", sa.JSON(), nullable=False),
        sa.Column("timings", sa.JSON(), nullable=False),
        sa.UniqueConstraint("visit_id", "name"),
    )
    op.create_index("ix_turn_visit_id", "turn", ["visit_id"])


def downgrade() -> None:
    op.drop_table("turn")
    op.drop_table("visit")
