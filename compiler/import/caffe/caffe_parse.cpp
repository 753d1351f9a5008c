// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/import/caffe/caffe_parse.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <iterator>
#include <limits>

namespace wb::importer {
namespace {

namespace pb = google::protobuf;

/// Keeps the first error; the parser goes on after it and what follows is noise.
class FirstError : public pb::io::ErrorCollector {
public:
    void AddError(int line, pb::io::ColumnNumber column, const std::string& message) override {
        if (!m_text.empty()) return;
        m_text = message;
        m_line = line + 1;
        m_column = column + 1;
    }
    void AddWarning(int, pb::io::ColumnNumber, const std::string&) override {}
    const std::string& text() const { return m_text; }
    int line() const { return m_line; }
    int column() const { return m_column; }

private:
    std::string m_text;
    int m_line = 0, m_column = 0;
};

/// Types of the old form by number (V1LayerParameter.LayerType): the constant in text, the name since.
struct OldType {
    const char* constant;
    const char* name;
};
constexpr OldType kOldTypes[] = {{"NONE", ""},
                                 {"ACCURACY", "Accuracy"},
                                 {"BNLL", "BNLL"},
                                 {"CONCAT", "Concat"},
                                 {"CONVOLUTION", "Convolution"},
                                 {"DATA", "Data"},
                                 {"DROPOUT", "Dropout"},
                                 {"EUCLIDEAN_LOSS", "EuclideanLoss"},
                                 {"FLATTEN", "Flatten"},
                                 {"HDF5_DATA", "HDF5Data"},
                                 {"HDF5_OUTPUT", "HDF5Output"},
                                 {"IM2COL", "Im2col"},
                                 {"IMAGE_DATA", "ImageData"},
                                 {"INFOGAIN_LOSS", "InfogainLoss"},
                                 {"INNER_PRODUCT", "InnerProduct"},
                                 {"LRN", "LRN"},
                                 {"MULTINOMIAL_LOGISTIC_LOSS", "MultinomialLogisticLoss"},
                                 {"POOLING", "Pooling"},
                                 {"RELU", "ReLU"},
                                 {"SIGMOID", "Sigmoid"},
                                 {"SOFTMAX", "Softmax"},
                                 {"SOFTMAX_LOSS", "SoftmaxWithLoss"},
                                 {"SPLIT", "Split"},
                                 {"TANH", "TanH"},
                                 {"WINDOW_DATA", "WindowData"},
                                 {"ELTWISE", "Eltwise"},
                                 {"POWER", "Power"},
                                 {"SIGMOID_CROSS_ENTROPY_LOSS", "SigmoidCrossEntropyLoss"},
                                 {"HINGE_LOSS", "HingeLoss"},
                                 {"MEMORY_DATA", "MemoryData"},
                                 {"ARGMAX", "ArgMax"},
                                 {"THRESHOLD", "Threshold"},
                                 {"DUMMY_DATA", "DummyData"},
                                 {"SLICE", "Slice"},
                                 {"MVN", "MVN"},
                                 {"ABSVAL", "AbsVal"},
                                 {"SILENCE", "Silence"},
                                 {"CONTRASTIVE_LOSS", "ContrastiveLoss"},
                                 {"EXP", "Exp"},
                                 {"DECONVOLUTION", "Deconvolution"}};

const char* oldType(int number) {
    return number >= 0 && number < static_cast<int>(std::size(kOldTypes)) ? kOldTypes[number].name : "";
}

/// Moves the old `layers` into `layer`: fields of equal names are of equal kinds.
void modernise(caffe::Net& net) {
    for (caffe::V1Layer& old : *net.mutable_layers()) {
        caffe::Layer& layer = *net.add_layer();
        layer.set_name(old.name());
        layer.set_type(oldType(old.type()));
        layer.mutable_bottom()->Swap(old.mutable_bottom());
        layer.mutable_top()->Swap(old.mutable_top());
        layer.mutable_blobs()->Swap(old.mutable_blobs());
        layer.mutable_include()->Swap(old.mutable_include());
        layer.mutable_exclude()->Swap(old.mutable_exclude());
        if (old.has_concat_param()) *layer.mutable_concat_param() = old.concat_param();
        if (old.has_convolution_param()) *layer.mutable_convolution_param() = old.convolution_param();
        if (old.has_inner_product_param()) *layer.mutable_inner_product_param() = old.inner_product_param();
        if (old.has_lrn_param()) *layer.mutable_lrn_param() = old.lrn_param();
        if (old.has_pooling_param()) *layer.mutable_pooling_param() = old.pooling_param();
        if (old.has_power_param()) *layer.mutable_power_param() = old.power_param();
        if (old.has_argmax_param()) *layer.mutable_argmax_param() = old.argmax_param();
        if (old.has_eltwise_param()) *layer.mutable_eltwise_param() = old.eltwise_param();
        if (old.has_relu_param()) *layer.mutable_relu_param() = old.relu_param();
        if (old.has_slice_param()) *layer.mutable_slice_param() = old.slice_param();
        if (old.has_mvn_param()) *layer.mutable_mvn_param() = old.mvn_param();
        if (old.has_softmax_param()) *layer.mutable_softmax_param() = old.softmax_param();
        if (old.has_exp_param()) *layer.mutable_exp_param() = old.exp_param();
        if (old.has_threshold_param()) *layer.mutable_threshold_param() = old.threshold_param();
        if (old.has_dummy_data_param()) *layer.mutable_dummy_data_param() = old.dummy_data_param();
        if (old.has_transform_param()) *layer.mutable_transform_param() = old.transform_param();
    }
    net.clear_layers();
}

/// In text the old form names its types as constants (CONVOLUTION); as numbers they are what oldType() takes.
std::string withTypeNumbers(std::string text) {
    if (text.find("layers") == std::string::npos) return text;
    for (size_t at = text.find("type:"); at != std::string::npos; at = text.find("type:", at + 5)) {
        const size_t begin = text.find_first_not_of(" \t", at + 5);
        if (begin == std::string::npos) break;
        const size_t end = text.find_first_of(" \t\r\n}", begin);
        const std::string word = text.substr(begin, end - begin);
        const auto known = std::find_if(std::begin(kOldTypes), std::end(kOldTypes), [&](const OldType& t) { return word == t.constant; });
        if (known != std::end(kOldTypes)) text.replace(begin, word.size(), std::to_string(known - std::begin(kOldTypes)));
    }
    return text;
}

} // namespace

Result<caffe::Net> parseCaffeText(std::span<const std::byte> bytes) {
    const std::string text =
        withTypeNumbers({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    caffe::Net net;
    FirstError errors;
    pb::TextFormat::Parser parser;
    parser.AllowUnknownField(true);
    parser.SetRecursionLimit(64);
    parser.RecordErrorsTo(&errors);
    if (!parser.ParseFromString(text, &net))
        return Error{Code::TextSyntax, "line " + std::to_string(errors.line()) + ", column " +
                                           std::to_string(errors.column()) + ": " + errors.text()}
            .because("the network description is not valid prototxt")
            .field("line", std::to_string(errors.line()));
    modernise(net);
    return net;
}

Result<caffe::Net> parseCaffeModel(std::span<const std::byte> bytes) {
    caffe::Net net;
    if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max()))
        return Error{Code::ModelDamaged, "the weights are larger than the 2 GB that the format can hold"};
    pb::io::ArrayInputStream array(bytes.data(), static_cast<int>(bytes.size()));
    pb::io::CodedInputStream stream(&array);
    stream.SetTotalBytesLimit(std::numeric_limits<int>::max());
    const pb::LogSilencer silencer;
    if (!net.ParseFromCodedStream(&stream) || !stream.ConsumedEntireMessage())
        return Error{Code::ModelDamaged, "the weights do not parse as a caffemodel"};
    modernise(net);
    return net;
}

} // namespace wb::importer
