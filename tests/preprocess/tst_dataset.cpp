// SPDX-License-Identifier: GPL-3.0-or-later
// The choice of samples and what becomes of files that cannot be read.
#include "compiler/ir/npz_tensor.h"
#include "compiler/preprocess/samples.h"
#include "tests/support/shared_data.h"

#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace pre = wb::preprocess;
namespace ir = wb::ir;
namespace fs = std::filesystem;
using wb::Code;

namespace {

ir::Tensor picture(int value) {
    ir::Tensor tensor(ir::ElementType::Ui8, {4, 4, 3});
    std::fill_n(tensor.mutableData<uint8_t>(), 48, static_cast<uint8_t>(value));
    return tensor;
}

std::vector<pre::NetworkInput> oneInput(int64_t batch = 1) {
    return {{"x", {batch, 3, 4, 4}, pre::Settings{}}};
}

class Folder {
public:
    fs::path path(const std::string& name) const { return fs::path(m_dir.path().toStdString()) / name; }
    std::string text() const { return m_dir.path().toStdString(); }
    void addPicture(const std::string& name, int value) const {
        fs::create_directories(path(name).parent_path());
        QVERIFY(pre::writePicture(path(name), picture(value)).hasValue());
    }

private:
    QTemporaryDir m_dir;
};

} // namespace

class TestDataset : public QObject {
    Q_OBJECT

private slots:
    void shuffleIsPythons() {
        // random.seed(1684); random.shuffle(list(range(n))) of CPython 3.
        QCOMPARE(pre::pythonShuffle(12, 1684), (std::vector<size_t>{1, 10, 5, 2, 11, 6, 3, 9, 4, 8, 0, 7}));
        QCOMPARE(pre::pythonShuffle(40, 1684), (std::vector<size_t>{23, 37, 34, 14, 6, 1, 29, 32, 3, 8, 25, 4, 18, 9, 24, 13, 10, 12, 5, 21, 7, 20, 2, 11, 22, 27, 35, 31, 39, 15, 17, 38, 36, 28, 26, 19, 16, 33, 0, 30}));
        const auto many = pre::pythonShuffle(3000, 1684); // past the first 624 words
        QCOMPARE(std::vector<size_t>(many.begin(), many.begin() + 5), (std::vector<size_t>{786, 1953, 2930, 1220, 1209}));
        QCOMPARE(std::vector<size_t>(many.end() - 5, many.end()), (std::vector<size_t>{1266, 1069, 2112, 58, 1972}));
        QVERIFY(pre::pythonShuffle(0, 1684).empty());
        QCOMPARE(pre::pythonShuffle(1, 1684), std::vector<size_t>{0});
    }

    void folderIsSearchedSortedAndShuffled() {
        Folder folder;
        for (int i = 0; i < 12; ++i) {
            const std::string name = (i % 3 == 0 ? "sub/" : "") + std::string(1, char('a' + i)) + ".PNG";
            wb::test::writeAll((fs::create_directories(folder.path("sub")), folder.path(name)), "x");
        }
        wb::test::writeAll(folder.path("notes.txt"), "x");
        const auto all = pre::selectSamples({folder.text(), "", 0});
        QVERIFY(all.hasValue());
        QCOMPARE(all->samples.size(), size_t{12});
        QCOMPARE(all->available, size_t{12});
        std::vector<std::string> sorted;
        for (const auto& entry : fs::recursive_directory_iterator(folder.text()))
            if (entry.path().extension() == ".PNG")
                sorted.push_back(entry.path().generic_string());
        std::sort(sorted.begin(), sorted.end());
        const auto order = pre::pythonShuffle(12, 1684);
        for (size_t i = 0; i < 12; ++i)
            QCOMPARE(all->samples[i][0], sorted[order[i]]);
        const auto few = pre::selectSamples({folder.text(), "", 5});
        QCOMPARE(few->samples.size(), size_t{5});
        QCOMPARE(few->samples[4], all->samples[4]);
        QCOMPARE(pre::selectSamples({folder.text(), "", 99})->samples.size(), size_t{12});
    }

    void listsKeepTheirOrder() {
        Folder folder;
        folder.addPicture("a.png", 1);
        wb::test::writeAll(folder.path("list.txt"), "  b.jpg , c.png\r\n\na.png\nd.bmp\n");
        const auto list = pre::selectSamples({"ignored", folder.path("list.txt").string(), 2});
        QVERIFY(list.hasValue());
        QCOMPARE(list->samples.size(), size_t{2});
        QCOMPARE(list->samples[0], (std::vector<std::string>{"b.jpg", "c.png"}));
        QCOMPARE(list->samples[1][0], folder.path("a.png").generic_string()); // found beside the list
        QCOMPARE(list->available, size_t{3});
    }

    void errorsAreCoded() {
        Folder folder;
        QCOMPARE(pre::selectSamples({}).error().code, Code::UsageError);
        QCOMPARE(pre::selectSamples({folder.path("none").string(), ""}).error().code, Code::FileNotFound);
        QCOMPARE(pre::selectSamples({"", folder.path("none").string()}).error().code, Code::FileNotFound);
        QCOMPARE(pre::selectSamples({folder.text(), ""}).error().code, Code::DatasetEmpty);
        wb::test::writeAll(folder.path("empty.txt"), "\n \n");
        QCOMPARE(pre::selectSamples({"", folder.path("empty.txt").string()}).error().code, Code::DatasetEmpty);
        wb::test::writeAll(folder.path("bad.txt"), "a.png\nb.docx\n");
        const auto bad = pre::selectSamples({"", folder.path("bad.txt").string()});
        QCOMPARE(bad.error().code, Code::FileUnknownKind);
        QVERIFY(wb::toText(bad.error()).find("line 2") != std::string::npos);
        folder.addPicture("a.png", 1);
        wb::test::writeAll(folder.path("a.npz"), "x");
        QCOMPARE(pre::selectSamples({folder.text(), ""}).error().code, Code::DatasetMixed);
    }

    void unreadableAreSkippedAndDuplicatesCounted() {
        Folder folder;
        folder.addPicture("a.png", 1);
        folder.addPicture("b.png", 2);
        folder.addPicture("c.png", 1); // the same as a
        wb::test::writeAll(folder.path("d.png"), "this is no picture");
        const auto dataset = pre::selectSamples({folder.text(), ""});
        wb::JobContext context;
        size_t good = 0, bad = 0;
        context.setEventSink([&](const char* kind, const nlohmann::json& payload) {
            QCOMPARE(std::string(kind), std::string("calibration-picture"));
            ++(payload.at("ok").get<bool>() ? good : bad);
        });
        const auto source = pre::SampleSource::open(*dataset, oneInput(), context);
        QVERIFY(source.hasValue());
        QCOMPARE(source->count(), size_t{3});
        QCOMPARE(source->skipped().size(), size_t{1});
        QCOMPARE(source->duplicates(), size_t{1});
        QCOMPARE(good, size_t{3});
        QCOMPARE(bad, size_t{1});
        QCOMPARE(context.diagnostics().all().size(), size_t{1});
        QVERIFY(context.diagnostics().all()[0].severity == wb::Severity::Warning);
        fs::remove(folder.path("a.png"));
        fs::remove(folder.path("b.png"));
        fs::remove(folder.path("c.png"));
        const auto none = pre::SampleSource::open(*pre::selectSamples({folder.text(), ""}), oneInput(), {});
        QCOMPARE(none.error().code, Code::DatasetUnreadable);
    }

    void batchesAreFilledAndTheBudgetIsNoLimit() {
        Folder folder;
        for (int i = 0; i < 5; ++i)
            folder.addPicture(std::string(1, char('a' + i)) + ".png", i + 1);
        const auto dataset = pre::selectSamples({folder.text(), ""});
        for (const size_t budget : {size_t{1} << 20, size_t{0}}) {
            const auto source = pre::SampleSource::open(*dataset, oneInput(2), {}, budget);
            QVERIFY(source.hasValue());
            QCOMPARE(source->count(), size_t{3});
            const auto last = source->load(2);
            QVERIFY(last.hasValue());
            const ir::Tensor& x = last->at("x");
            QCOMPARE(x.shape(), (ir::Shape{2, 3, 4, 4}));
            QCOMPARE(x.data<float>()[0], x.data<float>()[48]); // the last picture twice
            QVERIFY(x.data<float>()[0] > 0);
        }
    }

    void arraysAreInputs() {
        Folder folder;
        ir::Tensor x(ir::ElementType::Ui8, {1, 3, 4, 4});
        x.mutableData<uint8_t>()[7] = 200;
        QVERIFY(ir::writeNpz(folder.path("a.npz"), {{"any name", x}}).hasValue());
        const auto dataset = pre::selectSamples({folder.text(), ""});
        QVERIFY(dataset->kind == pre::SampleKind::Npz);
        const auto source = pre::SampleSource::open(*dataset, oneInput(), {});
        QVERIFY(source.hasValue());
        QCOMPARE(source->load(0)->at("x").data<float>()[7], 200.0f);
        // The wrong shape is said with both shapes.
        const auto wrong = pre::SampleSource::open(*dataset, {{"x", {1, 3, 5, 5}, {}}}, {});
        QCOMPARE(wrong.error().code, Code::DatasetUnreadable);
        QVERIFY(wb::toText(wrong.error()).find("1x3x4x4, should be 1x3x5x5") != std::string::npos);
        const auto two = pre::SampleSource::open(*dataset, {{"x", {1, 3, 4, 4}, {}}, {"y", {1}, {}}}, {});
        QVERIFY(!two);
    }

    void cancelStops() {
        Folder folder;
        folder.addPicture("a.png", 1);
        std::stop_source stop;
        stop.request_stop();
        const auto source =
            pre::SampleSource::open(*pre::selectSamples({folder.text(), ""}), oneInput(), wb::JobContext(stop.get_token()));
        QVERIFY(!source);
        QCOMPARE(source.error().code, Code::Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestDataset)
#include "tst_dataset.moc"
