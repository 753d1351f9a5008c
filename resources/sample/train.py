#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the embedded sample's detector and writes signs.onnx and expected.json.

`python3 train.py` (about 10 minutes on two free cores); `--weights FILE` keeps the trained weights, or uses them when the
file exists. The network follows the YOLOv5 plan (C3 blocks, SPPF, PAN neck, three raw heads) at a small width; its five
inner down-samplings are separable: a 1x1 convolution without activation, then a depthwise 3x3. Needs PyTorch, ONNX,
NumPy and OpenCV.
"""
import argparse
import json
import math
import multiprocessing
import os
import time

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import make_pictures as pictures

SIZE, STRIDES, CLASSES = 256, (8, 16, 32), pictures.CLASSES
ANCHORS = torch.tensor([[[10, 13], [16, 30], [33, 23]], [[30, 61], [62, 45], [59, 119]],
                        [[116, 90], [156, 198], [373, 326]]], dtype=torch.float32)
SPREAD = {3: (24, 256.0), 18: (24, 256.0)}           # block: (number of channels, factor), see spread_ranges()


# ---- network ------------------------------------------------------------------------------------------------------

class Conv(nn.Module):
    def __init__(self, inputs, outputs, kernel=1, stride=1, pad=None, groups=1, act=True):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2 if pad is None else pad, groups=groups,
                              bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.03)
        self.act = nn.SiLU() if act else None

    def forward(self, x):
        x = self.conv(x) if self.bn is None else self.bn(self.conv(x))
        return x if self.act is None else self.act(x)

    def fuse(self):
        """Folds the batch norm into the convolution."""
        scale = self.bn.weight / torch.sqrt(self.bn.running_var + self.bn.eps)
        self.conv.weight = nn.Parameter(self.conv.weight * scale[:, None, None, None])
        self.conv.bias = nn.Parameter(self.bn.bias - self.bn.running_mean * scale)
        self.bn = None


class Bottleneck(nn.Module):
    def __init__(self, width, shortcut):
        super().__init__()
        self.cv1, self.cv2, self.shortcut = Conv(width, width), Conv(width, width, 3), shortcut

    def forward(self, x):
        return x + self.cv2(self.cv1(x)) if self.shortcut else self.cv2(self.cv1(x))


class C3(nn.Module):
    def __init__(self, inputs, outputs, count=1, shortcut=True):
        super().__init__()
        half = outputs // 2
        self.cv1, self.cv2, self.cv3 = Conv(inputs, half), Conv(inputs, half), Conv(2 * half, outputs)
        self.m = nn.Sequential(*(Bottleneck(half, shortcut) for _ in range(count)))

    def forward(self, x):
        return self.cv3(torch.cat((self.m(self.cv1(x)), self.cv2(x)), 1))


class SPPF(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.cv1, self.cv2, self.m = Conv(inputs, inputs // 2), Conv(inputs * 2, outputs), nn.MaxPool2d(5, 1, 2)

    def forward(self, x):
        parts = [self.cv1(x)]
        for _ in range(3):
            parts.append(self.m(parts[-1]))
        return self.cv2(torch.cat(parts, 1))


class Down(nn.Module):
    """Separable down-sampling; nothing stands between its two convolutions."""
    def __init__(self, inputs, outputs):
        super().__init__()
        self.pw, self.dw = Conv(inputs, outputs, act=False), Conv(outputs, outputs, 3, 2, groups=outputs)

    def forward(self, x):
        return self.dw(self.pw(x))


class Concat(nn.Module):
    def forward(self, x):
        return torch.cat(x, 1)


class Detect(nn.Module):
    def __init__(self, widths):
        super().__init__()
        self.m = nn.ModuleList(nn.Conv2d(w, 3 * (5 + len(CLASSES)), 1) for w in widths)
        for conv, stride in zip(self.m, STRIDES):
            bias = conv.bias.detach().view(3, -1)
            bias[:, 4] = math.log(6 / (SIZE / stride) ** 2)
            bias[:, 5:] = math.log(0.6 / (len(CLASSES) - 0.99))

    def forward(self, x):
        return [conv(y) for conv, y in zip(self.m, x)]


class Detector(nn.Module):
    def __init__(self, a=12, b=24, c=48, d=80, e=128):
        super().__init__()
        up = lambda: nn.Upsample(scale_factor=2.0, mode="nearest")
        self.model = nn.Sequential(
            Conv(3, a, 6, 2, 2), Conv(a, b, 3, 2), C3(b, b), Down(b, c), C3(c, c, 2), Down(c, d), C3(d, d, 2),
            Down(d, e), C3(e, e), SPPF(e, e), Conv(e, d), up(), Concat(), C3(2 * d, d, 1, False), Conv(d, c), up(),
            Concat(), C3(2 * c, c, 1, False), Down(c, c), Concat(), C3(2 * c, d, 1, False), Down(d, d), Concat(),
            C3(2 * d, e, 1, False), Detect((c, d, e)))
        self.other = {12: 6, 16: 4, 19: 14, 22: 10}  # Concat block: the earlier block that it adds

    def forward(self, x):
        kept = []
        for index, block in enumerate(self.model):
            if index in self.other:
                x = [x, kept[self.other[index]]]
            elif index == 24:
                x = [kept[17], kept[20], kept[23]]
            x = block(x)
            kept.append(x)
        return x


# ---- pictures for training ----------------------------------------------------------------------------------------

def augmented(rng, picture, boxes):
    """A picture placed on the square canvas with random size, place, mirroring, colours and border."""
    height, width = picture.shape[:2]
    scale = SIZE / width * (1.0 if rng.random() < 0.3 else rng.uniform(0.75, 1.35))
    mirror = rng.random() < 0.4
    dx, dy = ((SIZE - side * scale) * rng.uniform(0.3, 0.7) for side in (width, height))
    move = np.array([[-scale, 0, dx + width * scale] if mirror else [scale, 0, dx], [0, scale, dy]], np.float32)
    border = 0 if rng.random() < 0.6 else int(rng.integers(0, 256))
    out = cv2.warpAffine(picture, move, (SIZE, SIZE), flags=cv2.INTER_LINEAR, borderValue=(border,) * 3)
    if rng.random() < 0.7:
        gain, lift = rng.uniform(0.75, 1.25, 3) * rng.uniform(0.85, 1.15), rng.uniform(-18, 18)
        gain = (gain * 0.4 + gain.mean() * 0.6).astype(np.float32)
        out = np.clip(out * gain + np.float32(lift), 0, 255).astype(np.uint8)
    xs = np.sort(boxes[:, [1, 3]] * move[0, 0] + move[0, 2], axis=1)
    ys = boxes[:, [2, 4]] * scale + dy
    full = (xs[:, 1] - xs[:, 0]) * (ys[:, 1] - ys[:, 0])
    xs, ys = np.clip(xs, 0, SIZE), np.clip(ys, 0, SIZE)
    w, h = xs[:, 1] - xs[:, 0], ys[:, 1] - ys[:, 0]
    rows = np.stack([boxes[:, 0], xs.mean(1), ys.mean(1), w, h], 1)
    return out, rows[(w > 3) & (h > 3) & (w * h > 0.35 * full)].astype(np.float32)


def batch(rng, store, count):
    images, rows = [], []
    for slot in range(count):
        image, boxes = augmented(rng, *store[int(rng.integers(len(store)))])
        images.append(image)
        rows.append(np.concatenate([np.full((len(boxes), 1), slot, np.float32), boxes], 1))
    images = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 255
    return images, torch.from_numpy(np.concatenate(rows))


# ---- loss (YOLOv5's: anchors matched by shape, the cell and its two nearest neighbours take part) --------------------

def overlap(a, b):
    """Complete IoU of boxes given as centre and size."""
    a0, a1, b0, b1 = a[:, :2] - a[:, 2:] / 2, a[:, :2] + a[:, 2:] / 2, b[:, :2] - b[:, 2:] / 2, b[:, :2] + b[:, 2:] / 2
    common = (torch.min(a1, b1) - torch.max(a0, b0)).clamp(0).prod(1)
    iou = common / (a[:, 2:].prod(1) + b[:, 2:].prod(1) - common + 1e-7)
    hull = ((torch.max(a1, b1) - torch.min(a0, b0)) ** 2).sum(1) + 1e-7
    v = 4 / math.pi ** 2 * (torch.atan(b[:, 2] / b[:, 3]) - torch.atan(a[:, 2] / (a[:, 3] + 1e-7))) ** 2
    weight = (v / (v - iou + 1 + 1e-7)).detach()
    return iou, iou - ((a[:, :2] - b[:, :2]) ** 2).sum(1) / hull - v * weight


def loss_of(outputs, rows):
    total = outputs[0].new_zeros(())
    for level, raw in enumerate(outputs):
        n, _, ny, nx = raw.shape
        raw = raw.view(n, 3, -1, ny, nx).permute(0, 1, 3, 4, 2)
        anchors, wanted = ANCHORS[level] / STRIDES[level], torch.zeros(n, 3, ny, nx)
        boxes = rows.clone()
        boxes[:, 2:] /= STRIDES[level]
        ratio = boxes[None, :, 4:6] / anchors[:, None]
        a, t = torch.nonzero(torch.max(ratio, 1 / ratio).amax(2) < 4, as_tuple=True)
        boxes = boxes[t]
        if len(boxes):
            xy, limit = boxes[:, 2:4], torch.tensor([nx, ny])
            cells, part, low = xy.long(), xy % 1, torch.tensor([[-1, 0], [0, -1]])
            sets = [(cells, torch.ones(len(a), dtype=torch.bool))]
            for axis in (0, 1):
                sets.append((cells + low[axis], (part[:, axis] < 0.5) & (xy[:, axis] > 1)))
                sets.append((cells - low[axis], (part[:, axis] > 0.5) & (xy[:, axis] < limit[axis] - 1)))
            take = torch.cat([torch.nonzero(keep)[:, 0] for _, keep in sets])
            cell = torch.cat([c[keep] for c, keep in sets])
            cell = torch.minimum(cell.clamp(0), limit - 1)
            a, boxes = a[take], boxes[take]
            image = boxes[:, 0].long()
            picked = raw[image, a, cell[:, 1], cell[:, 0]]
            sig = picked[:, :4].sigmoid()
            guess = torch.cat([sig[:, :2] * 2 - 0.5, (sig[:, 2:] * 2) ** 2 * anchors[a]], 1)
            iou, ciou = overlap(guess, torch.cat([boxes[:, 2:4] - cell, boxes[:, 4:6]], 1))
            labels = F.one_hot(boxes[:, 1].long(), len(CLASSES)).float()
            total = total + 2.0 * (1 - ciou).mean() + 0.8 * F.binary_cross_entropy_with_logits(picked[:, 5:], labels)
            wanted[image, a, cell[:, 1], cell[:, 0]] = (0.3 + 0.7 * iou.detach().clamp(0)).to(wanted.dtype)
        objectness = F.binary_cross_entropy_with_logits(raw[..., 4], wanted)
        total = total + (16.0, 6.0, 2.0)[level] * objectness
    return total


def train(net, steps, stop, size, scenes):
    with multiprocessing.Pool(2) as pool:
        store = pool.map(pictures.scene, range(100000, 100000 + scenes), chunksize=50)
    rng, mean, started = np.random.default_rng(7), None, time.time()
    decay = [p for p in net.parameters() if p.dim() > 1]
    rest = [p for p in net.parameters() if p.dim() <= 1]
    optimiser = torch.optim.AdamW([{"params": decay, "weight_decay": 0.02}, {"params": rest, "weight_decay": 0}], 3e-3)
    pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, steps, pct_start=0.1, final_div_factor=50)
    for step in range(stop):
        images, rows = batch(rng, store, size)
        loss = loss_of(net(images), rows)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 10.0)
        optimiser.step()
        pace.step()
        state = net.state_dict()                     # running mean of the weights
        if mean is None:
            mean = {k: v.clone() for k, v in state.items()}
        keep = 0.998 * (1 - math.exp(-step / 200))
        for key, value in state.items():
            if value.dtype.is_floating_point:
                mean[key].mul_(keep).add_(value, alpha=1 - keep)
        if step % 50 == 0:
            print(f"step {step} loss {loss.item():.3f} {time.time() - started:.0f} s", flush=True)
    net.load_state_dict(mean)


# ---- after training -----------------------------------------------------------------------------------------------

def letterbox(picture):
    """Resize with kept aspect ratio, centred on black; also scale and offsets."""
    height, width = picture.shape[:2]
    scale = min(SIZE / width, SIZE / height)
    w, h = int(width * scale), int(height * scale)
    left, top = (SIZE - w) // 2, (SIZE - h) // 2
    canvas = np.zeros((SIZE, SIZE, 3), np.uint8)
    canvas[top:top + h, left:left + w] = cv2.resize(picture, (w, h), interpolation=cv2.INTER_LINEAR)
    image = canvas[..., ::-1].transpose(2, 0, 1).astype(np.float32) * np.float32(0.0039216)
    return torch.from_numpy(image[None].copy()), scale, left, top


def decode(outputs, scale, left, top, least=0.5, most_overlap=0.6):
    """Boxes (class, score, x, y, w, h) in picture pixels: best class, class-aware NMS."""
    found = []
    for level, raw in enumerate(outputs):
        raw = torch.as_tensor(raw)
        _, _, ny, nx = raw.shape
        s = raw.view(3, -1, ny, nx).permute(0, 2, 3, 1).sigmoid()
        gy, gx = torch.meshgrid(torch.arange(ny), torch.arange(nx), indexing="ij")
        xy = (s[..., :2] * 2 - 0.5 + torch.stack([gx, gy], -1)) * STRIDES[level]
        wh = (s[..., 2:4] * 2) ** 2 * ANCHORS[level][:, None, None]
        best, kind = s[..., 5:].max(-1)
        rows = torch.cat([xy - wh / 2, wh, (best * s[..., 4])[..., None], kind[..., None].float()], -1).view(-1, 6)
        found.append(rows[rows[:, 4] >= least])
    found, kept = torch.cat(found), []
    for x, y, w, h, score, kind in found[found[:, 4].argsort(descending=True)].tolist():
        clear = True
        for other, _, ox, oy, ow, oh in kept:
            common = max(0, min(x + w, ox + ow) - max(x, ox)) * max(0, min(y + h, oy + oh) - max(y, oy))
            clear = clear and not (other == kind and common / (w * h + ow * oh - common) > most_overlap)
        if clear:
            kept.append((kind, score, x, y, w, h))
    return [(CLASSES[int(k)], s, (x - left) / scale, (y - top) / scale, w / scale, h / scale)
            for k, s, x, y, w, h in kept]


def spread_ranges(net, folder):
    """Multiplies half of the channels between the two convolutions of a separable block by a power of two and divides
    the depthwise filters by it: the network's result stays the same, the range of the tensor between them grows. Taken
    are the channels that are quiet nearly everywhere and have single high peaks."""
    images = torch.cat([letterbox(cv2.imread(os.path.join(folder, name)))[0] for name in sorted(os.listdir(folder))])
    for index, (count, factor) in SPREAD.items():
        block, seen = net.model[index], []
        hook = block.pw.register_forward_hook(lambda _, __, y: seen.append(y))
        net(images)
        hook.remove()
        y = seen[0].abs()
        peaks = (y.amax((0, 2, 3)) / y.pow(2).mean((0, 2, 3)).sqrt()).argsort(descending=True)[:count]
        block.pw.conv.weight[peaks] *= factor
        block.pw.conv.bias[peaks] *= factor
        block.dw.conv.weight[peaks] /= factor
        print(f"model.{index}: channels {peaks.tolist()} times {factor:g}")


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    options = argparse.ArgumentParser()
    options.add_argument("--steps", type=int, default=800)
    options.add_argument("--stop", type=int, default=501, help="steps done of the schedule laid out for --steps")
    options.add_argument("--batch", type=int, default=24)
    options.add_argument("--scenes", type=int, default=1200)
    options.add_argument("--weights")
    options.add_argument("--output", default=here)
    options = options.parse_args()
    torch.manual_seed(3)
    torch.set_num_threads(2)
    cv2.setNumThreads(1)
    net = Detector()
    if options.weights and os.path.exists(options.weights):
        net.load_state_dict(torch.load(options.weights))
    else:
        train(net, options.steps, options.stop, options.batch, options.scenes)
        if options.weights:
            torch.save(net.state_dict(), options.weights)
    torch.set_grad_enabled(False)
    net.eval()
    for module in net.modules():
        if isinstance(module, Conv):
            module.fuse()
    spread_ranges(net, os.path.join(here, "calibration"))
    torch.onnx.export(net, torch.zeros(1, 3, SIZE, SIZE), os.path.join(options.output, "signs.onnx"), opset_version=13,
                      input_names=["images"], output_names=[f"/model.24/m.{k}/Conv_output_0" for k in range(3)])
    expected = {}
    for name in sorted(os.listdir(os.path.join(here, "test"))):
        image, *place = letterbox(cv2.imread(os.path.join(here, "test", name)))
        boxes = decode(net(image), *place)
        expected[name] = [dict(zip(("class", "score", "x", "y", "w", "h"),
                                   (b[0], round(b[1], 4), *(round(v, 2) for v in b[2:])))) for b in boxes]
        for box in boxes:
            print(name, f"{box[0]:13s} {box[1]:.3f}", " ".join(f"{v:.1f}" for v in box[2:]))
    with open(os.path.join(options.output, "expected.json"), "w", encoding="utf-8") as out:
        json.dump({"score": 0.5, "nms_iou": 0.6, "boxes": expected}, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()
