"""Nothing private and nothing unread leaves through any door that is open to everybody.

A report is filled with words that must not come out, others are kept from the public; then every
public route is asked. A new public route fails here until it is asked as well.
"""

import re

import pytest
from django.core.cache import caches
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from identity.members import Member
from incidents import desk, following, links, reporters
from incidents.actions import move
from incidents.models import Asset, Follower, Photo, Report, StatusChange
from incidents.workflow import Actor, Status
from parvis.models import OutgoingEmail
from tenants.hosts import URLCONFS
from tests.booking.settings_client import SettingsClient
from tests.incidents.factories import QUAY, category, report
from tests.incidents.pdf_text import words_of


pytestmark = pytest.mark.django_db
AGENT = Member(user_id=1, name="Zibeline Agente", role="report_agent")
SECRETS = (
    *("zibeline nom", "zibeline@canari.example", "0699887766", "zibeline agente"),
    *("zibeline question", "zibeline réponse", "zibeline note", "zibeline contestation"),
    *("zibeline attente", "rue zibeline", "zibeline retiré", "zibeline confidentiel"),
    *("zibeline merci", "zibeline annulé"),
)
STRANGER = "paul@passant.example"
BOX = "boite=45.15,-0.80,45.25,-0.70&z=18"
# route: the addresses at which a stranger asks for it; {} are a report that is published, one
# that waits, the link of a follower and the code of a sticker
ASKED = {
    "report_form": ["/signaler/", "/signaler/?porte=feliciter&merci={waiting}"],
    "near": ["/signaler/proches/?categorie=nid-de-poule&lat=45.1995&lon=-0.7475"],
    "same": ["POST /signaler/le-meme/{shown}/", "POST /signaler/le-meme/{waiting}/"],
    "sticker": ["/e/{sticker}/"],
    "find_link": ["/suivi/retrouver/", "POST /suivi/retrouver/"],
    "link_sent": ["/suivi/retrouver/envoye/"],
    "follow": ["/suivi/{follower}/", "/suivi/{shown}/"],
    "receipt": ["/suivi/{follower}/accuse-de-reception.pdf"],
    "public_list": [
        *("/signalements/", "/signalements/?q=zibeline", "/signalements/?etat=termines"),
        *("/signalements/?apres={waiting}", "/signalements/?boite=45,-1,46,0"),
    ],
    "public_report": ["/signalements/{shown}/", "/signalements/{waiting}/"],
    "join": ["POST /signalements/{shown}/moi-aussi/", "POST /signalements/{waiting}/moi-aussi/"],
    "follow_by_mail": [
        *("POST /signalements/{shown}/suivre/", "POST /signalements/{waiting}/suivre/"),
    ],
    "public_figures": ["/signalements/chiffres/"],
    "public_thanks": ["/signalements/mercis/"],
    "points": [f"/signalements/carte.json?{BOX}", f"/signalements/carte.json?{BOX}&q=zibeline"],
    "embedded": ["/signalements/carte/integrer/"],
    "feed": ["/signalements/fil.xml", "/signalements/fil.xml?q=zibeline"],
    "outline": ["/carte/contour.json"],
    "tile": ["/tuiles/1/1/1.png"],
    "suggest_address": ["/adresse/?q=z"],
    "here": ["/adresse/ici/"],
    "photo": ["/photo/{photo}.jpg"],
    "partner": ["/intervenant/{follower}/"],
    "phone_round": ["/tournee/{follower}/"],
    "phone_stop": ["/tournee/{follower}/1/"],
    "open311": ["/open311/"],
    "open311_discovery": ["/open311/discovery.json"],
    "open311_bulk": ["/open311/export/requests.csv", "/open311/export/requests.json"],
    "open311_nowhere": ["/open311/v2/zibeline.json"],
} | {
    f"open311_{place}_{what}": [f"/open311/{base}/{path}" for path in paths]
    for place, base in (("v2", "v2"), ("test", "test/v2"))
    for what, paths in {
        "discovery": ["discovery.json"],
        "services": ["services.xml"],
        "definition": ["services/nid-de-poule.json"],
        "requests": ["requests.xml", "requests.json?extensions=true&q=zibeline"],
        "single": ["requests/{shown}.json?extensions=true", "requests/{waiting}.json"],
        "one": ["request/{shown}.xml", "request/{waiting}.xml"],
        "token": ["tokens/{waiting}.json"],
        "updates": ["servicerequestupdates.json", "servicerequestupdates.xml"],
    }.items()
}


def public_routes():
    """Name the routes of reports that need no login."""
    root = get_resolver(URLCONFS["commune"])
    (reports,) = [each for each in _resolvers(root) if each.namespace == "incidents"]
    return {each.name for each in _routes(reports)}


def _resolvers(resolver):
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield each
            yield from _resolvers(each)


def _routes(resolver):
    for each in resolver.url_patterns:
        if not isinstance(each, URLResolver):
            yield each
        elif each.namespace != "agent":
            yield from _routes(each)


def test_every_public_route_is_asked():
    assert set(ASKED) == public_routes()


def kept_from_the_public(kind):
    """Make a report of every sort that nobody outside reads; return the one that waits."""
    asset = Asset.objects.create(
        kind="banc", code="1", lat=QUAY.lat, lon=QUAY.lon, token="ZZZZZZZZZZ"
    )
    waiting = said(kind, text="Zibeline attente", address="rue Zibeline", asset=asset)
    Report.objects.filter(pk=waiting.pk).update(visibility="pending")
    withdrawn = said(kind, text="Zibeline retiré", address="rue Zibeline", asset=asset)
    desk.withdraw(report=withdrawn, by=AGENT, now=timezone.now())
    secret = category(code="secret", name="Voisinage", moderation="never")
    said(secret, text="Zibeline confidentiel", address="rue Zibeline")
    merci = category(code="merci", door="compliment", name="Un merci", moderation="before")
    said(merci, text="Zibeline merci", place=None, praises=waiting)
    gone = said(kind, text="Zibeline annulé", address="rue Zibeline")
    reporters.cancel(report=gone, now=timezone.now())
    return waiting


def said(kind, **options):
    who = {"name": "Zibeline Nom", "email": "zibeline@canari.example", "phone": "0699887766"}
    return report(kind, **{"now": timezone.now()} | who | options)


def published_with_secrets(kind):
    """Make a report that everybody reads, with everything about it that nobody may."""
    shown, now = said(kind, text="Un trou.", address="Quai Albert-Pichon"), timezone.now()
    common = {"actor": Actor.STAFF, "by": AGENT, "now": now}
    following.follow(report=shown, email=STRANGER, language="fr", now=now)
    following.confirm(follower=Follower.objects.get(), now=now)
    move(report=shown, to=Status.AWAITING_REPORTER, text="Zibeline question", **common)
    reporters.answer(report=shown, text="Zibeline réponse", now=now)
    desk.note(report=shown, text="Zibeline note", by=AGENT, now=now)
    desk.write(report=shown, text="Nous passons demain.", by=AGENT, now=now)
    shown.refresh_from_db()
    move(report=shown, to=Status.RESOLVED, reason="repaired", text="C’est rebouché.", **common)
    reporters.contest(report=shown, reason="other", text="Zibeline contestation", now=now)
    return shown


@pytest.fixture
def told(commune):
    """Everything there is to tell, and to whom the stranger turns."""
    caches["default"].clear()
    kind = category(moderation="after")
    waiting, shown = kept_from_the_public(kind), published_with_secrets(kind)
    for number, made in enumerate((shown, waiting)):
        Photo.objects.create(
            report=made, stage="before", state="ready", name=f"{number:032x}", is_checked=True
        )
    hidden = Photo.objects.get(report=waiting)
    Photo.objects.filter(pk=hidden.pk).update(is_public=True)  # its report is not
    return {
        "shown": shown.reference,
        "waiting": waiting.reference,
        "follower": links.path_to_follower(Follower.objects.get()).split("/")[2],
        "sticker": "ZZZZZZZZZZ",
        "photo": links.photo_address(hidden, "l", is_public=True)[7:-4],
    }


def leaks(text, told):
    """List what must not be in a text: secrets, references and photos kept from the public."""
    plain = text.lower().replace("&#x27;", "'")
    squeezed = re.sub(r"[\s\u00a0.]", "", plain)
    found = [each for each in SECRETS if each in plain or each in squeezed]
    found += [each for each in ("0699887766", "699887766") if each in squeezed]
    shown = {told["shown"]}
    found += [
        each.reference for each in Report.objects.all()
        if each.reference not in shown and each.reference.lower() in squeezed
    ]  # fmt: skip
    found += [f"photo {each.pk}" for each in Photo.objects.all() if f"/photo/{each.pk}-" in plain]
    return found


@pytest.mark.parametrize("route", ASKED)
def test_nothing_private_comes_out(told, commune, route):
    stranger = SettingsClient(commune)
    for asked in ASKED[route]:
        method, _space, path = asked.rpartition(" ")
        address = path.format(**told)
        sent = {"email": STRANGER, "reference": told["waiting"]}
        ask = stranger.post if method else stranger.get
        answer = ask(address, sent if method else None, follow=bool(method))
        body = b"".join(answer) if answer.streaming else answer.content

        words = words_of(body) if body.startswith(b"%PDF") else body.decode(errors="replace")
        typed = {told["waiting"]} if told["waiting"] in address else set()
        if route.startswith("open311"):  # programs that know of it are told that it is over
            gone = Report.objects.filter(status=Status.CANCELLED)
            typed |= set(gone.values_list("reference", flat=True))
        assert not set(leaks(words, told)) - typed, address
        assert "canari" not in str(answer.headers).lower()
        if route == "photo":
            assert answer.status_code == 404


def test_the_mails_to_a_follower_tell_nothing_private(told):
    mails = OutgoingEmail.objects.filter(to=[STRANGER])

    assert StatusChange.objects.filter(after=Status.REOPENED).exists()
    assert mails.count() >= 4
    for mail in mails:
        assert not leaks(f"{mail.subject} {mail.body} {mail.html}", told), mail.subject


def test_the_canaries_sing(told, agent):
    """What the public is not shown is there to be shown: the team reads all of it."""
    pages = [f"/agent/signalements/{told[name]}/" for name in ("shown", "waiting")]

    read = " ".join(agent.get(page).content.decode() for page in pages)

    for each in ("zibeline note", "zibeline question", "zibeline attente", "canari.example"):
        assert each in read.lower()
    assert leaks(read, told)
