"""What communes of the demo share: a counter, help, a desk that answers; and one import."""

from datetime import date, datetime, timedelta

from django.db.models import F
from django.db.models.functions import Mod
from django_tenants.utils import tenant_context

from booking.models import Appointment
from demo import story
from exchange import import_actions, import_run
from exchange.mapping import guess
from exchange.models import ImportBatch
from exchange.sniff import read_table
from identity.members import ADMIN, Member
from mutual import actions
from mutual.models import Agreement, AgreementUse, PhoneDesk
from tenants.models import Association, Commune, User


SHARED_BY = ("33314", "33240", "33104")  # Pauillac receives for Lesparre and Castelnau
FULL, HELPER = "33449", "33281"  # Saint-Médard waits 49 days; Mérignac is next door
ANSWERED = ("33058", "33036", "33352")  # Blaye, Bazas and La Réole
PAR_MONTH = {"33314": 96, "33240": 23, "33104": 14}
FILE = """Dossier;Date RDV;Heure;Motif;Nom;Prénom;Téléphone
AG-1041;{0};18h05;Carte d’identité;Lafon;Sylvie;05 56 00 00 11
AG-1042;{0};18h35;Passeport;Ducasse;Henri;05 56 00 00 12
AG-1043;{1};18h05;Carte d’identité;Berthelot;Inès;05 56 00 00 13
AG-1044;{1};18h35;Carte d’identité;Maurin;Paul;05 56 00 00 14
AG-1045;{1};25h;Passeport;Sabourin;Alice;05 56 00 00 15
AG-1046;{2};18h05;Passeport;Teyssier;Louis;05 56 00 00 16
"""


def tell(association: Association, *, communes: list[Commune], now: datetime) -> None:
    """Write the agreements, what they were used for, the phone desk, and one finished import."""
    known = {each.insee_code: each for each in communes}
    if not {*SHARED_BY, FULL, HELPER, *ANSWERED} <= set(known):
        return
    host, *members = (known[code] for code in SHARED_BY)
    counter = actions.agree(
        association=association,
        members=dict.fromkeys(members, ()),
        name="Station de Pauillac, guichet du Médoc",
        kind=Agreement.Kind.COUNTER,
        host=host,
        starts_on=date(now.year, 1, 1),
        ends_on=None,
        after_days=0,
        cost_key=Agreement.CostKey.USE,
        yearly_cents=1_250_000,
    )
    actions.agree(
        association=association,
        members={known[FULL]: ()},
        name="Entraide de Saint-Médard et Mérignac",
        kind=Agreement.Kind.OVERFLOW,
        host=known[HELPER],
        starts_on=date(now.year, 1, 1),
        ends_on=None,
        after_days=30,
        cost_key=Agreement.CostKey.NONE,
        yearly_cents=0,
    )
    _count(counter, [host, *members], now=now)
    _open_desk(association, [known[code] for code in ANSWERED], now=now)
    for commune in (host, *members, known[FULL]):
        with tenant_context(commune):
            actions.take_note(now=now)
    with tenant_context(host):
        _say_where_from()
        actions.count_uses(now=now)
        _import(now=now)


def forget() -> None:
    """Remove the agreements, which keep their communes from being removed."""
    Agreement.objects.filter(association__slug=story.ASSOCIATION_SLUG).delete()


def _count(counter: Agreement, communes: list[Commune], *, now: datetime) -> None:
    AgreementUse.objects.bulk_create(
        AgreementUse(
            agreement=counter,
            host=counter.host,
            commune=commune,
            month=date(now.year, month, 1),
            n=PAR_MONTH[commune.insee_code] + 3 * (month % 4),
        )
        for commune in communes
        for month in range(1, now.month + 1)
    )


def _open_desk(association: Association, communes: list[Commune], *, now: datetime) -> None:
    PhoneDesk.objects.bulk_create(
        PhoneDesk(commune=each, opened_at=now - timedelta(days=20), opened_by="Claire Martin")
        for each in communes
    )
    actions.choose_phone_agents(
        association=association, users=User.objects.filter(email=story.REFERENT)
    )


def _say_where_from() -> None:
    """Let one in ten be from Castelnau, two from Lesparre, and six from Pauillac."""
    for code, tenths in (("33104", (0,)), ("33240", (1, 2)), ("33314", (3, 4, 5, 6, 7, 8))):
        online = Appointment.objects.filter(channel=Appointment.Channel.ONLINE)
        online.alias(tenth=Mod(F("pk"), 10)).filter(tenth__in=tenths).update(from_commune=code)


def _import(*, now: datetime) -> None:
    days = [f"{now + timedelta(days=n):%d/%m/%Y}" for n in (9, 10, 16)]
    table = read_table(FILE.format(*days).encode("cp1252"))
    by = Member(user_id=0, name="Claire Martin", role=ADMIN)
    batch = import_actions.receive_file(
        kind="appointments", table=table, file_name="agenda-mairie.csv", by=by, now=now
    )
    batch = import_actions.choose_columns(
        batch=batch,
        columns=guess("appointments", table.header),
        date_order="dmy",
        settings={"service": "", "category": "", "is_told": False},
        now=now,
    )
    import_run.run(batch, now=now)
    ImportBatch.objects.filter(pk=batch.pk).update(created_at=now)
