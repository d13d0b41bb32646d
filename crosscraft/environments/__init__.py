"""Environments: packages unpacked and checked, installed, and run."""
