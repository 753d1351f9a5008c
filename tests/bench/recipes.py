#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recipes of better INT8 beside the vendor's table, on pictures that neither has seen: a table of network x recipe.
Called by run.py; alone:

  recipes.py --bin build/release/bin [--shared ../shared] [--threads T] [--networks yolov5n,…] [--cycles]
"""
import argparse
import json
import os
import pathlib
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


def row(network, name, agreement, seconds, cycles, remark):
    head = agreement.get("detection")
    scores = (band(head["score_sqnr"], 1), band(head["f1"], 3), band(head["score_shift"], 3)) if head else ("-", "-", "-")
    print(f"{network:16} {name:40} {band(agreement['sqnr'], 1):>10} {scores[0]:>10} {scores[1]:>13} {scores[2]:>13} "
          f"{seconds:>7} {cycles:>10}  {remark}")


def cycles_of(tpuwb, folder, mlir, table, threads):
    text = run([tpuwb, "deploy", "--mlir", mlir, "--quantize", "INT8", "--chip", "bm1684x", "--calibration_table", table,
                "--skip_validation", "--model", "net.bmodel", "--json", *threads], folder)
    bmodel = json.loads(text)["bmodel"] or {}
    return str(bmodel.get("total_cycles") or "-")


def bench(tpuwb, shared, network, threads, with_cycles):
    model, pictures, options = NETWORKS[network]
    with tempfile.TemporaryDirectory() as folder:
        run([tpuwb, "transform", "--model_name", network, "--model_def", str(shared / "models" / model), *options, "--mlir",
             "net.mlir", *threads], folder)
        text = run([tpuwb, "calibrate", "net.mlir", "--dataset", str(shared / "images" / pictures), "--input_num", "0",
                    "--recipe", "auto", "-o", "table", "--json", *threads], folder)
        result = json.loads(text)
        for recipe in result["recipes"]:
            if recipe["validation"]:
                row(network, recipe["name"], recipe["validation"], f"{recipe['seconds']:.1f}", "", recipe["reason"])
        if not result["test"]:
            return
        count = result["pictures"]
        shown = f"shown: {count['test']} pictures, {count['calibration']} to calibrate, {count['validation']} to choose by"
        vendor_cycles = own_cycles = ""
        if with_cycles:
            own_cycles = cycles_of(tpuwb, folder, result["mlir"] or "net.mlir", "table", threads)
            run([tpuwb, "calibrate", "net.mlir", "--dataset", str(shared / "images" / pictures), "--tune_num", "0", "-o",
                 "plain", *threads], folder)
            vendor_cycles = cycles_of(tpuwb, folder, "net.mlir", "plain", threads)
        row(network, "TEST vendor-exact", result["test"]["vendor"], "", vendor_cycles, shown)
        row(network, "TEST " + result["recipe"], result["test"]["kept"], f"{result['seconds']:.0f}", own_cycles,
            result["test"]["verdict"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--shared", default=os.environ.get("WB_SHARED", here.parents[1].parent / "shared"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--networks", default=",".join(NETWORKS))
    parser.add_argument("--cycles", action="store_true", help="also compile, for the column of cycles")
    args = parser.parse_args()
    shared = pathlib.Path(args.shared)
    if not (shared / "models").is_dir():
        sys.exit(f"{shared} has no models; give --shared")
    tpuwb = str(pathlib.Path(args.bin).resolve() / "tpuwb")
    print("INT8 recipes, agreement with the float network (mean +- deviation of jittered runs):")
    print(f"{'network':16} {'recipe':40} {'SQNR dB':>10} {'scores dB':>10} {'F1':>13} {'ds':>13} {'seconds':>7} {'cycles':>10}")
    for network in args.networks.split(","):
        bench(tpuwb, shared, network, ["--threads", str(args.threads)], args.cycles)


if __name__ == "__main__":
    main()
