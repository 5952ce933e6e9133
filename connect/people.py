"""Who of the commune is written to about its connections."""

from identity.members import ADMIN
from parvis.guard import current_schema
from tenants.models import Commune, Membership


def administrators() -> list[str]:
    """List the addresses of the administrators of the active commune."""
    found = Membership.objects.at_work().filter(commune__schema_name=current_schema(), role=ADMIN)
    return sorted(found.values_list("user__email", flat=True))


def current_commune() -> Commune:
    """Return the active commune, of which a task may know only the schema."""
    return Commune.objects.get(schema_name=current_schema())
