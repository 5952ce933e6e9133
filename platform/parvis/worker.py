"""The worker's way in: ``celery -A parvis.worker worker``, and ``beat`` for the scheduler."""

import os


os.environ.setdefault("PARVIS_SERVING", "1")  # before any setting is read

from parvis.celery import app


__all__ = ["app"]
