"""What receivers of webhooks are still to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("message", sa.String(40), nullable=False),
        sa.Column(
            "visit_id",
            sa.String(32),
            sa.ForeignKey("visit.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("receiver", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("trouble", sa.String(200), nullable=False),
    )
    op.create_index("ix_outbox_visit_id", "outbox", ["visit_id"])
    op.create_index("ix_outbox_created_at", "outbox", ["created_at"])
    op.create_index("ix_outbox_due", "outbox", ["receiver", "state", "due_at"])


def downgrade() -> None:
    op.drop_table("outbox")
