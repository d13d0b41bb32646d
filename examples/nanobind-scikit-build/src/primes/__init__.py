"""Prime numbers, found in C++."""

from primes._core import below

__all__ = ["below"]
