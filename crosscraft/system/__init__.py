"""The machine: processes, files, locks, settings, and what is said on a terminal."""
