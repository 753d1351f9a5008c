// SPDX-License-Identifier: GPL-3.0-or-later
// Results and errors, files, SHA-256, parallelFor, the job context.
#include "compiler/base/file.h"
#include "compiler/base/parallel.h"
#include "tests/support/shared_data.h"

#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace wb;

namespace {

Result<int> half(int number) {
    if (number % 2 != 0) return Error{Code::Internal, std::to_string(number) + " is odd"};
    return number / 2;
}
Result<int> quarter(int number) {
    WB_ASSIGN(const int once, half(number));
    WB_ASSIGN(const int twice, half(once));
    return twice;
}
Status mustBeEven(int number) {
    WB_TRY(half(number));
    return {};
}

} // namespace

class TestBase : public QObject {
    Q_OBJECT

private slots:
    void results() {
        QCOMPARE(*quarter(12), 3);
        QVERIFY(!quarter(6));
        QCOMPARE(quarter(6).error().what, std::string("3 is odd"));
        QCOMPARE(quarter(5).valueOr(-1), -1);
        QVERIFY(mustBeEven(2));
        QCOMPARE(mustBeEven(3).error().code, Code::Internal);
        Result<std::unique_ptr<int>> moved(std::make_unique<int>(7));
        const std::unique_ptr<int> out = std::move(moved).value();
        QCOMPARE(*out, 7);
        const Result<std::string> text(std::string("abc"));
        QCOMPARE(text->size(), size_t{3});
    }

    void errorText() {
        const Error error = Error{Code::ShapeMismatch, "the shape is 1x2"}
                                .inFile("model.onnx").atNode("conv1").because("the graph was cut")
                                .remedy("give --input_shapes").remedy("export again").field("shape", "1x2");
        QCOMPARE(toText(error), std::string("E2020 model.onnx, conv1: the shape is 1x2. the graph was cut. "
                                            "To do: give --input_shapes; or export again"));
        QCOMPARE(error.fields.at("shape"), std::string("1x2"));
        Error warning{Code::TableNamesUnknown, "three names"};
        warning.severity = Severity::Warning;
        QCOMPARE(toText(warning), std::string("W4011 three names"));
        QVERIFY(isCancelled(Error{Code::Cancelled, "cancelled"}) && !isCancelled(warning));
    }

    void sha256Vectors() { // FIPS 180-4 examples
        QCOMPARE(sha256(std::string_view("abc")),
                 std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        QCOMPARE(sha256(std::string_view("")),
                 std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
        QCOMPARE(sha256(std::string_view("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
                 std::string("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"));
        QCOMPARE(sha256(std::string_view("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklm"
                                         "nopqklmnopqrlmnopqrsmnopqrstnopqrstu")),
                 std::string("cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"));
        QCOMPARE(sha256(std::string_view(std::string(1000000, 'a'))),
                 std::string("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
        QTemporaryDir dir;
        const std::filesystem::path path = dir.filePath("a").toStdString();
        for (size_t length : {0U, 55U, 56U, 63U, 64U, 65U, 70000U}) { // padding borders, several reads
            const std::string text(length, 'x');
            QVERIFY(writeTextAtomically(path, text));
            QCOMPARE(*sha256OfFile(path), sha256(std::string_view(text)));
        }
        QCOMPARE(sha256OfFile(dir.filePath("none").toStdString()).error().code, Code::FileNotFound);
    }

    void files() {
        QTemporaryDir dir;
        const std::filesystem::path folder = dir.path().toStdString(), path = folder / "new" / "sub" / "a.txt";
        QVERIFY(writeTextAtomically(path, "one"));
        QCOMPARE(*readTextFile(path), std::string("one"));
        QVERIFY(writeTextAtomically(path, std::string("two\0two", 7)));
        QCOMPARE(readFile(path)->size(), size_t{7});
        size_t entries = 0;
        for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(path.parent_path()))
            ++entries;
        QCOMPARE(entries, size_t{1}); // no temporary file stays
        struct stat info{};
        QVERIFY(stat(path.c_str(), &info) == 0);
        const mode_t mask = umask(0);
        umask(mask);
        QCOMPARE(info.st_mode & 0777U, 0666U & ~mask);

        QCOMPARE(readFile(folder / "none").error().code, Code::FileNotFound);
        QCOMPARE(readFile(folder).error().code, Code::FileUnreadable);
        const auto tooLong = readFile(path, 3);
        QCOMPARE(tooLong.error().code, Code::FileUnreadable);
        QVERIFY(tooLong.error().what.find("7 bytes") != std::string::npos);
        QCOMPARE(tooLong.error().file, path.string());
        const auto forbidden = writeTextAtomically("/proc/none/file", "x");
        QCOMPARE(forbidden.error().code, Code::FileNotWritable);
        std::filesystem::create_directories(folder / "taken" / "x"); // a folder is not replaced by a file
        QVERIFY(!writeTextAtomically(folder / "taken", "x"));
        QVERIFY(std::filesystem::is_directory(folder / "taken" / "x"));
    }

    void everyIndexOnce_data() {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("grain");
        QTest::addColumn<int>("threads");
        for (int count : {0, 1, 7, 1000})
            for (int grain : {0, 1, 3, 2000})
                for (int threads : {1, 2, 8})
                    QTest::addRow("%d by %d on %d", count, grain, threads) << count << grain << threads;
    }
    void everyIndexOnce() {
        QFETCH(int, count);
        QFETCH(int, grain);
        QFETCH(int, threads);
        for (int repeat = 0; repeat < 20; ++repeat) {
            std::vector<std::atomic<int>> seen(static_cast<size_t>(count));
            std::atomic<bool> border{true};
            parallelFor(count, grain, threads, [&](int64_t begin, int64_t end) {
                const int64_t step = std::max(grain, 1);
                if (begin % step != 0 || end != std::min<int64_t>(begin + step, count)) border = false;
                for (int64_t i = begin; i < end; ++i)
                    ++seen[static_cast<size_t>(i)];
            });
            QVERIFY(border);
            for (const auto& n : seen)
                QCOMPARE(n.load(), 1);
        }
    }

    void nestedAndConcurrentCalls() {
        std::atomic<int64_t> sum{0};
        const auto work = [&] {
            parallelFor(10, 1, 4, [&](int64_t b, int64_t) {
                parallelFor(100, 7, 4, [&](int64_t begin, int64_t end) {
                    for (int64_t i = begin; i < end; ++i)
                        sum += b * 100 + i;
                });
            });
        };
        std::thread first(work), second(work);
        work();
        first.join();
        second.join();
        QCOMPARE(sum.load(), int64_t{3 * 999 * 1000 / 2});
    }

    void resultsDoNotDependOnThreads() {
        const auto run = [](int threads) {
            constexpr int64_t kGrain = 64;
            std::vector<float> parts(100);
            parallelFor(6400, kGrain, threads, [&](int64_t begin, int64_t end) {
                float sum = 0;
                for (int64_t i = begin; i < end; ++i)
                    sum += 1.0F / static_cast<float>(i + 1);
                parts[static_cast<size_t>(begin / kGrain)] = sum;
            });
            float total = 0;
            for (float part : parts)
                total += part;
            return total;
        };
        const float one = run(1);
        for (int threads : {2, 3, 16})
            QCOMPARE(run(threads), one);
    }

    void stopping() {
        std::stop_source source;
        JobContext context(source.get_token());
        context.setThreads(2);
        QVERIFY(context.checkStop());
        std::atomic<int> done{0};
        const Status status = parallelFor(1000000, 1, context, [&](int64_t, int64_t) {
            if (++done == 10) source.request_stop();
        });
        QVERIFY(!status && isCancelled(status.error()));
        QVERIFY(done < 100);
        QVERIFY(!context.checkStop() && context.stopRequested());
        QVERIFY(parallelFor(3, 1, JobContext(), [&](int64_t, int64_t) { ++done; }));
    }

    void context() {
        JobContext context;
        QVERIFY(context.threads() >= 1);
        context.setThreads(3);
        QCOMPARE(context.threads(), 3);
        std::vector<std::string> heard;
        context.line("nobody listens");
        context.setLineSink([&](const std::string& line) { heard.push_back(line); });
        context.setProgressSink([&](const Progress& p) { heard.push_back(p.stage); });
        context.diagnostics().setSink([&](const Error& e) { heard.push_back(e.node); });
        context.line("a line");
        context.progress({"import", 1, 2});
        context.diagnostics().warn(Code::TableNamesUnknown, "unknown", "conv7");
        QVERIFY(heard == std::vector<std::string>({"a line", "import", "conv7"}));
        QCOMPARE(context.diagnostics().all().size(), size_t{1});
        QCOMPARE(context.diagnostics().all()[0].severity, Severity::Warning);
    }
};

QTEST_GUILESS_MAIN(TestBase)
#include "tst_base.moc"
