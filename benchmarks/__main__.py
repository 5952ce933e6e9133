"""``make bench``: every figure of one run, against its limit or its peer in the same run.

``make bench P=creation`` runs one of them.
"""

import os
import sys


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.settings")

import django


django.setup()

from django.core.management import call_command  # noqa: E402

from benchmarks import (  # noqa: E402
    ants,
    availability,
    creation,
    dashboard,
    hoarding,
    library,
    live,
    nearby,
    open311,
    outbox,
    pages,
    peer,
    photos,
    race,
    read_model,
    record,
    report_pages,
    reports,
    restore,
    rush,
    search,
    told,
)
from benchmarks.measure import Sheet, header  # noqa: E402


BENCHES = {
    "search": search.run,
    "availability": availability.run,
    "peer": peer.run,
    "race": race.run,
    "readmodel": read_model.run,
    "audit": record.run,
    "hoarding": hoarding.run,
    "rush": rush.run,
    "outbox": outbox.run,
    "told": told.run,
    "pages": pages.run,
    "creation": creation.run,
    "library": library.run,
    "live": live.run,
    "nearby": nearby.run,
    "ants": ants.run,
    "dashboard": dashboard.run,
    "photos": photos.run,
    "reports": reports.run,
    "reportpages": report_pages.run,
    "open311": open311.run,
    "restore": restore.run,
}

if __name__ == "__main__":
    names = sys.argv[1:] or list(BENCHES)
    if unknown := set(names) - set(BENCHES):
        sys.exit(f"No benchmark called {', '.join(unknown)}: {', '.join(BENCHES)}.")
    call_command("migrate", verbosity=0)
    header()
    sheet = Sheet()
    for name in names:
        BENCHES[name](sheet)
    if sheet.failures:
        sys.exit(f"Broken: {', '.join(sheet.failures)}")
