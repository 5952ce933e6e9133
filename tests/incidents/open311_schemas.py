"""What open311/schema-validation asks of JSON answers, said in few words (Draft 4, as there)."""

from collections.abc import Mapping
from typing import Any

import jsonschema_rs


Wrong = jsonschema_rs.ValidationError
WORDS = {"type": ["string", "null"]}
MOMENT = {"type": ["string", "null"], "format": "date-time"}
NUMBER = {"type": ["number", "null"]}


def _of(needed: str, /, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": needed.split(), "properties": properties}


def _one_of(words: str) -> dict[str, Any]:
    return {"type": "string", "enum": words.split()}


SERVICE = _of(
    "service_code service_name metadata type",
    service_code={"type": "string"},
    service_name={"type": "string"},
    description=WORDS,
    metadata={"type": "boolean"},
    type=_one_of("realtime batch blackbox"),
    keywords=WORDS,
    group=WORDS,
)
ATTRIBUTE = _of(
    "variable code datatype required",
    variable={"type": "boolean"},
    code={"type": "string"},
    datatype=_one_of("string number datetime text singlevaluelist multivaluelist"),
    required={"type": "boolean"},
    datatype_description=WORDS,
    order={"type": ["integer", "null"]},
    description=WORDS,
    values={
        "type": "array",
        "items": _of("key name", key={"type": "string"}, name={"type": "string"}),
    },
)
DEFINITION = _of(
    "service_code attributes",
    service_code={"type": "string"},
    attributes={"type": "array", "items": ATTRIBUTE},
)
REQUEST = _of(
    "service_request_id status service_code requested_datetime",
    service_request_id={"type": "string"},
    status=_one_of("open closed"),
    status_notes=WORDS,
    service_name=WORDS,
    service_code={"type": "string"},
    description={"type": ["string", "null"], "maxLength": 4000},
    agency_responsible=WORDS,
    service_notice=WORDS,
    requested_datetime={"type": "string", "format": "date-time"},
    updated_datetime=MOMENT,
    expected_datetime=MOMENT,
    address=WORDS,
    address_id=WORDS,
    zipcode=WORDS,
    lat=NUMBER,
    long=NUMBER,
    media_url={"type": ["string", "null"], "format": "uri"},
)


def check(schema: Mapping[str, Any], said: Any) -> None:
    """Refuse what the schema does not allow; of a list, every item is checked."""
    validator = jsonschema_rs.Draft4Validator(schema, validate_formats=True)
    for each in said if isinstance(said, list) else [said]:
        validator.validate(each)
