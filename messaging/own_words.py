"""Words that a commune adds to a message: what the settings of each kind of message share.

The model of the words is that of the kind: ``event``, ``language``, ``subject`` and ``text``.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.contrib import messages as flash
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from identity.access import who
from messaging.trials import send_trial


LANGUAGES: dict[str, Promise] = {"fr": gettext_lazy("français"), "en": gettext_lazy("anglais")}


def rows(
    events: Mapping[str, Promise], own: Collection[tuple[str, str]], *, route: str
) -> list[dict[str, Any]]:
    """List the messages for ``messaging/_words_list.html``; ``own`` has words of the commune."""
    return [
        {
            "title": title,
            "links": [
                {
                    "name": name,
                    "href": reverse(route, args=[event, language]),
                    "is_own": (event, language) in own,
                }
                for language, name in LANGUAGES.items()
            ],
        }
        for event, title in events.items()
    ]


def written_with(words: Model, write: Callable[[], EmailMessage]) -> EmailMessage:
    """Write a message as it would go out with these words, and leave everything as it was."""
    with transaction.atomic():
        type(words)._default_manager.update_or_create(  # noqa: SLF001 (Django's own name)
            **{name: getattr(words, name) for name in ("event", "language")},
            defaults={name: getattr(words, name) for name in ("subject", "text")},
        )
        found = write()
        transaction.set_rollback(True)
    return found


def send_to_oneself(request: HttpRequest, message: EmailMessage) -> HttpResponse:
    """Send a trial to whoever asks, and come back to the page."""
    address = who(request).email
    with transaction.atomic():
        send_trial(message, to=address)
    flash.success(request, _("L’essai part à %(address)s.") % {"address": address})
    return redirect(request.path)
