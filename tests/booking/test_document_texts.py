import re

import pytest
from django.utils import translation

from booking.document_texts import CHOICE_TEXTS, DOCUMENT_TEXTS, QUESTION_TEXTS
from booking.documents import RULES, SERVICE_DOCUMENTS
from booking.situations import Channel, Motive, Title, questions_for


RULE_KEYS = {rule.key for rule in RULES}


def sentences():
    for text in DOCUMENT_TEXTS.values():
        yield from (text.title, text.explanation, text.before)
    yield from QUESTION_TEXTS.values()
    yield from CHOICE_TEXTS.values()


def test_every_document_has_a_text_and_no_text_is_left_over():
    listed = {key for keys in SERVICE_DOCUMENTS.values() for key in keys}

    assert DOCUMENT_TEXTS.keys() == RULE_KEYS | listed


def test_every_document_of_titles_names_the_sheets_it_comes_from():
    for key in RULE_KEYS:
        assert DOCUMENT_TEXTS[key].sheets
        assert all(re.fullmatch(r"F\d{4,5}", sheet) for sheet in DOCUMENT_TEXTS[key].sheets)


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("age", ["adult", "0-11"])
@pytest.mark.parametrize("motive", Motive)
def test_every_question_and_every_choice_can_be_read(channel, age, motive):
    answers = {"age": age, "motive": motive, "old_title": "none"}

    for question in questions_for(frozenset({Title.CARD}), answers, channel=channel):
        assert QUESTION_TEXTS[question.key]
        assert all(CHOICE_TEXTS[question.key, choice] for choice in question.choices)


def test_french_is_set_in_good_typography():
    with translation.override("fr"):
        for sentence in map(str, sentences()):
            assert "'" not in sentence
            assert not re.search(r"[^\u00a0][:;!?]", sentence), sentence
            assert "  " not in sentence


def test_keys_fit_their_column():
    assert max(map(len, DOCUMENT_TEXTS)) <= 40
