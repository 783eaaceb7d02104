"""Sentences are plain English: words that stop a reader are held out of everything that is read.

Looked at are the docs, and in the sources comments, docstrings and texts of three words or more.
"""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

#: What is written instead is in the second column.
FORBIDDEN = {
    r"(?:the|its|a|their|new) begin": "start",
    r"anew": "new, again",
    r"tells|tells? no|(?:told|tell|telling) of": "says, shows",
    r"(?<!there )(?:is|are|was|were) no (?!longer|more|less|fewer|one|worse|better|larger|smaller|different)\w+": "is not a …",
    r"beside": "next to, with",
    r"mend(?:s|ed|ing)?": "fix",
    r"so many": "this number of",
    r"(?<!and )of which": "two sentences",
    r"befell": "happened to",
    r"at the most": "at most",
    r"by no way": "never",
    r"puts?|putting": "write, place",
    r"whole(?! numbers?| steps?)": "complete, entire",
    r"(?:another|other|new|random|next|first|last|every|each|a|one) draws?": "sample",
    r"draws? (?:of|with|contains?)|drawn (?:from|points?|with|again)|(?:points?|functions?|trials?|values?|samples?|seeds?)(?: \w+){0,2} drawn": "sampled",
    r"would be decided": "would decide",
    r"another one of": "another",
    r"(?:hold|holds|held|holding)(?: \w+){0,3} against": "compare, check",
}  # fmt: skip
WORDS = re.compile(rf"\b(?:{'|'.join(FORBIDDEN)})\b", re.IGNORECASE)

#: Once in a text it is plain; twice, values have become animals.
LIES = re.compile(r"\b(?:lie|lies)\b", re.IGNORECASE)

SO_THAT = re.compile(r"\bso that\b", re.IGNORECASE)

#: Where one sentence ends.
END = re.compile(r"[.;:!?](?=\s|$)|\n\s*\n|\n\s*[-*|]")

#: Words of the field and of code that have one of these in them.
ALLOWED = re.compile(
    r"as a whole number|standard (?:input|output)|put[_ ]request|draw(?:n|s)? (?:on|to) the screen"
    r"|[`'\"][^`'\"\n]*[`'\"]",
    re.IGNORECASE,
)

PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
SOURCES = [
    *sorted((ROOT / "tuneplay").rglob("*.py")),
    *sorted((ROOT / "scripts").rglob("*.py")),
    ROOT / "scripts" / "messages",
]


def found_in(text):
    """What a reader would stop at in one text."""
    text = ALLOWED.sub("…", text)
    found = [match[0] for match in WORDS.finditer(re.sub(r"\s+", " ", text))]
    if len(LIES.findall(text)) > 1:
        found.append("lie … lie")
    found += ["so that … so that" for part in END.split(text) if len(SO_THAT.findall(part)) > 1]
    return found


def texts_of_source(source):
    """Comments, each with the lines that belong to it, docstrings, and texts that are sentences."""
    yield from comments(source)
    inside = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            inside |= {id(part) for part in node.values}
            pieces = [p.value if isinstance(p, ast.Constant) else "…" for p in node.values]
            yield "".join(pieces)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in inside and len(re.findall(r"[^\W\d_]+", node.value)) >= 3:
                yield node.value


def comments(source):
    block, last = [], -1
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            if token.start[0] != last + 1 and block:
                yield " ".join(block)
                block = []
            block.append(token.string.lstrip("#: "))
            last = token.start[0]
    yield " ".join(block)


def texts_of_page(text):
    """Paragraphs; code is not prose, but on the page of messages it is what is said."""
    return re.split(r"\n\s*\n|\n(?=[-*|] )|\n(?=r\.yaml)", text)


def texts_of(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".md":
        return list(texts_of_source(text))
    if path.name != "messages.md":
        text = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return texts_of_page(text)


@pytest.mark.parametrize(
    "path", [*SOURCES, *PAGES], ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_nobody_stops_at_a_word(path):
    found = [(word, text[:300]) for text in texts_of(path) for word in found_in(text)]
    assert found == [], "STYLE: these words have plainer ones, see FORBIDDEN"


@pytest.mark.parametrize(
    "text",
    [
        "read anew from the start",
        "a comment that tells\nwhy",
        "the argument is no round",
        "Mend the rights.",
        "The values lie there, and others lie here.",
        "It is so, so that it works, so that nobody waits.",
        "hold it against the rules",
        "the whole range",
        "another draw of points",
        "the points were drawn again",
        "in the place beside it",
        "put it there",
    ],
)
def test_what_a_reader_stops_at_is_found(text):
    assert len(found_in(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "a whole number from 1 on",
        "there is no round of this name",
        "it is no longer read",
        "input and output",
        "The value lies there.",
        "Do this, so that it works. Do that, so that nobody waits.",
        "what is drawn as a table",
        "`put` is a method",
        "recommend an amendment",
    ],
)
def test_plain_sentences_are_left_alone(text):
    assert found_in(text) == []


def test_comments_docstrings_and_sentences_are_looked_at_and_names_are_not():
    source = (
        '"""It is read anew."""\n# One line and\n# the next: anew.\nanew = "anew"\n'
        'b = f"read {anew} anew now"\n'
    )
    assert [text for text in texts_of_source(source) if found_in(text)] == [
        "One line and the next: anew.",
        "It is read anew.",
        "read … anew now",
    ]
