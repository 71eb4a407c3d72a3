"""A step of an avatar is kept once, however often it is reported."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute(
        sa.text(
            "DELETE FROM avatar_step WHERE id NOT IN "
            "(SELECT min(id) FROM avatar_step GROUP BY visit_id, at, state)"
        )
    )
    op.create_index("ix_avatar_step_once", "avatar_step", ["visit_id", "at", "state"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_avatar_step_once", "avatar_step")
