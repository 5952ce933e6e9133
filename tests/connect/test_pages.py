"""The pages where an administrator lets programs in and has them told."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from connect import actions, calls, keys, scopes, tasks, webhook_actions, webhooks
from connect.models import ApiClient, ApiKey, CallDay, Delivery, Webhook
from connect.retention import STEPS
from identity.members import Member
from parvis.models import OutgoingEmail
from privacy.policy import spans
from tests.booking.settings_client import open_settings
from tests.exchange.test_archive import prove


pytestmark = pytest.mark.django_db
BY = Member(user_id=7, name="Odile Admin", role="admin")
PAGE = "/agent/commune/api/"
KEY = re.compile(r"pv_[a-z2-7]{8}_[a-z2-7]{32}")
SECRET = re.compile(r"whsec_[0-9a-f]{64}")
CLIENT = {"name": "FixMyStreet", "contact": "api@example.org", "role": "source"}
HOOK = {"name": "Outil", "url": "https://x.fr/avis", "events": ["report.closed"]}
HOSTILE = ["", "\0", "x" * 10_000, "' OR 1=1 --", "<script>alert(1)</script>", "\u202e", "🎉"]


@pytest.fixture
def admin(make_user, commune):
    client = open_settings(make_user, commune)
    prove(client, timezone.now())
    return client


@pytest.fixture
def fixmystreet():
    return actions.create_client(**CLIENT, by=BY)


@pytest.fixture
def issue(fixmystreet):
    def issue(*granted, now=None, **how):
        return actions.issue_key(
            client=fixmystreet, scopes=granted or ["requests:write"], by=BY,
            now=now or timezone.now(), **how,
        )  # fmt: skip

    return issue


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_key_is_given_shown_once_and_opens_the_door(admin):
    answer = admin.post(f"{PAGE}logiciels/nouveau/", CLIENT)
    client = ApiClient.objects.get()
    assert answer["Location"] == f"{PAGE}logiciels/{client.pk}/"

    given = admin.post(
        f"{PAGE}logiciels/{client.pk}/cles/", {"scopes": ["requests:write"], "life": "30"}
    )

    (secret, *_again) = KEY.findall(given.content.decode())
    assert given["Cache-Control"] == "private, no-store"
    key = keys.found(secret, scope=scopes.REQUESTS_WRITE, now=timezone.now())
    assert key.expires_at - key.created_at == timedelta(days=30)
    assert key.by_name == "admin"
    for path in ("", f"logiciels/{client.pk}/"):
        page = admin.get(PAGE + path)
        assert secret not in page.content.decode()
    assert key.prefix in text(page)
    assert "déposer des signalements" in text(page)


def test_a_key_is_revoked_after_a_question_and_renewed(admin, issue):
    key, old = issue()
    asked = admin.get(f"{PAGE}cles/{key.pk}/revocation/")
    assert key.prefix in text(asked)
    given = admin.post(f"{PAGE}cles/{key.pk}/renouvellement/")
    (new, *_again) = KEY.findall(given.content.decode())

    assert admin.post(f"{PAGE}cles/{key.pk}/revocation/").status_code == 302

    with pytest.raises(keys.KeyRevoked):
        keys.found(old, now=timezone.now())
    assert keys.found(new, now=timezone.now()).scopes == key.scopes
    assert "révoquée" in text(admin.get(f"{PAGE}logiciels/{key.client_id}/"))
    assert admin.post(f"{PAGE}cles/{key.pk}/revocation/").status_code == 409


@pytest.mark.parametrize(
    ("path", "form", "message"),
    [
        ("logiciels/nouveau/", {**CLIENT, "name": ""}, "Donnez un nom à ce logiciel."),
        ("logiciels/nouveau/", {**CLIENT, "contact": "x"}, "Cette adresse n’est pas complète."),
        ("logiciels/nouveau/", {**CLIENT, "role": "root"}, "Choisissez une ligne"),
        ("logiciels/{}/cles/", {"life": "30"}, "Cochez au moins un droit"),
        ("logiciels/{}/cles/", {"scopes": ["root"], "life": "30"}, "Cochez au moins un droit"),
        ("logiciels/{}/cles/", {"scopes": ["own:read"], "life": "9999"}, "Choisissez une durée"),
        ("avis/nouveau/", {**HOOK, "url": "http://x.fr/"}, "commence par https://"),
        ("avis/nouveau/", {**HOOK, "url": "https://169.254.169.254/"}, "adresse publique"),
        ("avis/nouveau/", {**HOOK, "events": []}, "Cochez au moins un fait"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(admin, fixmystreet, path, form, message):
    answer = admin.post(PAGE + path.format(fixmystreet.pk), form)

    assert answer.status_code == 422
    assert message in text(answer)
    for name in ("name", "url"):
        assert form.get(name, "") in answer.content.decode()


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_words_break_nothing(admin, fixmystreet, value):
    for path, names in (
        ("logiciels/nouveau/", CLIENT),
        (f"logiciels/{fixmystreet.pk}/modifier/", CLIENT),
        (f"logiciels/{fixmystreet.pk}/cles/", {"scopes": "", "life": ""}),
        ("avis/nouveau/", HOOK),
    ):
        for name in names:
            answer = admin.post(PAGE + path, names | {name: value})
            assert answer.status_code in {200, 302, 422}, (path, name)
            assert b"<script>alert" not in answer.content


def test_a_webhook_is_made_tried_changed_stopped_and_removed(admin):
    given = admin.post(f"{PAGE}avis/nouveau/", HOOK)
    (secret, *_again) = SECRET.findall(given.content.decode())
    hook = Webhook.objects.get()
    where = f"{PAGE}avis/{hook.pk}/"

    assert admin.post(f"{where}essai/").status_code == 302
    delivery = Delivery.objects.get()
    page = admin.get(where)
    assert secret not in page.content.decode()
    assert "essai" in text(page)
    assert "en attente" in text(page)
    seen = admin.get(f"{PAGE}envois/{delivery.pk}/")
    assert delivery.key in text(seen)
    assert "message" in text(seen)
    assert admin.post(f"{PAGE}envois/{delivery.pk}/renvoi/").status_code == 302

    changed = {**HOOK, "name": "Autre", "events": ["appointment.booked", "report.closed"]}
    assert admin.post(f"{where}modifier/", changed).status_code == 302
    hook.refresh_from_db()
    assert (hook.name, len(hook.events)) == ("Autre", 2)
    assert admin.post(f"{where}modifier/", {**HOOK, "url": "https://10.0.0.1"}).status_code == 422
    (other, *_again) = SECRET.findall(admin.post(f"{where}secret/").content.decode())
    assert other != secret
    assert "Deux secrets signent" in text(admin.get(where))
    admin.post(f"{where}arret/")
    assert "arrêté" in text(admin.get(where))
    assert admin.post(f"{where}essai/").status_code == 409
    admin.post(f"{where}reprise/")
    assert "Autre" in text(admin.get(f"{where}retrait/"))
    assert admin.post(f"{where}retrait/")["Location"] == PAGE
    assert (Webhook.objects.count(), Delivery.objects.count()) == (0, 0)


def test_without_a_recent_proof_no_door_is_opened(admin, issue):
    key, _secret = issue()
    hook = webhook_actions.create(**HOOK, by=BY)[0]
    prove(admin, timezone.now() - timedelta(minutes=11))

    for path, form in (
        (f"logiciels/{key.client_id}/cles/", {"scopes": ["own:read"], "life": "30"}),
        (f"cles/{key.pk}/renouvellement/", {}),
        ("avis/nouveau/", HOOK),
        (f"avis/{hook.pk}/modifier/", {**HOOK, "url": "https://elsewhere.fr/"}),
        (f"avis/{hook.pk}/secret/", {}),
    ):
        assert "fresh=1" in admin.post(PAGE + path, form)["Location"]
    assert (ApiKey.objects.count(), Webhook.objects.get().url) == (1, HOOK["url"])
    admin.post(f"{PAGE}cles/{key.pk}/revocation/")  # shutting one is always at hand
    assert ApiKey.objects.get().revoked_at


def test_how_to_check_is_explained_with_code(admin):
    page = text(admin.get(f"{PAGE}avis/verifier/"))

    for word in ("hash_hmac", "hmac.compare_digest", "Parvis-Timestamp", "cinq minutes"):
        assert word in page


def test_pages_ask_as_much_for_many_as_for_one(admin, issue, django_assert_max_num_queries):
    key, _secret = issue()
    hook = webhook_actions.create(**HOOK, by=BY)[0]
    paths = ["", f"logiciels/{key.client_id}/", f"avis/{hook.pk}/"]

    def asked():
        found = []
        for path in paths:
            with django_assert_max_num_queries(20) as queries:
                assert admin.get(PAGE + path).status_code == 200
            found.append(len(queries))
        return found

    webhooks.note("report.closed", {}, now=timezone.now())
    asked()
    few = asked()
    for _more in range(5):
        issue()
        actions.issue_key(
            client=actions.create_client(**CLIENT, by=BY), scopes=["own:read"], by=BY,
            now=timezone.now(),
        )  # fmt: skip
        webhook_actions.create(**HOOK, by=BY)
        webhooks.note("report.closed", {}, now=timezone.now())
    assert asked() == few


# --- Calls, reminders, the end ---------------------------------


def test_calls_are_counted_by_day_with_the_last_refusal(admin, issue):
    now = timezone.now()
    key, secret = issue("own:read", now=now)
    keys.found(secret, now=now)
    with pytest.raises(keys.ScopeMissing):
        keys.found(secret, scope="requests:write", now=now)
    calls.failed(key_id=key.pk, why="update_id already exists", now=now)

    assert tasks.count_calls() == 1
    assert tasks.count_calls() == 0
    keys.found(secret, now=now)
    tasks.count_calls()

    day = CallDay.objects.get()
    assert (day.calls, day.refused) == (3, 2)
    page = text(admin.get(f"{PAGE}logiciels/{key.client_id}/"))
    assert "update_id already exists" in page


def test_a_key_that_ends_is_written_about_twice_to_both_sides(issue, make_user, commune, now):
    make_user("admin", commune=commune, email="admin@example.org")
    key, _secret = issue(now=now, expires_at=now + timedelta(days=100))
    issue(now=now)
    for day in range(110):
        actions.remind(now=now + timedelta(days=day))

    letters = OutgoingEmail.objects.order_by("pk")
    assert sorted(each.to[0] for each in letters) == [
        *["admin@example.org"] * 2, *["api@example.org"] * 2,
    ]  # fmt: skip
    assert key.prefix in letters[0].body
    assert "/agent/commune/api/" in letters[0].body


def test_what_was_told_and_counted_is_kept_for_thirty_days(issue, now):
    key, _secret = issue(now=now)
    webhook_actions.create(**HOOK, by=BY)
    for days in (31, 29):
        at = now - timedelta(days=days)
        webhooks.note("report.closed", {}, now=at)
        CallDay.objects.create(key=key, day=at.date(), calls=1)
    (step,) = STEPS

    assert step.count(spans({}), now) == 2
    assert step.erase(spans({}), now) == 2
    assert step.count(spans({}), now) == 0
    assert (Delivery.objects.count(), CallDay.objects.count(), ApiKey.objects.count()) == (1, 1, 1)
