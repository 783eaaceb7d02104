"""The JSON Schema of a spec, for editors: what can be said without reading the whole of it.

It is weaker than the loader and never stricter: it knows keys, types and bounds, and nothing of
placeholders, roles or what one key means to another. It keeps to keywords that JSON Schema has had
since draft 7, which is what editors understand best.
"""

from __future__ import annotations

from tuneplay.design.rules import RULES
from tuneplay.domain.command import BUILTIN_PLACEHOLDERS
from tuneplay.domain.curves import Direction
from tuneplay.domain.meaning import Meaning
from tuneplay.domain.round import Phase
from tuneplay.spec.design_rules import OTHER
from tuneplay.spec.load import MAX_TRIALS, OPTIONAL, REQUIRED
from tuneplay.spec.resources import MAX_SLOTS
from tuneplay.spec.schema_pieces import (
    DURATION,
    NAMES,
    SCALAR,
    SIZE,
    TEXT,
    Schema,
    about,
    fixed,
    mapping,
    nuisance,
    numeric_range,
    ref,
    whole,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> Schema:
    """The JSON Schema (draft 2020-12) of a spec."""
    known = _keys()
    return {
        "$schema": DIALECT,
        "title": "A round of tuneplay",
        "description": "One question, the studies that answer it, and what is tuned in them.",
        "type": "object",
        "properties": {key: known.get(key, {}) for key in (*REQUIRED, *OPTIONAL)},
        "required": list(REQUIRED),
        "additionalProperties": False,
        "$defs": {
            "range": numeric_range(),
            "choices": {
                "description": "A categorical hyperparameter: one of these values.",
                "type": "array", "items": SCALAR, "minItems": 2,
            },
            "nuisance": nuisance("Hyperparameters that are tuned."),
            "fixed": fixed("Hyperparameters with one value."),
        },
    }  # fmt: skip


def _keys() -> dict[str, Schema]:
    """What each key holds, in the words of docs/spec.md."""
    return _required() | _hyperparameters() | _trials() | _around()


def _required() -> dict[str, Schema]:
    words = {"type": "array", "items": {"type": ["string", "number", "boolean"]}, "minItems": 1}
    return {
        "goal": about("The question of the round, in one sentence.", TEXT),
        "phase": {
            "description": "exploration: quasi-random points, to learn about the search space. "
            "exploitation: Bayesian search for the best configuration.",
            "enum": [phase.value for phase in Phase],
        },
        "command": {
            "description": "The train command, as a text or a list of words. Placeholders: "
            "every hyperparameter by its name, {args}, "
            + ", ".join(f"{{{name}}}" for name in BUILTIN_PLACEHOLDERS) + ".",
            "anyOf": [TEXT, words],
        },
        "objective": mapping(
            {
                "metric": about("The validation metric that decides.", TEXT),
                "direction": {
                    "description": "Which way is better; never guessed.",
                    "enum": [direction.value for direction in Direction],
                },
                "worthwhile": {
                    "description": "The smallest improvement that is worth a change.",
                    "type": "number", "minimum": 0,
                },
                "test_metric": about("Shown for the final choice's reruns, never decisive.", TEXT),
                "chance": {"description": "The value that guessing gives.", "type": "number"},
            },
            "What decides.", ("metric", "direction"),
        ),
        "epochs": whole(1, description="Epochs of every trial: one number, never tuned."),
        "trials": whole(1, MAX_TRIALS, description="Trials of each study; may be raised later."),
    }  # fmt: skip


def _hyperparameters() -> dict[str, Schema]:
    below = mapping(
        {"nuisance": ref("nuisance"), "fixed": ref("fixed")},
        "Hyperparameters that exist for this value only.",
    )
    return {
        "scientific": {
            "description": "What is measured: a study for each value.",
            "type": ["object", "null"],
            "propertyNames": NAMES,
            "additionalProperties": {
                "anyOf": [
                    {
                        "description": "The values to compare.",
                        "type": "array", "items": SCALAR, "minItems": 1,
                    },
                    ref("range"),
                    {
                        "description": "Each value, with what exists for it only.",
                        "type": "object", "additionalProperties": below, "minProperties": 1,
                    },
                ]
            },
        },
        "baseline": fixed("The scientific value that there is now, to compare with."),
        "nuisance": nuisance("Tuned anew in every study, so that the comparison is fair."),
        "fixed": fixed("One value for all trials."),
    }  # fmt: skip


def _trials() -> dict[str, Schema]:
    """How trials are made and what counts."""
    best_n = mapping({"best_n": whole(1)}, "The checkpoints of so many best epochs.")
    return {
        "seed": whole(0, description="Seed of the plan and of the trials.", default=0),
        "metrics": {
            "description": "Where measurements come from: lines of JSON with an epoch.",
            "enum": ["auto"], "default": "auto",
        },
        "infeasible": mapping(
            {
                "worse_than": {
                    "description": "A best objective worse than this is infeasible.",
                    "type": ["number", "null"],
                },
                "exit_codes": {"type": "array", "items": whole(1, 255)},
            },
            "What is infeasible beyond divergence and out of memory.",
        ),
        "reruns": mapping({"seeds": whole(1, default=5)}, "Reruns of each best configuration."),
        "resources": _resources(),
        "launcher": {"description": "Where trials run.", "enum": ["local"], "default": "local"},
        "checkpoints": mapping(
            {"keep": {"anyOf": [{"enum": ["best", "all"]}, best_n], "default": "best"}},
            "Checkpoints that stay in {checkpoint_dir} after a trial.",
        ),
        "env": {
            "description": "Environment variables of the trials; placeholders are filled in.",
            "type": ["object", "null"],
            "propertyNames": {
                "pattern": "^[A-Za-z_][A-Za-z0-9_]*$", "not": {"pattern": "^TUNEPLAY_"},
            },
            "additionalProperties": SCALAR,
        },
    }  # fmt: skip


def _around() -> dict[str, Schema]:
    """Where a round stands: earlier and later ones, its place, and how it is judged."""
    return {
        "trial_variance": about("An earlier round that knows the spread over seeds.", TEXT),
        "final_epochs": whole(1, description="Epochs of the long trainings that this prepares."),
        "parent": about("The earlier round that this one follows.", TEXT),
        "workdir": about("Folder in which trials run, relative to this file.", TEXT),
        "config_template": about("A configuration file with placeholders: {config}.", TEXT),
        "budget": mapping(
            {"hours": {"type": "number", "exclusiveMinimum": 0}},
            "What one call of `tuneplay run` may take; every study then has as many trials.",
            ("hours",),
        ),
        "roles": {
            "description": "What hyperparameters are, where their names mislead.",
            "type": ["object", "null"],
            "additionalProperties": {"enum": [*(meaning.value for meaning in Meaning), OTHER]},
        },
        "silence": {
            "description": "Rules of design that this spec goes against knowingly, with reasons.",
            "type": ["object", "null"],
            "propertyNames": {"enum": list(RULES)},
            "additionalProperties": TEXT,
        },
        "redact": {
            "description": "Environment variables and fixed hyperparameters whose values are "
            "written nowhere.",
            "type": "array", "items": TEXT,
        },
    }  # fmt: skip


def _resources() -> Schema:
    return mapping(
        {
            "slots": {
                "description": "Trials at the same time.",
                "anyOf": [{"enum": ["auto"]}, whole(1, MAX_SLOTS)], "default": "auto",
            },
            "gpus": {
                "description": "Which GPUs, by index.",
                "anyOf": [{"enum": ["auto"]}, {"type": "array", "items": whole(0)}],
                "default": "auto",
            },
            "gpus_per_trial": whole(1, MAX_SLOTS, description="GPUs of one trial.", default=1),
            "trials_per_gpu": whole(1, MAX_SLOTS, description="Trials on one GPU.", default=1),
            "timeout": about("End a trial after 90s, 30m, 2h.", DURATION),
            "stall_timeout": about("End a trial that reports no new epoch so long.", DURATION),
            "max_log": about("What each log may take of the disk: 500kB, 100MB.", SIZE),
            "retries": whole(
                0, MAX_SLOTS, default=1,
                description="New attempts for a trial that was killed from outside.",
            ),
        },
        "How many trials at a time, on what, and how long.",
    )  # fmt: skip
