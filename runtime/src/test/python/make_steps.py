"""Writes what Keras's fit, evaluate and predict do with steps, shuffle="batch" and validation_freq=[..].

Run with Keras 3.15.1 on JAX 0.10.2, after make_fit.py, whose data it takes:
    KERAS_BACKEND=jax python make_steps.py ../resources/org/mdlc/runtime
"""

import sys
import warnings
from pathlib import Path

import keras
import numpy as np

folder = Path(sys.argv[1])
data = np.load(folder / "fit.npz")
x, y = data["x"][:11], data["y"][:11]
golden = {}
seen = []


def build(seed):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.05), "mse", metrics=["mae"])
    return model


def keep(case, seed, **options):
    model = build(seed)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        history = model.fit(x, y, verbose=0, **options)
    golden[f"{case}_kernel"] = np.asarray(model.layers[0].kernel)
    golden[f"{case}_bias"] = np.asarray(model.layers[0].bias)
    for name, values in history.history.items():
        golden[f"{case}_{name}"] = np.array(values, np.float32)
    ran_out = [w for w in caught if "ran out of data" in str(w.message)]
    golden[f"{case}_warnings"] = np.array([len(ran_out)], np.int32)
    golden[f"{case}_epochs"] = np.array(history.epoch, np.int32)
    golden[f"{case}_steps"] = np.array([history.params["steps"]], np.int32)


keep("continued", 1, batch_size=4, steps_per_epoch=2, epochs=5)
keep("exact", 2, batch_size=4, steps_per_epoch=3, epochs=3)
keep("beyond", 3, batch_size=4, steps_per_epoch=5, epochs=3)
keep("spread", 4, steps_per_epoch=4, epochs=3)
keep("in_batches", 5, batch_size=4, shuffle="batch", epochs=3)
keep("in_batches_by_steps", 6, batch_size=4, shuffle="batch", steps_per_epoch=2, epochs=4)
keep("validated", 7, batch_size=4, epochs=6, validation_data=(data["x"][11:], data["y"][11:]),
     validation_steps=2, validation_batch_size=3, validation_freq=[2, 3, 6])
keep("late", 8, batch_size=4, steps_per_epoch=2, epochs=4, initial_epoch=2, shuffle=False)
keep("validated_spread", 9, epochs=2, validation_data=(data["x"][11:], data["y"][11:]),
     validation_steps=4)

model = build(42)
golden["evaluated"] = np.array(
    [model.evaluate(x, y, batch_size=4, steps=2, verbose=0, return_dict=True)[name]
     for name in ("loss", "mae")], np.float32)
golden["predicted"] = model.predict(x, batch_size=4, steps=2, verbose=0)
golden["on_batch"] = model.predict_on_batch(x)
np.savez(folder / "steps.npz", **golden)
for name in golden:
    if name.endswith("warnings"):
        print(name, golden[name])
