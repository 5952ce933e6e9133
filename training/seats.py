"""Who gets a seat: pure counting, the caller holds the lock."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Room:
    """Seats of a session: how many, how many at most for one commune, who has one."""

    seats: int
    quota: int | None
    taken: Counter[int]  # commune → seats

    def has_seat_for(self, commune: int) -> bool:
        """Whether one more person of a commune may sit down."""
        is_within = self.quota is None or self.taken[commune] < self.quota
        return is_within and self.taken.total() < self.seats


def seated_next(room: Room, line: Iterable[tuple[int, int]]) -> list[int]:
    """Seat those who wait, the first come first; ``line`` holds ``(who, commune)``.

    Somebody whose commune has all the seats it may have is passed over, and keeps her place.
    """
    taken = Counter(room.taken)
    chosen = []
    for who, commune in line:
        if Room(room.seats, room.quota, taken).has_seat_for(commune):
            taken[commune] += 1
            chosen.append(who)
    return chosen
