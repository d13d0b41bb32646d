"""Set up a machine, check it, and report problems."""
