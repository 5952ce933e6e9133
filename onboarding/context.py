"""What the legal pages of a commune's site know of its file: one query, where they use it."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from onboarding.models import CommuneFile


def legal_file(request: HttpRequest) -> dict[str, Any]:
    """Give templates the file of the commune as ``legal``; empty where there is none."""
    commune = getattr(request, "commune", None)
    if commune is None:
        return {"legal": None}

    def read() -> CommuneFile:
        return CommuneFile.objects.filter(commune_id=commune.pk).first() or CommuneFile()

    return {"legal": SimpleLazyObject(read)}
