"""The wizard's last steps: the team, what is taken over, the kit, the texts and the trials."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking.models import Service
from identity.access import who
from identity.factors import KINDS
from identity.models import Invitation
from onboarding import kit as words, legal, wizard_actions, wizard_emails
from onboarding.facts import file_of, situation
from onboarding.models import Proof
from onboarding.readiness import Step
from onboarding.readiness_words import lines
from onboarding.wizard_forms import AcceptForm, TeamForm
from onboarding.wizard_pages import address_of, go_on, manages, own_commune, show, typed
from parvis.exports import download
from parvis.signing import BadSignature
from tenants.hosts import absolute_url
from tenants.models import Commune, Membership


TEXTS = {
    Proof.Kind.AGREEMENT: legal.agreement,
    Proof.Kind.RETENTION: legal.retention,
    Proof.Kind.APPROVAL: legal.approval,
}
TRIALS = (Proof.Kind.MAIL, Proof.Kind.REPLY)


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def team(request: HttpRequest) -> HttpResponse:
    """Invite the team by pasting addresses."""
    commune = own_commune()
    form = TeamForm(typed(request))
    if form.is_valid():
        addresses = form.cleaned_data["addresses"]
        wizard_actions.invite_team(
            commune=commune,
            addresses=addresses,
            role=form.cleaned_data["role"],
            by=who(request),
        )
        said = ngettext(
            "%(n)s invitation part dans la minute.",
            "%(n)s invitations partent dans la minute.",
            len(addresses),
        )
        messages.success(request, said % {"n": len(addresses)})
        return go_on(request, Step.TEAM) if "next" in request.POST else redirect(request.path)
    return show(request, Step.TEAM, _people(commune, timezone.now()), form=form)


def _people(commune: Commune, now: datetime) -> dict[str, object]:
    keys = Authenticator.objects.filter(user_id=OuterRef("user_id"), type__in=KINDS)
    members = (
        Membership.objects.at_work()
        .filter(commune=commune)
        .select_related("user")
        .annotate(is_safe=Exists(keys))
        .order_by("user__display_name", "user__email", "pk")
    )
    waiting = Invitation.objects.pending().filter(commune_id=commune.pk, expires_at__gt=now)
    roles = dict(Membership.Role.choices)
    return {
        "members": members,
        "asks_factor": not settings.DEMO,
        "invited": [
            {"email": email, "role": roles[role]}
            for email, role in waiting.order_by("email").values_list("email", "role")
        ],
        "team_url": absolute_url("login", f"/equipe/{commune.slug}/"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def takeover(request: HttpRequest) -> HttpResponse:
    """Lead to the imports, or keep that there is nothing to take over."""
    if request.method == "POST":
        wizard_actions.prove(
            commune=own_commune(), kind=Proof.Kind.TAKEOVER, now=timezone.now(), by=who(request)
        )
        return go_on(request, Step.TAKEOVER)
    return show(request, Step.TAKEOVER, {})


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def kit(request: HttpRequest) -> HttpResponse:
    """Give what makes the site known, and what the council votes on."""
    now = timezone.now()
    commune = own_commune()
    if request.method == "POST":
        wizard_actions.prove(commune=commune, kind=Proof.Kind.POSTER, now=now, by=who(request))
        return go_on(request, Step.KIT)
    page = {
        "texts": words.texts(commune, address=absolute_url(commune, "/")),
        "papers": legal.papers(commune, file_of(commune, now=now)).values(),
    }
    return show(request, Step.KIT, page)


@require_safe
@manages
def poster(request: HttpRequest) -> HttpResponse:
    """Print the poster."""
    del request
    commune = own_commune()
    content = words.poster(commune, address=absolute_url(commune, "/"), now=timezone.now())
    return download(content, f"affiche-{commune.slug}.pdf", is_shown=True)


@require_safe
@manages
def paper(request: HttpRequest, paper_code: str) -> HttpResponse:
    """Print one of the council's papers."""
    del request
    now = timezone.now()
    commune = own_commune()
    text = legal.papers(commune, file_of(commune, now=now)).get(paper_code)
    if text is None:
        raise Http404
    content = words.written(text, commune, now=timezone.localtime(now))
    return download(content, f"{paper_code}-{commune.slug}.pdf", is_shown=True)


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def accept(request: HttpRequest, kind: str) -> HttpResponse:
    """Show a text in force and accept it in the name of the commune."""
    commune = own_commune()
    text = TEXTS[Proof.Kind(kind)](commune)
    form = AcceptForm(typed(request), initial={"sha256": text.sha256})
    if form.is_valid():
        if form.cleaned_data["sha256"] != text.sha256:
            form.add_error("accepted", _("Le texte a changé entre-temps : relisez-le."))
        else:
            wizard_actions.prove(
                commune=commune,
                kind=kind,
                subject=text.sha256,
                version=text.version,
                now=timezone.now(),
                by=who(request),
            )
            return redirect(address_of(Step.CHECK))
    known = Proof.objects.filter(commune=commune, kind=kind, subject=text.sha256).first()
    page = {"legal_text": text, "proof": known, "is_table": kind == Proof.Kind.RETENTION}
    return show(request, Step.CHECK, page, form=form, name="accept")


@require_safe
@manages
def trials(request: HttpRequest) -> HttpResponse:
    """Say how to try a message, an appointment and a report, and what was seen of them."""
    here = situation(now=timezone.now())
    seen = {line.code: line for line in lines(here.found, here.notes)}
    page = {
        "mail": seen["mail"],
        "reply": seen["reply"],
        "booking": seen.get("trial_booking"),
        "report": seen.get("trial_report"),
        "reply_address": here.commune.email,
        "my_address": who(request).email,
        "first": Service.objects.offered_online().first(),
    }
    return show(request, Step.CHECK, page, name="trials")


@require_POST
@manages
def send_trial(request: HttpRequest, trial: str) -> HttpResponse:
    """Send one of the two trial messages."""
    if trial not in TRIALS:
        raise Http404
    commune = own_commune()
    address = commune.email if trial == Proof.Kind.REPLY else who(request).email
    wizard_actions.send_trial(commune=commune, kind=trial, to=address, now=timezone.now())
    said = _("Un courriel d’essai part à l’adresse %(address)s. Ouvrez son lien.")
    messages.success(request, said % {"address": address})
    return redirect("onboarding:wizard_trials")


@require_http_methods(["GET", "HEAD", "POST"])
def trial_link(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm that a trial message was read, whoever reads the mailbox: the link is the proof."""
    try:
        kind, address = wizard_emails.read_trial(token)
    except BadSignature as forged:
        raise wizard_actions.LinkOver from forged
    if request.method == "POST":
        wizard_actions.confirm_trial(
            commune=own_commune(), kind=kind, address=address, now=timezone.now()
        )
        return render(request, "onboarding/own/trial_read.html", {"address": address})
    return render(request, "onboarding/own/trial_link.html", {"address": address})
