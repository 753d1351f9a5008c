// SPDX-License-Identifier: GPL-3.0-or-later
// Nodes to emit on codes: lists of shapes that have been trouble on this chip, and random ones.
#pragma once

#include "tests/emitters_int8/one_op.h"

namespace wb::test {

struct Case {
    std::string name;
    std::function<OneOp(Random&)> make;
    std::vector<Cutting> cuttings;
    bool mayRefuse = false; ///< random cases may be beyond the chip
};

std::vector<Case> convCases();
std::vector<Case> poolCases();
std::vector<Case> activationCases();
std::vector<Case> castCases();
std::vector<Case> binaryCases();
std::vector<Case> zeroCases();
/// `index` of an endless list.
Case randomCase(uint64_t index);

/// The whole, slices of every kind, and results and operands that lie loosely.
const std::vector<Cutting>& allCuttings();

struct ConvShape {
    int64_t n = 1, ic = 1, h = 1, w = 1, oc = 1, kh = 1, kw = 1, sy = 1, sx = 1;
    std::array<int64_t, 4> pads{}; ///< top, left, bottom, right
    int64_t dy = 1, dx = 1, groups = 1;
    bool inSigned = true, filterSigned = true, outSigned = true, relu = false, bias = true;
};
OneOp makeConv(const ConvShape& shape, Random& random);
OneOp makeDeconv(const ConvShape& shape, Random& random);

struct PoolShape {
    int64_t n = 1, c = 1, h = 1, w = 1, kh = 1, kw = 1, sy = 1, sx = 1;
    std::array<int64_t, 4> pads{};
    bool maximum = true, countPadding = false, inSigned = true, outSigned = true, relu = false;
};
OneOp makePool(const PoolShape& shape, Random& random);
OneOp makeFunction(const std::string& op, const ir::Shape& shape, bool inSigned, bool outSigned, Random& random);
OneOp makeCast(const ir::Shape& shape, ir::ElementType from, ir::ElementType to, int64_t zero, Random& random);
OneOp makeBinary(const std::string& op, const std::vector<ir::Shape>& operands, const std::vector<bool>& isSigned,
                 uint32_t constants, const ir::Shape& result, bool outSigned, Random& random);

inline ir::Attribute mode(const char* kind, const char* value) { return ir::EnumAttr{"tpu", kind, value}; }
inline std::string text(const ir::Shape& shape) {
    std::string out;
    for (const int64_t s : shape) out += (out.empty() ? "" : "x") + std::to_string(s);
    return out;
}
inline ir::ElementType codeElement(bool isSigned) { return isSigned ? ir::ElementType::I8 : ir::ElementType::Ui8; }

} // namespace wb::test
