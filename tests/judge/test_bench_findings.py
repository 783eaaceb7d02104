"""The benchmark of findings runs, and its rows keep bounds far looser than what it measures."""

import sys
from functools import cache

import pytest
from support.places import ROOT

sys.path.insert(0, str(ROOT / "scripts" / "bench"))
import advice
from pieces.infeasible_tables import infeasible_table
from pieces.leader_tables import judged_pairs, synthetic_pairs
from pieces.no_effect_tables import no_effect_table
from pieces.tables import renew
from pieces.training_cases import known_cases
from pieces.training_tables import curves_table, epochs_table, wander_table
from pieces.unequal_tables import unequal_table

pytestmark = pytest.mark.slow

SEED = 11  # neither that of docs/advice.md nor those on which the rules were chosen


@cache
def studies(trials):
    return list(known_cases(SEED, 80, trials))


def rows(table):
    return [dict(zip(table[0], row, strict=True)) for row in table[1:]]


def test_the_quick_variant_has_all_tables():
    text = advice.findings_synthetic(quick=True)
    assert text.count("|---") >= 7
    for title in ("Epoch budget", "Findings on curves", "Infeasible", "without effect", "pairs"):
        assert title in text


def test_writing_renews_the_tables_between_their_markers_alone(tmp_path):
    page = tmp_path / "advice.md"
    text = advice.PAGE.read_text(encoding="utf-8")
    page.write_text(text, encoding="utf-8")
    for subject in advice.SUBJECTS.values():
        for name in subject:
            renew(page, name, f"new tables: {name}")
    renewed = page.read_text(encoding="utf-8")
    assert renewed.count("new tables: ") == 4
    assert [line for line in renewed.splitlines() if line.startswith("<!--")] == [
        line for line in text.splitlines() if line.startswith("<!--")
    ]
    assert renewed.startswith(text[: text.index("<!--")])
    assert renewed.endswith(text[text.rindex("-->") :])


def test_a_page_without_the_markers_is_left_as_it_is(tmp_path):
    page = tmp_path / "advice.md"
    page.write_text("a page\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="write both lines there"):
        renew(page, "synthetic", "tables")
    assert page.read_text(encoding="utf-8") == "a page\n"


def test_epoch_advice_is_mostly_right_and_never_the_opposite():
    for row in rows(epochs_table(studies, (20, 40))):
        if int(row["studies"]) >= 8:
            assert float(row["right: tuneplay"]) >= 0.75, row
        if row["truth"] == "more":
            assert float(row["fewer"]) == 0
        if row["truth"] in ("fewer", "settled", "turns midway"):
            assert float(row["more"]) <= 0.15


def test_findings_on_curves_are_found_and_seldom_invented():
    for row in rows(curves_table(studies, (20, 40))):
        having, without = (int(count) for count in list(row.values())[-1].split(", "))
        if having >= 5:
            assert float(row["found"]) >= 0.6, row
        if without >= 20:
            assert float(row["false"]) <= 0.15, row


def test_flat_ends_that_wander_seldom_ask_for_more_epochs():
    for row in wander_table(SEED, 20)[1:]:
        if row[1] == "tuneplay":
            assert max(map(float, row[2:])) <= 0.3


def test_regions_are_found_and_seldom_invented():
    for row in rows(infeasible_table(SEED, 40)):
        assert float(row["false"]) <= 0.15
        if row["region"] == "half-line" and int(row["trials"]) >= 20:
            assert float(row["found"]) >= 0.7
            assert float(row["good space cut off"]) <= 0.1


def test_what_matters_is_not_said_to_be_without_effect():
    for row in rows(no_effect_table(SEED, 4)):
        if row["rule"] == "tuneplay":
            assert float(row["named: matters"]) <= 0.05


def test_a_higher_chance_of_another_study_is_a_higher_share_of_sequences():
    stated = judged_pairs(synthetic_pairs(SEED, 3))
    low = [one.real for one in stated if one.flip < 0.12]
    high = [one.real for one in stated if one.flip > 0.4]
    assert sum(low) / len(low) < 0.1
    assert sum(high) / len(high) > sum(low) / len(low)


def test_the_same_seed_gives_the_same_cases():
    assert list(known_cases(5, 3, 12)) == list(known_cases(5, 3, 12))


@pytest.mark.parametrize("trials", [10, 40])
def test_unequal_feasible_trials(trials):
    table = {row["trials"]: row for row in rows(unequal_table(SEED, 40)[:5])}
    assert float(table[str(trials)]["tuneplay: found"]) >= 0.5
