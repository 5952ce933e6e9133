"""What the association's night makes of the counts: benchmarks, health, what to call about."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from adoption import cohorts, health, reading
from adoption.cohorts import Cohort, Place
from adoption.comparison_words import HEALTH, PRACTICES
from adoption.definitions import COMPARED, DEFINITIONS
from adoption.health import Line
from adoption.models import Benchmark, HealthScore
from adoption.reading import NOTHING, Known
from onboarding.models import Task
from onboarding.stages import Module
from tenants.models import Association, Commune


MONTHS = 2  # whose benchmarks may still move
KEPT_DAYS = 400


@transaction.atomic
def follow(*, association: Association, now: datetime) -> int:
    """Compare, rate and note what to call about; returns how many communes were rated."""
    today = now.date()
    communes = reading.live(association, Module.BOOKING)
    similar = peers(communes)
    for back in range(MONTHS):
        compare(
            communes=communes,
            peers=similar,
            month=reading.month_before(today, back),
        )
    scores = rate(communes=communes, peers=similar, today=today)
    _ask_to_call(communes, scores, today=today)
    HealthScore.objects.filter(
        commune__in=communes, day__lt=today - timedelta(days=KEPT_DAYS)
    ).delete()
    return len(scores)


def compare(*, communes: Collection[Commune], peers: Mapping[int, Cohort], month: date) -> None:
    """Publish for each commune where its peers lie, one month, figure by figure."""
    keys = [commune.pk for commune in communes]
    codes = [*COMPARED, *(f"practice_{name}" for name in PRACTICES)]
    rows = reading.by_month(keys, codes, first=month, last=month)
    habits = {
        pk: {name for name in PRACTICES if rows.get((pk, f"practice_{name}", month)) == (1, 1)}
        for pk in keys
    }
    found = []
    for code in COMPARED:
        definition = DEFINITIONS[code]
        told = {
            pk: value
            for pk in keys
            if (value := definition.value(*rows.get((pk, code, month), NOTHING))) is not None
        }
        for pk in keys:
            if benchmark := _benchmark(pk, code, told, peers=peers, habits=habits):
                benchmark.month = month
                found.append(benchmark)
    Benchmark.objects.filter(commune__in=keys, month=month).delete()
    Benchmark.objects.bulk_create(found)


def rate(
    *, communes: Collection[Commune], peers: Mapping[int, Cohort], today: date
) -> dict[int, int | None]:
    """Rate the health of each commune today, line by line."""
    known = reading.known([commune.pk for commune in communes], today=today)
    rated: dict[int, int | None] = {}
    rows = []
    for commune in communes:
        lines = _lines(commune.pk, known, peers.get(commune.pk))
        rated[commune.pk] = health.score(lines)
        rows.append(
            HealthScore(
                commune=commune,
                day=today,
                score=rated[commune.pk],
                lines=[asdict(line) for line in lines],
            )
        )
    HealthScore.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["commune", "day"],
        update_fields=["score", "lines"],
    )
    return rated


def peers(communes: Collection[Commune]) -> dict[int, Cohort]:
    """Find the peers of each commune; those that have not five are absent."""
    places = [Place(each.pk, each.population, each.station_count) for each in communes]
    found = {place.key: cohorts.cohort(place, places) for place in places}
    return {pk: cohort for pk, cohort in found.items() if cohort is not None}


def _benchmark(
    pk: int,
    code: str,
    told: Mapping[int, float],
    *,
    peers: Mapping[int, Cohort],
    habits: Mapping[int, set[str]],
) -> Benchmark | None:
    cohort = peers.get(pk)
    values = {key: told[key] for key in (cohort.members if cohort else ()) if key in told}
    if cohort is None or len(values) < cohorts.FEWEST:
        return None
    cuts = cohorts.quartiles(list(values.values()))
    return Benchmark(
        commune_id=pk,
        module=DEFINITIONS[code].module,
        code=code,
        size=len(values),
        low=cuts.low,
        middle=cuts.middle,
        high=cuts.high,
        dropped=",".join(cohort.dropped),
        practice=cohorts.differing_practice(
            habits[pk], habits, values, is_high_good=bool(DEFINITIONS[code].is_high_good)
        ),
    )


def _lines(pk: int, known: Mapping[int, Known], cohort: Cohort | None) -> list[Line]:
    mine = known.get(pk, Known())
    others = [known[key] for key in (cohort.members if cohort else ()) if key in known]
    taken, taken_before = _taken([mine])
    theirs, theirs_before = _taken(others)
    shares = [value for each in others if (value := each.value("online_share")) is not None]
    cuts = cohorts.quartiles(shares) if len(shares) >= cohorts.FEWEST else None
    slot = mine.state.get("first_slot_days")
    shares_of = {
        "usage": health.usage(
            taken, taken_before, season=theirs / theirs_before if theirs_before else None
        ),
        "online": health.online(
            mine.value("online_share"),
            low=cuts.low if cuts else None,
            middle=cuts.middle if cuts else None,
        ),
        "staff": health.staff(*mine.state.get("staff_active", NOTHING)),
        "freshness": health.freshness(
            unmarked=mine.value("unmarked_share"),
            silent=_ratio(mine.state.get("inc_silent", NOTHING)),
            has_slot=None if slot is None else bool(slot[1]),
        ),
        "training": _ratio(mine.state.get("trained_share", NOTHING)),
        "support": None,
        "billing": None,
    }
    return [
        Line(key, None if value is None else round(value, 3)) for key, value in shares_of.items()
    ]


def _taken(those: Collection[Known]) -> tuple[int, int]:
    """Add up the appointments taken in 28 days, and in the 28 before."""
    return (
        sum(each.now.get("online_share", NOTHING)[1] for each in those),
        sum(each.before.get("online_share", NOTHING)[1] for each in those),
    )


def _ratio(pair: tuple[int, int]) -> float | None:
    num, den = pair
    return num / den if den else None


def _ask_to_call(
    communes: Collection[Commune], scores: Mapping[int, int | None], *, today: date
) -> None:
    """Note one call a month for each commune whose score is red."""
    with translation.override(settings.LANGUAGE_CODE):
        Task.objects.bulk_create(
            [
                Task(
                    commune=commune,
                    module=Module.BOOKING,
                    rule=Task.Rule.HEALTH,
                    key=f"health:{commune.pk}:{today:%Y-%m}",
                    about=today,
                    due=today,
                    title=_("Appeler : la note de santé est de %(score)s sur 100")
                    % {"score": scores[commune.pk]},
                    why=_("Les lignes de la note sont dans Mesures, Santé, %(name)s.")
                    % {"name": commune.name},
                    script=_(
                        "« Comment se passent vos rendez-vous depuis un mois ? Qu’est-ce qui prend"
                        " du temps à l’accueil ? Je peux passer vous voir. »"
                    ),
                )
                for commune in communes
                if health.is_red(scores.get(commune.pk))
            ],
            ignore_conflicts=True,
        )


def told(score: HealthScore) -> list[tuple[str, int, float | None]]:
    """Return the lines of a score in words, with their weight and their points."""
    return [
        (str(HEALTH[line["key"]]), each.weight, each.points)
        for line in score.lines
        for each in (Line(line["key"], line["share"]),)
    ]
