"""Tell everybody which services the active commune offers online: names and rules only."""

from booking import planning
from booking.models import Service
from parvis.guard import current_schema
from slots.models import OfferedService
from tenants.directory import normalise


KEY_MOST = 100
FIELDS = ("code", "reason", "key", "name", "name_en")


def publish() -> None:
    """Write what is offered now and take the rest back; three queries, and no more rows touched.

    A confidential service is not shown beside those of others.
    """
    here, schema = planning.current_commune(), current_schema()
    wanted = {
        service.pk: OfferedService(
            commune=here,
            number=service.pk,
            code=f"local:{schema}:{service.pk}",
            reason=service.titles,
            key=normalise(service.name)[:KEY_MOST],
            name=service.name,
            name_en=service.name_en,
        )
        for service in Service.objects.offered_online().filter(is_confidential=False)
    }
    mine = OfferedService.objects.filter(commune=here)
    mine.exclude(number__in=wanted).delete()
    known = {each.number: _told(each) for each in mine}
    changed = [each for number, each in wanted.items() if known.get(number) != _told(each)]
    if changed:
        OfferedService.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["commune", "number"],
            update_fields=FIELDS,
        )


def withdraw_services() -> None:
    """Take back all that the active commune offers."""
    OfferedService.objects.filter(commune=planning.current_commune()).delete()


def _told(service: OfferedService) -> tuple[object, ...]:
    return tuple(getattr(service, name) for name in FIELDS)
