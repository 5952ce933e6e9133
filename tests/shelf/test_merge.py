"""The three-way merge: its table, its order, and eight properties on 20,000 random cases."""

import random
import time
import unicodedata

import pytest

from shelf.merge import ABSENT, Conflict, differences, get, impose, merge, put, same


LISTS = {"documents": {}, "groups": {"lines": {}}}


def one(base, theirs, mine, locked=()):
    """Merge one scalar field, ABSENT meaning that it is not there."""
    sides = ({} if side is ABSENT else {"title": side} for side in (base, theirs, mine))
    merged = merge(*sides, lists=LISTS, locked=locked)
    return merged.payload.get("title", ABSENT), merged.conflicts


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "result"),
    [
        ("a", "b", "a", "b"),
        ("a", "a", "b", "b"),
        ("a", "b", "b", "b"),
        ("a", ABSENT, "a", ABSENT),
        (ABSENT, None, ABSENT, None),
        (None, None, ABSENT, ABSENT),
        (" a", "b", "a ", "b"),
        ([20, 30], [20, 40], [20, 30], [20, 40]),
    ],
)
def test_a_scalar_that_one_side_changed_is_taken_without_a_conflict(base, theirs, mine, result):
    assert one(base, theirs, mine) == (result, ())


@pytest.mark.parametrize(
    ("base", "theirs", "mine"),
    [("a", "b", "c"), (None, "b", ABSENT), (ABSENT, "b", None), ("a", ABSENT, "c"), (2, True, 1)],
)
def test_a_scalar_that_both_changed_is_kept_and_is_a_conflict(base, theirs, mine):
    assert one(base, theirs, mine) == (mine, (Conflict("title", base, theirs, mine),))


def test_what_is_locked_stays_with_everything_beneath_it():
    base = {"title": "a", "documents": [{"key": "photo", "label": "x"}]}
    theirs = {"title": "b", "documents": [{"key": "photo", "label": "y"}]}
    mine = {"title": "c", "documents": [{"key": "photo", "label": "z"}]}

    merged = merge(base, theirs, mine, lists=LISTS, locked=["title", "documents[photo]"])

    assert (merged.payload, merged.conflicts) == (mine, ())
    assert merge(base, theirs, mine, lists=LISTS, locked=["documents[photo]"]).conflicts == (
        Conflict("title", "a", "b", "c"),
    )


def test_a_locked_line_keeps_its_item_when_the_library_gives_it_up():
    base = {"documents": [{"key": "photo", "label": "x"}]}

    merged = merge(base, {"documents": []}, base, lists=LISTS, locked=["documents[photo].label"])

    assert merged.payload == base


def test_accents_written_in_two_ways_are_the_same():
    assert same(unicodedata.normalize("NFD", "Pièce d’identité "), "Pièce d’identité")
    assert same("Une ligne\r\nune autre", "Une ligne\nune autre")


A, B = {"key": "a", "label": "x"}, {"key": "a", "label": "y"}


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "result", "paths"),
    [
        (None, A, None, A, []),
        (None, None, A, A, []),
        (None, A, A, A, []),
        (None, A, B, B, ["documents[a].label"]),
        (A, None, A, None, []),
        (A, None, B, B, ["documents[a]"]),
        (A, A, None, None, []),
        (A, B, None, None, ["documents[a]"]),
        (A, B, A, B, []),
        (A, None, None, None, []),
    ],
)
def test_the_table_of_items(base, theirs, mine, result, paths):
    sides = ({"documents": [side] if side else []} for side in (base, theirs, mine))

    merged = merge(*sides, lists=LISTS)

    assert merged.payload["documents"] == ([result] if result else [])
    assert [each.path for each in merged.conflicts] == paths


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "result"),
    [
        ("abc", "abc", "cab", "cab"),
        ("abc", "cab", "abc", "cab"),
        ("abc", "cab", "bca", "bca"),
        ("abc", "aXbc", "abc", "aXbc"),
        ("abc", "Xabc", "cba", "Xcba"),
        ("abc", "bc", "aLbc", "Lbc"),
        ("abc", "cba", "abLc", "cbLa"),
    ],
)
def test_whose_order_the_keys_stand_in(base, theirs, mine, result):
    sides = ({"documents": [{"key": key} for key in side]} for side in (base, theirs, mine))

    merged = merge(*sides, lists=LISTS)

    assert "".join(item["key"] for item in merged.payload["documents"]) == result


def test_the_law_replaces_everything_but_the_own_items():
    theirs = {"title": "b", "documents": [{"key": "photo", "label": "y"}, {"key": "stamp"}]}
    mine = {
        "title": "mine",
        "documents": [{"key": "photo", "label": "z"}, {"key": "local-map"}, {"key": "other"}],
    }

    assert impose(theirs, mine, lists=LISTS) == {
        "title": "b",
        "documents": [{"key": "photo", "label": "y"}, {"key": "local-map"}, {"key": "stamp"}],
    }


def test_differences_name_each_path_and_putting_them_back_undoes_them():
    before = {"title": "a", "documents": [{"key": "photo", "label": "x"}, {"key": "old"}]}
    after = {"title": "b", "documents": [{"key": "photo", "label": "y"}, {"key": "new"}]}

    found = differences(before, after, lists=LISTS)

    assert [(each.path, each.before, each.after) for each in found] == [
        ("title", "a", "b"),
        ("documents[photo].label", "x", "y"),
        ("documents[old]", {"key": "old"}, ABSENT),
        ("documents[new]", ABSENT, {"key": "new"}),
    ]
    for each in found:
        assert get(after, each.path) == each.after
        after = put(after, each.path, each.before)
    assert differences(before, after, lists=LISTS) == []


def test_another_order_alone_is_one_difference():
    before = {"documents": [{"key": "a"}, {"key": "b"}]}
    after = {"documents": [{"key": "b"}, {"key": "a"}]}

    (found,) = differences(before, after, lists=LISTS)

    assert (found.path, found.is_order) == ("documents", True)


# --- Properties -------------------------------------------------------------------------------

CASES = 20_000
KEYS = [*"abcdef"]
WORDS = ["un", "deux", "trois", "été", "", None, 0, 1, True, [20, 30]]
LABELS = ["x", "y", "z"]


def draw_item(luck, key, *, nested):
    item = {"key": key}
    if luck.random() < 0.9:
        item["label"] = luck.choice(LABELS)
    if nested:
        item["lines"] = [{"key": k, "label": luck.choice(LABELS)} for k in pick(luck, "pq")]
    return item


def pick(luck, keys):
    chosen = [key for key in keys if luck.random() < 0.5]
    luck.shuffle(chosen)
    return chosen


def draw(luck):
    payload = {
        name: luck.choice(WORDS) for name in ("title", "text", "price") if luck.random() < 0.9
    }
    payload["documents"] = [draw_item(luck, key, nested=False) for key in pick(luck, KEYS)]
    payload["groups"] = [draw_item(luck, key, nested=True) for key in pick(luck, "gh")]
    return payload


def change(luck, payload, *, own):
    """Change a payload as somebody does: a field, an item, the order, one or two things."""
    changed = dict(payload)
    for _ in range(luck.choice((0, 1, 1, 2, 1))):
        what = luck.random()
        if what < 0.35:
            changed[luck.choice(("title", "text", "price"))] = luck.choice(WORDS)
        elif what < 0.4:
            changed.pop(luck.choice(("title", "text", "price")), None)
        elif what < 0.9:
            changed["documents"] = change_items(luck, changed["documents"], what, own=own)
        elif changed["groups"]:
            groups = list(changed["groups"])
            at = luck.randrange(len(groups))
            groups[at] = draw_item(luck, groups[at]["key"], nested=True)
            changed["groups"] = groups
    return changed


def change_items(luck, items, what, *, own):
    """Reword, remove, shuffle or add an item."""
    items = list(items)
    if what < 0.55 and items:
        at = luck.randrange(len(items))
        items[at] = items[at] | {"label": luck.choice(LABELS)}
    elif what < 0.65 and items:
        items.pop(luck.randrange(len(items)))
    elif what < 0.75:
        luck.shuffle(items)
    else:
        key = f"local-{luck.choice(KEYS)}" if own else luck.choice(KEYS)
        if key not in {item["key"] for item in items}:
            items.insert(luck.randint(0, len(items)), draw_item(luck, key, nested=False))
    return items


def agree(one_side, other):
    return not differences(one_side, other, lists=LISTS)


def test_eight_properties_hold_on_twenty_thousand_random_cases():
    luck = random.Random(20260101)
    with_conflicts = 0
    started = time.perf_counter()
    for number in range(CASES):
        base = draw(luck)
        theirs, mine = change(luck, base, own=False), change(luck, base, own=True)
        merged = merge(base, theirs, mine, lists=LISTS)
        result, conflicts = merged.payload, merged.conflicts
        case = (number, base, theirs, mine)
        # P1 no-op, P2 fast-forward, P3 agreement, P4 settled
        for sides, expected in (
            ((base, base, mine), mine),
            ((base, theirs, base), theirs),
            ((base, mine, mine), mine),
            ((theirs, theirs, result), result),
        ):
            again = merge(*sides, lists=LISTS)
            assert agree(again.payload, expected), case
            assert again.conflicts == (), case
        # P5 no clobber: whatever the commune changed keeps its value
        for each in differences(base, mine, lists=LISTS):
            if not each.is_order:
                wanted = each.after
                found = get(result, each.path)
                if isinstance(wanted, dict):  # its own item: its fields survive
                    assert found is not ABSENT, case
                    wanted, found = wanted.get("label", ABSENT), found.get("label", ABSENT)
                    if wanted is ABSENT:
                        continue
                assert same(found, wanted), case
        # P6 every item that the library added is there; P7 keys stay unique
        for name in ("documents", "groups"):
            keys = [item["key"] for item in result[name]]
            assert len(keys) == len(set(keys)), case
            old = {item["key"] for item in base[name]}
            assert {item["key"] for item in theirs[name]} - old <= set(keys), case
        # P8 a conflict exactly where both sides changed and differ
        assert {each.path for each in conflicts} == expected_conflicts(base, theirs, mine), case
        with_conflicts += bool(conflicts)
    print(f"{CASES} cases in {time.perf_counter() - started:.1f} s, {with_conflicts} conflicts")
    assert 0.05 <= with_conflicts / CASES <= 0.07


def expected_conflicts(base, theirs, mine):
    """Find conflicts another way: by the two lists of differences, path by path."""
    by_them = {
        each.path: each for each in differences(base, theirs, lists=LISTS) if not each.is_order
    }
    by_me = {each.path: each for each in differences(base, mine, lists=LISTS) if not each.is_order}
    found = set()
    for path, each in by_me.items():
        other = by_them.get(path)
        if other is None:
            # one removed the whole item in which the other changed a line
            found |= {outer for outer in by_them if path.startswith((f"{outer}.", f"{outer}["))}
            found |= (
                {path}
                if any(inner.startswith((f"{path}.", f"{path}[")) for inner in by_them)
                else set()
            )
        elif each.before is ABSENT and isinstance(each.after, dict) and other.after is not ABSENT:
            # both added an item of one key: field by field, from nothing
            lines = set(each.after) & set(other.after) - {"key"}
            found |= {
                f"{path}.{line}" for line in lines if not same(each.after[line], other.after[line])
            }
        elif not same(each.after, other.after):
            found.add(path)
    return found
