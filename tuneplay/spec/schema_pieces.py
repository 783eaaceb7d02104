"""The pieces that the JSON Schema of a spec is put together from."""

from __future__ import annotations

from typing import Any

from tuneplay.domain.command import BUILTIN_PLACEHOLDERS, NAME
from tuneplay.domain.hyperparameter import Scale
from tuneplay.spec.fields import MOST

Schema = dict[str, Any]

SCALAR: Schema = {"type": ["string", "number", "boolean", "null"]}
TEXT: Schema = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
DURATION: Schema = {
    "anyOf": [
        {"type": "number", "exclusiveMinimum": 0},
        {"type": "string", "pattern": r"^[0-9]+(\.[0-9]*)?\s*[smhd]?$"},
        {"type": "null"},
    ]
}
SIZE: Schema = {
    "anyOf": [
        {"type": "integer", "exclusiveMinimum": 0},
        {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?\s*[kKmMgGtT]?[iI]?[bB]?$"},
        {"type": "null"},
    ]
}

NAMES: Schema = {
    "pattern": f"^{NAME}$",
    "not": {"enum": list(BUILTIN_PLACEHOLDERS)},
}


def ref(name: str) -> Schema:
    """A piece that stands in `$defs`."""
    return {"$ref": f"#/$defs/{name}"}


def whole(least: int, most: int = MOST, **more: object) -> Schema:
    """A whole number."""
    return {"type": "integer", "minimum": least, "maximum": most, **more}


def mapping(properties: Schema, text: str, required: tuple[str, ...] = ()) -> Schema:
    """A mapping with known keys; left empty where none is required."""
    return {
        "description": text,
        "type": "object" if required else ["object", "null"],
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def about(text: str, schema: Schema, **more: object) -> Schema:
    """A piece with what it is for."""
    return {"description": text, **schema, **more}


def nuisance(text: str) -> Schema:
    """Hyperparameters with a range or choices."""
    return {
        "description": text,
        "type": ["object", "null"],
        "propertyNames": NAMES,
        "additionalProperties": {"anyOf": [ref("range"), ref("choices")]},
    }


def fixed(text: str) -> Schema:
    """Names with one value each."""
    return {
        "description": text,
        "type": ["object", "null"],
        "propertyNames": NAMES,
        "additionalProperties": SCALAR,
    }


def numeric_range() -> Schema:
    """A range, {low, high, scale, type, step, limits}."""
    end = {"type": ["number", "null"]}
    plain = mapping(
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
