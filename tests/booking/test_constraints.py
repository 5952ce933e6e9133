"""The database refuses what the choices of a field do not name, and nothing else."""

import pytest
from django.apps import apps
from django.db import models


CHOICES = [
    pytest.param(model, field, id=f"{model.__name__}.{field.name}")
    for model in apps.get_app_config("booking").get_models()
    for field in model._meta.local_fields
    if field.choices
]


def allowed(condition, name):
    """List the values that a constraint allows for a field, one by one or together."""
    for child in condition.children:
        if isinstance(child, models.Q):
            yield from allowed(child, name)
        elif child[0] == f"{name}__in":
            yield from child[1]


def cases(condition, name):
    """List the values for which a constraint says something else each time."""
    for child in condition.children:
        if isinstance(child, models.Q):
            yield from cases(child, name)
        elif child[0] == name:
            yield child[1]


@pytest.mark.parametrize(("model", "field"), CHOICES)
def test_a_constraint_lists_every_choice(model, field):
    # The class Meta does not see the choices nested beside it: it has to repeat their values.
    constraints = [
        each for each in model._meta.constraints if isinstance(each, models.CheckConstraint)
    ]

    listed = [value for each in constraints for value in allowed(each.condition, field.name)]
    listed = listed or [
        value for each in constraints for value in cases(each.condition, field.name)
    ]

    assert sorted(listed) == sorted(value for value, _label in field.flatchoices)


def test_there_are_choices_to_compare():
    assert len(CHOICES) > 5
