"""What the association's pages of the library share."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from identity.members import DIRECTOR, REFERENT
from library import actions
from library.models import Template, TemplateVersion
from tenants.asked import association_of


TEAM = (DIRECTOR, REFERENT)
SECONDS = 5


def readable(request: HttpRequest, uuid: UUID) -> Template:
    """Find a template of the association or of the platform.

    Raises:
        Http404: it is another association's, or there is none.
    """
    offered = Q(association=association_of(request)) | Q(association=None)
    found = Template.objects.filter(offered).select_related("association", "adapted_from")
    return get_object_or_404(found, uuid=uuid)


def own(request: HttpRequest, uuid: UUID) -> Template:
    """Find a template that the association may change: its own.

    Raises:
        Http404: it is not its own.
    """
    found = Template.objects.select_related("association")
    return get_object_or_404(found, uuid=uuid, association=association_of(request))


def draft_of(template: Template) -> TemplateVersion:
    """Return the draft of a template.

    Raises:
        Http404: nobody writes one.
    """
    draft = actions.drafts(template).first()
    if draft is None:
        raise Http404
    return draft


def watched(
    request: HttpRequest, name: str, page: dict[str, Any], *, refreshes: bool, status: int = 200
) -> HttpResponse:
    """Show a page that comes again by itself while something goes on; no script is needed."""
    answer = render(request, name, {**page, "refreshes": refreshes}, status=status)
    if refreshes:
        answer["Refresh"] = str(SECONDS)
    return answer
