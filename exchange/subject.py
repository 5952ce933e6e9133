"""What imported files hold about one person, told to her, and erased when she asks."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from exchange.import_models import ImportRow
from parvis.subjects import Held, Person


def held(person: Person, *, now: datetime) -> list[Held]:
    """List the lines of imported files that name her address; one query."""
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
    return ImportRow.objects.filter(cells__icontains=person.email)
