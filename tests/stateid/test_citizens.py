"""FranceConnect fills in a form, is never needed, and leaves nothing but a date."""

import re
import time
from datetime import timedelta
from html import unescape

import pytest
from allauth.socialaccount.models import SocialAccount
from django.utils import timezone

from booking import actions
from booking.models import Appointment
from booking.presets import USUAL
from demo.strict_provider import Lie, Person, query_of
from stateid import citizens
from stateid.models import CitizenLogin
from tenants.models import Commune, User
from tests.booking.test_views import CHECK, DETAILS, Browser, hold
from tests.conftest import login_as, owner
from tests.stateid.conftest import path_of


pytestmark = pytest.mark.django_db
CAMILLE = Person("fc-secret-key", "Camille Anne", "Exemple", "camille@example.org")
TYPED = {"name": "Camille Exemple", "email": "camille@example.org", "phone": ""}
BUTTON = "S’identifier avec FranceConnect"


@pytest.fixture
def client():
    """A citizen's browser on Pauillac's site."""
    return Browser(headers={"host": "pauillac.localhost"})


@pytest.fixture
def entrance():
    """The same browser on the login host."""
    return Browser(headers={"host": "connexion.localhost"})


@pytest.fixture
def town_hall():
    """Pauillac takes appointments."""
    actions.install_presets(preset=USUAL, site_name="Mairie", address="1 place de la Mairie")


@pytest.fixture(autouse=True)
def offered(commune, providers):
    """Pauillac offers FranceConnect."""
    CitizenLogin.objects.create(
        commune=commune, enabled_at=timezone.now(), enabled_by_name="Admin"
    )


def to_provider(client, entrance, form="rendez-vous"):
    """Press the button; return where FranceConnect is asked."""
    away = client.get(f"/franceconnect/?pour={form}")
    return entrance.get(path_of(away["Location"]))["Location"]


def named(client, entrance, providers, person=CAMILLE):
    """Walk to FranceConnect and back; return what the login host makes the browser post."""
    provider = providers.franceconnect
    asked = to_provider(client, entrance)
    leaving = entrance.get(path_of(provider.grant(query_of(asked), person)))
    page = entrance.get(path_of(provider.leave(query_of(leaving["Location"]))))
    assert page.status_code == 200
    return {
        name: unescape(re.search(rf'name="{name}" value="([^"]*)"', page.text).group(1))
        for name in ("told", "state")
    }


@pytest.mark.usefixtures("town_hall")
def test_the_form_is_filled_in_and_the_appointment_says_so(client, entrance, providers):
    hold(client)
    assert BUTTON in client.get(DETAILS).text

    back = client.post("/franceconnect/retour/", named(client, entrance, providers))
    page = client.get(back["Location"]).text
    client.post(DETAILS, TYPED)
    client.post(CHECK)

    assert back["Location"] == DETAILS
    assert 'value="Camille Exemple"' in page
    assert 'value="camille@example.org"' in page
    assert BUTTON not in page
    booked = Appointment.objects.get(status="booked")
    assert timezone.now() - booked.identity_checked_at < timedelta(minutes=1)
    assert providers.franceconnect.asked[-1] == f"logout {CAMILLE.sub}"


@pytest.mark.usefixtures("town_hall")
def test_what_franceconnect_calls_her_is_kept_nowhere(client, entrance, providers):
    hold(client)
    told = named(client, entrance, providers)
    client.post("/franceconnect/retour/", told)

    assert CAMILLE.sub not in str(told)
    with owner():
        assert not SocialAccount.objects.exists()
        assert not User.objects.exists()
    assert "__Host-sid" not in client.cookies  # no session on the commune
    assert "camille" not in client.cookies[citizens.KNOWN].value.lower()


@pytest.mark.usefixtures("town_hall")
def test_another_name_was_not_checked(client, entrance, providers):
    hold(client)
    client.post("/franceconnect/retour/", named(client, entrance, providers))

    client.post(DETAILS, TYPED | {"name": "Une Autre"})
    assert Appointment.objects.get().identity_checked_at is None
    client.post(DETAILS, TYPED | {"name": " camille   EXEMPLE"})
    assert Appointment.objects.get().identity_checked_at is not None


@pytest.mark.usefixtures("town_hall")
def test_the_team_sees_that_an_identity_was_checked(client, entrance, providers, make_user):
    hold(client)
    client.post("/franceconnect/retour/", named(client, entrance, providers))
    client.post(DETAILS, TYPED)
    client.post(CHECK)
    booked = Appointment.objects.get()
    clerk = login_as(client, make_user("booking_agent", commune=booked_commune()), site=here())

    day = f"{timezone.localtime(booked.start):%Y-%m-%d}"
    file = clerk.get(f"/agent/jour/{day}/?rdv={booked.reference}", follow=True)

    assert "Identité vérifiée le" in file.text


@pytest.mark.usefixtures("town_hall")
@pytest.mark.parametrize(
    "spoil",
    [
        lambda posted: {},
        lambda posted: posted | {"told": "forged"},
        lambda posted: posted | {"told": posted["told"][:-2] + "xx"},
        lambda posted: posted | {"state": "x" * 43},
        lambda posted: posted | {"told": "\x00", "state": "\x00"},
    ],
    ids=["nothing", "forged", "bent", "state", "bytes"],
)
def test_what_was_spoilt_on_the_way_fills_in_nothing(client, entrance, providers, spoil):
    hold(client)

    back = client.post("/franceconnect/retour/", spoil(named(client, entrance, providers)))

    assert citizens.KNOWN not in client.cookies
    assert "remplissez le formulaire" in client.get(back["Location"]).text


@pytest.mark.usefixtures("town_hall")
def test_it_is_worth_nothing_in_another_browser_elsewhere_or_later(
    client, entrance, providers, other_commune
):
    hold(client)
    posted = named(client, entrance, providers)
    thief, far = (
        Browser(headers={"host": f"{host}.localhost"}) for host in ("pauillac", "lacanau")
    )
    far.cookies["__Host-franceconnect"] = client.cookies["__Host-franceconnect"].value

    thief.post("/franceconnect/retour/", posted)
    far.post("/franceconnect/retour/", posted)
    client.post("/franceconnect/retour/", posted)
    known = client.cookies[citizens.KNOWN].value
    again = client.post("/franceconnect/retour/", posted)
    far.cookies[citizens.KNOWN] = known

    assert citizens.KNOWN not in thief.cookies
    assert again["Location"].endswith("franceconnect=echec")
    assert far.get(DETAILS).status_code in {302, 409, 410}
    assert citizens.opened(signed(other_commune, posted["state"]), state=posted["state"]) is None


def signed(commune, state):
    """Sign for a commune what the other one would read."""
    known = citizens.Known(name="Camille", email="", at=time.time())
    return citizens.sealed(commune, known=known, state=state)


@pytest.mark.usefixtures("town_hall")
def test_a_lie_leads_back_to_an_empty_form(client, entrance, providers):
    hold(client)
    providers.franceconnect.lie = Lie(id_claims=lambda claims: claims | {"nonce": "n" * 43})
    asked = to_provider(client, entrance)

    back = entrance.get(path_of(providers.franceconnect.grant(query_of(asked), CAMILLE)))
    form = client.get(back["Location"].removeprefix("http://pauillac.localhost:8000"))

    assert "remplissez le formulaire" in client.get(form["Location"]).text
    assert BUTTON in client.get(form["Location"]).text


@pytest.mark.usefixtures("town_hall")
@pytest.mark.parametrize("error", ["access_denied", "server_error", "temporarily_unavailable"])
def test_an_error_of_franceconnect_leads_back_to_the_form(client, entrance, providers, error):
    hold(client)
    asked = to_provider(client, entrance)

    back = entrance.get(path_of(providers.franceconnect.deny(query_of(asked), error)))

    assert back["Location"] == "http://pauillac.localhost:8000/franceconnect/retour/"


def test_franceconnect_asks_for_what_it_must_and_no_more(client, entrance):
    asked = query_of(to_provider(client, entrance))

    assert "acr_values=eidas1" in asked
    assert "preferred_username" not in asked
    assert "birth" not in asked


@pytest.mark.usefixtures("town_hall")
def test_it_is_offered_where_it_was_chosen_and_configured_only(
    client, entrance, settings, django_assert_max_num_queries
):
    hold(client)
    site = "pauillac.localhost"
    CitizenLogin.objects.all().delete()
    assert BUTTON not in client.get(DETAILS).text
    assert client.get("/franceconnect/?pour=rendez-vous").status_code == 404
    query = f"/stateid/franceconnect/demande/?site={site}&state={'x' * 43}"
    assert entrance.get(query).status_code == 404

    settings.FRANCECONNECT = {**settings.FRANCECONNECT, "client_id": ""}
    pauillac = booked_commune()
    with django_assert_max_num_queries(0):
        assert not citizens.is_offered(pauillac)


@pytest.mark.parametrize(
    "query", ["", "pour=rendez-vous", "site=evil.example", "site=a%00b&state=" + "x" * 43]
)
def test_nonsense_on_the_way_leads_nowhere(entrance, query):
    assert entrance.get(f"/stateid/franceconnect/demande/?{query}").status_code == 404
    assert entrance.get(f"/stateid/franceconnect/retour/?{query}").status_code == 404


def test_an_administrator_offers_it_and_stops(client, make_user, commune, settings):
    settings.DEMO = True
    boss = login_as(client, make_user("admin", commune=commune), site=here())

    boss.post("/agent/commune/franceconnect/", {})
    assert not CitizenLogin.objects.exists()
    boss.post("/agent/commune/franceconnect/", {"is_offered": "on"})

    assert CitizenLogin.objects.get().enabled_by_name == "admin"
    assert "Proposé depuis le" in boss.get("/agent/commune/franceconnect/").text


def test_a_commune_reads_and_writes_its_own_choice_only(commune, other_commune):
    with owner():
        CitizenLogin.objects.create(
            commune=other_commune, enabled_at=timezone.now(), enabled_by_name="B"
        )

    assert list(CitizenLogin.objects.values_list("commune", flat=True)) == [commune.pk]
    assert CitizenLogin.objects.filter(commune=other_commune).delete()[0] == 0


def here():
    """Name the site of Pauillac."""
    return booked_commune().schema_name


def booked_commune():
    """Return Pauillac."""
    return Commune.objects.get(insee_code="33314")
