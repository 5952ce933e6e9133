import pytest

from adoption import dashboard
from onboarding import dashboard as members
from onboarding.stages import Module, Stage


@pytest.mark.django_db
@pytest.mark.public
def test_the_summary_counts_equipped_communes_only(
    association, commune, other_commune, many_communes, at_stage, now
):
    at_stage(commune, Stage.LIVE)
    at_stage(other_commune, Stage.CONSIDERING, reason="cost")
    many_communes(2)

    found = dashboard.summary(members.rows(association, today=now.date(), equipped_only=True))
    how_far = dashboard.adoption(association, Module.BOOKING)

    assert (how_far.live, how_far.eligible, how_far.considering) == (1, 4, 1)
    assert found.pioneer.commune == commune
    assert found.trend == "Pas assez de données pour une tendance."
