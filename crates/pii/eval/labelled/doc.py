"""Text that knows which of its parts are private, through every escaping that is done to it."""

import html
import json
import urllib.parse
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Mark:
    """What a part of a text is.

    `kind` is "must" (to be found), "may" (right if found, no loss if not) or "trap" (looks like something, is
    nothing); `name` is the type, or the class of the trap.
    """

    kind: str
    name: str


@dataclass(frozen=True)
class Doc:
    """Pieces of text, each marked or not."""

    pieces: tuple = ()

    def __add__(self, other):
        return Doc(self.pieces + of(other).pieces)

    def __radd__(self, other):
        return of(other) + self

    def map(self, change):
        """The same marks on what `change` makes of each piece."""
        return Doc(tuple((change(text), mark) for text, mark in self.pieces))

    @property
    def text(self):
        """The whole, without marks."""
        return "".join(text for text, _ in self.pieces)

    def spans(self):
        """(kind, name, start, end) in bytes of the UTF-8 text; neighbours under one mark are one span."""
        found, at, last = [], 0, None
        for text, mark in self.pieces:
            end = at + len(text.encode())
            if mark is not None and end > at:
                if mark is last and found[-1][3] == at:
                    found[-1] = (*found[-1][:3], end)
                else:
                    found.append((mark.kind, mark.name, at, end))
            if end > at:
                last = mark
            at = end
        return found

    def demoted(self):
        """What had to be found may be found."""
        marks = {}

        def weaker(mark):
            if mark is None or mark.kind != "must":
                return mark
            return marks.setdefault(id(mark), Mark("may", mark.name))

        return Doc(tuple((text, weaker(mark)) for text, mark in self.pieces))


def of(value):
    """A text or a Doc as a Doc."""
    return value if isinstance(value, Doc) else Doc(((value, None),))


def join(separator, docs):
    """Like `str.join`."""
    whole = Doc()
    for at, doc in enumerate(docs):
        whole = whole + (separator if at else "") + doc
    return whole


def fill(template, **docs):
    """`template` with `{name}` replaced; a Doc keeps its marks. Braces are doubled as in `str.format`."""
    import string

    whole = Doc()
    for literal, name, _, _ in string.Formatter().parse(template):
        whole = whole + literal
        if name is not None:
            whole = whole + docs[name]
    return whole


def json_escaped(doc, ascii_only=False):
    """As the inside of a JSON string."""
    return of(doc).map(lambda text: json.dumps(text, ensure_ascii=ascii_only)[1:-1])


def url_escaped(doc):
    """As a value in a URL's query."""
    return of(doc).map(lambda text: urllib.parse.quote(text, safe=""))


def html_escaped(doc):
    """As text in HTML or XML."""
    return of(doc).map(html.escape)


def sql_escaped(doc):
    """As the inside of an SQL literal."""
    return of(doc).map(lambda text: text.replace("'", "''"))


@dataclass(frozen=True)
class Fact:
    """A value, what programs and people call it, and whether it shows itself without being named."""

    doc: Doc
    # What a program calls it: a key in snake case.
    key: str
    # What a person calls it.
    words: str
    # Found without anything around that names it (tier A); else only where it is named.
    alone: bool = True
    # The words in other languages, by language.
    said: dict = field(default_factory=dict)
    # Not for these families.
    not_in: tuple = ()

    @property
    def is_trap(self):
        """True if nothing in it is private."""
        return all(mark is None or mark.kind == "trap" for _, mark in self.doc.pieces)


def fact(name, text, key, words, alone=True, said=None, not_in=()):
    """A fact that is private from its first letter to its last."""
    doc = Doc(((text, Mark("must", name)),))
    return Fact(doc, key, words, alone, said or {}, not_in)


def fact_in(name, parts, key, words, alone=True, not_in=()):
    """A fact of which only the parts given as 1-tuples are private."""
    pieces = tuple((part[0], Mark("must", name)) if isinstance(part, tuple) else (part, None) for part in parts)
    return Fact(Doc(pieces), key, words, alone, {}, not_in)


def trap(name, text, key, words):
    """What looks private and is not."""
    return Fact(Doc(((text, Mark("trap", name)),)), key, words)
