"""The product's web server, with the bug that a run was asked to find, if any.

Static files are served without their manifest, and a crowd is never taken for robots: nothing
here is about them.
"""

import os
from importlib import import_module


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.settings")
os.environ.setdefault("PARVIS_SERVING", "1")

from django.conf import settings


settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)

from parvis.wsgi import application


# Only now: they read models.
if os.environ.get("FAULTS_RELEASE"):
    import_module("faults.coming").add()
attack = import_module("parvis.attack")
attack.FLOOR = dict.fromkeys(attack.FLOOR, 1_000_000)
import_module("booking.crowds").SUSPECT = 1_000_000
if bug := os.environ.get("FAULTS_MUTANT"):
    import_module("faults.mutants").put_in(bug)

__all__ = ["application"]
