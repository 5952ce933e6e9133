"""What everybody reads of the reports, and how one joins in."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from identity.members import Member
from incidents import desk, merging, published, reporters
from incidents.actions import move
from incidents.models import Follower, Handler, Photo, Report, Zone
from incidents.public_views import PAGE
from incidents.workflow import Actor, Status
from parvis.models import OutgoingEmail
from tests.booking.settings_client import SettingsClient, text_of
from tests.incidents.factories import NOW, QUAY, category, planned, report


pytestmark = pytest.mark.django_db
AGENT = Member(user_id=1, name="A. Agent", role="report_agent")
LIST = "/signalements/"


@pytest.fixture
def client(commune):
    return SettingsClient(commune)


@pytest.fixture
def hole(commune):
    return category(moderation="after")


def now():
    return timezone.now()


def said(kind, **options):
    """Receive a report now, as pages read the clock."""
    return report(kind, **{"now": now()} | options)


def closed(made, to=Status.RESOLVED, reason="repaired", at=None):
    return move(
        report=made, to=to, actor=Actor.STAFF, by=AGENT, now=at or now(), reason=reason,
        text="Rebouché ce matin.",
    )  # fmt: skip


def page_of(made):
    return f"{LIST}{made.reference}/"


def taken(made, *, is_public, stage="before", state="ready", name="a" * 32):
    return Photo.objects.create(
        report=made, stage=stage, state=state, name=name, is_checked=True, is_public=is_public
    )


def test_the_list_shows_what_is_published_and_nothing_else(client, hole):
    said(hole, address="Rue Neuve")
    Report.objects.filter(pk=said(hole, address="Rue Cachée").pk).update(visibility="pending")
    said(category(code="privé", moderation="never"), address="Rue Privée")
    said(category(code="merci", door="compliment", moderation="after"), address="Rue du Merci")

    page = text_of(client.get(LIST))

    assert "Rue Neuve" in page
    assert not any(each in page for each in ("Rue Cachée", "Rue Privée", "Rue du Merci"))


def test_what_was_closed_long_ago_cancelled_or_merged_has_left_the_list(client, hole):
    late = said(hole, address="Rue Close")
    closed(late, at=now() - timedelta(days=120))
    reporters.cancel(report=said(hole, address="Rue Annulée"), now=now())
    kept, twin = said(hole, address="Rue Gardée"), said(hole, address="Rue Jumelle")
    merging.merge(report=twin, master=kept, by=AGENT, now=now())
    closed(said(hole, address="Rue Réparée"))

    page = text_of(client.get(LIST))

    assert "Rue Gardée" in page
    assert "Rue Réparée" in page
    assert not any(each in page for each in ("Rue Close", "Rue Annulée", "Rue Jumelle"))


def test_an_empty_list_says_so_and_a_filtered_one_says_why(client, hole):
    assert "Tant mieux" in text_of(client.get(LIST))

    said(hole)

    assert "Aucun signalement ne correspond" in text_of(client.get(f"{LIST}?q=girafe"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("groupe=Voirie", {"Quai des Trous"}),
        ("groupe=%C3%89clairage", {"Rue Sombre"}),
        ("etat=recus", {"Quai des Trous"}),
        ("etat=termines", {"Rue Sombre"}),
        ("q=trous", {"Quai des Trous"}),
        ("q=lampadaires", {"Rue Sombre"}),
        ("q=éteinte", {"Rue Sombre"}),
        ("zone=ZONE", {"Quai des Trous"}),
        ("zone=ZONE&etat=termines", set()),
    ],
)
def test_each_filter_keeps_what_it_says(client, hole, query, expected):
    lamp = category(code="lampe", group="Éclairage", name="Lampe", moderation="after",
                    keywords="lampadaires")  # fmt: skip
    said(hole, address="Quai des Trous")
    dark = said(lamp, address="Rue Sombre", place=None, text="La lampe est éteinte.")
    closed(dark)
    west, south = QUAY.lon - 0.001, QUAY.lat - 0.001
    ring = [[west, south], [west + 0.002, south], [west + 0.002, south + 0.002],
            [west, south + 0.002], [west, south]]  # fmt: skip
    zone = Zone.objects.create(name="Port", outline={"type": "Polygon", "coordinates": [ring]})

    page = text_of(client.get(f"{LIST}?{query.replace('ZONE', str(zone.pk))}"))

    assert {each for each in ("Quai des Trous", "Rue Sombre") if each in page} == expected


def test_a_hole_in_a_zone_and_a_zone_in_parts(client, hole):
    def square(size):
        west, east = QUAY.lon - size, QUAY.lon + size
        south, north = QUAY.lat - size, QUAY.lat + size
        return [[west, south], [east, south], [east, north], [west, north], [west, south]]

    said(hole, address="Quai des Trous")
    ring = {"type": "Polygon", "coordinates": [square(0.01), square(0.001)]}
    parts = {
        "type": "MultiPolygon",
        "coordinates": [[square(0.01), square(0.001)], [square(0.0005)]],
    }
    around = Zone.objects.create(name="Autour", outline=ring)
    both = Zone.objects.create(name="Partout", outline=parts)

    assert "Quai des Trous" not in text_of(client.get(f"{LIST}?zone={around.pk}"))
    assert "Quai des Trous" in text_of(client.get(f"{LIST}?zone={both.pk}"))


@pytest.mark.parametrize(
    "query", ["etat=ailleurs", "groupe=%00", "zone=abc", "zone=" + "9" * 40, "q=" + "a" * 2000,
              "q=%00", "q=%FF"],
)  # fmt: skip
def test_a_filter_that_makes_no_sense_is_said_and_not_applied(client, hole, query):
    said(hole, address="Rue Neuve")

    answer = client.get(f"{LIST}?{query}")

    assert answer.status_code in {200, 422}
    assert answer.status_code == 200 or "Rue Neuve" in text_of(answer)


def test_pages_follow_each_other_and_miss_nothing(client, hole):
    same = now()
    streets = {f"Rue {number:03d}" for number in range(2 * PAGE + 5)}
    for each in sorted(streets):
        report(hole, address=each, now=same)

    seen, address = [], LIST
    for _each in range(3):
        page = client.get(address)
        seen += [row["place"] for row in page.context["rows"]]
        address = LIST + page.context["next"]

    assert set(seen) == streets
    assert len(seen) == len(streets)
    assert page.context["next"] == ""


def test_the_list_asks_as_many_questions_for_many_reports(client, hole):
    def asked():
        with CaptureQueriesContext(connection) as questions:
            client.get(LIST)
        return len(questions)

    taken(said(hole), is_public=True)
    client.get(LIST)
    few = asked()
    for number in range(12):
        taken(said(hole), is_public=True, name=f"{number:032d}")

    assert asked() == few
    assert few <= 6 + 2  # and the look-up of the commune


def test_a_report_is_read_by_everybody_without_its_author(client, hole):
    made = said(hole, name="Jeanne Dupuy", phone="0611223344")
    reporters.answer(report=made, text="Chez moi, au 12.", now=now())
    desk.note(report=made, text="Elle appelle souvent.", by=AGENT, now=now())
    desk.write(report=made, text="Nous passons demain.", by=AGENT, now=now())

    page = client.get(page_of(made)).content.decode()

    assert "Un trou au milieu de la rue." in page
    assert "Nous passons demain." in page
    for secret in ("Jeanne", "jeanne@", "0611223344", "Chez moi", "appelle souvent", "A. Agent"):
        assert secret not in page


def test_only_published_photos_are_shown(client, hole):
    made = said(hole)
    taken(made, is_public=True)
    taken(made, is_public=True, stage="after", name="b" * 32)
    taken(made, is_public=False, name="c" * 32)
    taken(made, is_public=True, stage="evidence", name="d" * 32)

    shown = client.get(page_of(made)).context["shown"]

    assert [len(shown.before), len(shown.after)] == [1, 1]


@pytest.mark.parametrize("visibility", ["pending", "private", "hidden"])
def test_what_is_not_published_is_nowhere_as_what_does_not_exist(client, hole, visibility):
    made = said(hole)
    Report.objects.update(visibility=visibility)

    for path in ("", "moi-aussi/", "suivre/"):
        ask = client.post if path else client.get
        hidden = ask(page_of(made) + path, {"email": "paul@example.org"})
        unknown = ask(f"{LIST}00000000/{path}", {"email": "paul@example.org"})
        assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert Report.objects.get().reporters == 1


def test_a_merged_report_leads_to_the_one_that_is_handled(client, hole):
    kept, twin = said(hole), said(hole)
    merging.merge(report=twin, master=kept, by=AGENT, now=now())

    assert client.get(page_of(twin))["Location"] == page_of(kept)
    assert "Réuni avec un autre signalement" in text_of(client.get(page_of(kept)))

    Report.objects.filter(pk=kept.pk).update(visibility="hidden")
    assert client.get(page_of(twin)).status_code == 404


def test_a_closing_shows_its_reason_and_whether_it_is_contested(client, hole):
    made = closed(said(hole))
    page = text_of(client.get(page_of(made)))
    assert "réparé ou nettoyé" in page
    assert "Rebouché ce matin." in page
    assert f"merci={made.reference}" in page

    reporters.contest(report=made, reason="not_repaired", text="Encore là, chez moi.", now=now())
    page = text_of(client.get(page_of(made)))

    assert "Clôture contestée" in page
    assert "rouvert" in page
    assert "chez moi" not in page


def test_the_page_says_who_takes_care_and_by_when(client, hole):
    made = said(hole)
    county = Handler.objects.create(kind="body", name="Département de la Gironde")
    Report.objects.update(handler=county)

    page = text_of(client.get(page_of(made)))

    assert "Département de la Gironde" in page
    assert "Promis avant le" in page
    assert "1 habitant concerné" in page


def test_one_press_counts_one_more_inhabitant_once(client, hole):
    made = said(hole)

    client.post(page_of(made) + "moi-aussi/")
    page = text_of(client.post(page_of(made) + "moi-aussi/", follow=True))

    assert Report.objects.get().reporters == 2
    assert "2 habitants concernés" in page
    assert "Vous êtes compté" in page


def test_a_household_joins_three_times_a_day_at_most(commune, hole):
    made = said(hole)

    answers = [SettingsClient(commune).post(page_of(made) + "moi-aussi/") for _each in range(5)]

    assert [each.status_code for each in answers] == [302, 302, 302, 429, 429]
    assert Report.objects.get().reporters == 4


def test_still_there_is_told_to_the_team_once_and_reopens_nothing(commune, hole):
    from tests.incidents.factories import team  # noqa: PLC0415

    made = said(hole)
    Report.objects.update(team=team().team)
    made.refresh_from_db()
    closed(made)

    for _each in range(2):
        SettingsClient(commune).post(page_of(made) + "moi-aussi/")

    told = [each for each in OutgoingEmail.objects.all() if "toujours là" in each.subject]
    assert len(told) == 1
    assert Report.objects.get().status == Status.RESOLVED


def test_a_follower_confirms_by_the_link_of_her_mail_and_leaves_by_it(client, hole):
    made = said(hole)

    client.post(page_of(made) + "suivre/", {"email": "Paul@example.org"})
    mail = OutgoingEmail.objects.get(to=["paul@example.org"])
    link = next(word for word in mail.body.split() if "/suivi/" in word)
    path = "/suivi/" + link.split("/suivi/")[1]
    assert Follower.objects.get().confirmed_at is None

    client.post(path, {"act": "confirm"})
    assert Follower.objects.get().confirmed_at
    assert Report.objects.get().reporters == 2

    left = client.post(path, {"act": "leave"}, follow=True)
    assert not Follower.objects.exists()
    assert left.redirect_chain == [(page_of(made), 302)]  # her link opens nothing any more


def test_the_answer_is_the_same_whoever_follows_already(client, hole):
    made = said(hole)

    answers = [
        text_of(client.post(page_of(made) + "suivre/", {"email": email}, follow=True))
        for email in ("paul@example.org", "paul@example.org", "jeanne@example.org")
    ]

    assert len({each.split("Regardez")[1][:80] for each in answers}) == 1
    assert [each.email for each in Follower.objects.all()] == ["paul@example.org"]
    assert OutgoingEmail.objects.filter(to=["paul@example.org"]).count() == 1


TOO_LONG = "a" * 60 + "@" + ".".join(["b" * 60] * 4)  # but well formed


@pytest.mark.parametrize(
    "email", ["", "paul", "a@" + "b" * 400 + ".org", "a\0@example.org", f"{TOO_LONG}.org"]
)
def test_an_address_that_is_none_is_said_and_kept(client, hole, email):
    made = said(hole)

    answer = client.post(page_of(made) + "suivre/", {"email": email})

    assert answer.status_code == 422
    assert not Follower.objects.exists()


def test_thanks_have_their_page_and_are_shown_with_what_they_praise(client, hole):
    made = closed(said(hole))
    thanks = category(code="merci", door="compliment", name="Un merci", moderation="before")
    praise = said(thanks, praises=made, text="Bravo à toute l’équipe !", place=None)

    assert "Bravo" not in text_of(client.get(page_of(made)))
    assert client.get(page_of(praise)).status_code == 404

    desk.publish(report=praise, by=AGENT, now=now())

    assert "Bravo" in text_of(client.get(page_of(made)))
    assert page_of(made) in client.get(page_of(praise)).content.decode()


@pytest.fixture
def merci(commune):
    return category(code="merci", door="compliment", name="Un merci", moderation="before")


def published_thanks(kind, **options):
    made = said(kind, place=None, **options)
    desk.publish(report=made, by=AGENT, now=now())
    return made


def test_thanks_are_on_one_page_once_published(client, hole, merci):
    made = closed(said(hole))
    published_thanks(merci, praises=made, text="Bravo à toute l’équipe !")
    said(merci, text="Pas encore relu.", place=None)

    page = text_of(client.get(f"{LIST}mercis/"))

    assert "Bravo à toute l’équipe !" in page
    assert page_of(made) in page
    assert "Pas encore relu." not in page


def test_thanks_for_what_is_not_public_do_not_say_what_it_is(client, hole, merci):
    made = closed(said(hole, address="Rue Cachée"))
    praise = published_thanks(merci, praises=made, text="Bravo !")
    desk.withdraw(report=made, by=AGENT, now=now())

    for page in (f"{LIST}mercis/", page_of(praise)):
        shown = client.get(page).content.decode()
        assert "Bravo !" in shown
        assert made.reference not in shown
        assert "Rue Cachée" not in shown


def test_no_thanks_yet(client, commune):
    assert "Aucun merci" in text_of(client.get(f"{LIST}mercis/"))


def test_thanks_cost_the_same_for_many(client, hole, merci):
    def asked():
        with CaptureQueriesContext(connection) as questions:
            client.get(f"{LIST}mercis/")
        return len(questions)

    made = closed(said(hole))
    published_thanks(merci, praises=made, text="Bravo !")
    client.get(f"{LIST}mercis/")
    few = asked()
    for _each in range(12):
        published_thanks(merci, praises=made, text="Bravo !")

    assert asked() == few <= 4


def test_thanks_go_to_the_team_that_did_the_work(hole, merci):
    from tests.incidents.factories import team  # noqa: PLC0415

    roads = team("Voirie").team
    made = said(hole)
    Report.objects.update(team=roads)
    made.refresh_from_db()

    praise = said(merci, praises=closed(made), text="Bravo !", place=None)

    mail = OutgoingEmail.objects.get(to=["voirie@example.org"], subject__contains="merci")
    assert praise.team == roads
    assert "Nid-de-poule" in mail.body
    assert "Bravo" not in mail.body


def test_whether_anything_changed_is_read_from_one_row(hole):
    made, seen = said(hole, now=NOW), set()
    seen.add(published.version(now=NOW))

    desk.withdraw(report=made, by=AGENT, now=NOW + timedelta(seconds=1))
    seen.add(published.version(now=NOW))
    desk.publish(report=made, by=AGENT, now=NOW + timedelta(seconds=2))
    seen.add(published.version(now=NOW))
    closed(made, at=NOW + timedelta(seconds=3))
    seen.add(published.version(now=NOW))

    assert len(seen) == 4
    plan = planned(lambda: published.version(now=NOW))
    assert "reports_changed" in plan
    assert "Limit" in plan
