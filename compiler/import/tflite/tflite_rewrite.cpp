// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/import/tflite/tflite_rewrite.h"

#include "compiler/ops/import_help.h"

#include <algorithm>

namespace wb::importer {
namespace {

std::optional<std::vector<int64_t>> constantNumbers(const SourceModel& model, const ops::SourceNode& node, size_t input,
                                            size_t count) {
    const auto it = model.constants.find(ops::inputName(node, input));
    auto values = it == model.constants.end() ? std::nullopt : ops::toInts(it->second);
    return values && values->size() == count ? values : std::nullopt;
}

} // namespace

void mergeDilations(SourceModel& model) {
    std::map<std::string_view, int> reads;
    std::map<std::string_view, size_t> makers;
    for (size_t i = 0; i < model.nodes.size(); ++i) {
        for (const std::string& input : model.nodes[i].inputs)
            ++reads[input];
        for (const std::string& output : model.nodes[i].outputs)
            makers.insert_or_assign(output, i);
    }
    for (const std::string& output : model.outputs)
        ++reads[output];
    const auto before = [&](const ops::SourceNode& node) -> ops::SourceNode* {
        const std::string name = ops::inputName(node, 0);
        const auto it = makers.find(name);
        return it == makers.end() || reads[name] != 1 ? nullptr : &model.nodes[it->second];
    };
    std::vector<const ops::SourceNode*> gone;
    for (ops::SourceNode& after : model.nodes) {
        if (after.kind != "BATCH_TO_SPACE_ND" || after.inputs.size() < 3 || after.outputs.size() != 1) continue;
        ops::SourceNode* conv = before(after);
        if (conv == nullptr || (conv->kind != "CONV_2D" && conv->kind != "DEPTHWISE_CONV_2D")) continue;
        ops::SourceNode* first = before(*conv);
        if (first == nullptr || first->kind != "SPACE_TO_BATCH_ND") continue;
        const auto plain = [&](const char* key) { return conv->integer(key, 1) == 1; };
        if (conv->string("border", "") != "VALID" || !plain("stride_h") || !plain("stride_w") || !plain("dilation_h") ||
            !plain("dilation_w"))
            continue;
        const auto blocks = constantNumbers(model, *first, 1, 2), back = constantNumbers(model, after, 1, 2);
        const auto borders = constantNumbers(model, *first, 2, 4), crops = constantNumbers(model, after, 2, 4);
        if (!blocks || blocks != back || !borders || !crops) continue;
        std::vector<int64_t> pads(4); // top, left, bottom, right
        for (size_t i = 0; i < 2; ++i) {
            pads[i] = (*borders)[2 * i] - (*crops)[2 * i];
            pads[i + 2] = (*borders)[2 * i + 1] - (*crops)[2 * i + 1];
        }
        if (std::any_of(pads.begin(), pads.end(), [](int64_t p) { return p < 0; })) continue;
        conv->inputs[0] = first->inputs[0];
        conv->attributes.insert_or_assign("dilation_h", (*blocks)[0]);
        conv->attributes.insert_or_assign("dilation_w", (*blocks)[1]);
        conv->attributes.insert_or_assign("pads", pads);
        conv->outputs = after.outputs;
        conv->name = after.name;
        gone.push_back(first);
        gone.push_back(&after);
    }
    std::vector<ops::SourceNode> kept;
    for (ops::SourceNode& node : model.nodes)
        if (std::find(gone.begin(), gone.end(), &node) == gone.end()) kept.push_back(std::move(node));
    model.nodes = std::move(kept);
}

} // namespace wb::importer
