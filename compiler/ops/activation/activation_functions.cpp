// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/activation/activation_functions.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace wb::ops {
namespace {

using A = ir::AttributeMap;

double sigmoid(double x) {
    return 1 / (1 + std::exp(-x));
}
double softplus(double x) {
    return x > 20 ? x : std::log1p(std::exp(x));
}

constexpr std::array kRows{
    ActivationRow{"top.SiLU", "SILU", true,
                  [](double x, const A&) { return x / (1 + std::exp(-x)); }},
    ActivationRow{"top.Sigmoid", "SIGMOID", true,
                  [](double x, const A& a) {
                      const double y = a.real("scale", 1) * sigmoid(x) + a.real("bias", 0);
                      return a.boolean("log") ? std::log(y) : y;
                  }},
    ActivationRow{"top.Tanh", "TANH", true, [](double x, const A&) { return std::tanh(x); }},
    ActivationRow{"top.Exp", "EXP", false, [](double x, const A&) { return std::exp(x); }},
    ActivationRow{"top.Log", "LN", false, [](double x, const A&) { return std::log(x); }},
    ActivationRow{"top.Sqrt", "SQRT", true, [](double x, const A&) { return std::sqrt(x); }},
    ActivationRow{"top.Floor", "FLOOR", false, [](double x, const A&) { return std::floor(x); }},
    ActivationRow{"top.Ceil", "CEIL", false, [](double x, const A&) { return std::ceil(x); }},
    ActivationRow{"top.Round", "ROUND", false,
                  [](double x, const A&) { return std::nearbyint(x); }},
    ActivationRow{"top.Sign", "SIGN", false,
                  [](double x, const A&) { return x > 0   ? 1.0
                                                  : x < 0 ? -1.0
                                                          : 0.0; }},
    ActivationRow{"top.Erf", "ERF", true, [](double x, const A&) { return std::erf(x); }},
    ActivationRow{"top.GELU", "GELU", true,
                  [](double x, const A&) { return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0))); }},
    ActivationRow{"top.HardSigmoid", "HSIGMOID", true,
                  [](double x, const A& a) {
                      return std::clamp(a.real("alpha", 1.0 / 6) * x + a.real("beta", 0.5), 0.0,
                                        1.0);
                  }},
    ActivationRow{"top.HardSwish", "HSWISH", false,
                  [](double x, const A&) { return x * std::clamp(x / 6 + 0.5, 0.0, 1.0); }},
    ActivationRow{
        "top.Elu", "ELU", true,
        [](double x, const A& a) { return x > 0 ? x : a.real("alpha", 1) * std::expm1(x); }},
    ActivationRow{"top.Softplus", "SOFT_PLUS", true,
                  [](double x, const A&) { return softplus(x); }},
    ActivationRow{"top.Mish", "MISH", true,
                  [](double x, const A&) { return x * std::tanh(softplus(x)); }},
    ActivationRow{"top.Softsign", "SOFT_SIGN", true,
                  [](double x, const A&) { return x / (1 + std::fabs(x)); }},
    ActivationRow{"top.Sin", "SIN", true, [](double x, const A&) { return std::sin(x); }},
    ActivationRow{"top.Cos", "COS", true, [](double x, const A&) { return std::cos(x); }},
    ActivationRow{"top.Tan", "TAN", true, [](double x, const A&) { return std::tan(x); }},
    ActivationRow{"top.Reciprocal", nullptr, true,
                  [](double x, const A& a) {
                      const double y = a.real("const_val", 1) / x;
                      return a.boolean("do_relu") ? std::max(y, 0.0) : y;
                  }},
    ActivationRow{"top.Pow", nullptr, true,
                  [](double x, const A& a) { return std::pow(x, a.real("exponent", 1)); }},
};

} // namespace

std::span<const ActivationRow> activationRows() {
    return kRows;
}

const ActivationRow* activationRow(std::string_view topOp) {
    const auto it = std::find_if(kRows.begin(), kRows.end(),
                                 [&](const auto& row) { return topOp == row.topOp; });
    return it == kRows.end() ? nullptr : &*it;
}

const ActivationRow* activationRowOfMode(std::string_view mode) {
    const auto it = std::find_if(kRows.begin(), kRows.end(), [&](const auto& row) {
        return row.mode != nullptr && mode == row.mode;
    });
    return it == kRows.end() ? nullptr : &*it;
}

} // namespace wb::ops
