"""Write the derived pages of ``docs/trust/``; say in one line what each holds."""

import django


django.setup()

from privacy.registry import tables
from tests import test_matrix
from trust import pages
from trust.table import ROOT, read


def main() -> None:
    """Write them all."""
    rows = read()
    folder = ROOT / "docs/trust"
    others = [f"{role} of another commune" for role in test_matrix.COMMUNE_ROLES]
    actors = ["anonymous", *test_matrix.COMMUNE_ROLES, *others, *test_matrix.ASSOCIATION_ROLES]
    written = {
        "asvs.md": pages.asvs(rows),
        "isolation.md": pages.isolation(test_matrix.MATRIX, actors),
        "personal-data.md": pages.personal_data(tables()),
        "README.md": pages.README,
    }
    for name, page in written.items():
        (folder / name).write_text(page, encoding="utf-8")
        print(f"docs/trust/{name}: {page.count(chr(10))} lines")
    print(pages.summary(rows))


main()
