"""Guards of every request: reading cannot write, the browser loads nothing foreign."""

import pytest
from django.core.exceptions import BadRequest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from booking.models import Service
from parvis.errors import DomainError, Gone
from parvis.middleware import (
    content_security_policy,
    reading_only,
    refusals,
    safe_means_safe,
    utf_8_only,
)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head"])
def test_a_safe_request_cannot_write(method):
    def view(request):
        Service.objects.create(slug="x", name="x", minutes=[20])
        return HttpResponse()

    with pytest.raises(RuntimeError, match="tried to write"):
        safe_means_safe(view)(getattr(RequestFactory(), method)("/"))


@pytest.mark.django_db
def test_a_post_may_write():
    def view(request):
        Service.objects.create(slug="x", name="x", minutes=[20])
        return HttpResponse()

    assert safe_means_safe(view)(RequestFactory().post("/")).status_code == 200


@pytest.mark.parametrize(
    "statement",
    ["INSERT INTO x VALUES (1)", " update x set a = 1", "DELETE FROM x", "TRUNCATE x",
     "(INSERT INTO x VALUES (1))", "DROP TABLE x", "CALL x()", "DO $$ $$", "MERGE INTO x"],
)  # fmt: skip
def test_statements_that_write_are_known(statement):
    with pytest.raises(RuntimeError):
        reading_only(lambda *_all: None, statement, None, None, None)


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["pauillac", "connexion", "gironde"])
def test_every_answer_carries_the_policy(host_client, host):
    answer = host_client(f"{host}.localhost").get("/accessibilite/")

    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_view_may_widen_one_directive():
    def view(request):
        response = HttpResponse()
        response.csp = {"form-action": "'self' http://pauillac.localhost"}
        return response

    answer = content_security_policy(view)(RequestFactory().get("/"))

    assert "form-action 'self' http://pauillac.localhost;" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(("kind", "status"), [(DomainError, 409), (Gone, 410)])
def test_a_refusal_becomes_a_page(kind, status):
    refusal = kind()
    refusal.message = "Ce créneau vient d’être pris."

    answer = refusals(lambda _r: None).process_exception(RequestFactory().get("/"), refusal)

    assert answer.status_code == status
    assert "Ce créneau vient d’être pris." in answer.content.decode()


def test_a_bug_is_left_to_the_error_page():
    assert (
        refusals(lambda _r: None).process_exception(RequestFactory().get("/"), ValueError())
        is None
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("target", "where"),
    [("/rendez-vous/?a=1", "/rendez-vous/?a=1"), ("https://evil.example", "/"), ("//evil", "/"),
     ("javascript:alert(1)", "/"), ("\x00", "/")],
)  # fmt: skip
def test_the_language_is_kept_and_leads_nowhere_else(client, target, where):
    answer = client.post("/langue/", {"language": "en", "next": target})

    assert answer["Location"] == where
    assert client.cookies["__Host-langue"].value == "en"
    assert 'lang="en"' in client.get("/accessibilite/").content.decode()


@pytest.mark.django_db
def test_a_site_says_that_it_lives(client):
    assert client.get("/sante/").content == b"ok\n"
    assert "Disallow: /agent/" in client.get("/robots.txt").content.decode()
    assert "Contact:" in client.get("/.well-known/security.txt").content.decode()


@pytest.mark.django_db
def test_a_page_in_the_schema_of_its_commune_leaves_no_trace(client):
    client.get("/accessibilite/")

    assert connection.schema_name == "public"


FORM = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\\ud800\r\n--x--\r\n'


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "bogus", ""])
def test_a_form_in_utf_8_is_read(charset):
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    request = RequestFactory().generic("POST", "/", FORM, content_type=kind)
    answer = utf_8_only(lambda request: HttpResponse(request.POST["text"]))(request)
    assert answer.content == b"\\ud800"


@pytest.mark.parametrize(
    "charset", ["unicode_escape", "base64", "zip", "idna", "undefined", "latin-1", "utf-16"]
)
def test_a_form_that_says_it_is_in_anything_else_is_refused(charset):
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    request = RequestFactory().generic("POST", "/", FORM, content_type=kind)
    with pytest.raises(BadRequest):
        utf_8_only(lambda request: HttpResponse(request.POST["text"]))(request)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["__Host-sid", "__Host-rdv", "__Host-hold", "concerne"])
def test_a_cookie_that_no_column_can_hold_is_left_aside(client, name):
    answer = client.get("/agent/", headers={"cookie": f"{name}=a\0b"})

    assert answer.status_code == 302
