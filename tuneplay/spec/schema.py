"""The JSON Schema of a spec, for editors: what can be checked key by key.

It is weaker than the loader and never stricter: it knows keys, types and bounds, and nothing of
placeholders, roles or what one key means to another. It keeps to keywords that JSON Schema has had
since draft 7, which is what editors understand best.
"""

from __future__ import annotations

from typing import Any

from tuneplay.design.rules import RULES
from tuneplay.domain.command import BUILTIN_PLACEHOLDERS, NAME
from tuneplay.domain.curves import Direction
from tuneplay.domain.hyperparameter import Scale
from tuneplay.domain.meaning import Meaning
from tuneplay.domain.round import Phase
from tuneplay.spec.design_rules import OTHER
from tuneplay.spec.fields import MOST
from tuneplay.spec.load import MAX_TRIALS, OPTIONAL, REQUIRED
from tuneplay.spec.resources import MAX_SLOTS

Schema = dict[str, Any]

_SCALAR: Schema = {"type": ["string", "number", "boolean", "null"]}
_TEXT: Schema = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
_DURATION: Schema = {
    "anyOf": [
        {"type": "number", "exclusiveMinimum": 0},
        {"type": "string", "pattern": r"^[0-9]+(\.[0-9]*)?\s*[smhd]?$"},
        {"type": "null"},
    ]
}
_SIZE: Schema = {
    "anyOf": [
        {"type": "integer", "exclusiveMinimum": 0},
        {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?\s*[kKmMgGtT]?[iI]?[bB]?$"},
        {"type": "null"},
    ]
}

_NAMES: Schema = {
    "pattern": f"^{NAME}$",
    "not": {"enum": list(BUILTIN_PLACEHOLDERS)},
}

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
            "range": _numeric_range(),
            "choices": {
                "description": "A categorical hyperparameter: one of these values.",
                "type": "array", "items": _SCALAR, "minItems": 2,
            },
            "nuisance": _nuisance("Hyperparameters that are tuned."),
            "fixed": _fixed("Hyperparameters with one value."),
        },
    }  # fmt: skip


def _keys() -> dict[str, Schema]:
    """What each key holds, in the words of docs/spec.md."""
    return _required() | _hyperparameters() | _trials() | _around()


def _required() -> dict[str, Schema]:
    words = {"type": "array", "items": {"type": ["string", "number", "boolean"]}, "minItems": 1}
    return {
        "goal": _about("The question of the round, in one sentence.", _TEXT),
        "phase": {
            "description": "exploration: quasi-random points, to learn about the search space. "
            "exploitation: Bayesian search for the best configuration.",
            "enum": [phase.value for phase in Phase],
        },
        "command": {
            "description": "The train command, as a text or a list of words. Placeholders: "
            "every hyperparameter by its name, {args}, "
            + ", ".join(f"{{{name}}}" for name in BUILTIN_PLACEHOLDERS) + ".",
            "anyOf": [_TEXT, words],
        },
        "objective": _mapping(
            {
                "metric": _about("The validation metric that decides.", _TEXT),
                "direction": {
                    "description": "Which way is better; never guessed.",
                    "enum": [direction.value for direction in Direction],
                },
                "worthwhile": {
                    "description": "The smallest improvement that is worth a change.",
                    "type": "number", "minimum": 0,
                },
                "test_metric": _about("Shown for the final choice's reruns, never decisive.", _TEXT),
                "chance": {"description": "The value that guessing gives.", "type": "number"},
            },
            "What decides.", ("metric", "direction"),
        ),
        "epochs": _whole(1, description="Epochs of every trial: one number, never tuned."),
        "trials": _whole(1, MAX_TRIALS, description="Trials of each study; may be raised later."),
    }  # fmt: skip


def _hyperparameters() -> dict[str, Schema]:
    below = _mapping(
        {"nuisance": _ref("nuisance"), "fixed": _ref("fixed")},
        "Hyperparameters that exist for this value only.",
    )
    return {
        "scientific": {
            "description": "What is measured: a study for each value.",
            "type": ["object", "null"],
            "propertyNames": _NAMES,
            "additionalProperties": {
                "anyOf": [
                    {
                        "description": "The values to compare.",
                        "type": "array", "items": _SCALAR, "minItems": 1,
                    },
                    _ref("range"),
                    {
                        "description": "Each value, with what exists for it only.",
                        "type": "object", "additionalProperties": below, "minProperties": 1,
                    },
                ]
            },
        },
        "baseline": _fixed("The scientific value that there is now, to compare with."),
        "nuisance": _nuisance("Tuned in every study, for a fair comparison."),
        "fixed": _fixed("One value for all trials."),
    }  # fmt: skip


def _trials() -> dict[str, Schema]:
    """How trials are made and what counts."""
    best_n = _mapping({"best_n": _whole(1)}, "The checkpoints of this many best epochs.")
    return {
        "seed": _whole(0, description="Seed of the plan and of the trials.", default=0),
        "metrics": {
            "description": "Where measurements come from: lines of JSON with an epoch.",
            "enum": ["auto"], "default": "auto",
        },
        "infeasible": _mapping(
            {
                "worse_than": {
                    "description": "A best objective worse than this is infeasible.",
                    "type": ["number", "null"],
                },
                "exit_codes": {"type": "array", "items": _whole(1, 255)},
            },
            "What is infeasible beyond divergence and out of memory.",
        ),
        "reruns": _mapping({"seeds": _whole(1, default=5)}, "Reruns of each best configuration."),
        "resources": _resources(),
        "launcher": {"description": "Where trials run.", "enum": ["local"], "default": "local"},
        "checkpoints": _mapping(
            {"keep": {"anyOf": [{"enum": ["best", "all"]}, best_n], "default": "best"}},
            "Checkpoints that stay in {checkpoint_dir} after a trial.",
        ),
        "env": {
            "description": "Environment variables of the trials; placeholders are filled in.",
            "type": ["object", "null"],
            "propertyNames": {
                "pattern": "^[A-Za-z_][A-Za-z0-9_]*$", "not": {"pattern": "^TUNEPLAY_"},
            },
            "additionalProperties": _SCALAR,
        },
    }  # fmt: skip


def _around() -> dict[str, Schema]:
    """What surrounds a round: earlier and later ones, its folder, and how it is judged."""
    return {
        "trial_variance": _about("An earlier round that knows the spread over seeds.", _TEXT),
        "final_epochs": _whole(1, description="Epochs of the long trainings that this prepares."),
        "parent": _about("The earlier round that this one follows.", _TEXT),
        "workdir": _about("Folder in which trials run, relative to this file.", _TEXT),
        "config_template": _about("A configuration file with placeholders: {config}.", _TEXT),
        "budget": _mapping(
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
            "additionalProperties": _TEXT,
        },
        "redact": {
            "description": "Environment variables and fixed hyperparameters whose values are "
            "written nowhere.",
            "type": "array", "items": _TEXT,
        },
    }  # fmt: skip


def _resources() -> Schema:
    return _mapping(
        {
            "slots": {
                "description": "Trials at the same time.",
                "anyOf": [{"enum": ["auto"]}, _whole(1, MAX_SLOTS)], "default": "auto",
            },
            "gpus": {
                "description": "Which GPUs, by index.",
                "anyOf": [{"enum": ["auto"]}, {"type": "array", "items": _whole(0)}],
                "default": "auto",
            },
            "gpus_per_trial": _whole(1, MAX_SLOTS, description="GPUs of one trial.", default=1),
            "trials_per_gpu": _whole(1, MAX_SLOTS, description="Trials on one GPU.", default=1),
            "timeout": _about("End a trial after 90s, 30m, 2h.", _DURATION),
            "stall_timeout": _about("End a trial that reports no new epoch so long.", _DURATION),
            "max_log": _about("What each log may take of the disk: 500kB, 100MB.", _SIZE),
            "retries": _whole(
                0, MAX_SLOTS, default=1,
                description="New attempts for a trial that was killed from outside.",
            ),
        },
        "How many trials at a time, on what, and how long.",
    )  # fmt: skip


def _ref(name: str) -> Schema:
    """A reference to a piece in `$defs`."""
    return {"$ref": f"#/$defs/{name}"}


def _whole(least: int, most: int = MOST, **more: object) -> Schema:
    """A whole number."""
    return {"type": "integer", "minimum": least, "maximum": most, **more}


def _mapping(properties: Schema, text: str, required: tuple[str, ...] = ()) -> Schema:
    """A mapping with known keys; left empty where none is required."""
    return {
        "description": text,
        "type": "object" if required else ["object", "null"],
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _about(text: str, schema: Schema, **more: object) -> Schema:
    """A piece with what it is for."""
    return {"description": text, **schema, **more}


def _nuisance(text: str) -> Schema:
    """Hyperparameters with a range or choices."""
    return {
        "description": text,
        "type": ["object", "null"],
        "propertyNames": _NAMES,
        "additionalProperties": {"anyOf": [_ref("range"), _ref("choices")]},
    }


def _fixed(text: str) -> Schema:
    """Names with one value each."""
    return {
        "description": text,
        "type": ["object", "null"],
        "propertyNames": _NAMES,
        "additionalProperties": _SCALAR,
    }


def _numeric_range() -> Schema:
    """A range, {low, high, scale, type, step, limits}."""
    end = {"type": ["number", "null"]}
    plain = _mapping(
        {
            "low": {"description": "The smallest value.", "type": "number"},
            "high": {"description": "The largest value.", "type": "number"},
            "scale": {
                "description": "reverse_log: the logarithm of 1 - x, for momentum and beta.",
                "enum": [scale.value for scale in Scale], "default": Scale.LINEAR.value,
            },
            "type": {"description": "Two whole numbers make an int.", "enum": ["float", "int"]},
            "step": {
                "description": "Distance of neighbouring values, on the linear scale.",
                "type": "number", "exclusiveMinimum": 0,
            },
            "limits": {
                "description": "[low, high]: values beyond which it has no meaning.",
                "type": "array", "items": end, "minItems": 2, "maxItems": 2,
            },
        },
        "A numeric hyperparameter, from low to high on a scale.", ("low", "high"),
    )  # fmt: skip
    rules = [
        (Scale.LOG, {"low": {"exclusiveMinimum": 0}, "step": False}),
        (Scale.REVERSE_LOG, {"high": {"exclusiveMaximum": 1}, "step": False}),
    ]
    conditions = [
        {
            "if": {"properties": {"scale": {"const": scale.value}}, "required": ["scale"]},
            "then": {"properties": bounds},
        }
        for scale, bounds in rules
    ]
    return {**plain, "allOf": conditions}
