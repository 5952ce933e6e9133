"""What allauth calls a session of requests, through the one door to other machines.

A provider that settings name is asked directly. Any other address was typed by somebody, or told
by what she typed: it is asked by https, at a public address only.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings

from parvis import egress


MOST_BYTES = 200_000
PATIENCE_S = 5.0  # somebody waits for the page
REACH = egress.INTERNET
FORM = "application/x-www-form-urlencoded"


class Reply:
    """An answer, as allauth reads it."""

    def __init__(self, answer: egress.Answer) -> None:
        self.status_code = answer.status
        self.content = answer.content
        self.headers = {"content-type": answer.kind}

    @property
    def text(self) -> str:
        """The content as text."""
        return self.content.decode(errors="replace")

    def json(self) -> dict[str, Any]:
        """Read a JSON object: all that a provider says is one.

        Raises:
            OAuth2Error: it is none.
        """
        try:
            found = json.loads(self.content)
        except (ValueError, RecursionError) as error:
            raise OAuth2Error("The provider does not answer in JSON.") from error
        if not isinstance(found, dict):
            raise OAuth2Error("The provider does not answer by an object.")
        return found

    def raise_for_status(self) -> None:
        """Refuse anything but a success.

        Raises:
            OAuth2Error: it is none.
        """
        if self.status_code != HTTPStatus.OK:
            raise OAuth2Error(f"The provider answers {self.status_code}.")


class Exchange:
    """Questions to a provider."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Keep nothing open: each question has its own connection."""

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Reply:
        """Ask for something.

        Raises:
            OAuth2Error: no answer.
        """
        return self.request("GET", url, headers=headers)

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: Any = None,
    ) -> Reply:
        """Ask, or send a form.

        Raises:
            OAuth2Error: no answer.
        """
        sent = dict(headers or {})
        if auth is not None:
            pair = f"{auth.username}:{auth.password}".encode()
            sent["Authorization"] = f"Basic {b64encode(pair).decode()}"
        address = f"{url}?{urlencode(params)}" if params else url
        try:
            if method == "GET":
                return Reply(_get(address, sent))
            return Reply(_post(address, urlencode(data or {}).encode(), sent))
        except egress.Unreachable as error:
            raise OAuth2Error("The provider does not answer.") from error


def is_named(url: str) -> bool:
    """Tell whether settings name the server of an address."""
    named = {_origin(settings.PROCONNECT["issuer"]), _origin(settings.FRANCECONNECT["issuer"])}
    return _origin(url) in named - {""}


def _get(url: str, headers: Mapping[str, str]) -> egress.Answer:
    if is_named(url):
        return egress.fetch(url, most_bytes=MOST_BYTES, patience_s=PATIENCE_S, headers=headers)
    return egress.fetch_foreign(
        url, reach=REACH, most_bytes=MOST_BYTES, patience_s=PATIENCE_S, headers=headers
    )


def _post(url: str, content: bytes, headers: Mapping[str, str]) -> egress.Answer:
    sent = {**headers, "Content-Type": FORM, "Accept": "application/json"}
    if is_named(url):
        return egress.post(
            url, content, most_bytes=MOST_BYTES, patience_s=PATIENCE_S, headers=sent
        )
    return egress.post_foreign(url, content, headers=sent, reach=REACH, patience_s=PATIENCE_S)


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else ""
