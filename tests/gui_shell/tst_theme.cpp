// SPDX-License-Identifier: GPL-3.0-or-later
// The theme: contrast of the tokens, bands, icons at every size, the switch while running, and a sheet
// of all standard widgets to look at (stored under the build folder).
#include "widgets/theme/painting.h"
#include "widgets/theme/scheme.h"
#include "widgets/theme/theme.h"

#include <QSignalSpy>
#include <QTest>
#include <QtWidgets>

#include <cmath>
#include <limits>

using namespace wb::theme;

namespace {

double luminance(const QColor& c) {
    const auto part = [](double v) {
        return v <= 0.03928 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * part(c.redF()) + 0.7152 * part(c.greenF()) + 0.0722 * part(c.blueF());
}

double contrast(const QColor& a, const QColor& b) {
    double x = luminance(a), y = luminance(b);
    if (x < y) std::swap(x, y);
    return (x + 0.05) / (y + 0.05);
}

QString pictureFolder() {
    const QString folder = QStringLiteral(WB_BIN_DIR "/../pictures");
    QDir().mkpath(folder);
    return folder;
}

} // namespace

class TestTheme : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        qApp->setEffectEnabled(Qt::UI_AnimateMenu, false);
        install(*qApp, Choice::Dark);
    }

    void textIsReadable() {
        const Token surfaces[] = {Token::Canvas, Token::Base, Token::BaseAlt, Token::Window, Token::Raised};
        const Token texts[] = {Token::Text, Token::Text2, Token::Text3};
        for (bool dark : {true, false}) {
            for (Token surface : surfaces)
                for (Token text : texts) {
                    const double ratio = contrast(colorIn(text, dark), colorIn(surface, dark));
                    QVERIFY2(ratio >= 4.5, qPrintable(QStringLiteral("token %1 on %2: %3")
                                                          .arg(int(text)).arg(int(surface)).arg(ratio)));
                }
            for (Token text : {Token::Text, Token::Text2})
                QVERIFY(contrast(colorIn(text, dark), colorIn(Token::Selection, dark)) >= 4.5);
            QVERIFY(contrast(colorIn(Token::OnAccent, dark), colorIn(Token::Accent, dark)) >= 4.5);
            for (Token ink : {Token::Ink0999, Token::Ink099, Token::Ink095, Token::Ink090, Token::InkLow,
                              Token::Stale, Token::Done, Token::Failed, Token::Running})
                QVERIFY2(contrast(colorIn(ink, dark), colorIn(Token::Base, dark)) >= 4.5,
                         qPrintable(QString::number(int(ink))));
            for (int band = int(Token::Band0999); band <= int(Token::BandLow); ++band)
                QVERIFY(contrast(colorIn(Token::OnBand, dark), colorIn(Token(band), dark)) >= 4.5);
        }
    }

    void bandsFollowTheGuide() {
        QCOMPARE(bandOf(1.0), Band::B0999);
        QCOMPARE(bandOf(0.999), Band::B0999);
        QCOMPARE(bandOf(0.99899), Band::B099);
        QCOMPARE(bandOf(0.95), Band::B095);
        QCOMPARE(bandOf(0.90), Band::B090);
        QCOMPARE(bandOf(0.89), Band::Low);
        QCOMPARE(bandOf(-1), Band::Low);
        QCOMPARE(bandOf(1.0, false), Band::NotCompared);
        QCOMPARE(bandOf(std::numeric_limits<double>::quiet_NaN()), Band::NotCompared);
        QCOMPARE(bandMark(Band::Low), QStringLiteral("✕"));
    }

    void everyIconRenders() {
        const QStringList names = iconNames();
        QVERIFY(names.size() >= 55);
        const int sizes[] = {16, 20, 24, 32};
        QImage sheet(names.size() * 40 + 40, 2 * 180, QImage::Format_ARGB32);
        QPainter painter(&sheet);
        int top = 0;
        for (Choice scheme : {Choice::Dark, Choice::Light}) {
            setChoice(scheme);
            painter.fillRect(0, top, sheet.width(), 180, color(Token::Window));
            int x = 20;
            for (const QString& name : names) {
                int y = top + 16;
                for (int size : sizes) {
                    const QPixmap pixmap = icon(name).pixmap(QSize(size, size), 1.0);
                    QCOMPARE(pixmap.size(), QSize(size, size));
                    const QImage image = pixmap.toImage();
                    int drawn = 0;
                    for (int j = 0; j < size; ++j)
                        for (int i = 0; i < size; ++i)
                            if (qAlpha(image.pixel(i, j)) > 40) ++drawn;
                    QVERIFY2(drawn > size / 3, qPrintable(name));
                    painter.drawPixmap(x, y, pixmap);
                    y += size + 8;
                }
                x += 40;
            }
            top += 180;
        }
        sheet.save(pictureFolder() + QStringLiteral("/icons.png"));
        QVERIFY(icon(QStringLiteral("no-such-icon")).isNull());
    }

    void iconsAreSharpOnHighDensity() {
        const QPixmap pixmap = icon(QStringLiteral("save")).pixmap(QSize(16, 16), 2.0);
        QCOMPARE(pixmap.width(), 32);
        QCOMPARE(pixmap.devicePixelRatio(), 2.0);
    }

    void switchingSendsOneSignal() {
        setChoice(Choice::Dark);
        QSignalSpy spy(notifier(), &Notifier::changed);
        setChoice(Choice::Dark);
        QCOMPARE(spy.count(), 0);
        setChoice(Choice::Light);
        QCOMPARE(spy.count(), 1);
        QVERIFY(!isDark());
        QCOMPARE(qApp->palette().color(QPalette::Window), colorIn(Token::Window, false));
    }

    void widgetSheet();
};

void TestTheme::widgetSheet() {
    for (Choice scheme : {Choice::Dark, Choice::Light}) {
        setChoice(scheme);
        QWidget page;
        page.resize(900, 640);
        auto* grid = new QGridLayout(&page);
        auto* primary = new QPushButton(icon(QStringLiteral("run")), QStringLiteral("Apply"));
        primary->setProperty("wbPrimary", true);
        auto* off = new QPushButton(QStringLiteral("Disabled"));
        off->setEnabled(false);
        auto* combo = new QComboBox;
        combo->addItems({QStringLiteral("BM1684X"), QStringLiteral("BM1684")});
        auto* segments = new QTabBar;
        segments->setProperty("wbSegmented", true);
        segments->addTab(QStringLiteral("Accumulated"));
        segments->addTab(QStringLiteral("Isolated"));
        auto* toggle = new QCheckBox(QStringLiteral("log count"));
        toggle->setProperty("wbSwitch", true);
        toggle->setChecked(true);
        auto* check = new QCheckBox(QStringLiteral("Keep aspect"));
        check->setChecked(true);
        auto* radio = new QRadioButton(QStringLiteral("Letterbox"));
        radio->setChecked(true);
        auto* slider = new QSlider(Qt::Horizontal);
        slider->setValue(40);
        auto* progress = new QProgressBar;
        progress->setValue(43);
        auto* tool = new QToolButton;
        tool->setProperty("wbPrimary", true);
        tool->setPopupMode(QToolButton::MenuButtonPopup);
        tool->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        tool->setIcon(icon(QStringLiteral("run")));
        tool->setText(QStringLiteral("Run to…\tDeploy & verify"));
        auto* edit = new QLineEdit(QStringLiteral("type:Conv|SiLU cos<0.985"));
        auto* spin = new QSpinBox;
        auto* plain = new QPushButton(icon(QStringLiteral("export")), QStringLiteral("Export"));
        int row = 0;
        for (QWidget* w : std::initializer_list<QWidget*>{primary, plain, off, combo, edit, spin})
            grid->addWidget(w, row++, 0);
        row = 0;
        for (QWidget* w : std::initializer_list<QWidget*>{segments, toggle, check, radio, slider, progress})
            grid->addWidget(w, row++, 1);
        grid->addWidget(tool, 0, 2);
        auto* tabs = new QTabWidget;
        tabs->setDocumentMode(true);
        auto* table = new QTableWidget(12, 4);
        table->setAlternatingRowColors(true);
        table->setHorizontalHeaderLabels({QStringLiteral("№"), QStringLiteral("Name"),
                                          QStringLiteral("Type"), QStringLiteral("cos INT8")});
        table->verticalHeader()->hide();
        table->setSelectionBehavior(QAbstractItemView::SelectRows);
        table->verticalHeader()->setDefaultSectionSize(26);
        for (int i = 0; i < 12; ++i)
            for (int j = 0; j < 4; ++j)
                table->setItem(i, j, new QTableWidgetItem(QStringLiteral("%1.%2").arg(i).arg(j)));
        table->sortByColumn(3, Qt::AscendingOrder);
        table->selectRow(2);
        tabs->addTab(table, QStringLiteral("Layer table"));
        tabs->addTab(new QPlainTextEdit(QStringLiteral("text")), QStringLiteral("Log"));
        grid->addWidget(tabs, 6, 0, 1, 3);
        auto* menu = new QMenu(&page);
        menu->addAction(icon(QStringLiteral("open")), QStringLiteral("&Open…"), QKeySequence(QStringLiteral("Ctrl+O")), [] {});
        menu->addSeparator();
        QAction* checked = menu->addAction(QStringLiteral("Dark"));
        checked->setCheckable(true);
        checked->setChecked(true);
        menu->addMenu(QStringLiteral("Recent"));
        page.show();
        table->setFocus();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        const QString name = scheme == Choice::Dark ? QStringLiteral("dark") : QStringLiteral("light");
        const QPixmap shot = page.grab();
        QVERIFY(!shot.isNull());
        shot.save(pictureFolder() + QStringLiteral("/widgets-%1.png").arg(name));
        menu->popup(QPoint(0, 0));
        menu->grab().save(pictureFolder() + QStringLiteral("/menu-%1.png").arg(name));
        menu->hide();
        // A Qt default would show here: the window must be ours to the corner.
        QCOMPARE(shot.toImage().pixelColor(2, 2), color(Token::Window));
    }
}

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
