"""A commune in which much was reported: any number of reports with their history, by plain SQL.

Five years of them: most are closed, those of the last weeks are open; they gather in streets; all
is drawn from one seed.
"""

import random
from datetime import timedelta

from django.db import connection
from django.db.models import NOT_PROVIDED, Field, Model

from benchmarks.world import NOW
from incidents.configuration import install_pack
from incidents.geo import Place
from incidents.models import (
    Category,
    Handler,
    Message,
    Photo,
    Report,
    ReportContact,
    ReportEvent,
    StatusChange,
    Team,
)


SEED = 33
YEARS = 5
CENTRE = Place(45.199, -0.748)
STREETS, SPREAD, STREET = 60, 0.018, 0.0004  # degrees: how far the streets are, how long
LONG_STORY = 7  # the number of the report whose history is the longest
STORY = 40
NAMES = (
    "Rue Victor-Hugo", "Quai Léon-Périer", "Rue Aristide-Briand", "Place du Maréchal-Foch",
    "Rue de la République", "Chemin de la Gare", "Route de Bordeaux", "Rue des Vignes",
)  # fmt: skip
SENTENCES = (
    "Un trou profond dans la chaussée.", "Le lampadaire est éteint depuis une semaine.",
    "Des gravats et un matelas au bord du chemin.", "La haie couvre le panneau.",
    "Une latte du banc est cassée.", "La plaque claque à chaque voiture.",
    "Du verre devant l’école.", "Le trottoir s’affaisse, la poussette ne passe plus.",
)  # fmt: skip
RARE = "hydrocarbures"
OPEN = (
    ("received", 34), ("accepted", 20), ("planned", 16), ("in_progress", 10), ("triage", 7),
    ("forwarded", 6), ("awaiting_reporter", 4), ("reopened", 2), ("transferred", 1),
)  # fmt: skip
CLOSED = (("resolved", 84), ("rejected", 13), ("cancelled", 3))

DRAWN = """
WITH chance AS MATERIALIZED (
    SELECT n, random() AS a, random() AS b, random() AS c, random() AS d, random() AS e,
        random() AS f, random() AS g, random() AS h, random() AS i
    FROM generate_series(1, %(count)s) AS n),
aged AS MATERIALIZED (
    SELECT *, %(now)s::timestamptz - power(a, 1.1) * %(span)s::interval AS sent,
        b < CASE WHEN power(a, 1.1) * extract(epoch FROM %(span)s::interval) < 40 * 86400
                 THEN 0.7 ELSE 0.028 END AS is_open
    FROM chance),
drawn AS MATERIALIZED (
    SELECT *, CASE WHEN is_open THEN (%(open)s::text[])[1 + floor(c * 100)]
            WHEN n %% 16 = 0 THEN 'duplicate'
            WHEN n %% 16 = 15 THEN 'resolved'
            ELSE (%(closed)s::text[])[1 + floor(c * 100)] END AS state,
        least(%(now)s::timestamptz, sent + d * d * interval '40 days' + interval '1 hour') AS closed,
        1 + floor(f * %(streets)s)::int AS street
    FROM aged)
INSERT INTO incidents_report ({columns})
SELECT {values} FROM drawn ORDER BY n
"""
REPORT = {
    "id": "n",
    "reference": "lpad(upper(to_hex(n + 16777216)), 8, 'A')",
    "category_id": "(%(categories)s::bigint[])[1 + floor(power(e, 2) * %(kinds)s)]",
    "status": "state",
    "reason": "CASE state WHEN 'resolved' THEN 'repaired' WHEN 'rejected' THEN 'not_found'"
    " WHEN 'reopened' THEN 'not_repaired' ELSE '' END",
    "visibility": "CASE WHEN g < 0.8 THEN 'public' WHEN state = 'received' THEN 'pending'"
    " ELSE 'private' END",
    "channel": "(ARRAY['web', 'web', 'web', 'web', 'web', 'phone', 'phone', 'counter', 'walk',"
    " 'sticker'])[1 + floor(i * 10)]",
    "text": "(%(sentences)s::text[])[1 + floor(b * 1000)::int %% %(texts)s]"
    " || CASE WHEN n <= 100 THEN ' ' || %(rare)s ELSE '' END",
    "lat": "(%(lats)s::float[])[street] + (h - 0.5) * %(street)s",
    "lon": "(%(lons)s::float[])[street] + (i - 0.5) * %(street)s",
    "address": "(1 + floor(h * 90)) || ' ' || (%(names)s::text[])[1 + street %% %(named)s]",
    "handler_id": "(%(handlers)s::bigint[])[1 + floor(e * 3)]",
    "team_id": "(%(teams)s::bigint[])[1 + floor(e * 3)]",
    "assignee_id": "CASE WHEN g < 0.2 THEN 1 + floor(g * 25) END",
    "assignee_name": "CASE WHEN g < 0.2 THEN 'Agent ' || 1 + floor(g * 25) ELSE '' END",
    "priority": "CASE WHEN h < 0.08 THEN 1 WHEN h < 0.9 THEN 2 WHEN h < 0.98 THEN 3 ELSE 4 END",
    "submitted_at": "sent",
    "answered_at": "CASE WHEN state <> 'received' THEN sent + (closed - sent) / 3 END",
    "planned_on": "CASE WHEN state = 'planned' THEN %(now)s::date + floor(g * 20)::int END",
    "due_at": "sent + interval '14 days'",
    "closed_at": "CASE WHEN NOT is_open THEN closed END",
    "touched_at": "CASE WHEN is_open THEN sent + (closed - sent) / 2 ELSE closed END",
    "duplicate_of_id": "CASE WHEN state = 'duplicate' THEN n - 1 END",
    "reporters": "CASE WHEN n %% 16 = 15 THEN 2 WHEN h < 0.1 THEN 3 ELSE 1 END",
    "satisfaction": "CASE WHEN state = 'resolved' AND g < 0.25 THEN 1 + floor(g * 20) END",
    "idempotency_key": "md5(n::text)::uuid",
}  # fmt: skip
MESSAGE = {
    "id": "r.id",
    "report_id": "r.id",
    "audience": "'public'",
    "author": "'staff'",
    "author_name": "'Services techniques'",
    "text": "'C’est fait, merci de nous l’avoir dit.'",
    "at": "r.closed_at",
}
ARRIVED = {
    "report_id": "r.id",
    "after": "'received'",
    "actor": "'reporter'",
    "at": "r.submitted_at",
}
ACCEPTED = {
    "report_id": "r.id",
    "before": "'received'",
    "after": "'accepted'",
    "actor": "'staff'",
    "by_name": "'Services techniques'",
    "at": "r.answered_at",
}
ENDED = {
    "report_id": "r.id",
    "before": "'accepted'",
    "after": "r.status",
    "reason": "r.reason",
    "actor": "'staff'",
    "by_name": "'Services techniques'",
    "message_id": "CASE WHEN r.closed_at IS NOT NULL AND r.id %% 5 < 3 THEN r.id END",
    "at": "r.touched_at",
}
ASSIGNED = {
    "report_id": "r.id",
    "kind": "'assigned'",
    "detail": "'{}'::jsonb",
    "by_name": "'Services techniques'",
    "at": "r.answered_at",
}
CONTACT = {"report_id": "r.id", "token_hash": "md5(r.id::text) || md5(r.reference)"}
PHOTO = {
    "report_id": "r.id",
    "stage": "'before'",
    "state": "'ready'",
    "name": "md5(r.id::text)",
    "width": "2016",
    "height": "1512",
    "is_checked": "true",
    "is_public": "r.visibility = 'public'",
    "created_at": "r.submitted_at",
}
STORIES = {
    "report_id": "r.id",
    "kind": "'followed'",
    "detail": "'{}'::jsonb",
    "at": "r.submitted_at + k * interval '1 hour'",
}


def fill(count: int) -> None:
    """Report ``count`` times in the active commune, which is new; write every history."""
    install_pack("bourg")
    kinds = Category.objects.filter(door="report").values_list("pk", flat=True)
    teams = [Team.objects.create(name=name) for name in ("Voirie", "Propreté", "Espaces verts")]
    handlers = [Handler.objects.create(kind="team", name=each.name, team=each) for each in teams]
    luck = random.Random(SEED)
    places = [
        (luck.gauss(CENTRE.lat, SPREAD / 2), luck.gauss(CENTRE.lon, SPREAD / 2))
        for _street in range(STREETS)
    ]
    values = {
        "count": count,
        "now": NOW,
        "span": timedelta(days=365 * YEARS),
        "open": [name for name, weight in OPEN for _each in range(weight)],
        "closed": [name for name, weight in CLOSED for _each in range(weight)],
        "categories": list(kinds),
        "kinds": len(kinds),
        "teams": [each.pk for each in teams],
        "handlers": [each.pk for each in handlers],
        "streets": STREETS,
        "street": STREET * 4,
        "lats": [lat for lat, _lon in places],
        "lons": [lon for _lat, lon in places],
        "names": list(NAMES),
        "named": len(NAMES),
        "sentences": list(SENTENCES),
        "texts": len(SENTENCES),
        "rare": RARE,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [SEED / 100])
        cursor.execute(_statement(DRAWN, Report, REPORT), values)
        for model, columns, where in (
            (ReportContact, CONTACT, "true"),
            (Photo, PHOTO, "r.id %% 20 < 9"),
            (Message, MESSAGE, "r.closed_at IS NOT NULL AND r.id %% 5 < 3"),
            (StatusChange, ARRIVED, "true"),
            (StatusChange, ACCEPTED, "r.status <> 'received'"),
            (StatusChange, ENDED, "r.status NOT IN ('received', 'accepted')"),
            (ReportEvent, ASSIGNED, "r.status <> 'received'"),
        ):
            copied = f"INSERT INTO {_table(model)} ({{columns}}) SELECT {{values}} FROM incidents_report r"
            cursor.execute(_statement(f"{copied} WHERE {where}", model, columns), {})
        told = (
            "INSERT INTO incidents_reportevent ({columns}) SELECT {values}"
            " FROM incidents_report r, generate_series(1, %(long)s) AS k WHERE r.id = %(id)s"
        )
        cursor.execute(_statement(told, ReportEvent, STORIES), {"id": LONG_STORY, "long": STORY})
        for model in (Report, Photo, Message, StatusChange, ReportEvent, ReportContact):
            cursor.execute(f"VACUUM ANALYZE {_table(model)}")


def _statement(frame: str, model: type[Model], columns: dict[str, str]) -> str:
    """Fill the frame of a statement: what is not said of a column is its default."""
    said = dict(columns)
    for field in model._meta.concrete_fields:  # noqa: SLF001 (public in all but name)
        if field.column not in said and not field.primary_key:
            said[field.column] = _default(field)
    return frame.format(
        columns=", ".join(f'"{each}"' for each in said), values=", ".join(said.values())
    )


def _table(model: type[Model]) -> str:
    return model._meta.db_table  # noqa: SLF001


def _default(field: Field) -> str:
    if field.db_default is not NOT_PROVIDED:
        return "now()"
    value = field.get_default()
    if value is None:
        return "NULL"
    if isinstance(value, (list, dict)):
        return "'[]'::jsonb" if isinstance(value, list) else "'{}'::jsonb"
    return "'" + str(value).replace("%", "%%") + "'" if isinstance(value, str) else str(value)
