"""Who waits, in the demo, for a start to come free near Pauillac; all invented."""

from datetime import datetime, timedelta

from booking import planning
from nearby.models import Alert
from parvis.signing import digest, new_token


# Who, which titles, persons, radius, days until the end; what became of it.
WISHES = (
    ("camille.lescure@example.org", "CNI", 1, 20, 40, "running"),
    ("r.bonnefous@example.org", "CNI-PASSPORT", 2, 40, 55, "running"),
    ("famille.darricau@example.org", "PASSPORT", 4, 40, 30, "running"),
    ("s.etchart@example.org", "PASSPORT", 1, 10, 20, "asked"),
    ("lou.meynard@example.org", "CNI", 1, 40, 10, "stopped"),
)


def show(*, now: datetime) -> None:
    """Write them in the active commune."""
    today = planning.local_day(now)
    Alert.objects.bulk_create(
        Alert(
            email=email,
            reason=reason,
            persons=persons,
            radius_km=radius,
            last_day=today + timedelta(days=days),
            token_hash=digest(new_token()),
            created_at=now - timedelta(days=3, hours=number),
            confirmed_at=None if state == "asked" else now - timedelta(days=2, hours=number),
            stopped_at=now - timedelta(hours=number) if state == "stopped" else None,
            seen=now,  # nothing can be sooner: the demo writes to nobody by itself
        )
        for number, (email, reason, persons, radius, days, state) in enumerate(WISHES, start=1)
    )
