"""Tokens from the command line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from ants import tokens
from ants.models import AntsToken


pytestmark = [pytest.mark.django_db, pytest.mark.public]


def run(*words):
    said = StringIO()
    call_command("ants_token", *words, stdout=said)
    return said.getvalue()


def test_a_token_is_issued_listed_and_revoked_and_its_secret_is_shown_once():
    said = run("issue", "Production", "--until", "2031-06-30")
    secret = said.rpartition(": ")[2].strip()
    number = str(AntsToken.objects.get().pk)

    listed = run("list")
    assert secret not in listed
    assert "valid" in listed
    assert "until 2031-06-30" in listed
    assert "never used" in listed
    assert "is over" in run("revoke", number)
    assert "ended" in run("list")
    with pytest.raises(CommandError):
        run("revoke", number)


def test_the_secret_that_france_titres_gave_is_read_and_not_repeated(monkeypatch):
    typed = iter([" ", " given-by-the-state "])
    monkeypatch.setattr("ants.management.commands.ants_token.getpass", lambda _prompt: next(typed))

    with pytest.raises(CommandError, match="no secret"):
        run("issue", "Vide", "--given")
    said = run("issue", "Pré-production", "--given")

    assert "given-by-the-state" not in said
    assert tokens.secret_of(AntsToken.objects.get()) == "given-by-the-state"


def test_a_third_token_is_refused_and_so_is_a_day_that_is_none():
    run("issue", "Un")
    run("issue", "Deux")

    with pytest.raises(CommandError, match="Deux jetons"):
        run("issue", "Trois")
    with pytest.raises(CommandError, match="YYYY"):
        run("issue", "Quatre", "--until", "demain")
