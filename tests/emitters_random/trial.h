// SPDX-License-Identifier: GPL-3.0-or-later
// Random nodes for every operator that has an emitter: one generator an operator, a seed a node.
#pragma once

#include "tests/emitters_float/one_node.h"
#include "tests/support/shared_data.h"

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

namespace wb::test {

/// What generators draw from.
class Draw {
public:
    using Element = ir::ElementType;
    explicit Draw(uint64_t seed) : m_random(seed), m_seed(seed) {}
    uint64_t seed() const { return m_seed; }
    int64_t between(int64_t low, int64_t high) {
        return low + static_cast<int64_t>(m_random.below(static_cast<uint64_t>(high - low + 1)));
    }
    bool oneIn(uint64_t chances) { return m_random.below(chances) == 0; }
    bool coin() { return oneIn(2); }
    double real(double low, double high) {
        return static_cast<double>(m_random.real(static_cast<float>(low), static_cast<float>(high)));
    }
    template <class T> T of(std::initializer_list<T> choices) { return choices.begin()[m_random.below(choices.size())]; }
    uint64_t next() { return m_random.next(); }

    /// Around the number of lanes as often as anything else.
    int64_t channels(int64_t most = 200);
    /// A picture of a few thousand elements: batch up to 4, sides that are prime, one, or anything.
    ir::Shape picture(int64_t most = 6000);
    /// Of `rank` axes.
    ir::Shape shape(size_t rank, int64_t most = 6000);
    /// Some axes become 1.
    ir::Shape thinned(ir::Shape shape);
    /// I8 or Ui8.
    Element code() { return coin() ? Element::I8 : Element::Ui8; }
    ir::Tensor codes(const ir::Shape& shape, Element element);

private:
    Random m_random;
    uint64_t m_seed;
};

/// A node, where it lies, and how far from its kernel's result it may end (OneNode's distance; both 0: equal).
struct Trial {
    OneNode node;
    double absolute = 0, relative = 0;
    Placement placement;
};

struct Generator {
    /// `element`: F32, F16, BF16, or I8 for nodes of codes.
    Trial (*make)(Draw&, ir::ElementType element) = nullptr;
    bool codes = true, floats = true, halves = true; ///< precisions in which the operator is lowered
    int share = 1;                                   ///< of all nodes, relative to others
    bool has(ir::ElementType element) const {
        return element == ir::ElementType::I8 ? codes : element == ir::ElementType::F32 ? floats : halves;
    }
};
using Generators = std::map<std::string, Generator>; ///< by operator, "tpu.Conv2D"

const Generators& generators();
void addElementwise(Generators& table);
void addCodeFunctions(Generators& table);
Trial codeFunction(Draw& draw, const char* op); ///< a function of one code, by its operator
void addWindows(Generators& table);
void addProducts(Generators& table);
void addAxes(Generators& table);
void addMoves(Generators& table);

inline bool isCodes(ir::ElementType element) { return element == ir::ElementType::I8; }
/// Twice the largest error of one rounding to the type; of float32, what the chip's functions add (formulas_bm1684x.h).
inline double stepOf(ir::ElementType element) {
    return element == ir::ElementType::F16 ? 0x1p-10 : element == ir::ElementType::BF16 ? 0x1p-7 : 3e-6;
}
/// Slices of any kind; results between other things only of codes, whose emitters all allow it.
Placement anyPlacement(Draw& draw, ir::ElementType element);
inline ir::Shape anyShape(Draw& draw) { return draw.shape(draw.oneIn(3) ? static_cast<size_t>(draw.between(1, 5)) : 4); }
/// An operand of the precision: floats of `scale`, or codes of either sign with scale 0.05.
ir::ElementType addInput(OneNode& node, Draw& draw, ir::ElementType element, const ir::Shape& shape, double scale = 3);
/// A result of the same kind.
void addResult(OneNode& node, ir::ElementType element, const ir::Shape& shape);
inline ir::Attribute tpuEnum(const char* kind, const char* value) { return ir::EnumAttr{"tpu", kind, value}; }

} // namespace wb::test
