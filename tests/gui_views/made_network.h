// SPDX-License-Identifier: GPL-3.0-or-later
// Made-up networks and numbers for the tests of the views: a YOLOv5-like detector of about 140 layers, and
// chains of any length. The numbers look real and are not; nothing outside the tests may use them.
#pragma once

#include "compiler/jobs/snapshot.h"

#include <QVector>
#include <cmath>
#include <cstdint>

namespace wb::test {

class NetworkMaker {
public:
    int add(const std::string& name, const std::string& type, std::vector<int> inputs, ir::Shape shape) {
        jobs::LayerInfo layer;
        layer.index = static_cast<int>(m_network.layers.size());
        layer.name = name;
        layer.type = type;
        const auto slash = name.rfind('/');
        layer.block = slash == std::string::npos ? "" : name.substr(0, slash);
        layer.inputs = std::move(inputs);
        layer.shape = std::move(shape);
        layer.isInput = type == "Input";
        layer.followsInput = type == "Concat" || type == "Upsample" || type == "Reshape";
        for (int input : layer.inputs)
            m_network.layers[input].outputs.push_back(layer.index);
        m_network.layers.push_back(layer);
        return layer.index;
    }
    int conv(const std::string& name, int input, int channels, int size) {
        const int c = add(name + "/conv/Conv", "Conv", {input}, {1, channels, size, size});
        return add(name + "/act/Mul", "SiLU", {c}, {1, channels, size, size});
    }
    int c3(const std::string& name, int input, int channels, int size, int repeats, bool shortcut) {
        int x = conv(name + "/cv1", input, channels / 2, size);
        const int side = conv(name + "/cv2", input, channels / 2, size);
        for (int i = 0; i < repeats; ++i) {
            const std::string inner = name + "/m." + std::to_string(i);
            int y = conv(inner + "/cv1", x, channels / 2, size);
            y = conv(inner + "/cv2", y, channels / 2, size);
            x = shortcut ? add(inner + "/Add", "Add", {x, y}, {1, channels / 2, size, size}) : y;
        }
        const int joined = add(name + "/Concat", "Concat", {x, side}, {1, channels, size, size});
        return conv(name + "/cv3", joined, channels, size);
    }
    void output(int layer) {
        m_network.layers[layer].isOutput = true;
        m_network.outputNames.push_back(m_network.layers[layer].name);
    }
    jobs::NetworkSnapshot take() { return std::move(m_network); }
    jobs::NetworkSnapshot m_network;
};

inline jobs::NetworkSnapshot detector() {
    NetworkMaker m;
    m.m_network.name = "detector";
    m.m_network.format = "ONNX";
    m.m_network.opset = 12;
    const auto at = [](int i) { return "/model." + std::to_string(i); };
    int x = m.add("images", "Input", {}, {1, 3, 640, 640});
    x = m.conv(at(0), x, 16, 320);
    x = m.conv(at(1), x, 32, 160);
    x = m.c3(at(2), x, 32, 160, 1, true);
    x = m.conv(at(3), x, 64, 80);
    const int p3 = x = m.c3(at(4), x, 64, 80, 2, true);
    x = m.conv(at(5), x, 128, 40);
    const int p4 = x = m.c3(at(6), x, 128, 40, 3, true);
    x = m.conv(at(7), x, 256, 20);
    x = m.c3(at(8), x, 256, 20, 1, true);
    const int s = m.conv(at(9) + "/cv1", x, 128, 20);
    const int a = m.add(at(9) + "/m/MaxPool", "MaxPool", {s}, {1, 128, 20, 20});
    const int b = m.add(at(9) + "/m_1/MaxPool", "MaxPool", {a}, {1, 128, 20, 20});
    const int c = m.add(at(9) + "/m_2/MaxPool", "MaxPool", {b}, {1, 128, 20, 20});
    x = m.add(at(9) + "/Concat", "Concat", {s, a, b, c}, {1, 512, 20, 20});
    x = m.conv(at(9) + "/cv2", x, 256, 20);
    const int h5 = x = m.conv(at(10), x, 128, 20);
    x = m.add(at(11) + "/Resize", "Upsample", {x}, {1, 128, 40, 40});
    x = m.add(at(12) + "/Concat", "Concat", {x, p4}, {1, 256, 40, 40});
    x = m.c3(at(13), x, 128, 40, 1, false);
    const int h4 = x = m.conv(at(14), x, 64, 40);
    x = m.add(at(15) + "/Resize", "Upsample", {x}, {1, 64, 80, 80});
    x = m.add(at(16) + "/Concat", "Concat", {x, p3}, {1, 128, 80, 80});
    const int o3 = x = m.c3(at(17), x, 64, 80, 1, false);
    x = m.conv(at(18), x, 64, 40);
    x = m.add(at(19) + "/Concat", "Concat", {x, h4}, {1, 128, 40, 40});
    const int o4 = x = m.c3(at(20), x, 128, 40, 1, false);
    x = m.conv(at(21), x, 128, 20);
    x = m.add(at(22) + "/Concat", "Concat", {x, h5}, {1, 256, 20, 20});
    const int o5 = m.c3(at(23), x, 256, 20, 1, false);
    m.output(m.add(at(24) + "/m.0/Conv", "Conv", {o3}, {1, 255, 80, 80}));
    m.output(m.add(at(24) + "/m.1/Conv", "Conv", {o4}, {1, 255, 40, 40}));
    m.output(m.add(at(24) + "/m.2/Conv", "Conv", {o5}, {1, 255, 20, 20}));
    return m.take();
}

/// A chain with a skip every four layers and no blocks.
inline jobs::NetworkSnapshot chain(int count) {
    NetworkMaker m;
    m.m_network.name = "chain";
    int x = m.add("data", "Input", {}, {1, 3, 224, 224}), skip = x;
    for (int i = 1; i < count; ++i) {
        if (i % 4 == 0) {
            x = m.add("add" + std::to_string(i), "Add", {x, skip}, {1, 64, 56, 56});
            skip = x;
        } else {
            x = m.add("conv" + std::to_string(i), i % 2 ? "Conv" : "Relu", {x}, {1, 64, 56, 56});
        }
    }
    m.output(x);
    return m.take();
}

/// Small deterministic noise in 0…1.
inline double noise(uint32_t i) {
    i = (i ^ 61U) ^ (i >> 16U);
    i *= 9U;
    i ^= i >> 4U;
    i *= 0x27d4eb2dU;
    i ^= i >> 15U;
    return (i % 10007U) / 10006.0;
}

/// `level` in nines: about 1.7 is INT8, 2.6 a good mixture.
inline QVector<jobs::LayerSample> samples(const jobs::NetworkSnapshot& network, jobs::Variant variant,
                                          double level, int exactUpTo = 0) {
    QVector<jobs::LayerSample> list;
    const int count = static_cast<int>(network.layers.size());
    for (int i = 0; i < count; ++i) {
        jobs::LayerSample s;
        s.index = i;
        s.name = network.layers[i].name;
        s.variant = variant;
        s.compared = i % 37 != 33 && !network.layers[i].isInput;
        if (!s.compared) {
            s.reason = network.layers[i].isInput ? "network input" : "folded into the layer before";
            list.append(s);
            continue;
        }
        double nines = level + 1.1 * std::exp(-i / 9.0) + 0.35 * std::sin(i * 0.17) * noise(i / 7) +
                       0.30 * (noise(i) - 0.5) + (i > count - 4 ? 1.2 : 0);
        if (i == count / 2)
            nines = level - 0.36;
        s.cosine = i < exactUpTo ? 1.0 : 1.0 - std::pow(10.0, -nines);
        s.cosineMin = s.cosine - 0.004;
        s.cosineMax = s.cosine;
        s.sqnrDb = 10 * nines + 6;
        s.euclid = s.cosine - 0.01;
        s.timeUs = 120 + 300 * noise(i + 5);
        list.append(s);
    }
    return list;
}

inline QVector<jobs::LayerPrecision> precisions(const jobs::NetworkSnapshot& network) {
    QVector<jobs::LayerPrecision> list;
    const int count = static_cast<int>(network.layers.size());
    for (int i = 0; i < count; ++i) {
        jobs::LayerPrecision p;
        p.index = i;
        p.name = network.layers[i].name;
        const bool wide = i < 13 || (i > 15 && i < 18) || i == count / 2 || i == count / 2 - 1 ||
                          i == 55 || i == 56 || i == 61 || i == count / 2 + 4;
        p.requested = wide ? "F16" : "auto";
        p.actual = i == count / 2 + 4 ? "INT8" : wide ? "F16" : "INT8";
        if (p.requested == "F16" && p.actual == "INT8") {
            p.reasonCode = "R05";
            p.reasonText = "a cast at the border would cost more than it saves";
        }
        p.threshold = 6.8117;
        p.min = -0.2785;
        p.max = 5.9891;
        p.scale = 6.8117 / 127;
        list.append(p);
    }
    return list;
}

} // namespace wb::test
