"""Which floors are measured here: those on public sets need EVAL_DATA to name their folder."""

import os

_PUBLIC = ["test_check.py", "test_gate.py", "test_public_sets.py"]
collect_ignore = [] if "EVAL_DATA" in os.environ else _PUBLIC
