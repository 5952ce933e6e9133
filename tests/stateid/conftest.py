"""A strict provider on a port of this machine, a browser that goes there, and places it knows."""

import re
import time
from datetime import timedelta
from html import unescape
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from demo.provider_server import TRUSTED, served
from demo.strict_provider import (
    FRANCECONNECT,
    HONEST,
    PLAIN,
    PROCONNECT,
    Client,
    Person,
    StrictProvider,
    query_of,
)
from identity.models import Invitation
from parvis.signing import digest
from tenants.models import Association, OfficialCommune
from tests.conftest import owner
from tests.identity.conftest import hand_over


__all__ = ["hand_over"]
LOGIN = "http://connexion.localhost:8000"
SIRETS = {"33314": "21330314600017", "33214": "21330214800013"}
ADA = Person("ada-key", "Ada", "Byron", "ada@example.org", siret=SIRETS["33314"], idp_id=TRUSTED)


@pytest.fixture(scope="session")
def board():
    """The port, once: keys are drawn with each provider, and kept."""
    with served() as (board, base):
        for name, rules in (
            ("proconnect", PROCONNECT),
            ("franceconnect", FRANCECONNECT),
            ("plain", PLAIN),
        ):
            board.providers[name] = StrictProvider(
                issuer=f"{base}/{name}",
                client=Client(id=f"parvis-{name}", secret="s" * 20, redirect_uris=frozenset()),
                rules=rules,
                people=[ADA],
            )
        yield board


@pytest.fixture
def providers(board, settings):
    """Both providers of the State, registered and honest."""
    for name, provider in board.providers.items():
        provider.lie, provider.clock = HONEST, time.time
        provider.codes.clear()
        provider.tokens.clear()
        provider.asked.clear()
        register(provider, name)
    found = SimpleNamespace(**board.providers)
    settings.PROCONNECT = {
        "issuer": found.proconnect.issuer,
        "client_id": found.proconnect.client.id,
        "secret": found.proconnect.client.secret,
        "algorithm": "ES256",
        "acr": [PROCONNECT.acr],
        "mfa_providers": [TRUSTED],
    }
    settings.FRANCECONNECT = {
        "issuer": found.franceconnect.issuer,
        "client_id": found.franceconnect.client.id,
        "secret": found.franceconnect.client.secret,
        "algorithm": "ES256",
    }
    return found


def register(provider, name):
    """Register the addresses of the login host."""
    after = "/stateid/franceconnect/retour/" if name == "franceconnect" else "/connexion/"
    provider.client = Client(
        id=provider.client.id,
        secret=provider.client.secret,
        redirect_uris=frozenset({f"{LOGIN}/stateid/{name}/login/callback/"}),
        logout_uris=frozenset({f"{LOGIN}{after}"}),
    )


@pytest.fixture
def official():
    """The SIREN of both communes, as the directory has them."""
    with owner():
        for insee, siret in SIRETS.items():
            OfficialCommune.objects.update_or_create(
                insee_code=insee,
                defaults={
                    "name": insee,
                    "department": "33",
                    "siren": siret[:9],
                    "postcodes": [],
                    "search_key": insee,
                },
            )


@pytest.fixture
def browser(host_client):
    """A browser on the login host."""
    return host_client("connexion.localhost")


def leave(browser, name="proconnect", **data):
    """Press the button; return the address of the provider."""
    page = browser.post(name if "?" in name else f"/stateid/{name}/login/", data)
    assert page.status_code == 200, page
    return unescape(re.search(r'<a href="([^"]+)" id="onward"', page.content.decode()).group(1))


def path_of(address):
    """Return what the browser asks on our side."""
    assert address.startswith(LOGIN), address
    return address.removeprefix(LOGIN)


def log_in(browser, provider, person=ADA, name="proconnect", **data):
    """Walk to the provider and back; return the last answer."""
    address = leave(browser, name, **data)
    return browser.get(path_of(provider.grant(query_of(address), person)))


def asked(address):
    """Read the parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def invite(place, email=ADA.email, role="booking_agent", **fields):
    """Let an invitation wait."""
    where = "association" if isinstance(place, Association) else "commune"
    with owner():
        return Invitation.objects.create(
            email=email,
            role=role,
            digest=digest(f"{email}{place.pk}{role}"),
            expires_at=timezone.now() + timedelta(days=3),
            **{where: place},
            **fields,
        )
