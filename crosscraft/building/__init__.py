"""Build packages from a recipe and publish them in a channel."""
