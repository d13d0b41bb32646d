"""Facts about packages and binaries. They are read and never run."""
