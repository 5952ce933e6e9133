"""Where a list goes on: after the last row that was read, whatever came in meanwhile.

A cursor is sealed for one list of one commune, filters included: what is made up or belongs to
another list is refused.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from api.refusals import WrongCursor
from parvis.signing import BadSignature, seal, unseal


PURPOSE = "api-cursor"


def write(name: str, filters: Mapping[str, Any], *place: str) -> str:
    """Say where a list goes on, in a text that nobody has to understand."""
    sealed = seal(json.dumps([_list(name, filters), *place]), purpose=PURPOSE)
    return base64.urlsafe_b64encode(sealed.encode()).decode().rstrip("=")


def read(cursor: str, name: str, filters: Mapping[str, Any]) -> list[str]:
    """Return the place that a cursor of this list says.

    Raises:
        WrongCursor: it was made up, or is of another list.
    """
    try:
        sealed = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode()
        wanted, *place = json.loads(unseal(sealed, purpose=PURPOSE))
    except (BadSignature, binascii.Error, ValueError) as fault:
        raise WrongCursor from fault
    if wanted != _list(name, filters):
        raise WrongCursor
    return [str(each) for each in place]


def _list(name: str, filters: Mapping[str, Any]) -> str:
    said = json.dumps({key: str(value) for key, value in filters.items()}, sort_keys=True)
    return f"{name}:{hashlib.sha256(said.encode()).hexdigest()[:12]}"
