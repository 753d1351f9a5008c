// SPDX-License-Identifier: GPL-3.0-or-later
// Every panel in both themes as a picture under <build>/tests/pictures, and checks that something was drawn.
#include "tests/gui_panels/made_project.h"
#include "tests/gui_views/pictures.h"
#include "widgets/panels/panels.h"

#include <QStandardPaths>
#include <QtWidgets>

using namespace wb;
using jobs::Variant;

class TestPanelPictures : public QObject {
    Q_OBJECT
private:
    static void keep(QWidget& widget, const QString& name, const QSize& size) {
        for (const auto& [choice, suffix] : {std::pair{theme::Choice::Dark, "dark"}, std::pair{theme::Choice::Light, "light"}}) {
            theme::setChoice(choice);
            widget.resize(size);
            widget.show();
            QTest::qWait(400);
            const QImage image = test::shot(widget, QStringLiteral("panel_%1_%2").arg(name, QLatin1String(suffix)));
            QVERIFY(test::shareOf(image, theme::color(theme::Token::Base)) > 0.05);
            QVERIFY(test::shareOf(image, theme::color(theme::Token::Text), 40) > 0.0005);
        }
    }

private slots:
    void initTestCase() {
        qputenv("TPUWB", WB_PANELS_WORKER);
        QCoreApplication::setOrganizationName(QStringLiteral("tpu-workbench-test"));
        QCoreApplication::setApplicationName(QStringLiteral("panel-pictures"));
        QStandardPaths::setTestModeEnabled(true);
        QSettings().clear();
        theme::install(*qApp, theme::Choice::Dark);
    }

    void all() {
        test::MadeProject made;
        document::Document document;
        made.open(document);
        QTRY_VERIFY(!document.samples(Variant::Mixed, false).isEmpty());
        QTRY_VERIFY(!document.detections().isEmpty());

        panels::LayerTablePanel table(&document);
        panels::InspectorPanel inspector(&document);
        document.setPrecision({QString::fromStdString(made.network().layers[64].name)}, QStringLiteral("F16"));
        table.setFilter(QStringLiteral("type:Conv|SiLU cos<0.985"));
        auto* view = table.findChild<QTableView*>(QStringLiteral("layerTable"));
        view->sortByColumn(5, Qt::AscendingOrder);
        document.selection()->set({static_cast<int>(made.network().layers.size()) / 2});
        view->setFocus();
        keep(table, QStringLiteral("layer_table"), {484, 500});
        table.setFilter(QStringLiteral("type:Conv cos<x"));
        keep(table, QStringLiteral("layer_table_problem"), {484, 300});
        keep(inspector, QStringLiteral("inspector"), {309, 760});
        inspector.setTab(panels::InspectorPanel::Tensor);
        keep(inspector, QStringLiteral("inspector_tensor"), {309, 560});
        document.selection()->set({10, 11, 12, 13});
        inspector.setTab(panels::InspectorPanel::Overview);
        keep(inspector, QStringLiteral("inspector_several"), {309, 560});

        panels::PreprocessPanel preprocess(&document);
        keep(preprocess, QStringLiteral("preprocess"), {980, 560});
        panels::CalibrationPanel calibration(&document);
        keep(calibration, QStringLiteral("calibration"), {560, 620});
        panels::TargetPanel target(&document);
        keep(target, QStringLiteral("target"), {420, 560});
        panels::ComparePanel compare(&document);
        keep(compare, QStringLiteral("compare"), {1440, 800});
        panels::SearchPanel search(&document);
        search.show();
        search.start();
        QTRY_VERIFY_WITH_TIMEOUT(!search.isSearching(), 10000);
        keep(search, QStringLiteral("search"), {1100, 320});
        auto* method = search.findChild<QComboBox*>(QStringLiteral("searchMethod"));
        method->setCurrentIndex(method->findData(QStringLiteral("knapsack")));
        search.start();
        QTRY_VERIFY_WITH_TIMEOUT(!search.isSearching(), 10000);
        auto* plot = search.findChild<QWidget*>(QStringLiteral("frontPlot"));
        QVERIFY(plot && plot->parentWidget()->accessibleName().contains(QStringLiteral("cycles")));
        keep(search, QStringLiteral("search_knapsack"), {1100, 320});
        panels::ImportDialog dialog(&document);
        dialog.inspect();
        keep(dialog, QStringLiteral("import"), {560, 520});
    }
};

QTEST_MAIN(TestPanelPictures)
#include "tst_panel_pictures.moc"
