"""A reader chooses what she receives: at once, with the post of the morning, or never."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from messaging import digests, preferences, quiet, retention
from messaging.kinds import HEADER, Audience, Choice, Kind
from messaging.models import Gathered, Preference
from parvis.mail import FACT, LANGUAGE
from parvis.models import OutgoingEmail
from privacy.policy import spans


pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
ANNE = "anne@example.org"
NOON = datetime(2026, 11, 23, 12, tzinfo=PARIS)


def of_kind(fact):
    return {FACT: fact, HEADER: Kind.NEWS}


def write(kind=Kind.NEWS, *, to=ANNE, fact="moved.1.0", language="fr"):
    headers = {FACT: fact, LANGUAGE: language} | ({HEADER: kind} if kind else {})
    body = "Bonjour,\n\nhttp://pauillac.localhost/suivi/secret/\n\nMairie de Pauillac"
    with transaction.atomic():
        EmailMessage("Signalement : planifié", body, to=[to], headers=headers).send()


def choose(choice, *, to=ANNE, kind=Kind.NEWS):
    preferences.choose(who=preferences.reader(to), choices={kind: choice}, now=NOON)


def key(audience=Audience.CITIZEN, *, to=ANNE):
    return preferences.key_of(to, audience)


def kept():
    """Read the choices of the commune, after a request has left it."""
    with schema_context("c_33314"):
        return list(Preference.objects.values_list("choice", flat=True))


@pytest.fixture
def place():
    """The page where Anne chooses; keys are those of the active schema."""
    return f"/messages/{key()}/"


def test_without_a_choice_it_leaves_at_once_and_says_where_to_choose():
    write()

    email = OutgoingEmail.objects.get()
    assert f"/messages/{key()}/" in email.body
    assert email.unsubscribe.endswith(f"/messages/{key()}/arreter/news/")
    assert ANNE not in email.body


def test_the_way_out_is_in_the_language_of_its_reader():
    write(language="en")

    assert "Choose the messages I receive" in OutgoingEmail.objects.get().body


def test_what_answers_her_own_act_cannot_be_refused():
    choose(Choice.NEVER)
    write(kind=None, fact="received.1")

    email = OutgoingEmail.objects.get()
    assert email.unsubscribe == ""
    assert "/messages/" not in email.body


def test_what_she_refused_is_not_written_and_others_still_get_theirs():
    choose(Choice.NEVER)
    write()
    write(to="ANNE@Example.org", fact="moved.1.1")
    write(to="luc@example.org", fact="moved.1.2")

    assert [each.to for each in OutgoingEmail.objects.all()] == [["luc@example.org"]]


def test_many_messages_cost_one_query_more(django_assert_num_queries):
    messages = [
        EmailMessage("Objet", "Texte", to=[f"a{n}@example.org"], headers=of_kind(f"m.{n}"))
        for n in range(20)
    ]
    connection = messages[0].get_connection()
    with transaction.atomic(), django_assert_num_queries(3):
        connection.send_messages(messages)


def test_the_news_of_a_day_come_together_in_the_morning(commune):
    choose(Choice.DAILY)
    write()
    write()  # the same fact, told again
    write(fact="said.2.0")
    assert OutgoingEmail.objects.count() == 0
    assert Gathered.objects.count() == 2

    today = timezone.now().astimezone(PARIS).replace(minute=0)
    assert digests.write(now=today.replace(hour=6)) == 0
    tomorrow = (today + timedelta(days=1)).replace(hour=7)
    assert digests.write(now=tomorrow) == 1
    assert digests.write(now=tomorrow) == 0

    email = OutgoingEmail.objects.get()
    assert email.subject == "Mairie de Pauillac : 2 nouvelles d’hier"
    assert email.body.count("http://pauillac.localhost/suivi/secret/") == 2
    assert email.unsubscribe.endswith("/arreter/news/")
    assert not Gathered.objects.exists()

    write(fact="said.3.0")  # by a transaction that began before seven and ended after
    Gathered.objects.update(written_at=tomorrow - timedelta(minutes=1))
    assert digests.write(now=tomorrow) == 1
    assert OutgoingEmail.objects.count() == 2


def test_what_waited_is_dropped_when_she_wants_no_more():
    choose(Choice.DAILY)
    write()
    write(to="luc@example.org", fact="moved.1.1")
    choose(Choice.NEVER)

    assert not Gathered.objects.exists()


def test_a_reader_chooses_without_an_account(client, place):
    page = client.get(place)
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert "à mon équipe" not in page.content.decode()

    answer = client.post(place, {"reminder": "now", "news": "daily"}, follow=True)
    assert "C’est noté" in answer.content.decode()
    assert kept() == ["daily"]

    client.post(place, {"reminder": "now", "news": "now"})
    assert kept() == []


@pytest.mark.parametrize("typed", [{}, {"news": "soon", "reminder": "daily"}, {"news": "\0"}])
def test_what_is_not_offered_is_explained(client, place, typed):
    answer = client.post(place, typed)

    assert answer.status_code == 422
    assert kept() == []


def test_a_mail_program_refuses_with_one_request(client, place):
    client.handler.enforce_csrf_checks = True
    answer = client.post(f"{place}arreter/news/", {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200  # a redirect is forbidden there
    assert kept() == ["never"]


def test_following_that_link_changes_nothing(client, place):
    answer = client.get(f"{place}arreter/news/")

    assert answer.url == place
    assert kept() == []


@pytest.mark.parametrize(
    "path", ["/messages/x/", "/messages/cabc.def/", f"/messages/{'a' * 300}/", "/messages/%00/"]
)
def test_a_key_that_was_not_given_opens_nothing(client, path):
    assert client.get(path).status_code == 404


def test_a_key_offers_its_own_kinds_only(client, place):
    hers = f"/messages/{key(Audience.STAFF)}/"
    assert client.post(f"{place}arreter/team/").status_code == 404
    page = client.get(hers).content.decode()
    assert "à mon équipe" in page
    assert "rappel avant" not in page


def test_the_database_keeps_no_choice_that_changes_nothing():
    with pytest.raises(IntegrityError), transaction.atomic():
        Preference.objects.create(
            reader="a" * 64, kind=Kind.NEWS, choice=Choice.NOW, chosen_at=NOON
        )


def test_old_choices_end():
    choose(Choice.NEVER)
    _push, choices, news = retention.STEPS
    assert choices.erase(spans({}), NOON + timedelta(days=3 * 364)) == 0
    assert choices.erase(spans({}), NOON + timedelta(days=3 * 366)) == 1
    assert news.erase(spans({}), NOON) == 0

    assert not Preference.objects.exists()


@pytest.mark.parametrize(
    ("asked", "leaves"),
    [
        (datetime(2026, 11, 23, 12, tzinfo=PARIS), datetime(2026, 11, 23, 12, tzinfo=PARIS)),
        (datetime(2026, 11, 23, 21, tzinfo=PARIS), datetime(2026, 11, 24, 8, tzinfo=PARIS)),
        (datetime(2026, 11, 24, 3, tzinfo=PARIS), datetime(2026, 11, 24, 8, tzinfo=PARIS)),
        # Both nights that change the time: still eight o'clock on the wall.
        (datetime(2026, 10, 24, 23, tzinfo=PARIS), datetime(2026, 10, 25, 8, tzinfo=PARIS)),
        (datetime(2027, 3, 28, 1, tzinfo=PARIS), datetime(2027, 3, 28, 8, tzinfo=PARIS)),
    ],
)
def test_no_telephone_rings_at_night(asked, leaves):
    assert quiet.departure(asked.astimezone(ZoneInfo("UTC")), zone=PARIS) == leaves
