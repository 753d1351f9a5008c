// SPDX-License-Identifier: GPL-3.0-or-later
// Instruction streams of vendor-made bmodels: every *.bmodel below the folder that
// WB_VENDOR_BMODELS names.
#pragma once

#include "compiler/target/bm1684x/isa/command.h"
#include "compiler/target/bmodel/reader.h"

#include <QByteArray>
#include <QtGlobal>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace wb::test {

struct VendorGroup {
    std::string name; ///< file and number of the group
    bmodel::Blob tiu, gdma;
    std::span<const std::byte> stream(bm1684x::Engine engine) const {
        return engine == bm1684x::Engine::Tiu ? tiu.bytes() : gdma.bytes();
    }
};

/// Empty without the folder. Groups of a file that does not read are left out; `unread` names such
/// files.
inline std::vector<VendorGroup> vendorGroups(std::vector<std::string>* unread = nullptr) {
    std::vector<std::filesystem::path> files;
    std::error_code ec;
    const QByteArray folder = qgetenv("WB_VENDOR_BMODELS");
    if (folder.isEmpty()) return {};
    for (std::filesystem::recursive_directory_iterator it(folder.toStdString(), ec), end; it != end;
         it.increment(ec))
        if (it->path().extension() == ".bmodel") files.push_back(it->path());
    std::sort(files.begin(), files.end());
    std::vector<VendorGroup> out;
    for (const std::filesystem::path& path : files) {
        const Result<bmodel::File> file = bmodel::read(path);
        if (!file) {
            if (unread) unread->push_back(toText(file.error()));
            continue;
        }
        if (file->chip != "BM1684X") continue;
        for (const bmodel::Network& network : file->networks)
            for (const bmodel::Stage& stage : network.stages)
                for (const bmodel::CommandGroup& group : stage.groups)
                    out.push_back({path.filename().string() + " " + std::to_string(out.size()),
                                   group.tiu, group.gdma});
    }
    return out;
}

} // namespace wb::test
