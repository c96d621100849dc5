"""Identifiers say what they name and sort by when they were made."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

from fops.kernel.ids import moment_of, new_id


def test_an_id_is_its_prefix_and_128_bits_in_crockfords_alphabet() -> None:
    assert re.fullmatch(r"opn_[0-9a-hjkmnp-tv-z]{26}", new_id("opn"))


def test_ids_made_later_sort_later() -> None:
    made = []
    for _ in range(5):
        made.append(new_id("inc"))
        time.sleep(0.002)
    assert made == sorted(made)


def test_ids_of_one_moment_differ() -> None:
    assert len({new_id("dep") for _ in range(2000)}) == 2000


def test_an_id_tells_when_it_was_made() -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    assert before <= moment_of(new_id("opn")) <= datetime.now(UTC)
