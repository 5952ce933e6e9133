"""How long each thing about a report is kept, and which of its fields tell of a person.

Pure. A commune may choose other durations (``privacy.policy``). Months and years are those of the
calendar.
"""

from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    """What a field tells about people, hence until when it is kept."""

    NOTHING = "nothing"
    """Of nobody: kept with its row."""
    REPORTER = "reporter"
    """Who reported or follows, and how to reach her."""
    WORDS = "words"
    """What people wrote: it may name anybody."""
    PICTURE = "picture"
    """What a photo may show."""
    PLACE = "place"
    """Where: chosen by whoever reports, may be her street."""
    STAFF = "staff"
    """Who of the town hall did it."""


PERSON_KEPT = "12 months"
"""After closing: the reporter, those who follow, and all words about it."""
PHOTOS_KEPT = "24 months"
"""After closing, and never longer than the record."""
RECORD_KEPT = "60 months"
"""After closing: the record without person, its place and its history."""
CANCELLED_KEPT = "12 months"
ABUSIVE_KEPT = "30 days"
UNCONFIRMED_KEPT = "30 days"
"""After it was typed: an address to which nobody said yes."""

USUAL: Mapping[str, str] = {
    "report_contact": PERSON_KEPT,
    "report_photos": PHOTOS_KEPT,
    "report_record": RECORD_KEPT,
    "report_cancelled": CANCELLED_KEPT,
    "report_abusive": ABUSIVE_KEPT,
    "report_unconfirmed": UNCONFIRMED_KEPT,
}
"""By the names of the rules, what holds where the commune has chosen nothing else."""
MODELS: Mapping[str, Mapping[Kind, str]] = {
    "Report": {
        Kind.NOTHING: "id reference category status reason visibility channel road_class asset"
        " handler team priority submitted_at captured_at answered_at planned_on due_at closed_at"
        " touched_at duplicate_of"
        " praises reporters satisfaction origin_commune origin_reference sent_to"
        " sent_reference idempotency_key version",
        Kind.WORDS: "text",
        Kind.PLACE: "lat lon address address_id",
        Kind.STAFF: "assignee_id assignee_name taken_by_id taken_by_name",
    },
    "ReportContact": {
        Kind.NOTHING: "id report wants_news erased_at",
        Kind.REPORTER: "name email phone language token_hash",
    },
    "Follower": {
        Kind.NOTHING: "id report is_concerned confirmed_at created_at",
        Kind.REPORTER: "email language token_hash",
    },
    "Message": {
        Kind.NOTHING: "id report audience author at erased_at",
        Kind.WORDS: "text",
        Kind.STAFF: "author_id author_name",
    },
    "StatusChange": {
        Kind.NOTHING: "id report before after reason actor message at",
        Kind.STAFF: "by_id by_name",
    },
    "ReportEvent": {
        Kind.NOTHING: "id report kind at",
        Kind.PLACE: "detail",
        Kind.STAFF: "by_id by_name",
    },
    "ClockPause": {Kind.NOTHING: "id report cause begun_at ended_at"},
    "Photo": {
        Kind.NOTHING: "id report stage state width height is_checked is_public position"
        " created_at",
        Kind.PICTURE: "name blurred suggested",
    },
    "Stop": {Kind.NOTHING: "id round report position outcome done_at key", Kind.WORDS: "note"},
    "ReportAnswers": {Kind.NOTHING: "id report", Kind.WORDS: "values unknown"},
    "OpenRequest": {
        Kind.NOTHING: "id client_id report trial key content said token_hash unknown answer at",
    },
    "OpenUpdate": {
        Kind.NOTHING: "id client_id external_id report trial update_id external_status at",
    },
    "MediaFetch": {
        Kind.NOTHING: "id report stage attempts due_at failed_at",
        Kind.PICTURE: "url",
    },
    "Dispatch": {
        Kind.NOTHING: "id server report message state attempts due_at error token external_id"
        " last_status heard_at created_at",
        Kind.WORDS: "last_notes",
    },
    "HeardUpdate": {Kind.NOTHING: "id dispatch external_id"},
}
"""Of each model that hangs on a report: the names of its fields by what they tell."""
