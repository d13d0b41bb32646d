def below(limit: int) -> list[int]:
    """Return the prime numbers below `limit`."""
