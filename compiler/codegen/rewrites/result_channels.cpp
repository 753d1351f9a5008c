// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/result_channels.h"

#include "compiler/ops/conv/conv_attributes.h"

#include <algorithm>
#include <cstring>

namespace wb::codegen {

ir::Tensor numbersOf(const ir::Tensor& numbers, const ChannelList& channels) {
    const auto count = static_cast<int64_t>(channels.size());
    ir::Tensor out(numbers.type(), numbers.shape().size() == 4 ? ir::Shape{1, count, 1, 1} : ir::Shape{count});
    const size_t size = ir::sizeInBytes(numbers.type());
    std::byte* to = out.mutableBytes();
    for (const int64_t channel : channels) {
        if (channel >= 0) std::memcpy(to, numbers.bytes() + static_cast<size_t>(channel) * size, size);
        to += size;
    }
    return out;
}

ir::Tensor filterOf(const ir::Tensor& filter, const ChannelList& channels, uint8_t zero) {
    ir::Shape shape = filter.shape();
    const size_t row = filter.byteSize() / static_cast<size_t>(shape[0]);
    shape[0] = static_cast<int64_t>(channels.size());
    ir::Tensor out(filter.type(), shape);
    std::memset(out.mutableBytes(), zero, out.byteSize());
    std::byte* to = out.mutableBytes();
    for (const int64_t channel : channels) {
        if (channel >= 0) std::memcpy(to, filter.bytes() + static_cast<size_t>(channel) * row, row);
        to += row;
    }
    return out;
}

void takeChannels(ir::AttributeMap& a, int64_t count, const ChannelList& channels) {
    const auto ofChannels = [&](const auto& numbers) { // of every list of as many that there is
        auto all = numbers;
        all.clear();
        for (size_t first = 0; first < numbers.size(); first += static_cast<size_t>(count))
            for (const int64_t channel : channels)
                all.push_back(numbers[first + static_cast<size_t>(std::max<int64_t>(0, channel))]);
        return all;
    };
    for (const char* list : {"multiplier", "rshift"})
        if (const auto numbers = a.integers(list); numbers.size() == static_cast<size_t>(count))
            a.set(list, ir::Attribute::ints(ofChannels(numbers)));
    for (const char* list : {ops::kSumScales, ops::kSumOffsets})
        if (const auto numbers = a.reals(list); !numbers.empty() && numbers.size() % static_cast<size_t>(count) == 0)
            a.set(list, ir::Attribute::floats(ofChannels(numbers)));
}

} // namespace wb::codegen
