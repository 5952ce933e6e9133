"""What answers add up to: numerators and denominators, and nothing of too few people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


ENOUGH = 5  # answers, below which nothing is told
PROMOTER, DETRACTOR = 9, 6


@dataclass(frozen=True, slots=True)
class Score:
    """A sum over a count; not told of too few."""

    num: int
    den: int

    @property
    def is_told(self) -> bool:
        """Whether there are enough answers for one not to be guessed."""
        return self.den >= ENOUGH

    @property
    def ratio(self) -> float | None:
        """The mean; None of too few."""
        return self.num / self.den if self.is_told else None


def nps(marks: Iterable[int]) -> Score:
    """Count promoters (9 and 10) minus detractors (0 to 6), over all."""
    found = list(marks)
    promoters = sum(mark >= PROMOTER for mark in found)
    detractors = sum(mark <= DETRACTOR for mark in found)
    return Score(promoters - detractors, len(found))


def mean(rows: Sequence[dict[str, int]], question: str) -> Score:
    """Add up the marks of one question, among those who answered it."""
    marks = [row[question] for row in rows if question in row]
    return Score(sum(marks), len(marks))
