"""The second wall: what each database role may do.

``parvis_app`` owns nothing and may only become another role. A request on a commune's host runs
as ``t_<schema>``, which reaches its own schema and, through ``t_shared``, the few public tables a
request of a commune needs. Everything else (portal, login, association) runs as ``t_public``,
which can read no commune.
"""

from collections.abc import Iterable

from django.db import connection, transaction
from psycopg import sql


APP = "parvis_app"
READ = "SELECT"
WRITE = "SELECT, INSERT, UPDATE, DELETE"

# What communes may do in public. A table that is absent cannot even be read by a commune.
SHARED: dict[str, str] = {
    "tenants_association": READ,
    # Its own row only, by a policy of the table:
    "tenants_commune": "SELECT, UPDATE (address, phone, email, website, brand_colour)",
    "tenants_trialkey": READ,  # its own only, by a policy
    "tenants_domain": READ,
    # Their own departure, asked for or given up; what is decided of it is the platform's to write.
    "tenants_departure": "SELECT, INSERT, UPDATE (state, cancelled_at, cancelled_by_name)",
    "tenants_blockedname": READ,
    "privacy_erasure": "SELECT, INSERT",  # its own rows only, by a policy
    "tenants_membership": READ,
    "tenants_user": "SELECT, UPDATE (last_login, language)",
    "django_session": WRITE,
    "django_content_type": READ,
    "usersessions_usersession": WRITE,
    "identity_attempt": WRITE,  # counters without a name, for when Valkey is down
    "identity_ticket": "SELECT, UPDATE (used_at)",
    "identity_invitation": (
        "SELECT (id, commune_id, email, role, sent_at, expires_at, accepted_at, cancelled_at)"
    ),
    "mfa_authenticator": "SELECT (id, user_id, type)",
    "onboarding_metric": "SELECT, INSERT, UPDATE",
    "onboarding_communefile": "SELECT, INSERT, UPDATE",
    "onboarding_proof": "SELECT, INSERT",
    "onboarding_readinessitem": (
        "SELECT, INSERT, UPDATE (is_done, is_blocking, evidence, checked_at)"
    ),
    "onboarding_launch": "SELECT, INSERT, UPDATE (undone_at, undone_by_name)",
    "onboarding_referent": READ,  # its own rows only, as of the tables below: policies
    "ideas_idea": "SELECT, INSERT",
    "ideas_news": READ,
    "ideas_answer": READ,
    "ideas_vote": "SELECT, INSERT, DELETE",
    "ideas_subscription": "SELECT, INSERT, DELETE",
    "tenants_officialcommune": READ,
    # Their own rows only, and what the proof decides is not theirs to write.
    "widgets_customdomain": "SELECT, INSERT, UPDATE (wish)",
    "widgets_embeddingsite": "SELECT, INSERT, DELETE",
    "library_template": READ,
    "library_templateversion": READ,
    "library_templateapplication": (
        "SELECT, INSERT, UPDATE (state, held, conflicts, replaced, at)"
    ),
    "library_impact": "SELECT, UPDATE (state, conflicts, replaced, at)",
    "library_suggestion": "SELECT, INSERT",
    "adoption_benchmark": READ,
    "adoption_estimate": READ,
    "adoption_monthlyreport": READ,  # its own rows only, as of the three below
    "adoption_preferences": "SELECT, INSERT, UPDATE",
    "adoption_dtsyear": "SELECT, INSERT, UPDATE",
    "adoption_dtsmonth": "SELECT, INSERT, UPDATE",
    "mutual_agreement": READ,  # those it takes part in
    "mutual_agreementmember": READ,
    "mutual_sharedservice": WRITE,  # as the host; others read those of their agreements
    "mutual_agreementuse": WRITE,  # as the host; others read their own
    "mutual_phonedesk": WRITE,  # its own
    "journal_anchor": "SELECT, INSERT",  # its own
    "identity_supportaccess": "SELECT, UPDATE (told_at, ended_at, ended_by_name)",  # its own
    "slots_slotkind": "SELECT, INSERT, UPDATE (commune_id, notice_hours, horizon_days)",
    "stateid_citizenlogin": "SELECT, INSERT, DELETE",  # its own
    "slots_freeslotday": WRITE,  # its own rows only: a policy of the table
    "slots_meetingpoint": "SELECT, INSERT, UPDATE",  # likewise; nobody deletes
    "ants_predemandeindex": WRITE,  # its own rows only; everybody reads hashes
    "ants_hubcall": READ,  # its own, and those of nobody
    "slots_offeredservice": WRITE,  # its own rows only, too
    # Trainings: who comes, answers and promises only for its own people (policies of the tables).
    "training_trainingsession": READ,
    "training_halfday": READ,
    "training_attendance": READ,
    "training_reply": "SELECT, INSERT",
    "training_commitment": "SELECT, UPDATE (done_at, done_by_name)",
    "training_helprequest": "SELECT, INSERT",
    "training_material": READ,
    "training_learningpath": READ,
    "training_pathstep": READ,
}
# What only the owner may touch: structure and releases.
OWNER_ONLY = {"tenants_template", "tenants_migrationstatus", "django_migrations"}
READ_ONLY_IN_PUBLIC = {"tenants_officialcommune", "audit_entry"}
APPEND_ONLY_IN_PUBLIC = {"journal_anchor", "privacy_erasure", "training_signature"}
APPEND_ONLY_IN_COMMUNES = {
    "booking_appointmentevent",
    "exchange_archiveevent",
    "incidents_elimination",
    "incidents_reportevent",
    "incidents_statuschange",
}
READ_ONLY_IN_COMMUNES = {"audit_entry"}  # functions of the database write it


def ensure_role(name: str) -> None:
    """Create a role that cannot log in, unless it exists; roles are global to the cluster."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "DO $$ BEGIN CREATE ROLE {} NOLOGIN;"
                " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            ).format(sql.Identifier(name))
        )


def grant_shared_tables() -> None:
    """Give ``t_shared`` and ``t_public`` exactly the rights written above; safe to repeat."""
    ensure_role("t_shared")
    ensure_role("t_public")
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in sorted(tables):
            with transaction.atomic():  # pages are read meanwhile: no instant without rights
                _grant(table)
        cursor.execute("GRANT USAGE ON SCHEMA public, extensions TO t_shared, t_public")
        cursor.execute("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO t_public")
        for sequence in _sequences_of(tables & {t for t, r in SHARED.items() if "INSERT" in r}):
            cursor.execute(
                sql.SQL("GRANT USAGE, SELECT ON SEQUENCE {} TO t_shared").format(
                    sql.Identifier("public", sequence)
                )
            )
    _let_app_become("t_public")


def _grant(table: str) -> None:
    name = sql.Identifier("public", table)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("REVOKE ALL ON {} FROM t_shared, t_public").format(name))
        if rights := SHARED.get(table):
            cursor.execute(sql.SQL("GRANT " + rights + " ON {} TO t_shared").format(name))
        if table in OWNER_ONLY:
            return
        rights = READ if table in READ_ONLY_IN_PUBLIC else WRITE
        if table in APPEND_ONLY_IN_PUBLIC:
            rights = "SELECT, INSERT"
        cursor.execute(sql.SQL("GRANT " + rights + " ON {} TO t_public").format(name))


def _let_app_become(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regrole(%s) IS NOT NULL", [APP])
        if cursor.fetchone()[0]:
            cursor.execute(
                sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(
                    sql.Identifier(role), sql.Identifier(APP)
                )
            )


def _sequences_of(tables: Iterable[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.relname FROM pg_class s"
            " JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')"
            " JOIN pg_class t ON t.oid = d.refobjid"
            " WHERE s.relkind = 'S' AND t.relname = ANY(%s)"
            " AND t.relnamespace = 'public'::regnamespace",
            [list(tables)],
        )
        return [name for (name,) in cursor.fetchall()]
