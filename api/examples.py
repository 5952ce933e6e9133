"""One believable example for each operation; what tests send and check against the schemas."""

from typing import Any


SITE: dict[str, Any] = {
    "id": 1,
    "name": "Mairie",
    "address": "15 quai Jean-Fleuret, 33250 Pauillac",
}
PHOTO: dict[str, Any] = {
    "key": "photo",
    "title": "Photo d’identité de moins de 6 mois",
    "text": "35 × 45 mm, non découpée.",
}
SERVICE: dict[str, Any] = {
    "code": "carte-identite",
    "name": "Carte d’identité",
    "text": "Première demande, renouvellement, perte ou vol",
    "titles": ["cni"],
    "durations": [{"persons": 1, "minutes": 20}, {"persons": 2, "minutes": 30}],
    "is_online": True,
    "is_cancellable_online": True,
    "asks_pre_application": True,
    "notice_hours": 2,
    "horizon_days": 60,
    "first_free_day": "2026-11-30",
    "documents": [PHOTO],
    "url": "https://pauillac.example.org/rendez-vous/carte-identite/",
}
QUESTION: dict[str, Any] = {
    "key": "age",
    "label": "Quel âge a la personne ?",
    "choices": [{"key": "adult", "label": "18 ans ou plus"}],
    "answer": "adult",
    "is_rare": False,
}
APPOINTMENT: dict[str, Any] = {
    "id": "K7M2Q4XZ",
    "service": "carte-identite",
    "service_name": "Carte d’identité",
    "site": SITE,
    "start": "2026-11-30T09:00:00+01:00",
    "end": "2026-11-30T09:20:00+01:00",
    "persons": 1,
    "status": "booked",
    "channel": "online",
    "language": "fr",
    "created_at": "2026-11-23T10:12:00+01:00",
    "cancelled_at": None,
    "version": 1,
    "may_move": True,
    "may_cancel": True,
    "people": [
        {
            "position": 1,
            "is_cancelled": False,
            "documents": [PHOTO],
            "name": "Jeanne Dupuy",
            "pre_application": "AB12CD34EF",
        }
    ],
    "contact": {"name": "Jeanne Dupuy", "email": "jeanne@example.org", "phone": "0612345678"},
}
REPORT: dict[str, Any] = {
    "reference": "N4PW8T2H",
    "category": {"code": "nid-de-poule", "name": "Nid-de-poule", "group": "Voirie"},
    "status": "accepted",
    "status_words": "pris en charge",
    "text": "Un trou au milieu de la rue.",
    "address": "Quai Albert-Pichon",
    "latitude": 45.1995,
    "longitude": -0.7475,
    "submitted_at": "2026-11-23T10:00:00+01:00",
    "updated_at": "2026-11-24T08:30:00+01:00",
    "due_at": "2026-12-07T17:00:00+01:00",
    "closed_at": None,
    "concerned": 3,
    "photos": [],
    "url": "https://pauillac.example.org/signalements/N4PW8T2H/",
}
WEBHOOK: dict[str, Any] = {
    "id": 1,
    "name": "Borne de la médiathèque",
    "url": "https://borne.example.org/parvis",
    "events": ["appointment.booked", "appointment.cancelled"],
    "is_active": True,
    "failing_since": None,
    "created_at": "2026-11-23T10:00:00+01:00",
}
DELIVERY: dict[str, Any] = {
    "id": "0b6c1f4e-5f0e-4a52-9d0b-8f6a1d4f3c21",
    "event": "appointment.booked",
    "written_at": "2026-11-23T10:12:00+01:00",
    "tried_at": "2026-11-23T10:12:20+01:00",
    "sent_at": "2026-11-23T10:12:20+01:00",
    "is_given_up": False,
    "attempts": 1,
    "answer": 204,
}
SENT: dict[str, dict[str, Any]] = {
    "bookAppointment": {
        "service": "carte-identite",
        "start": "2026-11-30T09:00:00+01:00",
        "people": [
            {
                "name": "Jeanne Dupuy",
                "pre_application": "AB12CD34EF",
                "situation": {"age": "adult", "motive": "renewal"},
            }
        ],
        "email": "jeanne@example.org",
        "phone": "06 12 34 56 78",
    },
    "moveAppointment": {"start": "2026-12-01T09:20:00+01:00", "version": 1},
    "cancelAppointment": {"reason": "Empêchement"},
    "addWebhook": {
        "name": "Borne de la médiathèque",
        "url": "https://borne.example.org/parvis",
        "events": ["appointment.booked", "appointment.cancelled"],
    },
    "changeWebhook": {"is_active": False},
    "sendReport": {
        "category": "nid-de-poule",
        "text": "Un trou au milieu de la rue.",
        "address": "Quai Albert-Pichon",
        "latitude": 45.1995,
        "longitude": -0.7475,
        "email": "jeanne@example.org",
    },
}
ANSWERED: dict[str, dict[str, Any]] = {
    "listServices": {"items": [SERVICE]},
    "readService": {**SERVICE, "terms": "", "instructions": "", "questions": [QUESTION]},
    "listSites": {"items": [{**SITE, "services": ["carte-identite"]}]},
    "listSlots": {
        "items": [
            {
                "start": "2026-11-30T09:00:00+01:00",
                "end": "2026-11-30T09:20:00+01:00",
                "site": 1,
            }
        ]
    },
    "listAppointments": {"items": [APPOINTMENT], "next": None},
    "bookAppointment": {
        **APPOINTMENT,
        "manage_url": "https://pauillac.example.org/rdv/…",
    },
    "readAppointment": APPOINTMENT,
    "moveAppointment": {**APPOINTMENT, "version": 2},
    "cancelAppointment": {
        **APPOINTMENT,
        "status": "cancelled",
        "cancelled_at": "2026-11-24T11:00:00+01:00",
        "version": 2,
        "may_move": False,
        "may_cancel": False,
    },
    "listReports": {"items": [REPORT], "next": None},
    "readReport": {
        **REPORT,
        "history": [{"at": "2026-11-23T10:00:00+01:00", "title": "Reçu", "text": ""}],
    },
    "sendReport": {
        "reference": "N4PW8T2H",
        "status": "received",
        "is_published": False,
        "follow_url": "https://pauillac.example.org/suivi/…",
    },
    "listWebhooks": {"items": [WEBHOOK]},
    "addWebhook": {**WEBHOOK, "secret": "whsec_…"},
    "readWebhook": WEBHOOK,
    "changeWebhook": {**WEBHOOK, "is_active": False},
    "testWebhook": {
        **DELIVERY,
        "event": "test",
        "tried_at": None,
        "sent_at": None,
        "answer": None,
    },
    "renewWebhookSecret": {**WEBHOOK, "secret": "whsec_…"},
    "listDeliveries": {"items": [DELIVERY], "next": None},
    "resendDelivery": DELIVERY,
    "readFigures": {
        "from": "2025-11-24",
        "to": "2026-11-23",
        "waiting": [
            {
                "service": "carte-identite",
                "name": "Carte d’identité",
                "first_free_day": "2026-11-30",
                "days": 7,
            }
        ],
        "reports": {
            "received": 128,
            "open": 17,
            "resolved": 96,
            "rejected": None,
            "kept_promises": 0.88,
            "median_closing_days": 4.5,
        },
        "detailed": None,
    },
}
PATHS: dict[str, str] = {
    "code": "carte-identite",
    "appointment_id": "K7M2Q4XZ",
    "reference": "N4PW8T2H",
    "webhook_id": "1",
    "delivery_id": "0b6c1f4e-5f0e-4a52-9d0b-8f6a1d4f3c21",
}
QUERIES: dict[str, dict[str, str]] = {
    "listSlots": {"service": "carte-identite", "persons": "2"},
    "readService": {"age": "0-11", "motive": "first"},
}
