"""The JSON Schema: it refuses what it can, nothing that is right, and knows what the loader knows."""

import json
import re

import jsonschema
import pytest
from support.places import ROOT
from support.schemas import VALIDATOR, as_json, complaints
from support.specs import BAD, FULL, SAME_SPELLINGS, complete

from tuneplay.errors import SpecError
from tuneplay.spec.load import loads
from tuneplay.spec.schema import DIALECT, schema

#: How many of the bad specs a schema can refuse: those whose keys, types or bounds are wrong.
LEAST_REFUSED = 115


def refused(text):
    """Whether the schema, or YAML itself, refuses a spec."""
    values = as_json(text)
    return values is None or not VALIDATOR.is_valid(values)


def test_it_is_a_valid_schema_of_the_dialect_it_names():
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.Draft7Validator.check_schema(schema())
    assert schema()["$schema"] == DIALECT


@pytest.mark.parametrize("spelling", ["as it is", *SAME_SPELLINGS])
def test_a_full_spec_is_valid_in_any_spelling(spelling):
    assert complaints(SAME_SPELLINGS.get(spelling, FULL).lstrip("\ufeff")) == []


@pytest.mark.parametrize("path", sorted(ROOT.glob("configs/**/*.yaml")), ids=lambda p: p.name)
def test_every_example_is_valid(path):
    assert complaints(path.read_text(encoding="utf-8")) == []


GOOD = [
    "goal: 3",
    "command: [python, t.py, '{args}', 3]",
    "nuisance:",
    "scientific: {wd: {low: 1e-6, high: 1e-2, scale: log}}",
    "baseline: {d: 1}\nscientific: {d: {1: {fixed: {a: 1}}, 2: , x: {nuisance: {b: [1, 2]}}}}",
    "baseline: {norm: null, depth: 5}\nscientific: {depth: [3, 5], norm: [layer, null]}",
    "nuisance: {x: [1, 1.0, '1', true]}",
    "nuisance: {x: {low: 0.1, high: 0.5, limits: [null, 1]}}",
    "nuisance: {x: {low: 0, high: 0.9, scale: reverse_log}}",
    "checkpoints: {keep: {best_n: 3}}",
    "checkpoints: {keep: all}",
    "resources: {timeout: 90, stall_timeout: 1.5m, gpus: auto, slots: auto}",
    "resources: {gpus: [0, 1], timeout: null}",
    "infeasible: {worse_than: null, exit_codes: [42]}",
    "env: {A: 1, B: '{seed}', C: }",
    "final_epochs: 90\nparent: rounds/01",
]


@pytest.mark.parametrize("fragment", GOOD)
def test_what_the_loader_reads_is_valid(fragment):
    loads(complete(fragment), "r", "r.yaml")
    assert complaints(complete(fragment)) == []


def test_it_refuses_what_a_schema_can_refuse_of_the_bad_specs():
    found = [title for title, (fragment, _) in BAD.items() if refused(complete(fragment))]
    assert len(found) >= LEAST_REFUSED, f"{len(found)} of {len(BAD)}"


@pytest.mark.parametrize(
    "title",
    [
        "a misspelt key",
        "epochs in quotes",
        "a direction cut short",
        "a range without its high end",
        "a log scale from nought",
        "a misspelt scale",
        "steps of nought",
        "a single value to search",
        "a variable of tuneplay",
    ],
)
def test_an_editor_marks_the_usual_slips(title):
    assert refused(complete(BAD[title][0]))


# The loader's own messages say which keys it knows: the schema cannot drift from them unseen.

#: A spec with each mapping that has keys of its own, and where it stands in the schema.
MAPPINGS = {
    "": (),
    "objective": ("properties", "objective"),
    "infeasible": ("properties", "infeasible"),
    "reruns": ("properties", "reruns"),
    "resources": ("properties", "resources"),
    "budget": ("properties", "budget"),
    "checkpoints": ("properties", "checkpoints"),
    "checkpoints: {keep": ("properties", "checkpoints", "properties", "keep", "anyOf", 1),
    "nuisance: {x": ("$defs", "range"),
    "scientific: {x: {v": (
        *("properties", "scientific", "additionalProperties", "anyOf", 2),
        "additionalProperties",
    ),
}


@pytest.mark.parametrize("where", MAPPINGS)
def test_each_mapping_has_the_keys_that_the_loader_knows(where):
    closing = "}" * (where.count("{") + 1)
    fragment = f"{where}: {{zzzz: 1{closing}" if where else "zzzz: 1"
    with pytest.raises(SpecError) as caught:
        loads(complete(fragment), "r", "r.yaml")
    (known,) = re.findall(r"unknown key 'zzzz'; known here: ([^;\n]*)", caught.value.message)
    place = schema()
    for step in MAPPINGS[where]:
        place = place[step]
    assert sorted(place["properties"]) == sorted(known.split(", "))
    assert place["additionalProperties"] is False


def test_every_key_at_the_top_is_described():
    for key, value in schema()["properties"].items():
        assert value.get("description"), key


def test_every_mapping_of_the_schema_is_held_against_the_loader():
    def mappings(place, path=()):
        if isinstance(place, dict):
            if place.get("additionalProperties") is False:
                yield path
            for key, value in place.items():
                yield from mappings(value, (*path, key))
        elif isinstance(place, list):
            for index, value in enumerate(place):
                yield from mappings(value, (*path, index))

    assert set(mappings(schema())) == set(MAPPINGS.values())


def test_the_command_prints_the_schema_or_writes_it_where_specs_point_to(bench):
    printed = bench.tuneplay("schema")
    assert printed.returncode == 0, printed.stderr
    assert json.loads(printed.stdout) == schema()
    written = bench.tuneplay("schema", "--write")
    assert written.stdout == "Wrote .tuneplay/spec.schema.json.\n"
    file = bench.root / ".tuneplay/spec.schema.json"
    assert json.loads(file.read_text()) == schema()
    file.write_bytes(b"\xff no text")
    assert bench.tuneplay("schema", "--write").returncode == 0
    assert json.loads(file.read_text()) == schema()


def test_a_schema_that_cannot_be_written_is_a_sentence(bench):
    bench.write(".tuneplay", "a file")
    result = bench.tuneplay("schema", "--write")
    assert result.returncode == 2
    assert result.stderr.startswith("tuneplay: .tuneplay/spec.schema.json cannot be written: ")
