"""The exercises of the series: an ``EXERCISE`` in a module named for it, or a table of them."""
