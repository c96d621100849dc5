"""The file in which a program keeps its data itself, as with SQLite and its like: no server, but a place to write.

The fact `database_file` has `path` as the program names it (relative to its working folder, or absolute), `variable`
that names another one (None where nothing does), and `pattern`: what that variable holds, `{path}` or `{folder}` standing
for where the file is.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from fops.onboarding.detect.evidence import Hit
from fops.onboarding.detect.languages.code import before
from fops.onboarding.model import LIKELY, Fact

LITERAL = re.compile(
    r"(?P<quote>[\"'`])(?P<scheme>(?:sqlite(?:\+\w+)?:///|jdbc:sqlite:|file:)?)(?P<base>(?:\$?\{[^{}\n]{1,80}\}/?)?)"
    r"(?P<path>(?:\.{0,2}/)?[\w./@-]{0,100}[\w@-]\.(?:db3?|sqlite3?))(?P<rest>(?:\?[^\"'`\n]{0,200})?)(?P=quote)"
)
"""A name such as `data/app.db` in quotes, alone or in a URL: by the endings that SQLite's documentation and tools use."""
_NOT_OURS = re.compile(r"(?:^|/)(?:Thumbs|thumbs)\.db$|^/tmp/|\.db\.backends\.")
_SCHEME = re.compile(r"(?:sqlite(?:\+\w+)?:///|\bfile:)(?=[\"'`]|\$?\{)")
_READ = re.compile(
    r"(?:(?:\w*[eE]nv\w*|ENV)(?:\.\w+|\(\))*\s*[.(\[]|(?<![\w.])config\()\s*[\"'`]?(?P<name>[A-Z][A-Z0-9_]*)\b"
)
_TELLS_FILE = re.compile(r"(?:URL|URI|DSN|PATH|FILE|FILENAME|NAME|DB|DATABASE|SQLITE|STORAGE)\Z")
_TELLS_FOLDER = re.compile(r"(?:DIR|DIRECTORY|FOLDER)\Z")
# Where a name is joined to a folder before it, an absolute one changes nothing: Node and Go put it below all the same.
_BELOW_ANOTHER = re.compile(r"(?<!os\.path\.)\b[jJ]oin\([^)]*,[^),]*\Z")
_READS_DATABASE_URL = re.compile(r"dj_database_url\.config\(|\benv\.db\(\s*(?:default\b|$)")
_CONTINUES = re.compile(r"(?:[\\(\[{,=+?|]|\bor)\s*$")
_MOST_LINES = 4  # of a statement before the name; a settings table has it nearer


def database_file(
    rule: str, hit: Hit, *, path: str | None = None, variable: str | None = None
) -> Fact | None:
    """The fact for a match of `LITERAL`, None for a file that is none of the program's data.

    `path` is where the file lies if the match does not say it all, `variable` what names another one if known better.
    """
    found = posixpath.normpath(path or hit.match["path"])
    if _NOT_OURS.search(found):
        return None
    text = _statement(hit)
    name = variable or _variable(text)
    value = {
        "path": found,
        "variable": name,
        "pattern": "{folder}" if name and _TELLS_FOLDER.search(name) else _pattern(hit, text),
    }
    return Fact(
        name="database_file", value=value, rule=f"{rule}.database-file", confidence=LIKELY, file=hit.file, line=hit.line
    )  # fmt: skip


def first(facts: Iterator[Fact | None]) -> Iterator[Fact]:
    """The first file found: where a program names several, that is the one its settings name."""
    yield from (fact for fact in [next((one for one in facts if one), None)] if fact)


def _pattern(hit: Hit, statement: str) -> str:
    """What stands around the path: the scheme may be in quotes of its own, as in `"sqlite:///" + path`."""
    around = _SCHEME.findall(f"{statement}{hit.match['quote']}")
    scheme = hit.match["scheme"] or (around[-1] if around else "")
    return f"{scheme}{{path}}{hit.match['rest']}"


def _variable(statement: str) -> str | None:
    """The variable that the statement reads nearest to the name, if its own name says that it tells where data is."""
    read = next(reversed(list(_READ.finditer(statement))), None)
    if read and _TELLS_FOLDER.search(read["name"]):
        return str(read["name"])
    if read and _TELLS_FILE.search(read["name"]) and not _BELOW_ANOTHER.search(statement[: read.start()]):
        return str(read["name"])
    return "DATABASE_URL" if _READS_DATABASE_URL.search(statement) else None


def _statement(hit: Hit) -> str:
    """The hit's line in front of it, with the lines before that it continues."""
    above = hit.match.string[max(0, hit.match.start() - 1000) : hit.match.start()].split("\n")[:-1]
    taken = [before(hit)]
    while above and len(taken) < _MOST_LINES:
        if not (_CONTINUES.search(above[-1]) or taken[0].lstrip().startswith("if ")):
            break
        taken.insert(0, above.pop())
    return "\n".join(taken)
