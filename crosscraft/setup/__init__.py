"""Setting up a machine, and helping where that failed."""
