// SPDX-License-Identifier: GPL-3.0-or-later
// The vendor's streams, timed by us, against the vendor's own listings. For each bmodel in the folder WB_VENDOR_BMODELS
// that has a listing: NAME.profile.txt or compiler_profile_0.txt beside it, or inside (the compiler's --debug).
#include "compiler/target/bm1684x/cycles/timing.h"
#include "compiler/target/bmodel/reader.h"
#include "tests/support/shared_data.h"

#include <QTest>

#include <map>
#include <regex>

using namespace wb;
using namespace wb::bm1684x;

namespace {

struct Row {
    std::string operation;
    int64_t start = 0, cycles = 0;
};

struct Listing {
    std::vector<Row> tiu, gdma;
    int64_t total = 0;
};

Listing parse(const std::string& text) {
    static const std::regex row(R"(([^\s|]+)\|(\w+)\|s:(\d+)\|b:\d+\|g:\d+\|e:\d+\|t:(\d+))");
    static const std::regex total(R"(TCYC : (\d+))");
    Listing out;
    for (auto it = std::sregex_iterator(text.begin(), text.end(), row); it != std::sregex_iterator(); ++it) {
        const std::string operation = (*it)[2];
        auto& engine = operation.starts_with("GDMA") ? out.gdma : out.tiu;
        engine.push_back({operation, std::stoll((*it)[3]), std::stoll((*it)[4])});
    }
    if (std::smatch found; std::regex_search(text, found, total)) out.total = std::stoll(found[1]);
    return out;
}

std::string listingOf(const std::filesystem::path& path, const bmodel::File& file) {
    for (auto beside : {std::filesystem::path(path).replace_extension(".profile.txt"),
                        path.parent_path() / "compiler_profile_0.txt"})
        if (std::filesystem::exists(beside)) return wb::test::readAll(beside);
    const auto inside = file.networks.at(0).stages.at(0).netStat.bytes();
    return {reinterpret_cast<const char*>(inside.data()), inside.size()};
}

} // namespace

class TestCyclesVendor : public QObject {
    Q_OBJECT

private slots:
    void everyListing() {
        const QByteArray folder = qgetenv("WB_VENDOR_BMODELS");
        if (folder.isEmpty()) QSKIP("WB_VENDOR_BMODELS does not name a folder with bmodels of the vendor's compiler");
        std::map<std::string, std::filesystem::path> files;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.toStdString()))
            if (entry.path().extension() == ".bmodel") files[entry.path().string()] = entry.path();
        int compared = 0;
        std::map<std::string, int> differing;
        std::string first, apart;
        std::printf("%-28s %9s %9s %10s %10s %8s\n", "", "commands", "equal", "vendor", "ours", "ours/v.");
        for (const auto& [name, path] : files) {
            const auto file = bmodel::read(path);
            QVERIFY2(file, name.c_str());
            const Listing listing = parse(listingOf(path, *file));
            const bmodel::Stage& stage = file->networks[0].stages[0];
            if (listing.total == 0 || stage.groups.size() != 1) continue;
            const auto tiu = decodeStream(Engine::Tiu, stage.groups[0].tiu.bytes());
            const auto gdma = decodeStream(Engine::Gdma, stage.groups[0].gdma.bytes());
            const Error none;
            QVERIFY2(tiu && gdma, (name + ": " + toText(!tiu ? tiu.error() : !gdma ? gdma.error() : none)).c_str());
            const auto timing = timeOf(*tiu, *gdma);
            QVERIFY2(timing, timing ? "" : toText(timing.error()).c_str());
            QCOMPARE(timing->commands.size(), listing.tiu.size() + listing.gdma.size());
            size_t equal = 0;
            for (size_t i = 0; i < timing->commands.size(); ++i) {
                const Row& row = i < listing.tiu.size() ? listing.tiu[i] : listing.gdma[i - listing.tiu.size()];
                if (row.cycles == timing->commands[i].cycles) ++equal;
                else if (++differing[row.operation] == 1)
                    first += row.operation + " " + std::to_string(row.cycles) + ", ours " +
                             std::to_string(timing->commands[i].cycles) + " in " + name + "\n";
            }
            const double ratio = static_cast<double>(timing->total) / static_cast<double>(listing.total);
            std::printf("%-28s %9zu %9zu %10lld %10lld %8.4f\n", path.stem().c_str(), timing->commands.size(), equal,
                        static_cast<long long>(listing.total), static_cast<long long>(timing->total), ratio);
            if (ratio < 0.99 || ratio > 1.01 || equal * 100 < timing->commands.size() * 99) apart += name + "\n";
            ++compared;
        }
        if (!first.empty()) std::printf("first differences:\n%s", first.c_str());
        QVERIFY2(apart.empty(), apart.c_str());
        QVERIFY2(compared > 0, "no bmodel in the folder has a listing");
    }
};

QTEST_GUILESS_MAIN(TestCyclesVendor)
#include "tst_cycles_vendor.moc"
