"""Secrets: written by the program alone, if at all; never by tuneplay."""

import hashlib
import json
import os

import pytest

from tuneplay.domain.secrets import Secrets

SECRET = "s3cr3t-of-the-house"
OTHER = "another 'quoted' one"

#: Shows that it got its secrets, without showing them.
PROGRAM = """\
import hashlib, json, os, sys
seen = [os.environ.get("API_KEY"), os.environ.get("TOKEN"), *sys.argv[3:]]
got = [hashlib.sha256(str(text).encode()).hexdigest()[:8] for text in seen]
open("got", "a").write(json.dumps(got) + "\\n")
print('{"epoch": 1, "val_error": 1}', flush=True)
if os.path.exists("fail"):
    os.remove("fail")
    os.kill(os.getpid(), 9)
if os.path.exists("break"):
    sys.exit("cannot log in with " + seen[0])
"""


def digest(text):
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()[:8]


def ours(bench):
    """Every file that tuneplay itself wrote, with its content."""
    theirs = {"stdout.log", "stderr.log"}
    files = (p for p in (bench.root / "rounds").rglob("*") if p.is_file())
    return {p: p.read_bytes() for p in files if p.name not in theirs}


def assert_hidden(bench, *outputs):
    for text in (SECRET, OTHER, json.dumps(OTHER)[1:-1]):
        for path, content in ours(bench).items():
            assert text.encode() not in content, path
        for output in outputs:
            assert text not in output.stdout + output.stderr


def spec_of(bench, more="", command="python3 p.py {learning_rate} {arm}", **options):
    bench.write("p.py", PROGRAM)
    return bench.spec(command, trials=1, more=more, **options)


def test_what_trials_inherit_is_recorded_nowhere(bench):
    result = bench.tuneplay("run", spec_of(bench), env={"API_KEY": SECRET})
    assert result.returncode == 0
    assert json.loads((bench.root / "got").read_text().splitlines()[0])[0] == digest(SECRET)
    assert_hidden(bench, result)
    (command,) = {
        frozenset(json.loads((f / "command.json").read_text())["env"]) for f in bench.attempts()
    }
    assert all(name.startswith("TUNEPLAY_") for name in command)


REDACTED = f"""\
env: {{TOKEN: "{OTHER}"}}
fixed: {{password: {SECRET}}}
redact: [TOKEN, password, API_KEY]
"""
ALL = "python3 p.py {learning_rate} {arm} {password} --key=from-the-shell"


@pytest.mark.slow
def test_what_is_redacted_reaches_the_program_and_nothing_that_we_write(bench):
    bench.write("fail", "")
    spec = spec_of(bench, REDACTED, ALL)
    env = {"API_KEY": "from-the-shell"}
    outputs = [
        bench.tuneplay("check", spec, env=env),
        bench.tuneplay("run", spec, "--dry-run", env=env),
    ]
    outputs.append(bench.tuneplay("run", spec, env=env))
    assert outputs[-1].returncode == 0, outputs[-1].stderr
    outputs.append(bench.tuneplay("rerun", spec, "--seeds", "2", env=env))
    assert outputs[-1].returncode == 0, outputs[-1].stderr
    for extra in ([], ["--json"]):
        outputs.append(bench.tuneplay("report", spec, *extra))
        outputs.append(bench.tuneplay("status", spec, *extra))
    assert_hidden(bench, *outputs)
    assert not any(b"from-the-shell" in content for content in ours(bench).values())
    got = {tuple(json.loads(line)) for line in (bench.root / "got").read_text().splitlines()}
    # Attempts anew and reruns get the true values, though the ledger has them hidden.
    expected = (
        digest("from-the-shell"),
        digest(OTHER),
        digest(SECRET),
        digest("--key=from-the-shell"),
    )
    assert got == {expected}
    assert len(bench.attempts()) == 2 + 1 + 4
    opened = bench.events("opened")[0]
    assert "<redacted>" in opened["spec"]
    assert opened["spec_sha256"] == hashlib.sha256(opened["spec"].encode()).hexdigest()


def test_a_round_with_secrets_goes_on_and_may_have_them_changed(bench):
    spec = spec_of(bench, REDACTED, ALL)
    env = {"API_KEY": "from-the-shell"}
    assert bench.tuneplay("run", spec, env=env).returncode == 0
    text = spec.read_text().replace("trials: 1", "trials: 2").replace(SECRET, "changed-" + SECRET)
    spec.write_text(text)
    result = bench.tuneplay("run", spec, env=env)
    assert result.returncode == 0, result.stderr
    assert len(bench.events("finished")) == 4
    assert_hidden(bench, result)
    spec.write_text(text.replace("epochs: 3", "epochs: 4"))
    assert bench.tuneplay("run", spec, env=env).returncode == 2


def test_redact_may_be_added_to_a_round_that_began_without(bench):
    more = f"fixed: {{password: {SECRET}}}\n"
    spec = spec_of(bench, more, ALL)
    assert bench.tuneplay("run", spec).returncode == 0
    spec.write_text(spec.read_text() + "redact: [password]\n")
    result = bench.tuneplay("run", spec)
    assert result.returncode == 0, result.stderr


def test_a_broken_command_is_shown_without_its_secrets(bench):
    bench.write("break", "")
    text = PROGRAM.replace("print(", "print('?' or ")
    spec = spec_of(bench, "redact: [API_KEY]\n", f"python3 p.py {{learning_rate}} {{arm}} {SECRET}")
    bench.write("p.py", text)
    result = bench.tuneplay("run", spec, env={"API_KEY": SECRET})
    assert result.returncode == 7
    assert "cannot log in with <redacted>" in result.stderr
    assert "p.py" in result.stderr
    assert_hidden(bench, result)


def test_a_damaged_ledger_with_secrets_is_repaired(bench):
    spec = spec_of(bench, REDACTED, ALL)
    env = {"API_KEY": "from-the-shell"}
    assert bench.tuneplay("run", spec, env=env).returncode == 0
    path = bench.root / "rounds/r/ledger.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0]] + [b"damaged\n"] * (len(lines) - 2) + lines[-1:]))
    result = bench.tuneplay("run", spec, "--repair", env=env)
    assert result.returncode == 0, result.stderr
    assert len(bench.events("finished")) == len(bench.attempts()) == 2
    assert_hidden(bench, result)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("redact: [learning_rate]\n", "learning_rate is searched, and its values are results"),
        ("redact: [arm]\n", "arm is searched"),
        ("fixed: {password: abc}\nredact: [password]\n", "is not a text of at least 6 characters"),
        ("fixed: {password: 12345678}\nredact: [password]\n", "quote a number"),
        ("env: {TOKEN: abc}\nredact: [TOKEN]\n", "is not a text of at least 6 characters"),
        ("env: {TOKEN: 'x{seed}yzzzz'}\nredact: [TOKEN]\n", "has placeholders"),
        ("redact: TOKEN\n", "is not a list"),
        ("redact: [[a]]\n", "is not a text"),
        ("fixed: {password: abc123}\nenv: {P: '{params_json}'}\nredact: [password]\n",
         "would be written to {params_json}"),
        ("fixed: {password: arning_ra}\nredact: [password]\n", "part of the spec's own words"),
        ('fixed: {password: "a\\u0062cdefgh"}\nredact: [password]\n', "cannot be found in the spec"),
    ],
)  # fmt: skip
def test_what_cannot_be_redacted_is_refused(bench, more, said):
    command = "python3 p.py {learning_rate} {arm} {args}"
    result = bench.tuneplay("run", spec_of(bench, more, command))
    assert result.returncode == 2, result.stdout
    assert said in result.stderr
    assert not (bench.root / "rounds").exists()


def test_a_short_or_missing_value_in_the_environment_is_said(bench):
    spec = spec_of(bench, "redact: [API_KEY]\n")
    result = bench.tuneplay("run", spec, env={"API_KEY": "abc"})
    assert result.returncode == 2
    assert "the value of API_KEY is shorter than 6 characters" in result.stderr
    os.environ.pop("API_KEY", None)
    result = bench.tuneplay("run", spec)
    assert result.returncode == 0
    assert "API_KEY is not in the environment" in result.stdout


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("finished", "a word of the ledger"),
        ("feasible", "a word of the ledger"),
        ("interrupted", "a word of the ledger"),
        ("val_error", "the objective's metric"),
        ("WORKDIR", "a path of the round"),
    ],
)
def test_a_secret_that_is_a_word_of_the_ledger_is_refused(bench, value, what):
    value = str(bench.root) if value == "WORKDIR" else value
    result = bench.tuneplay("run", spec_of(bench, "redact: [KEY]\n"), env={"KEY": value})
    assert result.returncode == 2
    assert what in result.stderr or "spec's own words" in result.stderr
    assert not (bench.root / "rounds").exists()


def test_a_secret_with_a_quote_is_shown_in_no_command_line(bench):
    more = f'fixed: {{password: "{OTHER}"}}\nredact: [password]\n'
    spec = spec_of(bench, more, "python3 p.py {learning_rate} {arm} {password}")
    for words in (["run", "--dry-run"], ["check"], ["check", "--try"]):
        result = bench.tuneplay(*words, spec)
        assert "another" not in result.stdout + result.stderr
        assert "quoted" not in result.stdout + result.stderr


def test_a_secret_in_what_a_program_prints_is_hidden_whole_or_cut(bench):
    bench.write("p.py", """\
import json, os
key = os.environ["API_KEY"]
print(json.dumps({"epoch": "the authorization is a bearer token: " + key, "val_error": 1}))
print(json.dumps({"epoch": 1, "val_error": 1, key: 2}))
""")  # fmt: skip
    spec = bench.spec(
        "python3 p.py {learning_rate} {arm}", trials=1, epochs=1, more="redact: [API_KEY]\n"
    )
    result = bench.tuneplay("run", spec, env={"API_KEY": SECRET + "-" + SECRET})
    assert result.returncode == 0, result.stderr
    (event, _) = bench.events("finished")
    assert set(event["curves"]) == {"epoch", "val_error", "<redacted>"}
    assert SECRET[:6] not in json.dumps(event)
    assert "<redacted>…" in event["remarks"][0]


def test_a_text_that_was_cut_does_not_end_with_the_start_of_a_secret():
    secrets = Secrets(("abcdefghij",))
    assert secrets.hide("token abcdefgh… is odd") == "token <redacted>… is odd"
    assert secrets.hide("token abcde… is odd") == "token abcde… is odd"
    assert secrets.hide("token abcdefgh") == "token abcdefgh"
    assert secrets.hide_cut("token abcdefgh") == "token <redacted>"
