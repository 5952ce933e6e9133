"""The programs that Pauillac of the story lets in, and the one it tells of what happens."""

from datetime import datetime, timedelta

from connect import actions, events, scopes, webhooks
from connect.models import CallDay, Webhook
from connect.sending import DEMO_URL
from demo.receiver import demo_secret
from identity.members import Member
from parvis.encryption import encrypt


CLERK = Member(user_id=0, name="Mairie", role="admin")
CALLS = (14, 9, 0, 3, 22, 17, 11, 8, 0, 2, 19, 16)  # of the last days, newest first


def tell(*, now: datetime) -> None:
    """Write two programs with a key each, their calls, and a webhook that works."""
    relay = actions.create_client(name="FixMyStreet", contact="api@demo.parvis.test", by=CLERK)
    hall = actions.create_client(
        name="Écran d’accueil de la mairie", contact="ecran@demo.parvis.test", by=CLERK
    )
    given = now - timedelta(days=345)
    key, _secret = actions.issue_key(
        client=relay,
        scopes=[*scopes.OPEN311],
        by=CLERK,
        now=given,
    )
    actions.issue_key(
        client=hall, scopes=[scopes.SERVICES_READ, scopes.SLOTS_READ], by=CLERK, now=now
    )
    actions.note_use(key_id=key.pk, at=now - timedelta(hours=3))
    CallDay.objects.bulk_create(
        CallDay(
            key=key,
            day=(now - timedelta(days=days)).date(),
            calls=calls,
            refused=int(days == 1),
            last_refusal="update_id already exists" if days == 1 else "",
        )
        for days, calls in enumerate(CALLS)
        if calls
    )
    Webhook.objects.create(
        name="Récepteur de la démonstration",
        url=DEMO_URL,
        events=list(events.CHOICES),
        client=hall,
        secret=encrypt(demo_secret()),
        by_id=CLERK.user_id,
        by_name=CLERK.name,
    )
    webhooks.note(events.REPORT_UPDATED, {"reference": "DEMO0001", "status": "planned"}, now=now)
