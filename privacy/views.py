"""A person sees, takes away and erases what the commune holds about her address; no account."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.addresses import address_of
from identity.limits import Limit, TooMany, take
from parvis.signing import BadSignature, sign, unsign
from parvis.subjects import Person
from privacy import files, rights
from privacy.forms import AddressForm, RequestForm
from tenants.asked import commune_of


COOKIE, PURPOSE = "__Host-donnees", "privacy.subject"
OPEN_S = 30 * 60
ASKED = Limit("data-link-from", 10, timedelta(hours=1))  # per visitor
MAILED = Limit("data-link-to", 3, timedelta(hours=1))  # per recipient


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the link; the answer is the same whether anything is held or not."""
    form = AddressForm(request.POST or None)
    if form.is_valid():
        now, email = timezone.now(), form.cleaned_data["email"]
        take(ASKED, address_of(request), now=now)
        try:
            take(MAILED, email, now=now)
        except TooMany:
            return redirect("privacy:sent")  # to say so would tell who asks often
        rights.send_link(email=email, now=now)
        return redirect("privacy:sent")
    status = 422 if form.errors else 200
    return render(request, "privacy/ask.html", {"form": form}, status=status)


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Give the one answer there is."""
    return render(request, "privacy/sent.html")


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Open the file by a button: programs that follow links use nothing up."""
    if request.method != "POST":
        return _private(render(request, "privacy/enter.html"))
    email = rights.open_link(token=token, now=timezone.now())
    answer = redirect("privacy:mine")
    answer.set_cookie(
        COOKIE,
        sign(email, purpose=PURPOSE),
        max_age=OPEN_S,
        secure=True,
        httponly=True,
        samesite="Lax",
    )
    return _private(answer)


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show everything that is held about the address."""
    email = _email(request)
    if not email:
        return _over(request)
    return _private(_page(request, email, RequestForm()))


@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """Give it as a file: JSON, CSV and text in a ZIP."""
    email = _email(request)
    if not email:
        return _over(request)
    now = timezone.now()
    held = rights.held(Person(email), now=now)
    name = commune_of(request).name
    content = files.archive(held, commune=name, email=email, now=now)
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="mes-donnees.zip"'
    return _private(answer)


@require_POST
def erase(request: HttpRequest) -> HttpResponse:
    """Erase what may be erased at once; the page then shows what is kept, and why."""
    email = _email(request)
    if not email:
        return _over(request)
    count = rights.erase(email=email, now=timezone.now())
    done = ngettext("%(n)s donnée effacée.", "%(n)s données effacées.", count) % {"n": count}
    messages.success(request, done)
    return _private(redirect("privacy:mine"))


@require_POST
def request_human(request: HttpRequest) -> HttpResponse:
    """Ask the town hall for what only somebody can do."""
    email = _email(request)
    if not email:
        return _over(request)
    form = RequestForm(request.POST)
    if not form.is_valid():
        return _private(_page(request, email, form, status=422))
    take(ASKED, address_of(request), now=timezone.now())
    rights.ask(email=email, now=timezone.now(), **form.cleaned_data)
    messages.success(request, _("Demande envoyée : la mairie a un mois pour y répondre."))
    return _private(redirect("privacy:mine"))


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close the file on this browser."""
    answer = redirect("privacy:ask")
    answer.delete_cookie(COOKIE, samesite="Lax")
    return answer


def _page(
    request: HttpRequest, email: str, form: RequestForm, *, status: int = 200
) -> HttpResponse:
    held = rights.held(Person(email), now=timezone.now())
    sections: dict[str, list[object]] = {}
    for each in held:
        sections.setdefault(each.section, []).append(each)
    context = {
        "email": email,
        "sections": sections.items(),
        "form": form,
        "can_erase": any(not each.kept_why for each in held),
    }
    return render(request, "privacy/mine.html", context, status=status)


def _email(request: HttpRequest) -> str:
    """Read the address this browser has proved, here and half an hour ago at most."""
    try:
        return str(unsign(request.COOKIES.get(COOKIE, ""), purpose=PURPOSE, max_age=OPEN_S))
    except BadSignature:
        return ""


def _over(request: HttpRequest) -> HttpResponse:
    """Lead whose half-hour is over to where another link is asked for."""
    messages.info(
        request, _("Vos données se voient trente minutes. Demandez un autre lien ci-dessous.")
    )
    return redirect("privacy:ask")


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    # Not "no-referrer": browsers would then send "Origin: null" with the forms of the page.
    answer["Referrer-Policy"] = "same-origin"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
