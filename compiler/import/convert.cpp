// SPDX-License-Identifier: GPL-3.0-or-later
// See the header. A file of a kilobyte can ask for a million iterations, so what is written out is counted.
#include "compiler/import/convert.h"

#include "compiler/import/inline.h"
#include "compiler/import/onnx/onnx_types.h"
#include "compiler/import/tflite/tflite_fold.h"
#include "compiler/import/torchscript/torch_reader.h"
#include "compiler/ops/import_help.h"

#include <algorithm>
#include <set>

namespace wb::importer {
namespace {

constexpr int kDeepest = 16;            ///< definitions within definitions

bool isControl(const ops::SourceNode& node) {
    return node.domain.empty() && (node.kind == "If" || node.kind == "Loop" || node.kind == "Scan");
}

std::string functionName(const ops::SourceNode& node) { return node.domain + "." + node.kind; }

bool known(const SourceModel& model, const ops::SourceNode& node) {
    if (model.functions.contains(functionName(node))) return true;
    if (!node.domain.empty())
        return ops::importTable().find(model.framework, functionName(node)) != nullptr ||
               (model.framework == ops::Framework::Onnx && hasOwnDefinition(node));
    if (model.framework == ops::Framework::TFLite && (tfliteFolds(node.kind) || isTfliteControl(node))) return true;
    return ops::importTable().find(model.framework, node.kind) != nullptr || Folder::knows(node) ||
           (model.framework == ops::Framework::Onnx && (isControl(node) || isSequenceKind(node) || hasOwnDefinition(node) || hasDefinition(node)));
}

Error runTime(const ops::SourceNode& node, const std::string& what) {
    return ops::nodeError(node, Code::UnsupportedOperators, what + " known only at run time")
        .remedy("export the network with fixed shapes");
}

} // namespace

Status checkSupported(const SourceModel& model) {
    struct Missing {
        int count = 0;
        std::string first;
    };
    std::map<std::string, Missing> missing;
    const auto look = [&](const std::vector<ops::SourceNode>& nodes) {
        for (const ops::SourceNode& node : nodes) {
            if (known(model, node)) continue;
            Missing& row = missing[node.domain.empty() ? node.kind : functionName(node)];
            if (row.count++ == 0)
                row.first =
                    node.name.empty() && !node.outputs.empty() ? node.outputs.front() : node.name;
        }
    };
    look(model.nodes);
    for (const SourceBody& body : model.bodies)
        look(body.nodes);
    if (missing.empty()) return {};
    Error error{Code::UnsupportedOperators, ""};
    int nodes = 0;
    std::string kinds;
    for (const auto& [kind, row] : missing) {
        nodes += row.count;
        const std::string where = std::to_string(row.count) + " × first at '" + row.first + "'";
        error.fields[kind] = where;
        kinds += (kinds.empty() ? "" : ", ") + kind + " (" + where + ")";
        if (error.node.empty()) error.node = row.first;
    }
    error.what = std::to_string(missing.size()) + (missing.size() == 1 ? " operator" : " operators") + " of the network (" +
                 std::to_string(nodes) + (nodes == 1 ? " node) is" : " nodes) are") + " not supported: " + kinds;
    if (model.framework == ops::Framework::TFLite && missing.contains("READ_VARIABLE") && !missing.contains("ASSIGN_VARIABLE"))
        error.remedies.push_back("its weights are variables that the file holds no values for: convert a frozen network, "
                                 "with TFLiteConverter.from_saved_model or from_keras_model");
    for (const auto& [kind, row] : missing) {
        if (kind.starts_with("com.microsoft.nchwc."))
            error.remedies.push_back("onnxruntime wrote this file for one kind of processor: save it with ORT_ENABLE_EXTENDED or ORT_ENABLE_BASIC");
        else if (kind.starts_with("com.microsoft."))
            error.remedies.push_back("open the network as it was before onnxruntime optimised it");
        else
            continue;
        break;
    }
    error.remedies.push_back(
        "end the network before them with --output_names, or export it without them");
    return error;
}

Status Converter::convert(const ops::SourceNode& node) {
    if (m_depth > 0 && ++m_inside > kMostNodes)
        return ops::nodeError(node, Code::UnsupportedOperators,
                              "loops and definitions come to more than " + std::to_string(kMostNodes) + " nodes");
    if (m_depth > kDeepest)
        return ops::nodeError(node, Code::UnsupportedOperators, "definitions lie too deep in each other");
    setType(node); // rules may ask for the type of their own result
    return convertOne(node);
}

void Converter::setType(const ops::SourceNode& node) {
    if (m_model.framework != ops::Framework::Onnx || isControl(node)) return;
    for (size_t i = 0; i < node.outputs.size(); ++i)
        m_builder.setSourceType(node.outputs[i], resultType(node, i, [&](const std::string& name) {
                                    return m_builder.sourceType(name);
                                }));
}

bool Converter::foldShape(const ops::SourceNode& node, Status& status) {
    if ((node.kind != "Shape" && node.kind != "Size") || !node.domain.empty() || node.inputs.size() != 1) return false;
    const auto shape = m_builder.runtimeShape(node.inputs.front());
    if (!shape) return false;
    auto dims = Folder::foldShape(node, *shape);
    if (!dims) status = std::move(dims).error();
    else if (!node.outputs.empty()) m_builder.setConstant(node.outputs.front(), std::move(*dims));
    return true;
}

Status Converter::convertOne(const ops::SourceNode& node) {
    std::vector<const ir::Tensor*> constants;
    bool allConstant = true;
    for (const std::string& input : node.inputs) {
        constants.push_back(input.empty() ? nullptr : m_builder.constant(input));
        allConstant = allConstant && (input.empty() || constants.back() != nullptr);
    }
    Status status;
    if (m_model.framework == ops::Framework::TFLite) {
        if (foldTfliteInto(m_builder, node, constants, m_model, m_folder, status)) return status;
        return isTfliteControl(node) ? convertTfliteControl(node) : convertRule(node);
    }
    if (!allConstant && foldShape(node, status)) return status;
    if (m_model.framework == ops::Framework::Onnx) {
        if (isSequenceKind(node)) return convertSequence(node);
        if (node.kind == "Identity" && node.inputs.size() == 1 && !node.outputs.empty() && isSequence(node.inputs.front())) {
            same(node.outputs.front(), node.inputs.front());
            return {};
        }
    }
    // Caffe's layers share names with ONNX's operators, not their meaning.
    if (allConstant && m_model.framework != ops::Framework::Caffe && Folder::knows(node))
        if (auto folded = m_folder.fold(node, constants)) {
            if (!*folded) return std::move(folded->error());
            for (size_t i = 0; i < (*folded)->size() && i < node.outputs.size(); ++i)
                m_builder.setConstant(node.outputs[i], std::move((**folded)[i]));
            return {};
        }
    if (const auto own = m_model.functions.find(functionName(node)); own != m_model.functions.end())
        return writeOut(node, own->second);
    if (isControl(node) && m_model.framework == ops::Framework::Onnx)
        return node.kind == "If" ? convertIf(node) : node.kind == "Loop" ? convertLoop(node) : convertScan(node);
    const auto known = [&] {
        std::vector<KnownInput> inputs(node.inputs.size());
        for (size_t i = 0; i < inputs.size(); ++i) {
            if (node.inputs[i].empty()) continue;
            inputs[i].type = m_builder.sourceType(node.inputs[i]);
            inputs[i].shape = constants[i] != nullptr ? constants[i]->shape() : m_builder.runtimeShape(node.inputs[i]);
            inputs[i].data = constants[i];
        }
        return inputs;
    };
    if (m_model.framework == ops::Framework::Onnx && hasOwnDefinition(node)) {
        WB_ASSIGN(const SourceBody body, ownDefinition(node, known()));
        return writeOut(node, body);
    }
    status = convertRule(node);
    // A form that the rule does not take may still have a definition by others.
    if (status || m_model.framework != ops::Framework::Onnx ||
        (status.error().code != Code::UnsupportedAttribute && status.error().code != Code::UnsupportedOperators) ||
        !hasDefinition(node))
        return status;
    const auto body = definitionOf(node, known());
    return body ? writeOut(node, *body) : std::move(status);
}

Status Converter::convertRule(const ops::SourceNode& node) {
    const ops::ImportRule rule = ops::importTable().find(m_model.framework, node.domain.empty() ? node.kind : functionName(node));
    if (rule == nullptr) return runTime(node, "this form needs values");
    WB_TRY(rule(node, m_builder));
    if (m_builder.pendingError()) return *m_builder.pendingError();
    if (m_model.framework == ops::Framework::Torch) return checkTorchShapes(node, m_builder);
    return {};
}

Result<Converter::Names> Converter::run(const SourceBody& body, const Names& inputs, const Names& outputs,
                                        const ops::SourceNode& caller) {
    const std::string& base = caller.outputs.empty() ? caller.name : caller.outputs.front();
    Instance instance =
        instantiate(body, base + "/" + (m_serial++ == 0 ? "" : std::to_string(m_serial) + "/"), inputs, outputs, caller);
    for (auto& [name, tensor] : instance.constants)
        m_builder.setConstant(name, std::move(tensor));
    // Scales of what is made inside, under its names here.
    for (size_t i = 0; i < instance.nodes.size() && !m_model.declared.empty(); ++i)
        for (size_t o = 0; o < instance.nodes[i].outputs.size(); ++o)
            if (const ir::TensorType* type = m_builder.declared(body.nodes[i].outputs[o]))
                m_model.declared.insert_or_assign(instance.nodes[i].outputs[o], ir::TensorType(*type));
    ++m_depth;
    Status status;
    for (size_t i = 0; i < instance.nodes.size() && status; ++i) {
        if (m_inside % 64 == 0) status = m_builder.context().checkStop();
        if (status) status = convert(instance.nodes[i]);
    }
    --m_depth;
    if (!status) return std::move(status).error();
    return std::move(instance.outputs);
}

Status Converter::writeOut(const ops::SourceNode& node, const SourceBody& body) {
    WB_ASSIGN(const Names names, run(body, node.inputs, node.outputs, node));
    for (size_t i = 0; i < names.size() && i < node.outputs.size(); ++i)
        if (!node.outputs[i].empty() && names[i] != node.outputs[i]) same(node.outputs[i], names[i]);
    return {};
}

Result<const SourceBody*> Converter::bodyOf(const ops::SourceNode& node, const char* attribute) const {
    const int64_t index = node.integer(attribute, -1);
    if (index < 0 || index >= static_cast<int64_t>(m_model.bodies.size()))
        return ops::nodeError(node, Code::ModelDamaged, std::string(attribute) + " is missing");
    return &m_model.bodies[static_cast<size_t>(index)];
}

Error Converter::decidedBy(const ops::SourceNode& node, const std::string& name, const std::string& what) {
    Error error = runTime(node, what);
    const ir::Graph& graph = m_builder.graph();
    std::vector<ir::ValueId> open{m_builder.operand(name)};
    std::set<ir::ValueId> seen;
    std::string inputs;
    while (!open.empty()) {
        const ir::ValueId id = open.back();
        open.pop_back();
        if (id == ir::kNoValue || !seen.insert(id).second || graph.value(id).producer == ir::kNoNode) continue;
        const ir::Node& maker = graph.node(graph.value(id).producer);
        if (maker.op == "top.Input") inputs += (inputs.empty() ? "'" : ", '") + graph.value(id).name + "'";
        open.insert(open.end(), maker.operands.begin(), maker.operands.end());
    }
    if (inputs.empty()) return error;
    error.why = "it follows from " + inputs;
    error.remedies.insert(error.remedies.begin(), "put a constant in the place of that input before exporting the network");
    return error;
}

std::optional<bool> Converter::truth(const std::string& name) {
    const auto number = ops::constantScalar(name, m_builder);
    return number ? std::optional(*number != 0) : std::nullopt;
}

Status Converter::convertIf(const ops::SourceNode& node) {
    WB_TRY(ops::needInputs(node, 1, 0));
    const auto condition = truth(node.inputs.front());
    if (!condition) return decidedBy(node, node.inputs.front(), "the condition is");
    WB_ASSIGN(const SourceBody* body, bodyOf(node, *condition ? "then_branch" : "else_branch"));
    return writeOut(node, *body);
}

Status Converter::convertLoop(const ops::SourceNode& node) {
    WB_ASSIGN(const SourceBody* body, bodyOf(node, "body"));
    const auto given = static_cast<size_t>(std::clamp<int64_t>(node.integer("explicit_inputs", 0), 0,
                                                               static_cast<int64_t>(node.inputs.size())));
    const size_t carried = given < 2 ? 0 : given - 2;
    if (given < 2 || body->inputs.size() != carried + 2 || body->outputs.size() < carried + 1)
        return ops::nodeError(node, Code::ModelDamaged, "the body does not fit the node");
    int64_t limit = INT64_MAX;
    if (!node.inputs[0].empty()) {
        const auto trips = ops::constantInts(node, m_builder, 0);
        if (!trips || trips->size() != 1) return decidedBy(node, node.inputs[0], "the number of iterations is");
        limit = trips->front();
    }
    std::optional<bool> goOn = node.inputs[1].empty() ? std::optional(true) : truth(node.inputs[1]);
    Names values(node.inputs.begin() + 2, node.inputs.begin() + static_cast<ptrdiff_t>(given));
    std::vector<Names> scans(body->outputs.size() - 1 - carried);
    for (int64_t i = 0; i < limit; ++i) {
        if (!goOn) return runTime(node, "whether the loop goes on is");
        if (!*goOn) break;
        const std::string count = node.outputs.front() + "/count" + std::to_string(m_serial) + "_" + std::to_string(i);
        const std::string condition = count + "_go_on";
        m_builder.setConstant(count, ir::Tensor::of<int64_t>(ir::ElementType::Si64, {}, std::vector{i}));
        m_builder.setConstant(condition, ir::Tensor::of<uint8_t>(ir::ElementType::I1, {}, std::vector<uint8_t>{1}));
        Names inputs{count, condition};
        inputs.insert(inputs.end(), values.begin(), values.end());
        WB_ASSIGN(const Names results, run(*body, inputs, {}, node));
        if (++m_inside > kMostNodes)
            return ops::nodeError(node, Code::UnsupportedOperators, "the loop has too many iterations to write out");
        goOn = truth(results[0]);
        values.assign(results.begin() + 1, results.begin() + 1 + static_cast<ptrdiff_t>(carried));
        for (size_t s = 0; s < scans.size(); ++s)
            scans[s].push_back(results[1 + carried + s]);
    }
    for (size_t i = 0; i < node.outputs.size(); ++i) {
        if (node.outputs[i].empty()) continue;
        if (i < carried) same(node.outputs[i], values[i]);
        else if (i - carried < scans.size()) WB_TRY(stack(scans[i - carried], 0, node.outputs[i]));
    }
    return {};
}

Status Converter::convertScan(const ops::SourceNode& node) {
    if (node.version < 9) return ops::attributeError(node, "the batched form of operator set 8");
    WB_ASSIGN(const SourceBody* body, bodyOf(node, "body"));
    const auto given = static_cast<size_t>(std::clamp<int64_t>(node.integer("explicit_inputs", 0), 0,
                                                               static_cast<int64_t>(node.inputs.size())));
    const int64_t scanned = node.integer("num_scan_inputs", 0);
    if (scanned < 1 || scanned > static_cast<int64_t>(given) || body->inputs.size() != given)
        return ops::nodeError(node, Code::ModelDamaged, "the body does not fit the node");
    const size_t carried = given - static_cast<size_t>(scanned);
    if (body->outputs.size() < carried) return ops::nodeError(node, Code::ModelDamaged, "the body gives too little");
    const size_t gives = body->outputs.size() - carried;
    const auto list = [&](const char* key, size_t count) -> Result<std::vector<int64_t>> {
        auto values = node.integers(key).value_or(std::vector<int64_t>(count, 0));
        if (values.size() != count) return ops::attributeError(node, std::string(key) + " of a wrong length");
        return values;
    };
    WB_ASSIGN(const auto inAxes, list("scan_input_axes", static_cast<size_t>(scanned)));
    WB_ASSIGN(const auto inWays, list("scan_input_directions", static_cast<size_t>(scanned)));
    WB_ASSIGN(const auto outAxes, list("scan_output_axes", gives));
    WB_ASSIGN(const auto outWays, list("scan_output_directions", gives));
    int64_t trips = -1;
    for (size_t s = 0; s < static_cast<size_t>(scanned); ++s) {
        WB_ASSIGN(const ir::Shape shape, ops::shapeOf(node, m_builder, carried + s));
        const int64_t axis = inAxes[s] < 0 ? inAxes[s] + static_cast<int64_t>(shape.size()) : inAxes[s];
        if (axis < 0 || axis >= static_cast<int64_t>(shape.size()))
            return ops::attributeError(node, "scan_input_axes for " + ir::toText(shape));
        const int64_t size = shape[static_cast<size_t>(axis)];
        if (trips >= 0 && trips != size) return ops::nodeError(node, Code::ShapeMismatch, "sequences differ in length");
        trips = size;
    }
    Names values(node.inputs.begin(), node.inputs.begin() + static_cast<ptrdiff_t>(carried));
    std::vector<Names> scans(gives);
    for (int64_t i = 0; i < trips; ++i) {
        Names inputs = values;
        for (size_t s = 0; s < static_cast<size_t>(scanned); ++s) {
            const int64_t at = inWays[s] != 0 ? trips - 1 - i : i;
            ops::SourceNode pick;
            pick.kind = "Gather";
            pick.version = node.version;
            pick.attributes["axis"] = inAxes[s];
            const std::string name = node.outputs.front() + "/in" + std::to_string(m_serial) + "_" +
                                     std::to_string(s) + "_" + std::to_string(i);
            m_builder.setConstant(name + "_at", ir::Tensor::of<int64_t>(ir::ElementType::Si64, {}, std::vector{at}));
            pick.inputs = {node.inputs[carried + s], name + "_at"};
            pick.outputs = {name};
            WB_TRY(convert(pick));
            inputs.push_back(name);
        }
        WB_ASSIGN(const Names results, run(*body, inputs, {}, node));
        if (++m_inside > kMostNodes)
            return ops::nodeError(node, Code::UnsupportedOperators, "the scan has too many steps to write out");
        values.assign(results.begin(), results.begin() + static_cast<ptrdiff_t>(carried));
        for (size_t s = 0; s < gives; ++s)
            scans[s].insert(outWays[s] != 0 ? scans[s].begin() : scans[s].end(), results[carried + s]);
    }
    for (size_t i = 0; i < node.outputs.size(); ++i) {
        if (node.outputs[i].empty()) continue;
        if (i < carried) same(node.outputs[i], values[i]);
        else if (i - carried < gives) WB_TRY(stack(scans[i - carried], outAxes[i - carried], node.outputs[i]));
    }
    return {};
}

Status Converter::stack(const Names& parts, int64_t axis, const std::string& output) {
    ops::SourceNode join;
    join.kind = "Concat";
    join.version = 13;
    join.attributes["axis"] = axis;
    join.outputs = {output};
    if (parts.empty()) { // a loop without iterations: mostly nobody reads what it gives
        WB_ASSIGN(ir::Tensor nothing, ir::Tensor::allocate(ir::ElementType::F32, {0}));
        m_builder.setConstant(output, std::move(nothing));
        return {};
    }
    for (size_t i = 0; i < parts.size(); ++i) {
        ops::SourceNode widen;
        widen.kind = "Unsqueeze";
        widen.version = 11; // axes as an attribute
        widen.attributes["axes"] = std::vector<int64_t>{axis};
        widen.inputs = {parts[i]};
        widen.outputs = {output + "/part" + std::to_string(i)};
        WB_TRY(convert(widen));
        join.inputs.push_back(widen.outputs.front());
    }
    return convert(join);
}

} // namespace wb::importer
