"""`python -m app …`, the same as the console script `groundling`."""

from app.cli import app

app()
