"""`python -m app …`, the same as the console script `groundling`."""

from app.cli import app

# The agent's job processes import this module again.
if __name__ == "__main__":
    app()
