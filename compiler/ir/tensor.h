// SPDX-License-Identifier: GPL-3.0-or-later
// A dense array in memory, row-major, shared and immutable once published (weights, inputs,
// results). Copies share the bytes; mutableData() detaches when they are shared.
#pragma once

#include "compiler/base/result.h"
#include "compiler/ir/type.h"

#include <cstddef>
#include <memory>
#include <span>

namespace wb::ir {

class Tensor {
public:
    Tensor() = default;
    /// Zero-filled, 64-byte aligned.
    Tensor(ElementType type, Shape shape);
    /// As above, but the size is checked: OutOfMemory instead of an exception.
    static Result<Tensor> allocate(ElementType type, Shape shape);
    /// A view on memory owned elsewhere (`owner` keeps it alive).
    Tensor(ElementType type, Shape shape, std::shared_ptr<std::byte> owner);

    template <class T> static Tensor of(ElementType type, Shape shape, std::span<const T> values);

    ElementType type() const { return m_type; }
    const Shape& shape() const { return m_shape; }
    int64_t elementCount() const { return m_count; }
    size_t byteSize() const { return static_cast<size_t>(m_count) * sizeInBytes(m_type); }
    bool empty() const { return m_data == nullptr; }

    const std::byte* bytes() const { return m_data.get(); }
    std::byte* mutableBytes();                     ///< detaches from other owners
    template <class T> const T* data() const { return reinterpret_cast<const T*>(bytes()); }
    template <class T> T* mutableData() { return reinterpret_cast<T*>(mutableBytes()); }
    template <class T> std::span<const T> span() const {
        return {data<T>(), static_cast<size_t>(m_count)};
    }

    /// The same bytes under another shape of equal element count.
    Tensor reshaped(Shape shape) const;

private:
    ElementType m_type = ElementType::None;
    Shape m_shape;
    int64_t m_count = 0;
    std::shared_ptr<std::byte> m_data;
};

template <class T> Tensor Tensor::of(ElementType type, Shape shape, std::span<const T> values) {
    Tensor tensor(type, std::move(shape));
    auto* out = tensor.mutableData<T>();
    for (size_t i = 0; i < values.size(); ++i)
        out[i] = values[i];
    return tensor;
}

} // namespace wb::ir
