"""The lessons: the functions that notebooks call, the exercises and the workspace."""
