"""Who acts in a request, and what a request does without changing a row."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from audit import noting
from audit.alerts import tell_refusal
from audit.networks import network_of
from parvis.acting import Actor, acting, name


SAFE = {"GET", "HEAD", "OPTIONS"}
UNKNOWN = "citoyen"


class WhoActs:
    """Tell the database who acts before a form is answered; write down what leaves or is refused.

    It stands outside the guard of safe requests: a refusal is noted whatever the method.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then note what the answer shows."""
        with acting(Actor()):
            answer = self.get_response(request)
            tell_refusal(request, answer)
            self._note(request, answer)
        return answer

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, _kwargs: dict[str, Any]
    ) -> None:
        """Name who acts once it is known which page was asked for."""
        if request.method not in SAFE:
            name(actor_of(request))

    def _note(self, request: HttpRequest, answer: HttpResponse) -> None:
        facts = noting.facts_of(request, answer)
        if not facts:
            return
        with acting(actor_of(request)):
            for fact in facts:
                noting.note(fact)


def actor_of(request: HttpRequest) -> Actor:
    """Describe who sent a request: a member, an account, or a citizen, whom nothing names."""
    member = getattr(request, "member", None)
    user = request.user if member is None else None
    found = request.resolver_match
    is_known = member is not None or (user is not None and user.is_authenticated)
    return Actor(
        name=member.name if member else str(user) if is_known else UNKNOWN,
        user_id=member.user_id if member else getattr(user, "pk", None),
        channel="staff" if is_known else "citizen",
        origin=network_of(request),
        host=request.META.get("HTTP_HOST", "").partition(":")[0],
        action=found.view_name if found else "",
    )
