"""Two workers create the same commune at the same instant."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from tenants.provisioning import current_template, drop, provision


def test_two_workers_on_one_commune_make_it_once(real_commune):
    connection.settings_dict["TENANT_ROLES"] = False
    connection.set_schema_to_public()
    template = current_template()

    def make(_number):
        try:
            return provision("c_33904", template=template)
        finally:
            connection.close()

    try:
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(make, range(2))) == [False, True]
    finally:
        drop("c_33904")
