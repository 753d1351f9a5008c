# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every NAME.tflite of a folder in TensorFlow Lite's interpreter.

Inputs are NAME.in0, NAME.in1 … (raw, in the file's order and type); results are written as NAME.out0 … beside them.
The reference kernels are used: the others, of XNNPACK and for speed, round integers in ways of their own (on a
MobileNet they are up to four steps from each other), and these are what the format's definition is checked with.
"""
import pathlib
import sys

import numpy as np

try:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType
except ImportError:
    from tflite_runtime.interpreter import Interpreter, OpResolverType


def interpreter(path):
    """The reference has fewer operators than the rest; numbers are the same there."""
    try:
        run = Interpreter(str(path), num_threads=1, experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
        run.allocate_tensors()
    except (RuntimeError, ValueError):
        run = Interpreter(str(path), num_threads=1,
                          experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
        run.allocate_tensors()
    return run


for path in sorted(pathlib.Path(sys.argv[1]).glob("*.tflite")):
    stem = path.with_suffix("")
    try:
        run = interpreter(path)
        for i, detail in enumerate(run.get_input_details()):
            data = np.fromfile(f"{stem}.in{i}", dtype=detail["dtype"]).reshape(detail["shape"])
            run.set_tensor(detail["index"], data)
        run.invoke()
        for i, detail in enumerate(run.get_output_details()):
            np.ascontiguousarray(run.get_tensor(detail["index"])).tofile(f"{stem}.out{i}")
    except (RuntimeError, ValueError) as error:
        pathlib.Path(f"{stem}.error").write_text(str(error))
