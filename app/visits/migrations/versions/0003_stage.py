"""Sessions on the stage, the steps of the avatar, and the lease of a visit's agent."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("visit", sa.Column("lease_until", sa.DateTime(timezone=True)))
    op.create_table(
        "stage_session",
        sa.Column("id", sa.String(128), primary_key=True),
        sa.Column("visit_id", sa.String(32), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("closed_by", sa.String(200), nullable=False),
    )
    op.create_index("ix_stage_session_visit_id", "stage_session", ["visit_id"])
    op.create_index("ix_stage_session_opened_at", "stage_session", ["opened_at"])
    op.create_table(
        "avatar_step",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "visit_id",
            sa.String(32),
            sa.ForeignKey("visit.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
    )
    op.create_index("ix_avatar_step_visit_id", "avatar_step", ["visit_id"])


def downgrade() -> None:
    op.drop_table("avatar_step")
    op.drop_table("stage_session")
    op.drop_column("visit", "lease_until")
