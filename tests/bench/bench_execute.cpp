// SPDX-License-Identifier: GPL-3.0-or-later
// Times the float execution of an ONNX network: imports, optimises, runs it some times on a fixed
// pseudo-random picture and prints one line of JSON with the median and the fastest run.
// "cpu_ms" is processor time over all threads of the fastest run, which a busy machine disturbs least.
//   bench_execute MODEL.onnx [--repeat N] [--threads T] [--outputs a,b] [--profile] [--serve]
// --serve: after a line on standard input runs once and prints the time in milliseconds, so that a
// driver can alternate this program with another. --profile: the slowest layers of an observed run.
#include "compiler/execute/executor.h"
#include "compiler/import/import.h"
#include "compiler/passes/pipeline.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

namespace {

struct Arguments {
    std::string model;
    int repeat = 20;
    int threads = 2;
    std::vector<std::string> outputs;
    bool profile = false;
    bool serve = false;
};

Arguments parse(int argc, char** argv) {
    Arguments a;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        auto value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : ""; };
        if (word == "--repeat")
            a.repeat = std::max(1, std::atoi(value().c_str()));
        else if (word == "--threads")
            a.threads = std::max(1, std::atoi(value().c_str()));
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

int fail(const wb::Error& error) {
    std::fprintf(stderr, "%s\n", wb::toText(error).c_str());
    return 1;
}

} // namespace

int main(int argc, char** argv) {
    using namespace wb;
    using Clock = std::chrono::steady_clock;
    const Arguments arguments = parse(argc, argv);
    JobContext context;
    context.setThreads(arguments.threads);
    importer::ImportOptions options;
    options.outputNames = arguments.outputs;
    auto model = importer::importModel(arguments.model, options, context);
    if (!model) return fail(model.error());
    auto graph = std::make_shared<ir::Graph>(model->origin);
    if (auto status = passes::optimiseTop(*graph, context); !status) return fail(status.error());
    auto executor = execute::Executor::create(graph, {.observable = arguments.profile}, context);
    if (!executor) return fail(executor.error());

    execute::TensorMap inputs;
    std::mt19937 random(1);
    std::uniform_real_distribution<float> spread(0, 1);
    for (ir::ValueId id : graph->inputs()) {
        ir::Tensor tensor(ir::ElementType::F32, graph->value(id).type.shape);
        float* data = tensor.mutableData<float>();
        for (int64_t i = 0; i < tensor.elementCount(); ++i)
            data[i] = spread(random);
        inputs[graph->value(id).name] = tensor;
    }
    auto once = [&](const execute::Executor::Observer& observer = {}) -> double {
        const auto start = Clock::now();
        auto result = (*executor)->run(inputs, context, observer);
        const std::chrono::duration<double, std::milli> time = Clock::now() - start;
        if (!result) std::exit(fail(result.error()));
        return time.count();
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
    double cpuMs = 1e30;
    for (int i = 0; i < arguments.repeat; ++i) {
        const std::clock_t before = std::clock();
        times.push_back(once());
        cpuMs = std::min(cpuMs, 1000.0 * static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC);
    }
    std::sort(times.begin(), times.end());
    if (arguments.profile) {
        std::vector<double> best(graph->nodes().size(), 1e30);
        for (int i = 0; i < arguments.repeat; ++i)
            once([&](ir::NodeId id, std::span<const ir::Tensor>, double timeUs) {
                double& slot = best[static_cast<size_t>(id)];
                slot = std::min(slot, timeUs);
                return Status();
            });
        std::vector<size_t> order;
        std::map<std::string, double> byOp;
        for (size_t i = 0; i < best.size(); ++i)
            if (best[i] < 1e29) {
                order.push_back(i);
                byOp[graph->nodes()[i].op] += best[i];
            }
        std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return best[a] > best[b]; });
        for (size_t i = 0; i < std::min<size_t>(order.size(), 40); ++i) {
            const ir::Node& node = graph->nodes()[order[i]];
            std::string shapes;
            for (ir::ValueId id : node.operands)
                if (id != ir::kNoValue) shapes += " " + ir::toText(graph->value(id).type.shape);
            std::fprintf(stderr, "%9.1f us  %-16s%s -> %s\n", best[order[i]], node.op.c_str(), shapes.c_str(),
                         ir::toText(graph->value(node.results[0]).type.shape).c_str());
        }
        for (const auto& [op, time] : byOp)
            std::fprintf(stderr, "%9.1f us  %s\n", time, op.c_str());
    }
    nlohmann::json line = {{"model", arguments.model},         {"threads", arguments.threads},
                           {"repeat", arguments.repeat},       {"median_ms", times[times.size() / 2]},
                           {"fastest_ms", times.front()},      {"peak_bytes", (*executor)->peakBytes()},
                           {"cpu_ms", cpuMs}};
    std::printf("%s\n", line.dump().c_str());
    return 0;
}
