"""What the JSON Schema says of a spec, as an editor shows it."""

import jsonschema

from tuneplay.spec.nodes import ListNode, MapNode, parse
from tuneplay.spec.problems import Problems
from tuneplay.spec.schema import schema

VALIDATOR = jsonschema.Draft202012Validator(schema())


def as_json(text):
    """A spec as an editor's validator sees it: YAML 1.2 values, and keys that are texts."""

    def plain(node):
        if isinstance(node, MapNode):
            return {key.text: plain(value) for key, value in node.entries}
        if isinstance(node, ListNode):
            return [plain(item) for item in node.items]
        return node.value

    node = parse(text, Problems("r.yaml"))
    return None if node is None else plain(node)


def complaints(text):
    return [error.message for error in VALIDATOR.iter_errors(as_json(text))]
