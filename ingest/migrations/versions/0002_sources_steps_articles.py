"""Sources as records; runs in steps that any worker can take; articles by revision."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add to the old tables and make the new ones."""
    with op.batch_alter_table("run") as run:
        run.add_column(sa.Column("kind", sa.String(16), nullable=False, server_default="crawl"))
        run.add_column(sa.Column("phase", sa.String(16), nullable=False, server_default="done"))
        run.add_column(sa.Column("phase_at", _INSTANT))
        run.add_column(sa.Column("definition", sa.JSON, nullable=False, server_default="{}"))
        run.add_column(sa.Column("secrets", sa.Text))
        run.add_column(sa.Column("sites", sa.JSON, nullable=False, server_default="[]"))
        run.add_column(sa.Column("common", sa.JSON, nullable=False, server_default="[]"))
        run.add_column(sa.Column("forced", sa.Boolean, nullable=False, server_default=sa.false()))
        run.add_column(sa.Column("complete", sa.Boolean, nullable=False, server_default=sa.true()))
        run.add_column(sa.Column("asked", sa.Integer, nullable=False, server_default="0"))
        run.add_column(sa.Column("holder", sa.String(32)))
        run.add_column(sa.Column("reason", sa.Text, nullable=False, server_default=""))
    op.execute("UPDATE run SET state = 'interrupted' WHERE state = 'running'")
    only_running = sa.text("state = 'running'")
    op.create_index(
        "ix_run_going",
        "run",
        ["kb", "source"],
        unique=True,
        sqlite_where=only_running,
        postgresql_where=only_running,
    )
    with op.batch_alter_table("page") as page:
        page.add_column(sa.Column("article", sa.String(16)))
        page.add_column(sa.Column("chrome", sa.String(16), nullable=False, server_default=""))
        page.add_column(sa.Column("title", sa.Text, nullable=False, server_default=""))
        page.add_column(sa.Column("page_date", sa.String(10)))
        page.add_column(sa.Column("alias_of", sa.Text, nullable=False, server_default=""))
        page.add_column(sa.Column("missed", sa.Integer, nullable=False, server_default="0"))
        page.create_index("ix_page_source", ["kb", "source", "state", "url"])
    op.create_table(
        "source",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kb", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("definition", sa.JSON, nullable=False),
        sa.Column("secrets", sa.Text),
        sa.Column("next_at", _INSTANT, index=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.UniqueConstraint("kb", "name"),
    )
    op.create_table(
        "worker",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("run", sa.String(32), nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("beat_at", _INSTANT, nullable=False),
    )
    op.create_table(
        "host",
        sa.Column("host", sa.Text, primary_key=True),
        sa.Column("next_at", sa.Double, nullable=False),
    )
    _make_steps()
    op.create_table(
        "article",
        sa.Column("kb", sa.Text, primary_key=True),
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column("revision", sa.String(16), primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("lang", sa.String(8), nullable=False),
        sa.Column("text", sa.LargeBinary, nullable=False),
        sa.Column("anchors", sa.JSON, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("page_date", sa.String(10)),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("coverage", sa.Float, nullable=False),
        sa.Column("lines", sa.LargeBinary, nullable=False),
        sa.Column("simhash", sa.BigInteger, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
    )


def _make_steps() -> None:
    op.create_table(
        "step",
        sa.Column("run", sa.String(32), primary_key=True),
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column("depth", sa.Integer, nullable=False),
        sa.Column("via", sa.String(16), nullable=False),
        sa.Column("lastmod", _INSTANT),
        sa.Column("shape", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("holder", sa.String(32)),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("passages", sa.Integer, nullable=False),
        sa.Column("article", sa.String(16)),
        sa.Column("found", sa.JSON, nullable=False),
    )
    op.create_index("ix_step_next", "step", ["run", "state", "depth", "url"])
    op.create_index("ix_step_shape", "step", ["run", "shape"])
    op.create_table(
        "change",
        sa.Column("run", sa.String(32), primary_key=True),
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("before", sa.String(16)),
        sa.Column("after", sa.String(16)),
        sa.Column("alias_of", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("holder", sa.String(32)),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("embedded", sa.Integer, nullable=False),
    )
    op.create_index("ix_change_next", "change", ["run", "state", "rank", "url"])


def downgrade() -> None:
    """Take the new tables and columns away."""
    for table in ("article", "change", "step", "host", "worker", "source"):
        op.drop_table(table)
    with op.batch_alter_table("page") as page:
        page.drop_index("ix_page_source")
        for column in ("article", "chrome", "title", "page_date", "alias_of", "missed"):
            page.drop_column(column)
    with op.batch_alter_table("run") as run:
        run.drop_index("ix_run_going")
        for column in (
            *(
                "kind",
                "phase",
                "phase_at",
                "definition",
                "secrets",
                "sites",
                "common",
                "forced",
                "asked",
            ),
            *("holder", "reason"),
        ):
            run.drop_column(column)
