"""The programs that can build a recipe, behind one interface."""
