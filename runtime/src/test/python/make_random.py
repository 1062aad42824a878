"""Writes the golden numbers of the random generators, drawn from the real programs.

Run with Keras 3.15.1 on JAX 0.10.2 and NumPy 2.4:
    KERAS_BACKEND=jax python make_random.py ../resources/org/mdlc/runtime/random/golden.npz
"""

import random
import sys

import jax
import keras
import numpy as np


def as_int32(values):
    return np.asarray(values).astype(np.uint32).view(np.int32)


golden = {}
for seed in (0, 1, 42, 1337, 2**32 - 1, 2**40 + 7):
    random.seed(seed)
    golden[f"python_randint_{seed}"] = np.array(
        [random.randint(1, 10**9) for _ in range(700)], np.int32)
    order = list(range(37))
    random.shuffle(order)
    golden[f"python_shuffle_{seed}"] = np.array(order, np.int32)
    golden[f"python_bits_{seed}"] = as_int32([random.getrandbits(32) for _ in range(5)])
    golden[f"python_random_{seed}"] = np.frombuffer(
        np.array([random.random() for _ in range(3)]).tobytes(), np.int32)

for seed in (0, 42, 2**32 - 1):
    np.random.seed(seed)
    for size in (1, 2, 13, 257, 1000):
        golden[f"numpy_permutation_{seed}_{size}"] = np.random.permutation(size).astype(np.int32)

sizes = {"small": 7, "large": 1031}
for seed, counter in ((0, 0), (42, 0), (42, 1), (0x8000_0001, 0xFFFF_FFFF)):
    key = jax.numpy.array([seed, counter], "uint32")
    for name, size in sizes.items():
        case = f"{seed}_{counter}_{size}"
        golden[f"bits_{case}"] = as_int32(jax.random.bits(key, (size,), "uint32"))
        golden[f"uniform_{case}"] = np.asarray(keras.random.uniform((size,), seed=key))
        golden[f"scaled_{case}"] = np.asarray(
            keras.random.uniform((size,), -0.0721687824, 0.0721687824, seed=key))
        golden[f"normal_{case}"] = np.asarray(keras.random.normal((size,), seed=key))
        golden[f"truncated_{case}"] = np.asarray(keras.random.truncated_normal((size,), seed=key))
        golden[f"dropout_{case}"] = np.asarray(
            keras.random.dropout(jax.numpy.ones((size,)), 0.3, seed=key))
        golden[f"randint_{case}"] = np.asarray(keras.random.randint((size,), -5, 1000, seed=key))
        golden[f"split_{case}"] = as_int32(jax.random.split(key, size))

keras.utils.set_random_seed(42)
model = keras.Sequential([
    keras.Input((5,)), keras.layers.Dense(4), keras.layers.Dropout(0.5), keras.layers.Dense(3)])
golden["keras_dense"] = np.asarray(model.layers[0].kernel)
golden["keras_dense_1"] = np.asarray(model.layers[2].kernel)
golden["keras_seed"] = as_int32(model.layers[1].seed_generator.state.value)

np.savez_compressed(sys.argv[1], **golden)
