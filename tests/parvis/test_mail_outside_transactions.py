"""A message outside a transaction could outlive its reason."""

import pytest
from django.core.mail import EmailMessage, get_connection


def test_writing_outside_a_transaction_is_a_bug(real_commune):
    message = EmailMessage("Sujet", "Texte", to=["anne@example.org"])

    with pytest.raises(RuntimeError, match="transaction"):
        get_connection("parvis.mail.Outbox").send_messages([message])
