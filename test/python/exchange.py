"""What Thaw and PyTorch read of each other, for every network: run by hand, since it needs torch, torchvision, timm and onnxruntime.

    python test/python/exchange.py PHOTOS [--networks resnet18 vgg16 …] [--parts read timm written] [--out numbers.json]

PHOTOS is a folder with train/CLASS and val/CLASS. For each network, with weights that nobody trained:

- torchvision's module (timm's, where names here are timm's) is saved in seven forms (state_dict, DataParallel, checkpoint, half,
  bfloat16, the older stream of pickles, safetensors), and Thaw classifies with each file, without being told which network it is;
- timm's own module of every network likewise; one that has its names and computes otherwise is refused where its file says so;
- Thaw trains a head and exports it; the module loads .pth and safetensors strictly; the Python program, ONNX Runtime and the module
  itself give the run's logits or probabilities.

Every difference is told as a share of the largest logit. One above 1e-4 ends the script with 1.
"""

import argparse
import contextlib
import io
import json
import os
import pathlib
import random
import runpy
import shutil
import subprocess
import sys
import tempfile

import torch

try:
    import torchvision
except RuntimeError:
    # torchvision built for another torch lacks detection's operators, which none of these networks asks for: stand-ins.
    operators = torch.library.Library("torchvision", "FRAGMENT")
    for operator in ("nms", "qnms"):
        operators.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    import torchvision
import onnxruntime
import timm
from PIL import Image, ImageOps
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torchvision import transforms as T

ROOT = pathlib.Path(__file__).resolve().parents[2]
TIMM = {
    "efficientnet-lite0": ("tf_efficientnet_lite0", {}),
    "efficientnet-lite1": ("tf_efficientnet_lite1", {}),
    "efficientnet-lite2": ("tf_efficientnet_lite2", {}),
    "dinov2-small": ("vit_small_patch14_dinov2", {"img_size": 224}),
}
NETWORKS = [
    *("mobilenet-v2 mobilenet-v3-large resnet18 efficientnet-b0".split()),
    *TIMM,
    *("convnext-tiny resnet50 vit-b-16 resnet34 vgg16 vgg16-bn vgg11 vgg13 vgg19".split()),
]
# timm's own modules, of which it gives tensors other names or the same as torchvision.
TIMM_NAMES = {
    "mobilenet-v2": "mobilenetv2_100",
    "mobilenet-v3-large": "mobilenetv3_large_100",
    "efficientnet-b0": "efficientnet_b0",
    "convnext-tiny": "convnext_tiny",
    "vit-b-16": "vit_base_patch16_224",
    **{name: name.replace("-", "_") for name in "resnet18 resnet34 resnet50 vgg11 vgg13 vgg16 vgg16-bn vgg19".split()},
    **{name: its for name, (its, _) in TIMM.items()},
}
# Those with the same names and shapes that compute otherwise: a file that says so is refused.
TWINS = {
    "mobilenet-v3-large": "tf_mobilenetv3_large_100",
    "efficientnet-b0": "tf_efficientnet_b0",
    **{f"efficientnet-lite{it}": f"efficientnet_lite{it}" for it in range(3)},
    **{f"resnet{it}": f"resnetblur{it}" for it in (18, 50)},
}
PARTS = ("read", "timm", "written")
TOLERANCE = 1e-4
# The photos that BatchNorms have their statistics from, prepared; `main` reads them.
STATISTICS = {}


def module(name, classes, timms=False):
    """The network with weights that nobody trained, but whose activations neither fade nor explode: else all logits were the head's bias."""
    torch.manual_seed(7)
    if timms or name in TIMM:
        its, more = TIMM.get(name, (TIMM_NAMES.get(name), {}))
        model = timm.create_model(its, pretrained=False, num_classes=classes, **more)
    else:
        model = getattr(torchvision.models, name.replace("-", "_"))(weights=None, num_classes=classes)
    for key, parameter in model.named_parameters():
        if key.endswith(("gamma", "layer_scale")):
            torch.nn.init.constant_(parameter, 0.1)
    *_, head = (it for it in model.modules() if isinstance(it, torch.nn.Linear))
    torch.nn.init.normal_(head.weight, std=0.05)
    # Statistics of photos of the same kind, and without the branches that learning drops at random. With those of noise, white or smooth, photos
    # have values that nothing bounds: EfficientNet-B0's logits reached 2,000, and PyTorch's own rounding was 5e-3 of the largest.
    model.eval()
    norms = [it for it in model.modules() if isinstance(it, torch.nn.BatchNorm2d)]
    for norm in norms:
        norm.train()
        norm.momentum, usual = 1.0, norm.momentum
    with torch.no_grad():
        if norms:
            model(STATISTICS["photos"])
    for norm in norms:
        norm.momentum = usual
    return model.eval()


def forms(model):
    """Each way in which people save a network, by name."""
    plain = model.state_dict()
    cast = lambda dtype: {k: v.to(dtype) if v.is_floating_point() else v for k, v in plain.items()}
    yield "state_dict", plain, {}
    yield "DataParallel", {f"module.{k}": v for k, v in plain.items()}, {}
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    about = {"epoch": 3, "args": argparse.Namespace(lr=0.1), "optimizer": optimizer.state_dict()}
    yield "checkpoint", {"state_dict": plain, **about}, {}
    yield "half", cast(torch.float16), {}
    yield "bfloat16", cast(torch.bfloat16), {}
    yield "legacy", plain, {"_use_new_zipfile_serialization": False}
    yield "safetensors", plain, {}


def thaw(*args):
    command = ["node", "scripts/node24.mjs", "src/main/cli.ts", *map(str, args), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"thaw {' '.join(map(str, args))}: {done.stdout[-400:]} {done.stderr[-400:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def prepare(preparation):
    how = T.InterpolationMode(preparation["interpolation"])
    resize, crop = T.Resize(preparation["resize"], how), T.CenterCrop(preparation["crop"])
    return T.Compose([resize, crop, T.ToTensor(), T.Normalize(preparation["mean"], preparation["std"])])


RECIPE = {"resize": 224, "crop": 224, "interpolation": "bilinear", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}


def tensors(photos, preparation):
    its = prepare(preparation)
    return torch.stack([its(ImageOps.exif_transpose(Image.open(photo)).convert("RGB")) for photo in photos])


def logits_of(model, x):
    with torch.inference_mode():
        return model(x)


def share(theirs, ours):
    theirs, ours = torch.as_tensor(theirs, dtype=torch.float64), torch.as_tensor(ours, dtype=torch.float64)
    return ((theirs - ours).abs().max() / theirs.abs().max()).item()


def reads(name, photos, folder, timms=False):
    """How far Thaw's logits with PyTorch's files are from PyTorch's own."""
    labels = folder / "labels.txt"
    labels.write_text("a\nb\nc\n")
    x, found = tensors(photos, RECIPE), {}
    written = module(name, 3, timms)
    for form, saved, how in forms(written):
        file = folder / ("written.safetensors" if form == "safetensors" else "written.pth")
        if form == "safetensors":
            save_file({key: it.contiguous() for key, it in saved.items()}, file)
        else:
            torch.save(saved, file, **how)
        told = thaw("classify", *photos, "--weights", file, "--labels", labels, "--logits")
        reference = written
        if form in ("half", "bfloat16"):
            reference = module(name, 3, timms)
            reference.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in saved.items()})
        found[form] = share(logits_of(reference, x), [it["logits"] for it in told])
        file.unlink()
    return found


def refuses(name, photos, folder):
    """Whether a checkpoint is refused that says that it is of a network which computes otherwise by the same names."""
    twin = timm.create_model(TWINS[name], pretrained=False, num_classes=3)
    file = folder / "twin.pth"
    torch.save({"epoch": 1, "arch": TWINS[name], "state_dict": twin.state_dict()}, file)
    done = subprocess.run(
        ["node", "scripts/node24.mjs", "src/main/cli.ts", "classify", str(photos[0]), "--weights", str(file), "--json"],
        cwd=ROOT, capture_output=True, text=True,
    )
    if done.returncode == 0 or "weights.twin" not in done.stdout + done.stderr:
        raise SystemExit(f"{TWINS[name]} was read as {name}: {done.stdout[-400:]} {done.stderr[-400:]}")


def writes(name, data, photos, folder):
    """How far PyTorch and ONNX Runtime are from Thaw with the files that it exports."""
    classes, run = len(list((data / "train").iterdir())), folder / "run"
    torch.save(module(name, classes).state_dict(), folder / "start.pth")
    thaw("train", data, "--backbone", name, "--weights", folder / "start.pth", "--augment", "none", "--batch", "4", "--out", run)
    ours = [it["logits"] for it in thaw("classify", *photos, "--run", run, "--logits")]
    found = {}
    for format, file in (("safetensors", "x.safetensors"), ("pth", "x.pth"), ("pytorch", "x y.py"), ("onnx", "x.onnx")):
        thaw("export", "--run", run, "--format", format, "--out", folder / file)
    handed_on = folder / "x.safetensors"
    with safe_open(handed_on, "pt") as opened:
        preparation = json.loads(opened.metadata()["preparation"])
    x = tensors(photos, preparation)
    for format, state in (("safetensors", load_file(handed_on)), ("pth", torch.load(folder / "x.pth", weights_only=True))):
        model = module(name, classes)
        model.load_state_dict(state, strict=True)
        found[format] = share(logits_of(model, x), ours)
    again = [it["logits"] for it in thaw("classify", *photos, "--weights", handed_on, "--logits")]
    found["safetensors in Thaw"] = share(again, ours)
    session = onnxruntime.InferenceSession(str(folder / "x.onnx"), providers=["CPUExecutionProvider"])
    found["onnx"] = share(session.run(None, {"input": x.numpy()})[0], ours)
    said = []
    for photo in photos:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            sys.argv = ["x y.py", str(photo)]
            runpy.run_path(str(folder / "x y.py"))
        said.append(list(eval(printed.getvalue(), {}).values()))
    found["program (probabilities)"] = share(said, torch.tensor(ours, dtype=torch.float64).softmax(1))
    return found


def few(data, folder, train, val):
    """Some photos a class, so that a training takes a moment."""
    for part, count in (("train", train), ("val", val)):
        for label in sorted(it for it in (data / part).iterdir() if it.is_dir()):
            photos = sorted(it for it in label.iterdir() if it.suffix.lower() in (".jpg", ".jpeg", ".png"))
            for photo in random.Random(7).sample(photos, min(count, len(photos))):
                target = folder / part / label.name / photo.name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(photo, target)
    return folder


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("photos", type=pathlib.Path)
    parser.add_argument("--networks", nargs="*", default=NETWORKS)
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--out", type=pathlib.Path)
    options = parser.parse_args()
    numbers = {}
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["THAW_HOME"] = str(pathlib.Path(temporary) / "home")
        data = few(options.photos.resolve(), pathlib.Path(temporary) / "photos", 4, 2)
        photos = sorted((data / "val").rglob("*.*"))
        STATISTICS["photos"] = tensors(sorted((data / "train").rglob("*.*")), RECIPE)
        for name in options.networks:
            folder = pathlib.Path(temporary) / name
            folder.mkdir()
            if "timm" in options.parts and name in TWINS:
                refuses(name, photos, folder)
            parts = {
                "read": lambda: reads(name, photos, folder),
                "timm": lambda: reads(name, photos, folder, timms=True),
                "written": lambda: writes(name, data, photos, folder),
            }
            numbers[name] = {part: parts[part]() for part in options.parts if part != "timm" or name in TIMM_NAMES}
            print(json.dumps({name: numbers[name]}), flush=True)
            if options.out:
                options.out.write_text(json.dumps(numbers, indent=1) + "\n")
            shutil.rmtree(folder)
    worst = max(value for its in numbers.values() for part in its.values() for value in part.values())
    print(f"largest difference: {worst:.2e} of the largest logit")
    sys.exit(worst > TOLERANCE)


main()
