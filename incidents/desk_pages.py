"""What the list, the board and the map of the team share: one filter, its tabs and its chips."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

from identity.members import Member
from incidents import access, filters, found, offered, paging, topics
from incidents.filter_forms import FLAG_WORDS, STATE_WORDS, ExportForm, FilterForm, SaveForm
from incidents.filters import Filter
from incidents.models import Category, Report, ReportQuerySet
from incidents.models.reports import STATUS_WORDS
from incidents.offered import Offered
from incidents.staff_pages import current_member
from incidents.workflow import Status
from parvis.cards import Chip
from parvis.pieces import Tab
from parvis.typo import date_courte


TABS = (filters.TO_DO, filters.DOING, filters.WAITS, filters.DONE, filters.ALL)
VIEW_ICONS = {"liste": "list", "tableau": "columns-3", "carte": "map"}
FLAG_ICONS = {"late": "clock-alert", "silent": "bell-off", "unread": "eye", "contested": "undo-2"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an address asks for, who asks, and the reports that answer, whatever their state."""

    wanted: Filter
    view: str
    known: Offered
    member: Member
    now: datetime
    reports: ReportQuerySet

    @property
    def may_handle(self) -> bool:
        """Whether she may change what she sees."""
        return access.may_handle(self.member)

    def address(self, wanted: Filter | None = None, /, *, view: str = "", **more: str) -> str:
        """Write the address of a filter, in this view or another."""
        shown = view or self.view
        added = ({} if shown == filters.VIEWS[0] else {"vue": shown}) | more
        return "?" + "&".join(filter(None, [(wanted or self.wanted).to_query(), urlencode(added)]))


def read(request: HttpRequest, *, now: datetime) -> Asked:
    """Read what the address asks; one query, another for a quarter."""
    member = current_member(request)
    known = offered.read(user_id=member.user_id)
    wanted = filters.read(request.GET.dict(), known)
    view = request.GET.get("vue", "")
    return Asked(
        wanted=wanted,
        view=view if view in filters.VIEWS else filters.VIEWS[0],
        known=known,
        member=member,
        now=now,
        reports=found.in_any_state(wanted, known=known, now=now, user_id=member.user_id),
    )


def shown(
    asked: Asked, more: Mapping[str, ReportQuerySet] | None = None
) -> tuple[dict[str, Any], dict[str, int]]:
    """Return what all views show around their reports, and how many these and ``more`` are.

    One query.
    """
    counted = paging.counts(
        {name: found.in_states(asked.reports, filters.GROUPS[name]) for name in TABS}
        | {
            "here": found.in_states(asked.reports, asked.wanted.states),
            "unfiltered": found.in_states(Report.objects.all(), asked.wanted.states),
        }
        | dict(more or {})
    )
    wanted = asked.wanted
    clear = asked.address(Filter(state=wanted.state))
    context = {
        "asked": asked,
        "topic": topics.DESK,
        "wanted": wanted,
        "may_handle": asked.may_handle,
        "views": _views(asked),
        "tabs": [_tab(asked, name, counted[name]) for name in TABS],
        "quick": list(_quick(asked)),
        "narrowed": list(_narrowed(asked)),
        "form": FilterForm(wanted, asked.known),
        "clear": clear,
        "hidden": _hidden(asked),
        "count": in_words(counted["here"]),
        "unfiltered": in_words(counted["unfiltered"]),
        "nothing_at_all": not wanted.is_narrow and not counted[filters.ALL],
        "saved": [(each, f"?{each.query}") for each in asked.known.saved],
        "export": ExportForm(may_handle=asked.may_handle),
        "exported": parse_qsl(wanted.to_query()),
        "save": SaveForm(initial={"query": asked.address().removeprefix("?")}),
    }
    return context, counted


def in_words(count: int) -> str:
    """Write a count, which stops at five hundred."""
    if count > paging.COUNTED_MOST:
        return _("plus de %(most)s") % {"most": paging.COUNTED_MOST}
    return str(count)


def _views(asked: Asked) -> list[Tab]:
    words = {"liste": _("Liste"), "tableau": _("Tableau"), "carte": _("Carte")}
    return [
        Tab(
            label=words[name],
            href=asked.address(view=name),
            current=name == asked.view,
            icon=VIEW_ICONS[name],
        )
        for name in filters.VIEWS
    ]


def _tab(asked: Asked, name: str, count: int) -> Tab:
    label = str(STATE_WORDS[name])
    is_many = count > paging.COUNTED_MOST
    return Tab(
        label=f"{label} ({in_words(count)})" if is_many else label,
        href=asked.address(replace(asked.wanted, state=name, order="")),
        current=name == asked.wanted.state,
        count=None if is_many else count,
    )


def _quick(asked: Asked) -> Iterator[Chip]:
    """List the parts that one press sets."""
    wanted = asked.wanted
    is_mine = wanted.person == filters.MINE
    turned = replace(wanted, person="" if is_mine else filters.MINE)
    yield Chip(label=_("Les miens"), href=asked.address(turned), is_on=is_mine, icon="user")
    for name, label in FLAG_WORDS.items():
        is_on = getattr(wanted, name)
        other_way: dict[str, Any] = {name: not is_on}
        turned = replace(wanted, **other_way)
        yield Chip(
            label=str(label), href=asked.address(turned), is_on=is_on, icon=FLAG_ICONS[name]
        )


def _hidden(asked: Asked) -> list[tuple[str, str]]:
    """List what the form of filters keeps without showing it."""
    kept = [] if asked.view == filters.VIEWS[0] else [("vue", asked.view)]
    return kept + [
        (filters.FLAGS[name], "1") for name in filters.FLAGS if getattr(asked.wanted, name)
    ]


def _narrowed(asked: Asked) -> Iterator[Chip]:
    """List the other parts that are set, each to be taken away."""
    usual = Filter()
    for name, label in _said(asked).items():
        if label:
            without = replace(asked.wanted, **{name: getattr(usual, name)})
            yield Chip(label=label, href=asked.address(without), is_on=True)
    if asked.wanted.is_narrow:
        clear = asked.address(Filter(state=asked.wanted.state))
        yield Chip(label=_("Tout effacer"), href=clear, icon="x")


def _said(asked: Asked) -> dict[str, str]:
    """Say in words what a filter asks, part by part; nothing for what it does not ask."""
    wanted, known = asked.wanted, asked.known
    kinds = {each.code: each.name for each in known.kinds} | {each: each for each in known.groups}
    teams = {filters.NOBODY: _("sans équipe")} | {str(pk): name for pk, name in known.teams}
    people = {filters.NOBODY: _("confié à personne")} | {
        str(pk): name for pk, name in known.people
    }
    priority = dict(Report.Priority.choices).get(wanted.priority, "")
    is_single = wanted.state not in TABS
    states = {str(each): STATUS_WORDS[each] for each in Status} | STATE_WORDS
    return {
        "state": str(states[wanted.state]) if is_single else "",
        "words": _("« %(words)s »") % {"words": wanted.words} if wanted.words else "",
        "kind": kinds.get(wanted.kind, ""),
        "zone": dict(known.zones).get(wanted.zone, ""),
        "team": str(teams.get(wanted.team, "")),
        "person": str(people.get(wanted.person, "")),
        "priority": _("priorité %(word)s") % {"word": priority} if priority else "",
        "channel": str(dict(Report.Channel.choices).get(wanted.channel, "")),
        "door": str(dict(Category.Door.choices).get(wanted.door, "")),
        "since": _("depuis le %(day)s") % {"day": date_courte(wanted.since)}
        if wanted.since
        else "",
        "until": _("jusqu’au %(day)s") % {"day": date_courte(wanted.until)}
        if wanted.until
        else "",
    }
