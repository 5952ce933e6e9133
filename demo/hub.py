"""The State's platform is let in to the demo: its own code fills the page of each commune."""

from datetime import datetime

from ants import points, tokens
from ants.models import AntsToken


LABEL = "France Titres (démonstration)"
SECRET = "parvis-demo-hub"  # noqa: S105 (written in the README: it opens invented data)


def let_in(*, now: datetime) -> None:
    """Give the platform its token, and prepare the list of places for it."""
    AntsToken.objects.filter(label=LABEL).delete()
    tokens.issue(label=LABEL, now=now, secret=SECRET)
    points.publish()
