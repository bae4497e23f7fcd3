"""PyTorch's side of steady.ts: channels_last, the median of warm passes.
python steady_peer.py MODEL forward|learn BATCH THREADS [compile]"""
import json, resource, sys, time

import torch
import torch.nn as nn

torch.set_num_threads(int(sys.argv[4]))
try:
    from torchvision import models
except RuntimeError:  # torchvision built for another torch
    operators = torch.library.Library("torchvision", "FRAGMENT")
    for name in ("nms", "qnms"):
        operators.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    from torchvision import models

model, work, batch = sys.argv[1], sys.argv[2], int(sys.argv[3])
head = {"num_classes": 2} if work == "learn" else {}
if model.startswith("timm:"):
    import timm

    size = {"img_size": 224} if "dinov2" in model else {}
    net = timm.create_model(model[5:], pretrained=False, **head, **size)
else:
    net = getattr(models, model)(weights=None, **head)
net = net.to(memory_format=torch.channels_last).train(work == "learn")
x = (torch.rand(batch, 3, 224, 224) * 4 - 2).contiguous(memory_format=torch.channels_last)
y = torch.randint(0, 2, (batch,))
optimizer = torch.optim.SGD(net.parameters(), lr=1e-6, momentum=0.9)
criterion = nn.CrossEntropyLoss()
if sys.argv[5:] == ["compile"]:
    net = torch.compile(net)


def forward():
    with torch.inference_mode():
        net(x)


def learn():
    optimizer.zero_grad()
    loss = criterion(net(x), y)
    loss.backward()
    optimizer.step()
    loss.item()


one = forward if work == "forward" else learn
for _ in range(3):
    one()
walls, processors, began = [], [], time.time()
while len(walls) < 3 or time.time() - began < 3:
    at, used = time.time(), time.process_time()
    one()
    walls.append((time.time() - at) * 1000 / batch)
    processors.append((time.process_time() - used) * 1000 / batch)
median = lambda times: sorted(times)[len(times) // 2]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"wall": median(walls), "processor": median(processors), "peakMiB": peak}))
