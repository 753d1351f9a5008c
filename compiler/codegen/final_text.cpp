// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/final_text.h"

#include "compiler/target/bm1684x/cycles/timing.h"

#include <cmath>
#include <cstdio>

namespace wb::codegen {
namespace {

using bm1684x::Part;

std::string hex(uint64_t value) {
    char text[32];
    std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
    return text;
}

std::string toText(const bm1684x::Range& r) { return std::to_string(r.begin) + ":" + std::to_string(r.end); }
std::string toText(const Part& p) {
    return '[' + toText(p.n) + ", " + toText(p.c) + ", " + toText(p.h) + ", " + toText(p.w) + ']';
}
std::string toText(const Turns& turns, bool two) {
    return two && turns[0] != turns[1] ? hex(turns[0]) + " / " + hex(turns[1]) : hex(turns[0]);
}

class Writer {
public:
    Writer(const ir::Graph& graph, const Selection& selection, const DdrMap& ddr)
        : m_graph(graph), m_selection(selection), m_ddr(ddr) {}

    void group(const Step& step) {
        const auto& g = step.group;
        const Cut& cut = step.tiling.cut;
        const bool two = step.tiling.slices.size() > 1;
        m_text += "group of " + std::to_string(g.nodes.size()) + ", slices n" + std::to_string(cut.n) + " c" +
                  std::to_string(cut.c) + " h" + std::to_string(cut.h) + " w" + std::to_string(cut.w) + ", " +
                  std::to_string(step.memory.bytes) + " bytes a lane, about " +
                  std::to_string(std::llround(step.cycles)) + " cycles\n";
        if (step.memory.constantWidth > 0)
            m_text += "    constants  " + std::to_string(step.memory.constantWidth) + " bytes a lane, ddr " +
                      hex(m_ddr.coefficientAddress + step.constants) + ", local " +
                      toText(step.memory.constants, step.tiling.constantPieces > 1) + '\n';
        const Slice& first = step.tiling.slices.front();
        for (size_t i = 0; i < g.inputs.size(); ++i)
            if (g.isHeld(i))
                m_text += "    held       \"" + m_graph.value(g.inputs[i]).name + "\" local " +
                          hex(step.memory.inputs[i][0]) + '\n';
            else
                m_text += "    load       " + value(g.inputs[i]) + " local " +
                          toText(step.memory.inputs[i], two && !step.memory.inputStays[i]) + ' ' +
                          toText(first.inputs[i]) + (two && step.memory.inputStays[i] ? " once" : "") + '\n';
        for (size_t i = 0; i < g.nodes.size(); ++i) {
            m_text += "    compute    " + m_graph.node(g.nodes[i]).op + ' ' + name(g.nodes[i]) + " local " +
                      toText(step.memory.results[i], two) + ' ' + toText(first.results[i]);
            for (const uint32_t scratch : step.memory.scratch[i])
                m_text += " scratch " + hex(scratch);
            m_text += '\n';
        }
        for (size_t i = 0; i < g.outputs.size(); ++i) {
            if (g.isKept(i))
                m_text += "    keep       \"" + m_graph.value(g.outputs[i]).name + "\" local " + hex(step.memory.kept[i]) + '\n';
            if (g.isStored(i))
                m_text += "    store      " + value(g.outputs[i]) + ' ' + toText(first.stored[i]) + '\n';
        }
    }

    void node(const Step& step, bool copied) {
        m_text += step.how == Runs::Global ? "move" : copied ? "copy" : "view";
        m_text += " " + m_graph.node(step.node).op + ' ' + value(m_graph.node(step.node).results[0]) + '\n';
    }

    void line(const std::string& text) { m_text += text + '\n'; }
    std::string value(ir::ValueId id) const {
        return '"' + m_graph.value(id).name + "\" ddr " + hex(m_ddr.values[static_cast<size_t>(id)]);
    }
    std::string name(ir::NodeId id) const { return '"' + m_graph.value(m_graph.node(id).results[0]).name + '"'; }
    std::string take() { return std::move(m_text); }

private:
    const ir::Graph& m_graph;
    const Selection& m_selection;
    const DdrMap& m_ddr;
    std::string m_text;
};

} // namespace

std::string finalText(const ir::Graph& graph, const Selection& selection, const Views& views,
                      const std::vector<Step>& steps, const DdrMap& ddr, const CompiledModel& model) {
    Writer w(graph, selection, ddr);
    w.line("# " + model.name + " for BM1684X");
    w.line("coefficients " + hex(model.coefficientAddress) + ", " + std::to_string(model.coefficients.size()) + " bytes");
    w.line("context      " + hex(model.contextAddress) + ", " + std::to_string(model.contextBytes) + " bytes");
    w.line("commands     " + std::to_string(tiuCommands(model)) + " TIU, " +
           std::to_string(gdmaCommands(model)) + " GDMA, about " + std::to_string(model.cycles) + " cycles");
    if (model.groups.size() > 1)
        w.line("groups       " + std::to_string(model.groups.size()) + ", more commands than ids can number");
    for (const auto* list : {&model.inputs, &model.outputs})
        for (const PlacedTensor& t : *list)
            w.line((list == &model.inputs ? "input        \"" : "output       \"") + t.name + "\" " +
                   ir::toText(t.type.shape) + ' ' + ir::spelling(t.type.element) + " ddr " + hex(t.address));
    w.line("");
    w.line("# steps in order; a part is [n, c, h, w] of the first slice, two local addresses take turns");
    for (size_t i = 0; i < steps.size(); ++i) {
        w.line("step " + std::to_string(i));
        if (steps[i].how == Runs::Local) w.group(steps[i]);
        else w.node(steps[i], views.copied[static_cast<size_t>(steps[i].node)]);
    }
    w.line("");
    w.line("# lifetimes in ddr, in steps");
    for (size_t i = 0; i < graph.values().size(); ++i) {
        const int32_t buffer = views.values[i].buffer;
        if (buffer < 0 || ddr.values[i] == 0 || ddr.lives[static_cast<size_t>(buffer)].first < 0) continue;
        const auto& life = ddr.lives[static_cast<size_t>(buffer)];
        w.line(w.value(static_cast<ir::ValueId>(i)) + ' ' + std::to_string(selection.values[i].bytes) + " bytes, steps " +
               std::to_string(life.first) + " to " + std::to_string(life.last));
    }
    if (const auto timing = bm1684x::timeOf(model.groups)) {
        w.line("");
        w.line("# cycles by layer: TIU, GDMA, from, to; engines " + std::to_string(timing->tiu) + " TIU, " +
               std::to_string(timing->gdma) + " GDMA of " + std::to_string(timing->total));
        for (const auto& layer : timing->layers)
            w.line(std::to_string(layer.tiu) + ' ' + std::to_string(layer.gdma) + ' ' + std::to_string(layer.start) + ' ' +
                   std::to_string(layer.end) + " \"" +
                   (layer.layer < 0 ? std::string() : model.layers[static_cast<size_t>(layer.layer)]) + '"');
    }
    return w.take();
}

} // namespace wb::codegen
