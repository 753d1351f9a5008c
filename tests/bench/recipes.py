#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recipes of better INT8: network x recipe x {SQNR, score SQNR, F1, ds, cycles, seconds} on pictures that no recipe
has seen, each number with its band. Called by run.py (`./workbench bench --only recipes`); alone:

  recipes.py --bin build/release/bin [--shared ../shared] [--threads T] [--networks yolov5n,…] [--recipes vendor,…,auto]
             [--divisions N] [--candidates] [--no-cycles] [--network 'NAME MODEL PICTURES options of transform…']…

With one division of the pictures into calibration, validation and test a band is that of jittered scales; with more,
mean and deviation are those of the divisions, each with other test pictures.
"""
import argparse
import json
import os
import pathlib
import random
import shlex
import statistics
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
LETTERBOX = ["--pixel_format", "rgb", "--keep_aspect_ratio", "--scale", "0.0039216,0.0039216,0.0039216"]
HEADS = ",".join(f"/model.24/m.{i}/Conv_output_0" for i in range(3))
#: name: model, folder of pictures, how it is imported
NETWORKS = {
    "yolo_fastest_xl": ("yolo_fastest_xl.onnx", "coco", LETTERBOX),
    "yolov5n": ("yolov5n.onnx", "coco", LETTERBOX + ["--output_names", HEADS]),
    "ultraface": ("ultraface_rfb320.onnx", "faces",
                  ["--pixel_format", "rgb", "--mean", "127,127,127", "--scale", "0.0078125,0.0078125,0.0078125"]),
}


def run(command, folder):
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if result.returncode not in (0, 6):
        sys.exit(" ".join(command[:3]) + " failed: " + result.stderr.strip()[-400:])
    return result.stdout


def band(value, digits):
    return f"{value['mean']:.{digits}f}+-{value['deviation']:.{digits}f}"


COLUMNS = (("sqnr", 1), ("score_sqnr", 1), ("f1", 3), ("score_shift", 3))


def figures(agreement):
    """SQNR and, with a head, what its boxes say: by name a mean and a deviation."""
    return {"sqnr": agreement["sqnr"], **{k: v for k, v in (agreement.get("detection") or {}).items() if isinstance(v, dict)}}


def over_divisions(several):
    """One division as it is; of several their mean and deviation."""
    if len(several) == 1:
        return several[0]
    merged = {}
    for name in several[0]:
        values = [one[name]["mean"] for one in several if name in one]
        merged[name] = {"mean": statistics.fmean(values), "deviation": statistics.stdev(values) if len(values) > 1 else 0}
    return merged


def print_row(network, name, values, cycles, seconds, remark):
    cells = [f"{band(values[key], digits) if key in values else '-':>13}" for key, digits in COLUMNS]
    print(f"{network:16} {name:16} {' '.join(cells)} {cycles:>10} {seconds:>7}  {remark}", flush=True)


def cycles_of(tpuwb, folder, mlir, table, threads):
    text = run([tpuwb, "deploy", "--mlir", mlir, "--quantize", "INT8", "--chip", "bm1684x", "--calibration_table", table,
                "--skip_validation", "--model", "net.bmodel", "--json", *threads], folder)
    bmodel = json.loads(text)["bmodel"] or {}
    return str(bmodel.get("total_cycles") or "-")


def divide(pictures, folder, division):
    """Half to calibrate, a quarter to choose by, a quarter to show; other quarters in each division."""
    files = sorted(p for p in pictures.iterdir() if p.is_file())
    random.Random(division).shuffle(files)
    quarter = max(1, len(files) // 4)
    sets = {"test": files[:quarter], "validation": files[quarter:2 * quarter], "calibration": files[2 * quarter:]}
    for name, chosen in sets.items():
        target = folder / f"{name}{division}"
        target.mkdir()
        for file in chosen:
            (target / file.name).symlink_to(file.resolve())
    return {name: str(folder / f"{name}{division}") for name in sets}


def bench(tpuwb, shared, network, args):
    model, pictures, options = NETWORKS[network] if isinstance(network, str) else network[1:]
    name = network if isinstance(network, str) else network[0]
    threads = ["--threads", str(args.threads)]
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        run([tpuwb, "transform", "--model_name", name, "--model_def", str(shared / "models" / model), *options, "--mlir",
             "net.mlir", *threads], folder)
        sets = [divide(shared / "images" / pictures, folder, division) for division in range(args.divisions)]
        for recipe in args.recipes.split(","):
            shown, kept, seconds, cycles, candidates = [], [], [], "-", []
            for division, paths in enumerate(sets):
                result = json.loads(run(
                    [tpuwb, "calibrate", "net.mlir", "--dataset", paths["calibration"], "--input_num", "0", "--validation",
                     paths["validation"], "--test", paths["test"], "--recipe", recipe, "-o", f"table{division}", "--json", *threads],
                    folder))
                shown.append(figures(result["test"]["kept"]))
                seconds.append(result["seconds"])
                kept.append(result["recipe"])
                if division == 0:
                    candidates = result["recipes"]
                    if not args.no_cycles:
                        cycles = cycles_of(tpuwb, folder, result["mlir"] or "net.mlir", f"table{division}", threads)
            print_row(name, recipe, over_divisions(shown), cycles, f"{statistics.fmean(seconds):.1f}",
                      "; ".join(sorted(set(kept))))
            for one in candidates if args.candidates else []:
                if one["validation"]:
                    print_row("", "  tried", figures(one["validation"]), "", f"{one['seconds']:.1f}",
                              f"{one['name']}: {one['reason']}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--shared", default=os.environ.get("WB_SHARED", here.parents[1].parent / "shared"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--networks", help="of those known, default all: " + ", ".join(NETWORKS))
    parser.add_argument("--network", action="append", type=shlex.split, default=[],
                        help="another: its name, its file, a folder of pictures, options of transform; instead of --networks' default")
    parser.add_argument("--recipes", default="vendor,ranges,weights,auto")
    parser.add_argument("--divisions", type=int, default=1, help="of the pictures: figures of several are averaged")
    parser.add_argument("--candidates", action="store_true", help="also what each recipe tried, on its validation pictures")
    parser.add_argument("--no-cycles", action="store_true", help="do not compile for the column of cycles")
    args = parser.parse_args()
    shared = pathlib.Path(args.shared)
    if not (shared / "models").is_dir():
        sys.exit(f"{shared} has no models; give --shared")
    tpuwb = str(pathlib.Path(args.bin).resolve() / "tpuwb")
    print("INT8 recipes on test pictures, agreement with the float network "
          + ("(mean +- deviation of jittered runs):" if args.divisions == 1 else f"(mean +- deviation of {args.divisions} divisions):"))
    print(f"{'network':16} {'recipe':16} {'SQNR dB':>13} {'scores dB':>13} {'F1':>13} {'ds':>13} {'cycles':>10} {'seconds':>7}  kept")
    known = args.networks.split(",") if args.networks else [] if args.network else list(NETWORKS)
    for network in known + [(name, file, pictures, options) for name, file, pictures, *options in args.network]:
        bench(tpuwb, shared, network, args)


if __name__ == "__main__":
    main()
