"""Which push services are asked: an address of a browser comes from outside; pure."""

from urllib.parse import urlsplit


HOSTS = frozenset({"fcm.googleapis.com", "android.googleapis.com", "web.push.apple.com"})
FAMILIES = (".push.services.mozilla.com", ".notify.windows.com", ".push.apple.com")
MOST = 500


def is_push_service(endpoint: str) -> bool:
    """Tell whether an address leads to one of the services that browsers use, by https."""
    if not 0 < len(endpoint) <= MOST or not endpoint.isascii() or not endpoint.isprintable():
        return False
    try:
        parts = urlsplit(endpoint)
        has_own_port = parts.port not in {None, 443}
    except ValueError:
        return False
    if parts.scheme != "https" or "@" in parts.netloc or has_own_port or " " in endpoint:
        return False
    return is_known(parts.hostname or "")


def is_known(host: str) -> bool:
    """Tell whether a host is one of theirs."""
    return host in HOSTS or host.endswith(FAMILIES)
