#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alternates single runs of bench_execute and onnxruntime on one network and prints the ratio of the
medians and of the fastest runs. Alternating lets a disturbance of the machine hit both alike.

  compare_float.py BENCH_EXECUTE MODEL.onnx [--threads T] [--repeat N] [--outputs a,b]
"""
import argparse
import statistics
import subprocess
import sys
import tempfile
import time

# Before every run of either: cores wake from the same rest. With one pause a pair, whoever came first paid for both.
PAUSE = 0.005


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("model")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=40)
    parser.add_argument("--outputs", default="")
    args = parser.parse_args()
    try:
        import numpy
        import onnxruntime
    except ImportError as error:
        print(f"{error}: onnxruntime and numpy are needed beside ours; nothing compared")
        return 0

    model = args.model
    if args.outputs:
        try:
            import onnx.utils
        except ImportError as error:
            print(f"{error}: onnx is needed to cut the network; nothing compared")
            return 0
        folder = tempfile.TemporaryDirectory()
        model = folder.name + "/cut.onnx"
        inputs = [i.name for i in onnxruntime.InferenceSession(args.model, providers=["CPUExecutionProvider"]).get_inputs()]
        onnx.utils.extract_model(args.model, model, inputs, args.outputs.split(","))

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = args.threads
    # Its threads would otherwise spin on our cores between its runs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "1")
    options.add_session_config_entry("session.force_spinning_stop", "1")
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    random = numpy.random.default_rng(1)
    feeds = {i.name: random.random(i.shape, dtype=numpy.float32) for i in session.get_inputs()}

    command = [args.bench, args.model, "--serve", "--threads", str(args.threads)]
    if args.outputs:
        command += ["--outputs", args.outputs]
    ours = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    for _ in range(3):
        session.run(None, feeds)
    own, other = [], []
    for _ in range(args.repeat):
        time.sleep(PAUSE)
        ours.stdin.write("\n")
        ours.stdin.flush()
        line = ours.stdout.readline()
        if not line:
            sys.exit("bench_execute ended early")
        own.append(float(line))
        time.sleep(PAUSE)
        start = time.perf_counter()
        session.run(None, feeds)
        other.append((time.perf_counter() - start) * 1000)
    ours.stdin.close()
    ours.wait()
    print(f"{args.model} {args.threads} threads: ours median {statistics.median(own):.2f} ms, fastest {min(own):.2f}; "
          f"onnxruntime {onnxruntime.__version__} median {statistics.median(other):.2f} ms, fastest {min(other):.2f}; "
          f"ratio of medians {statistics.median(own) / statistics.median(other):.2f}, "
          f"of fastest {min(own) / min(other):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
