"""Finding a commune of France while somebody types."""

from django.core.management import call_command

from benchmarks.measure import Sheet, alternate, median, percentile
from tenants.models import OfficialCommune


QUERIES = ("st emil", "pauillac", "33250", "33314", "s", "la", "saint", "bord", "l hay")


def run(sheet: Sheet) -> None:
    """Print how long a search takes over all communes."""
    if OfficialCommune.objects.count() < 30_000:
        call_command("import_communes", verbosity=0)
    names = [commune.name for commune in OfficialCommune.objects.search("st emil")]
    assert names[0] == "Saint-Émilion", names
    works = [lambda q=q: list(OfficialCommune.objects.search(q)) for q in QUERIES]
    for query, times in zip(QUERIES, alternate(25, *works), strict=True):
        sheet.line(
            "S1",
            f"search “{query}” over {OfficialCommune.objects.count()} communes:"
            f" median {median(times):.1f} ms, p95 {percentile(times, 0.95):.1f} ms (< 20)",
            holds=median(times) < 20,
        )
