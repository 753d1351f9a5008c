// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Pad on elements of any type: constant, reflect and edge.
#include "compiler/numeric/half.h"
#include "compiler/ops/support/int_kernel.h"

#include <array>
#include <cstring>

namespace wb::ops {
namespace {

enum class Mode { Constant, Reflect, Edge };

/// Index in the operand for an index in the result, or -1 for the constant.
int64_t sourceIndex(Mode mode, int64_t index, int64_t before, int64_t length) {
    int64_t at = index - before;
    if (at >= 0 && at < length) return at;
    if (mode == Mode::Constant) return -1;
    if (mode == Mode::Edge || length == 1) return at < 0 ? 0 : length - 1;
    const int64_t period = 2 * (length - 1);
    at = (at % period + period) % period;
    return at < length ? at : period - at;
}

std::array<std::byte, 8> constantBytes(const ir::TensorType& type, double value) {
    std::array<std::byte, 8> bytes{};
    const auto put = [&](auto number) { std::memcpy(bytes.data(), &number, sizeof number); };
    switch (type.element) {
    case ir::ElementType::F32:
        put(static_cast<float>(value));
        break;
    case ir::ElementType::F16:
        put(numeric::toHalf(static_cast<float>(value)));
        break;
    case ir::ElementType::BF16:
        put(numeric::toBfloat16(static_cast<float>(value)));
        break;
    case ir::ElementType::Ui8:
        put(numeric::toCode<uint8_t>(value));
        break;
    case ir::ElementType::I32:
        put(numeric::toCode<int32_t>(value));
        break;
    default:
        put(numeric::toCode<int8_t>(value));
        break;
    }
    return bytes;
}

Prepared preparePad(const PrepareContext& c) {
    const auto& in = operandShape(c, 0);
    const auto& out = resultShape(c);
    const auto pads = c.node->attributes.integers("paddings");
    if (in.size() != out.size() || pads.size() != 2 * in.size())
        return cannotRun(c, "it has not two numbers an axis");
    const auto word = c.node->attributes.enumerator("mode", "constant");
    const Mode mode = word == "reflect" ? Mode::Reflect
                      : word == "edge"  ? Mode::Edge
                                        : Mode::Constant;
    const auto fill = constantBytes(resultType(c), c.node->attributes.real("val", 0));
    const size_t size = ir::sizeInBytes(resultType(c).element);
    const size_t rank = in.size();
    // For each axis the operand's index, in elements, or -1.
    std::vector<std::vector<int64_t>> sources(rank);
    const auto own = stridesOf(in);
    for (size_t axis = 0; axis < rank; ++axis)
        for (int64_t i = 0; i < out[axis]; ++i) {
            const int64_t at = sourceIndex(mode, i, pads[axis], in[axis]);
            sources[axis].push_back(at < 0 || at >= in[axis] ? -1 : at * own[axis]);
        }
    return makeKernel([=](Inputs input, Outputs output, const kernels::Work& work) {
        const int64_t inner = rank == 0 ? 1 : out[rank - 1];
        const int64_t rows = inner == 0 ? 0 : output[0].elementCount() / inner;
        work.forEach(rows, std::max<int64_t>(1, 16384 / std::max<int64_t>(inner, 1)),
                     [&](int64_t begin, int64_t end) {
                         for (int64_t row = begin; row < end; ++row) {
                             int64_t rest = row;
                             int64_t from = 0;
                             for (size_t axis = rank < 2 ? 0 : rank - 1; axis-- > 0;) {
                                 const int64_t at =
                                     sources[axis][static_cast<size_t>(rest % out[axis])];
                                 from = at < 0 || from < 0 ? -1 : from + at;
                                 rest /= out[axis];
                             }
                             std::byte* to =
                                 output[0].data + static_cast<size_t>(row * inner) * size;
                             for (int64_t i = 0; i < inner; ++i) {
                                 const int64_t at =
                                     rank == 0 ? 0 : sources[rank - 1][static_cast<size_t>(i)];
                                 const std::byte* element =
                                     from < 0 || at < 0
                                         ? fill.data()
                                         : input[0].data + static_cast<size_t>(from + at) * size;
                                 std::memcpy(to + static_cast<size_t>(i) * size, element, size);
                             }
                         }
                     });
    });
}

} // namespace

void integer_pad(KernelTable& table) {
    table.add({.op = "tpu.Pad", .prepare = preparePad});
}

} // namespace wb::ops
