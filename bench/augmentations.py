"""Repeats with torchvision v2 on PIL images what augmentations.ts drew, and counts what is the same.

    python bench/augmentations.py steps.jsonl        with torch, torchvision and Pillow 12
"""
import base64, collections, hashlib, json, pathlib, sys

import numpy as np
from PIL import Image, ImageOps

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "test" / "fixtures" / "augmentations"))
from make import apply

counts, largest, off = collections.Counter(), 0, 0
for line in open(sys.argv[1]):
    one = json.loads(line)
    image = ImageOps.exif_transpose(Image.open(one["file"])).convert("RGB")
    result = apply(image, one["step"], 224, "bilinear")
    name = one["step"]["name"]
    same = list(result.size) == one["size"] and hashlib.sha256(result.tobytes()).hexdigest() == one["sha256"]
    if name == "GaussianBlur":
        difference = np.abs(np.frombuffer(base64.b64decode(one["bytes"]), np.uint8).astype(int) - np.frombuffer(result.tobytes(), np.uint8))
        largest, off = max(largest, int(difference.max())), max(off, float((difference > 0).mean()))
    elif not same:
        print("differs:", one["file"], one["step"])
    counts[name, same] += 1
for (name, same), count in sorted(counts.items()):
    print(f"{name}: {count} {'the same' if same else 'not the same'}")
print(f"GaussianBlur: at most {largest} level, on at most {off:.2e} of a photo's values")
