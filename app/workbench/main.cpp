// SPDX-License-Identifier: GPL-3.0-or-later
// tpu-workbench: the window (rule S-5).
#include "app/workbench/language.h"
#include "app/workbench/main_window.h"
#include "app/workbench/tour.h"
#include "widgets/theme/theme.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QSettings>

int main(int argc, char** argv) {
    using namespace wb::workbench;
    QApplication::setHighDpiScaleFactorRoundingPolicy(Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("tpu-workbench"));
    QApplication::setApplicationName(QStringLiteral("tpu-workbench"));
    QApplication::setApplicationDisplayName(QStringLiteral("Workbench"));
    QApplication::setApplicationVersion(QStringLiteral(WB_VERSION));

    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Quantise a network, see what it did to every layer, correct it, write the bmodel."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption lang(QStringLiteral("lang"), QStringLiteral("Language of the window: en or zh_CN."), QStringLiteral("language"));
    const QCommandLineOption safe(QStringLiteral("safe-mode"), QStringLiteral("Ignore the stored layout and settings."));
    const QCommandLineOption sample(QStringLiteral("sample"), QStringLiteral("Open the sample project and run all its stages."));
    const QCommandLineOption tour(QStringLiteral("tour"), QStringLiteral("Run the sample and store pictures of every screen in this folder."), QStringLiteral("folder"));
    const QCommandLineOption newWindow(QStringLiteral("new-window"), QStringLiteral("Open one more window (every start does)."));
    const QCommandLineOption layout(QStringLiteral("layout"), QStringLiteral("Arrangement: explore, quantise, judge, zoo or a stored one's name."), QStringLiteral("name"));
    parser.addOptions({lang, safe, sample, tour, newWindow, layout});
    parser.addPositionalArgument(QStringLiteral("file"), QStringLiteral("Models or projects to open."), QStringLiteral("[file…]"));
    parser.process(application);

    const bool plain = parser.isSet(safe) || parser.isSet(tour);
    const QSettings settings;
    const QString stored = plain ? QString() : settings.value(QStringLiteral("language")).toString();
    setLanguage(parser.isSet(lang) ? parser.value(lang) : stored);
    const int scheme = plain ? 0 : settings.value(QStringLiteral("theme"), 0).toInt();
    wb::theme::install(application, static_cast<wb::theme::Choice>(qBound(0, scheme, 2)));
    QApplication::setWindowIcon(wb::theme::icon(QStringLiteral("tpu-workbench")));

    if (parser.isSet(tour)) return runTour(parser.value(tour));

    const QStringList files = parser.positionalArguments();
    // A window holds one project; every further file gets its own.
    QList<MainWindow*> windows;
    for (int i = 0; i < qMax(1, static_cast<int>(files.size())); ++i) {
        auto* window = new MainWindow({plain});
        window->setAttribute(Qt::WA_DeleteOnClose);
        window->show();
        windows << window;
        if (i < files.size()) window->openFile(files[i]);
    }
    if (parser.isSet(layout))
        for (MainWindow* window : windows) window->setFirstLayout(parser.value(layout));
    if (parser.isSet(sample)) {
        windows.first()->openSample();
        windows.first()->document()->runTo(wb::jobs::Stage::Deploy);
    } else if (files.isEmpty()) {
        windows.first()->offerRecovery();
    }
    return application.exec();
}
