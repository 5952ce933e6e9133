"""What the night makes of the counts, and the pages that show it."""

from datetime import date, timedelta
from http import HTTPStatus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from adoption import actions, following, letters, reading, subsidy
from adoption.alerts import alerts
from adoption.estimates import Parameters
from adoption.models import Benchmark, DtsMonth, Estimate, HealthScore, MonthlyReport, Preferences
from adoption.tasks import follow
from onboarding.models import Metric, Onboarding, Task
from onboarding.stages import Module, Stage
from parvis.models import OutgoingEmail
from tenants.models import Association, Commune
from tests.conftest import login_as, owner
from tests.incidents.pdf_text import words_of


pytestmark = [pytest.mark.django_db, pytest.mark.public]
LAST = date(2026, 10, 1)


def put(commune, code, num, den, *, month=LAST, kind="month", module="booking"):
    with owner():
        Metric.objects.create(
            commune=commune,
            module=module,
            code=code,
            period_kind=kind,
            period=month,
            num=num,
            den=den,
        )


@pytest.fixture
def live(many_communes, commune, association, now):
    """Seven communes in service; Pauillac is the first of them."""
    with owner():
        Commune.objects.filter(pk=commune.pk).update(
            station_count=1, population=5190, email="mairie@pauillac.example.org"
        )
    found = [commune, *many_communes(6)]
    with owner():
        Commune.objects.filter(pk__in=[each.pk for each in found[1:]]).update(population=4000)
        Onboarding.objects.bulk_create(
            Onboarding(commune=each, module=Module.BOOKING, stage=Stage.LIVE, since=now)
            for each in found
        )
    return found


@pytest.fixture
def compared(live):
    """Their figures of October: 80 % at Pauillac, then 40 to 90."""
    for number, each in enumerate(live):
        put(each, "online_share", 80 if number == 0 else 30 + 10 * number, 100)
        put(each, "online_share", 70, 100, month=date(2026, 9, 1))
        put(each, "practice_evening", int(number > 4), 1)
    return live


def test_peers_are_told_by_three_values_and_what_sets_the_best_apart(
    compared, association, commune, now
):
    following.follow(association=association, now=now)

    mine = Benchmark.objects.get(commune=commune, month=LAST, code="online_share")
    assert (mine.size, mine.low, mine.middle, mine.high) == (
        *(6, pytest.approx(0.525), pytest.approx(0.65), pytest.approx(0.775)),
    )
    assert mine.practice == "evening"
    assert mine.dropped == ""
    assert Benchmark.objects.filter(month=LAST).count() == 7


def test_fewer_than_five_peers_are_no_peers(live, association, now):
    for each in live[:5]:
        put(each, "online_share", 50, 100)

    following.follow(association=association, now=now)

    assert not Benchmark.objects.filter(commune__in=live[:5]).exists()  # four others each
    assert Benchmark.objects.filter(commune__in=live[5:]).count() == 2  # who see five of them
    with pytest.raises(IntegrityError, match="hides_its_peers"), transaction.atomic():
        Benchmark.objects.update(size=4)


def test_health_is_explained_and_a_red_one_becomes_a_call(live, association, commune, now):
    today = now.date()
    for each in live:
        falls = each == commune
        put(each, "online_share", 10 if falls else 80, 100, month=today, kind="day")
        before = today - timedelta(days=30)
        put(each, "online_share", 80, 300 if falls else 100, month=before, kind="day")
        put(each, "staff_active", 0 if falls else 3, 4, month=today, kind="day")
        put(each, "first_slot_days", 0, 0 if falls else 1, month=today, kind="day")
        put(each, "unmarked_share", 30 if falls else 0, 100, month=today, kind="day")

    following.follow(association=association, now=now)
    following.follow(association=association, now=now)

    scores = dict(HealthScore.objects.values_list("commune", "score"))
    assert scores[commune.pk] < 40
    assert {scores[each.pk] for each in live[1:]} == {100}
    mine = HealthScore.objects.get(commune=commune)
    assert {line["key"]: line["share"] for line in mine.lines} == {
        "usage": 0.0,
        "online": pytest.approx(0.031, abs=0.01),
        "staff": 0.0,
        "freshness": 0.0,
        "training": None,
        "support": None,
        "billing": None,
    }
    task = Task.objects.get(rule=Task.Rule.HEALTH)
    assert task.commune == commune
    assert f"{scores[commune.pk]} sur 100" in task.title


def test_alerts_say_what_is_wrong_and_where(live, commune, now, make_user):
    user = make_user("admin", commune=commune)
    with owner():
        user.last_login = now - timedelta(days=22)
        user.save(update_fields=["last_login"])
    today = now.date()
    for code, num, den in (
        ("first_slot_days", 0, 0),
        ("inc_silent", 13, 40),
        ("stations_closed", 1, 2),
    ):
        put(commune, code, num, den, month=today, kind="day")
    put(live[1], "inc_silent", 2, 9, month=today, kind="day")
    put(live[2], "inc_silent", 12, 15, month=today, kind="day")
    put(live[3], "inc_silent", 9, 60, month=today, kind="day")

    known = reading.known([each.pk for each in live], today=today)
    found = {(each.commune.pk, each.key): each.words for each in alerts(live, known, now=now)}

    mine = {key: words for (pk, key), words in found.items() if pk == commune.pk}
    assert mine == {
        "login": "aucune connexion depuis 22 jours",
        "slot": "aucun créneau ouvert aux usagers",
        "silent": "13 signalements sans réponse depuis une semaine",
        "station": "1 station fermée sur 2",
    }
    assert found[live[1].pk, "admin"] == "plus aucun administrateur"
    uncounted = "des signalements sans réponse depuis une semaine"
    assert [found[each.pk, "silent"] for each in live[1:4]] == [uncounted] * 3


def test_a_letter_says_four_figures_a_sentence_and_one_thing_to_do(
    compared, association, commune, now
):
    put(commune, "first_slot_days", 49, 1)
    following.follow(association=association, now=now)

    (report,) = [
        each
        for each in letters.write(association=association, month=LAST, now=now)
        if each.commune_id == commune.pk
    ]

    assert report.facts["title"] == "octobre 2026"
    assert report.facts["sentence"] == (
        "80\xa0% de vos rendez-vous sont pris en ligne\xa0; la médiane des communes comparables"
        " est 65\xa0%."
    )
    assert [each["value"] for each in report.facts["figures"]] == ["80\xa0%", "49 jours"]
    assert report.facts["figures"][0]["before"] == "70\xa0%"
    assert "à plus d’un mois" in report.facts["todo"]
    assert letters.write(association=association, month=LAST, now=now) == []


def test_the_team_reads_of_a_letter_what_published_lists_show(compared, association, now):
    tiny, next_smallest, other = compared[1:4]
    with owner():
        counted = Metric.objects.filter(code="online_share", period=LAST)
        counted.filter(commune=tiny).update(num=3, den=4)
        counted.filter(commune=next_smallest).update(num=20, den=40)
    written = {
        each.commune_id: each
        for each in letters.write(association=association, month=LAST, now=now)
    }

    hidden, shown = written[next_smallest.pk], letters.as_seen(written[other.pk])

    assert "%" in hidden.facts["sentence"]
    told = letters.as_seen(hidden)
    assert (told["sentence"], told["figures"][0]["value"]) == ("–", "–")
    assert "%" in shown["sentence"]


def test_a_letter_is_sent_once_unless_refused_or_asked_for(compared, association, commune, now):
    written = letters.write(association=association, month=LAST, now=now)
    mine = next(each for each in written if each.commune_id == commune.pk)

    assert (
        letters.send_all(association=association, month=LAST, now=now) == 1
    )  # one has an address
    assert letters.send_all(association=association, month=LAST, now=now) == 0
    assert letters.send(report=mine, now=now, again=True)
    mails = OutgoingEmail.objects.all()
    assert [mail.to for mail in mails] == [["mairie@pauillac.example.org"]] * 2
    assert "80\xa0% de vos rendez-vous" in mails[0].body
    assert f"/lettres/{LAST}/" in mails[0].html
    assert f"background:{association.brand_colour}" in mails[0].html
    assert {each.association_id for each in mails} == {association.pk}

    actions.prefer(commune=commune, is_mailed=False, is_named=False)
    assert not letters.send(report=mine, now=now, again=True)


def test_the_morning_does_all_of_it(compared):
    assert follow() >= 0
    assert HealthScore.objects.count() == 7


def test_the_last_closed_month_waits_for_the_sixth():
    assert letters.last_closed(date(2026, 11, 5)) == date(2026, 9, 1)
    assert letters.last_closed(date(2026, 11, 6)) == LAST
    assert letters.last_closed(date(2026, 1, 6)) == date(2025, 12, 1)


def test_minutes_are_refused_above_what_is_published(association):
    actions.set_estimate(association=association, parameters=Parameters(minutes=10))

    with pytest.raises(IntegrityError, match="within_what_is_known"), transaction.atomic():
        Estimate.objects.update(minutes=11)


def test_pages_of_the_association(director, compared, association, commune, now):
    following.follow(association=association, now=now)
    letters.write(association=association, month=LAST, now=now)

    def page(path):
        answer = director.get(path)
        assert answer.status_code == HTTPStatus.OK, path
        return answer.content.decode().replace("\xa0", " ")

    assert "non noté" in page("/mesures/sante/")
    assert "non noté" in page("/mesures/sante/33314/")
    assert "communes sont pris" not in page("/mesures/lettres/")
    letter = page(f"/mesures/lettres/33314/{LAST}/")
    assert "80 % de vos rendez-vous" in letter
    assert "Envoyer maintenant" in letter
    pdf = director.get(f"/mesures/lettres/33314/{LAST}/lettre.pdf")
    assert pdf["Content-Type"] == "application/pdf"
    assert "octobre 2026" in words_of(pdf.content)
    assert director.post(f"/mesures/lettres/33314/{LAST}/envoi/").status_code == HTTPStatus.FOUND
    assert MonthlyReport.objects.get(commune=commune).sent_to == "mairie@pauillac.example.org"
    table = director.get("/mesures/tout.csv").content.decode("utf-8-sig")
    assert "Pauillac;33314;Rendez-vous titres;online_share;" in table
    assert ";80;100;1" in table
    assert director.get("/mesures/tout.xlsx").content.startswith(b"PK")
    assert director.get("/mesures/tout.exe").status_code == HTTPStatus.NOT_FOUND
    for nonsense in ("2026-13-01", "x", "0000-00-00", "é" * 90):
        path = f"/mesures/lettres/33314/{nonsense}/"
        assert director.get(path).status_code == HTTPStatus.NOT_FOUND


def test_small_numbers_leave_the_table_empty_and_never_alone(director, live):
    put(live[0], "dossier_complete", 3, 8)
    put(live[1], "dossier_complete", 20, 30)
    put(live[2], "dossier_complete", 40, 50)

    rows = director.get("/mesures/tout.csv").content.decode("utf-8-sig").splitlines()

    shown = [row.split(";")[6:8] for row in rows if "dossier_complete" in row]
    assert sorted(shown) == [["", ""], ["", ""], ["40", "50"]]


def test_the_page_of_health_hides_what_the_table_hides(director, live, association):
    month = reading.month_before(timezone.localdate())
    counts = [(60, 100), (3, 8), (17, 20), (60, 100), (70, 100), (80, 100), (90, 100)]
    for each, (num, den) in zip(live, counts, strict=True):
        put(each, "online_share", num, den, month=month)
    following.follow(association=association, now=timezone.now())

    def page(commune):
        content = director.get(f"/mesures/sante/{commune.insee_code}/").content.decode()
        return content.replace("\xa0", " ")

    assert "90 %" in page(live[6])
    assert "85 %" not in page(live[2])
    assert "données insuffisantes" in page(live[2])


def test_parameters_are_refused_in_words_and_kept(director):
    wrong = director.post(
        "/mesures/estimations/", {"booking_percent": "70", "change_percent": "x", "minutes": "11"}
    )

    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = wrong.content.decode()
    assert 'value="70"' in page
    assert "Saisissez un nombre entier." in page
    assert not Estimate.objects.exists()
    director.post(
        "/mesures/estimations/", {"booking_percent": "70", "change_percent": "60", "minutes": "4"}
    )
    assert Estimate.objects.get().minutes == 4


def test_the_public_reads_totals_and_only_the_names_of_those_who_agreed(
    host_client, compared, association
):
    visitor = host_client("gironde.localhost")
    with owner():
        Preferences.objects.create(commune=compared[6], is_named=True)
        Metric.objects.filter(period=LAST).update(period=letters.last_closed(timezone.localdate()))

    page = visitor.get("/chiffres/").content.decode().replace("\xa0", " ")

    assert "67 %" in page  # (80 + 40 + … + 90) / 700
    assert "Essai 905" in page
    assert "Pauillac" not in page.partition("<main")[2].partition("</main")[0]
    table = visitor.get("/chiffres.csv").content.decode("utf-8-sig")
    assert ";470;700;1" in table


def test_fewer_than_five_communes_make_no_public_total(host_client, live, association):
    with owner():
        Onboarding.objects.filter(commune__in=live[4:]).delete()
    put(live[0], "online_share", 50, 100, month=letters.last_closed(timezone.localdate()))

    page = host_client("gironde.localhost").get("/chiffres/").content.decode()

    assert "Pas encore assez de communes" in page


def test_the_subsidy_is_simulated_followed_and_entered(director, commune, live):
    year = timezone.localdate().year
    asked = {"requests": 1750, "certifications": 0, "stations": 1, "connected": 1}

    page = director.get("/mesures/dotation/", asked).content.decode().replace("\xa0", " ")
    assert "Il vous manque 126 demandes" in page
    assert "9 500,00 €" in page
    for wrong in (
        {"requests": "9" * 30},
        {"connected": 2},
        {"stations": "-1"},
        {"requests": "\0"},
    ):
        answer = director.get("/mesures/dotation/", asked | wrong)
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, wrong

    entry = {"what": "month", "month": f"{year}-01", "requests": "200", "certifications": ""}
    assert director.post("/mesures/dotation/33314/", entry).status_code == HTTPStatus.FOUND
    assert DtsMonth.objects.get().requests == 200
    assert subsidy.standing(commune, year=year).expected.counted == 2400
    assert subsidy.progress(commune, year=year) == {date(year, 1, 1): (200, 1876)}
    late = director.post("/mesures/dotation/33314/", entry | {"month": f"{year + 1}-01"})
    assert late.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "pas encore commencé" in late.content.decode()


def test_a_file_of_months_is_read_whole_or_not_at_all(director, commune, live):
    def sent(text):
        file = SimpleUploadedFile("mois.csv", text.encode("cp1252"))
        return director.post("/mesures/dotation/fichier/", {"file": file})

    good = "Code;Mois;Demandes;Certifications\n33314;2026-01;150;12\n33314;02/2026;160;\n"
    assert sent(good).status_code == HTTPStatus.FOUND
    assert sent(good).status_code == HTTPStatus.FOUND  # in place of what was there
    assert [row.requests for row in DtsMonth.objects.all()] == [150, 160]
    for row in ("99999;2026-03;1;0", "33314;mars;1;0", "33314;2026-03;douze;0"):
        answer = sent(f"Code;Mois;Demandes;Certifications\n33314;2026-04;9;0\n{row}\n")
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "Ligne 3" in answer.content.decode()
    assert DtsMonth.objects.count() == 2


@pytest.mark.parametrize("path", ["/", "/mesures/sante/", "/mesures/dotation/", "/chiffres/"])
def test_pages_cost_the_same_however_many_communes(
    director, commune, many_communes, at_stage, publish, path
):
    at_stage(commune, Stage.LIVE)
    publish(commune, timezone.localdate(), online=30)
    director.get(path)
    with CaptureQueriesContext(connection) as few:
        director.get(path)
    for each in many_communes(20):
        at_stage(each, Stage.LIVE)
        publish(each, timezone.localdate(), online=30)
    director.get(path)

    with CaptureQueriesContext(connection) as many:
        director.get(path)

    assert len(many) == len(few) or path == "/chiffres/"  # below five communes it reads less


def test_an_association_sees_no_other(host_client, make_user, compared):
    user, gironde = make_user("referent"), Association.objects.get(slug="gironde")
    with owner():
        other = Association.objects.create(
            name="Autre", short_name="Autre", slug="autre", departments=["40"]
        )
        Commune.objects.filter(pk=compared[0].pk).update(association=other)
    browser = login_as(host_client("gironde.localhost"), user, site=f"association:{gironde.pk}")

    assert browser.get("/mesures/sante/33314/").status_code == HTTPStatus.NOT_FOUND
    assert "33314" not in browser.get("/mesures/tout.csv").content.decode()


@pytest.mark.parametrize("schema", ["c_33314"])
def test_the_connection_of_the_association_reads_no_row_of_a_commune(schema):
    """Every table, every view and every sequence: the database itself refuses."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("t_public",)
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE relkind IN ('r', 'v', 'm', 'p', 'S') AND nspname = %s",
            [schema],
        )
        names = [name for (name,) in cursor.fetchall()]
    assert len(names) > 60
    for name in names:
        for sql in (f'SELECT * FROM "{schema}"."{name}"', f'TABLE "{schema}"."{name}"'):
            with (
                pytest.raises(DatabaseError, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(sql)
