def of(data: bytes, /) -> tuple[int, int]:
    """Return the checksum of some bytes, and their number after compression."""
