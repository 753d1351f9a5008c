// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/target/bm1684x/assembler/assembler.h"

#include "compiler/target/bm1684x/assembler/hazards.h"

#include <algorithm>
#include <array>
#include <optional>

namespace wb::bm1684x {
namespace {

constexpr size_t kBlobAlignment = 128;

size_t indexOf(Engine engine) {
    return engine == Engine::Tiu ? 0 : 1;
}

/// False for the one format without ids (LAR): nothing could wait for it.
bool setIds(Command& command, uint32_t id, uint32_t dependency) {
    return setField(command, "cmd_id", id) && setField(command, "cmd_id_dep", dependency) &&
           setField(command, "cmd_id_en", 1);
}

} // namespace

struct Assembler::State {
    Hazards hazards;
    std::vector<Placed> placed;
    std::array<uint32_t, 2> count{}; ///< by engine
    std::array<uint32_t, 2>
        dependency{}; ///< largest so far: an engine works in order, so it never shrinks
    int32_t layer = -1;
    uint32_t mostCommands = 0;
    std::optional<Error> error; ///< the first one

    void fail(Code code, std::string what, const Command& command) {
        if (!error)
            error = Error{code, std::string(formatOf(command).name) + " " + operationName(command) +
                                    ": " + std::move(what)}
                        .field("command", formatOf(command).name)
                        .field("layer", std::to_string(layer));
    }
};

Assembler::Assembler(uint32_t mostCommands)
    : m_state(std::make_unique<State>()) {
    m_state->mostCommands = mostCommands;
}
Assembler::~Assembler() = default;
Assembler::Assembler(Assembler&&) noexcept = default;
Assembler& Assembler::operator=(Assembler&&) noexcept = default;

void Assembler::setLayer(int32_t layer) {
    m_state->layer = layer;
}
uint32_t Assembler::count(Engine engine) const {
    return m_state->count[indexOf(engine)];
}

void Assembler::add(Command command) {
    State& s = *m_state;
    if (s.error) return;
    const Engine engine = engineOf(command);
    const size_t e = indexOf(engine);
    if (isEnd(command))
        return s.fail(Code::Internal, "the end of a stream is written by finish()", command);
    if (engine == Engine::Gdma && encodedBytes(command) != encodedBytes(DmaTensor{}))
        return s.fail(Code::CodegenUnsupported, "only transfers can stand inside a stream",
                      command);
    if (s.count[e] >= s.mostCommands)
        return s.fail(Code::CodegenLimit,
                      "there are more than " + std::to_string(s.mostCommands) +
                          " commands for one engine",
                      command);
    const Footprint touched = footprint(command);
    if (touched.outside)
        return s.fail(Code::CommandFault,
                      std::string("operand ") + touched.outside + " leaves its memory", command);
    const uint32_t id = s.count[e] + 1;
    s.dependency[e] = std::max(s.dependency[e], s.hazards.enter(touched, engine, id));
    if (!setIds(command, id, s.dependency[e]))
        return s.fail(Code::CodegenUnsupported, "the command has no id to wait for", command);
    s.count[e] = id;
    s.placed.push_back({std::move(command), engine, s.layer});
}

Result<Program> Assembler::finish() {
    State& s = *m_state;
    if (s.error) return *std::move(s.error);
    Program out;
    const auto append = [&](std::vector<std::byte>& blob, const Command& command) {
        const size_t at = blob.size();
        blob.resize(at + encodedBytes(command));
        return encode(command, std::span(blob).subspan(at));
    };
    for (const Placed& p : s.placed) {
        Status status = append(p.engine == Engine::Tiu ? out.tiu : out.gdma, p.command);
        if (!status) return std::move(status).error().field("layer", std::to_string(p.layer));
    }
    WB_TRY(append(out.tiu, tiuEnd(s.count[0] + 1)));
    WB_TRY(append(out.gdma, gdmaEnd(s.count[1] + 1)));
    for (auto* blob : {&out.tiu, &out.gdma})
        blob->resize(
            static_cast<size_t>(roundUp(static_cast<int64_t>(blob->size()), kBlobAlignment)));
    out.tiuCount = s.count[0] + 1;
    out.gdmaCount = s.count[1] + 1;
    out.placed = std::move(s.placed);
    const uint32_t most = s.mostCommands;
    s = State{};
    s.mostCommands = most;
    return out;
}

} // namespace wb::bm1684x
