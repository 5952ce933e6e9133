"""What the trainer shows and notes in the room, and the papers that come out of it."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from identity.access import staff_only, who
from parvis.errors import DomainError
from parvis.exports import download
from tenants.asked import association_of
from training import links, papers, presence
from training.access import TEAM, half_day_or_404, session_or_404
from training.calendar import may_sign
from training.models import Attendance, HalfDay, Signature, TrainingOrganisation
from training.public_forms import MarkForm
from training.views import after


@require_safe
@staff_only(*TEAM)
def room(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """Show the code of the room, and who has signed."""
    return _page(request, half_day_or_404(request, pk, position))


def _page(
    request: HttpRequest, half_day: HalfDay, *, form: MarkForm | None = None
) -> HttpResponse:
    now = timezone.now()
    signatures = list(half_day.signatures.all())
    signed = {each.attendance_id: each for each in signatures}
    by_trainer = {each.trainer_id: each for each in signatures if each.trainer_id}
    teachings = half_day.teachings.filter(is_off=False).select_related("trainer")
    people = _expected(half_day)
    words = {
        "session": half_day.session,
        "half_day": half_day,
        "hours": papers.hours(half_day),
        "is_on": may_sign(start=half_day.period.lower, end=half_day.period.upper, now=now),
        "has_begun": half_day.period.lower <= now,
        "pin": links.pin_of(half_day),
        "address": links.url_of(half_day.session.association, half_day, links.SHEET),
        "people": [(each, signed.get(each.pk)) for each in people],
        "signed_count": sum(each.pk in signed for each in people),
        "trainers": [(each.trainer, by_trainer.get(each.trainer_id)) for each in teachings],
        "form": form or MarkForm(),
    }
    is_wrong = form is not None
    return render(request, "training/room.html", words, status=422 if is_wrong else 200)


def _expected(half_day: HalfDay) -> list[Attendance]:
    seated = half_day.session.attendances.seated()
    return list(seated.select_related("commune").order_by("name", "pk"))


@require_POST
@staff_only(*TEAM)
def note(request: HttpRequest, pk: int, position: int, entry_id: int) -> HttpResponse:
    """Note that somebody signed the printed sheet."""
    half_day = half_day_or_404(request, pk, position)
    person = get_object_or_404(Attendance, pk=entry_id, session=half_day.session)
    name = who(request).name
    return after(
        request,
        lambda: presence.note_paper(
            half_day=half_day,
            attendance=person,
            by_name=name,
            now=timezone.now(),
        ),
        to=reverse("training:room", args=[pk, position]),
        done=_("La signature de %(name)s est relevée.") % {"name": person.name},
    )


@require_POST
@staff_only(*TEAM)
def sign_as_trainer(request: HttpRequest, pk: int, position: int, entry_id: int) -> HttpResponse:
    """Take the trainer's signature."""
    half_day = half_day_or_404(request, pk, position)
    trainer = get_object_or_404(association_of(request).trainers, pk=entry_id)
    form = MarkForm(request.POST)
    if form.is_valid():
        try:
            presence.sign_as_trainer(
                half_day=half_day, trainer=trainer, mark=form.mark(), now=timezone.now()
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return after(
                request,
                lambda: None,
                to=reverse("training:room", args=[pk, position]),
                done=_("Votre signature est enregistrée."),
            )
    return _page(request, half_day, form=form)


@require_safe
@staff_only(*TEAM)
def sheet(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """Print the sheet of a half-day."""
    half_day = half_day_or_404(request, pk, position)
    made = papers.sheet(
        half_day, _expected(half_day), half_day.signatures.all(), now=timezone.now()
    )
    return download(made, f"emargement-{pk}-{position}.pdf", is_shown=True)


@require_safe
@staff_only(*TEAM)
def certificate(request: HttpRequest, pk: int, entry_id: int) -> HttpResponse:
    """Give the certificate of somebody who signed."""
    session = session_or_404(request, pk)
    return certificate_of(get_object_or_404(_people(), pk=entry_id, session=session))


@require_safe
@staff_only(*TEAM)
def realisation(request: HttpRequest, pk: int, entry_id: int) -> HttpResponse:
    """Give the certificate of a declared training organisation, if it is one."""
    session = session_or_404(request, pk)
    declared = get_object_or_404(TrainingOrganisation, association=session.association)
    person = get_object_or_404(_people(), pk=entry_id, session=session)
    made = papers.realisation(
        person, signatures_of(person), number=declared.declaration_number, now=timezone.now()
    )
    return download(made, f"certificat-{person.pk}.pdf")


def certificate_of(person: Attendance) -> HttpResponse:
    """Write the certificate of the half-days somebody signed for."""
    made = papers.certificate(person, signatures_of(person), now=timezone.now())
    return download(made, f"attestation-{person.pk}.pdf")


def signatures_of(person: Attendance) -> list[Signature]:
    """List the half-days that somebody signed for, in order.

    Raises:
        Http404: there is none.
    """
    found = person.signatures.select_related("half_day").order_by("half_day__number")
    if not found:
        raise Http404
    return list(found)


def _people() -> QuerySet[Attendance]:
    return Attendance.objects.select_related("session__association", "commune")
