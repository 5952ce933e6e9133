"""An administrator adds questions to a category, and says where the server of a body is."""

import pytest
from django.utils import timezone

from incidents.models import Category, CategoryAttribute, Dispatch, Handler, OpenServer
from parvis.encryption import decrypt
from tests.incidents.desk_pages import text_of
from tests.incidents.factories import category, report


pytestmark = pytest.mark.django_db
SETTINGS = "/agent/signalements/reglages/"


@pytest.fixture
def hole():
    Category.objects.all().update(is_active=False)
    return category()


def test_a_question_is_added_changed_moved_and_removed(admin, hole):
    new = f"{SETTINGS}categories/{hole.pk}/questions/nouvelle/"
    assert admin.get(new).status_code == 200
    said = {"description": "De quel côté ?", "datatype": "singlevaluelist", "is_variable": "on"}
    empty = admin.post(new, said | {"choices": "\0"})
    assert empty.status_code == 422
    assert admin.post(new, said | {"choices": "g = à gauche\nÀ droite"}).status_code == 302
    assert (
        admin.post(new, {"description": "Depuis quand ?", "datatype": "datetime"}).status_code
        == 302
    )

    first, second = CategoryAttribute.objects.all()
    assert first.code == "de-quel-cote"
    assert first.values == [
        {"key": "g", "name": "à gauche"},
        {"key": "a-droite", "name": "À droite"},
    ]
    page = admin.get(f"{SETTINGS}categories/{hole.pk}/")
    assert "De quel côté ?" in text_of(page)
    admin.post(f"{SETTINGS}categories/questions/{second.pk}/ordre/", {"sens": "haut"})
    assert list(CategoryAttribute.objects.all()) == [second, first]
    change = f"{SETTINGS}categories/questions/{first.pk}/"
    admin.post(change, said | {"description": "Quel côté ?", "choices": "g = gauche"})
    first.refresh_from_db()
    assert (first.code, first.description) == ("de-quel-cote", "Quel côté ?")
    admin.post(f"{SETTINGS}categories/questions/{first.pk}/suppression/")
    assert list(CategoryAttribute.objects.all()) == [second]


def test_a_server_is_set_up_tried_and_forgotten_and_its_key_is_never_shown(admin, hole):
    body = Handler.objects.create(kind="body", name="Département")
    path = f"{SETTINGS}responsables/{body.pk}/serveur/"
    said = {
        "url": "https://10.0.0.1/open311/v2",
        "secret": "très secret",
        "mapping": "nid-de-poule = 12",
        "poll_minutes": "15",
        "overlap_minutes": "120",
        "has_updates": "on",
        "is_active": "on",
    }
    assert admin.post(path, said | {"url": "http://example.org/"}).status_code == 422
    assert admin.post(path, said | {"mapping": "rien = 1"}).status_code == 422
    assert admin.post(path, said | {"mapping": "n’importe quoi"}).status_code == 422
    tried = admin.post(path, said | {"try": "1"})

    server = OpenServer.objects.get()
    assert "ne mène pas à un serveur public" in text_of(tried)
    assert decrypt(server.key) == "très secret"
    assert server.codes == {"nid-de-poule": "12"}
    assert admin.post(path, said | {"secret": ""}).status_code == 302
    assert decrypt(OpenServer.objects.get().key) == "très secret"
    elsewhere = said | {"secret": "", "url": "https://10.0.0.2/open311/v2"}
    assert admin.post(path, elsewhere).status_code == 302
    assert OpenServer.objects.get().key == ""  # it was given for another machine
    made = report(hole)
    lost = Dispatch.objects.create(
        server=server, report=made, state="dead", error="403 Clé", due_at=timezone.now()
    )
    page = admin.get(path)
    assert "403 Clé" in text_of(page)
    assert "très secret" not in page.content.decode()
    admin.post(f"{SETTINGS}responsables/envois/{lost.pk}/relance/")
    lost.refresh_from_db()
    assert lost.state == "waiting"
    admin.post(f"{path}oubli/")
    assert not OpenServer.objects.exists()
