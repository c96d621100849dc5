"""Times are aware UTC with microseconds, and their text sorts as they do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from fops.kernel.clock import SystemClock, isoformat, parse


def test_now_is_aware_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_text_is_of_one_width_so_that_it_sorts_as_time() -> None:
    moment = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    moments = [moment, moment + timedelta(microseconds=1), moment + timedelta(seconds=1)]
    texts = [isoformat(one) for one in moments]
    assert texts[0] == "2026-11-22T09:30:00.000000Z"
    assert texts == sorted(texts)


def test_text_of_another_zone_is_utc() -> None:
    moment = datetime(2026, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=2)))
    assert isoformat(moment) == "2025-12-31T23:00:00.000000Z"
    assert parse(isoformat(moment)) == moment


def test_a_missing_zone_means_utc() -> None:
    assert parse("2026-01-01") == datetime(2026, 1, 1, tzinfo=UTC)


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="yesterday"):
        parse("yesterday")
