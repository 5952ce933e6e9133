"""What imported files hold about one person, told to her, and erased when she asks."""

import re
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from exchange.import_models import ImportRow
from parvis.subjects import Held, Person


# The address whole: what ends like it, or goes on after it, is another one.
BEFORE, AFTER = r"(?<![\w.!#$%&'*+/=?^`{|}~-])", r"(?![\w-]|\.\w)"
HERS = """SELECT id FROM exchange_importrow
WHERE EXISTS (SELECT FROM jsonb_array_elements_text(cells) cell WHERE cell ~* %s)"""


def held(person: Person, *, now: datetime) -> list[Held]:
    """List the lines of imported files that name her address; two queries."""
    return [
        Held(
            section=_("Lignes de fichiers importés"),
            title=each.batch.file_name,
            facts=((_("Ligne"), " ; ".join(str(cell) for cell in each.cells)),),
        )
        for each in _hers(person).select_related("batch").order_by("pk")
    ]


def erase(person: Person, *, now: datetime) -> int:
    """Empty those lines; count them."""
    return _hers(person).update(cells=[], message="", proposals=[])


def _hers(person: Person) -> QuerySet[ImportRow]:
    with connection.cursor() as cursor:
        cursor.execute(HERS, [f"{BEFORE}{re.escape(person.email)}{AFTER}"])
        return ImportRow.objects.filter(pk__in=[pk for (pk,) in cursor.fetchall()])
