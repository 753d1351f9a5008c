// SPDX-License-Identifier: GPL-3.0-or-later
// What an operator folder tells the compiler. `compiler/ops/<family>/` holds up to ten sources; each
// exports one function, and the build collects them into tables (a missing file is an honest "not
// supported", nothing else has to be touched):
//
//   <family>.cpp          void define_<family>(OpTable&)          names, shape rule, cost of top ops
//   <family>_import.cpp   void import_<family>(ImportTable&)      ONNX's spellings
//   <family>_caffe.cpp    void caffe_<family>(ImportTable&)       Caffe's
//   <family>_tflite.cpp   void tflite_<family>(ImportTable&)      TensorFlow Lite's
//   <family>_float.cpp    void float_<family>(KernelTable&)       float kernels of top ops
//   <family>_lower.cpp    void lower_<family>(LoweringTable&)     what becomes of it on a chip
//   <family>_quantised.cpp void quantised_<family>(LoweringTable&) the same where the network brings its scales
//   <family>_int.cpp      void integer_<family>(KernelTable&)     exact models of the tpu ops
//   <family>_tpu.cpp      void tpu_<family>(OpTable&)             definitions of the tpu ops
//   <family>_gradient.cpp void gradient_<family>(GradientTable&)  backward through top ops (gradient.h)
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/ir/graph.h"

#include <map>
#include <string>
#include <vector>

namespace wb::ops {

/// How an operator treats ranges and codes, for range propagation, the layer table and the graph.
struct Traits {
    bool movesData = false;     ///< result codes are operand codes: Reshape, Permute, Slice, Concat, MaxPool…
    bool fusesRelu = false;     ///< accepts do_relu/relu_limit (dossier section 6)
    bool elementwise = false;   ///< result element i depends on operand elements i only
};

struct OpDef {
    std::string name;           ///< "top.Conv"
    std::string summary;        ///< one line, for the generated operator page and tooltips
    Traits traits = {};
    /// Result types from operand types, attributes and (if needed) constant operands. Called with
    /// verified operand count; must report ShapeMismatch with numbers instead of asserting.
    Result<std::vector<ir::TensorType>> (*infer)(const ir::Graph&, const ir::Node&) = nullptr;
    /// Checks attributes and operands beyond the shape rule; may be null.
    Status (*verify)(const ir::Graph&, const ir::Node&) = nullptr;
    /// Multiply-accumulates of one run; null counts as 0. (The vendor's module.FLOPs has its own rule in
    /// `flops`.)
    int64_t (*macs)(const ir::Graph&, const ir::Node&) = nullptr;
    int64_t (*flops)(const ir::Graph&, const ir::Node&) = nullptr;
    int minOperands = 1;
    int maxOperands = 1;        ///< -1: any number
    int results = 1;
};

class OpTable {
public:
    void add(OpDef def) { m_rows.insert_or_assign(def.name, std::move(def)); }
    const OpDef* find(std::string_view name) const {
        const auto it = m_rows.find(name);
        return it == m_rows.end() ? nullptr : &it->second;
    }
    const std::map<std::string, OpDef, std::less<>>& rows() const { return m_rows; }

private:
    std::map<std::string, OpDef, std::less<>> m_rows;
};

/// All definitions, top and tpu, collected at first use; immutable afterwards.
const OpTable& opTable();

} // namespace wb::ops
