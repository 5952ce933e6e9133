"""Three years after a session, what it counted stays, and nobody is named any more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from privacy import nightly
from tests.conftest import owner
from training.models import Attendance, Commitment, Signature, SurveyReply


pytestmark = [pytest.mark.django_db, pytest.mark.public]


def test_nobody_is_named_three_years_after(make_session, guest, commune):
    then = timezone.now() - timedelta(days=3 * 366)
    session = make_session(half_days=[(then, then + timedelta(hours=3))])
    ana = guest(session, commune, "Ana Lopes", state="attended", accessibility="boucle")
    with owner():
        Signature.objects.create(
            half_day=session.half_days.get(), attendance=ana, at=then, method="drawn",
            drawing="M0 0", noted_by="Luc",
        )  # fmt: skip
        Commitment.objects.create(session=session, commune=commune, who="Ana", what="Essayer")
        SurveyReply.objects.create(
            session=session, kind="hot", recommends=9, verbatim="Merci Luc", day=then.date()
        )

        assert nightly.run_once(now=timezone.now())["training"] == 1
        assert nightly.run_once(now=timezone.now())["training"] == 0

        place = Attendance.objects.get()
        assert (place.state, place.name, place.accessibility) == ("attended", "–", "")
        assert place.email == f"place-{place.pk}@efface.invalid"
        assert (Signature.objects.get().drawing, Signature.objects.get().noted_by) == ("–", "")
        assert Commitment.objects.get().who == "–"
        assert (SurveyReply.objects.get().verbatim, SurveyReply.objects.get().recommends) == (
            "",
            9,
        )


def test_a_recent_session_keeps_its_sheet(make_session, guest, commune):
    session = make_session()
    guest(session, commune, "Ana Lopes", state="attended")
    with owner():
        assert nightly.run_once(now=timezone.now())["training"] == 0
        assert Attendance.objects.get().name == "Ana Lopes"
