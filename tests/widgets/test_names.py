"""Which host name may be asked for: words only."""

import pytest

from widgets.names import NotToBeHad, Refusal, parse, words_of


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("rdv.pauillac.fr", "rdv.pauillac.fr"),
        (" HTTPS://RDV.Pauillac.FR./accueil ", "rdv.pauillac.fr"),
        ("rdv.pauillac.fr:443", "rdv.pauillac.fr"),
        ("démarches.pauillac.fr", "xn--dmarches-b1a.pauillac.fr"),
        ("xn--dmarches-b1a.pauillac.fr", "xn--dmarches-b1a.pauillac.fr"),
    ],
)
def test_a_name_is_read_however_it_is_typed(typed, name):
    assert parse(typed, base="parvis.example.org") == name


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", Refusal.MALFORMED),
        ("rdv pauillac.fr", Refusal.MALFORMED),
        ("a..fr", Refusal.MALFORMED),
        ("-rdv.pauillac.fr", Refusal.MALFORMED),
        ("_verif.rdv.pauillac.fr", Refusal.MALFORMED),
        ("*.pauillac.fr", Refusal.MALFORMED),
        ("admin@rdv.pauillac.fr", Refusal.MALFORMED),
        ("rdv.pauillac.fr:8080", Refusal.MALFORMED),
        ("x" * 64 + ".pauillac.fr", Refusal.MALFORMED),
        ("a." * 200 + "fr", Refusal.MALFORMED),
        ("rdv.pauillac.fr\x00", Refusal.MALFORMED),
        ("xn--.pauillac.fr", Refusal.MALFORMED),
        ("192.0.2.1", Refusal.ADDRESS),
        ("0x7f.0.0.1", Refusal.ADDRESS),
        ("2130706433", Refusal.ADDRESS),
        ("[::1]", Refusal.ADDRESS),
        ("2001:db8::1", Refusal.ADDRESS),
        ("rdv.pauillac.7", Refusal.ADDRESS),
        ("rdv.раuillac.fr", Refusal.ALPHABET),  # noqa: RUF001 - that is the point
        ("rdv.xn--uillac-6fg2a.fr", Refusal.ALPHABET),
        ("rdv.pauıllac.fr", Refusal.ALPHABET),  # noqa: RUF001
        ("parvis.example.org", Refusal.PLATFORM),
        ("pauillac.parvis.example.org", Refusal.PLATFORM),
        ("connexion.parvis.example.org", Refusal.PLATFORM),
        ("example.org", Refusal.PLATFORM),
        ("rdv.pauillac.localhost", Refusal.NOWHERE),
        ("rdv.pauillac.internal", Refusal.NOWHERE),
        ("www.pauillac.fr", Refusal.WWW),
        ("pauillac.fr", Refusal.TOO_SHORT),
    ],
)
def test_what_is_no_name_of_a_commune_is_refused(typed, why):
    with pytest.raises(NotToBeHad) as refusal:
        parse(typed, base="parvis.example.org")

    assert refusal.value.why == why


def test_the_words_that_may_name_a_commune_are_found():
    assert {"lacanau", "rdv"} <= words_of("rdv.mairie-lacanau.fr")
