"""Points in time as people say them: "tänään klo 15.30", "maanantaina 23.11. klo 8". The words are content."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from actions.wording import Wording

HELSINKI = ZoneInfo("Europe/Helsinki")
# Swedish as it is written in Finland, English as in Britain.
LOCALES = {"fi": "fi", "sv": "sv_FI", "en": "en_GB"}
DAY = {"fi": "EEEE d.M.", "sv": "EEEE d.M.", "en": "EEEE d MMMM"}
SHORT_DAY = {"fi": "d.M.", "sv": "d.M.", "en": "d MMM"}
CLOCK = {"fi": "H.mm", "sv": "H.mm", "en": "H:mm"}
FULL_HOUR = {"fi": "H", "sv": "H", "en": "H:mm"}
RELATIVE_DAYS = {-1: "yesterday", 0: "today", 1: "tomorrow"}


def in_words(moment: datetime, now: datetime, wording: Wording) -> str:
    """A moment with its clock time in Finland; both datetimes are aware."""
    local = moment.astimezone(HELSINKI)
    return wording.text("utter_word_at", day=day_in_words(local.date(), now, wording), clock=clock(local, wording))


def day_in_words(day: date, now: datetime, wording: Wording) -> str:
    """A calendar day in Finland: today, tomorrow and yesterday by their words, others by weekday and date."""
    distance = (day - now.astimezone(HELSINKI).date()).days
    if distance in RELATIVE_DAYS:
        return wording.text(f"utter_word_{RELATIVE_DAYS[distance]}")
    weekday = format_date(day, DAY[wording.language], locale=LOCALES[wording.language])
    return wording.text("utter_word_weekday", day=weekday)


def short_day(moment: datetime, wording: Wording) -> str:
    """Day and month only, for lists."""
    local = moment.astimezone(HELSINKI).date()
    return str(format_date(local, SHORT_DAY[wording.language], locale=LOCALES[wording.language]))


def clock(local: datetime, wording: Wording) -> str:
    """The time of day; the full hour without minutes where people write it so."""
    pattern = FULL_HOUR if local.minute == 0 else CLOCK
    return str(format_time(local, pattern[wording.language], locale=LOCALES[wording.language]))
