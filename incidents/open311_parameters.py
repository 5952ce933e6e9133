"""Parameters of the Open311 server, as clients write them.

Contract: sections "Errors" (an empty parameter is an absent one) and "Jurisdiction and API keys".
"""

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from incidents.calendar import current_commune
from incidents.open311_errors import Refused
from incidents.open311_formats import clean
from tenants.hosts import absolute_url
from tenants.models import Commune


def asked(values: QueryDict, name: str) -> str:
    """Return a parameter; an empty one is an absent one (H44)."""
    return clean(values.get(name) or "").strip()


def listed(values: QueryDict, name: str) -> list[str]:
    """Return the values of a list with commas, or of a parameter given several times."""
    found = [part.strip() for each in values.getlist(name) for part in clean(each).split(",")]
    return [each for each in dict.fromkeys(found) if each]


def check_jurisdiction(values: QueryDict) -> None:
    """Refuse the identifier of another place; one host is one commune (H43).

    Raises:
        Refused: it is another one.
    """
    wanted = _bare(asked(values, "jurisdiction_id"))
    if wanted and wanted not in jurisdictions(current_commune()):
        raise Refused(404, _("Ce jurisdiction_id n’est pas celui de cette commune."))


def jurisdictions(commune: Commune) -> set[str]:
    """Return what may be given as ``jurisdiction_id``: the commune's site, and this one."""
    names = [commune.website, absolute_url(commune, "/"), f"{commune.slug}.{settings.BASE_DOMAIN}"]
    return {_bare(each) for each in names} - {""}


def _bare(name: str) -> str:
    """Bring an address or a name to its host, in small letters, without ``www.`` and port."""
    host = name.strip().lower().partition("://")[2] or name.strip().lower()
    return host.partition("/")[0].partition(":")[0].removeprefix("www.")
