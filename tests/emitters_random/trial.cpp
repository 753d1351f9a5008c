// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/emitters_random/trial.h"

#include <algorithm>

namespace wb::test {

using ir::ElementType;
using ir::Shape;

int64_t Draw::channels(int64_t most) {
    if (coin()) return std::min(most, of<int64_t>({1, 2, 3, 63, 64, 65, 67, 127, 128, 129, 130, 131, 193}));
    return between(1, most);
}

Shape Draw::picture(int64_t most) { return shape(4, most); }

Shape Draw::shape(size_t rank, int64_t most) {
    for (;;) {
        Shape out;
        int64_t elements = 1;
        for (size_t i = 0; i < rank; ++i) {
            const int64_t size = i == 0 && rank > 1 ? between(1, 4)
                                 : i == 1 || rank == 1 ? channels()
                                                       : (oneIn(4) ? of<int64_t>({1, 1, 7, 13, 64, 65}) : between(1, 23));
            out.push_back(size);
            elements *= size;
        }
        if (elements <= most) return out;
    }
}

Shape Draw::thinned(Shape shape) {
    for (int64_t& size : shape)
        if (oneIn(4)) size = 1;
    return shape;
}

ir::Tensor Draw::codes(const Shape& shape, ElementType element) {
    ir::Tensor tensor(element, shape);
    for (size_t i = 0; i < tensor.byteSize(); ++i)
        tensor.mutableBytes()[i] = static_cast<std::byte>(next());
    return tensor;
}

Placement anyPlacement(Draw& draw, ElementType element) {
    Placement p;
    p.sliceN = draw.between(0, 2);
    p.sliceC = draw.of<int64_t>({0, 0, 64, 128});
    p.sliceH = draw.coin() ? draw.between(1, 9) : 0;
    p.grown = draw.coin();
    p.inPlace = draw.coin();
    p.loose = isCodes(element) && draw.coin();
    p.global = draw.oneIn(3);
    return p;
}

ElementType addInput(OneNode& node, Draw& draw, ElementType element, const Shape& shape, double scale) {
    if (!isCodes(element)) {
        node.input(shape, element, scale);
        return element;
    }
    const ElementType code = draw.code();
    node.input(draw.codes(shape, code)).quantised(0.05);
    return code;
}

void addResult(OneNode& node, ElementType element, const Shape& shape) {
    node.result(shape, element);
    if (!ir::isFloat(element) && ir::sizeInBytes(element) == 1) node.quantised(0.05);
}

const Generators& generators() {
    static const Generators table = [] {
        Generators made;
        addElementwise(made);
        addCodeFunctions(made);
        addWindows(made);
        addProducts(made);
        addAxes(made);
        addMoves(made);
        return made;
    }();
    return table;
}

} // namespace wb::test
