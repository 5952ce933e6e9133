"""A browser on the settings of Pauillac; once answered, the test is in its schema again."""

from django.db import connection
from django.test import Client

from tests.conftest import login_as, owner


HOME = "/agent/reglages/"


class SettingsClient(Client):
    """Answers as the site does, then comes back to the commune of the test."""

    def __init__(self, commune):
        super().__init__(headers={"host": "pauillac.localhost"})
        self.commune = commune

    def request(self, **request):
        try:
            return super().request(**request)
        finally:
            connection.set_tenant(self.commune)


def open_settings(make_user, commune, role="admin"):
    """Log somebody in on Pauillac's site, as its administrator unless told otherwise."""
    client = SettingsClient(commune)
    with owner():
        login_as(client, make_user(role, commune=commune), site=commune.schema_name)
    return client


def text_of(answer):
    """Return the page on one line, with plain spaces."""
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


def told(client, answer):
    """Follow a redirect and return the words of the page it leads to."""
    assert answer.status_code == 302, text_of(answer)
    return text_of(client.get(answer["Location"]))
