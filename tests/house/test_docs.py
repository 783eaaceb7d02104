"""The commands in the documentation work, in the order in which they stand there."""

import re
import shlex
import shutil
import subprocess
from dataclasses import fields

import pytest
from support.places import ROOT

from tuneplay.app.opening.changes import may_change
from tuneplay.domain.round import Objective
from tuneplay.spec.load import OPTIONAL, REQUIRED

PAGES = ["README.md", "CONTRIBUTING.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]

#: A train command for the README's round: it understands what that round passes.
TRAIN = """\
import argparse, json
p = argparse.ArgumentParser()
for name in "optimizer epochs seed out learning_rate momentum weight_decay batch_size".split():
    p.add_argument(f"--{name}")
for name in "beta1 beta2 epsilon".split():
    p.add_argument(f"--{name}", default="0")
a = p.parse_args()
for epoch in range(1, int(a.epochs) + 1):
    error = 1 / epoch + int(a.seed) % 7 / 100
    print(json.dumps({"epoch": epoch, "val_error": error, "train_loss": 0.5}))
"""


def blocks(page, language):
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


def commands(page):
    return [
        shlex.split(line.removeprefix("$ "), comments=True)
        for block in blocks(page, "console")
        for line in block.splitlines()
        if line.startswith("$ tuneplay")
    ]


def test_the_readme_round_is_checked_carried_out_and_reported(bench):
    (spec,) = blocks("README.md", "yaml")
    name = re.match(r"# (\S+)\n", spec)[1]
    bench.write(name, spec.replace("trials: 20 ", "trials: 2 ").replace("epochs: 20", "epochs: 5"))
    bench.write("train.py", TRAIN)
    ran = commands("README.md")
    ours = ["check", "run", "status", "rerun", "report"]
    assert [command[1] for command in ran] == [*ours, "init", "check"]
    for _, *arguments in ran:
        result = bench.tuneplay(*arguments)
        assert result.returncode == 0, (arguments, result.stderr)
        if arguments[0] == "report":
            assert "Answer" in result.stdout
    tuned = bench.tuneplay("run", "--dry-run", "rounds/02-mine").stdout
    assert "--learning_rate" in tuned


def test_the_commands_on_the_page_about_ones_own_script_work(bench):
    bench.write("train.py", TRAIN)
    for _, *arguments in commands("docs/init.md"):
        result = bench.tuneplay(*arguments)
        assert result.returncode == 0, (arguments, result.stderr)
    assert (bench.root / ".tuneplay/spec.schema.json").is_file()


def test_every_template_is_documented():
    from tuneplay.drafts.templates import TEMPLATES

    text = (ROOT / "docs/init.md").read_text(encoding="utf-8")
    assert all(f"| `{name}`" in text for name in TEMPLATES)


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_links_to_is_there(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if not link.startswith("http"):
            assert (ROOT / page).parent.joinpath(link).exists(), link


@pytest.mark.parametrize("page", PAGES)
def test_scripts_that_a_page_names_can_be_called(page):
    for block in blocks(page, "sh"):
        for line in block.splitlines():
            word = line.split()[0] if line.split() else ""
            if word.startswith("scripts/"):
                assert (ROOT / word).stat().st_mode & 0o100, word


def test_the_example_rounds_pass_check(bench):
    shutil.copytree(ROOT / "configs", bench.root / "configs")
    for spec in sorted((bench.root / "configs").glob("**/*.yaml")):
        result = bench.tuneplay("check", spec)
        assert result.returncode == 0, result.stderr
        assert "warning" not in result.stdout


def test_every_exit_code_is_documented():
    from tuneplay.errors import ExitCode

    text = (ROOT / "docs/exit-codes.md").read_text(encoding="utf-8")
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", text, flags=re.MULTILINE)}
    assert documented | {ExitCode.FINDING} == set(ExitCode)


def test_every_spec_key_is_documented():
    from tuneplay.spec.load import OPTIONAL, REQUIRED

    text = (ROOT / "docs/spec.md").read_text(encoding="utf-8")
    for key in (*REQUIRED, *OPTIONAL):
        assert f"`{key}`" in text, key


def test_every_test_that_the_documentation_names_exists():
    text = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/\w+/\w+\.py)::(\w+)`", text)
    assert len(named) > 50
    assert len(named) == text.count("tests/"), "each one reads `tests/folder/file.py::name`"
    for file, name in named:
        assert f"\ndef {name}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{name}"


def test_shell_scripts_parse():
    for script in ("scripts/test", "scripts/demo", "scripts/environment.sh"):
        subprocess.run(["sh", "-n", ROOT / script], check=True)
    subprocess.run(["bash", "-n", ROOT / ".ci/run"], check=True)


def plain(text):
    """A text with one sign for every number and every optimizer."""
    text = re.sub(r"[−+-]?\d(?:[\d.e-]*\d)?", "#", " ".join(text.split()))
    return re.sub(r"\b(?:adam|sgd|lion)\b", "@", text)


def test_the_report_in_the_readme_says_what_reports_say():
    (shown,) = [block for block in blocks("README.md", "text") if "Answer" in block]
    lines = [line for line in shown.splitlines()[1:] if not re.search(r"optimizer=|^  study", line)]
    start = r"^  (?:[!·]  [a-z-]+ {2,}|· +|Answer|But|…)"
    text = plain(" ".join(re.sub(start, " ", line) for line in lines))
    page = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")
    said = plain(re.sub(r"^> ?(?:\*\*\w+\*\*: )?", "", page, flags=re.MULTILINE))
    sentences = [re.sub("^@: (?=[A-Z])", "", one) for one in re.split(r"(?<=\.) ", text)]
    assert len(sentences) > 10
    assert [one for one in sentences if one not in said] == []


def test_the_docs_say_what_may_change_in_a_round_that_began():
    text = " ".join((ROOT / "docs" / "spec.md").read_text(encoding="utf-8").split())
    assert may_change() in text


def test_what_may_change_are_keys_of_a_spec():
    keys = set(re.findall(r"`(\w+)`", may_change()))
    assert keys <= {*REQUIRED, *OPTIONAL, *(field.name for field in fields(Objective))}
