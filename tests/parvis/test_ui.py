"""Components: what they promise to pages, and that every page built from them is sound."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import html5lib
import pytest
from django import forms
from django.db import connection
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from lucide import IconDoesNotExist

from parvis import error_views, gallery
from parvis.errors import DomainError


NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
PAUILLAC = SimpleNamespace(
    state="ready",
    name="Pauillac",
    brand_colour="#7a1f3d",
    phone="0556591717",
    email="mairie@pauillac.example",
    address="1 quai Antoine-Ferchaud, 33250 Pauillac",
    hours=[[0, 4, [["08:30", "12:30"]]]],
)
ERRORS = {
    400: error_views.bad_request,
    403: error_views.forbidden,
    404: error_views.not_found,
    410: error_views.gone,
    413: error_views.too_large,
    429: error_views.too_many,
    500: error_views.server_error,
    503: error_views.unavailable,
}


class NameForm(forms.Form):
    """One wrong field is enough."""

    name = forms.CharField(
        label="Nom",
        help_text="Comme sur la carte",
        error_messages={"required": "Saisissez le nom"},
    )


def show(text, **values):
    return Template(text).render(Context(values))


def request_of(commune):
    request = RequestFactory().get("/ui/")
    request.commune, request.association, request.site_kind = commune, None, "commune"
    return request


def refuse(*arguments):
    raise AssertionError("An error page asked the database.")


def parse(text):
    return html5lib.HTMLParser(strict=True).parse(text)


def test_an_icon_is_silent_unless_it_stands_alone():
    assert 'aria-hidden="true"' in show('{% icon "calendar" %}')
    assert 'aria-label="Agenda"' in show('{% icon "calendar" label="Agenda" %}')


def test_an_unknown_icon_fails_at_once():
    with pytest.raises(IconDoesNotExist):
        show('{% icon "no-such-icon" %}')


def test_a_button_is_a_link_when_it_has_an_address():
    assert show('{% button "Voir" href="/x/" %}').startswith("<a ")
    assert show('{% button "Envoyer" name="step" value="2" %}').startswith("<button ")


def test_what_a_person_typed_is_escaped_everywhere():
    text = show(
        "{% button x %}{% panel title=x %}{{ x }}{% endpanel %}{% row x x change=x %}"
        "{% item x href=x text=x %}{% badge x %}{% td x href=x %}{% reference x %}{% crest x %}",
        x='<b onclick="y">',
    )

    assert "<b " not in text


def test_a_button_of_its_own_form_carries_the_token():
    text = show('{% post_button "Garder" action="/garder/" %}', csrf_token="abc")

    assert 'method="post"' in text
    assert 'value="abc"' in text


def test_the_error_summary_leads_to_the_first_wrong_field_and_the_field_says_why():
    form = NameForm({})

    text = show("{% error_summary form %}{{ form }}", form=form)

    assert '<a href="#id_name">Saisissez le nom</a>' in text
    assert 'aria-invalid="true"' in text
    assert 'aria-describedby="id_name_helptext id_name_error"' in text
    assert text.count("Saisissez le nom") == 2


def test_a_form_nobody_sent_has_no_error_summary():
    assert show("{% error_summary form %}", form=NameForm()).strip() == ""


def test_errors_of_the_whole_form_are_said_once():
    form = NameForm({"name": "Jeanne"})
    form.add_error(None, "Ce créneau vient d’être pris.")

    text = show("{% error_summary form %}{{ form }}", form=form)

    assert text.count("vient d’être pris") == 1


def test_each_slot_is_a_button_that_says_its_day_to_screen_readers():
    text = show("{% slots days %}", days=gallery.slot_days())

    assert text.count('name="slot"') == 10
    assert "Complet" in text
    assert "Fermé" in text
    assert "<form" in text
    assert 'method="get"' not in text


def test_the_hold_says_how_long_is_left_and_offers_more():
    text = show(
        "{% hold until=until now=now action='/x/' %}", until=NOW + timedelta(minutes=8), now=NOW
    )
    over = show("{% hold until=now now=now action='/x/' %}", now=NOW)

    assert "9\u00a0h\u00a008" in text
    assert "8 minutes" in text
    assert "Garder 10 minutes de plus" in text
    assert "Garder 10 minutes" not in over


def test_a_sorted_column_says_so_and_keeps_the_filters():
    request = RequestFactory().get("/", {"sort": "name", "q": "a&b", "page": "3"})

    text = show('{% th "Commune" sort="name" %}', request=request)

    assert 'aria-sort="ascending"' in text
    assert "sort=-name" in text
    assert "q=a%26b" in text
    assert "page=" not in text


def test_the_diary_places_an_entry_on_its_five_minute_row():
    text = show(
        "{% diary columns opens=opens closes=closes now=now %}",
        columns=gallery.counters(),
        opens=gallery.time(8, 30),
        closes=gallery.time(12),
        now=NOW,
    )

    assert "at-13 for-5" in text  # 9 h, 25 minutes, on a grid that starts at 8 h
    assert "diary__now at-13" in text


def test_a_misspelt_argument_is_an_error_not_a_silence():
    with pytest.raises((TemplateSyntaxError, TypeError)):
        show('{% button "x" hreff="/" %}')


@pytest.mark.parametrize("page", gallery.PAGES)
def test_each_page_of_the_gallery_is_valid_html(page):
    request = request_of(PAUILLAC)
    request.GET = request.GET.copy()
    request.GET["page"] = page

    text = gallery.gallery(request).content.decode()

    parse(text)
    assert text.count("<h1") == 1
    assert "Accessibilité\u00a0: partiellement conforme" in text
    assert re.search(r"<title>.* – Mairie de Pauillac</title>", text)
    assert ("<title>Erreur – " in text) is (page == "formulaire")
    assert not re.search(r"\sstyle=|\son\w+=", text)


def test_ids_are_unique_on_every_page_of_the_gallery():
    for page in gallery.PAGES:
        request = request_of(PAUILLAC)
        request.GET = request.GET.copy()
        request.GET["page"] = page
        found = re.findall(r'\sid="([^"]+)"', gallery.gallery(request).content.decode())

        assert len(found) == len(set(found)), page


@pytest.mark.parametrize("status", ERRORS)
def test_an_error_page_needs_no_database_and_gives_the_telephone(status):
    with connection.execute_wrapper(refuse):
        answer = ERRORS[status](request_of(PAUILLAC))

    text = answer.content.decode()
    parse(text)
    assert answer.status_code == status
    assert "tel:+33556591717" in text
    assert "8\u00a0h\u00a030 à 12\u00a0h\u00a030" in text
    assert text.count("<h1>") == 1


@pytest.mark.parametrize("status", ERRORS)
def test_an_error_page_stands_without_any_middleware(status):
    assert ERRORS[status](RequestFactory().get("/")).status_code == status


def test_too_many_requests_says_when_to_come_back():
    answer = error_views.too_many(request_of(PAUILLAC), retry_after_s=90)

    assert answer["Retry-After"] == "90"
    assert "2 minutes" in answer.content.decode()


def test_an_unknown_host_is_led_to_the_portal():
    answer = error_views.unknown_commune(RequestFactory().get("/"))

    assert answer.status_code == 404
    assert "Chercher ma commune" in answer.content.decode()


def test_a_refusal_without_a_form_is_a_page_with_its_sentence():
    refusal = DomainError()
    refusal.message = "Ce rendez-vous est déjà passé."

    answer = error_views.refusal(request_of(PAUILLAC), refusal)

    assert answer.status_code == 409
    assert "Ce rendez-vous est déjà passé." in answer.content.decode()


def test_an_expired_form_is_explained():
    answer = error_views.csrf_failure(request_of(PAUILLAC))

    assert answer.status_code == 403
    assert "resté ouvert trop longtemps" in answer.content.decode()
