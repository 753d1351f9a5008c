// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/import/tflite/tflite_options.h"

#include <flatbuffers/flexbuffers.h>

#include <cstring>

namespace wb::importer {
namespace {

namespace wire = tflite::wire;

class OptionWriter {
public:
    explicit OptionWriter(ops::SourceNode& node) : m_node(node) {}

    void set(const char* name, int64_t value) { m_node.attributes.insert_or_assign(name, value); }
    void real(const char* name, float value) { m_node.attributes.insert_or_assign(name, static_cast<double>(value)); }
    void word(const char* name, const char* value) {
        // An enumerator that the schema does not know has an empty name.
        m_node.attributes.insert_or_assign(name, std::string(value[0] == '\0' ? "unknown" : value));
    }
    void list(const char* name, const flatbuffers::Vector<int32_t>* values) {
        if (values == nullptr) return;
        m_node.attributes.insert_or_assign(name, std::vector<int64_t>(values->begin(), values->end()));
    }
    void list(const char* name, std::vector<int64_t> values) { m_node.attributes.insert_or_assign(name, std::move(values)); }
    void activation(wire::Activation value) { word("activation", wire::EnumNameActivation(value)); }
    template <class Table> void window(const Table& o) {
        word("border", wire::EnumNameBorder(o.border()));
        set("stride_w", o.stride_w());
        set("stride_h", o.stride_h());
    }

    void read(const wire::ConvOptions& o) {
        window(o);
        activation(o.activation());
        set("dilation_w", o.dilation_w());
        set("dilation_h", o.dilation_h());
    }
    void read(const wire::DepthwiseOptions& o) {
        window(o);
        activation(o.activation());
        set("dilation_w", o.dilation_w());
        set("dilation_h", o.dilation_h());
    }
    void read(const wire::PoolOptions& o) {
        window(o);
        set("filter_w", o.filter_w());
        set("filter_h", o.filter_h());
        activation(o.activation());
    }
    void read(const wire::FullyConnectedOptions& o) {
        activation(o.activation());
        set("weights_format", o.weights_format());
        set("keep_num_dims", o.keep_num_dims() ? 1 : 0);
    }
    void read(const wire::SoftmaxOptions& o) { real("beta", o.beta()); }
    void read(const wire::ConcatenationOptions& o) {
        set("axis", o.axis());
        activation(o.activation());
    }
    void read(const wire::AddOptions& o) { activation(o.activation()); }
    void read(const wire::MulOptions& o) { activation(o.activation()); }
    void read(const wire::SubOptions& o) { activation(o.activation()); }
    void read(const wire::DivOptions& o) { activation(o.activation()); }
    void read(const wire::NormOptions& o) { activation(o.activation()); }
    void read(const wire::ResponseOptions& o) {
        set("radius", o.radius());
        real("bias", o.bias());
        real("alpha", o.alpha());
        real("beta", o.beta());
    }
    template <class Table> void corners(const Table& o) {
        set("align_corners", o.align_corners() ? 1 : 0);
        set("half_pixel_centers", o.half_pixel_centers() ? 1 : 0);
    }
    void read(const wire::BilinearOptions& o) { corners(o); }
    void read(const wire::NearestOptions& o) { corners(o); }
    void read(const wire::ReshapeOptions& o) { list("new_shape", o.new_shape()); }
    void read(const wire::BlockOptions& o) { set("block_size", o.block_size()); }
    void read(const wire::GatherOptions& o) {
        set("axis", o.axis());
        set("batch_dims", o.batch_dims());
    }
    void read(const wire::ReducerOptions& o) { set("keep_dims", o.keep_dims() ? 1 : 0); }
    void read(const wire::SqueezeOptions& o) { list("axes", o.axes()); }
    void read(const wire::StridedSliceOptions& o) {
        set("begin_mask", o.begin_mask());
        set("end_mask", o.end_mask());
        set("ellipsis_mask", o.ellipsis_mask());
        set("new_axis_mask", o.new_axis_mask());
        set("shrink_axis_mask", o.shrink_axis_mask());
        set("offset", o.offset() ? 1 : 0);
    }
    void read(const wire::SplitOptions& o) { set("parts", o.parts()); }
    void read(const wire::CastOptions& o) { word("to", wire::EnumNameElement(o.to())); }
    void read(const wire::TransposeConvOptions& o) {
        window(o);
        activation(o.activation());
    }
    void read(const wire::PackOptions& o) { set("axis", o.axis()); }
    void read(const wire::UnpackOptions& o) { set("axis", o.axis()); }
    void read(const wire::LeakyReluOptions& o) { real("alpha", o.alpha()); }
    void read(const wire::MirrorPadOptions& o) { word("mode", wire::EnumNameMirror(o.mode())); }
    void read(const wire::BatchMatMulOptions& o) {
        set("adj_x", o.adj_x() ? 1 : 0);
        set("adj_y", o.adj_y() ? 1 : 0);
    }
    void read(const wire::SequenceRnnOptions& o) {
        set("time_major", o.time_major() ? 1 : 0);
        word("function", wire::EnumNameActivation(o.activation()));
    }
    template <class Table> void sequence(const Table& o) {
        word("function", wire::EnumNameActivation(o.activation()));
        real("cell_clip", o.cell_clip());
        real("proj_clip", o.proj_clip());
        set("time_major", o.time_major() ? 1 : 0);
    }
    void read(const wire::SequenceLstmOptions& o) { sequence(o); }
    void read(const wire::BothWaysLstmOptions& o) {
        sequence(o);
        set("merge_outputs", o.merge_outputs() ? 1 : 0);
    }
    void read(const wire::VolumeOptions& o) {
        word("border", wire::EnumNameBorder(o.border()));
        list("strides", {o.stride_d(), o.stride_h(), o.stride_w()});
        list("dilations", {o.dilation_d(), o.dilation_h(), o.dilation_w()});
        activation(o.activation());
    }
    void read(const wire::CumsumOptions& o) {
        set("exclusive", o.exclusive() ? 1 : 0);
        set("reverse", o.reverse() ? 1 : 0);
    }
    void read(const wire::OneHotOptions& o) { set("axis", o.axis()); }
    /// Networks of the file by number; the reader makes bodies of them.
    void read(const wire::IfOptions& o) {
        set("then_branch", o.then_graph());
        set("else_branch", o.else_graph());
    }
    void read(const wire::WhileOptions& o) {
        set("cond", o.condition());
        set("body", o.body());
    }
    void read(const wire::ReverseOptions& o) {
        set("time_axis", o.time_axis());
        set("batch_axis", o.batch_axis());
    }
    void read(const wire::MemoryOptions& o) {
        set("rank", o.rank());
        activation(o.activation());
    }
    void read(const wire::GeluOptions& o) { set("approximate", o.approximate() ? 1 : 0); }

private:
    ops::SourceNode& m_node;
};

/// Numbers of a map; anything else in it, and anything that is no such map, is left out.
void readCustomOptions(std::span<const uint8_t> bytes, ops::SourceNode& node) {
    constexpr size_t kMostOptionBytes = 1 << 16;
    if (bytes.size() < 3 || bytes.size() > kMostOptionBytes) return;
    std::vector<uint64_t> aligned((bytes.size() + 7) / 8); // the file aligns nothing here
    std::memcpy(aligned.data(), bytes.data(), bytes.size());
    const auto* data = reinterpret_cast<const uint8_t*>(aligned.data());
    std::vector<uint8_t> seen;
    if (!flexbuffers::VerifyBuffer(data, bytes.size(), &seen)) return;
    const auto root = flexbuffers::GetRoot(data, bytes.size());
    if (!root.IsMap()) return;
    const auto map = root.AsMap();
    const auto keys = map.Keys();
    const auto values = map.Values();
    for (size_t i = 0; i < std::min(keys.size(), values.size()); ++i) {
        const auto value = values[i];
        const std::string name = keys[i].AsKey();
        if (value.IsBool() || value.IsIntOrUint()) node.attributes.insert_or_assign(name, value.AsInt64());
        else if (value.IsFloat()) node.attributes.insert_or_assign(name, value.AsDouble());
    }
}

/// MediaPipe writes this operator's options as its interpreter holds them: border (1 same, 2 valid), stride along the
/// width, stride along the height, 32 bits each.
void readTransposeBiasOptions(std::span<const uint8_t> bytes, ops::SourceNode& node) {
    int32_t fields[3];
    if (bytes.size() < sizeof fields) return;
    std::memcpy(fields, bytes.data(), sizeof fields);
    OptionWriter writer(node);
    writer.word("border", fields[0] == 1 ? "SAME" : fields[0] == 2 ? "VALID" : "");
    writer.set("stride_w", fields[1]);
    writer.set("stride_h", fields[2]);
}

} // namespace

void readTfliteOptions(const wire::Operator& source, ops::SourceNode& node) {
    if (source.custom_options() != nullptr) {
        const std::span<const uint8_t> bytes(source.custom_options()->data(), source.custom_options()->size());
        if (node.kind == "Convolution2DTransposeBias")
            readTransposeBiasOptions(bytes, node);
        else
            readCustomOptions(bytes, node);
    }
    if (source.options() == nullptr) return;
    OptionWriter writer(node);
    const auto as = [&]<class Table>(const Table* table) {
        if (table != nullptr) writer.read(*table);
    };
    switch (source.options_type()) {
    case wire::Options_ConvOptions: return as(source.options_as_ConvOptions());
    case wire::Options_DepthwiseOptions: return as(source.options_as_DepthwiseOptions());
    case wire::Options_PoolOptions: return as(source.options_as_PoolOptions());
    case wire::Options_FullyConnectedOptions: return as(source.options_as_FullyConnectedOptions());
    case wire::Options_SoftmaxOptions: return as(source.options_as_SoftmaxOptions());
    case wire::Options_ConcatenationOptions: return as(source.options_as_ConcatenationOptions());
    case wire::Options_AddOptions: return as(source.options_as_AddOptions());
    case wire::Options_NormOptions: return as(source.options_as_NormOptions());
    case wire::Options_ResponseOptions: return as(source.options_as_ResponseOptions());
    case wire::Options_BilinearOptions: return as(source.options_as_BilinearOptions());
    case wire::Options_ReshapeOptions: return as(source.options_as_ReshapeOptions());
    case wire::Options_SpaceToDepthOptions: return as(source.options_as_SpaceToDepthOptions());
    case wire::Options_MulOptions: return as(source.options_as_MulOptions());
    case wire::Options_GatherOptions: return as(source.options_as_GatherOptions());
    case wire::Options_ReducerOptions: return as(source.options_as_ReducerOptions());
    case wire::Options_SubOptions: return as(source.options_as_SubOptions());
    case wire::Options_DivOptions: return as(source.options_as_DivOptions());
    case wire::Options_SqueezeOptions: return as(source.options_as_SqueezeOptions());
    case wire::Options_StridedSliceOptions: return as(source.options_as_StridedSliceOptions());
    case wire::Options_SplitOptions: return as(source.options_as_SplitOptions());
    case wire::Options_CastOptions: return as(source.options_as_CastOptions());
    case wire::Options_TransposeConvOptions: return as(source.options_as_TransposeConvOptions());
    case wire::Options_PackOptions: return as(source.options_as_PackOptions());
    case wire::Options_UnpackOptions: return as(source.options_as_UnpackOptions());
    case wire::Options_NearestOptions: return as(source.options_as_NearestOptions());
    case wire::Options_LeakyReluOptions: return as(source.options_as_LeakyReluOptions());
    case wire::Options_MirrorPadOptions: return as(source.options_as_MirrorPadOptions());
    case wire::Options_SplitVOptions: return as(source.options_as_SplitVOptions());
    case wire::Options_DepthToSpaceOptions: return as(source.options_as_DepthToSpaceOptions());
    case wire::Options_BatchMatMulOptions: return as(source.options_as_BatchMatMulOptions());
    case wire::Options_SequenceRnnOptions: return as(source.options_as_SequenceRnnOptions());
    case wire::Options_OneHotOptions: return as(source.options_as_OneHotOptions());
    case wire::Options_BothWaysLstmOptions: return as(source.options_as_BothWaysLstmOptions());
    case wire::Options_SequenceLstmOptions: return as(source.options_as_SequenceLstmOptions());
    case wire::Options_CumsumOptions: return as(source.options_as_CumsumOptions());
    case wire::Options_VolumeOptions: return as(source.options_as_VolumeOptions());
    case wire::Options_ReverseOptions: return as(source.options_as_ReverseOptions());
    case wire::Options_IfOptions: return as(source.options_as_IfOptions());
    case wire::Options_WhileOptions: return as(source.options_as_WhileOptions());
    case wire::Options_MemoryOptions: return as(source.options_as_MemoryOptions());
    case wire::Options_GeluOptions: return as(source.options_as_GeluOptions());
    default: return; // without fields, or of an operator that will be refused
    }
}

} // namespace wb::importer
