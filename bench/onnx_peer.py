"""Classifying a folder as someone would who has an ONNX file: Pillow decodes and prepares, ONNX Runtime computes.

    python onnx_peer.py FILE.onnx PHOTOS [--size 224] [--batch 32]

Resize to the size with antialias (bicubic), centre crop, mean and deviation of .5, as EfficientNet-Lite0 wants its photos. Threads
of the runtime: its own choice. Photos are decoded by a pool of as many threads as there are cores, a batch ahead.
Prints one JSON object as torch_peer.py does: photos, seconds, photos a second, peak memory in MiB.
"""
import argparse, concurrent.futures, json, os, pathlib, resource, time

import numpy
import onnxruntime
from PIL import Image

a = argparse.ArgumentParser()
a.add_argument("model")
a.add_argument("photos")
a.add_argument("--size", type=int, default=224)
a.add_argument("--batch", type=int, default=32)
o = a.parse_args()


def prepared(path):
    picture = Image.open(path).convert("RGB")
    width, height = picture.size
    scale = o.size / min(width, height)
    picture = picture.resize((round(width * scale), round(height * scale)), Image.BICUBIC)
    left, top = (picture.width - o.size) // 2, (picture.height - o.size) // 2
    picture = picture.crop((left, top, left + o.size, top + o.size))
    return ((numpy.asarray(picture, numpy.float32) / 255 - 0.5) / 0.5).transpose(2, 0, 1)


paths = sorted(pathlib.Path(o.photos).rglob("*.jpg"))
session = onnxruntime.InferenceSession(o.model, providers=["CPUExecutionProvider"])
name = session.get_inputs()[0].name
start = time.time()
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    batches = [paths[i:i + o.batch] for i in range(0, len(paths), o.batch)]
    ahead = [pool.submit(prepared, p) for p in batches[0]]
    for i in range(len(batches)):
        waiting = ahead
        ahead = [pool.submit(prepared, p) for p in batches[i + 1]] if i + 1 < len(batches) else []
        logits = session.run(None, {name: numpy.stack([it.result() for it in waiting])})[0]
        numpy.argsort(-logits, axis=1)[:, :5]
took = time.time() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"job": "classify", "photos": len(paths), "seconds": took, "per_second": len(paths) / took, "peak_mib": peak}))
