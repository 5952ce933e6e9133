"""The settings of words: documents as the commune names them, and what its messages add."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking import planning
from booking.checklists import own_texts
from booking.document_texts import DOCUMENT_TEXTS
from booking.documents import RULES
from booking.message_previews import EVENTS, preview, stored
from booking.models import DocumentText, MessageText, Service
from booking.settings_pages import manages, save, short, show
from booking.settings_words_forms import LOCAL, DocumentForm, MessageForm, OwnDocumentForm
from identity.access import who
from messaging.own_words import LANGUAGES, rows, send_to_oneself
from parvis.provenance import source_of, told_in


DOCUMENTS = "booking:agent:settings:documents"
MESSAGES = "booking:agent:settings:messages"


@require_safe
@manages
def documents(request: HttpRequest) -> HttpResponse:
    """List the documents that this commune's services ask for."""
    own = own_texts()
    services = list(Service.objects.offered())
    page = {
        "own": [_line(key, own, services) for key in own if key.startswith(LOCAL)],
        "ruled": [_line(key, own, services) for key in _asked(services)],
    }
    return show(request, "documents", page)


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def add_document(request: HttpRequest) -> HttpResponse:
    """Ask for a document that no rule knows."""
    form = OwnDocumentForm(request.POST or None, instance=DocumentText())
    if form.is_valid():
        label = _("Pièce ajoutée : %(name)s") % {"name": short(form.cleaned_data["title"])}
        return save(
            request, label=label, work=form.write, to=reverse(DOCUMENTS), now=timezone.now()
        )
    return show(request, "document", {"key": "", "title": _("Ajouter une pièce")}, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def change_document(request: HttpRequest, key: str) -> HttpResponse:
    """Word a document otherwise; empty fields are the words of the rules."""
    words = DocumentText.objects.filter(key=key).first()
    rule = DOCUMENT_TEXTS.get(key)
    if words is None and rule is None:
        raise Http404
    is_own = key.startswith(LOCAL)
    kind = OwnDocumentForm if is_own else DocumentForm
    form = kind(request.POST or None, instance=words or DocumentText(key=key))
    title = str(rule.title) if rule else form.instance.title
    if form.is_valid():
        label = _("Pièce modifiée : %(name)s") % {"name": short(title)}
        with told_in(form):
            return save(
                request, label=label, work=form.write, to=reverse(DOCUMENTS), now=timezone.now()
            )
    page = {
        "key": key,
        "title": title,
        "source": source_of("document", key),
        "rule": _rule_words(key),
        "is_reworded": words is not None and not is_own,
    }
    return show(request, "document", page, form=form)


@require_POST
@manages
def reset_document(request: HttpRequest, key: str) -> HttpResponse:
    """Go back to the words of the rules, or stop asking for a document of one's own."""
    words = get_object_or_404(DocumentText, key=key)

    def work() -> None:
        for service in Service.objects.filter(documents__contains=[key]):
            if key.startswith(LOCAL):
                service.documents = [each for each in service.documents if each != key]
                service.save(update_fields=["documents"])
        words.delete()

    rule = DOCUMENT_TEXTS.get(key)
    said = {"name": short(str(rule.title) if rule else words.title)}
    label = _("Texte d’origine remis : %(name)s") if rule else _("Pièce retirée : %(name)s")
    return save(request, label=label % said, work=work, to=reverse(DOCUMENTS), now=timezone.now())


@require_safe
@manages
def messages(request: HttpRequest) -> HttpResponse:
    """List the messages that citizens receive, and what was added to each."""
    own = {(each.event, each.language) for each in MessageText.objects.all()}
    own_rows = rows(EVENTS, own, route="booking:agent:settings:change_message")
    return show(request, "messages", {"rows": own_rows})


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def change_message(request: HttpRequest, event: str, language: str) -> HttpResponse:
    """Add words to a message, and read it as it will be sent."""
    if event not in EVENTS or language not in LANGUAGES:
        raise Http404
    words = MessageText.objects.filter(event=event, language=language).first()
    form = MessageForm(
        request.POST or None, instance=words or MessageText(event=event, language=language)
    )
    is_read_only = "look" in request.POST or "trial" in request.POST
    if form.is_valid() and not is_read_only:
        said = {"name": EVENTS[event], "language": LANGUAGES[language]}
        label = _("Message modifié : %(name)s, en %(language)s") % said
        with told_in(form):
            return save(
                request, label=label, work=form.write, to=reverse(MESSAGES), now=timezone.now()
            )
    commune, now = planning.current_commune(), timezone.now()
    is_new = form.is_bound and form.is_valid()
    message = (
        preview(form.instance, commune, now=now)
        if is_new
        else stored(event, commune, language=language, now=now)
    )
    if is_new and "trial" in request.POST:
        return send_to_oneself(request, message)
    page = {
        "title": EVENTS[event],
        "source": source_of("message", event),
        "its_language": LANGUAGES[language],
        "preview": message,
        "my_address": who(request).email,
    }
    return show(request, "message", page, form=form)


def documents_state() -> str:
    """Say what the commune has written itself."""
    count = DocumentText.objects.count()
    if not count:
        return _("Textes d’origine")
    return ngettext("%(n)s pièce avec vos mots", "%(n)s pièces avec vos mots", count) % {
        "n": count
    }


def messages_state() -> str:
    """Say how many messages have words of the commune."""
    count = MessageText.objects.count()
    if not count:
        return _("Textes d’origine")
    return ngettext("%(n)s texte ajouté", "%(n)s textes ajoutés", count) % {"n": count}


def _asked(services: list[Service]) -> list[str]:
    """List the keys asked for here: those of the rules for titles, then those of services."""
    keys = [rule.key for rule in RULES] if any(each.titles for each in services) else []
    for service in services:
        keys += service.documents
    return [key for key in dict.fromkeys(keys) if key in DOCUMENT_TEXTS]


def _line(key: str, own: dict[str, DocumentText], services: list[Service]) -> dict[str, Any]:
    rule = DOCUMENT_TEXTS.get(key)
    words = own.get(key)
    names = [service.name for service in services if key in service.documents]
    if rule and any(each.key == key for each in RULES):
        names = [_("Titres d’identité, selon la situation"), *names]
    return {
        "title": (words.title if words else "") or (str(rule.title) if rule else ""),
        "services": ", ".join(names) or _("Aucune démarche"),
        "is_own": words is not None,
        "href": reverse("booking:agent:settings:change_document", args=[key]),
    }


def _rule_words(key: str) -> dict[str, str] | None:
    rule = DOCUMENT_TEXTS.get(key)
    if rule is None:
        return None
    parts = (str(rule.explanation), str(rule.before))
    return {"title": str(rule.title), "text": " ".join(part for part in parts if part)}
