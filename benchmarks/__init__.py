"""What Crosscraft takes, against the bare tools: `make bench`."""
