"""For programs that build on a running Groundling: nothing of the house itself is needed here."""
