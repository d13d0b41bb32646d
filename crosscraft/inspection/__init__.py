"""Facts about packages and binaries, which are read and never run."""
