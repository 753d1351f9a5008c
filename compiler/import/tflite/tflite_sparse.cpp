// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/import/tflite/tflite_sparse.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace wb::importer {
namespace {

namespace wire = tflite::wire;

Error brokenSparse(const std::string& what) {
    return Error{Code::ModelDamaged, "the sparse constant is damaged: " + what}.remedy("convert the network without sparsity");
}

template <class List> std::vector<int64_t> copied(const List* list) {
    return list == nullptr ? std::vector<int64_t>() : std::vector<int64_t>(list->begin(), list->end());
}

std::vector<int64_t> numbersOf(const void* table, wire::Places type) {
    if (table == nullptr) return {};
    switch (type) {
    case wire::Places_Numbers: return copied(static_cast<const wire::Numbers*>(table)->values());
    case wire::Places_Numbers16: return copied(static_cast<const wire::Numbers16*>(table)->values());
    case wire::Places_Numbers8: return copied(static_cast<const wire::Numbers8*>(table)->values());
    default: return {};
    }
}

struct Level {
    bool compressed = false;
    int64_t size = 0;   ///< places along this level
    int64_t stride = 0; ///< elements from one place to the next
    std::vector<int64_t> segments, places;
};

class Expander {
public:
    Expander(std::vector<Level> levels, std::span<const std::byte> stored, ir::Tensor& tensor)
        : m_levels(std::move(levels)), m_stored(stored), m_tensor(tensor), m_each(ir::sizeInBytes(tensor.type())) {}

    /// From here on `parent` is the place's number among those of the level above, `at` the element so far.
    Status walk(size_t depth, int64_t parent, int64_t at) {
        if (depth == m_levels.size()) {
            if (m_next + m_each > m_stored.size()) return brokenSparse("it stores fewer elements than it lists");
            std::memcpy(m_tensor.mutableBytes() + static_cast<size_t>(at) * m_each, m_stored.data() + m_next, m_each);
            m_next += m_each;
            return {};
        }
        const Level& level = m_levels[depth];
        if (!level.compressed) {
            for (int64_t i = 0; i < level.size; ++i)
                WB_TRY(walk(depth + 1, parent * level.size + i, at + i * level.stride));
            return {};
        }
        const auto row = static_cast<size_t>(parent);
        if (row + 1 >= level.segments.size()) return brokenSparse("a level has too few segments");
        const int64_t first = level.segments[row], last = level.segments[row + 1];
        if (first < 0 || last < first || last > static_cast<int64_t>(level.places.size()) || last - first > level.size)
            return brokenSparse("a segment leaves its list");
        int64_t before = -1;
        for (int64_t i = first; i < last; ++i) {
            const int64_t place = level.places[static_cast<size_t>(i)];
            if (place <= before || place >= level.size) return brokenSparse("places are not in order or leave the axis");
            before = place;
            WB_TRY(walk(depth + 1, i, at + place * level.stride));
        }
        return {};
    }
    bool usedAll() const { return m_next == m_stored.size(); }

private:
    const std::vector<Level> m_levels;
    const std::span<const std::byte> m_stored;
    ir::Tensor& m_tensor;
    const size_t m_each;
    size_t m_next = 0;
};

/// The levels in the order of the walk; every one is checked against the axis that it runs along.
Result<std::vector<Level>> levelsOf(const wire::Sparsity& sparsity, const ir::Shape& shape) {
    const std::vector<int64_t> order = copied(sparsity.traversal_order()), blocks = copied(sparsity.block_map());
    const size_t rank = shape.size(), count = rank + blocks.size();
    if (order.size() != count || sparsity.levels() == nullptr || sparsity.levels()->size() != count || blocks.size() > rank)
        return brokenSparse("its levels do not match its axes");
    std::vector<int64_t> sorted = order;
    std::sort(sorted.begin(), sorted.end());
    for (size_t i = 0; i < count; ++i)
        if (sorted[i] != static_cast<int64_t>(i)) return brokenSparse("its axes are not walked once each");
    // Sizes of blocks stand in their levels, which are dense.
    std::vector<int64_t> blockSize(rank, 1);
    std::vector<bool> cut(rank, false);
    for (size_t i = 0; i < count; ++i) {
        const auto axis = static_cast<size_t>(order[i]);
        if (axis < rank) continue;
        const int64_t whole = blocks[axis - rank];
        const wire::Level* level = sparsity.levels()->Get(static_cast<uint32_t>(i));
        if (whole < 0 || static_cast<size_t>(whole) >= rank || cut[static_cast<size_t>(whole)])
            return brokenSparse("a block cuts no axis, or one that is cut already");
        if (level->form() != wire::LevelForm_DENSE || level->size() < 1) return brokenSparse("a block is not stored whole");
        cut[static_cast<size_t>(whole)] = true;
        blockSize[static_cast<size_t>(whole)] = level->size();
    }
    std::vector<int64_t> stride(rank, 1);
    for (size_t d = rank; d-- > 1;)
        stride[d - 1] = stride[d] * shape[d];
    std::vector<Level> levels(count);
    for (size_t i = 0; i < count; ++i) {
        const wire::Level* source = sparsity.levels()->Get(static_cast<uint32_t>(i));
        const auto axis = static_cast<size_t>(order[i]);
        const size_t whole = axis < rank ? axis : static_cast<size_t>(blocks[axis - rank]);
        Level& level = levels[i];
        if (shape[whole] % blockSize[whole] != 0) return brokenSparse("an axis is no whole number of blocks");
        level.size = axis < rank ? shape[whole] / blockSize[whole] : blockSize[whole];
        level.stride = axis < rank ? stride[whole] * blockSize[whole] : stride[whole];
        level.compressed = source->form() == wire::LevelForm_COMPRESSED;
        if (!level.compressed && (source->form() != wire::LevelForm_DENSE || source->size() != level.size))
            return brokenSparse("a level has " + std::to_string(source->size()) + " places, its axis " + std::to_string(level.size));
        if (!level.compressed) continue;
        level.segments = numbersOf(source->segments(), source->segments_type());
        level.places = numbersOf(source->places(), source->places_type());
    }
    return levels;
}

} // namespace

Result<ir::Tensor> denseTensor(const wire::Sparsity& sparsity, ir::ElementType element, const ir::Shape& shape,
                               std::span<const std::byte> stored, size_t mostBytes) {
    const auto count = ir::checkedElementCount(shape);
    if (!count || *count < 1) return brokenSparse("a shape of " + ir::toText(shape));
    if (static_cast<size_t>(*count) > mostBytes / ir::sizeInBytes(element))
        return Error{Code::OutOfMemory, "the sparse constant of shape " + ir::toText(shape) + " is too large for its file"};
    WB_ASSIGN(std::vector<Level> levels, levelsOf(sparsity, shape));
    WB_ASSIGN(ir::Tensor tensor, ir::Tensor::allocate(element, shape));
    std::memset(tensor.mutableBytes(), 0, static_cast<size_t>(*count) * ir::sizeInBytes(element));
    Expander expander(std::move(levels), stored, tensor);
    WB_TRY(expander.walk(0, 0, 0));
    if (!expander.usedAll()) return brokenSparse("it stores more elements than it lists");
    return tensor;
}

} // namespace wb::importer
