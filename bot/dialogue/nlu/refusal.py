"""When to say "I don't know": how sure the classifier must be, learned from examples it had not seen.

The evidence for an intent is its own score less a share of that for `out_of_scope`. A logistic curve over the evidence
gives the confidence: the chance that the intent is right. The threshold is the lowest that still refuses as much of
what is out of scope as is asked for, so that as few right answers as possible are lost.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bot.dialogue.nlu.features import Floats
from bot.dialogue.nlu.linear import Labels

OUT_OF_SCOPE = "out_of_scope"
_SHARES = (0.0, 0.3, 0.6, 1.0)
_WITHOUT_EXAMPLES = 0.4  # threshold for content without an intent out_of_scope


class Refusal(NamedTuple):
    """`share` of the score for out_of_scope, the curve's `slope` and `offset`, the least `threshold` of confidence."""

    share: float
    slope: float
    offset: float
    threshold: float

    def confidences(self, scores: Floats, out_of_scope: Any) -> Floats:
        """The chance that each intent is right, from the intents' scores and that (those) of out_of_scope."""
        evidence = scores - self.share * out_of_scope
        return np.asarray(1 / (1 + np.exp(-(self.slope * evidence + self.offset))), np.float32)


def fit(scores: Floats, columns: Labels, labels: Labels, target: float) -> Refusal:
    """The refusal that stops `target` (0..1) of the examples of out_of_scope; `scores` must be held-out ones."""
    known = columns != OUT_OF_SCOPE
    best = scores[:, known].max(axis=1)
    right = columns[known][scores[:, known].argmax(axis=1)] == labels
    strange = labels == OUT_OF_SCOPE
    against = scores[:, ~known].max(axis=1) if strange.any() else np.zeros_like(best)
    shares = _SHARES if strange.any() else (0.0,)
    share = max(shares, key=lambda share: _kept(best - share * against, right, strange, target))
    slope, offset = _curve(best - share * against, right)
    curve = Refusal(share, slope, offset, 0.0)
    threshold = _threshold(curve.confidences(best, against), strange, target)
    return curve._replace(threshold=threshold)


def _kept(evidence: Floats, right: NDArray[np.bool_], strange: NDArray[np.bool_], target: float) -> int:
    return int((right & (evidence > _threshold(evidence, strange, target))).sum())


def _threshold(confidence: Floats, strange: NDArray[np.bool_], target: float) -> float:
    return float(np.quantile(confidence[strange], target)) if strange.any() else _WITHOUT_EXAMPLES


def _curve(evidence: Floats, right: NDArray[np.bool_]) -> tuple[float, float]:
    if right.all() or not right.any():
        return 1.0, 0.0  # too few examples to tell; the scores are log-odds already
    curve: Any = LogisticRegression(C=1e6, solver="newton-cholesky").fit(evidence.reshape(-1, 1), right)
    return float(curve.coef_[0, 0]), float(curve.intercept_[0])
