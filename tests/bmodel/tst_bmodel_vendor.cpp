// SPDX-License-Identifier: GPL-3.0-or-later
// Files that the vendor's compiler made: each is read without a note and keeps every value and byte when written
// again. The folder is named by WB_VENDOR_BMODELS.
#include "compiler/target/bmodel/info.h"
#include "compiler/target/bmodel/reader.h"
#include "compiler/target/bmodel/writer.h"
#include "tests/bmodel/made_file.h"

#include <QTemporaryDir>
#include <QTest>

using namespace wb;
using namespace wb::bmodel;
using namespace wb::bmodel::test;

class TestBmodelVendor : public QObject {
    Q_OBJECT

private slots:
    void everyFile() {
        const QByteArray folder = qgetenv("WB_VENDOR_BMODELS");
        if (folder.isEmpty()) QSKIP("WB_VENDOR_BMODELS does not name a folder with bmodels of the vendor's compiler");
        const QTemporaryDir made;
        int count = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.toStdString())) {
            if (entry.path().extension() != ".bmodel" || !entry.is_regular_file()) continue;
            ++count;
            const std::string name = entry.path().string();
            const auto file = bmodel::read(entry.path());
            QVERIFY2(file, file ? "" : toText(file.error()).c_str());
            QVERIFY2(file->notes.empty(), name.c_str());
            QVERIFY(!file->networks.empty() && !file->networks[0].stages.empty());
            QVERIFY(!file->networks[0].stages[0].groups.empty());
            const std::filesystem::path copy = made.filePath("copy.bmodel").toStdString();
            QVERIFY(bmodel::write(*file, copy));
            const auto again = bmodel::read(copy);
            QVERIFY(again);
            QCOMPARE(difference(*file, *again), std::string());
            QVERIFY2(again->fileBytes <= file->fileBytes, name.c_str());
        }
        QVERIFY2(count > 0, "no bmodel in the folder");
        qInfo("%d files", count);
    }
};

QTEST_GUILESS_MAIN(TestBmodelVendor)
#include "tst_bmodel_vendor.moc"
