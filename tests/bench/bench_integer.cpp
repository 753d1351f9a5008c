// SPDX-License-Identifier: GPL-3.0-or-later
// Times the bit-exact INT8 execution of an ONNX network lowered for BM1684X, with the calls of
// bench_execute so that the same driver can set it beside onnxruntime's float.
//   bench_integer MODEL.onnx [--table cali_table] [--repeat N] [--threads T] [--outputs a,b]
//   [--profile] [--serve]
// Without a table the ranges are those of one float run on the same pseudo-random picture.
#include "compiler/calibrate/table.h"
#include "compiler/execute/executor.h"
#include "compiler/import/import.h"
#include "compiler/passes/pipeline.h"
#include "compiler/quantise/lower.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

namespace {

using namespace wb;

struct Arguments {
    std::string model, table;
    int repeat = 20, threads = 2;
    std::vector<std::string> outputs;
    bool profile = false, serve = false;
};

Arguments parse(int argc, char** argv) {
    Arguments a;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const auto value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : ""; };
        if (word == "--repeat")
            a.repeat = std::max(1, std::atoi(value().c_str()));
        else if (word == "--threads")
            a.threads = std::max(1, std::atoi(value().c_str()));
        else if (word == "--table")
            a.table = value();
        else if (word == "--profile")
            a.profile = true;
        else if (word == "--serve")
            a.serve = true;
        else if (word == "--outputs") {
            std::stringstream list(value());
            for (std::string name; std::getline(list, name, ',');)
                a.outputs.push_back(name);
        } else
            a.model = word;
    }
    return a;
}

template <class T> T orExit(Result<T> result) {
    if (result) return std::move(result).value();
    std::fprintf(stderr, "%s\n", toText(result.error()).c_str());
    std::exit(1);
}

Result<quantise::RangeTable> rangesOf(const Arguments& a, const std::shared_ptr<ir::Graph>& graph,
                                      const execute::TensorMap& inputs, const JobContext& context) {
    quantise::RangeTable ranges;
    if (!a.table.empty()) {
        WB_ASSIGN(const auto table, calibrate::readTable(a.table));
        for (const auto& row : table.rows)
            ranges[row.name] = {row.threshold, row.min, row.max};
        return ranges;
    }
    const auto note = [&](const std::string& name, const ir::Tensor& tensor) {
        if (tensor.type() != ir::ElementType::F32 || tensor.elementCount() == 0) return;
        const auto [low, high] =
            std::minmax_element(tensor.data<float>(), tensor.data<float>() + tensor.elementCount());
        ranges[name] = {std::max({std::fabs(*low), std::fabs(*high), 1e-4F}), *low, *high};
    };
    for (const auto& [name, tensor] : inputs)
        note(name, tensor);
    WB_ASSIGN(auto executor, execute::Executor::create(graph, {.observable = true}, context));
    const auto observe = [&](ir::NodeId id, std::span<const ir::Tensor> results, double) -> Status {
        for (size_t i = 0; i < results.size(); ++i)
            note(graph->value(graph->node(id).results[i]).name, results[i]);
        return {};
    };
    WB_TRY(executor->run(inputs, context, observe));
    return ranges;
}

void printProfile(execute::Executor& executor, const execute::TensorMap& inputs,
                  const JobContext& context, int repeat) {
    const auto& graph = executor.graph();
    std::map<std::string, double> byOp;
    std::vector<double> best(graph.nodes().size(), 1e30);
    for (int i = 0; i < repeat; ++i)
        orExit(executor.run(
            inputs, context, [&](ir::NodeId id, std::span<const ir::Tensor>, double timeUs) {
                best[static_cast<size_t>(id)] = std::min(best[static_cast<size_t>(id)], timeUs);
                return Status();
            }));
    for (size_t i = 0; i < best.size(); ++i)
        if (best[i] < 1e29) byOp[graph.nodes()[i].op] += best[i];
    for (const auto& [op, time] : byOp)
        std::fprintf(stderr, "%9.1f us  %s\n", time, op.c_str());
}

} // namespace

int main(int argc, char** argv) {
    using Clock = std::chrono::steady_clock;
    const Arguments arguments = parse(argc, argv);
    JobContext context;
    context.setThreads(arguments.threads);
    importer::ImportOptions options;
    options.outputNames = arguments.outputs;
    auto graph = std::make_shared<ir::Graph>(
        orExit(importer::importModel(arguments.model, options, context)).origin);
    if (auto status = passes::optimiseTop(*graph, context); !status) {
        std::fprintf(stderr, "%s\n", toText(status.error()).c_str());
        return 1;
    }
    execute::TensorMap inputs;
    std::mt19937 random(1);
    std::uniform_real_distribution<float> spread(0, 1);
    for (const ir::ValueId id : graph->inputs()) {
        ir::Tensor tensor(ir::ElementType::F32, graph->value(id).type.shape);
        float* data = tensor.mutableData<float>();
        for (int64_t i = 0; i < tensor.elementCount(); ++i)
            data[i] = spread(random);
        inputs[graph->value(id).name] = tensor;
    }
    const auto ranges = orExit(rangesOf(arguments, graph, inputs, context));
    const auto lowered = orExit(quantise::lower(*graph, ranges, {}, {}, context));
    auto executor = orExit(
        execute::Executor::create(lowered.graph, {.observable = arguments.profile}, context));
    const auto once = [&] {
        const auto start = Clock::now();
        orExit(executor->run(inputs, context));
        return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    };
    once();
    once();
    if (arguments.serve) {
        for (std::string line; std::getline(std::cin, line);) {
            std::printf("%.4f\n", once());
            std::fflush(stdout);
        }
        return 0;
    }
    std::vector<double> times;
    for (int i = 0; i < arguments.repeat; ++i)
        times.push_back(once());
    std::sort(times.begin(), times.end());
    if (arguments.profile) printProfile(*executor, inputs, context, arguments.repeat);
    const nlohmann::json line = {
        {"model", arguments.model},    {"threads", arguments.threads},
        {"repeat", arguments.repeat},  {"median_ms", times[times.size() / 2]},
        {"fastest_ms", times.front()}, {"peak_bytes", executor->peakBytes()}};
    std::printf("%s\n", line.dump().c_str());
    return 0;
}
