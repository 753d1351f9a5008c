// SPDX-License-Identifier: GPL-3.0-or-later
// The steps of a run and the card with its result (rules D-1, D-2).
#include "visualizer/common/layer_text.h"
#include "widgets/document/stage_text.h"
#include "widgets/models/layer_facts.h"
#include "widgets/panels/deploy/deploy_private.h"

#include <QDir>
#include <QDoubleSpinBox>
#include <QFileInfo>
#include <QGridLayout>
#include <QLocale>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace wb::panels {

using document::StageState;
using theme::Mark;
using theme::Token;
using visualizer::numberText;
using Panel = DeployPanel;

namespace {

constexpr double kChipHz = 1e9; ///< the clock that cycles are given for
constexpr int kWorst = 3, kLongest = 5;

QString bytesText(uint64_t bytes) {
    const auto value = static_cast<double>(bytes);
    if (value >= 1 << 20) return QStringLiteral("%1 MiB").arg(value / (1 << 20), 0, 'f', 2);
    if (value >= 1 << 10) return QStringLiteral("%1 KiB").arg(value / (1 << 10), 0, 'f', 1);
    return QStringLiteral("%1 B").arg(bytes);
}

QString missing() { return Panel::tr("not available in this version"); }

QString link(int layer, const QString& name) {
    return QStringLiteral("<a href=\"layer:%1\" style=\"text-decoration:none\">%2</a>").arg(layer).arg(name.toHtmlEscaped());
}

} // namespace

// Steps --------------------------------------------------------------------------------------------

DeploySteps::DeploySteps(QWidget* parent) : QWidget(parent) {
    setFixedHeight(32);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

int DeploySteps::stepOf(const QString& word) {
    // The quantised network is compared first, the file after its run in the simulator ("verify" is both).
    static const QHash<QString, int> steps{
        {QStringLiteral("lower"), Quantise},     {QStringLiteral("check"), Quantise},   {QStringLiteral("compare"), Quantise},
        {QStringLiteral("compile"), Compile},    {QStringLiteral("codegen"), Compile},  {QStringLiteral("write"), Compile},
        {QStringLiteral("simulate"), Simulate},  {QStringLiteral("cycles"), Simulate},  {QStringLiteral("verify"), Simulate},
        {QStringLiteral("compare bmodel"), Compare}};
    return steps.value(word, -1);
}

void DeploySteps::setState(int at, Mark mark, double fraction) {
    m_at = at;
    m_mark = mark;
    m_fraction = fraction;
    update();
}

void DeploySteps::paintEvent(QPaintEvent*) {
    const QString names[Count] = {tr("Quantise"), tr("Compile"), tr("Simulate"), tr("Compare")};
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFontMetrics metrics(theme::font(theme::TextRole::Body));
    double x = 0;
    for (int i = 0; i < Count; ++i) {
        const Mark mark = i < m_at ? Mark::Done : i == m_at ? m_mark : Mark::NotRun;
        if (i > 0) {
            theme::hairline(&painter, QPointF(x + 4, height() / 2.0), QPointF(x + 28, height() / 2.0), theme::color(Token::Line));
            x += 32;
        }
        theme::paintMark(&painter, QRectF(x, height() / 2.0 - 8, 16, 16), mark, m_fraction, theme::color(Token::Base));
        x += 22;
        painter.setFont(theme::font(i == m_at ? theme::TextRole::BodyStrong : theme::TextRole::Body));
        painter.setPen(theme::color(mark == Mark::NotRun ? Token::Text3 : Token::Text));
        const int width = QFontMetrics(painter.font()).horizontalAdvance(names[i]);
        painter.drawText(QRectF(x, 0, width + 4, height()), Qt::AlignLeft | Qt::AlignVCenter, names[i]);
        x += width + 4;
    }
}

// Card ---------------------------------------------------------------------------------------------

void DeployCard::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    theme::fillRounded(&painter, QRectF(rect()), 6, theme::color(Token::Window), theme::color(Token::Line));
    const Token ink = m_verdict == Verdict::Passed ? Token::Done : m_verdict == Verdict::Failed ? Token::Stale : Token::Text3;
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme::color(ink));
    painter.setClipRect(QRect(0, 0, 4, height()));
    painter.drawRoundedRect(QRectF(rect()), 6, 6);
}

QWidget* Panel::Private::buildCard() {
    card = new DeployCard;
    card->setObjectName(QStringLiteral("deployCard"));
    verdict = new TokenLabel(Token::Text, theme::TextRole::Section);
    verdict->setObjectName(QStringLiteral("deployVerdict"));
    verdict->setWordWrap(true);
    verdictDetail = new TokenLabel(Token::Text2, theme::TextRole::Body);
    verdictDetail->setObjectName(QStringLiteral("deployDetail"));
    verdictDetail->setWordWrap(true);
    facts = new FactList(136);
    facts->setObjectName(QStringLiteral("deployFacts"));
    const auto button = [](const char* name) {
        auto* b = new QPushButton;
        b->setObjectName(QLatin1String(name));
        return b;
    };
    folder = button("deployFolder");
    copy = button("deployCopy");
    compare = button("deployCompare");
    timeline = button("deployTimeline");
    raise = button("deployRaise");
    tolerance = button("deployTolerance");
    // Two side by side: the card may be as narrow as half the page.
    auto* grid = new QGridLayout;
    grid->setSpacing(8);
    int place = 0;
    for (QPushButton* b : {timeline, compare, folder, copy, raise, tolerance}) {
        grid->addWidget(b, place / 2, place % 2);
        ++place;
    }
    grid->setColumnStretch(2, 1);
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(16, 12, 12, 12);
    column->setSpacing(8);
    column->addWidget(verdict);
    column->addWidget(verdictDetail);
    column->addWidget(facts);
    column->addLayout(grid);
    QObject::connect(folder, &QPushButton::clicked, q, &Panel::showInFolder);
    QObject::connect(copy, &QPushButton::clicked, q, &Panel::saveCopy);
    QObject::connect(compare, &QPushButton::clicked, q, &Panel::compareRequested);
    QObject::connect(timeline, &QPushButton::clicked, q, &Panel::timelineRequested);
    QObject::connect(raise, &QPushButton::clicked, q, [this] {
        // Those that are float already cannot be raised.
        const models::LayerFacts layerFacts(document);
        QStringList names;
        for (int layer : worstLayers(static_cast<int>(document->network().layers.size()))) {
            const QString wish = layerFacts.requested(layer);
            if ((wish == u"auto" || wish == u"INT8") && names.size() < kWorst) names << layerFacts.name(layer);
        }
        const QString type = QString::fromStdString(document->project().target.floatType);
        if (!names.isEmpty()) document->setPrecision(names, type);
    });
    QObject::connect(tolerance, &QPushButton::clicked, q, [this] { cosine->setFocus(); });
    QObject::connect(facts, &FactList::linkActivated, q, [this](const QString& href) { emit q->layerRequested(href.section(u':', 1).toInt()); });
    return card;
}

void Panel::Private::retranslateCard() {
    folder->setText(Panel::tr("Show in folder"));
    copy->setText(Panel::tr("Save a copy…"));
    compare->setText(Panel::tr("Compare images"));
    timeline->setText(Panel::tr("Show timeline"));
    raise->setText(Panel::tr("Raise their precision"));
    tolerance->setText(Panel::tr("Change tolerance"));
    steps->setAccessibleName(Panel::tr("Steps of the run"));
    steps->update();
}

QVector<int> Panel::Private::worstLayers(int count) const {
    const auto variant = document->samples(jobs::Variant::Mixed, false).isEmpty() ? jobs::Variant::Int8 : jobs::Variant::Mixed;
    const auto& samples = document->samples(variant, false);
    QVector<int> layers;
    for (int i = 0; i < samples.size(); ++i)
        if (samples[i].compared) layers << i;
    std::sort(layers.begin(), layers.end(), [&](int a, int b) { return samples[a].cosine < samples[b].cosine; });
    return layers.mid(0, count);
}

void Panel::Private::showState() {
    const document::StageStatus status = document->stage(jobs::Stage::Deploy);
    const auto& report = document->deployReport();
    const auto say = [this](DeployCard::Verdict which, const QString& text, const QString& detail) {
        card->setVerdict(which);
        verdict->setText(text);
        verdictDetail->setText(detail);
        verdictDetail->setVisible(!detail.isEmpty());
    };
    const bool known = report && (status.state == StageState::Done || status.state == StageState::Skipped || status.state == StageState::Stale);
    if (status.state != StageState::Running) runningStep = -1;
    for (QPushButton* b : {folder, copy, compare, timeline, raise, tolerance}) b->setVisible(known);
    facts->setVisible(known);
    if (known) {
        const bool stale = status.state == StageState::Stale;
        steps->setState(report->hasBmodel ? DeploySteps::Count : DeploySteps::Compile, stale ? Mark::Stale : Mark::Skipped);
        showReport(*report);
        if (stale) {
            card->setVerdict(DeployCard::Verdict::Failed);
            verdict->setText(Panel::tr("Out of date: %1").arg(status.reason));
        }
        return;
    }
    switch (status.state) {
    case StageState::Running: {
        // A word that is not known says nothing of the step: the one before goes on.
        if (const int step = DeploySteps::stepOf(status.step); step > runningStep) runningStep = step;
        steps->setState(qMax(0, runningStep), Mark::Running, status.fraction);
        say(DeployCard::Verdict::None, Panel::tr("Running"), status.step);
        break;
    }
    case StageState::Failed:
        steps->setState(qMax(0, runningStep), Mark::Failed);
        say(DeployCard::Verdict::Failed, Panel::tr("It did not succeed"), status.reason);
        break;
    case StageState::Cancelled:
        steps->setState(qMax(0, runningStep), Mark::Cancelled);
        say(DeployCard::Verdict::None, Panel::tr("Cancelled"), {});
        break;
    default:
        steps->setState(-1, Mark::NotRun);
        say(DeployCard::Verdict::None, Panel::tr("Nothing was written yet"),
            Panel::tr("The run compiles the network for the chip, runs the file in a simulator on the first test picture, and compares "
                      "its outputs with the quantised network and the reference."));
    }
}

void Panel::Private::showReport(const document::DeployReport& report) {
    using Verdict = DeployCard::Verdict;
    const auto number = [](double value) { return numberText(value, 4); };
    const QString passedText = report.quantised ? Panel::tr("least cosine %1, least euclidean %2")
                                                      .arg(number(report.quantised->minCosine), number(report.quantised->minEuclid))
                                                : Panel::tr("not compared: the project has no test picture");
    QString head = report.passed ? Panel::tr("Passed: %1") : Panel::tr("Below the tolerance: %1");
    Verdict which = report.passed ? Verdict::Passed : Verdict::Failed;
    QString detail;
    if (!report.hasBmodel) {
        which = report.passed ? Verdict::Missing : Verdict::Failed;
        detail = Panel::tr("No bmodel was written: this version writes none for this chip. The numbers are of the quantised network.");
    } else if (report.bmodel && !report.passed && report.bmodel->failed > 0) {
        detail = Panel::tr("The file differs from the quantised network in %n outputs.", nullptr, report.bmodel->failed);
    } else if (!report.passed) {
        detail = Panel::tr("The file was written and is named .failed.bmodel.");
    }
    card->setVerdict(which);
    verdict->setText(head.arg(passedText));
    verdictDetail->setText(detail);
    verdictDetail->setVisible(!detail.isEmpty());
    facts->setFacts(factsOf(report));
    const bool there = !written().isEmpty();
    folder->setVisible(there);
    copy->setVisible(there);
    compare->setVisible(!document->detections().isEmpty());
    timeline->setVisible(report.hasBmodel);
    raise->setVisible(!report.passed);
    tolerance->setVisible(!report.passed);
}

QVector<FactList::Fact> Panel::Private::factsOf(const document::DeployReport& report) const {
    QVector<FactList::Fact> list;
    const auto add = [&](const QString& label, const QString& value, bool mono = true, const QString& tip = {}) {
        list << FactList::Fact{label, value.isEmpty() ? missing() : value, mono && !value.isEmpty(), tip};
    };
    const bool there = report.hasBmodel;
    const QString name = written();
    add(Panel::tr("File"), name.isEmpty() ? QString() : QFileInfo(name).fileName().toHtmlEscaped(), true, QDir::toNativeSeparators(name));
    add(Panel::tr("Size"), there ? bytesText(report.fileBytes) : QString());
    add(Panel::tr("Coefficients"), there ? bytesText(report.coefficientBytes) : QString());
    add(Panel::tr("Activations"), there ? bytesText(report.neuronBytes) : QString());
    QString cycles;
    if (report.cycles)
        cycles = Panel::tr("%1 cycles, %2 ms at 1 GHz")
                     .arg(QLocale(QLocale::C).toString(static_cast<qlonglong>(*report.cycles)).replace(u',', QChar(0x2009)),
                          QString::number(static_cast<double>(*report.cycles) / kChipHz * 1e3, 'f', 3));
    add(Panel::tr("Time on the chip"), cycles, true, Panel::tr("As the cycle simulator has it"));
    if (there) add(Panel::tr("Commands"), Panel::tr("%1 compute, %2 transfer").arg(report.tiuCommands).arg(report.gdmaCommands));
    list << FactList::Fact{.label = Panel::tr("Similarity"), .section = true};
    const auto& tolerances = document->project().target;
    if (report.quantised)
        add(Panel::tr("Against FP32"),
            Panel::tr("cosine %1 (≥ %2), euclidean %3 (≥ %4)")
                .arg(numberText(report.quantised->minCosine, 6), numberText(tolerances.toleranceCosine, 2),
                     numberText(report.quantised->minEuclid, 6), numberText(tolerances.toleranceEuclid, 2)));
    QString equal;
    if (report.simulated)
        equal = report.equalOutputs == report.outputs
                    ? Panel::tr("all %n outputs equal, byte for byte", nullptr, report.outputs)
                    : Panel::tr("%1 of %2 outputs equal, least cosine %3")
                          .arg(report.equalOutputs).arg(report.outputs).arg(report.bmodel ? numberText(report.bmodel->minCosine, 6) : QString());
    add(Panel::tr("File against quantised"), equal);
    QStringList worst;
    const models::LayerFacts layerFacts(document);
    for (int layer : worstLayers(kWorst)) {
        const auto variant = document->samples(jobs::Variant::Mixed, false).isEmpty() ? jobs::Variant::Int8 : jobs::Variant::Mixed;
        worst << link(layer, layerFacts.name(layer)) + u' ' + numberText(layerFacts.cosine(layer, variant).value_or(0), 6);
    }
    if (!worst.isEmpty()) add(Panel::tr("Worst layers"), worst.join(QStringLiteral("<br>")));
    if (!report.layers.isEmpty()) {
        auto byTime = report.layers;
        std::sort(byTime.begin(), byTime.end(), [](const auto& a, const auto& b) { return a.tiu + a.gdma > b.tiu + b.gdma; });
        QStringList longest;
        for (const auto& layer : byTime.mid(0, kLongest)) {
            const int index = document->layerIndex(layer.name);
            longest << (index >= 0 ? link(index, layer.name) : layer.name.toHtmlEscaped()) + u' ' + QString::number(layer.tiu + layer.gdma);
        }
        add(Panel::tr("Most cycles"), longest.join(QStringLiteral("<br>")));
    }
    return list;
}

} // namespace wb::panels
