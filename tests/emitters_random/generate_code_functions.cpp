// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of one code, tables, and what has no float form.
#include "tests/emitters_random/trial.h"

#include <algorithm>
#include <cmath>

namespace wb::test {
namespace {

using ir::Attribute;
using ir::ElementType;
using ir::Shape;

Trial equal(OneNode& node, Draw& draw) { return {std::move(node), 0, 0, anyPlacement(draw, ElementType::I8)}; }

/// Random codes, or those of a smooth function: x · sigmoid(x), sigmoid, tanh, a bump.
ir::Tensor table(Draw& draw, bool inSigned, bool outSigned) {
    ir::Tensor codes = draw.codes({1, 1, 1, 256}, outSigned ? ElementType::Si8 : ElementType::Ui8);
    if (draw.oneIn(3)) return codes;
    const double scale = std::exp2(draw.real(-7, -3));
    const auto kind = draw.between(0, 3);
    const auto curve = [&](double x) {
        const double sigmoid = 1 / (1 + std::exp(-x));
        return kind == 0 ? x * sigmoid : kind == 1 ? sigmoid : kind == 2 ? std::tanh(x) : std::exp(-x * x);
    };
    const double result = std::max(std::fabs(curve(128 * scale)), 0.3) / (outSigned ? 127 : 255);
    for (int byte = 0; byte < 256; ++byte) {
        const double y = std::round(curve(scale * (inSigned ? static_cast<int8_t>(byte) : byte)) / result);
        codes.mutableData<uint8_t>()[byte] = static_cast<uint8_t>(static_cast<int>(std::clamp(y, outSigned ? -128.0 : 0.0, outSigned ? 127.0 : 255.0)));
    }
    return codes;
}

Trial functionOfCodes(Draw& draw, const char* name) {
    OneNode node(name, draw.seed());
    const std::string op = name;
    const Shape shape = anyShape(draw);
    const auto from = addInput(node, draw, ElementType::I8, shape);
    const bool keeps = op == "tpu.LeakyRelu" || op == "tpu.PReluOp"; // slopes need a sign, and the kind of code stays
    const auto to = keeps ? from : draw.code();
    if (op == "tpu.Lut") node.weight(table(draw, from == ElementType::I8, to == ElementType::I8));
    if (op == "tpu.Active") node.set("mode", tpuEnum("active_mode", "ABSVAL"));
    if (op == "tpu.PReluOp") {
        node.weight(draw.codes({1, shape.size() < 2 || draw.oneIn(4) ? 1 : shape[1], 1, 1}, ElementType::I8));
        node.set("rshift", Attribute::si32(draw.between(0, 8)));
    }
    if (op == "tpu.LeakyRelu" || op == "tpu.MulShift" || op.ends_with("Const")) {
        const bool unit = draw.oneIn(5);
        const int64_t shift = unit ? 0 : draw.between(4, 9);
        int64_t multiplier = unit ? 1 : draw.between(1, 127);
        if (op == "tpu.MulShift" && draw.oneIn(5)) multiplier = -multiplier;
        node.set("multiplier", Attribute::si32(multiplier)).set("rshift", Attribute::si32(shift));
        const auto code = static_cast<double>(draw.between(-100, 100));
        node.set("const_val", op == "tpu.AddConst" ? std::ldexp(code, static_cast<int>(shift)) + (draw.oneIn(4) ? 1 : 0) : code);
        node.set("do_relu", op != "tpu.LeakyRelu" && draw.oneIn(3));
    }
    addResult(node, to, shape);
    return equal(node, draw);
}

Trial scaleLut(Draw& draw, ElementType) {
    OneNode node("tpu.ScaleLut", draw.seed());
    Shape shape = draw.picture();
    shape[1] = std::min<int64_t>(shape[1], 64);
    addInput(node, draw, ElementType::I8, shape);
    const auto to = draw.code();
    node.weight(draw.codes({1, shape[1], 1, 256}, to == ElementType::I8 ? ElementType::Si8 : to));
    addResult(node, to, shape);
    return equal(node, draw);
}

/// Of 32-bit sums, a multiplier and a shift a channel.
Trial requantAxis(Draw& draw, ElementType) {
    OneNode node("tpu.RequantIntAxis", draw.seed());
    const Shape shape = draw.picture();
    node.input(shape, ElementType::I32, 100000);
    const auto to = draw.code();
    std::vector<int32_t> rows;
    for (int64_t c = 0; c < shape[1]; ++c)
        for (const int64_t number : {draw.between(0, 1 << 30), -draw.between(36, 43), draw.between(0, 40) - (to == ElementType::I8 ? 20 : 0)})
            rows.push_back(static_cast<int32_t>(number));
    node.weight(ir::Tensor::of<int32_t>(ElementType::I32, {1, shape[1], 1, 3}, rows));
    addResult(node, to, shape);
    return equal(node, draw);
}

/// Sums or codes to codes of another scale and zero point.
Trial requant(Draw& draw, ElementType) {
    OneNode node("tpu.RequantInt", draw.seed());
    const Shape shape = anyShape(draw);
    const bool tflite = draw.coin(), sums = draw.coin();
    const auto zeroOf = [&](ElementType code) { return draw.oneIn(4) ? 0 : code == ElementType::I8 ? draw.between(-128, 127) : draw.between(0, 255); };
    node.set("quant_mode", tpuEnum("rq_mode", tflite ? "TFLite" : "MultiplierShift"));
    int64_t shift = 0, multiplier = 0;
    if (sums) {
        shift = tflite ? draw.between(0, 14) : draw.between(8, 31);
        multiplier = tflite ? draw.between(int64_t{1} << 30, (int64_t{1} << 31) - 1) : draw.between(1, std::min<int64_t>(1 << 20, int64_t{1} << shift));
        // Most results are codes, some are saturated.
        const double factor = static_cast<double>(multiplier) / std::ldexp(1, static_cast<int>(tflite ? 31 + shift : shift));
        node.input(shape, ElementType::I32, std::min(150 / factor, 1e9));
    } else {
        shift = tflite ? draw.between(0, 3) : draw.between(4, 9);
        multiplier = tflite ? draw.between(int64_t{1} << 30, (int64_t{1} << 31) - 1) : draw.between(1, 127);
        const auto from = draw.code();
        node.input(draw.codes(shape, from)).quantised(0.05, zeroOf(from));
    }
    node.set("multiplier", Attribute::si32(multiplier)).set("rshift", Attribute::si32(shift));
    const auto to = draw.code();
    node.result(shape, to).quantised(0.05, zeroOf(to));
    return equal(node, draw);
}

/// Codes to 32-bit numbers of a finer scale.
Trial dequant(Draw& draw, ElementType) {
    OneNode node("tpu.DequantInt", draw.seed());
    const Shape shape = anyShape(draw);
    const auto from = draw.code();
    node.input(draw.codes(shape, from)).quantised(0.05, draw.oneIn(4) ? 0 : from == ElementType::I8 ? draw.between(-128, 127) : draw.between(0, 255));
    node.set("quant_mode", tpuEnum("dq_mode", "TFLite"));
    node.set("multiplier", Attribute::si32(draw.oneIn(4) ? int64_t{1} << 30 : draw.between(int64_t{1} << 30, (int64_t{1} << 31) - 1)));
    node.set("shift", Attribute::si32(-draw.between(0, 6))).set("lshift", Attribute::si32(draw.between(0, 20)));
    node.result(shape, ElementType::I32);
    return equal(node, draw);
}

} // namespace

void addCodeFunctions(Generators& table) {
#define WB_CODES(op) table[op] = {[](Draw& d, ElementType) { return functionOfCodes(d, op); }, true, false, false}
    WB_CODES("tpu.Lut");
    table["tpu.Lut"].share = 3;
    WB_CODES("tpu.MulShift");
#undef WB_CODES
    table["tpu.ScaleLut"] = {scaleLut, true, false, false};
    table["tpu.RequantInt"] = {requant, true, false, false, 2};
    table["tpu.DequantInt"] = {dequant, true, false, false};
    table["tpu.RequantIntAxis"] = {requantAxis, true, false, false};
}

Trial codeFunction(Draw& draw, const char* op) { return functionOfCodes(draw, op); }

} // namespace wb::test
