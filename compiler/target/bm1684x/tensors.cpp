// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/target/bm1684x/tensors.h"

#include <cassert>

namespace wb::bm1684x {

LocalTensor LocalTensor::sub(const Part& wanted) const {
    const int64_t channels = wanted.c.begin - part.c.begin;
    assert(channels % kLanes == 0);
    LocalTensor out = *this;
    out.part = wanted;
    const int64_t elements = (wanted.n.begin - part.n.begin) * nStride + channels / kLanes * cStride +
                             (wanted.h.begin - part.h.begin) * hStride + (wanted.w.begin - part.w.begin) * wStride;
    out.address = static_cast<uint32_t>(address + elements * bytesOf(precision));
    return out;
}

LocalTensor alignedTensor(uint32_t address, Precision precision, bool isSigned, const Part& part) {
    LocalTensor t;
    t.address = address;
    t.precision = precision;
    t.isSigned = isSigned;
    t.part = part;
    t.hStride = part.w.size();
    t.cStride = roundUp(part.h.size() * part.w.size(), kVectorBytes / bytesOf(precision));
    t.nStride = t.rows() * t.cStride;
    return t;
}

int64_t alignedBytes(Precision precision, const Part& part) {
    const LocalTensor t = alignedTensor(0, precision, true, part);
    return part.n.size() * t.nStride * bytesOf(precision);
}

} // namespace wb::bm1684x
