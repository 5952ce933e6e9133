"""What a commune sees of its own figures, in its own schema and under its own role."""

from datetime import date
from http import HTTPStatus

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from adoption import actions, letters, subsidy
from adoption.models import Benchmark, DtsMonth, DtsYear, MonthlyReport, Preferences
from booking.models import Tally
from onboarding.models import Metric
from tests.conftest import login_as, owner


pytestmark = pytest.mark.django_db
HOME = "/agent/commune/chiffres/"


@pytest.fixture
def month():
    return letters.last_closed(timezone.localdate())


@pytest.fixture
def admin(client, make_user, commune):
    return login_as(client, make_user("admin", commune=commune), site=commune.schema_name)


@pytest.fixture
def told(commune, other_commune, month):
    """October as the association's night left it."""
    with owner():
        for place, num in ((commune, 83), (other_commune, 12)):
            Metric.objects.create(
                commune=place,
                module="booking",
                code="online_share",
                period_kind="month",
                period=month,
                num=num,
                den=100,
            )
            Benchmark.objects.create(
                commune=place,
                module="booking",
                code="online_share",
                month=month,
                size=6,
                low=0.5,
                middle=0.7,
                high=0.8,
                dropped="stations,setting",
                practice="evening",
            )
            MonthlyReport.objects.create(
                commune=place,
                month=month,
                facts={
                    "title": f"lettre de {place.name}",
                    "sentence": "83 %.",
                    "figures": [],
                    "todo": "Rien.",
                    "training": "",
                    "near": "",
                    "subsidy": "",
                },
            )


def page_of(browser, path=HOME):
    answer = browser.get(path)
    assert answer.status_code == HTTPStatus.OK
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def test_a_commune_reads_itself_beside_the_quartiles_of_its_peers(admin, told):
    page = page_of(admin)

    for said in ("83 %", "50 %", "70 %", "80 %", "parmi le meilleur quart"):
        assert said in page
    assert "Comparé à 6 communes semblables" in page
    assert "le nombre de stations, urbain ou rural" in page
    assert "ouvrir un soir après 18 heures" in page
    assert "12 %" not in page
    assert "lettre de Lacanau" not in page


def test_estimates_say_their_hypotheses_and_never_that_they_are_measured(admin, told):
    page = page_of(admin)

    assert "appels évités, estimés" in page
    assert "83 rendez-vous pris en ligne × 80 % + 0 changements en ligne × 90 %" in page


def test_without_peers_the_figures_are_shown_alone(admin, commune, month):
    with owner():
        Metric.objects.create(
            commune=commune,
            module="booking",
            code="no_show_rate",
            period_kind="month",
            period=month,
            num=4,
            den=9,
        )

    page = page_of(admin)

    assert "pas encore cinq communes comparables" in page
    assert "données insuffisantes" in page


def test_a_letter_is_read_and_printed_and_that_of_another_is_not(admin, told, month):
    assert "lettre de Pauillac" in page_of(admin, f"{HOME}lettres/{month}/")
    pdf = admin.get(f"{HOME}lettres/{month}/lettre.pdf")
    assert pdf.content.startswith(b"%PDF")
    assert pdf.content.count(b"/Type /Page\n") == 1
    assert admin.get(f"{HOME}lettres/2020-01-01/").status_code == HTTPStatus.NOT_FOUND
    assert admin.get(f"{HOME}lettres/nonsense/").status_code == HTTPStatus.NOT_FOUND


def test_a_call_is_counted_with_one_tap_and_taken_back(admin, commune):
    for _tap in range(3):
        admin.post(f"{HOME}appels/", {"reason": "book"})
    admin.post(f"{HOME}appels/", {"reason": "book", "less": "1"})
    admin.post(f"{HOME}appels/", {"reason": "ready"})
    for _tap in range(2):
        admin.post(f"{HOME}appels/", {"reason": "ready", "less": "1"})
    admin.post(f"{HOME}appels/", {"reason": "\0nonsense"})

    assert "2 appels comptés aujourd’hui" in page_of(admin, f"{HOME}appels/")
    connection.set_tenant(commune)
    assert dict(Tally.objects.values_list("key", "count")) == {"book": 2, "ready": 0}


def test_the_commune_enters_its_requests_and_keeps_what_it_typed_wrongly(admin, commune):
    year = timezone.localdate().year
    wrong = {"what": "month", "month": f"{year}-01", "requests": "beaucoup"}
    answer = admin.post(f"{HOME}dotation/", wrong)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="beaucoup"' in answer.content.decode()

    assert admin.post(f"{HOME}dotation/", wrong | {"requests": "1750"}).status_code == 302
    stations = {"what": "year", "stations": "2", "connected": "3"}
    assert admin.post(f"{HOME}dotation/", stations).status_code == 422
    assert admin.post(f"{HOME}dotation/", stations | {"connected": "2"}).status_code == 302
    page = page_of(admin, f"{HOME}dotation/")
    assert "Il vous manque 126 demandes pour atteindre le seuil de 1 876." in page
    assert "19 000,00 €" in page
    asked = "requests=4000&certifications=0&stations=1&connected=1"
    simulated = page_of(admin, f"{HOME}dotation/?{asked}")
    assert "17 370,00 €" in simulated
    assert "Le dernier seuil est atteint." in simulated


def test_a_commune_refuses_letters(admin, commune):
    admin.post(f"{HOME}preferences/", {"is_named": "on"})

    with owner():
        wishes = Preferences.objects.get(commune=commune)
    assert (wishes.is_mailed, wishes.is_named) == (False, True)


def test_a_commune_touches_nothing_of_another(commune, other_commune, told):
    with owner():
        DtsYear.objects.create(commune=other_commune, year=2026, stations=1, connected=0)
        DtsMonth.objects.create(commune=other_commune, month=date(2026, 1, 1), requests=5)
        Preferences.objects.create(commune=other_commune)
    connection.set_tenant(commune)

    assert [each.commune for each in MonthlyReport.objects.select_related("commune")] == [commune]
    for model in (DtsYear, DtsMonth, Preferences):
        assert not model.objects.exists()
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        actions.prefer(commune=other_commune, is_mailed=False, is_named=True)
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        subsidy.enter_year(commune=other_commune, year=2027, stations=1, connected=1)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        MonthlyReport.objects.update(sent_to="x@example.org")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Benchmark.objects.all().delete()


def test_the_page_costs_the_same_for_a_month_and_for_a_year(admin, told, commune, month):
    page_of(admin)
    with CaptureQueriesContext(connection) as few:
        admin.get(HOME)
    with owner():
        Metric.objects.bulk_create(
            Metric(
                commune=commune,
                module="booking",
                code="online_share",
                period_kind="month",
                period=date(2026 - back // 12, 12 - back % 12, 1),
                num=50,
                den=100,
            )
            for back in range(24)
            if date(2026 - back // 12, 12 - back % 12, 1) != month
        )
    page_of(admin)

    with CaptureQueriesContext(connection) as many:
        admin.get(HOME)

    assert len(many) == len(few)
