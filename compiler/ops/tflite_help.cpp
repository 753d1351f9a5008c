// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/tflite_help.h"

#include "compiler/ops/gather_copy.h"
#include "compiler/ops/shape_rules.h"

#include <algorithm>

namespace wb::ops {
namespace {

const std::vector<int64_t> kToPicture{0, 3, 1, 2};
const std::vector<int64_t> kToFile{0, 2, 3, 1};

ir::Shape reordered(const ir::Shape& shape, const std::vector<int64_t>& order) {
    ir::Shape result;
    for (const int64_t axis : order)
        result.push_back(shape[static_cast<size_t>(axis)]);
    return result;
}

/// Whether the order moves axes of size one only.
bool movesOnes(const ir::Shape& shape, const std::vector<int64_t>& order) {
    int64_t last = -1;
    for (const int64_t axis : order) {
        if (shape[static_cast<size_t>(axis)] == 1) continue;
        if (axis < last) return false;
        last = axis;
    }
    return true;
}

ir::AttributeMap reshapeTo(const ir::Shape& shape) {
    ir::AttributeMap a;
    a.set("flatten_start_dim", -1);
    a.set("shape", ir::Attribute::ints(shape));
    return a;
}

/// The type's quantisation onto a value; shape and rank stay the value's.
void setQuant(ir::TensorType& type, const ir::TensorType& from) {
    type.element = from.element;
    type.quant = from.quant;
}

Result<ir::Tensor> reorderedConstant(const ir::Tensor& data, const std::vector<int64_t>& order) {
    std::vector<int64_t> strides(data.shape().size(), 1);
    for (size_t d = strides.size(); d-- > 1;)
        strides[d - 1] = strides[d] * data.shape()[d];
    std::vector<int64_t> from;
    for (const int64_t axis : order)
        from.push_back(strides[static_cast<size_t>(axis)]);
    WB_ASSIGN(ir::Tensor result, ir::Tensor::allocate(data.type(), reordered(data.shape(), order)));
    if (data.elementCount() == 0) return result;
    const size_t size = ir::sizeInBytes(data.type());
    std::byte* out = result.mutableBytes();
    std::vector<int64_t> index(order.size(), 0);
    int64_t at = 0;
    for (int64_t i = 0; i < data.elementCount(); ++i) {
        std::copy_n(data.bytes() + static_cast<size_t>(at) * size, size, out + static_cast<size_t>(i) * size);
        for (size_t d = index.size(); d-- > 0;) {
            at += from[d];
            if (++index[d] < result.shape()[d]) break;
            at -= from[d] * index[d];
            index[d] = 0;
        }
    }
    return result;
}

} // namespace

ir::Shape channelsFirst(const ir::Shape& shape) { return shape.size() == 4 ? reordered(shape, kToPicture) : shape; }

int64_t pictureAxis(int64_t axis) { return axis == 3 ? 1 : axis == 0 ? 0 : axis + 1; }

std::string pictureName(const std::string& tensor) { return tensor + "\x01"; }

Result<ir::Tensor> dequantised(const ir::Tensor& codes, const ir::UniformQuant& quant) {
    WB_ASSIGN(ir::Tensor result, toFloat32(codes));
    if (result.elementCount() == 0) return result;
    int64_t inner = 1, length = 1;
    if (quant.axis) {
        const auto axis = static_cast<size_t>(*quant.axis);
        length = codes.shape()[axis];
        for (size_t d = axis + 1; d < codes.shape().size(); ++d)
            inner *= codes.shape()[d];
    }
    float* values = result.mutableData<float>();
    for (int64_t i = 0; i < result.elementCount(); ++i) {
        const auto c = static_cast<size_t>(i / inner % length);
        values[i] = static_cast<float>((static_cast<double>(values[i]) - static_cast<double>(quant.zeroPoints[c])) *
                                       quant.scales[c]);
    }
    return result;
}

bool TfliteNode::isConstant(size_t index) const {
    return has(index) && m_builder.constant(m_node.inputs[index]) != nullptr;
}

std::optional<ir::Shape> tfliteShape(ImportBuilder& builder, const std::string& tensor) {
    if (builder.constant(tensor) != nullptr) return {};
    if (const ir::ValueId id = builder.operand(tensor); id != ir::kNoValue) return builder.graph().value(id).type.shape;
    if (const ir::ValueId id = builder.operand(pictureName(tensor)); id != ir::kNoValue)
        return reordered(builder.graph().value(id).type.shape, kToFile);
    return {};
}

Result<ir::Shape> TfliteNode::shape(size_t index) {
    const std::string name = inputName(m_node, index);
    if (const ir::Tensor* data = name.empty() ? nullptr : m_builder.constant(name)) return data->shape();
    if (auto shape = tfliteShape(m_builder, name)) return *shape;
    return nodeError(m_node, Code::ModelDamaged,
                     name.empty() ? "operand " + std::to_string(index) + " is missing"
                                  : "nothing gives the operand '" + name + "'");
}

Result<size_t> TfliteNode::axis(int64_t axis, size_t rank) const {
    const auto known = normaliseAxis(axis, rank);
    if (!known)
        return attributeError(m_node, "axis " + std::to_string(axis) + " of a tensor of " + std::to_string(rank) + " axes");
    return static_cast<size_t>(*known);
}

Result<std::vector<int64_t>> TfliteNode::axes(size_t index, size_t rank) const {
    const auto given = constantInts(m_node, m_builder, index);
    if (!given) return attributeError(m_node, "the axes are known only at run time");
    std::vector<int64_t> axes;
    for (const int64_t each : *given) {
        WB_ASSIGN(const size_t known, axis(each, rank));
        if (std::find(axes.begin(), axes.end(), static_cast<int64_t>(known)) == axes.end())
            axes.push_back(static_cast<int64_t>(known));
    }
    return axes;
}

Order TfliteNode::order(std::initializer_list<size_t> operands) const {
    const auto isPicture = [&](size_t index) {
        return has(index) && !isConstant(index) &&
               m_builder.operand(pictureName(m_node.inputs[index])) != ir::kNoValue;
    };
    bool picture = false;
    if (operands.size() == 0)
        for (size_t i = 0; i < m_node.inputs.size(); ++i)
            picture = picture || isPicture(i);
    for (const size_t i : operands)
        picture = picture || isPicture(i);
    return picture ? Order::Picture : Order::File;
}

bool TfliteNode::isQuantised() const {
    const auto codes = [&](const std::string& name) {
        const ir::TensorType* type = name.empty() ? nullptr : m_builder.declared(name);
        return type != nullptr && ir::sizeInBytes(type->element) <= 2;
    };
    return !m_node.outputs.empty() && !m_node.inputs.empty() &&
           (codes(m_node.outputs.front()) || (codes(m_node.inputs.front()) && !isConstant(0)));
}

Result<ir::ValueId> TfliteNode::permuted(ir::ValueId value, const std::vector<int64_t>& order, const std::string& name) {
    const ir::TensorType from = m_builder.graph().value(value).type;
    if (std::is_sorted(order.begin(), order.end())) return value;
    ir::AttributeMap a;
    a.set("order", ir::Attribute::ints(order));
    const bool reshape = movesOnes(from.shape, order);
    WB_ASSIGN(const ir::ValueId result,
              m_builder.emitNamed(reshape ? "top.Reshape" : "top.Permute", {value}, name,
                                  reshape ? reshapeTo(reordered(from.shape, order)) : std::move(a)));
    setQuant(m_builder.graph().value(result).type, from);
    return result;
}

Result<ir::ValueId> TfliteNode::operand(size_t index, Order order) {
    const std::string name = inputName(m_node, index);
    WB_ASSIGN(const ir::Shape shape, this->shape(index));
    if (isConstant(index)) {
        if (order == Order::File) return weight(index, {});
        if (shape.size() > 4) return attributeError(m_node, "an operand of shape " + ir::toText(shape));
        ir::Shape wide(4 - shape.size(), 1);
        wide.insert(wide.end(), shape.begin(), shape.end());
        return weight(index, kToPicture, wide);
    }
    const std::string wanted = order == Order::File ? name : pictureName(name);
    if (const ir::ValueId id = m_builder.operand(wanted); id != ir::kNoValue) return id;
    ir::ValueId id = ir::kNoValue;
    if (order == Order::File) {
        WB_ASSIGN(id, permuted(m_builder.operand(pictureName(name)), kToFile, name + "_nhwc"));
    } else {
        if (shape.size() > 4) return attributeError(m_node, "an operand of shape " + ir::toText(shape));
        id = m_builder.operand(name);
        const ir::TensorType from = m_builder.graph().value(id).type;
        ir::Shape wide(4 - shape.size(), 1);
        wide.insert(wide.end(), shape.begin(), shape.end());
        if (wide.size() != shape.size() && movesOnes(wide, kToPicture)) {
            WB_ASSIGN(id, m_builder.emitNamed("top.Reshape", {id}, name + "_nchw", reshapeTo(channelsFirst(wide))));
            setQuant(m_builder.graph().value(id).type, from);
        } else {
            if (wide.size() != shape.size()) {
                WB_ASSIGN(id, m_builder.emitNamed("top.Reshape", {id}, name + "_4d", reshapeTo(wide)));
                setQuant(m_builder.graph().value(id).type, from);
            }
            WB_ASSIGN(id, permuted(id, kToPicture, name + "_nchw"));
        }
        // Not bound for fewer axes: under that name four are expected in tfliteShape().
        if (wide.size() != shape.size()) return id;
    }
    m_builder.bind(wanted, id);
    return id;
}

Result<ir::ValueId> TfliteNode::inFileOrder(size_t index) {
    if (order({index}) == Order::Picture) {
        const ir::ValueId id = m_builder.operand(pictureName(m_node.inputs[index]));
        if (movesOnes(m_builder.graph().value(id).type.shape, kToFile)) return id;
    }
    return operand(index, Order::File);
}

Result<ir::ValueId> TfliteNode::weight(size_t index, const std::vector<int64_t>& axes, ir::Shape reshaped) {
    const std::string name = inputName(m_node, index);
    const ir::Tensor* data = name.empty() ? nullptr : m_builder.constant(name);
    if (data == nullptr)
        return attributeError(m_node, "operand " + std::to_string(index) + " is known only at run time");
    const ir::TensorType* type = m_builder.declared(name);
    const auto* quant = type == nullptr ? nullptr : type->uniform();
    const bool codes = quant != nullptr && isQuantised();
    std::string key = name + "\x02" + (codes ? "c" : "n");
    for (const int64_t axis : axes)
        key += std::to_string(axis);
    key += ir::toText(reshaped);
    if (const ir::ValueId id = m_builder.operand(key); id != ir::kNoValue) return id;

    ir::Tensor array = data->shape().empty() ? data->reshaped({1}) : *data;
    if (quant != nullptr && !codes) {
        WB_ASSIGN(array, dequantised(array, *quant));
    } else if (!codes) {
        WB_ASSIGN(array, toFloat32(array));
    }
    std::optional<int32_t> axis = codes ? quant->axis : std::nullopt;
    if (!reshaped.empty()) {
        if (ir::checkedElementCount(reshaped) != array.elementCount())
            return nodeError(m_node, Code::ModelDamaged, "a constant of shape " + ir::toText(array.shape()) +
                                                             " where " + ir::toText(reshaped) + " is needed");
        // Leading ones push the axis back.
        if (axis) *axis += static_cast<int32_t>(reshaped.size()) - static_cast<int32_t>(array.shape().size());
        array = array.reshaped(std::move(reshaped));
    }
    if (!axes.empty()) {
        if (axes.size() != array.shape().size())
            return nodeError(m_node, Code::ModelDamaged, "a constant of shape " + ir::toText(array.shape()));
        if (axis) *axis = static_cast<int32_t>(std::find(axes.begin(), axes.end(), *axis) - axes.begin());
        WB_ASSIGN(array, reorderedConstant(array, axes));
    }
    const ir::ValueId id = m_builder.addConstant(name, std::move(array));
    if (codes) {
        setQuant(m_builder.graph().value(id).type, *type);
        auto& stored = std::get<ir::UniformQuant>(m_builder.graph().value(id).type.quant);
        stored.axis = axis;
        // Signed filters are narrow; the vendor's text says so of every such constant (dossier section 5.10).
        if (type->element == ir::ElementType::I8) stored.storageRange = {-127, 127};
    }
    m_builder.bind(key, id);
    return id;
}

void TfliteNode::type(ir::ValueId value, const std::string& tensor) {
    const ir::TensorType* declared = m_builder.declared(tensor);
    if (declared != nullptr && ir::sizeInBytes(declared->element) <= 2)
        setQuant(m_builder.graph().value(value).type, *declared);
}

void TfliteNode::bind(ir::ValueId value, Order order, size_t index) {
    if (index >= m_node.outputs.size()) return;
    m_builder.bind(order == Order::File ? m_node.outputs[index] : pictureName(m_node.outputs[index]), value);
}

Result<ir::ValueId> TfliteNode::step(std::string op, std::vector<ir::ValueId> operands, ir::AttributeMap attributes,
                                     const std::string& suffix, const std::string* like) {
    WB_ASSIGN(const ir::ValueId id, m_builder.emitNamed(std::move(op), std::move(operands),
                                                        m_builder.resultName(m_node, 0) + suffix, std::move(attributes)));
    type(id, like == nullptr ? m_node.outputs.front() : *like);
    return id;
}

Status TfliteNode::emit(std::string op, std::vector<ir::ValueId> operands, ir::AttributeMap attributes, Order order,
                        bool fuses, size_t index) {
    const std::string activation = m_node.string("activation", "NONE");
    const bool relu = activation == "RELU" || activation == "RELU6";
    if (fuses) {
        attributes.set("do_relu", relu);
        attributes.set("relu_limit", activation == "RELU6" ? 6.0 : -1.0);
    }
    const std::string name = m_builder.resultName(m_node, index);
    const std::string& tensor = m_node.outputs.at(index);
    if (activation == "NONE" || (fuses && relu)) {
        WB_ASSIGN(const ir::ValueId id,
                  m_builder.emitNamed(std::move(op), std::move(operands), name, std::move(attributes)));
        type(id, tensor);
        bind(id, order, index);
        return {};
    }
    ir::AttributeMap a;
    std::string function = "top.Relu";
    if (activation == "RELU_N1_TO_1") {
        function = "top.Clip";
        a.set("min", -1.0);
        a.set("max", 1.0);
    } else if (activation == "TANH") {
        if (isQuantised()) return attributeError(m_node, "a fused TANH on codes");
        function = "top.Tanh";
        a.set("round_mode", "HalfAwayFromZero");
    } else if (relu) {
        a.set("relu_limit", activation == "RELU6" ? 6.0 : -1.0);
    } else {
        return attributeError(m_node, "the fused activation " + activation);
    }
    WB_ASSIGN(ir::ValueId id, m_builder.emitNamed(std::move(op), std::move(operands), name + "_before_" + activation,
                                                  std::move(attributes)));
    type(id, tensor);
    WB_ASSIGN(id, m_builder.emitNamed(function, {id}, name, std::move(a)));
    type(id, tensor);
    bind(id, order, index);
    return {};
}

Result<ir::ValueId> tfliteOutput(ImportBuilder& builder, const std::string& tensor, bool channelsFirst) {
    const auto shape = tfliteShape(builder, tensor);
    if (!shape) { // a constant, or nothing
        const ir::ValueId id = builder.operand(tensor);
        if (id != ir::kNoValue) return id;
        return Error{Code::ModelDamaged, "nothing gives the output '" + tensor + "'"};
    }
    const SourceNode end{.framework = Framework::TFLite, .kind = "output", .domain = {}, .name = tensor, .inputs = {tensor},
                         .outputs = {}, .attributes = {}};
    return TfliteNode(end, builder).operand(0, channelsFirst && shape->size() == 4 ? Order::Picture : Order::File);
}

Result<TfliteWindow> tfliteWindow(const SourceNode& node, const ir::Shape& picture, std::vector<int64_t> kernel) {
    TfliteWindow w;
    w.kernel = std::move(kernel);
    w.strides = {node.integer("stride_h", 1), node.integer("stride_w", 1)};
    w.dilations = {node.integer("dilation_h", 1), node.integer("dilation_w", 1)};
    for (const auto* list : {&w.kernel, &w.strides, &w.dilations})
        for (const int64_t n : *list)
            if (n < 1 || n > kMaxWindow) return attributeError(node, "a kernel, stride or dilation of " + std::to_string(n));
    const std::string border = node.string("border", "VALID");
    w.pads.assign(4, 0);
    if (const auto given = node.integers("pads")) {
        if (given->size() != 4) return attributeError(node, "a border of " + std::to_string(given->size()) + " numbers");
        w.pads = *given;
    } else if (border == "SAME") {
        for (size_t i = 0; i < 2; ++i) {
            const int64_t in = picture[i + 1], out = (in + w.strides[i] - 1) / w.strides[i];
            const int64_t reach = (w.kernel[i] - 1) * w.dilations[i] + 1;
            const int64_t total = std::max<int64_t>(0, (out - 1) * w.strides[i] + reach - in);
            w.pads[i] = total / 2;
            w.pads[i + 2] = total - total / 2; // the odd one behind
        }
    } else if (border != "VALID") {
        return attributeError(node, "the border " + border);
    }
    return w;
}

} // namespace wb::ops
