// SPDX-License-Identifier: GPL-3.0-or-later
// What the overview says of one layer and of several.
#include "visualizer/common/layer_text.h"
#include "widgets/panels/inspector/inspector_private.h"

#include <QLocale>

namespace wb::panels {

using jobs::Variant;
using models::Quantity;
using visualizer::fromStd;
using visualizer::numberText;

namespace {

QString dash() { return QStringLiteral("–"); }

QString amount(double value) {
    if (value >= 1e9) return QStringLiteral("%1 G").arg(value / 1e9, 0, 'f', 3);
    if (value >= 1e6) return QStringLiteral("%1 M").arg(value / 1e6, 0, 'f', 3);
    return QString::number(value, 'f', 0);
}

} // namespace

QString InspectorPanel::Private::links(const std::vector<int>& list) const {
    QStringList parts;
    for (int layer : list) {
        if (layer < 0 || layer >= facts->count()) continue;
        parts << QStringLiteral("<a href=\"layer:%1\" style=\"text-decoration:none\">%2</a>")
                     .arg(layer)
                     .arg(visualizer::plainName(facts->name(layer)).toHtmlEscaped());
    }
    return parts.isEmpty() ? dash() : parts.join(QStringLiteral("<br>"));
}

QVector<FactList::Fact> InspectorPanel::Private::factsOfOne(int layer) const {
    using P = InspectorPanel;
    QVector<FactList::Fact> list;
    const jobs::LayerInfo& info = facts->layer(layer);
    const auto number = [&](Quantity quantity, int digits) {
        const auto value = facts->number(layer, quantity);
        return value ? numberText(*value, digits) : dash();
    };

    const QString actual = facts->actual(layer);
    list << FactList::Fact{P::tr("Actual"), actual.isEmpty() ? dash() : actual};
    if (const QString reason = facts->reason(layer); !reason.isEmpty())
        list << FactList::Fact{P::tr("Reason"), reason.toHtmlEscaped(), false,
                               fromStd(facts->precision(layer)->reasonText)};
    if (facts->isPending(layer))
        list << FactList::Fact{P::tr("State"), P::tr("edited, not applied yet"), false};

    list << FactList::Fact{P::tr("Similarity"), {}, true, {}, true};
    list << FactList::Fact{P::tr("Isolated"), number(Quantity::Isolated, 6), true,
                           P::tr("Cosine of the INT8 layer fed with FP32 inputs: its own error alone")};
    const auto* int8 = facts->sample(layer, Variant::Int8);
    const auto* mixed = facts->sample(layer, Variant::Mixed);
    const auto pair = [&](auto member, int digits) {
        const auto text = [&](const jobs::LayerSample* s) { return s && s->compared ? numberText(s->*member, digits) : dash(); };
        return text(int8) + QStringLiteral(" → ") + text(mixed);
    };
    QString worst = pair(&jobs::LayerSample::cosineMin, 6);
    const auto* latest = mixed && mixed->compared ? mixed : int8;
    if (latest && latest->compared && latest->cosineMin < latest->cosineMax)
        worst = QStringLiteral("<a href=\"picture:%1\" style=\"text-decoration:none\">%2</a>").arg(latest->worstImage).arg(worst);
    list << FactList::Fact{P::tr("Worst picture"), worst, true,
                           P::tr("Lowest cosine over the pictures: INT8 → mixed")};
    list << FactList::Fact{P::tr("SQNR"), pair(&jobs::LayerSample::sqnrDb, 1) + QStringLiteral(" dB"), true,
                           P::tr("Signal to quantisation noise: INT8 → mixed")};
    list << FactList::Fact{P::tr("Euclidean"), pair(&jobs::LayerSample::euclid, 6), true,
                           P::tr("Euclidean similarity: INT8 → mixed")};

    list << FactList::Fact{P::tr("Quantisation"), {}, true, {}, true};
    list << FactList::Fact{P::tr("Threshold"), number(Quantity::Threshold, 6)};
    const auto low = facts->number(layer, Quantity::Min), high = facts->number(layer, Quantity::Max);
    list << FactList::Fact{P::tr("Range"), low && high ? numberText(*low, 4) + QStringLiteral(" – ") + numberText(*high, 4) : dash()};
    list << FactList::Fact{P::tr("Scale"), number(Quantity::Scale, 7)};
    if (const auto zero = facts->number(layer, Quantity::ZeroPoint); zero && *zero != 0)
        list << FactList::Fact{P::tr("Zero point"), numberText(*zero, 0)};

    list << FactList::Fact{P::tr("Layer"), {}, true, {}, true};
    if (!info.block.empty()) list << FactList::Fact{P::tr("Block"), fromStd(info.block).toHtmlEscaped()};
    list << FactList::Fact{P::tr("Inputs"), links(info.inputs)};
    list << FactList::Fact{P::tr("Read by"), info.isOutput && info.outputs.empty() ? P::tr("output of the network") : links(info.outputs)};
    if (info.macs > 0) list << FactList::Fact{P::tr("MACs"), amount(static_cast<double>(info.macs))};
    if (info.parameters > 0) list << FactList::Fact{P::tr("Weights"), amount(static_cast<double>(info.parameters))};
    if (const auto time = facts->number(layer, Quantity::Time))
        list << FactList::Fact{P::tr("Time here"), P::tr("%1 ms").arg(numberText(*time / 1000, 2)), true,
                               P::tr("Run time of this layer on this computer, not on the chip")};

    if (!info.attributes.empty()) list << FactList::Fact{P::tr("Attributes"), {}, true, {}, true};
    for (const auto& [name, value] : info.attributes) {
        const QString text = fromStd(value);
        list << FactList::Fact{fromStd(name), (text.size() > 200 ? text.left(200) + QStringLiteral("…") : text).toHtmlEscaped()};
    }
    return list;
}

QVector<FactList::Fact> InspectorPanel::Private::factsOfSeveral() const {
    using P = InspectorPanel;
    QVector<FactList::Fact> list;
    const auto range = [&](Quantity quantity, int digits) {
        std::optional<double> low, high;
        for (int layer : layers)
            if (const auto v = facts->number(layer, quantity)) {
                low = low ? std::min(*low, *v) : *v;
                high = high ? std::max(*high, *v) : *v;
            }
        if (!low) return dash();
        return *low == *high ? numberText(*low, digits) : numberText(*low, digits) + QStringLiteral(" – ") + numberText(*high, digits);
    };
    const auto sum = [&](Quantity quantity) {
        double total = 0;
        for (int layer : layers) total += facts->number(layer, quantity).value_or(0);
        return total;
    };
    const auto common = [&](auto text) {
        const QString first = text(layers[0]);
        const bool same = std::all_of(layers.begin(), layers.end(), [&](int layer) { return text(layer) == first; });
        return !same ? P::tr("several") : first.isEmpty() ? dash() : first.toHtmlEscaped();
    };
    list << FactList::Fact{P::tr("Actual"), common([&](int i) { return facts->actual(i); })};
    list << FactList::Fact{P::tr("Reason"), common([&](int i) { return facts->reason(i); }), false};
    list << FactList::Fact{P::tr("Type"), common([&](int i) { return facts->type(i); }), false};
    list << FactList::Fact{P::tr("Block"), common([&](int i) { return facts->block(i); })};
    list << FactList::Fact{P::tr("Shape"), common([&](int i) { return visualizer::shapeText(facts->layer(i).shape); })};
    list << FactList::Fact{P::tr("Similarity"), {}, true, {}, true};
    list << FactList::Fact{P::tr("INT8"), range(Quantity::CosInt8, 6)};
    list << FactList::Fact{P::tr("Mixed"), range(Quantity::CosMixed, 6)};
    list << FactList::Fact{P::tr("Isolated"), range(Quantity::Isolated, 6)};
    list << FactList::Fact{P::tr("Threshold"), range(Quantity::Threshold, 4)};
    list << FactList::Fact{P::tr("Together"), {}, true, {}, true};
    list << FactList::Fact{P::tr("MACs"), amount(sum(Quantity::Macs))};
    list << FactList::Fact{P::tr("Weights"), amount(sum(Quantity::Parameters))};
    return list;
}

} // namespace wb::panels
