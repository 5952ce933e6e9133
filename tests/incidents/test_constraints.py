"""The database refuses what the choices of a field do not name, and nothing else."""

import pytest
from django.apps import apps
from django.db import models


CHOICES = [
    pytest.param(model, field, id=f"{model.__name__}.{field.name}")
    for model in apps.get_app_config("incidents").get_models()
    for field in model._meta.local_fields
    if field.choices
]


def listed(model, name):
    """Return the values that a constraint of nothing else allows for a field."""
    for each in model._meta.constraints:
        if isinstance(each, models.CheckConstraint) and len(each.condition.children) == 1:
            child = each.condition.children[0]
            if not isinstance(child, models.Q) and child[0] == f"{name}__in":
                return set(child[1])
    return set()


@pytest.mark.parametrize(("model", "field"), CHOICES)
def test_a_constraint_lists_every_choice(model, field):
    allowed = {value for value, _label in field.flatchoices}

    assert listed(model, field.name) == (allowed | {""} if field.blank else allowed)


def test_there_are_choices_to_compare():
    assert len(CHOICES) > 15
