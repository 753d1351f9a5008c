// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/target/bm1684x/isa/disassemble.h"

#include "compiler/numeric/half.h"
#include "compiler/target/bm1684x/isa/operands.h"

#include <array>
#include <bit>
#include <charconv>

namespace wb::bm1684x {
namespace {

template <class T> std::string number(T value) {
    std::array<char, 64> text;
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

std::string hex(uint64_t value) {
    std::array<char, 20> text;
    return "0x" + std::string(text.data(),
                              std::to_chars(text.data(), text.data() + text.size(), value, 16).ptr);
}

/// An immediate as the number it stands for.
std::string immediate(const Operand& o) {
    const auto bits = static_cast<uint32_t>(o.address);
    switch (o.precision) {
    case Precision::F32:
        return number(std::bit_cast<float>(bits));
    case Precision::F16:
        return number(numeric::fromHalf(static_cast<uint16_t>(bits)));
    case Precision::Bf16:
        return number(numeric::fromBfloat16(static_cast<uint16_t>(bits)));
    case Precision::Int8:
        return o.isSigned ? number(static_cast<int>(static_cast<int8_t>(bits)))
                          : number(bits & 0xFF);
    case Precision::Int16:
        return o.isSigned ? number(static_cast<int16_t>(bits)) : number(bits & 0xFFFF);
    default:
        return o.isSigned ? number(static_cast<int32_t>(bits)) : number(bits);
    }
}

std::string place(const Operand& o) {
    switch (o.space) {
    case Space::Local: {
        std::string text = o.lane0() ? "lane " + number(o.lane0()) + " " : "";
        text += "bank " + number(o.offset() / kBankBytes);
        if (const int64_t rest = o.offset() % kBankBytes)
            text += " + " + hex(static_cast<uint64_t>(rest));
        return text;
    }
    case Space::Static:
        return "static + " + hex(o.address - kStaticBase);
    case Space::AnyLocal:
        return "local memory";
    default:
        return hex(o.address);
    }
}

std::string commaList(const std::array<int64_t, 4>& values) {
    std::string text;
    for (const int64_t v : values)
        text += (text.empty() ? "" : ",") + number(v);
    return text;
}

bool hasOwnStrides(const Operand& o) {
    return std::string_view(o.layout) == "free" || std::string_view(o.layout) == "strided" ||
           std::string_view(o.layout) == "matrix";
}

std::string describe(const Operand& o) {
    if (o.space == Space::Constant) return std::string(o.name) + " " + immediate(o);
    if (o.space == Space::AnyLocal) return place(o);
    std::string text = std::string(o.name) + " " + nameOf(o.precision, o.isSigned) + "[" +
                       commaList(o.shape) + "] @ " + place(o);
    if (!*o.layout) return text;
    return text +
           (hasOwnStrides(o) ? " strides [" + commaList(o.stride) + "]" : std::string(" ") + o.layout);
}

std::string pairOf(uint64_t first, uint64_t second) {
    return number(first) + "x" + number(second);
}

/// Kernel, strides, pads and zero insertion of the two formats with a window. Zero insertion of k
/// is a dilation of k + 1.
template <class C> std::string window(const C& c) {
    std::string text = "kernel " + pairOf(c.opd1_h, c.opd1_w) + ", stride " +
                       pairOf(c.res_op_y_str, c.res_op_x_str);
    if (c.opd0_up_pad || c.opd0_dn_pad || c.opd0_lf_pad || c.opd0_rt_pad)
        text += ", pads up " + number(c.opd0_up_pad) + " down " + number(c.opd0_dn_pad) + " left " +
                number(c.opd0_lf_pad) + " right " + number(c.opd0_rt_pad);
    if (c.opd1_y_ins0 || c.opd1_x_ins0)
        text += ", dilation " + pairOf(c.opd1_y_ins0 + 1, c.opd1_x_ins0 + 1);
    if (c.opd0_y_ins0 || c.opd0_x_ins0)
        text += ", zeros inserted " + pairOf(c.opd0_y_ins0, c.opd0_x_ins0);
    if (c.pad_mode) text += ", pad mode " + number(c.pad_mode);
    if (c.kernel_rotate) text += ", kernel turned";
    return text;
}

std::string rounding(uint32_t mode) {
    return std::string("rounding ") + nameOf(static_cast<Rounding>(mode));
}

std::string attributes(const Command& command) {
    if (const auto* conv = std::get_if<SConv>(&command))
        return window(*conv) + (conv->res_add ? ", adds to the result" : "");
    if (const auto* pool = std::get_if<SPorD>(&command)) {
        const bool average = pool->tsk_eu_typ == PorDOp::AveragePool;
        return window(*pool) +
               (average && pool->res1_addr
                    ? ", shift " + number(static_cast<int>(static_cast<int8_t>(pool->res1_addr)))
                    : "");
    }
    std::string text;
    const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
    const auto flag = [&](const char* name, const char* words) {
        if (field(command, name).value_or(0)) add(words);
    };
    flag("res_add", "adds to the result");
    flag("left_tran", "left transposed");
    flag("fill_constant_en", "fill");
    flag("decompress_enable", "decompress");
    if (const auto* ar = std::get_if<SAr>(&command); ar && ar->tsk_eu_typ == ArOp::Div)
        add("iterations " + number(ar->opd2_n_str + 1));
    else if (ar && ar->opd2_n_str)
        add(rounding(ar->opd2_n_str));
    if (const auto* rq = std::get_if<SRqDq>(&command)) add(rounding(rq->opd2_n_str));
    if (const auto* vc = std::get_if<SVc>(&command); vc && vc->opd2_n_str)
        add(rounding(vc->opd2_n_str));
    if (const auto* sfu = std::get_if<SSfu>(&command); sfu && sfu->tsk_eu_typ == SfuOp::Rsqrt)
        add("iterations " + number(sfu->opd2_n_str + 1));
    if (field(command, "localmem_mask_l32").value_or(~0u) != ~0u ||
        field(command, "localmem_mask_h32").value_or(~0u) != ~0u)
        add("lanes " +
            hex(*field(command, "localmem_mask_h32") << 32 | *field(command, "localmem_mask_l32")));
    flag("intr_en", "interrupt");
    return text;
}

const char* other(Engine engine) {
    return engine == Engine::Tiu ? "gdma" : "tiu";
}

std::string quoted(const std::string& text) {
    return '"' + text + '"';
} // names of ours: nothing to escape

std::string jsonOf(const Operand& o) {
    std::string text =
        "{\"name\": " + quoted(o.name) + ", \"type\": " + quoted(nameOf(o.precision, o.isSigned));
    if (o.space == Space::Constant)
        return text + ", \"value\": " + quoted(immediate(o)) + ", \"bits\": " + number(o.address) +
               "}";
    text += ", \"shape\": [" + commaList(o.shape) + "], \"stride\": [" + commaList(o.stride) +
            "], \"layout\": " + quoted(o.layout);
    text += ", \"place\": " + quoted(place(o)) + ", \"address\": " + number(o.address);
    return text + ", \"reads\": " + (o.reads ? "true" : "false") +
           ", \"writes\": " + (o.writes ? "true" : "false") + "}";
}

} // namespace

const char* nameOf(Precision precision, bool isSigned) {
    switch (precision) {
    case Precision::Int8:
        return isSigned ? "i8" : "u8";
    case Precision::F16:
        return "f16";
    case Precision::F32:
        return "f32";
    case Precision::Int16:
        return isSigned ? "i16" : "u16";
    case Precision::Int32:
        return isSigned ? "i32" : "u32";
    case Precision::Bf16:
        return "bf16";
    case Precision::Int4:
        return isSigned ? "i4" : "u4";
    }
    return "?";
}

const char* nameOf(Rounding rounding) {
    constexpr std::array names{
        "half to even", "half away from zero", "toward zero", "down", "up", "half up", "half down"};
    const auto at = static_cast<size_t>(rounding);
    return at < names.size() ? names[at] : "?";
}

std::string disassemble(const Command& command) {
    std::string text = number(field(command, "cmd_id").value_or(0));
    if (text.size() < 6) text.insert(0, 6 - text.size(), ' ');
    if (const auto dependency = field(command, "cmd_id_dep"); dependency && *dependency)
        text += std::string(" after ") + other(engineOf(command)) + " " + number(*dependency);
    text += std::string("  ") + formatOf(command).name + " " + operationName(command);
    std::string results, sources;
    for (const Operand& o : operandsOf(command)) {
        std::string& list = o.writes ? results : sources;
        list += (list.empty() ? "" : ", ") + describe(o);
    }
    if (!results.empty()) text += "  " + results;
    if (!sources.empty()) text += " <- " + sources;
    const std::string rest = attributes(command);
    return rest.empty() ? text : text + "; " + rest;
}

std::string disassemble(std::span<const Command> stream) {
    std::string text;
    for (const Command& command : stream)
        text += disassemble(command) + "\n";
    return text;
}

std::string disassembleJson(const Command& command) {
    std::string text = "{\"engine\": " + quoted(engineOf(command) == Engine::Tiu ? "tiu" : "gdma");
    text += ", \"id\": " + number(field(command, "cmd_id").value_or(0)) +
            ", \"dependency\": " + number(field(command, "cmd_id_dep").value_or(0));
    text += ", \"command\": " + quoted(formatOf(command).name) +
            ", \"operation\": " + quoted(operationName(command)) + ", \"operands\": [";
    bool first = true;
    for (const Operand& o : operandsOf(command)) {
        text += (first ? "" : ", ") + jsonOf(o);
        first = false;
    }
    text += "], \"fields\": {";
    first = true;
    forEachField(command, [&](std::string_view name, uint64_t value) {
        text += (first ? "" : ", ") + quoted(std::string(name)) + ": " + number(value);
        first = false;
    });
    return text + "}}";
}

std::string disassembleJson(std::span<const Command> stream) {
    std::string text = "[";
    for (size_t i = 0; i < stream.size(); ++i)
        text += (i ? ",\n " : "\n ") + disassembleJson(stream[i]);
    return text + "\n]\n";
}

} // namespace wb::bm1684x
