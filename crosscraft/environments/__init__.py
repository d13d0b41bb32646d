"""Environments: verify packages, install them, and run their programs."""
