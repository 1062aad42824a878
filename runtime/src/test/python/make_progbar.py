"""Writes what keras.utils.Progbar prints, under a fake clock; one line per case, escaped.

Run with Keras 3.15.1:
    KERAS_BACKEND=jax python make_progbar.py ../resources/org/mdlc/runtime/utils/progbar.txt
Every case is a name, the arguments and the updates: clock, steps done, values, finish.
"""

import io
import sys
from contextlib import redirect_stdout
from unittest import mock

from keras.utils import Progbar

LOSS = {"accuracy": 0.46875, "loss": 0.67848}
CASES = [
    ("epoch", dict(target=2, stateless_metrics=[]), [
        (2.0, 1, LOSS, False), (5.4, 2, {"accuracy": 0.46429, "loss": 0.6781}, False),
        (6.0, 2, {**LOSS, "val_accuracy": 0.6429, "val_loss": 0.6274}, True)]),
    ("averaged", dict(target=3), [
        (0.1, 1, {"a": 1.0}, None), (0.2, 2, {"a": 2.0}, None), (0.3, 3, {"a": 6.0}, None)]),
    ("averaged_over_unequal_steps", dict(target=10), [
        (0.1, 1, {"a": 1.0}, None), (0.4, 4, {"a": 2.0}, None), (0.6, 9, {"a": 6.0, "b": 1.0}, None)]),
    ("stateful", dict(target=4, stateful_metrics=["s"]), [
        (0.1, 1, {"s": 1.0, "a": 1.0}, None), (0.3, 3, {"s": 2.0, "a": 2.0}, None)]),
    ("interval_hides", dict(target=100, stateless_metrics=[]), [
        (0.01, 1, LOSS, False), (0.02, 2, LOSS, False), (0.07, 5, LOSS, False), (0.09, 100, LOSS, True)]),
    ("small_values", dict(target=5, stateless_metrics=[]), [
        (0.1, 1, {"tiny": 1.23456e-5, "zero": 0.0, "negative": -0.5, "edge": 1e-3,
                  "huge": 123456.789, "least": -2.5e-9}, False)]),
    ("not_finite", dict(target=5, stateless_metrics=[]), [
        (0.1, 1, {"n": float("nan"), "i": float("inf"), "m": float("-inf")}, False)]),
    ("negative_in_summary", dict(target=5, verbose=2, stateless_metrics=[]), [
        (3.6, 5, {"negative": -0.5, "not": float("nan"), "half": 0.00125}, True)]),
    ("summary", dict(target=12, verbose=2, stateless_metrics=[]), [
        (0.4, 1, LOSS, False), (2.5, 12, LOSS, True)]),
    ("summary_without_target", dict(target=None, verbose=2), [(0.4, 1, LOSS, True)]),
    ("silent", dict(target=2, verbose=0), [(1.0, 1, LOSS, None), (2.0, 2, LOSS, None)]),
    ("unknown", dict(target=None, unit_name="file"), [
        (0.1, 1, LOSS, False), (0.2, 7, LOSS, False), (0.9, 8, LOSS, True)]),
    ("long_eta", dict(target=10000), [
        (0.5, 1, {}, None), (1.0, 2, {}, None), (8.9, 20, {}, None), (900.0, 9000, {}, None)]),
    ("minutes", dict(target=1000), [(0.07, 1, {}, None), (2.0, 20, {}, None), (59.5, 1000, {}, None)]),
    ("microseconds", dict(target=1000), [
        (0.0001, 1, {}, None), (0.06, 500, {}, None), (0.2, 1000, {}, None)]),
    ("shorter_line", dict(target=3, stateless_metrics=[]), [
        (100.0, 1, {"loss": 123456.0}, False), (101.0, 2, {"loss": 1.0}, False), (102.0, 3, {"loss": 1.0}, True)]),
    ("wide", dict(target=7, width=7), [(1.0, 3, {}, None), (2.0, 7, {}, None)]),
    ("zero_target", dict(target=0), [(1.0, 0, {}, None)]),
    ("beyond_target", dict(target=4), [(1.0, 6, {}, None)]),
]

with open(sys.argv[1], "w", encoding="ascii") as golden:
    for name, arguments, updates in CASES:
        out = io.StringIO()
        with mock.patch("time.time") as clock, redirect_stdout(out):
            clock.return_value = 1000.0
            bar = Progbar(**arguments)
            for now, current, values, finish in updates:
                clock.return_value = 1000.0 + now
                bar.update(current, list(values.items()), finish)
        golden.write(name + "\t" + out.getvalue().encode("unicode_escape").decode("ascii") + "\n")
