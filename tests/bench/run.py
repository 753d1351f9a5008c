#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`./workbench bench`: the numbers that the design asks for, each beside something else where there is
something else. Needs the optional folder of real networks; onnxruntime beside ours if Python has it.

  run.py --bin build/release/bin [--shared ../shared] [--repeat N] [--threads T] [--only speed|cycles|recipes]
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

here = pathlib.Path(__file__).resolve().parent
HEADS = ",".join(f"/model.24/m.{i}/Conv_output_0" for i in range(3))


def timed(command, folder, repeat=3):
    """Median wall time of a whole command in seconds, None when it fails, and what it printed last."""
    times = []
    for _ in range(repeat):
        begin = time.perf_counter()
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        times.append(time.perf_counter() - begin)
        if result.returncode not in (0, 6, 9):
            print("  " + " ".join(command[:3]) + " failed: " + result.stderr.strip()[-200:])
            return None, ""
    return sorted(times)[len(times) // 2], result.stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--shared", default=os.environ.get("WB_SHARED", here.parents[1].parent / "shared"))
    parser.add_argument("--repeat", type=int, default=30)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", choices=["speed", "cycles", "recipes"], help="one part; others' options go to it")
    args, others = parser.parse_known_args()
    if others and args.only != "recipes":
        parser.error("unknown: " + " ".join(others))
    shared = pathlib.Path(args.shared)
    if not (shared / "models").is_dir():
        sys.exit(f"{shared} has no models; give --shared")
    bins = pathlib.Path(args.bin).resolve()
    if args.only in (None, "speed"):
        speed(args, shared, bins)
    if args.only in (None, "cycles"):
        subprocess.run([sys.executable, str(here / "cycles.py"), "--bin", str(bins), "--shared", str(shared)], check=False)
    if args.only in (None, "recipes"):
        subprocess.run([sys.executable, str(here / "recipes.py"), "--bin", str(bins), "--shared", str(shared), "--threads",
                        str(args.threads), *others], check=False)


def speed(args, shared, bins):
    for bench, model, outputs in (("bench_execute", "yolov5n", HEADS), ("bench_execute", "yolo_fastest_xl", ""),
                                  ("bench_integer", "yolov5n", HEADS), ("bench_integer", "yolo_fastest_xl", "")):
        print(f"{'FP32' if bench == 'bench_execute' else 'INT8, bit exact'} against onnxruntime's FP32:")
        command = [sys.executable, str(here / "compare_float.py"), str(bins / bench), str(shared / "models" / f"{model}.onnx"),
                   "--threads", str(args.threads), "--repeat", str(args.repeat)]
        subprocess.run(command + (["--outputs", outputs] if outputs else []), check=False)

    tpuwb = str(bins / "tpuwb")
    images = str(shared / "images" / "coco")
    threads = ["--threads", str(args.threads)]
    with tempfile.TemporaryDirectory() as folder:
        steps = [
            ("import + FP32 check, yolo_fastest_xl",
             ["transform", "--model_name", "xl", "--model_def", str(shared / "models" / "yolo_fastest_xl.onnx"), "--pixel_format",
              "rgb", "--keep_aspect_ratio", "--scale", "0.0039216,0.0039216,0.0039216", "--test_input", images + "/dog.jpg",
              "--test_result", "top.npz", "--mlir", "xl.mlir"]),
            ("calibrate, 12 pictures, KL, no tuning",
             ["calibrate", "xl.mlir", "--dataset", images, "--input_num", "12", "--tune_num", "0", "-o", "table"]),
            ("INT8 with its check, every layer",
             ["deploy", "--mlir", "xl.mlir", "--quantize", "INT8", "--chip", "bm1684x", "--calibration_table", "table",
              "--test_input", "xl_in_f32.npz", "--test_reference", "top.npz", "--compare_all", "--model", "xl.bmodel"]),
        ] + [
            (f"search, 10 pictures, {method}",
             ["search", "xl.mlir", "--dataset", images, "--input_num", "10", "--calibration_table", "table", "--chip", "bm1684x",
              "--expected_cos", goal, "--method", method, "--json", "-o", "qtable"])
            for method, goal in (("ranked", "0.9975"), ("ranked", "0.999"), ("walk", "0.999"))
        ]
        print("whole commands, median of 3:")
        for name, command in steps:
            seconds, printed = timed([tpuwb, *command, *threads], folder, 1 if "search" in name else 3)
            if seconds is None:
                continue
            found = ""
            if "--json" in command:
                result = json.loads(printed[printed.index("{"):])
                found = (f", {result['int8_cosine']:.4f} -> {result['mixed_cosine']:.4f} with {len(result['float_layers'])} float "
                         f"layers, goal {command[command.index('--expected_cos') + 1]}")
            print(f"  {name}: {seconds:.2f} s{found}")


if __name__ == "__main__":
    main()
