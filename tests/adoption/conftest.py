"""Counts, stages and people, as the tests of onboarding make them."""

from tests.onboarding.conftest import at_stage, director, many_communes, publish


__all__ = ["at_stage", "director", "many_communes", "publish"]
