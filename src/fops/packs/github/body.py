"""The text of a pull request: ours between two marks, people's around it. Pure."""

from __future__ import annotations

BEGIN, END = "<!-- fops: from here -->", "<!-- fops: to here; write above or below, it stays -->"
MAX_BODY = 65_536  # characters that GitHub takes
_CUT = "\n\n… the rest did not fit; `.fops/onboard.lock` on the branch has all of it.\n"


def fitted(ours: str, *, around: int = 0) -> str:
    """Our text between its marks, cut at a line where it would be too long beside `around` other characters."""
    room = MAX_BODY - around - len(BEGIN) - len(END) - 4
    if len(ours) > room:
        ours = ours[: max(room - len(_CUT), 0)].rpartition("\n")[0] + _CUT
    return f"{BEGIN}\n{ours.strip()}\n{END}\n"


def with_ours(body: str, ours: str) -> str:
    """A body with our part anew. One without marks was rewritten by a person, and stays as it is."""
    before, begin, rest = body.replace("\r\n", "\n").partition(BEGIN)  # as a browser sends it back
    _, end, after = rest.partition(END)
    if not begin or not end:
        return body
    return before + fitted(ours, around=len(before) + len(after)).rstrip("\n") + after
