"""The switches of the page: each a plain sentence (texts.py, fault_<name>) over one fault."""

from bot.simulator.errors import Json
from bot.simulator.faults import Faults

RECEIPTS = ["echo", "delivery", "read", "status"]

ON: dict[str, Json] = {
    "fail": {"fail": {"share": 0.33, "code": 131000}},
    "drop": {"drop": {"share": 0.33}},
    "delay": {"delay": {"share": 1.0, "seconds": 20.0}},
    "duplicate": {"duplicate": {"share": 1.0}},
    "reorder": {"reorder": {"size": 4, "seconds": 1.0}},
    "batch": {"batch": {"size": 8, "seconds": 1.0}},
    "hold": {"hold": RECEIPTS},
    "later": {"fail_later": {"share": 0.5}},
}
OFF: dict[str, Json] = {
    "fail": {"fail": {"share": 0.0}},
    "drop": {"drop": {"share": 0.0}},
    "delay": {"delay": {"share": 0.0}},
    "duplicate": {"duplicate": {"share": 0.0}},
    "reorder": {"reorder": {"size": 1}},
    "batch": {"batch": {"size": 1}},
    "hold": {"hold": []},
    "later": {"fail_later": {"share": 0.0}},
}


def switches(faults: Faults) -> list[Json]:
    """Name, state and both requests of every switch, in the order of the page."""
    state = {
        "fail": faults.fail.share > 0 or faults.fail.next > 0,
        "drop": faults.drop.share > 0 or faults.drop.next > 0,
        "delay": faults.delay.share > 0 or faults.delay.next > 0,
        "duplicate": faults.duplicate.share > 0 or faults.duplicate.next > 0,
        "reorder": faults.reorder.size > 1,
        "batch": faults.batch.size > 1,
        "hold": bool(faults.hold),
        "later": faults.fail_later.share > 0 or faults.fail_later.next > 0,
    }
    return [{"name": name, "on": state[name], "patch_on": ON[name], "patch_off": OFF[name]} for name in ON]
