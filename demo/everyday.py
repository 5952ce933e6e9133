"""A year of ordinary reports: received by all ways, repaired within days, rarely otherwise."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from demo import pictures, town
from demo.furnishing import DESK, FOREMAN, beside
from demo.town import Saying, Street
from incidents import darkroom, desk, interventions, photos, reporters
from incidents.actions import move, receive
from incidents.geo import Place
from incidents.interventions import Work
from incidents.models import Asset, Category, Photo, Report
from incidents.workflow import Actor, Status
from onboarding.practice_people import invent


CHANNELS = (
    (Report.Channel.WEB, 58),
    (Report.Channel.PHONE, 20),
    (Report.Channel.COUNTER, 8),
    (Report.Channel.WALK, 7),
    (Report.Channel.EMAIL, 7),
)
BY_STAFF = {
    Report.Channel.PHONE,
    Report.Channel.COUNTER,
    Report.Channel.WALK,
    Report.Channel.EMAIL,
}
VARIANTS = 3  # photos of one kind that differ
RESOLVED, REJECTED = 88, 95  # of a hundred old ones, the rest is cancelled
RECENT = timedelta(days=20)
LATELY = 1.7  # more and more people know that they may report


@dataclass(slots=True)
class Teller:
    """Tells one commune, always the same for the same luck; ``ready_at`` never lies ahead."""

    now: datetime
    luck: random.Random
    categories: dict[str, Category] = field(init=False)
    assets: dict[str, list[Asset]] = field(init=False)

    def __post_init__(self) -> None:
        self.categories = {each.code: each for each in Category.objects.all()}
        known = [("lampadaire", "lampadaire"), ("mobilier", "banc")]
        found = {code: list(Asset.objects.filter(kind=kind)) for code, kind in known}
        self.assets = {code: assets for code, assets in found.items() if assets}

    # moments

    def ago(self, days: float) -> datetime:
        """Return a moment of the day, so many days ago, never ahead of now."""
        moment = (self.now - timedelta(days=days)).replace(
            hour=self.luck.randint(6, 18), minute=self.luck.randrange(60), second=0, microsecond=0
        )
        return min(moment, self.now - timedelta(minutes=20))

    def later(self, since: datetime, days: float) -> datetime:
        """Return a moment of a working day some days later, before now."""
        moment = since + timedelta(days=days)
        if moment.weekday() > 4:  # noqa: PLR2004 (Friday)
            moment += timedelta(days=2)
        moment = moment.replace(hour=self.luck.randint(7, 15), minute=self.luck.randrange(60))
        between = since + (self.now - since) / 2
        return moment if since < moment < self.now else between

    # what citizens do

    def say(  # noqa: PLR0913 (what a form asks)
        self,
        code: str,
        words: str,
        *,
        place: Place | None,
        address: str,
        at: datetime,
        street: Street | None = None,
        channel: str = Report.Channel.WEB,
        praises: Report | None = None,
        asset: Asset | None = None,
        is_known: bool = False,
    ) -> Report:
        """Report something as somebody invented would; who ``is_known`` left an address."""
        person = invent(self.luck)
        writes, gives_name = self.luck.random(), self.luck.random()
        report, _token = receive(
            category=self.categories[code],
            text=words,
            place=place,
            address=address,
            road_class=street.road_class if street else "",
            channel=channel,
            now=at,
            idempotency_key=UUID(int=self.luck.getrandbits(128), version=4),
            name=person.name if gives_name < 0.3 or channel in BY_STAFF else "",  # noqa: PLR2004
            email=person.email if is_known or writes < 0.7 else "",  # noqa: PLR2004
            phone=person.phone if channel == Report.Channel.PHONE else "",
            language="en" if writes < 0.06 and channel not in BY_STAFF else "fr",  # noqa: PLR2004
            praises=praises,
            asset=asset,
            by=DESK if channel in BY_STAFF else None,
        )
        return report

    def in_street(
        self, code: str, words: str, street: Street, *, at: datetime, **options: Any
    ) -> Report:
        """Report something somewhere in a street, with a photo where there is one to take."""
        number = f"{self.luck.randint(1, 60)} " if street.reach < town.HAMLET else ""
        near: dict[str, Any] = {
            "place": beside(street, self.luck),
            "address": f"{number}{street.name}",
        }
        report = self.say(code, words, **(near | {"street": street, "at": at} | options))
        saying = town.SAYINGS.get(code)
        is_shown = self.luck.random() < 0.6 or options.get("is_known", False)  # noqa: PLR2004
        if saying and saying.picture and is_shown:
            self.take_photo(report, saying.picture, at=at)
        return report

    def take_photo(
        self, report: Report, kind: str, *, at: datetime, is_after: bool = False
    ) -> None:
        """Add a photo: the same view before and after."""
        content = drawn(kind, report.pk % VARIANTS, is_after)
        stage = Photo.Stage.AFTER if is_after else Photo.Stage.BEFORE
        photos.add(
            report=report, content=content, stage=stage, now=at, by=FOREMAN if is_after else None
        )

    # what the team does

    def move(
        self, report: Report, to: Status, *, at: datetime, words: str = "", **more: Any
    ) -> Report:
        """Move a report as the team does."""
        return move(
            report=report, to=to, actor=Actor.STAFF, by=FOREMAN, now=at, text=words, **more
        )

    def repair(self, report: Report, *, since: datetime, days: float) -> datetime:
        """Take it on, work, and say that it is done, within so many days; return when."""
        saying = town.SAYINGS.get(report.category.code, Saying(weight=0, words=()))
        taken = self.later(since, days * 0.3)
        self.move(report, Status.ACCEPTED, at=taken)
        done = self.later(taken, days * 0.7)
        if report.category.needs_after_photo:
            self.take_photo(report, saying.picture or "drain", at=done, is_after=True)
        self.work(report, saying, at=done)
        self.move(report, Status.RESOLVED, at=done, words=saying.done, reason="repaired")
        return done

    def work(self, report: Report, saying: Saying, *, at: datetime) -> None:
        """Write down the visit, for two in three."""
        if self.luck.random() < 0.34:  # noqa: PLR2004
            return
        minutes = round(saying.minutes * self.luck.uniform(0.7, 1.6) / 5) * 5
        interventions.keep(
            reports=[report],
            work=Work(
                done_on=at.date(),
                minutes=minutes,
                material=saying.material,
                cost_cents=saying.cost_cents,
                team=report.team,
            ),
            by=FOREMAN,
            key=UUID(int=self.luck.getrandbits(128), version=4),
            now=at,
        )

    def publish(self, report: Report, *, at: datetime) -> None:
        """Let everybody read it, unless its category is for nobody else."""
        if report.category.moderation != Category.Moderation.NEVER:
            desk.publish(report=report, by=DESK, now=at)

    # a year

    def year(self, count: int, streets: tuple[Street, ...], *, days: int = 360) -> list[Report]:
        """Tell that many ordinary reports of the last days."""
        codes = list(town.SAYINGS)
        weights = [each.weight for each in town.SAYINGS.values()]
        told = []
        for rank in range(count):
            code = self.luck.choices(codes, weights)[0]
            age = days * (1 - (rank + self.luck.random()) / count) ** LATELY
            channel = self.luck.choices([key for key, _w in CHANNELS], [w for _key, w in CHANNELS])
            words = self.luck.choice(town.SAYINGS[code].words)
            options: dict[str, Any] = {"at": self.ago(age), "channel": channel[0]}
            if code in self.assets and channel[0] == Report.Channel.WEB:
                options |= self._by_its_sticker(code)
            told.append(self.in_street(code, words, self.luck.choice(streets), **options))
            self.follow_up(told[-1])
        return told

    def _by_its_sticker(self, code: str) -> dict[str, Any]:
        """Let the thing itself say where it is."""
        asset = self.luck.choice(self.assets[code])
        place = Place(asset.lat, asset.lon)
        known = {"asset": asset, "place": place, "address": asset.name}
        return known | {"channel": Report.Channel.STICKER}

    def follow_up(self, report: Report) -> None:
        """Let the team do with an ordinary report what it usually does."""
        said = report.submitted_at
        is_recent = self.now - said < RECENT
        turn = self.luck.randrange(100)
        if is_recent and turn < 62:  # noqa: PLR2004 (many of the last weeks are under way)
            if turn < 42:  # noqa: PLR2004
                self.move(report, Status.ACCEPTED, at=self.later(said, 2))
            return
        if turn < RESOLVED:
            promised = (report.due_at - said) / timedelta(days=1) if report.due_at else 7
            days = max(0.4, promised * self.luck.lognormvariate(-0.6, 0.5))
            if said + timedelta(days=days + 2) > self.now:  # there was no time yet
                self.move(report, Status.ACCEPTED, at=self.later(said, 1))
                return
            self.rate(report, at=self.repair(report, since=said, days=days))
        elif turn < REJECTED:
            words = "Nous sommes passés et n’avons rien trouvé à cet endroit."
            at = self.later(said, self.luck.uniform(1, 6))
            self.move(report, Status.REJECTED, at=at, words=words, reason="not_found")
        else:
            reporters.cancel(report=report, now=self.later(said, 1))

    def rate(self, report: Report, *, at: datetime) -> None:
        """Let one in three say how satisfied she is."""
        if report.contact.email and self.luck.random() < 0.4:  # noqa: PLR2004
            reporters.rate(
                report=report,
                satisfaction=self.luck.choice((5, 5, 5, 4, 4, 4, 3, 2)),
                now=self.later(at, 1),
            )


@cache
def drawn(kind: str, seed: int, is_after: bool) -> bytes:  # noqa: FBT001 (a cache key)
    """Draw a photo once."""
    return pictures.draw(kind, seed=seed, is_after=is_after)


def developed(module: str, *arguments: str) -> Any:
    """Develop a drawing here: nobody sent it, and nobody's face is on it."""
    if module == "incidents.faces":
        return {"faces": [], "plates": []}
    source, folder, stem = Path(arguments[0]), Path(arguments[1]), arguments[2]
    said, renditions = _once(source.read_bytes())
    for size, content in renditions.items():
        (folder / f"{stem}-{size}.jpg").write_bytes(content)
    return said


@cache
def _once(content: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Develop the same drawing only once."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "original").write_bytes(content)
        said = darkroom.develop(folder / "original", folder, "clean", blurred=[])
        files = {size: folder / f"clean-{size}.jpg" for size in darkroom.RENDITIONS}
        return said, {size: path.read_bytes() for size, path in files.items()}
