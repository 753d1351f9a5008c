#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws the pictures of the embedded sample: a seaside toy town with signs, cars, balls, boats and kites.

`python3 make_pictures.py` writes calibration/*.jpg and test/*.jpg beside this file. train.py calls scene() for its
training pictures. Each picture depends on its seed only. Needs numpy and OpenCV.
"""
import math
import os

import cv2
import numpy as np

CLASSES = ["car", "ball", "kite", "boat", "stop sign", "warning sign"]
WIDTH, HEIGHT = 480, 360
CALIBRATION_SEEDS = (11, 24, 37, 41, 53, 68, 76, 89)
TEST_SEEDS = (1014, 1029)

# (sky top, sky at the horizon, far hills, near hills, water, grass, road, sun), all as RGB
THEMES = {
    "morning": ((92, 170, 232), (214, 238, 250), (150, 188, 196), (112, 168, 134), (58, 148, 190), (122, 186, 92),
                (98, 100, 110), (255, 244, 190)),
    "noon": ((40, 128, 214), (170, 222, 248), (126, 168, 190), (84, 150, 110), (34, 122, 178), (104, 176, 78),
             (88, 90, 98), (255, 250, 214)),
    "sunset": ((88, 74, 150), (252, 178, 120), (160, 110, 140), (112, 92, 122), (116, 112, 168), (118, 138, 84),
               (86, 78, 92), (255, 220, 140)),
    "overcast": ((142, 156, 172), (206, 214, 220), (150, 164, 172), (120, 146, 132), (104, 138, 154), (128, 164, 104),
                 (104, 106, 110), (236, 238, 236)),
    "dusk": ((38, 48, 98), (142, 122, 170), (84, 86, 130), (62, 78, 100), (56, 78, 128), (72, 112, 84),
             (64, 64, 80), (246, 240, 220)),
}
PAINTS = [(214, 52, 48), (238, 142, 40), (246, 204, 64), (72, 164, 88), (44, 122, 200), (122, 84, 176), (240, 238, 230),
          (40, 168, 172), (232, 110, 150), (66, 74, 92)]


class Canvas:
    """An RGB picture drawn at twice its size; coordinates are picture pixels."""
    SCALE, SHIFT = 2, 4

    def __init__(self, width, height):
        self.width, self.height = width, height
        self.pixels = np.zeros((height * self.SCALE, width * self.SCALE, 3), np.uint8)

    def _fix(self, points):
        return np.round(np.asarray(points, np.float64) * self.SCALE * (1 << self.SHIFT)).astype(np.int32)

    def polygon(self, points, colour):
        cv2.fillPoly(self.pixels, [self._fix(points)], colour, cv2.LINE_AA, self.SHIFT)

    def stroke(self, points, colour, width, closed=False):
        cv2.polylines(self.pixels, [self._fix(points)], closed, colour, max(1, round(width * self.SCALE)), cv2.LINE_AA,
                      self.SHIFT)

    def ellipse(self, x, y, rx, ry, colour, start=0, end=360, angle=0):
        centre, axes = self._fix((x, y)), self._fix((rx, ry))
        cv2.ellipse(self.pixels, tuple(map(int, centre)), tuple(map(int, axes)), angle, start, end, colour, -1,
                    cv2.LINE_AA, self.SHIFT)

    def text(self, x, y, words, size, colour):
        """Words centred on (x, y), capitals `size` pixels high."""
        scale = size * self.SCALE / 21.0
        weight = max(1, round(size * self.SCALE / 8))
        (w, h), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, scale, weight)
        at = (round(x * self.SCALE - w / 2), round(y * self.SCALE + h / 2))
        cv2.putText(self.pixels, words, at, cv2.FONT_HERSHEY_SIMPLEX, scale, colour, weight, cv2.LINE_AA)

    def blend(self, mask, colour):
        """Mixes a colour into the top rows; the mask covers them at a quarter of the resolution."""
        alpha = cv2.resize(mask, (self.pixels.shape[1], mask.shape[0] * 4))[..., None]
        part = self.pixels[:len(alpha)]
        part[:] = part * (1 - alpha[:len(part)]) + np.array(colour, np.float32) * alpha[:len(part)]

    def picture(self):
        return cv2.resize(self.pixels, (self.width, self.height), interpolation=cv2.INTER_AREA)


def shade(colour, factor):
    return tuple(int(min(255, max(0, c * factor))) for c in colour)


def turned(points, x, y, angle):
    c, s = math.cos(angle), math.sin(angle)
    return [(x + px * c - py * s, y + px * s + py * c) for px, py in points]


def rounded(x0, y0, x1, y1, r):
    """Outline of a rectangle with round corners."""
    corners = ((x1 - r, y0 + r, -90), (x1 - r, y1 - r, 0), (x0 + r, y1 - r, 90), (x0 + r, y0 + r, 180))
    return [(cx + r * math.cos(math.radians(a + t)), cy + r * math.sin(math.radians(a + t)))
            for cx, cy, a in corners for t in (0, 30, 60, 90)]


def pick(rng, colours):
    return colours[int(rng.integers(len(colours)))]


# Each draw_* takes the canvas, the generator, the centre and the size and returns the box (x0, y0, x1, y1).

def draw_car(cv, rng, x, y, size):
    w, h = size, size * rng.uniform(0.40, 0.48)
    side = -1 if rng.random() < 0.5 else 1
    paint = pick(rng, PAINTS[:9])
    left, top, bottom = x - w / 2, y - h / 2, y + h / 2
    at = lambda u, v: (x + side * (u - 0.5) * w, top + v * h)
    cv.ellipse(x, bottom - h * 0.03, w * 0.5, h * 0.07, (40, 40, 48))
    cv.polygon([at(0.18, 0.5), at(0.30, 0.0), at(0.66, 0.0), at(0.84, 0.5)], shade(paint, 0.92))
    cv.polygon(rounded(left, top + h * 0.42, x + w / 2, bottom - h * 0.12, h * 0.17), paint)
    cv.polygon(rounded(left, top + h * 0.72, x + w / 2, bottom - h * 0.12, h * 0.07), shade(paint, 0.72))
    glass = (196, 226, 240)
    cv.polygon([at(0.24, 0.46), at(0.325, 0.08), at(0.46, 0.08), at(0.46, 0.46)], glass)
    cv.polygon([at(0.50, 0.46), at(0.50, 0.08), at(0.635, 0.08), at(0.77, 0.46)], glass)
    cv.polygon([at(0.53, 0.46), at(0.60, 0.08), at(0.63, 0.08), at(0.585, 0.46)], (236, 246, 250))
    cv.ellipse(*at(0.965, 0.58), w * 0.025, h * 0.07, (255, 240, 170))
    cv.ellipse(*at(0.03, 0.58), w * 0.02, h * 0.07, (180, 30, 34))
    for u in (0.22, 0.78):
        wx, wy = at(u, 0.80)
        cv.ellipse(wx, wy, h * 0.20, h * 0.20, (36, 36, 42))
        cv.ellipse(wx, wy, h * 0.10, h * 0.10, (190, 194, 200))
    return left, top, x + w / 2, bottom


def draw_ball(cv, rng, x, y, size):
    r = size / 2
    cv.ellipse(x, y + r * 0.96, r * 0.8, r * 0.16, (56, 72, 52))
    kind, turn = rng.random(), rng.uniform(0, 360)
    first = pick(rng, PAINTS[:6])
    second = (246, 204, 64) if rng.random() < 0.4 and first != PAINTS[2] else (248, 246, 240)
    cv.ellipse(x, y, r, r, second)
    if kind < 0.6:                                   # beach ball
        for k in range(3):
            cv.ellipse(x, y, r, r, shade(first, 1 - 0.08 * k), turn + 120 * k, turn + 120 * k + 60)
        cv.ellipse(x, y, r * 0.2, r * 0.2, (250, 250, 250))
    else:                                            # stripe round the middle
        cv.polygon([(x + r * math.cos(math.radians(a + turn)), y + r * math.sin(math.radians(a + turn)))
                    for a in list(range(-28, 29, 7)) + list(range(152, 209, 7))], first)
    cv.ellipse(x - r * 0.36, y - r * 0.40, r * 0.22, r * 0.15, (255, 255, 255), angle=-40)
    return x - r, y - r, x + r, y + r


def draw_kite(cv, rng, x, y, size):
    w, h, angle = size * 0.72, size, rng.uniform(-0.55, 0.55)
    tip = [(0, -h / 2), (w / 2, -h * 0.12), (0, h / 2), (-w / 2, -h * 0.12)]
    corners, middle = turned(tip, x, y, angle), turned([(0, -h * 0.12)], x, y, angle)[0]
    order = rng.permutation(6)
    string = [corners[2]]
    for k in range(1, 7):                            # tail with bows
        string.append((corners[2][0] + math.sin(k * 1.1 + angle) * size * 0.11 - angle * k * size * 0.1,
                       corners[2][1] + k * size * 0.12))
    cv.stroke(string, (246, 244, 236), max(0.6, size * 0.018))
    for k in (2, 4, 6):
        bx, by = string[k]
        b = size * 0.07
        cv.polygon([(bx - b, by - b * 0.6), (bx + b, by + b * 0.6), (bx + b, by - b * 0.6), (bx - b, by + b * 0.6)],
                   PAINTS[order[k % 4]])
    for k in range(4):
        cv.polygon([middle, corners[k], corners[(k + 1) % 4]], PAINTS[order[k % 2 * 2 if size < 30 else k]])
    cv.stroke([corners[0], corners[2]], (70, 60, 56), max(0.5, size * 0.015))
    cv.stroke([corners[1], corners[3]], (70, 60, 56), max(0.5, size * 0.015))
    xs, ys = [p[0] for p in corners], [p[1] for p in corners]
    return min(xs), min(ys), max(xs), max(ys)


def draw_boat(cv, rng, x, y, size):
    w, h = size * 0.84, size
    side = -1 if rng.random() < 0.5 else 1
    at = lambda u, v: (x + side * (u - 0.5) * w, y + (v - 0.5) * h)
    hull, sail = pick(rng, PAINTS[:6] + PAINTS[8:9]), pick(rng, [(250, 248, 240), (252, 226, 170), (238, 110, 90)])
    cv.polygon([at(0.47, 0.04), at(0.47, 0.74), at(0.04, 0.74)], sail)
    cv.polygon([at(0.54, 0.12), at(0.54, 0.74), at(0.94, 0.74)], shade(sail, 0.88))
    cv.stroke([at(0.505, 0.0), at(0.505, 0.80)], (92, 66, 46), max(0.8, w * 0.03))
    cv.polygon([at(0.505, 0.0), at(0.505, 0.09), at(0.66, 0.045)], (214, 52, 48))
    cv.polygon([at(0.0, 0.80), at(1.0, 0.80), at(0.84, 1.0), at(0.16, 1.0)], hull)
    cv.polygon([at(0.0, 0.80), at(1.0, 0.80), at(0.965, 0.845), at(0.035, 0.845)], (246, 244, 238))
    cv.stroke([at(-0.06, 1.0), at(1.06, 1.0)], (228, 242, 248), max(0.8, h * 0.018))
    return x - w / 2, y - h / 2, x + w / 2, y + h / 2


def pole(cv, x, top, length, size):
    cv.polygon([(x - size * 0.045, top), (x + size * 0.045, top), (x + size * 0.045, top + length),
                (x - size * 0.045, top + length)], (150, 154, 160))


def draw_stop(cv, rng, x, y, size):
    r = size / 2
    tilt = rng.uniform(-0.06, 0.06)
    octagon = lambda q: turned([(q * math.cos(a), q * math.sin(a)) for a in
                                (math.pi / 8 + k * math.pi / 4 for k in range(8))], x, y, tilt)
    pole(cv, x, y, size * rng.uniform(1.1, 1.5), size)
    outer = octagon(r / math.cos(math.pi / 8))
    cv.polygon(outer, (246, 246, 244))
    cv.polygon(octagon(r * 0.91 / math.cos(math.pi / 8)), (196, 30, 38))
    cv.text(x, y, "STOP", size * 0.26, (250, 250, 250))
    xs, ys = [p[0] for p in outer], [p[1] for p in outer]
    return min(xs), min(ys), max(xs), max(ys)


def draw_warning(cv, rng, x, y, size):
    h, w = size * 0.9, size
    pole(cv, x, y, size * rng.uniform(1.1, 1.5), size)
    triangle = lambda q: [(x, y + h / 6 - q * h * 2 / 3), (x + q * w / 2, y + h / 6 + q * h / 3),
                          (x - q * w / 2, y + h / 6 + q * h / 3)]
    cv.polygon(triangle(1.0), (206, 34, 40))
    cv.polygon(triangle(0.68), pick(rng, [(250, 250, 246), (252, 214, 70)]))
    cv.polygon([(x - w * 0.04, y - h * 0.22), (x + w * 0.04, y - h * 0.22), (x + w * 0.022, y + h * 0.14),
                (x - w * 0.022, y + h * 0.14)], (34, 34, 38))
    cv.ellipse(x, y + h * 0.24, w * 0.04, w * 0.04, (34, 34, 38))
    return x - w / 2, y - h / 2, x + w / 2, y + h / 2


DRAW = (draw_car, draw_ball, draw_kite, draw_boat, draw_stop, draw_warning)


# ---- what stands around and is no object --------------------------------------------------------------------------

def draw_tree(cv, rng, x, base, size):
    cv.polygon([(x - size * 0.06, base), (x + size * 0.06, base), (x + size * 0.04, base - size * 0.5),
                (x - size * 0.04, base - size * 0.5)], (112, 80, 56))
    leaf = pick(rng, [(70, 132, 70), (92, 150, 66), (54, 112, 84)])
    if rng.random() < 0.5:
        for dx, dy, r in ((-0.17, 0.55, 0.2), (0.17, 0.55, 0.2), (0, 0.78, 0.24), (-0.04, 0.6, 0.22)):
            cv.ellipse(x + dx * size, base - dy * size, r * size, r * size, shade(leaf, 0.9 + dy * 0.2))
    else:
        for k in range(3):
            y = base - size * (0.25 + 0.24 * k)
            half = size * (0.30 - 0.06 * k)
            cv.polygon([(x - half, y), (x + half, y), (x, y - size * 0.36)], shade(leaf, 0.86 + 0.1 * k))


def draw_house(cv, rng, x, base, size):
    w, h = size, size * 0.62
    wall = pick(rng, [(238, 222, 196), (214, 226, 232), (236, 204, 188), (246, 240, 228)])
    cv.polygon([(x - w / 2, base), (x + w / 2, base), (x + w / 2, base - h), (x - w / 2, base - h)], wall)
    cv.polygon([(x - w * 0.58, base - h), (x + w * 0.58, base - h), (x + w * 0.36, base - h * 1.55),
                (x - w * 0.36, base - h * 1.55)], pick(rng, [(176, 84, 66), (110, 96, 112), (146, 102, 76)]))
    cv.polygon([(x - w * 0.07, base), (x + w * 0.07, base), (x + w * 0.07, base - h * 0.5),
                (x - w * 0.07, base - h * 0.5)], (122, 86, 62))
    for dx in (-0.3, 0.3):
        cv.polygon([(x + (dx - 0.09) * w, base - h * 0.42), (x + (dx + 0.09) * w, base - h * 0.42),
                    (x + (dx + 0.09) * w, base - h * 0.76), (x + (dx - 0.09) * w, base - h * 0.76)], (132, 176, 204))


def draw_backdrop(cv, rng, theme, horizon, shore, kerb):
    sky0, sky1, far, near, water, grass, road, sun = THEMES[theme]
    s, (rows, cols) = cv.SCALE, cv.pixels.shape[:2]
    ramp = np.clip(np.arange(rows) / (horizon * s), 0, 1)[:, None, None]
    cv.pixels[:] = (np.array(sky0) * (1 - ramp) + np.array(sky1) * ramp).astype(np.uint8)
    sky_rows = int(horizon * s / 4) + 1
    gy, gx = np.mgrid[0:sky_rows, 0:cols // 4].astype(np.float32) * 4 / s
    glow_x, glow_y, r = rng.uniform(0.1, 0.9) * cv.width, rng.uniform(0.15, 0.75) * horizon, rng.uniform(10, 18)
    glow = 0.75 * np.exp(-((gx - glow_x) ** 2 + (gy - glow_y) ** 2) / (2 * (r * 2.6) ** 2))
    cv.blend(glow, sun)
    cv.ellipse(glow_x, glow_y, r, r, shade(sun, 1.05))
    mist = np.zeros((sky_rows, cols // 4), np.float32)  # clouds, soft edges
    for _ in range(int(rng.integers(1, 5))):
        x, y, c = rng.uniform(0, cols / 4), rng.uniform(0.1, 0.7) * horizon * s / 4, rng.uniform(6, 15)
        for k in range(5):
            puff = int(x + (k - 2) * c), int(y - c * 0.5 * (k % 2))
            cv2.ellipse(mist, puff, (int(c * 1.3), int(c * 0.7)), 0, 0, 360, 0.85, -1)
    cv.blend(cv2.GaussianBlur(mist, (0, 0), 2.2), [(c + 255) / 2 for c in sky1])
    xs = np.arange(0, cv.width + 9, 8)
    for colour, height, wave in ((far, 0.22, 0.016), (near, 0.11, 0.027)):
        ys = horizon - horizon * height * (1 + 0.6 * np.sin(xs * wave + rng.uniform(0, 6)) +
                                           0.3 * np.sin(xs * wave * 2.7 + rng.uniform(0, 6)))
        cv.polygon([(0, horizon + 1)] + list(zip(xs, ys)) + [(cv.width, horizon + 1)], colour)
    span = lambda y0, y1: slice(int(y0 * s), int(y1 * s))
    ramp = np.linspace(1.16, 0.86, int(shore * s) - int(horizon * s))[:, None, None]
    cv.pixels[span(horizon, shore)] = np.clip(np.array(water) * ramp, 0, 255)
    for _ in range(46):                              # glints
        x, y = rng.uniform(0, cv.width), rng.uniform(horizon + 2, shore)
        cv.stroke([(x, y), (x + rng.uniform(4, 16), y)], shade(water, rng.uniform(1.15, 1.5)), 0.8)
    ys = shore + 2.5 * np.sin(xs * 0.04 + rng.uniform(0, 6))
    cv.polygon(list(zip(xs, ys - 4)) + [(cv.width, kerb), (0, kerb)], (236, 218, 170))
    cv.polygon(list(zip(xs, ys + 4)) + [(cv.width, kerb), (0, kerb)], grass)
    for _ in range(120):                             # tufts
        x, y = rng.uniform(0, cv.width), rng.uniform(shore + 6, kerb)
        cv.stroke([(x, y), (x + rng.uniform(-2, 2), y - rng.uniform(2, 5))], shade(grass, rng.uniform(0.78, 1.2)), 0.7)
    cv.pixels[span(kerb, cv.height)] = road
    cv.pixels[span(kerb, kerb + 4)] = (196, 196, 192)
    lane, dash = (kerb + cv.height) / 2 + 2, rng.uniform(0, 40)
    for x in np.arange(-40 + dash, cv.width, 52):
        cv.polygon([(x, lane - 1.6), (x + 26, lane - 1.6), (x + 26, lane + 1.6), (x, lane + 1.6)], (238, 234, 214))


def crowding(box, boxes):
    """Largest share of the smaller box that is covered by the other one."""
    worst = 0.0
    for other in boxes:
        w = min(box[2], other[2]) - max(box[0], other[0])
        h = min(box[3], other[3]) - max(box[1], other[1])
        if w > 0 and h > 0:
            least = min((box[2] - box[0]) * (box[3] - box[1]), (other[2] - other[0]) * (other[3] - other[1]))
            worst = max(worst, w * h / least)
    return worst


def scene(seed, busy=False):
    """One picture (RGB, uint8) and its objects as rows (class, x0, y0, x1, y1)."""
    rng = np.random.default_rng(seed)
    cv = Canvas(WIDTH, HEIGHT)
    horizon, shore, kerb = (HEIGHT * rng.uniform(a, b) for a, b in ((0.36, 0.44), (0.53, 0.58), (0.76, 0.81)))
    draw_backdrop(cv, rng, pick(rng, sorted(THEMES)), horizon, shore, kerb)
    for _ in range(int(rng.integers(1, 5))):
        kind = draw_tree if rng.random() < 0.65 else draw_house
        kind(cv, rng, rng.uniform(0, WIDTH), rng.uniform(shore + 8, kerb - 22), rng.uniform(40, 74))
    # class: (smallest, largest size, highest, lowest place of the centre)
    zones = ((66, 140, kerb + 12, HEIGHT - 28), (18, 50, shore + 26, HEIGHT - 26), (28, 72, 32, horizon - 8),
             (30, 88, horizon + 2, shore - 8), (28, 66, shore - 4, kerb - 44), (28, 66, shore - 4, kerb - 44))
    wanted = list(rng.permutation(6))[:4] if not busy else list(rng.permutation(6))
    wanted += list(rng.integers(0, 6, int(rng.integers(1, 6))))
    places = []
    for kind in wanted:
        low, high, top, bottom = zones[kind]
        for _ in range(30):
            size = low + (high - low) * rng.random() ** 1.4
            if not busy and rng.random() < 0.05:
                size = rng.uniform(110, 240)         # now and then something close by
            x, y = rng.uniform(size * 0.45, WIDTH - size * 0.45), rng.uniform(top, bottom)
            y = min(max(y, size * 0.52), HEIGHT - size * 0.3)
            half = size * (0.26 if kind == 0 else 0.5)
            if kind == 3:
                y -= half * 0.5
            box = (x - size / 2, y - half, x + size / 2, y + half)
            if crowding(box, [p[3] for p in places]) < 0.08 and y - half > 0 and y + half < HEIGHT:
                places.append((kind, (x, y), size, box))
                break
    places.sort(key=lambda p: p[1][1] + (p[2] if p[0] > 3 else p[2] / 2))
    boxes = []
    for kind, (x, y), size, _ in places:
        x0, y0, x1, y1 = DRAW[kind](cv, rng, x, y, size)
        boxes.append((kind, max(x0, 0), max(y0, 0), min(x1, WIDTH), min(y1, HEIGHT)))
    picture = cv.picture().astype(np.float32)
    grain = rng.normal(0, 1, (HEIGHT, WIDTH, 1)) * rng.uniform(1.5, 4.5)
    picture = picture * rng.uniform(0.9, 1.06) + grain
    return np.clip(picture, 0, 255).astype(np.uint8), np.array(boxes, np.float32).reshape(-1, 5)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    for folder, seeds in (("calibration", CALIBRATION_SEEDS), ("test", TEST_SEEDS)):
        os.makedirs(os.path.join(here, folder), exist_ok=True)
        for number, seed in enumerate(seeds, 1):
            path = os.path.join(here, folder, f"{'seaside' if folder == 'test' else 'scene'}{number}.jpg")
            picture, _ = scene(seed, busy=True)
            cv2.imwrite(path, picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88])
    with open(os.path.join(here, "classes.txt"), "w", encoding="utf-8") as out:
        out.write("\n".join(CLASSES) + "\n")


if __name__ == "__main__":
    main()
