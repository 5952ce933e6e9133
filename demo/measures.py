"""Twelve months of figures for the communes in service, their scores, letters and subsidies.

What the demo's own rows can tell of this month is counted from them; months before are invented
so that they lead there: online shares climb to what each commune has today.
"""

import random
from datetime import date, datetime, timedelta

from adoption import actions, following, letters, reading
from adoption.comparison_words import PRACTICES
from adoption.models import DtsMonth, DtsYear, MonthlyReport, Preferences
from booking.models import Tally
from demo import story
from demo.story import LiveCommune
from onboarding.models import Metric, Onboarding
from onboarding.stages import Module, Stage
from tenants.models import Association, Commune, User


MONTHS = 12
WRITTEN = 3  # months whose letters are kept
QUIET = "33036"  # Bazas: nobody has logged in for a while
SHY = "33352"  # La Réole wants no letter
SAMPLES = ((10, 14), (2, 9))  # weeks ago, calls a day: before and after the telephone message
STAFF = "staff_active"  # the demo's rows do not say who acted: this one is invented whole
Cells = dict[str, tuple[int, int]]


def count(*, now: datetime, wait: int, is_shown: bool) -> None:
    """Let the active commune measure what its rows say; calls are counted in the first one."""
    actions.count(now=now, since=(now - timedelta(days=wait + 60)).date())
    if is_shown:
        today = now.date()
        monday = today - timedelta(days=today.weekday())
        Tally.objects.bulk_create(
            Tally(
                kind=Tally.Kind.CALL,
                key=reason,
                day=monday - timedelta(weeks=weeks) + timedelta(days=weekday),
                count=max(1, calls // (2 + number)),
            )
            for weeks, calls in SAMPLES
            for weekday in range(5)
            for number, reason in enumerate(Tally.Call.values)
        )
    actions.measure(now=now, since=reading.month_before(now.date()))


def tell(association: Association, *, seed: int, now: datetime) -> None:
    """Write what lies further back, then what the association makes of it."""
    communes = {each.insee_code: each for each in association.communes.equipped()}
    today = now.date()
    told = Metric.objects.filter(commune__association=association)
    told.filter(code=STAFF).delete()
    told.filter(period_kind=Metric.Period.MONTH, period__lt=today.replace(day=1)).delete()
    Metric.objects.bulk_create(
        [
            row
            for live in story.LIVE
            for row in _past(communes[live.insee_code], live, seed=seed, today=today)
        ],
        ignore_conflicts=True,
        batch_size=2000,
    )
    _report(list(communes.values()), now=now)
    _log_in(now)
    _subsidise(list(communes.values()), seed=seed, today=today)
    Preferences.objects.create(commune=communes[SHY], is_mailed=False)
    Preferences.objects.create(commune=communes[story.LIVE[0].insee_code], is_named=True)
    following.follow(association=association, now=now)
    _write_letters(association, now=now)


def _report(communes: list[Commune], *, now: datetime) -> None:
    """Say since when the communes in service receive reports too."""
    ages = {live.insee_code: live.age // 2 for live in story.LIVE}
    served = [each for each in communes if each.insee_code in ages]
    Onboarding.objects.bulk_create(
        [
            Onboarding(
                commune=each,
                module=Module.REPORTS,
                stage=Stage.LIVE,
                since=now - timedelta(days=ages[each.insee_code]),
            )
            for each in served
        ],
        ignore_conflicts=True,
    )


def _past(commune: Commune, live: LiveCommune, *, seed: int, today: date) -> list[Metric]:
    luck = random.Random(f"{seed}:measures:{live.insee_code}")  # noqa: S311 (invented figures)
    opened = today - timedelta(days=live.age)
    rows = []
    for back in range(MONTHS):
        month = reading.month_before(today, back) if back else today.replace(day=1)
        if month < opened.replace(day=1):
            break
        for module, cells in (
            (Module.BOOKING, _visits(live, back, luck)),
            (Module.REPORTS, _reports(back, luck)),
        ):
            rows += [
                Metric(
                    commune=commune,
                    module=module,
                    code=code,
                    period_kind=Metric.Period.MONTH,
                    period=month,
                    num=num,
                    den=den,
                )
                for code, (num, den) in cells.items()
            ]
    actives = [each for each in rows if each.code == STAFF][:1]
    return rows + [
        Metric(
            commune=commune,
            module=each.module,
            code=STAFF,
            period_kind=Metric.Period.DAY,
            period=today,
            num=each.num,
            den=each.den,
        )
        for each in actives
    ]


def _visits(live: LiveCommune, back: int, luck: random.Random) -> Cells:
    """Invent one month of appointments: fewer online the further back, more absences."""
    taken = 130 * live.counters + luck.randrange(40)
    online = _of(taken, live.online - 2 * back)
    phone = _of(taken, live.phone + 1.5 * back)
    seen = _of(taken, 92)
    return {
        "online_share": (online, taken),
        "phone_share": (phone, taken),
        "counter_share": (max(0, taken - online - phone), taken),
        "online_changes": (_of(online, luck.uniform(6, 10)), 1),
        "no_show_rate": (_of(seen, luck.uniform(3, 6) + back / 3), seen),
        "unmarked_share": (_of(taken, luck.uniform(2, 9)), taken),
        "fill_rate": (_of(9600 * live.counters, luck.uniform(55, 92)), 9600 * live.counters),
        "first_slot_days": (max(0, live.wait + back // 3 + luck.choice((-1, 0, 1))), 1),
        "third_slot_days": (live.wait + back // 3 + 2, 1),
        "lead_time_days": (live.wait + 4 + luck.choice((0, 1, 2)), 1),
        "cancel_reuse": (_of(30, luck.uniform(35, 75)), 30),
        "dossier_complete": (_of(seen, luck.uniform(86, 94) - back), seen),
        "doc_views": (_of(taken, luck.uniform(110, 190)), taken),
        STAFF: (luck.choice((2, 3, 3)), 3),
        **{f"practice_{name}": (int(luck.random() < live.online / 160), 1) for name in PRACTICES},
    }


def _reports(back: int, luck: random.Random) -> Cells:
    """Invent one month of reports."""
    received = luck.randrange(14, 34)
    closed = received - luck.randrange(4)
    return {
        "inc_received": (received, 1),
        "inc_ack_h": (luck.randrange(14, 50) + back, 1),
        "inc_ack_h_p90": (luck.randrange(70, 130) + 2 * back, 1),
        "inc_close_d": (luck.randrange(4, 12), 1),
        "inc_close_d_p90": (luck.randrange(18, 34), 1),
        "inc_sla": (_of(closed, luck.uniform(72, 96)), closed),
        "inc_silent": (luck.randrange(3), 12),
        "inc_reopen": (luck.randrange(3), closed),
        "congrats": (luck.randrange(1, 6), 1),
        "csat": (_of(10 * closed, luck.uniform(38, 47)), closed),
    }


def _of(whole: int, percent: float) -> int:
    return max(0, round(whole * percent / 100))


def _log_in(now: datetime) -> None:
    """Say when people were last there."""
    people = User.objects.filter(email__endswith="demo.parvis.test")
    people.update(last_login=now - timedelta(hours=20))
    people.filter(memberships__commune__insee_code=QUIET).exclude(email=story.SHARED_AGENT).update(
        last_login=now - timedelta(days=26)
    )


def _subsidise(communes: list[Commune], *, seed: int, today: date) -> None:
    """Enter requests: the first commune lacks 126 of them, others are all around the steps."""
    live = {each.insee_code for each in story.LIVE}
    served = [each for each in communes if each.insee_code in live]
    DtsYear.objects.bulk_create(
        DtsYear(
            commune=each,
            year=today.year,
            stations=each.station_count,
            connected=max(0, each.station_count - each.pk % 2),
        )
        for each in served
    )
    rows = []
    for each in served:
        luck = random.Random(f"{seed}:dts:{each.insee_code}")  # noqa: S311 (invented figures)
        total = 1750 if each.insee_code == story.LIVE[0].insee_code else luck.randrange(900, 4600)
        months = [date(today.year, month, 1) for month in range(1, today.month + 1)]
        share, rest = divmod(total, len(months))
        rows += [
            DtsMonth(commune=each, month=month, requests=share + (number < rest))
            for number, month in enumerate(months)
        ]
    DtsMonth.objects.bulk_create(rows)


def _write_letters(association: Association, *, now: datetime) -> None:
    """Write the letters of the last closed months, all but the last as sent."""
    communes = reading.live(association, Module.BOOKING)
    last = letters.last_closed(now.date())
    for back in range(WRITTEN):
        month = reading.month_before(last, back)
        following.compare(communes=communes, peers=following.peers(communes), month=month)
        for report in letters.write(association=association, month=month, now=now):
            if back and report.commune.insee_code != SHY and report.commune.email:
                sent = datetime.combine(
                    reading.month_before(month, -1) + timedelta(days=5), now.timetz()
                )
                MonthlyReport.objects.filter(pk=report.pk).update(
                    sent_to=report.commune.email, sent_at=sent, written_at=sent
                )
