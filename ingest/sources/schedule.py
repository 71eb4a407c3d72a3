"""When a source is due: five cron fields in UTC. croniter lives here and nowhere else."""

from datetime import UTC, datetime

from croniter import croniter
from croniter.croniter import CroniterError

_FIELDS = 5


def next_after(schedule: str, moment: datetime) -> datetime:
    """The first time after a moment at which the schedule says so.

    Raises:
        ValueError: it is no schedule, or one that never comes; the message says what to write.
    """
    if len(schedule.split()) != _FIELDS:
        raise ValueError(f"{schedule!r} does not have five fields as '0 3 * * *' (03:00 UTC) does")
    try:
        coming = croniter(schedule, moment.astimezone(UTC)).get_next(datetime)
    except (CroniterError, ValueError, OverflowError) as error:
        raise ValueError(
            f"{schedule!r} is no time that comes ({error}): write minute, hour, day of the month, "
            "month and day of the week, such as '0 3 * * 1-5'"
        ) from error
    return coming.astimezone(UTC)
