"""The address of an alert: whoever holds it confirms and stops it, in one commune only."""

from nearby.models import Alert
from parvis.signing import BadSignature, sign, unsign


KEPT_S = 400 * 24 * 3600
STAMP = 12  # characters of the fingerprint
PURPOSE = "alerte"


def path_to(alert: Alert) -> str:
    """Return the address of an alert."""
    return f"/alerte/{sign([alert.pk, alert.token_hash[:STAMP]], purpose=PURPOSE)}/"


def alert_behind(secret: str) -> Alert | None:
    """Find the alert that an address opens."""
    try:
        key, stamp = unsign(secret, purpose=PURPOSE, max_age=KEPT_S)
        return Alert.objects.filter(pk=int(key), token_hash__startswith=str(stamp)).first()
    except (BadSignature, TypeError, ValueError):
        return None
