"""Sets of small numbers held in one integer: the arithmetic below availability."""

from collections.abc import Iterable


_OCTETS = tuple(tuple(bit for bit in range(8) if octet >> bit & 1) for octet in range(256))


def ones(bits: int) -> list[int]:
    """List the positions of the ones, lowest first."""
    octets = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    return [
        8 * place + bit for place, octet in enumerate(octets) if octet for bit in _OCTETS[octet]
    ]


def span(begin: int, end: int) -> int:
    """Set bits ``begin`` to ``end - 1``."""
    return (1 << end) - (1 << begin) if end > begin else 0


def run_and(bits: int, count: int) -> int:
    """Set bit i where bits i to ``i + count - 1`` are all ones."""
    have = 1
    while have < count:
        step = min(have, count - have)
        bits &= bits >> step
        have += step
    return bits


def run_or(bits: int, count: int) -> int:
    """Set bit i where any of bits i to ``i + count - 1`` is a one."""
    have = 1
    while have < count:
        step = min(have, count - have)
        bits |= bits >> step
        have += step
    return bits


def at_least(masks: Iterable[int], count: int) -> int:
    """Set bit i where at least ``count`` masks have a one."""
    planes = [0] * count
    for mask in masks:
        for higher in range(count - 1, 0, -1):
            planes[higher] |= planes[higher - 1] & mask
        planes[0] |= mask
    return planes[-1]
