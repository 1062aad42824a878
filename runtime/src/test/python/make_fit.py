"""Writes what Keras's fit, evaluate, predict and train_on_batch do with a linear regression.

Run with Keras 3.15.1 on JAX 0.10.2:
    KERAS_BACKEND=jax python make_fit.py ../resources/org/mdlc/runtime
"""

import sys
from pathlib import Path

import keras
import numpy as np

folder = Path(sys.argv[1])
rows = np.random.default_rng(1)
x = rows.normal(size=(50, 3)).astype(np.float32)
y = (x @ [1.0, -2.0, 0.5] + 0.3 + 0.1 * rows.normal(size=50)).astype(np.float32)
golden = {"x": x, "y": y}
events = []


class Trace(keras.callbacks.Callback):
    def log(self, event, logs=None):
        events.append(" ".join([event] + sorted(logs or {})))

    def on_train_begin(self, logs=None): self.log("train_begin")
    def on_train_end(self, logs=None): self.log("train_end", logs)
    def on_epoch_begin(self, epoch, logs=None): self.log(f"epoch_begin {epoch}")
    def on_epoch_end(self, epoch, logs=None): self.log(f"epoch_end {epoch}", logs)
    def on_train_batch_begin(self, batch, logs=None): self.log(f"train_batch_begin {batch}")
    def on_train_batch_end(self, batch, logs=None): self.log(f"train_batch_end {batch}", logs)
    def on_test_begin(self, logs=None): self.log("test_begin")
    def on_test_end(self, logs=None): self.log("test_end", logs)
    def on_test_batch_begin(self, batch, logs=None): self.log(f"test_batch_begin {batch}")
    def on_test_batch_end(self, batch, logs=None): self.log(f"test_batch_end {batch}", logs)
    def on_predict_begin(self, logs=None): self.log("predict_begin")
    def on_predict_end(self, logs=None): self.log("predict_end")
    def on_predict_batch_begin(self, batch, logs=None): self.log(f"predict_batch_begin {batch}")
    def on_predict_batch_end(self, batch, logs=None): self.log(f"predict_batch_end {batch}")


def build(seed):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.05), "mse", metrics=["mae"])
    return model


def keep(case, model, history=None):
    golden[f"{case}_kernel"] = np.asarray(model.layers[0].kernel)
    golden[f"{case}_bias"] = np.asarray(model.layers[0].bias)
    for name, values in (history.history if history else {}).items():
        golden[f"{case}_{name}"] = np.array(values, np.float32)


model = build(42)
keep("start", model)
history = model.fit(x, y, batch_size=16, epochs=3, validation_split=0.2, verbose=0,
                    callbacks=[Trace()])
keep("shuffled", model, history)
history = model.fit(x, y, batch_size=16, epochs=2, verbose=0)  # goes on with the same generators
keep("again", model, history)
golden["evaluated"] = np.array(
    [model.evaluate(x, y, verbose=0, return_dict=True)[name] for name in ("loss", "mae")], np.float32)
golden["predicted"] = model.predict(x, verbose=0)
model.evaluate(x, y, verbose=0, callbacks=[Trace()])
model.predict(x, verbose=0, callbacks=[Trace()])

model = build(7)
keep("ordered", model, model.fit(
    x, y, batch_size=20, epochs=4, shuffle=False, verbose=0, validation_data=(x[:7], y[:7]),
    validation_freq=2))

model = build(9)  # metrics built by train_on_batch: fit draws no extra permutation
golden["on_batch"] = np.array([model.train_on_batch(x[:11], y[:11]) for _ in range(2)], np.float32)
keep("after_batch", model, model.fit(x, y, batch_size=50, epochs=2, verbose=0))

np.savez(folder / "fit.npz", **golden)
(folder / "events.txt").write_text("\n".join(events) + "\n")
