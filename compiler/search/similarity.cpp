// SPDX-License-Identifier: GPL-3.0-or-later
// Sums in lanes of float32 over short strips, strips in double: the same on every machine and for any
// number of threads.
#include "compiler/search/similarity.h"

#include "compiler/execute/executor.h"
#include "compiler/kernels/f32_stats.h"
#include "compiler/kernels/half_rows.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace wb::search {
namespace {

constexpr size_t kStrip = 1024;
using Strip = std::array<float, kStrip>;

/// Gives strips of a tensor as float32: halves are widened, symmetric codes taken as they are.
class Reader {
public:
    Reader(const ir::Tensor& tensor, const ir::TensorType& type) : m_tensor(tensor), m_kind(kindOf(tensor, type)) {
        if (m_kind == Kind::Wide) m_wide = execute::toFloat(tensor, type);
    }

    const float* strip(size_t at, size_t count, Strip& into) const {
        const auto n = static_cast<int64_t>(count);
        switch (m_kind) {
        case Kind::Float: return m_tensor.data<float>() + at;
        case Kind::Wide: return m_wide.data<float>() + at;
        case Kind::Half: kernels::halfToFloat(m_tensor.data<uint16_t>() + at, into.data(), n); break;
        case Kind::Brain: kernels::bfloat16ToFloat(m_tensor.data<uint16_t>() + at, into.data(), n); break;
        case Kind::Signed: std::copy_n(m_tensor.data<int8_t>() + at, count, into.begin()); break;
        case Kind::Unsigned: std::copy_n(m_tensor.data<uint8_t>() + at, count, into.begin()); break;
        }
        return into.data();
    }

private:
    enum class Kind : uint8_t { Float, Half, Brain, Signed, Unsigned, Wide };

    static Kind kindOf(const ir::Tensor& tensor, const ir::TensorType& type) {
        const auto* quant = type.uniform();
        const bool symmetric = quant != nullptr && !quant->axis && quant->zeroPoints.size() == 1 &&
                               quant->zeroPoints[0] == 0;
        switch (tensor.type()) {
        case ir::ElementType::F32: return quant == nullptr ? Kind::Float : Kind::Wide;
        case ir::ElementType::F16: return quant == nullptr ? Kind::Half : Kind::Wide;
        case ir::ElementType::BF16: return quant == nullptr ? Kind::Brain : Kind::Wide;
        case ir::ElementType::I8:
        case ir::ElementType::Si8: return symmetric ? Kind::Signed : Kind::Wide;
        case ir::ElementType::Ui8: return symmetric ? Kind::Unsigned : Kind::Wide;
        default: return Kind::Wide;
        }
    }

    const ir::Tensor& m_tensor;
    ir::Tensor m_wide;
    Kind m_kind;
};

} // namespace

double similarityOf(const ir::Tensor& stored, const ir::TensorType& type, const ir::Tensor& reference,
                    const ir::TensorType& referenceType) {
    if (stored.elementCount() != reference.elementCount()) return 0.5;
    const Reader left(stored, type), right(reference, referenceType);
    const auto count = static_cast<size_t>(reference.elementCount());
    Strip leftStrip, rightStrip;
    double ab = 0, aa = 0, bb = 0;
    for (size_t at = 0; at < count; at += kStrip) {
        const size_t n = std::min(kStrip, count - at);
        const float* x = left.strip(at, n, leftStrip);
        const float* y = right.strip(at, n, rightStrip);
        kernels::Products sums;
        kernels::f32AddProducts(x, y, static_cast<int64_t>(n), sums);
        for (size_t lane = 0; lane < sums.ab.size(); ++lane) {
            ab += static_cast<double>(sums.ab[lane]);
            aa += static_cast<double>(sums.aa[lane]);
            bb += static_cast<double>(sums.bb[lane]);
        }
    }
    const double cosine = ab / (std::sqrt(aa) * std::sqrt(bb));
    return std::isfinite(cosine) ? 0.5 + 0.5 * cosine : 0.5; // the vendor maps "no number" to cosine 0
}

double errorShare(const ir::Tensor& stored, const ir::Tensor& reference) {
    if (stored.elementCount() != reference.elementCount()) return 1;
    const float* x = stored.data<float>();
    const float* y = reference.data<float>();
    double error = 0, all = 0;
    for (int64_t i = 0; i < reference.elementCount(); ++i) {
        const double difference = static_cast<double>(x[i]) - static_cast<double>(y[i]);
        error += difference * difference;
        all += static_cast<double>(y[i]) * static_cast<double>(y[i]);
    }
    const double share = error / all;
    return std::isfinite(share) ? share : 1;
}

} // namespace wb::search
