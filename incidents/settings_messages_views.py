"""The settings of the messages about reports: what the commune adds to each, and a trial."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from identity.access import who
from incidents.calendar import current_commune
from incidents.message_previews import EVENTS, preview, stored
from incidents.models import MessageText
from incidents.settings_pages import SPACE, save, show
from incidents.settings_words_forms import MessageForm
from incidents.staff_pages import sets_reports
from messaging.own_words import LANGUAGES, rows, send_to_oneself


@require_safe
@sets_reports
def messages(request: HttpRequest) -> HttpResponse:
    """List the messages that citizens receive about reports, and what was added to each."""
    own = {(each.event, each.language) for each in MessageText.objects.all()}
    own_rows = rows(EVENTS, own, route=f"{SPACE}:change_message")
    return show(request, "messages", {"rows": own_rows})


@require_http_methods(["GET", "HEAD", "POST"])
@sets_reports
def change_message(request: HttpRequest, event: str, language: str) -> HttpResponse:
    """Add words to a message, read it as it will be sent, or send it to oneself."""
    if event not in EVENTS or language not in LANGUAGES:
        raise Http404
    words = MessageText.objects.filter(event=event, language=language).first()
    form = MessageForm(
        request.POST or None, instance=words or MessageText(event=event, language=language)
    )
    is_valid = form.is_bound and form.is_valid()
    now = timezone.now()
    if is_valid and "look" not in request.POST and "trial" not in request.POST:
        said = {"name": EVENTS[event], "language": LANGUAGES[language]}
        return save(
            request,
            label=_("Message modifié : %(name)s, en %(language)s") % said,
            work=form.write,
            to=reverse(f"{SPACE}:messages"),
            now=now,
        )
    message = (
        preview(form.instance, current_commune(), now=now)
        if is_valid
        else stored(event, current_commune(), language=language, now=now)
    )
    if is_valid and "trial" in request.POST:
        return send_to_oneself(request, message)
    page = {
        "title": EVENTS[event],
        "its_language": LANGUAGES[language],
        "preview": message,
        "my_address": who(request).email,
    }
    return show(request, "message", page, form=form)


def messages_state() -> str:
    """Say how many messages the commune has added to."""
    count = MessageText.objects.count()
    if not count:
        return _("Les textes habituels")
    return ngettext("%(n)s message complété", "%(n)s messages complétés", count) % {"n": count}
