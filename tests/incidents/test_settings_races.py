"""What happens when two administrators change the settings of reports in the same moment."""

from datetime import UTC, datetime

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import IntegrityError
from django.test import RequestFactory

from incidents import reconfiguring
from incidents.models import Handler, RoutingRule, SettingsChange, Team
from incidents.settings_pages import save
from incidents.settings_rules_forms import LAST
from incidents.settings_rules_views import _write
from tests.booking.test_races import together


NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def changing(work):
    """Return a change that says whether it was made."""

    def change():
        try:
            return reconfiguring.reconfigure(label="Essai", work=work, by=None, now=NOW)
        except IntegrityError:
            return "refused"

    return change


def body(name):
    return Handler.objects.create(kind="body", name=name)


def test_rules_added_at_once_each_get_a_place_of_their_own(real_commune):
    names = ["Un", "Deux", "Trois", "Quatre"]
    works = [changing(_write(RoutingRule(handler=body(name)), LAST)) for name in names]

    outcomes = together(real_commune, works)

    assert "refused" not in outcomes
    places = RoutingRule.objects.order_by("position").values_list("position", flat=True)
    assert list(places) == [1, 2, 3, 4]
    for change in SettingsChange.objects.order_by("-pk"):
        reconfiguring.undo(change=change, now=NOW)
    assert not RoutingRule.objects.exists()


def test_one_of_two_teams_of_one_name_is_refused(real_commune):
    work = changing(lambda: Team.objects.create(name="Voirie"))

    outcomes = together(real_commune, [work, work, work])

    assert outcomes.count("refused") == 2
    assert Team.objects.count() == 1
    assert SettingsChange.objects.count() == 1


def test_two_administrators_undo_the_same_change_once(real_commune):
    change = changing(lambda: body("Département"))()

    outcomes = together(
        real_commune, [lambda: reconfiguring.undo(change=change, now=NOW) for _each in range(3)]
    )

    assert {each.undone_at for each in outcomes} == {NOW}
    assert not Handler.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("commune")
def test_a_change_that_comes_second_is_told_on_the_page_that_follows():
    Team.objects.create(name="Voirie")
    request = RequestFactory().post("/")
    request.session = {}
    request._messages = CookieStorage(request)

    answer = save(
        request,
        label="Équipe ajoutée",
        work=lambda: Team.objects.create(name="Voirie"),
        to="/suite/",
        now=NOW,
    )

    assert answer["Location"] == "/suite/"
    assert ["vient de changer" in str(each) for each in get_messages(request)] == [True]
    assert Team.objects.count() == 1
