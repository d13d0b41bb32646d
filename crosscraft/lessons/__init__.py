"""The lessons: what a notebook calls."""
