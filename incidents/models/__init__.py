"""What a commune stores about reports, and what must hold."""

from incidents.models.catalogue import (
    Asset,
    Category,
    Handler,
    MessageText,
    ReplyTemplate,
    RoutingRule,
    SavedFilter,
    Team,
    Zone,
)
from incidents.models.elimination import Elimination
from incidents.models.history import ClockPause, Message, ReportEvent, StatusChange
from incidents.models.open311 import (
    Catalogue,
    CategoryAttribute,
    Dispatch,
    HeardUpdate,
    MediaFetch,
    OpenRequest,
    OpenServer,
    OpenUpdate,
    ReportAnswers,
    RetiredCode,
    Trial,
)
from incidents.models.photos import Photo
from incidents.models.reports import Follower, Report, ReportContact, ReportQuerySet
from incidents.models.settings import Settings, SettingsChange
from incidents.models.work import Intervention, Round, Stop


__all__ = [
    "Asset",
    "Catalogue",
    "Category",
    "CategoryAttribute",
    "ClockPause",
    "Dispatch",
    "Elimination",
    "Follower",
    "Handler",
    "HeardUpdate",
    "Intervention",
    "MediaFetch",
    "Message",
    "MessageText",
    "OpenRequest",
    "OpenServer",
    "OpenUpdate",
    "Photo",
    "ReplyTemplate",
    "Report",
    "ReportAnswers",
    "ReportContact",
    "ReportEvent",
    "ReportQuerySet",
    "RetiredCode",
    "Round",
    "RoutingRule",
    "SavedFilter",
    "Settings",
    "SettingsChange",
    "StatusChange",
    "Stop",
    "Team",
    "Trial",
    "Zone",
]
