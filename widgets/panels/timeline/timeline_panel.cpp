// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/timeline/timeline_panel.h"

#include "compiler/base/file.h"
#include "visualizer/timeline/layer_time_list.h"
#include "visualizer/timeline/timeline_view.h"
#include "widgets/document/stage_text.h"
#include "widgets/panels/common/form.h"
#include "widgets/panels/common/message_bar.h"
#include "widgets/panels/timeline/timeline_legend.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QFutureWatcher>
#include <QHBoxLayout>
#include <QTabBar>
#include <QTemporaryDir>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtConcurrent>
#include <nlohmann/json.hpp>

namespace wb::panels {

using document::Document;
using Panel = TimelinePanel;

namespace {

constexpr double kChipHz = 1e9;      ///< the clock that cycles are given for
constexpr int kListFrom = 900;       ///< narrower panels are all timeline

std::optional<jobs::Timeline> readTimeline(const QString& file) {
    const auto text = readTextFile(file.toStdString());
    if (!text) return {};
    const auto json = nlohmann::json::parse(*text, nullptr, false);
    if (!json.is_object()) return {};
    return json.get<jobs::Timeline>();
}

/// Names in a bmodel's listing have no blanks and bars.
QString listedName(const std::string& name) {
    QString text = QString::fromStdString(name);
    for (QChar& c : text)
        if (c <= u' ' || c == u'|') c = u'_';
    return text;
}

} // namespace

struct TimelinePanel::Private {
    Panel* q = nullptr;
    Document* document = nullptr;
    MessageBar* message = nullptr;
    TokenLabel* summary = nullptr;
    TimelineLegend* legend = nullptr;
    QTabBar* colouring = nullptr;
    QToolButton *zoomIn = nullptr, *zoomOut = nullptr, *fit = nullptr, *wait = nullptr, *save = nullptr;
    timeline::TimelineView* view = nullptr;
    timeline::LayerTimeList* list = nullptr;

    QString fixedFile;                 ///< of setFile; empty: the project's
    QString wanted, shown;             ///< bmodel files, with what tells one version from another
    QTemporaryDir folder;
    QFutureWatcher<std::optional<jobs::Timeline>> reader;
    QString reading;

    void build();
    void retranslate();
    QString file() const;
    static QString versionOf(const QString& file);
    void refresh();                    ///< asks for the present file, once it can be seen
    void ask();
    void take(jobs::Timeline timeline);
    void showSummary();
    QVector<int> rowsOf(const jobs::Timeline& timeline) const;
};

Panel::TimelinePanel(Document* document, QWidget* parent) : QWidget(parent), d(std::make_unique<Private>()) {
    d->q = this;
    d->document = document;
    setObjectName(QStringLiteral("timelinePanel"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    d->build();
    d->retranslate();
    connect(&d->reader, &QFutureWatcher<std::optional<jobs::Timeline>>::finished, this, [this] {
        if (d->reading != d->wanted) return d->refresh();
        auto timeline = d->reader.result();
        if (!timeline) {
            d->message->say(MessageBar::Kind::Error, tr("The times that were computed cannot be read."));
            return;
        }
        d->shown = d->reading;
        d->take(std::move(*timeline));
    });
    connect(document, &Document::deployChanged, this, [this] { d->refresh(); });
    connect(document, &Document::opened, this, [this] { d->refresh(); });
    connect(document, &Document::networkChanged, this, [this] {
        if (!d->view->scene().isEmpty()) d->take(d->view->scene().data());
    });
    connect(document, &Document::stageChanged, this, [this](jobs::Stage stage) {
        if (stage == jobs::Stage::Deploy) d->showSummary();
    });
    connect(document->selection(), &document::LayerSelection::changed, this, [this](QObject* origin) {
        const auto& layers = d->document->selection()->layers();
        if (origin != this) d->view->setSelection(layers, true);
        d->list->setSelection(layers);
    });
    connect(d->view, &timeline::TimelineView::selectionChanged, this, [this](const QVector<int>& rows) { d->document->selection()->set(rows, this); });
    connect(d->view, &timeline::TimelineView::layerActivated, this, [this](int row) {
        d->document->selection()->set({row}, this);
        emit layerRequested(row);
    });
    connect(d->view, &timeline::TimelineView::exportRequested, this, &Panel::exportAs);
    connect(d->list, &timeline::LayerTimeList::layerChosen, d->view, &timeline::TimelineView::showLayer);
}

Panel::~TimelinePanel() {
    d->reader.disconnect();
    d->reader.waitForFinished();
    releaseParts(this);
}

void Panel::Private::build() {
    message = new MessageBar;
    summary = new TokenLabel(theme::Token::Text, theme::TextRole::Body);
    summary->setObjectName(QStringLiteral("timelineSummary"));
    legend = new TimelineLegend;
    colouring = new QTabBar;
    colouring->setObjectName(QStringLiteral("timelineColouring"));
    colouring->setProperty("wbSegmented", true);
    colouring->setDrawBase(false);
    colouring->setExpanding(false);
    colouring->setFocusPolicy(Qt::TabFocus);
    colouring->addTab({});
    colouring->addTab({});
    view = new timeline::TimelineView;
    list = new timeline::LayerTimeList;
    list->setFixedWidth(256);
    const auto button = [](const char* name, const char* icon) {
        auto* b = new QToolButton;
        b->setObjectName(QLatin1String(name));
        b->setIcon(theme::icon(QLatin1String(icon)));
        b->setAutoRaise(true);
        b->setFixedSize(28, 24);
        return b;
    };
    wait = button("timelineWait", "jobs");
    zoomOut = button("timelineZoomOut", "zoom-out");
    zoomIn = button("timelineZoomIn", "zoom-in");
    fit = button("timelineFit", "fit");
    save = button("timelineExport", "export");
    auto* row = new QHBoxLayout;
    row->setContentsMargins(12, 4, 8, 4);
    row->setSpacing(4);
    row->addWidget(summary);
    row->addSpacing(20);
    row->addWidget(legend, 1);
    row->addWidget(colouring);
    row->addSpacing(8);
    for (QToolButton* b : {wait, zoomOut, zoomIn, fit, save}) row->addWidget(b);
    auto* body = new QHBoxLayout;
    body->setContentsMargins(0, 0, 0, 0);
    body->setSpacing(1);
    body->addWidget(view, 1);
    body->addWidget(list);
    auto* column = new QVBoxLayout(q);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(message);
    column->addLayout(row);
    column->addLayout(body, 1);
    q->setFocusProxy(view);
    QObject::connect(colouring, &QTabBar::currentChanged, q, [this](int index) {
        view->setColouring(static_cast<timeline::Colouring>(index));
        legend->setVisible(index == 0);
    });
    QObject::connect(zoomIn, &QToolButton::clicked, q, [this] { view->zoomBy(0.5); });
    QObject::connect(zoomOut, &QToolButton::clicked, q, [this] { view->zoomBy(2); });
    QObject::connect(fit, &QToolButton::clicked, view, &timeline::TimelineView::fit);
    QObject::connect(wait, &QToolButton::clicked, view, &timeline::TimelineView::longestWait);
    QObject::connect(save, &QToolButton::clicked, q, &Panel::exportAs);
}

void Panel::Private::retranslate() {
    colouring->setTabText(0, Panel::tr("Kind"));
    colouring->setTabText(1, Panel::tr("Layer"));
    colouring->setAccessibleName(Panel::tr("Colour"));
    const auto name = [](QToolButton* button, const QString& text) {
        button->setToolTip(text);
        button->setAccessibleName(text);
    };
    name(wait, Panel::tr("Longest wait (W)"));
    name(zoomIn, Panel::tr("Zoom in (+)"));
    name(zoomOut, Panel::tr("Zoom out (−)"));
    name(fit, Panel::tr("Whole run (double click)"));
    name(save, Panel::tr("Export…"));
    showSummary();
}

QString Panel::Private::file() const {
    if (!fixedFile.isEmpty()) return fixedFile;
    const auto& report = document->deployReport();
    return report && report->hasBmodel && QFileInfo::exists(report->stored) ? report->stored : QString();
}

QString Panel::Private::versionOf(const QString& file) {
    const QFileInfo info(file);
    return file.isEmpty() ? QString() : QStringLiteral("%1|%2|%3").arg(file).arg(info.size()).arg(info.lastModified().toMSecsSinceEpoch());
}

void Panel::Private::refresh() {
    wanted = versionOf(file());
    emit q->availableChanged(!wanted.isEmpty());
    if (wanted.isEmpty()) {
        shown.clear();
        take({});
        return;
    }
    if (wanted != shown && q->isVisible()) ask();
    else showSummary();
}

void Panel::Private::ask() {
    message->hide();
    summary->setText(Panel::tr("Computing the times…"));
    const QString target = folder.filePath(QStringLiteral("timeline.json"));
    const QString asked = wanted;
    document->request(QStringLiteral("bmodel-timeline"), {{"file", file().toStdString()}, {"to", target.toStdString()}}, q,
                      [this, asked, target](Result<nlohmann::json> answer) {
                          if (asked != wanted) return refresh(); // another file by now
                          if (!answer) {
                              if (isCancelled(answer.error())) return;
                              summary->clear();
                              message->say(answer.error());
                              return;
                          }
                          reading = asked;
                          reader.setFuture(QtConcurrent::run(readTimeline, target));
                      },
                      QStringLiteral("timeline%1").arg(reinterpret_cast<quintptr>(q)));
}

QVector<int> Panel::Private::rowsOf(const jobs::Timeline& timeline) const {
    QHash<QString, int> byName;
    for (const jobs::LayerInfo& layer : document->network().layers) byName.insert(listedName(layer.name), layer.index);
    QVector<int> rows;
    for (const std::string& name : timeline.layers) rows << byName.value(QString::fromStdString(name), -1);
    return rows;
}

void Panel::Private::take(jobs::Timeline timeline) {
    list->setScene(nullptr);
    const QVector<int> rows = rowsOf(timeline);
    view->setTimeline(std::move(timeline), rows);
    view->setSelection(document->selection()->layers(), false);
    list->setScene(&view->scene());
    list->setSelection(document->selection()->layers());
    legend->setScene(view->scene());
    view->setTitle(QStringLiteral("%1 · BM1684X").arg(QFileInfo(fixedFile.isEmpty() ? document->displayName() : fixedFile).fileName()));
    showSummary();
}

void Panel::Private::showSummary() {
    const jobs::Timeline& data = view->scene().data();
    if (view->scene().isEmpty()) return summary->clear();
    using timeline::countText;
    QString text = Panel::tr("%1 cycles, %2 ms at 1 GHz").arg(countText(data.cycles), QString::number(static_cast<double>(data.cycles) / kChipHz * 1e3, 'f', 3));
    text += QStringLiteral(" · ") + Panel::tr("%1 commands").arg(countText(data.tiuCommands + static_cast<int64_t>(data.gdmaCommands)));
    const document::StageStatus status = document->stage(jobs::Stage::Deploy);
    const bool stale = fixedFile.isEmpty() && status.state == document::StageState::Stale;
    if (stale) text = Panel::tr("Out of date: %1").arg(status.reason) + QStringLiteral(" · ") + text;
    summary->setToken(stale ? theme::Token::Stale : theme::Token::Text);
    summary->setText(text);
    QStringList tip{Panel::tr("As the cycle simulator has it")};
    if (data.estimated > 0) tip << Panel::tr("%n commands have a cost that no listing of the vendor's shows", nullptr, static_cast<int>(data.estimated));
    if (data.staysLeftOut > 0) tip << Panel::tr("%n short stays in local memory are not drawn", nullptr, static_cast<int>(data.staysLeftOut));
    summary->setToolTip(tip.join(u'\n'));
}

void Panel::setFile(const QString& bmodel) {
    d->fixedFile = bmodel;
    d->refresh();
}

bool Panel::hasFile() const { return !d->file().isEmpty(); }
bool Panel::isReady() const { return !d->shown.isEmpty() && d->shown == d->wanted; }
timeline::TimelineView* Panel::view() const { return d->view; }

void Panel::exportAs() {
    const QString name = QFileDialog::getSaveFileName(this, tr("Export timeline"), QStringLiteral("timeline.png"),
                                                      tr("Picture (*.png);;Drawing (*.svg);;Numbers (*.csv)"));
    if (name.isEmpty()) return;
    if (const QString problem = d->view->exportTo(name); !problem.isEmpty()) d->message->say(MessageBar::Kind::Error, problem);
}

void Panel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    d->refresh();
}

void Panel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    d->list->setVisible(width() >= kListFrom);
}

void Panel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) d->retranslate();
    QWidget::changeEvent(event);
}

} // namespace wb::panels
