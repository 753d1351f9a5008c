// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe networks for tests: a description and random weights in a folder of their own, read by us and by OpenCV.
#pragma once

#include "caffe.pb.h"
#include "compiler/execute/executor.h"
#include "compiler/import/import.h"
#include "compiler/passes/pipeline.h"

#include <QRandomGenerator>
#include <QTemporaryDir>

#include <opencv2/dnn.hpp>

#include <filesystem>
#include <fstream>
#include <map>

namespace wb::test {

struct BlobSpec {
    std::string layer;
    std::vector<std::vector<int64_t>> shapes;
    float low = -0.5F, high = 0.5F;
};

inline std::string input(const char* dims) {
    return std::string("layer { name: \"data\" type: \"Input\" top: \"data\" input_param { shape { ") + dims + " } } }\n";
}

inline const char* const kPicture = "dim: 1 dim: 6 dim: 13 dim: 11";

class CaffeFiles {
protected:
    QTemporaryDir m_dir;
    QRandomGenerator m_random{20260101};

    std::filesystem::path path(const char* name) const { return m_dir.filePath(QString::fromLatin1(name)).toStdString(); }

    void write(const std::string& text, const std::vector<BlobSpec>& blobs) {
        std::ofstream(path("net.prototxt")) << text;
        std::ofstream file(path("net.caffemodel"), std::ios::binary);
        weights(blobs).SerializeToOstream(&file);
    }

    wb::caffe::Net weights(const std::vector<BlobSpec>& blobs) {
        wb::caffe::Net net;
        net.set_name("weights");
        for (const BlobSpec& spec : blobs) {
            auto& layer = *net.add_layer();
            layer.set_name(spec.layer);
            layer.set_type("x");
            for (const auto& shape : spec.shapes) {
                auto& blob = *layer.add_blobs();
                int64_t count = 1;
                for (int64_t d : shape) {
                    blob.mutable_shape()->add_dim(d);
                    count *= d;
                }
                for (int64_t i = 0; i < count; ++i)
                    blob.add_data(spec.low + static_cast<float>(m_random.generateDouble()) * (spec.high - spec.low));
            }
        }
        return net;
    }

    static Result<ir::Graph> imported(const std::filesystem::path& file) {
        JobContext context;
        auto model = importer::importModel(file, {}, context);
        if (!model) return std::move(model).error();
        ir::Graph graph = std::move(model->origin);
        if (auto status = passes::optimiseTop(graph, context); !status) return std::move(status).error();
        return graph;
    }

    /// OpenCV's result for the same input as outputs().
    static cv::Mat forward(cv::dnn::Net& net, const std::vector<int>& shape) {
        net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
        QRandomGenerator random(7);
        cv::Mat blob(static_cast<int>(shape.size()), shape.data(), CV_32F);
        for (size_t i = 0; i < blob.total(); ++i)
            blob.ptr<float>()[i] = static_cast<float>(random.generateDouble() * 2 - 1);
        net.setInput(blob);
        return net.forward().clone();
    }

    /// Results for one fixed random input in [-1, 1).
    static std::vector<ir::Tensor> outputs(const ir::Graph& graph) {
        QRandomGenerator random(7);
        std::map<std::string, ir::Tensor, std::less<>> in;
        for (const ir::ValueId id : graph.inputs()) {
            ir::Tensor x(ir::ElementType::F32, graph.value(id).type.shape);
            for (int64_t i = 0; i < x.elementCount(); ++i)
                x.mutableData<float>()[i] = static_cast<float>(random.generateDouble() * 2 - 1);
            in.insert_or_assign(graph.value(id).name, x);
        }
        JobContext context;
        auto executor = execute::Executor::create(std::make_shared<const ir::Graph>(graph), {}, context);
        if (!executor) {
            qWarning("%s", executor.error().what.c_str());
            return {};
        }
        auto result = (*executor)->run(in, context);
        if (!result) {
            qWarning("%s", result.error().what.c_str());
            return {};
        }
        std::vector<ir::Tensor> list;
        for (const ir::ValueId id : graph.outputs)
            list.push_back(result->at(graph.value(id).name));
        return list;
    }
};

} // namespace wb::test
