// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/layer_facts.h"

#include "visualizer/common/layer_text.h"

namespace wb::models {

using jobs::Variant;
using visualizer::fromStd;

namespace {

const jobs::LayerChoice kNoChoice;

bool isFloat(const QString& precision) {
    return precision == u"F16" || precision == u"BF16" || precision == u"F32";
}

QString wish(const std::string& precision) {
    return precision.empty() ? QStringLiteral("auto") : fromStd(precision);
}

QVector<int> reach(const jobs::NetworkSnapshot& network, int layer, bool up) {
    const int count = static_cast<int>(network.layers.size());
    if (layer < 0 || layer >= count) return {};
    std::vector<bool> seen(static_cast<size_t>(count));
    std::vector<int> open{layer};
    seen[static_cast<size_t>(layer)] = true;
    while (!open.empty()) {
        const int at = open.back();
        open.pop_back();
        const jobs::LayerInfo& info = network.layers[static_cast<size_t>(at)];
        for (int next : up ? info.inputs : info.outputs)
            if (next >= 0 && next < count && !seen[static_cast<size_t>(next)]) {
                seen[static_cast<size_t>(next)] = true;
                open.push_back(next);
            }
    }
    QVector<int> list;
    for (int i = 0; i < count; ++i)
        if (seen[static_cast<size_t>(i)]) list << i;
    return list;
}

} // namespace

int LayerFacts::count() const { return static_cast<int>(m_document->network().layers.size()); }
const jobs::LayerInfo& LayerFacts::layer(int index) const {
    return m_document->network().layers[static_cast<size_t>(index)];
}
QString LayerFacts::name(int index) const { return fromStd(layer(index).name); }
QString LayerFacts::type(int index) const { return fromStd(layer(index).type); }
QString LayerFacts::block(int index) const { return fromStd(layer(index).block); }

jobs::LayerChoice LayerFacts::choice(int index) const {
    const auto& layers = m_document->project().layers;
    const auto it = layers.find(layer(index).name);
    return it == layers.end() ? kNoChoice : it->second;
}

QString LayerFacts::requested(int index) const {
    const auto& layers = m_document->project().layers;
    const auto it = layers.find(layer(index).name);
    return it == layers.end() ? QStringLiteral("auto") : wish(it->second.precision);
}

QString LayerFacts::note(int index) const { return fromStd(choice(index).note); }

const jobs::LayerPrecision* LayerFacts::precision(int index, Variant variant) const {
    const auto& list = m_document->precisions(variant);
    return index >= 0 && index < list.size() ? &list[index] : nullptr;
}

const jobs::LayerPrecision* LayerFacts::precision(int index) const {
    if (const auto* mixed = precision(index, Variant::Mixed)) return mixed;
    return precision(index, Variant::Int8);
}

QString LayerFacts::actual(int index) const {
    const auto* p = precision(index);
    return p ? fromStd(p->actual) : QString();
}

bool LayerFacts::isPending(int index) const {
    const auto* mixed = precision(index, Variant::Mixed);
    return mixed ? wish(mixed->requested) != requested(index) : requested(index) != u"auto";
}

bool LayerFacts::isEdited(int index) const { return choice(index) != kNoChoice; }

bool LayerFacts::isNotHonoured(int index) const {
    const auto* p = precision(index, Variant::Mixed);
    if (!p || p->requested.empty() || p->requested == "auto" || p->requested == p->actual) return false;
    return !isPending(index);
}

QString LayerFacts::reasonCode(int index) const {
    const auto* p = precision(index);
    return p ? fromStd(p->reasonCode) : QString();
}

QString LayerFacts::reason(int index) const {
    const QString code = reasonCode(index);
    if (code.isEmpty()) return {};
    QString text = code + QLatin1Char(' ') + reasonName(code);
    // R01 names the layer that holds this one.
    const QString detail = fromStd(precision(index)->reasonText);
    const qsizetype slash = detail.lastIndexOf(QLatin1Char(' '));
    if (code == u"R01" && detail.startsWith(u"computed inside "))
        text += QLatin1String(": ") + detail.mid(slash + 1);
    return text;
}

const jobs::LayerSample* LayerFacts::sample(int index, Variant variant, bool isolated) const {
    const auto& list = m_document->samples(variant, isolated);
    return index >= 0 && index < list.size() ? &list[index] : nullptr;
}

std::optional<double> LayerFacts::cosine(int index, Variant variant, bool isolated) const {
    const auto* s = sample(index, variant, isolated);
    if (!s || !s->compared) return {};
    return s->cosine;
}

std::optional<double> LayerFacts::number(int index, Quantity quantity) const {
    const auto* p = precision(index);
    const auto* int8 = precision(index, Variant::Int8);
    if (!int8) int8 = p;
    switch (quantity) {
    case Quantity::CosInt8: return cosine(index, Variant::Int8);
    case Quantity::CosMixed: return cosine(index, Variant::Mixed);
    case Quantity::Delta: {
        const auto a = cosine(index, Variant::Int8), b = cosine(index, Variant::Mixed);
        if (!a || !b) return {};
        return *b - *a;
    }
    case Quantity::Isolated: return cosine(index, Variant::Int8, true);
    case Quantity::Sqnr: {
        const auto* s = sample(index, Variant::Int8);
        if (!s || !s->compared) return {};
        return s->sqnrDb;
    }
    case Quantity::Threshold: return int8 ? int8->threshold : std::nullopt;
    case Quantity::Min: return int8 ? int8->min : std::nullopt;
    case Quantity::Max: return int8 ? int8->max : std::nullopt;
    case Quantity::Scale: return int8 ? int8->scale : std::nullopt;
    case Quantity::ZeroPoint:
        if (!int8 || !int8->zeroPoint) return {};
        return static_cast<double>(*int8->zeroPoint);
    case Quantity::Macs: return static_cast<double>(layer(index).macs);
    case Quantity::Parameters: return static_cast<double>(layer(index).parameters);
    case Quantity::Time:
        for (Variant v : {Variant::Mixed, Variant::Int8, Variant::Fp32})
            if (const auto* s = sample(index, v); s && s->timeUs > 0) return s->timeUs;
        return {};
    case Quantity::Cycles: {
        const auto& cycles = m_document->layerCycles();
        if (index >= cycles.size() || cycles[index] < 0) return {};
        return static_cast<double>(cycles[index]);
    }
    }
    return {};
}

int LayerFacts::rank(int index, Variant variant) const {
    const auto own = cosine(index, variant);
    if (!own) return 0;
    int worse = 0;
    for (const auto& s : m_document->samples(variant, false)) worse += s.compared && s.cosine < *own ? 1 : 0;
    return worse + 1;
}

int LayerFacts::compared(Variant variant) const {
    int n = 0;
    for (const auto& s : m_document->samples(variant, false)) n += s.compared ? 1 : 0;
    return n;
}

QString reasonName(const QString& code) {
    if (code == u"R01") return LayerFacts::tr("fused into another layer");
    if (code == u"R02") return LayerFacts::tr("the chip has no such precision");
    if (code == u"R03") return LayerFacts::tr("the operator does not exist in this precision");
    if (code == u"R04") return LayerFacts::tr("follows its input");
    if (code == u"R05") return LayerFacts::tr("casts at the border would cost more than it saves");
    if (code == u"R06") return LayerFacts::tr("locked by the model");
    if (code == u"R07") return LayerFacts::tr("no layer has this name");
    if (code == u"R08") return LayerFacts::tr("an output made of several");
    return code;
}

QString chipName(const std::string& chip) { return fromStd(chip).toUpper(); }

QString unavailableReason(const QString& chip, const QString& precision) {
    const QString name = chip.toUpper();
    if (name == u"BM1684" && (precision == u"F16" || precision == u"BF16"))
        return LayerFacts::tr("%1 has no %2. Use F32 or choose BM1684X.").arg(name, precision);
    if (name.startsWith(u"CV18") && (precision == u"F16" || precision == u"F32"))
        return LayerFacts::tr("%1 has no %2. Use BF16 or choose BM1684X.").arg(name, precision);
    return {};
}

Estimate estimate(const LayerFacts& facts) {
    Estimate e;
    double macs = 0, floatMacs = 0;
    bool first = true;
    for (int i = 0; i < facts.count(); ++i) {
        const jobs::LayerInfo& layer = facts.layer(i);
        const bool pending = facts.isPending(i);
        e.changed += pending ? 1 : 0;
        const QString wished = facts.requested(i);
        // What was not edited stays as the last run made it; what was will be as wished.
        QString precision = pending || facts.actual(i).isEmpty() ? wished : facts.actual(i);
        if (precision == u"auto") precision = QStringLiteral("INT8");
        const bool inFloat = isFloat(precision) && !layer.isInput && !(layer.followsInput && wished == u"auto");
        if (inFloat) {
            ++e.floats;
            if (first) e.floatType = precision;
            else if (e.floatType != precision) e.floatType.clear();
            first = false;
        }
        macs += static_cast<double>(layer.macs);
        floatMacs += inFloat ? static_cast<double>(layer.macs) : 0;
        const int bytes = !isFloat(precision) ? 1 : precision == u"F32" ? 4 : 2;
        e.weightBytes += static_cast<double>(layer.parameters) * bytes;
    }
    e.floatMacShare = macs > 0 ? floatMacs / macs : 0;
    return e;
}

QString estimateText(const Estimate& e) {
    const QString type = e.floatType.isEmpty() ? LayerFacts::tr("float") : e.floatType;
    QStringList parts;
    parts << LayerFacts::tr("%n layers %1", nullptr, e.floats).arg(type);
    parts << LayerFacts::tr("float MACs %1 %").arg(e.floatMacShare * 100, 0, 'f', 1);
    const bool mega = e.weightBytes >= 1e6;
    parts << (mega ? LayerFacts::tr("weights about %1 MB").arg(e.weightBytes / 1e6, 0, 'f', 2)
                   : LayerFacts::tr("weights about %1 kB").arg(e.weightBytes / 1e3, 0, 'f', 1));
    return parts.join(QStringLiteral(" · "));
}

QVector<int> upstream(const jobs::NetworkSnapshot& network, int layer) { return reach(network, layer, true); }
QVector<int> downstream(const jobs::NetworkSnapshot& network, int layer) { return reach(network, layer, false); }

QVector<int> pathBetween(const jobs::NetworkSnapshot& network, int a, int b) {
    const QVector<int> below = downstream(network, a);
    if (!below.contains(b)) {
        if (!downstream(network, b).contains(a)) return {};
        return pathBetween(network, b, a);
    }
    const QVector<int> above = upstream(network, b);
    const QSet<int> other(above.begin(), above.end());
    QVector<int> list;
    for (int layer : below)
        if (other.contains(layer)) list << layer;
    return list;
}

} // namespace wb::models
