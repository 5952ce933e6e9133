"""The product's web server, with the bug that a run was asked to find, if any.

Static files are served without their manifest: nothing here is about them.
"""

import os


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.settings")
os.environ.setdefault("PARVIS_SERVING", "1")

from django.conf import settings


settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)

from faults.mutants import put_in
from parvis.wsgi import application


put_in(os.environ.get("FAULTS_MUTANT", ""))

__all__ = ["application"]
