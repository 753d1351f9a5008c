// SPDX-License-Identifier: GPL-3.0-or-later
// Executable form of one node. Float kernels (top ops) and exact integer models (tpu ops) share this
// interface; `execute/` plans memory and runs them in order.
//
// A kernel is prepared once for a node with known types: it packs weights, builds look-up tables and
// oneDNN primitives. run() is then called any number of times; it must be const and thread-safe.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/ir/graph.h"

#include <map>
#include <memory>
#include <span>
#include <string>

namespace wb::ops {

/// How the elements of a 4-D value lie in memory while a graph runs. Values handed to observers,
/// inputs and outputs are always Plain.
enum class Layout : uint8_t {
    Plain,      ///< row-major as the shape says (NCHW)
    Nhwc,       ///< channels last
    Blocked8,   ///< NChw8c: channels padded to a multiple of 8, float (oneDNN's AVX2 form)
    Blocked16,  ///< NChw16c (oneDNN's AVX-512 form)
};

/// One operand or result in memory: `data` holds `type.shape` elements in `layout`.
struct Buffer {
    std::byte* data = nullptr;
    const ir::TensorType* type = nullptr;
    Layout layout = Layout::Plain;

    template <class T> T* as() const { return reinterpret_cast<T*>(data); }
    int64_t elementCount() const { return type->elementCount(); }
};

/// Elements held in memory for a type in a layout: blocked forms round channels up.
inline int64_t storedElements(const ir::TensorType& type, Layout layout) {
    const int64_t block = layout == Layout::Blocked8 ? 8 : layout == Layout::Blocked16 ? 16 : 1;
    if (block == 1 || type.shape.size() != 4) return type.elementCount();
    return type.shape[0] * ((type.shape[1] + block - 1) / block * block) * type.shape[2] * type.shape[3];
}

struct RunContext {
    int threads = 1;
    const JobContext* job = nullptr; ///< when set, loops over 50 ms test its stop flag and may return early
    std::byte* scratch = nullptr;   ///< as many bytes as Kernel::scratchBytes asked for, 64-byte aligned
};

class Kernel {
public:
    virtual ~Kernel() = default;
    /// Operand buffers in node order; an absent operand has data == nullptr. Constant operands
    /// (top.Weight) are present in Plain layout. With absorbed followers (see KernelDef::absorb) their
    /// own operands come after, in order, without the one that is the chain itself; the outputs are
    /// the last follower's.
    virtual void run(std::span<const Buffer> inputs, std::span<const Buffer> outputs,
                     const RunContext& context) const = 0;
    virtual size_t scratchBytes() const { return 0; }
};

/// What prepare() is told about its surroundings.
struct PrepareContext {
    const ir::Graph* graph = nullptr;
    const ir::Node* node = nullptr;
    std::vector<Layout> inputLayouts;   ///< chosen by the planner; all Plain unless `layouts` allows more
    std::vector<Layout> outputLayouts;
    std::vector<const ir::Node*> absorbed; ///< followers to be computed in the same pass, in order
    bool scalar = false;                ///< use the plain twin (tests, comparison)
};

struct KernelDef {
    std::string op;                     ///< "top.Conv", "tpu.Conv2D"
    Result<std::unique_ptr<Kernel>> (*prepare)(const PrepareContext&) = nullptr;
    /// Layouts that the kernel takes and gives; all 4-D operands and results share one. Null: Plain only.
    /// The planner takes the one that needs the fewest bytes converted, the earlier one at a tie. So a
    /// kernel that works best in one layout lists only that one; one that does not care lists all.
    std::vector<Layout> (*layouts)(const ir::Graph&, const ir::Node&) = nullptr;
    /// Plain operands of at most so many channels are read as they are, whatever layout the result has.
    int64_t plainInputChannels = 0;
    /// Fusion: how many of `followers` the kernel can compute in its own pass (Conv + SiLU + Add).
    /// followers[0] uses the node's result and so on; nothing else uses these results, and the layout
    /// of the node holds for all of them. Asked only when nobody observes. Null: none.
    size_t (*absorb)(const ir::Graph&, const ir::Node& node,
                     std::span<const ir::Node* const> followers) = nullptr;
    /// Concat-like: byte offset in result 0 at which operand i may be computed in place, or -1 where it
    /// has to be copied. run() then finds inputs[i].data == outputs[0].data + offset, and skips it.
    std::vector<int64_t> (*placement)(const ir::Graph&, const ir::Node&, Layout) = nullptr;
    bool inPlace = false;               ///< may be run with output 0 in input 0's memory
    bool alias = false;                 ///< output is input 0's bytes under another shape (Reshape)
};

class KernelTable {
public:
    void add(KernelDef def) { m_rows.insert_or_assign(def.op, std::move(def)); }
    const KernelDef* find(std::string_view op) const {
        const auto it = m_rows.find(op);
        return it == m_rows.end() ? nullptr : &it->second;
    }
    const std::map<std::string, KernelDef, std::less<>>& rows() const { return m_rows; }

private:
    std::map<std::string, KernelDef, std::less<>> m_rows;
};

const KernelTable& kernelTable(); ///< float and integer kernels; collected at first use

} // namespace wb::ops
