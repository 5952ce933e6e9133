"""What the pages of the settings share: how they show a form, save it and say so."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from identity.access import member_of
from incidents.reconfiguring import CONFIGURATION, Tables, reconfigure
from parvis.provenance import within_the_law


DONE = "report_settings_done"  # in the session: what has just been changed, to say and to undo
LABEL_MOST = 60
SPACE = "incidents:agent:settings"


def show(
    request: HttpRequest, name: str, page: dict[str, Any], *, form: BaseForm | None = None
) -> HttpResponse:
    """Show a page of the settings; with 422 when what was typed in its form is wrong."""
    is_refused = form is not None and form.errors and "look" not in request.POST
    context = {"done": request.session.pop(DONE, None), **page}
    if form is not None:
        context["form"] = form
    status = 422 if is_refused else 200
    return render(request, f"incidents/settings/{name}.html", context, status=status)


def save(  # noqa: PLR0913 - what is done, and what is said of it
    request: HttpRequest,
    *,
    label: str,
    work: Callable[[], object],
    to: str,
    now: datetime,
    warning: str = "",
    tables: Tables = CONFIGURATION,
) -> HttpResponse:
    """Make a change that can be undone, and go on to a page that says so.

    ``warning`` tells what the change leaves to do. What somebody else has changed in the same
    moment, so that both cannot hold, is refused.

    Raises:
        Imposed: the law forbids it; see :func:`parvis.provenance.told_in`.
    """
    try:
        with within_the_law():
            change = reconfigure(
                label=label, work=work, by=member_of(request), now=now, tables=tables
            )
    except IntegrityError:
        messages.error(
            request,
            _("Quelqu’un vient de changer la même chose : vérifiez, puis recommencez."),
        )
        return redirect(to)
    request.session[DONE] = {
        "text": label,
        "change": change.pk if change else None,
        "warning": warning,
    }
    return redirect(to)


def short(name: str) -> str:
    """Shorten a name that somebody typed, to be repeated in a label."""
    return name if len(name) <= LABEL_MOST else f"{name[: LABEL_MOST - 1]}…"
