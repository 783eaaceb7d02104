"""What is drawn, as a person reads it: short answers, nothing said twice, nothing squeezed."""

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
from tuneplay.judge.finding import Finding, Kind, Severity
from tuneplay.judge.judgement import Judgement, StudySummary
from tuneplay.judge.training.epoch_budget import Advice, EpochBudget
from tuneplay.judge.verdict.compared import Comparison
from tuneplay.judge.verdict.seeds.standards import Verdict
from tuneplay.render.answer import answer
from tuneplay.render.live import draw
from tuneplay.render.report_terminal import print_report

RATE = Range("learning_rate", 1e-4, 1.0, Scale.LOG)
ADVICE = "A learning rate that decays makes it steadier."


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


def judged(round_, comparisons, findings=()):
    def summary(study):
        outcome = Outcome(State.FEASIBLE, "", 0.5, 5)
        best = Trial(TrialId(study.key, 0), 0, {"learning_rate": 0.1}, outcome, Curves())
        return StudySummary(study, 4, 0, 0, best, {4: 0.5}, 0.01, None)

    budget = EpochBudget(Advice.KEEP, 5, None, 0.0, 0.0, "")
    studies = tuple(summary(study) for study in round_.studies)
    return Judgement(studies, tuple(comparisons), tuple(findings), budget, {}, ())


def compared(name, verdict, difference=0.1, seeds=(5, 5), **more):
    reason = f"{key(name)} has a reason of its own."
    return Comparison(key(name), key("a"), difference, verdict, reason, seeds=seeds, **more)


def printed(round_, judgement, width=100, folder="rounds/r"):
    studies = tuple(StudyProgress(s.key, 4, 4, 0, 0, 0, 0.5, 0) for s in round_.studies)
    progress = Progress("r", round_.goal, round_.objective, 5, studies, (), 1, None, "")
    out = io.StringIO()
    print_report(Console(file=out, width=width), round_, progress, judgement, folder)
    return out.getvalue()


def test_one_candidate_has_its_reason_in_the_answer():
    round_ = a_round("ab")
    judgement = judged(round_, [compared("b", Verdict.KEEP_BASELINE)])
    assert answer(round_, judgement) == "Keep arm=a. arm=b has a reason of its own."


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
    comparisons = [compared(n, Verdict.NEEDS_RERUNS, gap, (0, 0)) for n, gap in gaps.items()]
    assert answer(round_, judged(round_, comparisons)) == (
        f"Not decided yet, from one training each, beside arm=a: {said}. "
        "Reruns with new seeds tell whether that is luck."
    )


def test_what_is_adopted_is_said_first_and_no_candidate_is_left_out():
    names = "abcdefg"
    verdicts = [
        Verdict.KEEP_BASELINE, Verdict.NO_FEASIBLE_TRIAL, Verdict.ADOPT, Verdict.ADOPT,
        Verdict.NOT_DISTINGUISHABLE, Verdict.NEEDS_RERUNS,
    ]  # fmt: skip
    round_ = a_round(names)
    text = answer(round_, judged(round_, map(compared, names[1:], verdicts)))
    assert text.startswith("Better than arm=a: arm=d (+0.1), arm=e (+0.1). Adopt one of them;")
    assert set(re.findall(r"arm=\w", text)) == set(map(key, names))


def test_many_candidates_make_no_wall_of_text():
    names = [f"candidate{n}" for n in range(40)]
    for verdict in Verdict:
        round_ = a_round(["a", *names])
        comparisons = [compared(n, verdict, seeds=(0, 0)) for n in names]
        text = answer(round_, judged(round_, comparisons))
        assert len(text) < 600
        assert re.search(r"\b32 more\b", text)


def test_a_candidate_whose_reruns_gave_no_value_keeps_its_reason_beside_the_others():
    round_ = a_round("abcd")
    open_ = Verdict.NEEDS_RERUNS
    searched = [compared(name, open_, seeds=(0, 0)) for name in "bc"]
    text = answer(round_, judged(round_, [*searched, compared("d", open_, seeds=(1, 5))]))
    assert "arm=d has a reason of its own." in text
    assert "arm=b (behind by 0.1), arm=c (behind by 0.1)." in text


def test_seeds_that_would_decide_are_said_of_each_candidate():
    round_ = a_round("abc")
    open_ = Verdict.NOT_DISTINGUISHABLE
    some = [compared("b", open_, seeds_needed=12), compared("c", open_, seeds_needed=30)]
    text = answer(round_, judged(round_, some))
    assert "Would be decided: arm=b by about 12 seeds each, arm=c by about 30 seeds each." in text


def noisy(name, share):
    message = f"The metric changes by {share}. {ADVICE}"
    return Finding(Kind.NOISY_TRAINING, Severity.WARNING, message, key(name))


def test_advice_that_several_findings_share_is_printed_once():
    round_ = a_round("ab")
    text = printed(round_, judged(round_, [], [noisy("a", 0.1), noisy("b", 0.2)]))
    words = " ".join(text.split())
    assert words.count(ADVICE) == 1
    assert "But arm=a: The metric changes by 0.1." in words
    assert "arm=b: The metric changes by 0.2." in words


@pytest.mark.parametrize("width", [40, 80, 100, 160])
def test_lines_end_with_their_text_and_findings_have_room(width):
    round_ = a_round("ab")
    long = " ".join(["words"] * 60)
    use = {"low": 0.0001, "high": 10.0}
    findings = [Finding(Kind.BOUNDARY, Severity.WARNING, long, key("a"), "learning_rate", "high",
                        {}, use)]  # fmt: skip
    lines = printed(round_, judged(round_, [], findings), width).splitlines()
    assert all(line == line.rstrip() and len(line) <= width for line in lines)
    assert any("use  low: 0.0001, high: 10.0" in line for line in lines)
    text = [line for line in lines if line.count("words") > 1]
    assert max(line.count("words") for line in text) >= 5


def test_a_suggested_command_can_be_typed():
    round_ = a_round("ab")
    judgement = judged(round_, [compared("b", Verdict.NEEDS_RERUNS, seeds=(0, 0))])
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
