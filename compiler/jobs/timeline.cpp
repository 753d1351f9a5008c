// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/timeline.h"

#include "compiler/jobs/json_fields.h"

#include <algorithm>

namespace wb::jobs {
namespace {

using nlohmann::json;
using Row = std::vector<int64_t>;

constexpr size_t kCommandFields = 11, kMemoryFields = 6;

int32_t indexIn(int64_t value, size_t size) {
    return value >= 0 && static_cast<uint64_t>(value) < size ? static_cast<int32_t>(value) : -1;
}

/// Rows with the right number of integers.
std::vector<Row> rowsOf(const json& j, const char* key, size_t fields) {
    std::vector<Row> rows;
    const auto list = j.find(key);
    if (list == j.end() || !list->is_array()) return rows;
    rows.reserve(list->size());
    for (const json& entry : *list) {
        if (!entry.is_array() || entry.size() != fields) continue;
        if (!std::all_of(entry.begin(), entry.end(), [](const json& n) { return n.is_number_integer(); })) continue;
        rows.push_back(entry.get<Row>());
    }
    return rows;
}

} // namespace

void to_json(json& j, const Timeline& v) {
    json commands = json::array(), memory = json::array();
    for (const TimelineCommand& c : v.commands)
        commands.push_back({c.transfer ? 1 : 0, static_cast<int>(c.type), c.estimated ? 1 : 0, c.layer, c.kind, c.id, c.merged,
                            c.start, c.end - c.start, c.cycles, c.bytes});
    json waits = json::array();
    for (const TimelineCommand& c : v.commands)
        waits.push_back(c.waitsFor);
    for (const TimelineMemory& m : v.memory)
        memory.push_back({m.begin, m.end, m.from, m.to - m.from, m.layer, m.writer});
    j = {{"network", v.network},         {"cycles", v.cycles},
         {"tiu", v.tiu},                 {"gdma", v.gdma},
         {"lane_bytes", v.laneBytes},    {"bank_bytes", v.bankBytes},
         {"tiu_commands", v.tiuCommands}, {"gdma_commands", v.gdmaCommands},
         {"estimated", v.estimated},     {"stays_left_out", v.staysLeftOut},
         {"layers", v.layers},           {"kinds", v.kinds},
         {"commands", std::move(commands)}, {"waits_for", std::move(waits)},
         {"memory", std::move(memory)}};
}

void from_json(const json& j, Timeline& v) {
    v = {};
    if (!j.is_object()) return;
    readField(j, "network", v.network);
    readField(j, "cycles", v.cycles);
    readField(j, "tiu", v.tiu);
    readField(j, "gdma", v.gdma);
    readField(j, "lane_bytes", v.laneBytes);
    readField(j, "bank_bytes", v.bankBytes);
    readField(j, "tiu_commands", v.tiuCommands);
    readField(j, "gdma_commands", v.gdmaCommands);
    readField(j, "estimated", v.estimated);
    readField(j, "stays_left_out", v.staysLeftOut);
    readField(j, "layers", v.layers);
    readField(j, "kinds", v.kinds);
    const std::vector<Row> rows = rowsOf(j, "commands", kCommandFields);
    Row waits;
    readField(j, "waits_for", waits);
    v.commands.reserve(rows.size());
    for (const Row& row : rows) {
        TimelineCommand c;
        c.transfer = row[0] != 0;
        c.type = row[1] >= 0 && row[1] < kCommandClasses ? static_cast<CommandClass>(row[1]) : CommandClass::Other;
        c.estimated = row[2] != 0;
        c.layer = indexIn(row[3], v.layers.size());
        c.kind = indexIn(row[4], v.kinds.size());
        c.id = static_cast<uint32_t>(row[5]);
        c.merged = static_cast<uint32_t>(std::max<int64_t>(row[6], 1));
        c.start = std::max<int64_t>(row[7], 0);
        c.end = c.start + std::max<int64_t>(row[8], 0);
        c.cycles = row[9];
        c.bytes = row[10];
        if (waits.size() == rows.size()) c.waitsFor = indexIn(waits[v.commands.size()], rows.size());
        v.commands.push_back(c);
    }
    for (const Row& row : rowsOf(j, "memory", kMemoryFields)) {
        if (row[0] < 0 || row[1] <= row[0] || row[1] > v.laneBytes) continue;
        TimelineMemory m;
        m.begin = static_cast<uint32_t>(row[0]);
        m.end = static_cast<uint32_t>(row[1]);
        m.from = std::max<int64_t>(row[2], 0);
        m.to = m.from + std::max<int64_t>(row[3], 0);
        m.layer = indexIn(row[4], v.layers.size());
        m.writer = indexIn(row[5], v.commands.size());
        v.memory.push_back(m);
    }
}

} // namespace wb::jobs
