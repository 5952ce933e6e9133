"""Write down what changes no row: logins, refusals, downloads, what support looks at."""

import json
from dataclasses import dataclass, field
from http import HTTPStatus

from django.db import connection
from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True, slots=True)
class Fact:
    """What happened, to what; ``detail`` holds nothing personal."""

    what: str
    label: str = ""
    object_table: str = ""
    object_id: str = ""
    detail: dict[str, str | int] = field(default_factory=dict)


LOGIN, LOGIN_REFUSED, LOGOUT = "login", "login_refused", "logout"
REFUSED, DOWNLOAD, SUPPORT_VIEW = "refused", "download", "support_view"


def note(fact: Fact) -> None:
    """Write one fact, in the transaction of its reason if there is one; who acts is known."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT audit_say(%s, %s, %s, %s, %s::jsonb)",
            [
                fact.what,
                fact.object_table,
                fact.object_id,
                fact.label.replace("\x00", ""),
                json.dumps(fact.detail).replace("\\u0000", ""),
            ],
        )


def facts_of(request: HttpRequest, answer: HttpResponse) -> list[Fact]:
    """Tell what an answer to the team shows: a refusal, a file, a page that support reads."""
    member = getattr(request, "member", None)
    if member is None:
        return []
    page = request.resolver_match.view_name if request.resolver_match else ""
    where: dict[str, str | int] = {"page": page, "path": request.path[:200]}
    facts = []
    if answer.status_code == HTTPStatus.FORBIDDEN:
        facts.append(Fact(REFUSED, page, detail=where))
    elif name := _file_in(answer):
        facts.append(Fact(DOWNLOAD, name, detail=where))
    if getattr(member, "is_support", False) and _shows_something(answer):
        facts.append(Fact(SUPPORT_VIEW, page, detail=where))
    return facts


def _shows_something(answer: HttpResponse) -> bool:
    """Tell a page, read now or known already, from a refusal, a detour and the look of pages."""
    is_there = answer.status_code < HTTPStatus.MULTIPLE_CHOICES
    is_known = answer.status_code == HTTPStatus.NOT_MODIFIED
    return (is_there or is_known) and not answer.get("Content-Type", "").startswith("text/css")


def _file_in(answer: HttpResponse) -> str:
    """Name the file that an answer hands over, empty for a page."""
    said = answer.get("Content-Disposition", "")
    return said.partition("filename=")[2].strip('"') or said
