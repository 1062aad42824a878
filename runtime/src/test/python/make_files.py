"""Writes small array files with NumPy for the readers to read.

Run with NumPy 2.4, safetensors 0.8, h5py 3 and ml_dtypes:
    python make_files.py ../resources/org/mdlc/runtime/file
"""

import gzip
import struct
import sys
from pathlib import Path

import h5py
import ml_dtypes
import numpy as np
from safetensors.numpy import save_file

folder = Path(sys.argv[1])
counted = np.arange(24).reshape(2, 3, 4)
kinds = {}
for kind in ("<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "|b1", "|i1", "|u1", "<i2", ">i2", "<u2", "<i4", ">i4",
             "<u4", "<i8", ">i8", "<u8"):
    kinds[kind.replace("<", "little_").replace(">", "big_").replace("|", "byte_")] = counted.astype(kind)
kinds["fortran"] = np.asfortranarray(counted.astype("<f4"))
kinds["scalar"] = np.float32(1.5)
kinds["empty"] = np.zeros((0, 3), np.float32)
kinds["special"] = np.array([np.nan, np.inf, -np.inf, -0.0, 65504, 5.9604645e-08], np.float16)
np.savez(folder / "kinds.npz", **kinds)
np.savez_compressed(folder / "packed.npz", a=counted.astype("<f4"), b=np.arange(5))
np.save(folder / "array.npy", np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4))
with open(folder / "version2.npy", "wb") as out:
    np.lib.format.write_array(out, np.arange(3, dtype=np.int32), version=(2, 0))
np.save(folder / "text.npy", np.array(["a", "b"]))
np.save(folder / "records.npy", np.zeros(2, [("x", "<f4"), ("y", "<i4")]))
np.save(folder / "wide.npy", np.array([1, 2**40]))
np.save(folder / "objects.npy", np.array([{}], object), allow_pickle=True)
images = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
plain = struct.pack(">HBBIII", 0, 8, 3, 2, 3, 3) + images.tobytes()
(folder / "images.idx").write_bytes(plain)
(folder / "images.idx.gz").write_bytes(gzip.compress(plain, mtime=0))
save_file({"dense/kernel": np.arange(6, dtype=np.float32).reshape(2, 3), "steps": np.array(7, np.int64),
           "half": np.array([0.5], np.float16)}, folder / "weights.safetensors", {"format": "np"})
with h5py.File(folder / "kinds.h5", "w") as h5:
    arrays = h5.create_group("arrays")
    for name, array in kinds.items():
        arrays[name] = array
    # As Keras does.
    arrays.create_dataset("bfloat16", data=np.arange(4).astype(ml_dtypes.bfloat16)).attrs["dtype"] = "bfloat16"
    h5.create_group("empty/inside").attrs["name"] = "höhe"
    h5.attrs["layer_names"] = [b"dense", b"a_longer_name"]
    h5.attrs["texts"] = np.array(["x", "", "yy"], dtype=object)
    h5.attrs["nothing"] = []
    h5.attrs["number"] = 3
with h5py.File(folder / "packed.h5", "w") as h5:
    h5.create_dataset("a", data=counted, compression="gzip")
with h5py.File(folder / "latest.h5", "w", libver="latest") as h5:
    h5["a"] = counted
with h5py.File(folder / "text.h5", "w") as h5:
    h5["a"] = "text"
with h5py.File(folder / "circle.h5", "w") as h5:
    h5.create_group("a/b")
    h5["a/b/c"] = h5["a"]
