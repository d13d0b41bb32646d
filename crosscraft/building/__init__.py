"""From a recipe to packages in a channel."""
