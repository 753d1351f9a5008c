#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cycles of our bmodels beside the vendor's: network × precision × {ours, vendor}. Ours are those of `tpuwb inspect
--profile`, the vendor's stand in the listings of its compiler. Needs the optional folder of real networks.

  cycles.py --bin build/release/bin [--shared ../shared]
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
HEADS = ",".join(f"/model.24/m.{i}/Conv_output_0" for i in range(3))
YOLO = ["--scale", "0.0039216,0.0039216,0.0039216", "--keep_aspect_ratio", "--pixel_format", "rgb"]
NETWORKS = [
    ("ultraface", "ultraface_rfb320", ["--mean", "127,127,127", "--scale", "0.0078125,0.0078125,0.0078125", "--pixel_format", "rgb"]),
    ("yolo_fastest_xl", "yolo_fastest_xl", YOLO),
    ("yolov5n", "yolov5n", YOLO + ["--output_names", HEADS]),
]


def vendor_total(listing):
    """Total cycles (TCYC) of a compiler listing, None if it has none."""
    if not listing.is_file():
        return None
    found = re.findall(r"TCYC\D*(\d+)", listing.read_text(errors="replace"))
    return int(found[-1]) if found else None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--shared", default=os.environ.get("WB_SHARED", here.parents[1].parent / "shared"))
    args = parser.parse_args()
    shared = pathlib.Path(args.shared)
    tpuwb = str(pathlib.Path(args.bin).resolve() / "tpuwb")
    if not (shared / "golden").is_dir():
        sys.exit(f"{shared} has no golden data; give --shared")

    def run(folder, *words):
        result = subprocess.run([tpuwb, *words], cwd=folder, capture_output=True, text=True)
        if result.returncode != 0:
            print(f"{words[0]} failed: {result.stderr.strip()[-300:]}")
        return result.stdout if result.returncode == 0 else ""

    print(f"{'network':<16} {'precision':<9} {'ours':>10} {'vendor':>10}  ours / vendor")
    with tempfile.TemporaryDirectory() as folder:
        for network, file, options in NETWORKS:
            model = str(shared / "models" / f"{file}.onnx")
            if not run(folder, "transform", "--model_name", network, "--model_def", model, *options, "--mlir", f"{network}.mlir"):
                continue
            for precision, suffix in (("INT8", "int8_sym"), ("INT8", "int8_asym"), ("F16", "f16"), ("BF16", "bf16"), ("F32", "f32")):
                bmodel = f"{network}_{suffix}.bmodel"
                run(folder, "deploy", "--mlir", f"{network}.mlir", "--quantize", precision, "--chip", "bm1684x", "--calibration_table",
                    str(shared / "golden" / network / "cali_table"), "--skip_validation", "--model", bmodel, *(["--asymmetric"] if suffix == "int8_asym" else []))
                text = run(folder, "inspect", bmodel, "--profile", "--json")
                ours = json.loads(text)["total_cycles"] if text else None
                vendor = vendor_total(shared / "golden" / network / f"bm1684x_{suffix}.profile.txt")
                ratio = f"{ours / vendor:.3f}" if ours and vendor else "-"
                label = precision + (" asym" if suffix == "int8_asym" else "")
                print(f"{network:<16} {label:<9} {ours or '-':>10} {vendor or '-':>10}  {ratio}")


if __name__ == "__main__":
    main()
