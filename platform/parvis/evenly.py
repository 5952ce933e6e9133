"""Answers that last as long whether or not there was something to find."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings


@contextmanager
def evenly() -> Iterator[None]:
    """Make a piece of work last ``EVEN_ANSWER_S`` at least, longer than any of its outcomes."""
    begin = time.perf_counter()
    try:
        yield
    finally:
        time.sleep(max(0.0, settings.EVEN_ANSWER_S - (time.perf_counter() - begin)))
