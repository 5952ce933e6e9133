"""The commands of Parvis, with the bug or the release that a run asks for.

``FAULTS_MUTANT`` names a bug, ``FAULTS_RELEASE`` stands for the release to come, and
``FAULTS_DIES_AT`` names the commune in which the release ends.
"""

import os
import sys
from importlib import import_module

import django
from django.core.management import execute_from_command_line


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.settings")
django.setup()
# Only now: they read models.
coming, mutants = import_module("faults.coming"), import_module("faults.mutants")
if os.environ.get("FAULTS_RELEASE"):
    coming.add()
if schema := os.environ.get("FAULTS_DIES_AT"):
    coming.die_at(schema)
mutants.put_in(os.environ.get("FAULTS_MUTANT", ""))

if __name__ == "__main__":
    execute_from_command_line(["parvis", *sys.argv[1:]])
