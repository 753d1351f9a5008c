// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workbench/tour.h"

#include "app/workbench/language.h"
#include "app/workbench/main_window.h"
#include "app/workbench/tips.h"
#include "app/workbench/views.h"
#include "visualizer/timeline/timeline_view.h"
#include "widgets/document/stage_text.h"
#include "widgets/panels/timeline/timeline_panel.h"
#include "widgets/theme/theme.h"

#include <QtWidgets>

#include <functional>

namespace wb::workbench {
namespace {

constexpr int kStageLimitMs = 600'000;

bool waitFor(const std::function<bool()>& ready, int limitMs) {
    QElapsedTimer clock;
    clock.start();
    while (!ready()) {
        if (clock.elapsed() > limitMs) return false;
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents | QEventLoop::AllEvents, 20);
        QThread::msleep(5);
    }
    return true;
}

void settle(int milliseconds) {
    QElapsedTimer clock;
    clock.start();
    // On a busy machine the time may pass within one round; layouts need several.
    for (int round = 0; round < 12 || clock.elapsed() < milliseconds; ++round) {
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
        if (round >= 12) QThread::msleep(2);
    }
}

int fail(const QString& why) {
    QTextStream(stderr) << "tour: " << why << '\n';
    return 1;
}

} // namespace

int runTour(const QString& folder) {
    if (!QDir().mkpath(folder)) return fail(QStringLiteral("cannot make the folder ") + folder);
    // Its own home, so that the user's recent projects and sample stay as they are.
    QTemporaryDir home;
    qputenv("XDG_STATE_HOME", home.filePath(QStringLiteral("state")).toUtf8());
    qputenv("XDG_DATA_HOME", home.filePath(QStringLiteral("data")).toUtf8());
    MainWindow window({true});
    window.resize(1440, 900);
    window.show();

    int stored = 0;
    const auto shoot = [&](const QString& name) {
        for (theme::Choice scheme : {theme::Choice::Dark, theme::Choice::Light}) {
            theme::setChoice(scheme);
            for (const QString& lang : {QStringLiteral("en"), QStringLiteral("zh_CN")}) {
                setLanguage(lang);
                settle(150);
                const QString file = QStringLiteral("%1/%2-%3-%4.png")
                                         .arg(folder, name, scheme == theme::Choice::Dark ? QStringLiteral("dark") : QStringLiteral("light"),
                                              lang == u"en" ? lang : QStringLiteral("zh"));
                if (window.grab().save(file)) ++stored;
            }
        }
        setLanguage(QStringLiteral("en"));
        theme::setChoice(theme::Choice::Dark);
        settle(30);
    };

    settle(200);
    shoot(QStringLiteral("01-start"));
    window.openSample();
    if (!window.document()->isOpen()) return fail(QStringLiteral("the sample did not open"));
    settle(200);
    shoot(QStringLiteral("02-opened"));
    if (auto* tips = window.findChild<Tips*>()) tips->stop();
    window.openPalette(QStringLiteral("run"));
    settle(100);
    shoot(QStringLiteral("02-palette"));
    window.setFocus();

    QString outcome;
    QObject::connect(window.document(), &document::Document::jobFinished, &window,
                     [&outcome](int, const QString& how) { outcome = how; });
    QElapsedTimer clock;
    clock.start();
    window.document()->runTo(jobs::Stage::Quantise);
    // The plot fills layer by layer: one picture on the way.
    waitFor([&] { return !outcome.isEmpty() || window.document()->samples(jobs::Variant::Int8, false).size() > 0; }, kStageLimitMs);
    settle(200);
    window.grab().save(folder + QStringLiteral("/03-running-dark-en.png"));
    if (!waitFor([&] { return !outcome.isEmpty(); }, kStageLimitMs)) return fail(QStringLiteral("the stages did not end"));
    QTextStream(stdout) << "first finished plot after " << clock.elapsed() / 1000.0 << " s\n";
    if (outcome != u"done") {
        for (const Error& error : window.document()->problems()) QTextStream(stderr) << document::errorText(error) << '\n';
        shoot(QStringLiteral("03-stopped"));
        return fail(QStringLiteral("the stages ended as ") + outcome);
    }
    settle(500);

    // The story of the sample: raise the worst layers and run the mixed network.
    QVector<int> order;
    const auto samples = window.document()->samples(jobs::Variant::Int8, false);
    for (int i = 0; i < samples.size(); ++i)
        if (samples[i].compared) order << i;
    std::sort(order.begin(), order.end(), [&](int a, int b) { return samples[a].cosine < samples[b].cosine; });
    QStringList raised;
    for (int i = 0; i < qMin(8, static_cast<int>(order.size())); ++i)
        raised << QString::fromStdString(samples[order[i]].name);
    if (!order.isEmpty()) window.document()->selection()->set({order.first()}, nullptr);
    window.document()->setPrecision(raised, QStringLiteral("F16"));
    outcome.clear();
    window.document()->runTo(jobs::Stage::Deploy);
    if (!waitFor([&] { return !outcome.isEmpty(); }, kStageLimitMs)) return fail(QStringLiteral("the mixed run did not end"));
    settle(800);
    shoot(QStringLiteral("04-quantise"));
    window.showTips(true);
    settle(100);
    if (auto* tips = window.findChild<Tips*>()) {
        tips->advance();
        settle(100);
        shoot(QStringLiteral("04-tip"));
        tips->stop();
    }
    window.findChild<QTabWidget*>(QStringLiteral("inspectorTabs"))->setCurrentIndex(1);
    for (int kind : {0, 1}) {
        settle(800);
        if (auto* bar = window.findChild<QTabBar*>(QStringLiteral("tensorKind"))) bar->setCurrentIndex(kind);
        settle(200);
        shoot(kind == 0 ? QStringLiteral("04-tensor") : QStringLiteral("04-pairs"));
    }
    window.findChild<QTabWidget*>(QStringLiteral("inspectorTabs"))->setCurrentIndex(0);
    window.showLayout(QStringLiteral("judge"));
    settle(500);
    shoot(QStringLiteral("05-judge"));
    window.showLayout(QStringLiteral("explore"));
    settle(300);
    shoot(QStringLiteral("05-explore"));
    window.showLayout(QStringLiteral("quantise"));
    for (const char* view : {"compare", "jobs", "log", "problems", "search"}) {
        window.showView(QString::fromLatin1(view));
        settle(500);
        shoot(QStringLiteral("05-") + QString::fromLatin1(view));
    }
    window.showView(QStringLiteral("graph"));
    window.showView(QStringLiteral("timeline"));
    if (auto* timeline = window.findChild<panels::TimelinePanel*>()) {
        if (!waitFor([&] { return timeline->isReady(); }, 20'000)) return fail(QStringLiteral("the timeline did not come"));
        settle(200);
        shoot(QStringLiteral("05-timeline"));
        timeline->view()->zoomBy(0.12);
        timeline->view()->longestWait();
        settle(200);
        shoot(QStringLiteral("05-timeline-near"));
        window.views()->graph()->setColouring(graph_view::Colouring::Time);
        settle(200);
        shoot(QStringLiteral("05-time"));
        window.views()->graph()->setColouring(graph_view::Colouring::Cosine);
    }
    window.showView(QStringLiteral("plot"));
    for (jobs::Stage stage : {jobs::Stage::Preprocess, jobs::Stage::Calibrate, jobs::Stage::Quantise, jobs::Stage::Deploy}) {
        window.showStageForm(stage);
        settle(1500);
        shoot(QStringLiteral("06-") + QString::fromLatin1(jobs::spelling(stage)));
    }
    window.showView(QStringLiteral("graph"));
    // An edit after the run: what is out of date says so.
    if (!raised.isEmpty()) window.document()->setPrecision({raised.first()}, QStringLiteral("F32"));
    settle(500);
    shoot(QStringLiteral("07-stale"));
    window.document()->undoStack()->undo();
    window.showView(QStringLiteral("start"));
    settle(300);
    shoot(QStringLiteral("08-recent"));
    QTextStream(stdout) << stored << " pictures in " << folder << '\n';
    return outcome == u"done" ? 0 : fail(QStringLiteral("the mixed run ended as ") + outcome);
}

} // namespace wb::workbench
