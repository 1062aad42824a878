#!/usr/bin/env python3
"""What real Keras makes of folders, images and series: the numbers behind DirectoryGoldenTest and TimeseriesGoldenTest.

Needed only to make the numbers anew (docs/golden.md); neither the build nor a test runs it.

    pip install keras==3.15.1 "jax[cpu]==0.10.2" tensorflow-cpu pillow
    KERAS_BACKEND=jax python golden_data.py ../../../../../runtime/src/test/resources/golden/keras

writes data.json (orders of files, windows of series) and images.npz (images before and after).
"""
import json, os, sys, tempfile  # noqa: E401

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import keras
from keras.src.utils import dataset_utils
from PIL import Image

# Sorting by code points, by path and not by name, hidden folders, deep folders, endings in capitals, other files.
TREE = ["b/10.png", "b/9.png", "b/Z.PNG", "b/a.png", "b/inner/0.png", "b/inner-two/1.png", "b/inner/x/2.png", "b/notes.md",
        "a/one.png", "a/two.png", "a/three.png", "C/1.png", "C/é.png", "C/～.png", "C/😀.png", ".hidden/1.png", "top.png"]

def tree(root):
    for name in TREE:
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        open(path, "w").close()

def orders():
    cases = []
    with tempfile.TemporaryDirectory() as root:
        tree(root)
        calls = [dict(labels="inferred", shuffle=False), dict(labels="inferred", seed=7), dict(labels=None, shuffle=False),
                 dict(labels="inferred", class_names=["b", "a"], shuffle=False), dict(labels="inferred", seed=123456789),
                 dict(labels=[i % 3 * 2 for i in range(len(TREE) - 1)], seed=5)]
        for call in calls:
            for split, subset in ((None, None), (0.3, "training"), (0.3, "validation")):
                given = {k: list(v) if isinstance(v, list) else v for k, v in call.items()}  # Keras shuffles a list of labels in place
                files, labels, names = dataset_utils.index_directory(root, formats=(".png",), verbose=False, **given)
                files, labels = dataset_utils.get_training_or_validation_split(files, labels, split, subset)
                cases.append(dict(call=call, split=split, subset=subset, files=[os.path.relpath(f, root) for f in files],
                                  labels=None if labels is None else [int(l) for l in labels], classes=names))
    return cases

def series():
    cases = []
    data = [[i, 10 * i] for i in range(23)]
    targets = [100 + i for i in range(23)]
    for call in (dict(sequence_length=4), dict(sequence_length=3, sequence_stride=2, sampling_rate=3), dict(sequence_length=1),
                 dict(sequence_length=5, sampling_rate=2, start_index=3, end_index=19), dict(sequence_length=2, shuffle=True, seed=3),
                 dict(sequence_length=10, sequence_stride=22)):
        for given in (None, targets):
            # The order before each epoch shuffles it again is that of `seed`: what an iteration does on top is TensorFlow's alone.
            ds = keras.utils.timeseries_dataset_from_array(np.array(data, "float32"), None if given is None else np.array(given, "int32"),
                                                           batch_size=None, **{**call, "shuffle": False})
            rows = [[np.asarray(p).tolist() for p in (r if isinstance(r, tuple) else (r,))] for r in ds]
            if call.get("shuffle"):
                order = np.arange(len(rows)); np.random.RandomState(call["seed"]).shuffle(order)
                rows = [rows[i] for i in order]
            cases.append(dict(call=call, targets=given is not None, rows=rows))
    return dict(data=data, targets=targets, cases=cases)

def images():
    rng = np.random.default_rng(5)
    out = {}
    src = {"rgb": rng.integers(0, 256, (7, 11, 3)), "gray": rng.integers(0, 256, (13, 9, 1)), "rgba": rng.integers(0, 256, (10, 14, 4))}
    mode = {"rgb": "rgb", "gray": "grayscale", "rgba": "rgba"}
    for name, x in src.items():
        x = x.astype("uint8")
        out[f"src.{name}"] = x.astype("int32")
        with tempfile.TemporaryDirectory() as root:
            path = os.path.join(root, "x.png")
            Image.fromarray(x[:, :, 0] if name == "gray" else x).save(path)
            def folder(size, **call):
                ds = keras.utils.image_dataset_from_directory(root, labels=None, color_mode=mode[name], batch_size=None, image_size=size,
                                                              shuffle=False, verbose=False, **call)
                return np.asarray(next(iter(ds)), "float32")
            for size in ((5, 8), (16, 20), x.shape[:2], (1, 1)):
                tag = f"{name}.{size[0]}x{size[1]}"
                for how in ("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"):
                    out[f"folder.{tag}.{how}"] = folder(size, interpolation=how)
                for how in ("bilinear", "nearest"):
                    out[f"jax.{tag}.{how}"] = np.asarray(keras.ops.image.resize(x.astype("float32"), size, interpolation=how))
                    out[f"crop.{tag}.{how}"] = folder(size, interpolation=how, crop_to_aspect_ratio=True)
                    if size != (1, 1):  # which fails in Keras
                        out[f"pad.{tag}.{how}"] = folder(size, interpolation=how, pad_to_aspect_ratio=True)
                for how in ("nearest", "bilinear", "bicubic", "lanczos", "box", "hamming"):
                    for keep in (False, True):
                        img = keras.utils.load_img(path, color_mode=mode[name], target_size=size, interpolation=how, keep_aspect_ratio=keep)
                        out[f"load.{tag}.{how}.{keep}"] = keras.utils.img_to_array(img)
            out[f"first.{name}"] = folder((5, 8), data_format="channels_first")
            for other, color in mode.items():
                out[f"as.{name}.{other}"] = keras.utils.img_to_array(keras.utils.load_img(path, color_mode=color))
        y = rng.normal(size=x.shape).astype("float32")
        out[f"float.{name}"] = y
        out[f"scaled.{name}"] = keras.utils.img_to_array(keras.utils.array_to_img(y))
    return out

if __name__ == "__main__":
    target = sys.argv[1]
    with open(os.path.join(target, "data.json"), "w", encoding="utf-8") as f:
        json.dump(dict(tree=TREE, orders=orders(), series=series()), f, ensure_ascii=True, indent=None, separators=(",", ":"))
        f.write("\n")
    np.savez_compressed(os.path.join(target, "images.npz"), **images())
