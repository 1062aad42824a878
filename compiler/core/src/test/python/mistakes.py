"""What real Keras says and does for the mistakes below src/test/resources/mistakes: writes keras.tsv.

    KERAS_BACKEND=jax JAX_PLATFORMS=cpu <python with keras 3.15> mistakes.py keras.tsv

An error is quoted by its last line. Where there is none, the effect is measured: each figure in the text is one that this run printed.
"""
import io
import re
import sys
import warnings
from contextlib import redirect_stdout, redirect_stderr

import keras
import numpy as np
from keras import Input, Model, layers as L

R = np.random.RandomState(0)
IMAGES = R.randint(0, 17, (200, 8, 8, 1)).astype("float32") / 16
DIGITS = (IMAGES.reshape(200, 64)[:, :10]).argmax(1).astype("int32")
K = (np.arange(150) % 3).astype("int32")
X = (R.normal(0, 0.3, (150, 4)) + np.array([[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.6, 2.0]])[K]).astype("float32")
ONE_HOT = np.eye(3, dtype="float32")[K]
CASES = {}


def case(f):
    CASES[f.__name__] = f
    return f


def net(shape, *layers):
    x = y = Input(shape)
    for layer in layers:
        y = layer(y)
    return Model(x, y)


def fit(model, loss, x, y, epochs=30, optimizer="adam", metrics=(), **kw):
    keras.utils.set_random_seed(1)
    model.compile(optimizer=optimizer, loss=loss, metrics=list(metrics))
    return model.fit(x, y, epochs=epochs, verbose=0, **kw).history


def accuracy(model, x, classes):
    return f"{100 * (model.predict(x, verbose=0).argmax(-1) == classes).mean():.0f} %"


def first_last(history, name="loss"):
    return f"{history[name][0]:.3g} after the first epoch, {history[name][-1]:.3g} after the last of {len(history[name])}"


def seeded(make):
    keras.utils.set_random_seed(1)
    return make()


SPARSE = keras.losses.SparseCategoricalCrossentropy


@case
def _01_missing_flatten():
    fit(net((8, 8, 1), L.Conv2D(8, 3, activation="relu"), L.Dense(10)), SPARSE(from_logits=True), IMAGES, DIGITS, 1)


@case
def _02_batch_in_shape():
    fit(net((32, 8, 8, 1), L.Conv2D(8, 3, activation="relu"), L.Flatten(), L.Dense(10)), SPARSE(from_logits=True), IMAGES, DIGITS, 1)


@case
def _03_softmax_from_logits():
    h = fit(seeded(lambda: net((8, 8, 1), L.Flatten(), L.Dense(10, activation="softmax"))), SPARSE(from_logits=True), IMAGES, DIGITS, 100)
    g = fit(seeded(lambda: net((8, 8, 1), L.Flatten(), L.Dense(10))), SPARSE(from_logits=True), IMAGES, DIGITS, 100)
    return f"trains; the loss is {h['loss'][-1]:.2f} after 100 epochs, where the mended model has {g['loss'][-1]:.2f}"


@case
def _04_logits_as_probabilities():
    m = seeded(lambda: net((8, 8, 1), L.Flatten(), L.Dense(10)))
    h = fit(m, SPARSE(), IMAGES, DIGITS, 100)
    n = seeded(lambda: net((8, 8, 1), L.Flatten(), L.Dense(10)))
    fit(n, SPARSE(from_logits=True), IMAGES, DIGITS, 100)
    return f"trains; after 100 epochs {accuracy(m, IMAGES, DIGITS)} of the training rows are right, where the mended model has {accuracy(n, IMAGES, DIGITS)}"


@case
def _05_one_hot_sparse():
    fit(net((4,), L.Dense(3, activation="softmax")), SPARSE(), X, ONE_HOT, 1)


@case
def _06_ids_categorical():
    fit(net((4,), L.Dense(3, activation="softmax")), "categorical_crossentropy", X, K, 1)


@case
def _07_softmax_of_one():
    y = (K == 0).astype("float32")
    m = seeded(lambda: net((4,), L.Dense(1, activation="softmax")))
    h = fit(m, "binary_crossentropy", X, y)
    return f"trains; the loss is {first_last(h)}, and every prediction is {m.predict(X, verbose=0).min():.0f}"


@case
def _08_binary_two_units():
    fit(net((4,), L.Dense(2, activation="softmax")), "binary_crossentropy", X, (K == 0).astype("float32"), 1)


@case
def _09_channels_first():
    m = net((3, 32, 32), L.Conv2D(8, 3, activation="relu"), L.Flatten(), L.Dense(10))
    return f"builds; the convolution takes this for 3 rows of 32 columns in 32 colours, and gives {m.layers[1].output.shape[1:]}"


@case
def _10_unused_layer():
    x = Input((8, 8, 1))
    h = L.Conv2D(8, 3, activation="relu")(x)
    L.Conv2D(16, 3, activation="relu")(h)
    m = Model(x, L.Dense(10)(L.Flatten()(h)))
    return f"trains; the second convolution is none of the model's {len(m.layers)} layers"


@case
def _11_all_frozen():
    m = net((8, 8, 1), L.Flatten(), L.Dense(10))
    m.layers[-1].trainable = False
    h = fit(m, SPARSE(from_logits=True), IMAGES, DIGITS, 5)
    return f"trains; the loss is {first_last(h)}"


@case
def _12_label_range():
    h = fit(seeded(lambda: net((8, 8, 1), L.Flatten(), L.Dense(9))), SPARSE(from_logits=True), IMAGES, DIGITS, 5)
    return f"trains (on JAX); the loss is {first_last(h)}, in which rows of class 9 count nothing"


@case
def _13_labels_from_one():
    m = seeded(lambda: net((4,), L.Dense(3)))
    fit(m, SPARSE(from_logits=True), X, K + 1, 100, keras.optimizers.Adam(0.05))
    n = seeded(lambda: net((4,), L.Dense(3)))
    fit(n, SPARSE(from_logits=True), X, K, 100, keras.optimizers.Adam(0.05))
    return f"trains (on JAX); after 100 epochs {accuracy(m, X, K + 1)} of the training rows are right, where the mended model has {accuracy(n, X, K)}"


@case
def _14_batch_too_large():
    m = net((4,), L.Dense(3))
    h = fit(m, SPARSE(from_logits=True), X, K, 1, batch_size=1024)
    return f"trains; an epoch is {int(m.optimizer.iterations)} step"


@case
def _15_too_many_pools():
    net((8, 8, 1), L.Conv2D(8, 3), L.MaxPooling2D(2), L.Conv2D(8, 3), L.MaxPooling2D(2), L.Flatten(), L.Dense(10))


@case
def _16_concatenate():
    L.Concatenate()([Input((30, 4)), Input((10, 4))])


@case
def _17_residual():
    x = Input((8, 8, 4))
    x + L.Conv2D(8, 3, padding="same")(x)


@case
def _18_stacked_lstm():
    net((20, 4), L.LSTM(8), L.LSTM(8), L.Dense(1))


@case
def _19_lstm_without_features():
    net((20,), L.LSTM(8), L.Dense(1))


@case
def _20_embedding_floats():
    m = net((20,), L.Embedding(1000, 16), L.GlobalAveragePooling1D(), L.Dense(1))
    shares = R.uniform(0, 0.99, (5, 20)).astype("float32")
    assert np.array_equal(m.predict(shares, verbose=0), m.predict(0 * shares, verbose=0))
    return "builds; floats are cut to whole numbers without a word, so data that was scaled to 0..1 becomes word 0 everywhere"


@case
def _21_image_without_channels():
    net((28, 28), L.Conv2D(8, 3), L.Flatten(), L.Dense(10))


@case
def _22_flatten_then_conv():
    net((28, 28, 1), L.Flatten(), L.Conv2D(8, 3))


@case
def _23_reshape():
    net((20,), L.Reshape([4, 6]))


@case
def _24_accuracy_of_numbers():
    y = X[:, 0] + X[:, 3]
    h = fit(seeded(lambda: net((4,), L.Dense(1))), "mse", X, y, 300, metrics=["accuracy"])
    return f"trains; the loss falls from {h['loss'][0]:.2g} to {h['loss'][-1]:.2g}, and accuracy is never above {max(h['accuracy']):.0f}"


@case
def _25_relu_before_crossentropy():
    y = (K == 0).astype("float32")
    h = fit(seeded(lambda: net((4,), L.Dense(1, activation="relu"))), "binary_crossentropy", X, y, 100)
    g = fit(seeded(lambda: net((4,), L.Dense(1, activation="sigmoid"))), "binary_crossentropy", X, y, 100)
    return f"trains; the loss is {h['loss'][-1]:.2f} after 100 epochs, where the mended model has {g['loss'][-1]:.2f}"


@case
def _26_percentages():
    L.Dropout(50)


@case
def _27_quoted_numbers():
    L.Dense("10", activation="Relu")


@case
def _28_monitor():
    out = io.StringIO()
    with warnings.catch_warnings(record=True) as caught, redirect_stdout(out):
        warnings.simplefilter("always")
        h = fit(net((8, 8, 1), L.Flatten(), L.Dense(10)), SPARSE(from_logits=True), IMAGES, DIGITS, 5, metrics=["accuracy"],
                callbacks=[keras.callbacks.EarlyStopping(monitor="val_acc", mode="max", patience=1)])
    return f"trains for all {len(h['loss'])} epochs, and warns after each: ``{one_line(str(caught[-1].message))}``"


@case
def _29_old_arguments():
    keras.optimizers.Adam(lr=0.001)


@case
def _30_wrong_output_name():
    x = Input((4,))
    m = Model(x, {"price": L.Dense(1, name="price")(x)})
    fit(m, {"prize": "mse"}, X, {"price": X[:, 0]}, 1)


@case
def _31_units_and_columns():
    m = seeded(lambda: net((4,), L.Dense(3)))
    h = fit(m, "mse", X, X[:, :1], 1)
    return f"trains; the label is stretched over the {m.output_shape[1]} units without a word"


@case
def _32_high_rate():
    h = fit(seeded(lambda: net((4,), L.Dense(1))), "mse", X, X[:, 0], 5, optimizer=keras.optimizers.Adam(10.0))
    g = fit(seeded(lambda: net((4,), L.Dense(1))), "mse", X, X[:, 0], 5, optimizer=keras.optimizers.Adam(1e-3))
    return f"trains; the loss after the first epoch is {h['loss'][0]:.3g}, where a rate of 1e-3 gives {g['loss'][0]:.3g}"


@case
def _33_misspelt_column():
    return "leaves tables to other code; with pandas, for one, a `KeyError: 'knid'` ends the program when it gets there"


@case
def _34_one_unit_for_classes():
    h = fit(net((4,), L.Dense(1, activation="sigmoid")), SPARSE(), X, (K == 0).astype("int32"), 30)
    return f"trains; the loss is {first_last(h)}, and nothing is learned"


@case
def _35_functional_python():
    return "takes this as it is: it is Python, and what the names stand for is not known before it runs"


def one_line(text):
    text = [line.strip() for line in text.strip().splitlines() if line.strip()]
    line = re.sub(r"\s+", " ", text[-1])
    return line if len(line) <= 240 else line[:237] + ".."


def answer(f):
    try:
        with redirect_stderr(io.StringIO()):
            said = f()
    except Exception as e:
        kind = type(e).__name__
        full = " ".join(re.sub(r"\x1b\[[0-9;]*m", "", str(e)).split())
        # Keras puts the sentence first and a dump of arguments after it.
        sentence = re.split(r" Arguments received| Received: y_true| The following", full)[0]
        sentence = sentence if len(sentence) <= 260 else sentence[:257] + ".."
        return f"says: ``{kind}: {sentence}``"
    return said + "."


if __name__ == "__main__":
    lines = []
    for name, f in CASES.items():
        lines.append(f"{name[1:]}\t{answer(f)}")
        print(lines[-1], flush=True)
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")
