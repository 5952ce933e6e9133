"""What shows before anybody commits: the sandbox of the association, and one preview."""

from datetime import datetime

from onboarding import bringing_up, sandbox
from tenants import lifecycle
from tenants.models import Association, Commune


SHOWN = "33522"  # Talence: nobody has called it yet


def show(*, association: Association, now: datetime) -> None:
    """Open the place where agents practise, and the preview of a commune that hesitates."""
    sandbox.reset(commune=lifecycle.list_sandbox(association=association), now=now)
    wanted = Commune.objects.get(insee_code=SHOWN)
    preview = lifecycle.ask_preview(commune=wanted, now=now)
    bringing_up.bring_up(commune_id=preview.pk, now=now)
