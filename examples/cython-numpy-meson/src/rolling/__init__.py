"""Averages over a window that moves along a series."""

from ._mean import mean

__all__ = ["mean"]
