"""The worker's way in: ``celery -A parvis.worker worker``, and ``beat`` for the scheduler."""

import logging.config
import os
from typing import Any


os.environ.setdefault("PARVIS_SERVING", "1")  # before any setting is read

from celery import signals
from django.conf import settings

from parvis.celery import app


__all__ = ["app"]


@signals.setup_logging.connect  # type: ignore[untyped-decorator]
def log_as_ours(**_wanted: Any) -> None:
    """Keep Celery from writing the log its own way, with the texts of exceptions."""
    logging.config.dictConfig(settings.LOGGING)
