// SPDX-License-Identifier: GPL-3.0-or-later
// A change of number type inside of the network, which the network writes down itself: the whole part, the truth value, the
// rounding to bfloat16. None has a form in codes.
#include "compiler/ops/support/chip_rules.h"
#include "compiler/ops/support/lower_support.h"

namespace wb::ops {
namespace {

ir::AttributeMap castAttributes(const char* rounding) {
    ir::AttributeMap a;
    a.set("round_mode", roundMode(rounding));
    a.set("with_scale", true);
    return a;
}

Result<Precision> lowerCast(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    const std::string to = node.attributes.string("to", "F32");
    if (to == "BOOL") {
        ir::AttributeMap a;
        a.set("const_val", 0.0);
        a.set("inversed", false);
        a.set("mode", "NotEqual");
        return lowerFloat(builder, node, Precision::F32, "tpu.CompareConst", std::move(a));
    }
    const bool whole = to.find("INT") != std::string::npos;
    if (!whole && to != "BF16") return lowerFloat(builder, node, precision, "tpu.Cast", castAttributes("HalfAwayFromZero"));
    if (const Chip chip = builder.options().chip; precisionOn(chip, Precision::F32) != Precision::F32)
        return Error{Code::OperatorNotLowered, "this Cast cannot be lowered"}.because(std::string(spelling(chip)) + " has no float32");
    WB_ASSIGN(const ir::ValueId in, operandFor(builder, node, node.operands.at(0), Precision::F32));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], Precision::F32));
    auto between = type;
    between.element = whole ? ir::ElementType::Si32 : ir::ElementType::BF16;
    const ir::ValueId narrow =
        builder.target().add("tpu.Cast", {in}, resultName(builder, node) + (whole ? "_si32" : "_bf16"), std::move(between),
                             castAttributes(whole ? "TowardsZero" : "HalfToEven"));
    emitLowered(builder, node, "tpu.Cast", {narrow}, std::move(type), castAttributes("HalfAwayFromZero"));
    return Precision::F32;
}

} // namespace

void lower_cast(LoweringTable& table);
void lower_cast(LoweringTable& table) { table.add("top.Cast", lowerCast); }

} // namespace wb::ops
