// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/inspector/tensor_tab.h"

#include "compiler/jobs/json_fields.h"
#include "visualizer/histogram_plot/histogram_plot.h"
#include "widgets/document/stage_text.h"
#include "widgets/models/layer_facts.h"

#include <QLabel>
#include <QStackedLayout>
#include <QTabBar>
#include <QVBoxLayout>
#include <nlohmann/json.hpp>

namespace wb::panels {

using jobs::Variant;

namespace {

histogram_plot::PairCounts pairsIn(const nlohmann::json& entry) {
    histogram_plot::PairCounts pairs;
    const auto it = entry.find("pairs");
    if (it == entry.end() || !it->is_object()) return pairs;
    std::vector<qint64> counts, differences;
    jobs::readField(*it, "size", pairs.size);
    jobs::readField(*it, "low", pairs.low);
    jobs::readField(*it, "high", pairs.high);
    jobs::readField(*it, "counts", counts);
    if (const auto d = it->find("differences"); d != it->end()) {
        jobs::readField(*d, "most", pairs.most);
        jobs::readField(*d, "counts", differences);
    }
    pairs.counts = QVector<qint64>(counts.begin(), counts.end());
    pairs.differences = QVector<qint64>(differences.begin(), differences.end());
    return pairs;
}

QTabBar* segmented(const char* name, int tabs) {
    auto* bar = new QTabBar;
    bar->setObjectName(QLatin1String(name));
    bar->setProperty("wbSegmented", true);
    bar->setExpanding(false);
    bar->setDrawBase(false);
    for (int i = 0; i < tabs; ++i) bar->addTab({});
    return bar;
}

} // namespace

TensorTab::TensorTab(document::Document* document, QWidget* parent)
    : QWidget(parent), m_document(document), m_text(new QLabel), m_plot(new histogram_plot::HistogramPlot),
      m_pairs(new histogram_plot::PairPlot), m_variant(segmented("tensorVariant", 2)), m_kind(segmented("tensorKind", 3)) {
    setObjectName(QStringLiteral("tensorTab"));
    m_text->setObjectName(QStringLiteral("tensorText"));
    m_text->setAlignment(Qt::AlignCenter);
    m_text->setWordWrap(true);
    m_text->setMargin(24);
    m_text->setForegroundRole(QPalette::PlaceholderText);
    // A threshold belongs to the calibration table; it is not edited one layer at a time yet.
    m_plot->setThresholdEditable(false);
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(12, 8, 12, 12);
    layout->setSpacing(8);
    layout->addWidget(m_variant, 0, Qt::AlignLeft);
    layout->addWidget(m_kind, 0, Qt::AlignLeft);
    layout->addWidget(m_pairs);
    layout->addWidget(m_plot);
    layout->addStretch();
    m_stack = new QStackedLayout(this);
    m_stack->addWidget(m_text);
    m_stack->addWidget(page);
    connect(m_variant, &QTabBar::currentChanged, this, &TensorTab::showStatistics);
    connect(m_kind, &QTabBar::currentChanged, this, &TensorTab::showStatistics);
}

void TensorTab::retranslate() {
    m_variant->setTabText(0, tr("FP32 and INT8"));
    m_variant->setTabText(1, tr("FP32 and mixed"));
    m_variant->setAccessibleName(tr("Which values are compared"));
    m_kind->setTabText(0, tr("Histogram"));
    m_kind->setTabText(1, tr("Pairs"));
    m_kind->setTabText(2, tr("Differences"));
    m_kind->setAccessibleName(tr("How the values are shown"));
    if (m_list.isEmpty()) refresh();
}

void TensorTab::say(const QString& text) {
    m_text->setText(text);
    m_stack->setCurrentIndex(0);
}

void TensorTab::setLayer(int layer) {
    if (layer == m_layer) return;
    m_layer = layer;
    refresh();
}

void TensorTab::setActive(bool active) {
    m_active = active;
    if (active && !m_asked) refresh();
}

void TensorTab::refresh() {
    m_asked = false;
    m_list.clear();
    m_counts.clear();
    const models::LayerFacts facts(m_document);
    if (m_layer < 0 || m_layer >= facts.count()) return say(tr("Select one layer to see its values."));
    if (m_document->stage(jobs::Stage::Reference).state == document::StageState::NotRun)
        return say(tr("The values appear after the stage Reference FP32. Press F5 to run the stages."));
    say(tr("Reading the values…"));
    if (m_active) ask();
}

void TensorTab::ask() {
    m_asked = true;
    const models::LayerFacts facts(m_document);
    const nlohmann::json request{
        {"project", nlohmann::json::parse(jobs::toJsonText(m_document->project()), nullptr, false)},
        {"file", m_document->resultsBase().toStdString()},
        {"layer", facts.layer(m_layer).name},
        {"variants", {"fp32", "int8", "mixed"}},
        {"bins", 512}};
    const int layer = m_layer;
    m_document->request(
        QStringLiteral("tensor-statistics"), request, this,
        [this, layer](Result<nlohmann::json> answer) {
            if (layer != m_layer) return;
            if (!answer) {
                if (!isCancelled(answer.error())) say(document::errorText(answer.error()));
                return;
            }
            try {
                m_list.clear();
                m_counts.clear();
                for (const auto& entry : *answer) {
                    m_list << entry.get<jobs::TensorStatistics>();
                    m_counts << pairsIn(entry);
                }
            } catch (const nlohmann::json::exception&) {
                m_list.clear();
            }
            if (m_list.isEmpty()) return say(tr("There are no values of this layer."));
            showStatistics();
        },
        QStringLiteral("tensor"));
}

void TensorTab::showStatistics() {
    const auto find = [this](Variant variant) -> std::optional<jobs::TensorStatistics> {
        for (const auto& s : m_list)
            if (s.variant == variant) return s;
        return {};
    };
    const auto mixed = find(Variant::Mixed);
    m_variant->setTabEnabled(1, mixed.has_value());
    m_variant->setVisible(mixed.has_value());
    const bool showMixed = mixed && m_variant->currentIndex() == 1;
    const models::LayerFacts facts(m_document);
    if (m_layer < 0 || m_layer >= facts.count() || m_list.isEmpty()) return;
    const auto* precision = facts.precision(m_layer, showMixed ? Variant::Mixed : Variant::Int8);
    QString name = QStringLiteral("INT8");
    if (precision && !precision->actual.empty()) name = QString::fromStdString(precision->actual);
    m_plot->setQuantisedName(name);
    m_plot->setStatistics(find(Variant::Fp32), showMixed ? mixed : find(Variant::Int8));
    const bool isInt8 = name == u"INT8";
    m_plot->setThreshold(isInt8 ? facts.number(m_layer, models::Quantity::Threshold) : std::nullopt,
                         isInt8 ? facts.number(m_layer, models::Quantity::Scale) : std::nullopt);
    const Variant shown = showMixed ? Variant::Mixed : Variant::Int8;
    histogram_plot::PairCounts pairs;
    for (qsizetype i = 0; i < qMin(m_list.size(), m_counts.size()); ++i)
        if (m_list[i].variant == shown) pairs = m_counts[i];
    m_kind->setVisible(!pairs.isEmpty());
    const bool paired = !pairs.isEmpty() && m_kind->currentIndex() > 0;
    m_pairs->setNames(QStringLiteral("FP32"), name);
    m_pairs->setCounts(pairs);
    m_pairs->setShows(m_kind->currentIndex() == 2 ? histogram_plot::PairPlot::Shows::Differences : histogram_plot::PairPlot::Shows::Pairs);
    m_pairs->setVisible(paired);
    m_plot->setVisible(!paired);
    m_stack->setCurrentIndex(1);
}

} // namespace wb::panels
