"""Every field of the database is decided about."""

import pytest

from parvis.personal import NOT_PERSONAL, Kind, Pii, Purpose, fields
from privacy import policy, registry, words
from privacy.policy import RULES, Action, Rule, Trigger, Unit


def test_every_field_of_every_model_is_classified():
    assert registry.undecided() == []


def test_every_personal_field_ends_by_a_rule_and_every_rule_ends_something():
    assert registry.without_rule() == []
    used = {mark.rule for _label, _name, mark in registry.personal()}
    same_fields = {
        *("hold", "pre_application_missed"),
        *("report_cancelled", "report_abusive", "report_unconfirmed"),
    }
    files = {"archive"}
    assert set(RULES) - used - same_fields - files == set()


def test_every_rule_has_its_words():
    assert set(RULES) <= set(words.NAMES)


def test_a_field_that_is_named_twice_is_refused():
    who = Pii(Kind.IDENTITY, Purpose.STAFF, "session")

    with pytest.raises(ValueError, match="name"):
        fields({NOT_PERSONAL: "id name", who: "name"})


def test_a_commune_shortens_freely_and_lengthens_with_a_reason():
    rule = RULES["appointment_contact"]

    assert rule.allows(1, reason="")
    assert not rule.allows(4, reason="")
    assert rule.allows(24, reason="contentieux en cours")
    assert not rule.allows(25, reason="contentieux en cours")
    assert not rule.allows(0, reason="")


def test_what_a_commune_chose_replaces_the_default():
    spans = policy.spans({"appointment_contact": 2})

    assert spans["appointment_contact"] == "2 months"
    assert spans["pre_application"] == "7 days"
    assert set(spans) == set(RULES)


def test_a_default_outside_its_bounds_is_refused():
    with pytest.raises(ValueError, match="between"):
        Rule(Unit.DAYS, 9, Trigger.SENT, Action.DELETE, 1, 3)
