"""The calls to the coordination API, against its strict stand-in (contract, 2.2 and 5)."""

import logging

import pytest

from coordination import client
from coordination.client import AlreadyExists, Held, Line, Misunderstood, Outage
from coordination.numbers import Status
from tenants.models import Commune
from tests.coordination.conftest import coordination


URL = "https://pauillac.example.fr/rdv/8sKq.a1?n=A123456789"
HELD = Held(URL, "Mairie de Pauillac & d’ailleurs", "1001", "2027-01-04 09:00:00")
NUMBER = "A123456789"


@pytest.fixture(scope="module")
def state():
    with coordination(slow_s=0.4) as known:
        yield known


@pytest.fixture
def api(state):
    state.rows.clear()
    state.asked.clear()
    state.trouble, state.says = "", b""
    return state


@pytest.fixture
def line(api):
    return Line(api.base, api.token, 2.0)


def test_one_appointment_is_declared_found_and_removed(api, line):
    line.declare(NUMBER, HELD)

    (known,) = line.status([NUMBER])[NUMBER].appointments
    assert known == Held(URL, HELD.meeting_point, "1001", "2027-01-04T09:00:00")
    assert api.calls("POST")[0]["management_url"] == URL
    assert line.remove(NUMBER, known) == 1
    assert line.status([NUMBER])[NUMBER].appointments == ()
    assert line.remove(NUMBER, known) == 0


def test_each_status_of_the_contract_is_told(line):
    asked = ["A123456789", "CONS000001", "DECL000001", "INCO000001", "EXPI000001"]

    told = line.status(asked, meeting_point_id="1001")

    assert [told[each].status for each in asked] == [
        Status.VALIDATED, Status.CONSUMED, Status.DECLARED, Status.UNKNOWN, Status.EXPIRED,
    ]  # fmt: skip


def test_a_status_nobody_knows_is_to_be_verified_and_alerts(line, caplog):
    assert line.status(["NEUF000001"])["NEUF000001"].status is Status.UNSURE
    assert "archived" in caplog.text


def test_already_exists_is_known_by_its_words(line):
    line.declare(NUMBER, HELD)
    with pytest.raises(AlreadyExists):
        line.declare("B123456789", HELD)


def test_a_wrong_token_is_an_outage_and_is_never_told(api, caplog):
    caplog.set_level(logging.DEBUG)
    secret = "a-token-of-france-titres"
    with pytest.raises(Outage) as refused:
        Line(api.base, secret).status([NUMBER])

    assert refused.value.code == 401
    assert secret not in f"{refused.value!r}{refused.value}{caplog.text}{Line(api.base, secret)!r}"


def test_what_is_no_number_never_leaves(api, line):
    with pytest.raises(ValueError, match="no number"):
        line.status(["a123456789"])
    with pytest.raises(ValueError, match="no number"):
        line.declare("A12345678", HELD)
    assert api.asked == []


def test_a_missing_parameter_is_a_defect_of_ours(line, caplog):
    with pytest.raises(Misunderstood):
        line.declare(NUMBER, Held(URL, "Mairie", "", "2027-01-04 09:00:00"))
    assert "field required" in caplog.text


@pytest.mark.parametrize("trouble", ["down", "html", "moved"])
def test_what_is_not_the_answer_of_the_contract_is_an_outage(api, line, trouble):
    api.trouble = trouble
    with pytest.raises(Outage):
        line.status([NUMBER])
    with pytest.raises(Outage):
        line.remove(NUMBER, HELD)


def test_a_slow_answer_is_an_outage(api):
    api.trouble = "slow"
    with pytest.raises(Outage):
        Line(api.base, api.token, 0.1).status([NUMBER])


def test_an_error_keeps_no_number(api, line):
    api.trouble = "down"
    with pytest.raises(Outage) as refused:
        line.status([NUMBER])
    assert NUMBER not in str(refused.value)


KINDS = [
    (Commune.Kind.COMMUNE, Commune.State.READY, True),
    (Commune.Kind.EPCI, Commune.State.READY, True),
    (Commune.Kind.COMMUNE, Commune.State.SUSPENDED, True),
    (Commune.Kind.SANDBOX, Commune.State.READY, False),
    (Commune.Kind.COMMUNE, Commune.State.PREVIEW, False),
    (Commune.Kind.COMMUNE, Commune.State.CONFIGURING, False),
]


@pytest.mark.parametrize(("kind", "state_of", "may"), KINDS)
def test_what_is_not_a_real_commune_has_no_way_to_the_state(kind, state_of, may, settings):
    settings.COORDINATION_URL, settings.COORDINATION_TOKEN = "https://api.example.fr", "x"
    commune = Commune(kind=kind, state=state_of)

    assert (client.line(commune) is not None) is may


def test_a_demo_reaches_its_own_machine_only(settings):
    settings.DEMO, settings.COORDINATION_TOKEN = True, "x"
    commune = Commune(state=Commune.State.READY)

    settings.COORDINATION_URL = "https://api-coordination.rendezvouspasseport.ants.gouv.fr"
    assert client.line(commune) is None
    settings.COORDINATION_URL = "http://127.0.0.1:8021"
    assert client.line(commune) is not None
    settings.COORDINATION_URL = ""
    assert client.line(commune) is None


@pytest.mark.parametrize("trouble", ["", "down"])
@pytest.mark.parametrize("said", [b"Already exists in database", b"[" * 400_000, b"\0 \xff"])
def test_no_answer_breaks_whoever_asked(api, line, said, trouble):
    """Only a POST is told that it exists already; what is kept of an answer can be written."""
    api.says, api.trouble = said, trouble
    for ask in (lambda: line.status([NUMBER]), lambda: line.remove(NUMBER, HELD)):
        with pytest.raises(Outage) as refused:
            ask()
        assert "\0" not in str(refused.value)
