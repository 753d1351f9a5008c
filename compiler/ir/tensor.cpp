// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ir/tensor.h"

#include <cassert>
#include <cstdlib>
#include <cstring>
#include <new>

namespace wb::ir {
namespace {

std::shared_ptr<std::byte> allocateBytes(size_t size) {
    constexpr size_t align = 64; // a cache line, and enough for AVX-512 loads
    const size_t rounded = (size + align) / align * align;
    void* memory = std::aligned_alloc(align, rounded);
    if (memory == nullptr) return {};
    std::memset(memory, 0, rounded);
    return {static_cast<std::byte*>(memory), [](std::byte* p) { std::free(p); }};
}

} // namespace

Tensor::Tensor(ElementType type, Shape shape)
    : m_type(type)
    , m_shape(std::move(shape))
    , m_count(checkedElementCount(m_shape).value_or(0))
    , m_data(allocateBytes(static_cast<size_t>(m_count) * sizeInBytes(type))) {
    if (m_data == nullptr) throw std::bad_alloc(); // caught at the job border; see allocate()
}

Result<Tensor> Tensor::allocate(ElementType type, Shape shape) {
    const auto count = checkedElementCount(shape);
    if (!count)
        return Error{Code::OutOfMemory, "a tensor of shape " + toText(shape) + " is too large"};
    Tensor tensor;
    tensor.m_data = allocateBytes(static_cast<size_t>(*count) * sizeInBytes(type));
    if (tensor.m_data == nullptr)
        return Error{Code::OutOfMemory, "no memory for a tensor of shape " + toText(shape)};
    tensor.m_type = type;
    tensor.m_shape = std::move(shape);
    tensor.m_count = *count;
    return tensor;
}

Tensor::Tensor(ElementType type, Shape shape, std::shared_ptr<std::byte> owner)
    : m_type(type)
    , m_shape(std::move(shape))
    , m_count(checkedElementCount(m_shape).value_or(0))
    , m_data(std::move(owner)) {}

std::byte* Tensor::mutableBytes() {
    if (m_data != nullptr && m_data.use_count() > 1) {
        auto copy = allocateBytes(byteSize());
        if (copy == nullptr) throw std::bad_alloc();
        std::memcpy(copy.get(), m_data.get(), byteSize());
        m_data = std::move(copy);
    }
    return m_data.get();
}

Tensor Tensor::reshaped(Shape shape) const {
    assert(checkedElementCount(shape) == m_count);
    Tensor copy = *this;
    copy.m_shape = std::move(shape);
    return copy;
}

} // namespace wb::ir
