"""Whether pages can follow what they show, and what to do when they cannot."""

from http.client import OK, HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from parvis.doctor import LOCAL, WAIT_S, Finding, Level


def check_live_pages(url: str) -> Finding:
    """Check that the process of live pages listens to Valkey and knows our signatures.

    ``url`` is the whole address of a stream of one topic.
    """
    name = _("Pages en direct")
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or LOCAL, parts.port, timeout=WAIT_S)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}")
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        return _no_stream(str(error) or type(error).__name__)
    finally:
        connection.close()
    return (
        Finding(name, Level.OK, _("Elles suivent.")) if status == OK else _no_stream(str(status))
    )


def _no_stream(reason: str) -> Finding:
    return Finding(
        _("Pages en direct"),
        Level.WARNING,
        _("Aucun flux : %(reason)s. Les pages ouvertes se mettent à jour toutes les 20 secondes.")
        % {"reason": reason},
        _("Démarrez « parvis live » et conduisez-y l’adresse /direct/ de tous les noms."),
    )
