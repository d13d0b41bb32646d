"""The exercises of the series: one module each, named for it, with an ``EXERCISE``."""
