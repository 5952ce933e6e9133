"""A program of somebody else that talks Open311 with Pauillac."""

import json
from urllib.parse import urlencode

from defusedxml import ElementTree

from connect import actions, scopes
from connect.models import ApiClient
from identity.members import Member
from tests.booking.staff_client import StaffClient


ADMIN = Member(user_id=1, name="A. Admin", role="admin")
BASE = "/open311/v2"
FORM = "application/x-www-form-urlencoded; charset=utf-8"


def issue(now, *, role="source", name="Appli du pays", allowed=tuple(scopes.OPEN311)):
    """Give a program a key; return its client and the key."""
    client = actions.create_client(name=name, contact="dev@example.org", role=role, by=ADMIN)
    return client, issue_to(client, now, allowed)


def issue_to(client: ApiClient, now, allowed):
    """Give a client one more key."""
    _key, secret = actions.issue_key(
        client=client,
        scopes=allowed,
        by=ADMIN,
        now=now,
    )
    return secret


class Program(StaffClient):
    """Asks as programs do: by address, and by forms that browsers would not send."""

    def read(self, path, **asked):
        """GET; return the answer and what it says, from JSON."""
        answer = self.get(f"{path}?{urlencode(asked, doseq=True)}" if asked else path)
        return answer, json.loads(answer.content)

    def send(self, path, pairs, **headers):
        """POST a form, as it is; return the answer and what it says, from JSON."""
        body = urlencode(list(pairs.items()) if isinstance(pairs, dict) else pairs, doseq=True)
        answer = self.post(path, body, content_type=FORM, headers=headers or None)
        return answer, json.loads(answer.content)


def texts(answer):
    """Return the XML of an answer, parsed."""
    return ElementTree.fromstring(answer.content)
