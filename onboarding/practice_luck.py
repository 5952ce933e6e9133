"""Luck for invented people and days: the same words draw the same things."""

import random


def luck_of(words: str) -> random.Random:
    """Return a source of chance that follows from some words; never for what opens a door."""
    return random.Random(words)  # noqa: S311 (invented people)
