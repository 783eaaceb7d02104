"""What is drawn, as a person reads it: short answers, nothing said twice, nothing squeezed."""

import dataclasses
import io
import re
import shlex

import pytest
from rich.console import Console

from tuneplay.domain.command import Command
from tuneplay.domain.curves import Curves, Direction
from tuneplay.domain.hyperparameter import Range, Scale
from tuneplay.domain.progress import Progress, StudyProgress
from tuneplay.domain.round import Objective, Phase, Round, Study
from tuneplay.domain.trial import Outcome, State, Trial, TrialId
from tuneplay.judge.finding import Severity
from tuneplay.judge.judgement import Judgement, StudySummary
from tuneplay.judge.training.epoch_budget import Advice, Because, EpochBudget
from tuneplay.judge.verdict.facts import Comparison, Ground, Side, Verdict
from tuneplay.render.live import draw
from tuneplay.render.report_terminal import print_report
from tuneplay.words.answer import say_answer
from tuneplay.words.findings import FINDING_WORDS, say
from tuneplay.words.naming import naming_of

RATE = Range("learning_rate", 1e-4, 1.0, Scale.LOG)


def key(name):
    return f"arm={name}"


def a_round(names, direction=Direction.MINIMIZE):
    return Round(
        name="r",
        goal="Which arm is best?",
        phase=Phase.EXPLORATION,
        command=Command(("train", "{args}")),
        objective=Objective("val", direction),
        epochs=5,
        trials=4,
        studies=tuple(Study(key(name), {"arm": name}, (RATE,)) for name in names),
        baseline=key(names[0]),
    )


def judged(round_, comparisons, findings=(), checkpoint=None):
    def summary(study):
        outcome = Outcome(State.FEASIBLE, "", 0.5, 5)
        best = Trial(
            TrialId(study.key, 3), 3, {"learning_rate": 0.1}, outcome, Curves(),
            checkpoint=checkpoint,
        )  # fmt: skip
        return StudySummary(
            study=study, feasible=4, infeasible=0, failed=0, best=best, expected_best={4: 0.5},
            study_sd=0.01, reruns=None,
        )  # fmt: skip

    return Judgement(
        studies=tuple(map(summary, round_.studies)),
        comparisons=tuple(comparisons),
        findings=tuple(findings),
        epoch_budget=EpochBudget(advice=Advice.KEEP, because=Because.TOO_FEW, current=5),
        epoch_budgets={},
        isolation=(),
    )


GROUNDS = {
    Verdict.ADOPT: Ground.BETTER,
    Verdict.KEEP_BASELINE: Ground.WORSE,
    Verdict.NOT_DISTINGUISHABLE: Ground.NO_CLEAR_DIFFERENCE,
    Verdict.NEEDS_RERUNS: Ground.TOO_FEW_RERUNS,
    Verdict.NO_FEASIBLE_TRIAL: Ground.NO_FEASIBLE_TRIAL,
}


def reran(usable, reruns=5):
    return Side(reruns=reruns, usable=usable, mean=0.5, sd=0.01, constant=False, outliers=())


def compared(name, verdict, difference=0.1, usable=(5, 5), **more):
    """A candidate whose reruns gave so many values; None for no reruns."""
    sides = {"candidate": None, "base": None, "ground": Ground.SEARCH_ONLY}
    if usable is not None:
        sides = {side: reran(n) for side, n in zip(("candidate", "base"), usable, strict=True)}
        sides["ground"] = GROUNDS[verdict]
    elif verdict is not Verdict.NEEDS_RERUNS:
        sides["ground"] = GROUNDS[verdict]
    keys = {"study": key(name), "baseline": key("a"), "missing": (key(name),)}
    return Comparison(**keys, verdict=verdict, difference=difference, **{**sides, **more})


def answer(round_, judgement):
    return " ".join(line.text for line in say_answer(judgement, naming_of(round_)))


def printed(round_, judgement, width=100, folder="rounds/r", commands=None):
    studies = tuple(StudyProgress(s.key, 4, 4, 0, 0, 0, 0.5, 0) for s in round_.studies)
    progress = Progress("r", round_.goal, round_.objective, 5, studies, (), 1, None, "")
    out = io.StringIO()
    console = Console(file=out, width=width)
    print_report(console, round_, progress, judgement, folder, commands or {})
    return out.getvalue()


def test_one_candidate_speaks_for_itself():
    round_ = a_round("ab")
    interval = (0.04, 0.16)
    judgement = judged(
        round_,
        [compared("b", Verdict.KEEP_BASELINE, interval95=interval, interval_decision=interval)],
    )
    assert answer(round_, judgement) == (
        "arm=b is worse: arm=b − arm=a = 0.100 (95 % CI 0.040 to 0.160, 5 seeds each). Keep arm=a."
    )


@pytest.mark.parametrize(
    ("direction", "said"),
    [
        (Direction.MINIMIZE, "arm=c (ahead by 0.2), arm=d (level), arm=b (behind by 0.1)"),
        (Direction.MAXIMIZE, "arm=b (ahead by 0.1), arm=d (level), arm=c (behind by 0.2)"),
    ],
)
def test_candidates_without_reruns_share_a_sentence_the_best_first(direction, said):
    round_ = a_round("abcd", direction)
    gaps = {"b": 0.1, "c": -0.2, "d": 0.0}
    comparisons = [compared(n, Verdict.NEEDS_RERUNS, gap, None) for n, gap in gaps.items()]
    assert answer(round_, judged(round_, comparisons)) == (
        f"Not decided yet. Compared with arm=a in the search, with one training each: {said}. "
        "Rerun all with new seeds to see what of that is luck."
    )


def test_what_is_adopted_is_said_first_and_no_candidate_is_left_out():
    names = "abcdefg"
    verdicts = [
        Verdict.KEEP_BASELINE, Verdict.NO_FEASIBLE_TRIAL, Verdict.ADOPT, Verdict.ADOPT,
        Verdict.NOT_DISTINGUISHABLE, Verdict.NEEDS_RERUNS,
    ]  # fmt: skip
    round_ = a_round(names)
    text = answer(round_, judged(round_, map(compared, names[1:], verdicts)))
    assert text.startswith("Better than arm=a: arm=d (+0.1), arm=e (+0.1). Adopt one of them.")
    assert set(re.findall(r"arm=\w", text)) == set(map(key, names))


def test_many_candidates_make_no_wall_of_text():
    names = [f"candidate{n}" for n in range(40)]
    for verdict in Verdict:
        round_ = a_round(["a", *names])
        comparisons = [compared(n, verdict, usable=None) for n in names]
        text = answer(round_, judged(round_, comparisons))
        assert len(text) < 700
        assert re.search(r"\b32 more\b", text)


def test_a_candidate_whose_reruns_gave_no_value_speaks_for_itself_among_others():
    round_ = a_round("abcd")
    open_ = Verdict.NEEDS_RERUNS
    searched = [compared(name, open_, usable=None) for name in "bc"]
    text = answer(round_, judged(round_, [*searched, compared("d", open_, usable=(1, 5))]))
    assert "1 of 5 reruns of arm=d and 5 of 5 of arm=a gave a value." in text
    assert "arm=b (behind by 0.1), arm=c (behind by 0.1)." in text


def test_many_candidates_with_too_few_reruns_make_no_wall_of_text():
    names = [f"candidate{n}" for n in range(40)]
    round_ = a_round(["a", *names])
    found = [compared(n, Verdict.NEEDS_RERUNS, usable=(1, 5)) for n in names]
    text = answer(round_, judged(round_, found))
    assert text.count("of 5 reruns of arm=candidate") == 8
    assert "And 32 more are not decided yet." in text


def test_reruns_that_failed_are_among_those_that_are_counted():
    round_ = a_round("ab")
    found = compared("b", Verdict.NEEDS_RERUNS, usable=(2, 5))
    failed = dataclasses.replace(reran(2, reruns=2), left_out=3)
    text = answer(round_, judged(round_, [dataclasses.replace(found, candidate=failed)]))
    assert "2 of 5 reruns of arm=b and 5 of 5 of arm=a gave a value." in text


def test_seeds_that_would_decide_are_said_of_each_candidate():
    round_ = a_round("abc")
    open_ = Verdict.NOT_DISTINGUISHABLE
    some = [compared("b", open_, seeds_needed=12), compared("c", open_, seeds_needed=30)]
    text = answer(round_, judged(round_, some))
    said = "Seeds each that would settle it: about 12 for arm=b and 30 for arm=c."
    assert said in text


def every_sample():
    return [sample for words in FINDING_WORDS.values() for sample in words.samples]


def test_advice_that_several_findings_share_is_printed_once():
    round_ = a_round("ab")
    naming = naming_of(round_)
    advised = next(f for f in every_sample() if say(f, naming).fix and not f.hyperparameter)
    both = [dataclasses.replace(advised, study=key(name)) for name in "ab"]
    said = say(advised, naming)
    words = " ".join(printed(round_, judged(round_, [], both)).split())
    assert words.count(said.fix) == 1
    assert words.count(f"arm=a: {said.what}") >= 1
    assert words.count(f"arm=b: {said.what}") == 1


@pytest.mark.parametrize("width", [40, 80, 100, 160])
def test_lines_end_with_their_text_and_findings_have_room(width):
    round_ = a_round("ab")
    use = {"low": 0.0001, "high": 10.0}
    findings = [
        dataclasses.replace(f, severity=Severity.WARNING, suggestion={**f.suggestion, **use})
        for f in every_sample()
        if f.suggestion.keys() == use.keys()
    ]
    lines = printed(round_, judged(round_, [], findings), width).splitlines()
    assert all(line == line.rstrip() and len(line) <= width for line in lines)
    assert sum("use  low: 0.0001, high: 10.0" in line for line in lines) >= len(findings) - 1
    assert max(len(line) for line in lines) > 0.8 * width


def test_each_study_has_its_chosen_configuration_and_the_command_that_repeats_it():
    round_ = a_round("ab")
    commands = {key("a"): "cd /home/me && ./train --lr 0.1", key("b"): "cd /home/me && ./train x"}
    judgement = judged(round_, [], checkpoint="trials/arm=a/0003.1/checkpoints/epoch_5.pt")
    lines = printed(round_, judgement, width=60, commands=commands).splitlines()
    at = lines.index("  arm=a: trial 3, learning_rate 0.1")
    assert lines[at + 1].strip() == (
        "checkpoint rounds/r/trials/arm=a/0003.1/checkpoints/epoch_5.pt"
    )
    assert lines[at + 2].strip() == commands[key("a")], "in one piece, however narrow"
    assert commands[key("b")] in "\n".join(lines)


def test_a_suggested_command_can_be_typed():
    round_ = a_round("ab")
    judgement = judged(round_, [compared("b", Verdict.NEEDS_RERUNS, usable=None)])
    text = printed(round_, judgement, folder="my rounds/it's one")
    (line,) = [line for line in text.splitlines() if line.strip().startswith("Next")]
    assert shlex.split(line) == ["Next", "tuneplay", "rerun", "my rounds/it's one"]


@pytest.mark.parametrize(("width", "bar"), [(120, 20), (80, 10), (60, 0)])
def test_a_study_has_a_bar_as_long_as_there_is_room_for(width, bar):
    studies = (StudyProgress("optimizer=adam", 16, 8, 0, 0, 0, 0.5),)
    progress = Progress("r", "Goal?", Objective("val_error", Direction.MINIMIZE), 5, studies)
    out = io.StringIO()
    Console(file=out, width=width).print(draw(progress, Console(file=out, width=width)))
    assert out.getvalue().count("━") == bar
    assert "8/16" in out.getvalue()
