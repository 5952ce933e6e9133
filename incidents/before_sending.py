"""What is said once before a report is received: danger, another commune, the same report."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime

from incidents import already, where
from incidents.geo import Place
from incidents.models import Asset, Category
from parvis.report_pieces import KnownReport


OUTSIDE = "outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stops:
    """What a citizen should read first; each once, then she sends if she likes."""

    danger: str = ""
    is_danger: bool = False
    is_outside: bool = False
    neighbour: where.Neighbour | None = None
    known: list[KnownReport] = field(default_factory=list)
    code: str = ""

    def __bool__(self) -> bool:
        return bool(self.danger or self.is_danger or self.is_outside or self.known)

    @property
    def may_be_skipped(self) -> bool:
        """Whether it may go unsaid to a form that was sent without network, and is away."""
        return not self.is_danger

    @property
    def marks(self) -> list[str]:
        """Name what is said, so that it is not said again."""
        said = [f"danger:{self.code}"] if self.danger else []
        said += [f"now:{self.code}"] if self.is_danger else []
        said += [OUTSIDE] if self.is_outside else []
        return [*said, *(each.reference for each in self.known)]

    def unseen(self, seen: list[str]) -> "Stops":
        """Leave out what was read."""
        is_outside = self.is_outside and OUTSIDE not in seen
        return replace(
            self,
            danger="" if f"danger:{self.code}" in seen else self.danger,
            is_danger=self.is_danger and f"now:{self.code}" not in seen,
            is_outside=is_outside,
            neighbour=self.neighbour if is_outside else None,
            known=[each for each in self.known if each.reference not in seen],
        )


def stops(category: Category, place: Place | None, *, is_danger: bool, now: datetime) -> Stops:
    """Find what to say before a report of this category at this place."""
    if category.door == Category.Door.REDIRECT:
        return Stops(code=category.code)
    is_outside = place is not None and not where.is_here(place)
    return Stops(
        code=category.code,
        danger=category.danger_text,
        is_danger=is_danger,
        is_outside=is_outside,
        neighbour=where.whose(place) if place is not None and is_outside else None,
        known=already.near(category, place=place, now=now) if place and not is_outside else [],
    )


def name_of(asset: Asset) -> str:
    """Name an object as a citizen reads it on its sticker."""
    return asset.name or f"{asset.kind[:1].upper()}{asset.kind[1:]} {asset.code}".strip()


def likely_category(asset: Asset) -> str:
    """Guess what is wrong with an object: what is reported most of its kind, else by its name."""
    offered = Category.objects.offered().filter(door=Category.Door.REPORT)
    past = Counter(
        offered.filter(reports__asset__kind=asset.kind).values_list("code", flat=True)[:500]
    )
    if past:
        return past.most_common(1)[0][0]
    kind = asset.kind.casefold()
    for each in offered:
        if kind and kind in f"{each.code} {each.name} {each.keywords}".casefold():
            return each.code
    return ""
