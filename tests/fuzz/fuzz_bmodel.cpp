// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/target/bm1684x/isa/command.h"
#include "compiler/target/bm1684x/isa/disassemble.h"
#include "compiler/target/bmodel/info.h"
#include "compiler/target/bmodel/reader.h"
#include "compiler/target/bmodel/writer.h"
#include "tests/fuzz/fuzz.h"

#include <span>
#include <vector>

namespace {

void disassembled(wb::bm1684x::Engine engine, const wb::bmodel::Blob& stream) {
    if (const auto commands = wb::bm1684x::decodeStream(engine, stream.bytes())) (void)wb::bm1684x::disassemble(*commands);
}

} // namespace

/// The container, what is told of it, its streams; then written and read again.
int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace wb;
    const auto bytes = std::as_bytes(std::span(data, size));
    const auto file = bmodel::read(bmodel::Blob(std::vector<std::byte>(bytes.begin(), bytes.end())));
    if (!file) return 0;
    (void)bmodel::infoText(*file);
    for (const auto& network : file->networks)
        for (const auto& stage : network.stages)
            for (const auto& group : stage.groups) {
                disassembled(bm1684x::Engine::Tiu, group.tiu);
                disassembled(bm1684x::Engine::Gdma, group.gdma);
            }
    const auto again = bmodel::read(bmodel::Blob(bmodel::toBytes(*file)));
    fuzz::require(again.hasValue(), "a written bmodel is read");
    return 0;
}
