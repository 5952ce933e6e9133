"""The product's worker and scheduler, which sweep every two seconds instead of every minute."""

import os

from parvis.worker import app


SWEEP_S = 2.0
if os.environ.get("FAULTS_MUTANT") == "no_sweep":
    app.conf.beat_schedule = {}
else:
    app.conf.beat_schedule = {"sweep": {"task": "tenants.sweep", "schedule": SWEEP_S}}

__all__ = ["app"]
