"""Draw the pictures of the lessons: `python -m tools.pictures`."""
