// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workbench/views.h"

#include "app/workbench/empty_state.h"
#include "widgets/document/stage_text.h"
#include "widgets/panels/panels.h"

#include <QtWidgets>

namespace wb::workbench {

using document::Document;
using jobs::Stage;
using jobs::Variant;

namespace {

/// Two pages: what to do first, then the view. The second is shown once `ready` says so.
QStackedWidget* withEmptyState(QWidget* view, EmptyState* empty) {
    auto* stack = new QStackedWidget;
    stack->addWidget(empty);
    stack->addWidget(view);
    stack->setFocusProxy(view);
    return stack;
}

} // namespace

Views::Views(Document* document, QWidget* parent)
    : QObject(parent), m_document(document), m_graph(new graph_view::GraphView), m_plot(new cosine_plot::CosinePlot) {
    m_graph->setObjectName(QStringLiteral("graphView"));
    m_plot->setObjectName(QStringLiteral("cosinePlot"));
    auto* noGraph = new EmptyState(QStringLiteral("graph-20"), [] {
        return std::pair(tr("The graph of the network appears here after Import."), tr("Import"));
    });
    auto* noPlot = new EmptyState(QStringLiteral("plot-20"), [] {
        return std::pair(tr("The cosine of every layer appears here while the quantised network is compared "
                            "with the reference."),
                         tr("Quantise INT8"));
    });
    auto* graphPage = withEmptyState(m_graph, noGraph);
    auto* plotPage = withEmptyState(m_plot, noPlot);
    m_graphPage = graphPage;
    m_plotPage = plotPage;
    connect(noGraph, &EmptyState::clicked, this, [this] { emit runRequested(Stage::Import); });
    connect(noPlot, &EmptyState::clicked, this, [this] { emit runRequested(Stage::Quantise); });
    connect(document, &Document::networkChanged, this, [graphPage, plotPage, document] {
        const int page = document->network().layers.empty() ? 0 : 1;
        graphPage->setCurrentIndex(page);
        plotPage->setCurrentIndex(page);
    });
    connect(document, &Document::opened, this, [graphPage, plotPage] {
        graphPage->setCurrentIndex(0);
        plotPage->setCurrentIndex(0);
    });

    m_table = new panels::LayerTablePanel(document);
    m_compare = new panels::ComparePanel(document);
    m_inspector = new panels::InspectorPanel(document);
    m_search = new panels::SearchPanel(document);
    makeTimeline();
    connect(m_table, &panels::LayerTablePanel::notHonouredChanged, this, &Views::notHonouredChanged);
    connect(m_table, &panels::LayerTablePanel::graphRequested, this, [this] { emit showRequested(QStringLiteral("graph")); });
    connect(m_table, &panels::LayerTablePanel::tensorRequested, this, [this] { emit showRequested(QStringLiteral("tensor")); });

    // Values in.
    connect(document, &Document::opened, this, [this] {
        showNetwork();
        showGoals();
    });
    connect(document, &Document::networkChanged, this, &Views::showNetwork);
    connect(document, &Document::samplesChanged, this, [this](Variant variant, bool isolated) {
        m_plot->setSeries(variant, isolated, m_document->samples(variant, isolated));
        if (variant == Variant::Mixed) m_plot->setGhost(m_document->previousMixed());
        if (!isolated) m_graph->setSamples(m_document->samples(shownVariant(), false));
    });
    connect(document, &Document::precisionsChanged, this, &Views::showPrecisions);
    connect(document, &Document::deployChanged, this, [this] { m_graph->setCycles(m_document->layerCycles()); });
    connect(document, &Document::projectChanged, this, [this] {
        showGoals();
        showMarks();
    });
    connect(document->selection(), &document::LayerSelection::changed, this, &Views::showSelection);
    connect(document, &Document::jobProgress, this, [this](int, double fraction) {
        bool comparing = false;
        for (Stage stage : {Stage::Reference, Stage::Quantise, Stage::Mixed})
            comparing = comparing || m_document->stage(stage).state == document::StageState::Running;
        m_plot->setRunning(comparing ? fraction : -1);
    });
    connect(document, &Document::jobFinished, this, [this] { m_plot->setRunning(-1); });

    // Selection and edits out.
    connect(m_graph, &graph_view::GraphView::selectionChanged, this,
            [this](const QVector<int>& layers) { m_document->selection()->set(layers, m_graph); });
    connect(m_plot, &cosine_plot::CosinePlot::selectionChanged, this,
            [this](const QVector<int>& layers) { m_document->selection()->set(layers, m_plot); });
    connect(m_graph, &graph_view::GraphView::precisionRequested, this,
            [this](const QVector<int>& layers, const QString& precision) {
                m_document->setPrecision(names(layers), precision == u"auto" ? QString() : precision);
            });
    connect(m_graph, &graph_view::GraphView::lockRequested, this, [this](const QVector<int>& layers) {
        const QStringList list = names(layers);
        const auto locked = [this](const QString& name) {
            const auto it = m_document->project().layers.find(name.toStdString());
            return it != m_document->project().layers.end() && it->second.locked;
        };
        m_document->setLocked(list, !std::all_of(list.cbegin(), list.cend(), locked));
    });
    connect(m_graph, &graph_view::GraphView::useAsOutputRequested, this, [this](const QStringList& layers) {
        m_document->edit(tr("Use %n layers as outputs", nullptr, static_cast<int>(layers.size())),
                         [&](jobs::Project& project) {
                             project.model.outputNames.clear();
                             for (const QString& layer : layers) project.model.outputNames.push_back(layer.toStdString());
                         });
    });
    connect(m_graph, &graph_view::GraphView::showRequested, this, [this](int layer, const QString& view) {
        m_document->selection()->set({layer}, nullptr);
        emit showRequested(view);
    });
    connect(m_plot, &cosine_plot::CosinePlot::pictureRequested, this, &Views::showPicture);
    connect(m_inspector, &panels::InspectorPanel::pictureRequested, this, &Views::showPicture);
    connect(m_plot, &cosine_plot::CosinePlot::layerActivated, this, [this](int layer) {
        m_document->selection()->set({layer}, nullptr);
        emit showRequested(QStringLiteral("graph"));
    });
    connect(m_plot, &cosine_plot::CosinePlot::goalsEdited, this,
            [this](std::optional<double> output, std::optional<double> layer) {
                m_document->edit(tr("Change goal"), [&](jobs::Project& project) {
                    const auto set = [&project](const char* key, std::optional<double> value) {
                        if (value) project.goals[key] = *value;
                        else project.goals.erase(key);
                    };
                    set("output", output);
                    set("layer", layer);
                }, QStringLiteral("goals"));
            });
}

void Views::showPicture(int picture) {
    const auto& pictures = m_document->project().testImages;
    if (picture < 0 || picture >= static_cast<int>(pictures.size())) return;
    m_compare->setPicture(QString::fromStdString(pictures[static_cast<size_t>(picture)]));
    emit showRequested(QStringLiteral("compare"));
}

void Views::makeTimeline() {
    m_timeline = new panels::TimelinePanel(m_document);
    auto* none = new EmptyState(QStringLiteral("timeline-20"), [] {
        return std::pair(tr("The commands of both engines and the local memory of the chip appear here over time, once the "
                            "network is compiled."),
                         document::stageName(Stage::Deploy).replace(u'&', QStringLiteral("&&")));
    });
    auto* page = withEmptyState(m_timeline, none);
    m_timelinePage = page;
    connect(none, &EmptyState::clicked, this, [this] { emit runRequested(Stage::Deploy); });
    connect(m_timeline, &panels::TimelinePanel::availableChanged, page, [page](bool available) { page->setCurrentIndex(available ? 1 : 0); });
    // Unseen pages ask for nothing: that there is something to show is known before.
    const auto look = [page, this] { page->setCurrentIndex(m_timeline->hasFile() ? 1 : 0); };
    connect(m_document, &Document::deployChanged, page, look);
    connect(m_document, &Document::opened, page, look);
    connect(m_timeline, &panels::TimelinePanel::layerRequested, this, [this] { emit showRequested(QStringLiteral("graph")); });
}

QStringList Views::names(const QVector<int>& layers) const {
    QStringList list;
    const auto& all = m_document->network().layers;
    for (int layer : layers)
        if (layer >= 0 && layer < static_cast<int>(all.size())) list << QString::fromStdString(all[static_cast<size_t>(layer)].name);
    return list;
}

Variant Views::shownVariant() const {
    return m_document->samples(Variant::Mixed, false).isEmpty() ? Variant::Int8 : Variant::Mixed;
}

void Views::showNetwork() {
    m_graph->setNetwork(m_document->network());
    m_plot->setNetwork(m_document->network());
    for (Variant variant : {Variant::Source, Variant::Fp32, Variant::Int8, Variant::Mixed})
        for (bool isolated : {false, true})
            m_plot->setSeries(variant, isolated, m_document->samples(variant, isolated));
    m_plot->setGhost(m_document->previousMixed());
    m_graph->setSamples(m_document->samples(shownVariant(), false));
    m_graph->setCycles(m_document->layerCycles());
    const auto& model = m_document->network();
    m_plot->setExportInfo({m_document->displayName(), QString::fromStdString(model.name),
                           QString::fromStdString(m_document->project().target.chip).toUpper(),
                           QDate::currentDate().toString(Qt::ISODate)});
    showPrecisions();
    showSelection(nullptr);
}

void Views::showPrecisions() {
    const auto& mixed = m_document->precisions(Variant::Mixed);
    const auto& shown = mixed.isEmpty() ? m_document->precisions(Variant::Int8) : mixed;
    m_graph->setPrecisions(shown);
    m_plot->setPrecisions(shown);
    showMarks();
}

void Views::showMarks() {
    QSet<int> locked, edited;
    const auto& applied = m_document->precisions(Variant::Mixed);
    const auto requested = [&](int layer) {
        if (layer >= applied.size()) return std::string("auto");
        const std::string& word = applied[layer].requested;
        return word.empty() ? std::string("auto") : word;
    };
    const auto& choices = m_document->project().layers;
    for (const jobs::LayerInfo& layer : m_document->network().layers) {
        const auto it = choices.find(layer.name);
        if (it != choices.end() && it->second.locked) locked.insert(layer.index);
        const std::string wish = it == choices.end() || it->second.precision.empty() ? "auto" : it->second.precision;
        if (wish != requested(layer.index)) edited.insert(layer.index);
    }
    m_graph->setMarks(locked, edited);
}

void Views::showSelection(QObject* origin) {
    const QVector<int>& layers = m_document->selection()->layers();
    if (origin != m_graph) m_graph->setSelection(layers, true);
    if (origin != m_plot) m_plot->setSelection(layers, true);
}

void Views::showGoals() {
    const auto& goals = m_document->project().goals;
    const auto goal = [&goals](const char* key) {
        const auto it = goals.find(key);
        return it == goals.end() ? std::optional<double>() : std::optional<double>(it->second);
    };
    m_plot->setGoals(goal("output"), goal("layer"));
}

int Views::worstLayer(Variant variant) const {
    int worst = -1;
    const auto& samples = m_document->samples(variant, false);
    for (int i = 0; i < samples.size(); ++i)
        if (samples[i].compared && (worst < 0 || samples[i].cosine < samples[worst].cosine)) worst = i;
    return worst;
}

QImage Views::thumbnail(const QSize& size) const {
    if (m_document->network().layers.empty()) return {};
    return graph_view::renderThumbnail(m_document->network(), m_document->samples(shownVariant(), false), size, 2);
}

bool Views::hasStageForm(Stage stage) const {
    return stage == Stage::Preprocess || stage == Stage::Calibrate || stage == Stage::Quantise ||
           stage == Stage::Deploy;
}

QWidget* Views::stageForm(Stage stage) {
    if (!hasStageForm(stage)) return nullptr;
    QPointer<QWidget>& form = m_forms[static_cast<size_t>(stage)];
    if (form) return form;
    if (stage == Stage::Preprocess) form = new panels::PreprocessPanel(m_document);
    else if (stage == Stage::Calibrate) form = new panels::CalibrationPanel(m_document);
    else if (stage == Stage::Quantise) form = new panels::TargetPanel(m_document);
    else form = makeDeployPanel();
    return form;
}

QWidget* Views::makeDeployPanel() {
    auto* panel = new panels::DeployPanel(m_document);
    connect(panel, &panels::DeployPanel::runRequested, this, [this] { emit runRequested(Stage::Deploy); });
    connect(panel, &panels::DeployPanel::layerRequested, this, [this](int layer) {
        m_document->selection()->set({layer}, nullptr);
        emit showRequested(QStringLiteral("graph"));
    });
    connect(panel, &panels::DeployPanel::compareRequested, this, [this] { emit showRequested(QStringLiteral("compare")); });
    connect(panel, &panels::DeployPanel::timelineRequested, this, [this] { emit showRequested(QStringLiteral("timeline")); });
    return panel;
}

QWidget* Views::table() const { return m_table; }
QWidget* Views::compare() const { return m_compare; }
QWidget* Views::inspector() const { return m_inspector; }
QWidget* Views::search() const { return m_search; }

QByteArray Views::tableColumns() const { return m_table->saveState(); }
void Views::setTableColumns(const QByteArray& state) { m_table->restoreState(state); }

void Views::applyTable() { emit runRequested(Stage::Mixed); }
void Views::importPrecisionTable(const QString& file) { m_table->importPrecisionTable(file); }
void Views::exportPrecisionTable() { m_table->exportPrecisionTable(); }
void Views::startSearch() { m_search->start(); }

} // namespace wb::workbench
