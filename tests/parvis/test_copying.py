"""Rows written by COPY."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django_tenants.utils import schema_context

from booking.models import Closure
from parvis.copying import copy
from parvis.guard import WrongTenant
from tests.factories import TUESDAY_NINE, SiteFactory
from tests.tenants.test_walls import OTHER


pytestmark = pytest.mark.django_db


def closures(site, *, hours):
    return [
        Closure(
            site=site,
            period=DateTimeTZRange(TUESDAY_NINE, TUESDAY_NINE + timedelta(hours=each)),
            reason="L’eau\tmonte \\ \n « là »",
        )
        for each in hours
    ]


def test_what_is_copied_is_read_back_under_the_numbers_given(commune):
    rows = closures(SiteFactory(), hours=(1, 2))

    copy(rows)

    assert list(Closure.objects.order_by("pk").values("pk", "site", "period", "reason")) == [
        {"pk": each.pk, "site": each.site_id, "period": each.period, "reason": each.reason}
        for each in rows
    ]
    rows[0].reason = "Crue"
    rows[0].save()
    assert Closure.objects.filter(reason="Crue").count() == 1


def test_one_row_refused_and_none_is_written(commune):
    with pytest.raises(IntegrityError), transaction.atomic():
        copy(closures(SiteFactory(), hours=(1, 0)))

    assert not Closure.objects.exists()


def test_a_row_of_another_commune_is_refused(commune, other_commune):
    rows = closures(SiteFactory(), hours=(1,))

    with schema_context(OTHER), pytest.raises(WrongTenant):
        copy(rows)


def test_nothing_is_copied_without_a_question(commune, django_assert_num_queries):
    with django_assert_num_queries(0):
        copy([])
