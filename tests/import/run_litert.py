# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every NAME.tflite of a folder in TensorFlow Lite's interpreter.

Inputs are NAME.in0, NAME.in1 … (raw, in the file's order and type); results are written as NAME.out0 … beside them.
The plain kernels are used, not those of XNNPACK, so that integers are the reference's.
"""
import pathlib
import sys

import numpy as np

try:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType
except ImportError:
    from tflite_runtime.interpreter import Interpreter, OpResolverType

for path in sorted(pathlib.Path(sys.argv[1]).glob("*.tflite")):
    stem = path.with_suffix("")
    try:
        run = Interpreter(str(path), num_threads=1,
                          experimental_op_resolver_type=OpResolverType.BUILTIN_REF if "--reference" in sys.argv
                          else OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
        run.allocate_tensors()
        for i, detail in enumerate(run.get_input_details()):
            data = np.fromfile(f"{stem}.in{i}", dtype=detail["dtype"]).reshape(detail["shape"])
            run.set_tensor(detail["index"], data)
        run.invoke()
        for i, detail in enumerate(run.get_output_details()):
            np.ascontiguousarray(run.get_tensor(detail["index"])).tofile(f"{stem}.out{i}")
    except (RuntimeError, ValueError) as error:
        pathlib.Path(f"{stem}.error").write_text(str(error))
