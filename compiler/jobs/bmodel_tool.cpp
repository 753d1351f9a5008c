// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/bmodel_tool.h"

#include "compiler/target/bm1684x/isa/disassemble.h"
#include "compiler/target/bmodel/combine.h"
#include "compiler/target/bmodel/reader.h"
#include "compiler/target/bmodel/writer.h"

#include <algorithm>

namespace wb::jobs {
namespace {

namespace fs = std::filesystem;

/// Network names come from files: what a file system takes for a path of its own becomes "_".
std::string fileName(std::string name) {
    std::replace_if(name.begin(), name.end(), [](unsigned char c) { return c == '/' || c == '\\' || c < 0x20; }, '_');
    if (name.empty() || name.front() == '.') name.insert(name.begin(), '_');
    return name.substr(0, 200);
}

} // namespace

Result<std::string> disassembleBmodel(const fs::path& path, bool json, JobContext& context) {
    WB_ASSIGN(const bmodel::File file, bmodel::read(path));
    if (file.chip != "BM1684X")
        return Error{Code::BmodelWrongChip, "the file is for " + file.chip + ", known are the commands of the BM1684X"}
            .inFile(path.string());
    std::string text = json ? "[" : "";
    bool first = true;
    for (const bmodel::Network& network : file.networks)
        for (size_t s = 0; s < network.stages.size(); ++s)
            for (size_t g = 0; g < network.stages[s].groups.size(); ++g)
                for (const bm1684x::Engine engine : {bm1684x::Engine::Tiu, bm1684x::Engine::Gdma}) {
                    WB_TRY(context.checkStop());
                    const bool tiu = engine == bm1684x::Engine::Tiu;
                    const bmodel::CommandGroup& group = network.stages[s].groups[g];
                    auto stream = bm1684x::decodeStream(engine, (tiu ? group.tiu : group.gdma).bytes());
                    if (!stream) return Error(stream.error()).inFile(path.string());
                    const std::string name = tiu ? "TIU" : "GDMA";
                    if (json) {
                        text += (first ? "\n" : ",\n") + std::string("{\"engine\": \"") + name + "\", \"stage\": " +
                                std::to_string(s) + ", \"group\": " + std::to_string(g) + ", \"commands\": " + bm1684x::disassembleJson(*stream) + "}";
                    } else {
                        text += "# " + network.name + ", stage " + std::to_string(s) +
                                (network.stages[s].groups.size() > 1 ? ", group " + std::to_string(g) : "") + ", " + name + ", " +
                                std::to_string(stream->size()) + " commands\n" + bm1684x::disassemble(*stream);
                    }
                    first = false;
                }
    if (json) text += "\n]";
    return text;
}

Status combineBmodels(const std::vector<fs::path>& files, const fs::path& output) {
    std::vector<bmodel::File> read;
    for (const fs::path& path : files) {
        WB_ASSIGN(bmodel::File file, bmodel::read(path));
        read.push_back(std::move(file));
    }
    WB_ASSIGN(const bmodel::File combined, bmodel::combine(read));
    return bmodel::write(combined, output);
}

Result<std::vector<fs::path>> extractBmodels(const fs::path& path, const fs::path& folder) {
    WB_ASSIGN(const bmodel::File file, bmodel::read(path));
    std::vector<fs::path> written;
    for (const bmodel::Network& network : file.networks)
        for (size_t s = 0; s < network.stages.size(); ++s) {
            WB_ASSIGN(const bmodel::File part, bmodel::extract(file, network.name, s));
            const std::string stage = network.stages.size() > 1 ? "_" + std::to_string(s) : "";
            written.push_back(folder / (fileName(network.name) + stage + ".bmodel"));
            WB_TRY(bmodel::write(part, written.back()));
        }
    return written;
}

} // namespace wb::jobs
