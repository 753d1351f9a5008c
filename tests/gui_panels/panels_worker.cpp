// SPDX-License-Identifier: GPL-3.0-or-later
// A worker for the tests of the panels: answers small requests with made-up values, at once. A model whose
// path holds "free" has free sizes, one with "unsupported" has operators that nobody knows. The search sends
// five candidates and then waits for a cancel when the goal is 0.5, else ends.
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <iostream>
#include <string>

using nlohmann::json;

namespace {

void send(const json& id, const char* event, const json& payload) {
    std::cout << json{{"id", id}, {"event", event}, {"payload", payload}}.dump() << std::endl;
}

json statistics(const std::string& name, const char* variant, double step) {
    json bins = json::array();
    for (int i = 0; i < 256; ++i) {
        const double x = -0.3 + i * 9.0 / 256;
        const double density = x < 0 ? 30 * std::exp(x * 12) : 100 * std::exp(-x);
        const bool hit = step == 0 || std::fmod(x + 3, step) < 9.0 / 256;
        bins.push_back(hit ? static_cast<int>(density * 40 * (step == 0 ? 1 : step * 256 / 9.0)) : 0);
    }
    return {{"name", name}, {"variant", variant}, {"count", 51200}, {"min", -0.2785}, {"max", 5.9891}, {"mean", 0.0553},
            {"sigma", 0.4931}, {"zero_share", step == 0 ? 0.0 : 0.027}, {"nan_count", 0}, {"inf_count", 0},
            {"low", -0.3}, {"high", 8.7}, {"bins", bins}};
}

void answer(const json& message) {
    const json id = message.value("id", json(0));
    const std::string job = message.value("job", std::string());
    const json request = message.value("request", json::object());
    if (job == "tensor-statistics") {
        const std::string layer = request.value("layer", std::string());
        return send(id, "result", json::array({statistics(layer, "fp32", 0), statistics(layer, "int8", 0.0537)}));
    }
    if (job == "preprocess-preview") {
        const std::string picture = request.value("picture", std::string());
        return send(id, "result", {{"resized", picture}, {"tensor", picture}, {"formula", "y = (x - 0) * 1/255"},
                                   {"channels", {{{"name", "R"}, {"min", 0.0}, {"mean", 0.4312}, {"max", 1.0}, {"std", 0.2651}},
                                                 {{"name", "G"}, {"min", 0.0}, {"mean", 0.4125}, {"max", 1.0}, {"std", 0.2598}},
                                                 {{"name", "B"}, {"min", 0.0}, {"mean", 0.3816}, {"max", 1.0}, {"std", 0.2712}}}}});
    }
    if (job == "import-preview") {
        const std::string path = request["model"].value("path", std::string());
        const bool shaped = request["model"].contains("input_shapes") && !request["model"]["input_shapes"].empty();
        if (path.find("free") != std::string::npos && !shaped)
            return send(id, "error", {{"code", 2030}, {"severity", "error"}, {"what", "input 'images' has free dimensions: [batch,3,?,?]"},
                                      {"remedies", {"give the shape: --input_shapes [1,3,640,640]"}},
                                      {"fields", {{"inputs", "images\nstep"}, {"shapes", "[batch,3,?,?]\n[]"}, {"proposals", "[1,3,640,640]\n[1]"}}}});
        if (path.find("unsupported") != std::string::npos)
            return send(id, "error", {{"code", 2011}, {"severity", "error"}, {"what", "2 operators of the network (4 nodes) are not supported"},
                                      {"fields", {{"GridSample", "3 × first at '/warp/GridSample'"},
                                                  {"NonMaxSuppression", "1 × first at '/nms'"}}}});
        json layers = json::array();
        const char* names[] = {"images", "/m.0/Conv", "/m.1/Conv", "/m.2/Conv"};
        for (int i = 0; i < 4; ++i)
            layers.push_back({{"index", i}, {"name", names[i]}, {"type", i ? "Conv" : "Input"}, {"block", ""},
                              {"inputs", json::array()}, {"outputs", json::array()}, {"shape", {1, 255, 80 >> i, 80 >> i}},
                              {"is_input", i == 0}, {"is_output", i > 0}});
        json candidates = json::array();
        for (int i = 1; i < 4; ++i) candidates.push_back({{"name", names[i]}, {"shape", {1, 255, 80 >> i, 80 >> i}}});
        const json shape = shaped ? request["model"]["input_shapes"][0] : json{1, 3, 640, 640};
        return send(id, "result", {{"name", "m"}, {"format", "ONNX"}, {"opset", 12}, {"layers", layers},
                                   {"output_names", {"/m.0/Conv"}}, {"inputs", {{{"name", "images"}, {"shape", shape}}}},
                                   {"candidates", candidates}});
    }
    if (job == "bmodel-timeline") {
        // Two layers: the second is the compiler's own. A file of one word is damaged.
        std::ifstream in(request.value("file", std::string()));
        std::string word;
        in >> word;
        if (word == "damaged")
            return send(id, "error", {{"code", 2030}, {"severity", "error"}, {"what", "the streams do not end"}});
        const json timeline{{"network", "made"}, {"cycles", 1000}, {"tiu", 400}, {"gdma", 500}, {"lane_bytes", 262144}, {"bank_bytes", 16384},
                            {"tiu_commands", 2}, {"gdma_commands", 1}, {"estimated", 1}, {"stays_left_out", 0},
                            {"layers", {word, "x_to_f16"}}, {"kinds", {"DMA_tensor Copy", "sCONV Requant"}},
                            {"commands", {{1, 0, 0, 0, 0, 1, 1, 0, 500, 500, 32768}, {0, 3, 0, 0, 1, 1, 1, 500, 300, 300, 65536},
                                          {0, 7, 1, 1, 1, 2, 1, 800, 200, 100, 1024}}},
                            {"waits_for", {-1, 0, -1}}, {"memory", {{0, 32768, 0, 800, 0, 0}}}};
        std::ofstream(request.value("to", std::string())) << timeline.dump();
        return send(id, "result", {{"to", request.value("to", std::string())}});
    }
    if (job == "search") {
        const double goal = request["project"]["search"].value("expected_cosine", 0.99);
        if (goal <= 0.9 && goal > 0.5)
            return send(id, "result", {{"int8_is_enough", true}, {"int8_cosine", 0.9993}, {"mixed_cosine", 0.9993},
                                       {"float_layers", json::array()}, {"goal_reached", true}});
        const bool knapsack = request.value("method", std::string()) == "knapsack";
        if (knapsack)
            send(id, "search-front", {{"int8_cycles", 500000}, {"points", {{{"float_layers", 1}, {"extra_cycles", 5000}, {"predicted_cosine", 0.981}},
                                                                           {{"float_layers", 3}, {"extra_cycles", 21000}, {"predicted_cosine", 0.9962}},
                                                                           {{"float_layers", 9}, {"extra_cycles", 64000}, {"predicted_cosine", 0.9991}}}}});
        json layers = json::array();
        for (int i = 0; i < 5; ++i) {
            layers.push_back("/model." + std::to_string(i) + "/conv/Conv");
            const double cosine = 1 - std::pow(10.0, -1.6 - 0.3 * i);
            json candidate{{"float_layers", i + 1}, {"float_macs_share", 0.03 * (i + 1)}, {"cosine", cosine},
                           {"layers", layers}, {"best", true}};
            if (knapsack) candidate.update({{"extra_cycles", 8000 * (i + 1)}, {"int8_cycles", 500000}});
            send(id, "search-candidate", candidate);
            send(id, "search-layer", {{"name", layers[static_cast<size_t>(i)]}, {"cosine", cosine}, {"gain", 0.012 / (i + 1)},
                                      {"kept", i != 3}, {"text", i == 3 ? "too little for its share; not kept" : "for 3.0 % more float work; kept"}});
        }
        if (goal <= 0.5) return; // until cancelled
        return send(id, "result", {{"int8_is_enough", false}, {"int8_cosine", 0.961}, {"mixed_cosine", 0.9984},
                                   {"float_layers", layers}, {"goal_reached", true}});
    }
    send(id, "result", json::object());
}

} // namespace

int main() {
    std::string line;
    while (std::getline(std::cin, line)) {
        const json message = json::parse(line, nullptr, false);
        if (!message.is_object()) continue;
        if (message.contains("cancel"))
            send(message["cancel"], "error", {{"code", 9999}, {"severity", "error"}, {"what", "cancelled"}});
        else
            answer(message);
    }
    return 0;
}
