"""Which floors are measured here: those on public sets need EVAL_DATA to name their folder."""

import os

collect_ignore = [] if "EVAL_DATA" in os.environ else ["test_check.py", "test_public_sets.py"]
