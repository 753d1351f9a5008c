// SPDX-License-Identifier: GPL-3.0-or-later
// Layers → nodes: phases filtered, in-place results renamed, parameters flattened, blobs checked.
#include "compiler/import/caffe/caffe_reader.h"

#include "compiler/base/file.h"
#include "compiler/import/caffe/caffe_parse.h"
#include "compiler/import/kind.h"

#include <google/protobuf/reflection.h>

#include <algorithm>
#include <set>

namespace wb::importer {
namespace {

namespace pb = google::protobuf;

/// Layers that feed a training run. What they give is an input of the network where a layer reads it.
bool isData(const std::string& type) {
    static const std::set<std::string> kTypes{"Data", "ImageData", "HDF5Data", "WindowData", "MemoryData", "AnnotatedData"};
    return kTypes.contains(type);
}

/// Layers that judge or record a training run.
bool isTraining(const std::string& type) {
    static const std::set<std::string> kTypes{"HDF5Output", "Accuracy", "EuclideanLoss", "HingeLoss", "MultinomialLogisticLoss",
                                              "SigmoidCrossEntropyLoss", "SmoothL1Loss", "MultiBoxLoss", "DetectionEvaluate",
                                              "ContrastiveLoss", "InfogainLoss"};
    return kTypes.contains(type);
}

bool inTestPhase(const caffe::Layer& layer) {
    const auto names = [](const auto& rules) {
        return std::any_of(rules.begin(), rules.end(), [](const caffe::Rule& r) { return r.phase() == caffe::TEST; });
    };
    const auto constrained = std::any_of(layer.include().begin(), layer.include().end(),
                                         [](const caffe::Rule& r) { return r.has_phase(); });
    return (!constrained || names(layer.include())) &&
           !std::any_of(layer.exclude().begin(), layer.exclude().end(),
                        [](const caffe::Rule& r) { return r.has_phase() && r.phase() == caffe::TEST; });
}

template <class Repeated> std::vector<int64_t> dims(const Repeated& list) { return {list.begin(), list.end()}; }

/// Fields of a layer's parameter message as attributes; enumerations by name.
void flatten(const pb::Message& message, ops::SourceNode& node) {
    const pb::Reflection& access = *message.GetReflection();
    std::vector<const pb::FieldDescriptor*> fields;
    access.ListFields(message, &fields);
    for (const pb::FieldDescriptor* f : fields) {
        using F = pb::FieldDescriptor;
        const std::string name(f->name());
        const auto set = [&](ops::SourceNode::Value v) { node.attributes.insert_or_assign(name, std::move(v)); };
        switch (f->cpp_type()) {
        case F::CPPTYPE_INT32:
            set(static_cast<int64_t>(access.GetInt32(message, f)));
            break;
        case F::CPPTYPE_INT64:
            if (f->is_repeated()) set(dims(access.GetRepeatedFieldRef<int64_t>(message, f)));
            else set(static_cast<int64_t>(access.GetInt64(message, f)));
            break;
        case F::CPPTYPE_FLOAT:
            if (f->is_repeated()) {
                const auto list = access.GetRepeatedFieldRef<float>(message, f);
                set(std::vector<double>(list.begin(), list.end()));
            } else {
                set(static_cast<double>(access.GetFloat(message, f)));
            }
            break;
        case F::CPPTYPE_BOOL:
            set(static_cast<int64_t>(access.GetBool(message, f)));
            break;
        case F::CPPTYPE_ENUM:
            set(std::string(access.GetEnum(message, f)->name()));
            break;
        case F::CPPTYPE_STRING:
            if (!f->is_repeated()) set(access.GetString(message, f));
            break;
        case F::CPPTYPE_MESSAGE:
            if (f->is_repeated()) break;
            if (const auto* shape = dynamic_cast<const caffe::BlobShape*>(&access.GetMessage(message, f))) set(dims(shape->dim()));
            else flatten(access.GetMessage(message, f), node); // nms_param; the description has no deeper ones
            break;
        default:
            break;
        }
    }
}

/// All parameter messages of the layer, whichever are set.
void readParameters(const caffe::Layer& layer, ops::SourceNode& node) {
    const pb::Reflection& access = *layer.GetReflection();
    std::vector<const pb::FieldDescriptor*> fields;
    access.ListFields(layer, &fields);
    for (const pb::FieldDescriptor* f : fields)
        if (!f->is_repeated() && f->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE)
            flatten(access.GetMessage(layer, f), node);
}

Result<ir::Tensor> readBlob(const caffe::Blob& blob, const std::string& name) {
    ir::Shape shape = blob.has_shape() ? ir::Shape(dims(blob.shape().dim()))
                                       : ir::Shape{blob.num(), blob.channels(), blob.height(), blob.width()};
    const bool wide = blob.data_size() == 0 && blob.double_data_size() > 0;
    const int64_t present = wide ? blob.double_data_size() : blob.data_size();
    const auto count = ir::checkedElementCount(shape);
    if (!count || *count != present)
        return Error{Code::ModelDamaged, "the blob " + name + " of shape " + ir::toText(shape) + " holds " +
                                             std::to_string(present) + " numbers"};
    WB_ASSIGN(ir::Tensor tensor, ir::Tensor::allocate(ir::ElementType::F32, shape));
    if (present == 0) return tensor;
    auto* out = tensor.mutableData<float>();
    for (int i = 0; i < static_cast<int>(present); ++i)
        out[i] = wide ? static_cast<float>(blob.double_data(i)) : blob.data(i);
    return tensor;
}

class Reader {
public:
    Reader(const caffe::Net& net, const caffe::Net& weights) : m_net(net) {
        for (const caffe::Layer& layer : weights.layer())
            if (layer.blobs_size() > 0) m_blobs.insert_or_assign(layer.name(), &layer);
    }

    Result<SourceModel> read(const JobContext& context) {
        m_model.format = "CAFFE";
        m_model.framework = ops::Framework::Caffe;
        WB_TRY(readInputs());
        for (const caffe::Layer& layer : m_net.layer()) {
            WB_TRY(context.checkStop());
            if (!inTestPhase(layer) || isTraining(layer.type())) continue;
            if (isData(layer.type())) {
                for (const std::string& top : layer.top())
                    m_data.insert_or_assign(top, &layer);
                continue;
            }
            if (auto status = readLayer(layer); !status) return atLayer(std::move(status).error(), layer);
        }
        if (m_model.nodes.empty()) return Error{Code::ModelEmpty, "the network has no layers"};
        for (const std::string& name : m_written)
            if (!m_read.contains(name)) m_model.outputs.push_back(name);
        return std::move(m_model);
    }

private:
    static Error atLayer(Error error, const caffe::Layer& layer) {
        if (error.node.empty()) error.node = layer.name();
        return error;
    }

    Status addInput(const std::string& name, ir::Shape shape) {
        if (!m_names.insert(name).second) return Error{Code::ModelDamaged, "two inputs are called '" + name + "'"};
        m_current[name] = name;
        SourceInput input;
        input.name = name;
        for (int64_t& d : shape)
            if (d <= 0) d = -1;
        input.symbols.resize(shape.size());
        input.shapeKnown = !shape.empty();
        input.shape = std::move(shape);
        m_model.inputs.push_back(std::move(input));
        return {};
    }

    Status readInputs() {
        for (int i = 0; i < m_net.input_size(); ++i) {
            ir::Shape shape;
            if (i < m_net.input_shape_size()) shape = dims(m_net.input_shape(i).dim());
            else if (m_net.input_dim_size() >= 4 * (i + 1))
                for (int d = 0; d < 4; ++d)
                    shape.push_back(m_net.input_dim(4 * i + d));
            WB_TRY(addInput(m_net.input(i), std::move(shape)));
        }
        return {};
    }

    Status readLayer(const caffe::Layer& layer) {
        if (layer.type() == "Input") {
            for (int i = 0; i < layer.top_size(); ++i) {
                const auto& shapes = layer.input_param().shape();
                ir::Shape shape;
                if (shapes.size() > 0) shape = dims(shapes.Get(std::min(i, shapes.size() - 1)).dim());
                WB_TRY(addInput(layer.top(i), std::move(shape)));
            }
            return {};
        }
        if (const auto made = constantsOf(layer); !made.empty()) {
            WB_TRY(addConstants(layer, made));
            return {};
        }
        ops::SourceNode node;
        node.framework = ops::Framework::Caffe;
        node.kind = layer.type() == "SoftmaxWithLoss" ? "Softmax" : layer.type();
        node.name = layer.name();
        readParameters(layer, node);
        for (const std::string& bottom : layer.bottom()) {
            if (node.kind == "Softmax" && !node.inputs.empty()) break; // the loss's second bottom: labels
            if (!m_current.contains(bottom)) WB_TRY(addDataInput(bottom));
            const auto at = m_current.find(bottom);
            if (at == m_current.end()) {
                return Error{Code::ModelDamaged, "nothing before it gives '" + bottom + "'"};
            }
            node.inputs.push_back(at->second);
            m_read.insert(at->second);
        }
        if (node.kind == "Silence") return {}; // its bottoms are meant to be nobody's
        WB_TRY(addBlobs(layer, node));
        for (const std::string& top : layer.top()) {
            // An in-place result is a value of its own, called by its layer; the later name wins for readers.
            std::string name = top;
            if (m_names.contains(name)) name = layer.name();
            for (int k = 1; m_names.contains(name); ++k)
                name = layer.name() + "_" + std::to_string(k);
            m_names.insert(name);
            m_written.push_back(name);
            m_current[top] = name;
            node.outputs.push_back(name);
        }
        if (node.outputs.empty()) return Error{Code::ModelDamaged, "the layer has no result"};
        m_model.nodes.push_back(std::move(node));
        return {};
    }

    /// The top of a data layer that is read: pictures of the size to which training cropped them, one at a time.
    Status addDataInput(const std::string& name) {
        const auto data = m_data.find(name);
        if (data == m_data.end()) return {};
        const int64_t crop = data->second->transform_param().crop_size();
        return addInput(name, crop > 0 ? ir::Shape{1, 3, crop, crop} : ir::Shape{});
    }

    /// What a layer that only holds numbers gives, by top; empty for other layers.
    std::vector<Result<ir::Tensor>> constantsOf(const caffe::Layer& layer) const {
        std::vector<Result<ir::Tensor>> list;
        if (layer.type() == "Parameter") {
            const caffe::Layer& source = blobsOf(layer);
            for (const caffe::Blob& blob : source.blobs())
                list.push_back(readBlob(blob, layer.name()));
        } else if (layer.type() == "ContinuationIndicator") {
            const auto& p = layer.continuation_indicator_param();
            auto marks = filled({p.time_step(), p.batch_size()}, 1.0F); // a sequence begins at the first step
            if (marks) std::fill_n(marks->mutableData<float>(), p.batch_size(), 0.0F);
            list.push_back(std::move(marks));
        } else if (layer.type() == "DummyData") {
            const auto& p = layer.dummy_data_param();
            const auto at = [](const auto& values, int i) { return values.empty() ? 1 : values.Get(std::min(i, values.size() - 1)); };
            for (int i = 0; i < layer.top_size(); ++i) {
                const bool random = p.data_filler_size() > 0 && p.data_filler(std::min(i, p.data_filler_size() - 1)).has_type() &&
                                    p.data_filler(std::min(i, p.data_filler_size() - 1)).type() != "constant";
                if (random) return {}; // refused by name, as a layer without a rule
                const float value = p.data_filler_size() > 0 ? p.data_filler(std::min(i, p.data_filler_size() - 1)).value() : 0.0F;
                const ir::Shape shape = p.shape_size() > 0 ? ir::Shape(dims(p.shape(std::min(i, p.shape_size() - 1)).dim()))
                                                           : ir::Shape{at(p.num(), i), at(p.channels(), i), at(p.height(), i), at(p.width(), i)};
                list.push_back(filled(shape, value));
            }
        }
        return list;
    }

    static Result<ir::Tensor> filled(const ir::Shape& shape, float value) {
        const auto count = ir::checkedElementCount(shape);
        if (!count || *count < 1 || *count > 1 << 24) return Error{Code::ModelDamaged, "constants of shape " + ir::toText(shape)};
        WB_ASSIGN(ir::Tensor tensor, ir::Tensor::allocate(ir::ElementType::F32, shape));
        std::fill_n(tensor.mutableData<float>(), *count, value);
        return tensor;
    }

    Status addConstants(const caffe::Layer& layer, const std::vector<Result<ir::Tensor>>& made) {
        for (int i = 0; i < layer.top_size() && i < static_cast<int>(made.size()); ++i) {
            const Result<ir::Tensor>& tensor = made[static_cast<size_t>(i)];
            if (!tensor) return Error(tensor.error());
            if (!m_names.insert(layer.top(i)).second) return Error{Code::ModelDamaged, "the name '" + layer.top(i) + "' stands twice"};
            m_current[layer.top(i)] = layer.top(i);
            m_model.constants.insert_or_assign(layer.top(i), *tensor);
        }
        return {};
    }

    const caffe::Layer& blobsOf(const caffe::Layer& layer) const {
        const auto found = m_blobs.find(layer.name());
        return found != m_blobs.end() ? *found->second : layer;
    }

    Status addBlobs(const caffe::Layer& layer, ops::SourceNode& node) {
        const caffe::Layer& source = blobsOf(layer);
        for (int i = 0; i < source.blobs_size(); ++i) {
            const std::string name = layer.name() + "_" + std::to_string(i);
            WB_ASSIGN(ir::Tensor tensor, readBlob(source.blobs(i), name));
            if (!m_names.insert(name).second) return Error{Code::ModelDamaged, "the name '" + name + "' stands twice"};
            m_model.constants.insert_or_assign(name, std::move(tensor));
            node.inputs.push_back(name);
        }
        node.attributes.insert_or_assign("blobs", static_cast<int64_t>(source.blobs_size()));
        return {};
    }

    const caffe::Net& m_net;
    std::map<std::string, const caffe::Layer*> m_blobs;
    std::map<std::string, const caffe::Layer*> m_data; ///< tops of data layers
    SourceModel m_model;
    std::map<std::string, std::string> m_current; ///< blob name → name of its latest value
    std::set<std::string> m_names, m_read;
    std::vector<std::string> m_written;
};

bool needsWeights(const caffe::Net& net) {
    static const std::set<std::string> kTypes{"Convolution", "Deconvolution", "InnerProduct", "BatchNorm", "PReLU",
                                              "ConvolutionDepthwise", "DepthwiseConvolution", "Normalize", "Embed", "LSTM",
                                              "RNN", "Lstm", "BN", "Parameter"};
    return std::any_of(net.layer().begin(), net.layer().end(), [](const caffe::Layer& l) {
        const bool known = l.type() == "Deconvolution" && l.convolution_param().weight_filler().type() == "bilinear";
        return !known && kTypes.contains(l.type()) && l.blobs_size() == 0 && inTestPhase(l);
    });
}

} // namespace

Result<SourceModel> readCaffe(const std::filesystem::path& prototxt, std::span<const std::byte> text,
                              std::filesystem::path weights, const JobContext& context) {
    WB_ASSIGN(const caffe::Net net, parseCaffeText(text));
    if (weights.empty()) {
        auto sibling = prototxt;
        sibling.replace_extension(".caffemodel");
        std::error_code code;
        if (std::filesystem::exists(sibling, code)) weights = sibling;
    }
    caffe::Net values;
    if (!weights.empty()) {
        WB_ASSIGN(const auto bytes, readFile(weights));
        auto parsed = parseCaffeModel(bytes);
        if (!parsed) return Error(parsed.error()).inFile(weights.string());
        values = std::move(*parsed);
    } else if (needsWeights(net)) {
        return Error{Code::WeightMissing, "the network's weights are in a second file, which is not given"}
            .because("there is no .caffemodel of the same name beside it")
            .remedy("give it: --model_data NAME.caffemodel");
    }
    return Reader(net, values).read(context);
}

} // namespace wb::importer
