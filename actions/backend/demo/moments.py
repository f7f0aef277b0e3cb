"""Times of the demo data, which are relative so that the demo is always fresh."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_FINLAND = ZoneInfo("Europe/Helsinki")
_OFFSET = re.compile(r"([+-])(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?: (\d\d):(\d\d))?")


def moment(text: str, now: datetime) -> datetime:
    """`-2h30m`, `+3d` from now, or `+1d 23:30`: that hour in Finland on the day so many days away. Aware UTC."""
    found = _OFFSET.fullmatch(text)
    if not found or not any(found.groups()[1:4]):
        raise ValueError(f"not a relative time: {text!r}")
    sign, days, hours, minutes, hour, minute = found.groups()
    offset = timedelta(days=int(days or 0), hours=int(hours or 0), minutes=int(minutes or 0))
    shifted = now + offset if sign == "+" else now - offset
    return shifted.astimezone(UTC) if hour is None else _at(shifted, time(int(hour), int(minute)))


def day(text: str, now: datetime) -> date:
    """The calendar day in Finland of such a time."""
    return moment(text, now).astimezone(_FINLAND).date()


def _at(moment: datetime, hour: time) -> datetime:
    return datetime.combine(moment.astimezone(_FINLAND).date(), hour, tzinfo=_FINLAND).astimezone(UTC)
