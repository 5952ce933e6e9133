"""Facts in, what is missing out: no database."""

from dataclasses import replace
from datetime import date

import pytest

from onboarding.readiness import (
    BY_CODE,
    ITEMS,
    TRIAL_STATUSES,
    Facts,
    ServiceFacts,
    Step,
    is_ready,
    minutes_left,
    missing,
    score,
    steps_done,
    verdicts,
)
from onboarding.readiness_words import LABELS, STEP_TEXTS, STEPS


CARD = ServiceFacts("Carte d’identité", date(2026, 12, 1), has_documents=True)
ALL = Facts(
    has_booking=True,
    has_reports=True,
    dpo_name="Claude Martin",
    dpo_email="dpo@example.org",
    has_secretary=True,
    has_siret=True,
    counters=2,
    openings=10,
    services=(CARD,),
    categories=40,
    admins=2,
    protected_admins=2,
    mail_received=True,
    reply_works=True,
    agreement_signed=True,
    retention_set=True,
    approval_dated=True,
    trial_booked=True,
    trial_cancelled=True,
    trial_statuses=frozenset(TRIAL_STATUSES),
    trained_admins=1,
    referent="Jeanne Duval",
    backup="Paul Faure",
    has_own_domain=True,
    widget_seen=True,
    takeover_done=True,
    poster_up=True,
    urgent_set=True,
)
# For each blocking item, the smallest change of a ready commune that it must notice.
BREAKS = {
    "modules": {"has_booking": False, "has_reports": False},
    "slots": {"services": (replace(CARD, first_day=None),)},
    "documents": {"services": (CARD, replace(CARD, name="PACS", has_documents=False))},
    "admins": {"admins": 1, "protected_admins": 1},
    "second_factor": {"protected_admins": 1},
    "legal": {"legal_missing": ("publisher",)},
    "dpo": {"dpo_email": ""},
    "mail": {"mail_received": False},
    "reply": {"reply_works": False},
    "agreement": {"agreement_signed": False},
    "retention": {"retention_set": False},
    "approval": {"approval_dated": False},
    "receipt": {"receipt_missing": ("email",)},
    "trial_booking": {"trial_cancelled": False},
    "trial_report": {"trial_statuses": frozenset({"accepted"})},
    "training": {"trained_admins": 0},
    "referent": {"backup": ""},
    "domain_proof": {"domains_unproved": ("rdv.example.org",)},
}


def test_a_commune_with_everything_may_open():
    found = verdicts(ALL)

    assert missing(ALL) == []
    assert is_ready(found)
    assert score(found) == 100
    assert all(steps_done(ALL).values())
    assert minutes_left(steps_done(ALL), found) == 0


@pytest.mark.parametrize("code", [item.code for item in ITEMS if item.is_blocking])
def test_each_blocking_item_alone_keeps_the_commune_closed(code):
    facts = replace(ALL, **BREAKS[code])
    found = verdicts(facts)

    assert [each.item.code for each in missing(facts)] == [code]
    assert not is_ready(found)
    assert score(found) < 100
    assert not steps_done(facts)[BY_CODE[code].step]
    assert not steps_done(facts)[Step.CHECK]


def test_only_what_may_be_waived_is_waived():
    facts = replace(ALL, admins=1, protected_admins=1, trained_admins=0, agreement_signed=False)

    still = missing(facts, waived={"admins", "training", "agreement"})

    assert [each.item.code for each in still] == ["agreement"]
    assert {item.code for item in ITEMS if item.is_waivable} == {"admins", "training"}


def test_an_advice_never_closes_the_gate():
    facts = replace(ALL, poster_up=False, widget_seen=False, contrast=4.4, has_own_domain=False)

    assert {each.item.code for each in missing(facts)} == {
        "poster",
        "widget",
        "contrast",
        "own_domain",
    }
    assert is_ready(verdicts(facts))
    assert score(verdicts(facts)) < 100


def test_a_commune_that_starts_is_told_what_blocks_first():
    found = missing(Facts())

    assert [each.item.is_blocking for each in found] == sorted(
        (each.item.is_blocking for each in found), reverse=True
    )
    assert not steps_done(Facts())[Step.SERVICES]
    assert minutes_left(steps_done(Facts()), verdicts(Facts())) <= 25


def test_what_a_commune_does_not_take_up_does_not_concern_it():
    facts = replace(ALL, has_reports=False, trial_statuses=frozenset(), categories=0)

    assert missing(facts) == []
    assert steps_done(facts)[Step.REPORTS]


def test_everything_has_its_words():
    assert set(LABELS) == set(BY_CODE)
    assert set(STEPS) == set(STEP_TEXTS) == set(Step)
