"""conda-forge's rules for recipes."""
