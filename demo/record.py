"""A first page for the record of who did what: an administrator sets a rule, and takes a file."""

from audit import keeping, noting
from booking.models import Opening, Settings
from parvis.acting import Actor, acting


ADMIN = Actor(
    name="Ana Duprat",
    channel="staff",
    origin="203.0.113.0/24",
    action="booking:agent:settings:rules",
)
TECHNICIAN = Actor(name="Marc Lestage", channel="staff", origin="198.51.100.0/24")


def tell() -> None:
    """Write it in the active commune, and leave every setting as it was."""
    with acting(ADMIN):
        noting.note(noting.Fact(noting.LOGIN))
        for minutes in (15, 10):
            rules = Settings.objects.first()
            if rules is not None:
                rules.hold_minutes = minutes
                rules.save(update_fields=["hold_minutes"])
        opening = Opening.objects.order_by("pk").first()
        if opening is not None:
            step = opening.step_minutes
            for minutes in (step * 2, step):
                opening.step_minutes = minutes
                opening.save(update_fields=["step_minutes"])
        noting.note(noting.Fact(noting.DOWNLOAD, "frequentation.csv"))
    with acting(TECHNICIAN):
        noting.note(noting.Fact(noting.LOGIN))
        noting.note(noting.Fact(noting.REFUSED, "booking:agent:settings:home"))
    keeping.seal()
