"""What a scenario found, and how it is said."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from faults import invariants


@dataclass(slots=True)
class Outcome:
    """One line of the report."""

    code: str
    title: str
    required: int
    landed: int = 0
    duplicates: int = 0
    recovery_s: float | None = None
    within_s: float | None = None
    broken: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    not_run: str = ""

    @property
    def found(self) -> list[str]:
        """Everything that is broken, the faults that did not land included."""
        late = []
        if self.within_s and self.recovery_s is not None and self.recovery_s > self.within_s:
            late = [f"I11 back after {self.recovery_s:.1f} s, {self.within_s:.0f} s allowed"]
        return [*self.broken, *late, *invariants.landed(self.landed, required=self.required)]

    @property
    def is_kept(self) -> bool:
        """Whether everything held and enough faults landed; what did not run is not kept."""
        return not self.not_run and not self.found

    @property
    def verdict(self) -> str:
        """One word."""
        if self.not_run:
            return "NOT RUN"
        return "OK" if self.is_kept else "FAIL"

    def count(self, word: str) -> int:
        """Count what was lost, or doubled."""
        return sum(f" {word}:" in each for each in self.broken)

    def line(self) -> str:
        """Say it on one line."""
        if self.not_run:
            return f"{self.code:<4} {self.verdict:<8} {self.title}: {self.not_run}"
        recovery = "-" if self.recovery_s is None else f"{self.recovery_s:.1f} s"
        return (
            f"{self.code:<4} {self.verdict:<8} landed {self.landed}/{self.required}"
            f"  lost {self.count('lost')}  doubled {self.count('doubled')}"
            f"  duplicates {self.duplicates}  recovery {recovery}"
            f"  {self.title}" + "".join(f"; {fact}" for fact in self.facts)
        )


class Stopwatch:
    """Seconds since a moment."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def seconds(self) -> float:
        """Read it."""
        return time.monotonic() - self._began


@contextmanager
def patience(seconds: float, what: str) -> Iterator["Patience"]:
    """Wait for something that must come.

    Raises:
        TimeoutError: it did not.
    """
    yield Patience(time.monotonic() + seconds, what)


@dataclass(slots=True)
class Patience:
    """How long is left."""

    until: float
    what: str

    def wait(self, pause_s: float = 0.02) -> None:
        """Wait a little.

        Raises:
            TimeoutError: it has been too long.
        """
        if time.monotonic() > self.until:
            raise TimeoutError(self.what)
        time.sleep(pause_s)
