"""An administrator reads what left and what did not, corrects, sends again, gives up."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from messaging.actions import decide_texts
from messaging.models import OutgoingText, TextSettings, TextSpending
from parvis.delivery import channel_types
from parvis.models import OutgoingEmail
from tests.conftest import login_as


pytestmark = pytest.mark.django_db
HOME = "/agent/commune/messages/"
EMAILS = f"{HOME}courriels/"


@pytest.fixture
def admin(client, make_user, commune):
    return login_as(client, make_user("admin", commune=commune), site=commune.schema_name)


def email(number=1, **fields):
    values = {"subject": f"Confirmation {number}", "body": "Bonjour", "to": ["ana@example.org"]}
    return OutgoingEmail.objects.create(key=f"booked.{number}.1", **{**values, **fields})


def text(number=1, **fields):
    values = {"to": "+33612345678", "body": "Rendez-vous", "segments": 1, "cost": 65}
    return OutgoingText.objects.create(key=f"booked.{number}.1", **{**values, **fields})


def again(row):
    """Read a row again after a request, which leaves the commune behind it."""
    with schema_context("c_33314"):
        return type(row).objects.get(pk=row.pk)


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def search(client, **words):
    answer = client.post(EMAILS, words)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_home_leads_to_the_emails_and_an_empty_channel_says_so(admin):
    assert admin.get(HOME).headers["Location"] == EMAILS
    assert "Aucun message sur ce canal" in page(admin, EMAILS)
    assert admin.get(f"{HOME}pigeons/").status_code == 404


def test_every_channel_has_its_list(admin):
    for channel in channel_types():
        assert f"{HOME}{channel.slug}/" in page(admin, EMAILS)
        page(admin, f"{HOME}{channel.slug}/?etat=echecs")
        assert admin.post(f"{HOME}{channel.slug}/", {"q": "a"}).status_code == 200


def test_messages_are_found_by_state_reader_and_subject(admin):
    email(1, dead_at=timezone.now(), attempts=1, last_error="550 no such user")
    email(4, dead_at=timezone.now(), last_error="Annulé : ce qu’il disait a changé.")
    email(2, sent_at=timezone.now(), to=["bob@example.org"])
    email(3)

    assert "550 no such user" in page(admin, f"{EMAILS}?etat=echecs")
    assert "Confirmation 2" not in page(admin, f"{EMAILS}?etat=echecs")
    assert "Confirmation 4" not in page(admin, f"{EMAILS}?etat=echecs")
    assert "Confirmation 4" in page(admin, f"{EMAILS}?etat=retires")
    assert "Confirmation 3" in page(admin, f"{EMAILS}?etat=en-attente")
    found = search(admin, q="BOB@")
    assert "Confirmation 2" in found
    assert "Confirmation 1" not in found
    assert "Aucun message ne correspond" in search(admin, q="%personne")
    for odd in ("etat=inconnu", "page=-1", "page=99999999999999999999", "q=%ff"):
        assert admin.get(f"{EMAILS}?{odd}").status_code == 200
    for odd in ({"q": "\0"}, {"q": "x" * 5000}, {"etat": "inconnu"}, {}):
        assert admin.post(EMAILS, odd).status_code == 200


def test_an_address_that_is_looked_for_is_in_no_address(admin):
    for number in range(40):
        email(number)

    shown = page(admin, f"{EMAILS}?q=bob@example.org")
    assert 'class="filters" method="post"' in shown
    assert "Confirmation 39" in shown  # an old bookmark shows everything
    found = search(admin, q="ana@example.org")
    assert "précisez la recherche" in found
    assert "?page=2" not in found


def test_a_list_costs_the_same_for_one_message_and_many(admin):
    email(1)
    page(admin, EMAILS)
    with CaptureQueriesContext(connection) as few:
        page(admin, EMAILS)
    with schema_context("c_33314"):
        for number in range(2, 40):
            email(number)
    with CaptureQueriesContext(connection) as many:
        page(admin, EMAILS)
    assert len(many) == len(few)


def test_a_message_is_read_whole_and_its_html_does_nothing(admin):
    row = email(body="Bonjour <script>alert(1)</script>\n\nVoir :\nhttps://example.org/x")
    address = f"{EMAILS}{row.pk}/"

    shown = page(admin, address)
    frame = admin.get(f"{address}html/")

    assert f'src="{address}html/"' in shown
    assert 'sandbox=""' in shown
    assert "<script>alert" not in frame.content.decode()
    assert "sandbox" in frame.headers["Content-Security-Policy"]
    assert "default-src 'none'" in frame.headers["Content-Security-Policy"]
    assert admin.get(f"{HOME}sms/1/html/").status_code == 404


def test_a_wrong_address_is_corrected_and_the_message_leaves_again(admin):
    row = email(dead_at=timezone.now(), last_error="550")
    address = f"{EMAILS}{row.pk}/"

    refused = admin.post(f"{address}renvoi/", {"to": "pas une adresse"})
    assert refused.status_code == 422
    assert "pas une adresse" in refused.content.decode()
    assert admin.post(f"{address}renvoi/", {"to": "ana@example.net"}).status_code == 302

    row = again(row)
    assert (row.to, row.dead_at, row.attempts) == (["ana@example.net"], None, 0)
    assert admin.post(f"{address}renvoi/", {"to": "ana@example.net"}).status_code == 409


def test_what_nobody_is_sure_of_is_decided(admin):
    doubt = text(unsure_at=timezone.now())
    address = f"{HOME}sms/{doubt.pk}/"

    assert "1 message est à vérifier" in page(admin, f"{HOME}sms/")
    assert "Il est bien parti" in page(admin, address)
    assert admin.post(f"{address}parti/").status_code == 302
    assert again(doubt).sent_at is not None
    with schema_context("c_33314"):
        other = text(2, unsure_at=timezone.now())
    wrong = admin.post(f"{HOME}sms/{other.pk}/renvoi/", {"to": "05 56 59 12 34"})
    assert wrong.status_code == 422
    assert "mobile français" in wrong.content.decode()
    assert admin.post(f"{HOME}sms/{other.pk}/abandon/").status_code == 302
    assert again(other).dead_at is not None


def test_the_budget_is_shown_and_decided(admin):
    TextSpending.objects.create(month=timezone.localdate().replace(day=1), spent=1300, messages=20)
    address = f"{HOME}reglages-sms/"

    assert "1,30\u00a0€" in page(admin, address)
    wrong = admin.post(address, {"euros": "beaucoup", "sender_name": "trop long pour un nom"})
    assert wrong.status_code == 422
    assert "beaucoup" in wrong.content.decode()
    for odd in ("1e99", "-1", "NaN", "9" * 400, "\x00"):
        assert admin.post(address, {"euros": odd}).status_code == 422
    said = {"is_on": "on", "reminds": "on", "sender_name": "PAUILLAC", "euros": "12,50"}
    assert admin.post(address, said).status_code == 302
    with schema_context("c_33314"):
        found = TextSettings.objects.get()
    assert (found.is_on, found.monthly_budget, found.sender_name) == (True, 12_500, "PAUILLAC")


def test_texts_of_another_commune_are_not_there(client, make_user, other_commune):
    decide_texts(is_on=True, reminds=False, sender_name="", monthly_budget=0)
    row = text()
    user = make_user("admin", commune=other_commune)
    client.defaults["HTTP_HOST"] = "lacanau.localhost"
    stranger = login_as(client, user, site=other_commune.schema_name)

    answer = stranger.get(f"{HOME}sms/{row.pk}/", headers={"host": "lacanau.localhost"})
    assert answer.status_code == 404


@pytest.mark.public
class TestAssociation:
    """What is written in the name of an association is its direction's to see, and no more."""

    @pytest.fixture
    def direction(self, host_client, make_user, association):
        browser = host_client("gironde.localhost")
        return login_as(browser, make_user("director"), site=f"association:{association.pk}")

    def test_it_reads_corrects_and_sends_again_its_own(self, direction, association):
        mine = email(1, association_id=association.pk, dead_at=timezone.now(), last_error="550")
        code = email(2, subject="Votre code de connexion")
        other = email(3, subject="D’ailleurs", association_id=association.pk + 1)

        shown = page(direction, "/messages/courriels/")
        assert "Confirmation 1" in shown
        assert "code de connexion</a>" not in shown
        assert "D’ailleurs" not in shown
        assert "Réglages des SMS" not in shown
        assert direction.get("/messages/sms/").status_code == 404
        for foreign in (code, other):
            for more in ("", "html/"):
                answer = direction.get(f"/messages/courriels/{foreign.pk}/{more}")
                assert answer.status_code == 404
            again = direction.post(f"/messages/courriels/{foreign.pk}/renvoi/", {"to": "a@b.fr"})
            assert again.status_code == 404
        address = f"/messages/courriels/{mine.pk}/"
        assert "Envoyer de nouveau" in page(direction, address)
        assert direction.get(f"{address}html/").status_code == 200
        sent = direction.post(f"{address}renvoi/", {"to": "ana@example.net"})
        assert sent.headers["Location"] == address
        mine.refresh_from_db()
        assert (mine.to, mine.dead_at) == (["ana@example.net"], None)

    def test_others_do_not(self, host_client, make_user, association):
        site = f"association:{association.pk}"
        referent = login_as(host_client("gironde.localhost"), make_user("referent"), site=site)
        assert referent.get("/messages/courriels/").status_code == 403
