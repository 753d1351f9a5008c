// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/target/bmodel/writer.h"

#include "compiler/base/file.h"
#include "compiler/target/bmodel/reader.h"

#include "bmodel_generated.h"

#include <algorithm>
#include <cstring>
#include <map>

namespace wb::bmodel {
namespace {

constexpr uint64_t kPage = 4096;
uint64_t toPage(uint64_t bytes) { return (bytes + kPage - 1) / kPage * kPage; }

using Builder = flatbuffers::FlatBufferBuilder;
template <class T> using Offset = flatbuffers::Offset<T>;
template <class T> using VectorOffset = Offset<flatbuffers::Vector<T>>;
template <class T> using TablesOffset = VectorOffset<Offset<T>>;

/// Where blobs lie in the binary section.
class Section {
public:
    wire::Binary place(const Blob& blob) {
        if (blob.empty()) return {0, 0};
        const auto seen = m_places.try_emplace({blob.bytes().data(), blob.bytes().size()}, 0);
        if (seen.second) seen.first->second = placeNew(blob);
        return {seen.first->second, blob.size()};
    }
    const std::vector<Blob>& blobs() const { return m_blobs; }
    uint64_t bytes() const { return m_end; }

private:
    uint64_t placeNew(const Blob& blob) {
        const Digest digest = digestOf(blob.bytes());
        for (auto [it, end] = m_byDigest.equal_range({digest, blob.size()}); it != end; ++it) {
            const Blob& other = m_blobs[it->second];
            if (std::memcmp(other.bytes().data(), blob.bytes().data(), blob.size()) == 0) return m_starts[it->second];
        }
        m_byDigest.emplace(std::pair(digest, blob.size()), m_blobs.size());
        m_blobs.push_back(blob);
        m_starts.push_back(m_end);
        m_end = toPage(m_end + blob.size());
        return m_starts.back();
    }

    std::vector<Blob> m_blobs;
    std::vector<uint64_t> m_starts;
    uint64_t m_end = 0;
    std::map<std::pair<const std::byte*, size_t>, uint64_t> m_places;
    std::multimap<std::pair<Digest, uint64_t>, size_t> m_byDigest;
};

/// Values → tables. Empty vectors and blobs are left out, as their absence means the same.
class Tables {
public:
    Tables(Builder& builder, Section& section)
        : m_builder(builder)
        , m_section(section) {}

    Offset<wire::Model> model(const File& from) {
        const auto type = text(from.type), version = text(from.version), time = text(from.time), chip = text(from.chip);
        std::vector<Offset<wire::Net>> nets; // there even when empty: a reader requires it
        for (const Network& n : from.networks)
            nets.push_back(network(n));
        const auto netsOffset = m_builder.CreateVector(nets);
        Offset<wire::KernelModule> kernel;
        if (const auto& m = from.kernelModule) {
            const wire::Binary range = m_section.place(m->bytes);
            kernel = wire::CreateKernelModule(m_builder, text(m->fileName), &range, m->mode);
        }
        Offset<wire::CpuopModule> cpuop;
        if (const auto& m = from.cpuopModule) {
            const wire::Binary range = m_section.place(m->bytes);
            cpuop = wire::CreateCpuopModule(m_builder, text(m->fileName), &range);
        }
        const Range backend(*this, from.libBackend);
        return wire::CreateModel(m_builder, type, version, time, chip, netsOffset, from.neuronSize, kernel,
                                 from.deviceCount, cpuop, from.bmodelType, backend.get());
    }

private:
    /// The struct of a blob for as long as a table is made; none for an empty blob.
    class Range {
    public:
        Range(Tables& tables, const Blob& blob)
            : m_binary(tables.m_section.place(blob)) {}
        const wire::Binary* get() const { return m_binary.size() == 0 ? nullptr : &m_binary; }

    private:
        wire::Binary m_binary;
    };

    Offset<flatbuffers::String> text(const std::string& s) { return m_builder.CreateString(s); }
    template <class T> VectorOffset<T> numbers(const std::vector<T>& from) {
        return from.empty() ? VectorOffset<T>() : m_builder.CreateVector(from);
    }
    template <class To, class From, class Convert>
    TablesOffset<To> tables(const std::vector<From>& from, Convert convert) {
        if (from.empty()) return {};
        std::vector<Offset<To>> made;
        for (const From& value : from)
            made.push_back(convert(value));
        return m_builder.CreateVector(made);
    }
    VectorOffset<const wire::Binary*> ranges(const std::vector<Blob>& from) {
        std::vector<wire::Binary> made;
        for (const Blob& blob : from)
            made.push_back(m_section.place(blob));
        return made.empty() ? VectorOffset<const wire::Binary*>() : m_builder.CreateVectorOfStructs(made);
    }
    static wire::RelEntry relocation(const Relocation& r) { return {r.baseId, r.addressOffset, r.commandOffset}; }

    Offset<wire::Tensor> tensor(const Tensor& t) {
        const auto shapes = tables<wire::Shape>(
            t.shapes, [this](const Shape& s) { return wire::CreateShape(m_builder, m_builder.CreateVector(s)); });
        wire::RelEntry entry;
        if (t.relocation) entry = relocation(*t.relocation);
        return wire::CreateTensor(m_builder, text(t.name), static_cast<uint32_t>(t.dataType), t.storeMode, t.address,
                                  t.size, shapes, t.memoryType, t.scale, t.hostAddress, t.padH, t.zeroPoint, t.hidden,
                                  t.index, t.relocation ? &entry : nullptr);
    }
    TablesOffset<wire::Tensor> tensors(const std::vector<Tensor>& from) {
        return tables<wire::Tensor>(from, [this](const Tensor& t) { return tensor(t); });
    }
    TablesOffset<wire::Tensor> requiredTensors(const std::vector<Tensor>& from) {
        return from.empty() ? m_builder.CreateVector(std::vector<Offset<wire::Tensor>>()) : tensors(from);
    }
    TablesOffset<wire::CmdGroup> groups(const std::vector<CommandGroup>& from) {
        return tables<wire::CmdGroup>(from, [this](const CommandGroup& g) {
            std::vector<wire::RelEntry> entries;
            for (const Relocation& r : g.relocations)
                entries.push_back(relocation(r));
            VectorOffset<const wire::RelEntry*> relocations;
            if (!entries.empty()) relocations = m_builder.CreateVectorOfStructs(entries);
            const Range tiu(*this, g.tiu), gdma(*this, g.gdma);
            return wire::CreateCmdGroup(m_builder, g.tiuCount, g.gdmaCount, tiu.get(), gdma.get(),
                                        static_cast<uint32_t>(g.tiu.size()), static_cast<uint32_t>(g.gdma.size()),
                                        relocations);
        });
    }
    Offset<wire::CoeffMem> coefficients(const Coefficients& c) {
        const bool plain = c.encryptMode == 0;
        std::vector<uint8_t> code;
        if (plain || c.digest) {
            const Digest digest = plain ? digestOf(c.bytes.bytes()) : *c.digest;
            code.resize(digest.size());
            std::memcpy(code.data(), digest.data(), digest.size());
        }
        const auto codeOffset = numbers(code);
        const auto locations = tables<wire::Location>(c.locations, [this](const Location& l) {
            return wire::CreateLocation(m_builder, text(l.name), l.offset, l.size);
        });
        const wire::Binary range = m_section.place(c.bytes); // there even when empty: runtimes read it unasked
        return wire::CreateCoeffMem(m_builder, c.address, codeOffset, &range, locations, c.encryptMode,
                                    c.decryptedSize);
    }
    Offset<wire::CpuParam> cpu(const CpuParameter& p) {
        const auto constants = tables<wire::CpuConst>(p.constants, [this](const CpuConstant& c) {
            std::vector<uint8_t> code(c.checkCode.size());
            std::transform(c.checkCode.begin(), c.checkCode.end(), code.begin(),
                           [](std::byte b) { return std::to_integer<uint8_t>(b); });
            const Range data(*this, c.bytes);
            return wire::CreateCpuConst(m_builder, text(c.name), data.get(), numbers(code));
        });
        const Range parameter(*this, p.parameter);
        return wire::CreateCpuParam(m_builder, p.operatorType, parameter.get(), constants, p.isCustom);
    }
    Offset<wire::SubNet> subnet(const SubNet& s) {
        const auto cpuParams = tables<wire::CpuParam>(s.cpu, [this](const CpuParameter& p) { return cpu(p); });
        const auto inputs = tensors(s.inputs), outputs = tensors(s.outputs);
        const auto commandGroups = groups(s.groups);
        Offset<wire::MergeParam> merge;
        if (s.merge)
            merge = wire::CreateMergeParam(
                m_builder, tables<wire::OutputFrom>(*s.merge, [this](const std::vector<int32_t>& from) {
                    return wire::CreateOutputFrom(m_builder, numbers(from));
                }));
        Offset<wire::SwitchParam> switches;
        if (s.switches)
            switches = wire::CreateSwitchParam(m_builder, numbers(s.switches->outputFrom),
                                               numbers(s.switches->outputBranch));
        const auto cores = tables<wire::CoreCommands>(s.cores, [this](const CoreCommands& c) {
            return wire::CreateCoreCommands(m_builder, groups(c.groups), ranges(c.sdma), ranges(c.hau), ranges(c.cdma));
        });
        return wire::CreateSubNet(m_builder, s.mode, commandGroups, cpuParams, inputs, outputs, s.isDynamic, s.irOffset,
                                  s.irBytes, s.nDynamic, s.hwDynamic, s.id, numbers(s.next), merge, switches, cores,
                                  s.runCore);
    }
    Offset<wire::NetParameter> stage(const Stage& s) {
        const auto inputs = requiredTensors(s.inputs), outputs = requiredTensors(s.outputs);
        Offset<wire::CoeffMem> coeff;
        if (s.coefficients) coeff = coefficients(*s.coefficients);
        const auto commandGroups = groups(s.groups);
        const auto ir = tables<wire::StageIR>(s.stageIr, [this](const StageIr& i) {
            return wire::CreateStageIR(m_builder, i.bytes, i.heightHigh, i.heightLow, i.widthHigh, i.widthLow);
        });
        const auto subnets = tables<wire::SubNet>(s.subnets, [this](const SubNet& n) { return subnet(n); });
        const auto ctxSizes = numbers(s.ctxSizes);
        const Range profile(*this, s.netProfile), stat(*this, s.netStat), places(*this, s.tensorLocations),
            binaryIr(*this, s.binaryIr);
        return wire::CreateNetParameter(m_builder, inputs, outputs, s.ctxAddress, s.ctxSize, coeff, s.isDynamic,
                                        s.nDynamic, s.hwDynamic, commandGroups, profile.get(), ir, binaryIr.get(),
                                        subnets, s.cpuMemory, ctxSizes, stat.get(), s.coreCount, s.ioAddress, s.ioSize,
                                        places.get(), s.dynamicCtxAddress, s.dynamicCoeffOffset,
                                        s.dynamicCombinedCoeffOffset);
    }
    Offset<wire::Net> network(const Network& n) {
        const auto stages = tables<wire::NetParameter>(n.stages, [this](const Stage& s) { return stage(s); });
        Offset<wire::Cascade> cascade;
        if (n.cascade)
            cascade = wire::CreateCascade(m_builder, n.cascade->device, n.cascade->step, text(n.cascade->mainName));
        return wire::CreateNet(m_builder, text(n.name), stages, cascade, n.addressMode);
    }

    Builder& m_builder;
    Section& m_section;
};

template <class T> void putLittleEndian(std::vector<std::byte>& bytes, size_t at, T value) {
    for (size_t i = 0; i < sizeof(T); ++i)
        bytes[at + i] = static_cast<std::byte>(value >> (8 * i));
}

/// The file in order: header and tables, filled up to a page; then each blob, filled up to a page.
struct Layout {
    std::vector<std::byte> front;
    std::vector<Blob> blobs;
};

Layout layOut(const File& file) {
    Section section;
    Builder builder(1 << 16);
    builder.Finish(Tables(builder, section).model(file));
    Layout out;
    out.front.resize(toPage(kHeaderBytes + builder.GetSize()));
    putLittleEndian<uint32_t>(out.front, 0, kMagic);
    putLittleEndian<uint32_t>(out.front, 4, kHeaderBytes);
    putLittleEndian<uint32_t>(out.front, 8, static_cast<uint32_t>(out.front.size() - kHeaderBytes));
    putLittleEndian<uint64_t>(out.front, 12, section.bytes());
    std::memcpy(out.front.data() + kHeaderBytes, builder.GetBufferPointer(), builder.GetSize());
    out.blobs = section.blobs();
    return out;
}

/// Calls `take` for each run of bytes of the file.
template <class Take> void eachPiece(const Layout& layout, Take take) {
    static constexpr std::array<std::byte, kPage> kZeros{};
    take(std::span<const std::byte>(layout.front));
    for (const Blob& blob : layout.blobs) {
        take(blob.bytes());
        take(std::span(kZeros).first(toPage(blob.size()) - blob.size()));
    }
}

} // namespace

std::vector<std::byte> toBytes(const File& file) {
    std::vector<std::byte> out;
    eachPiece(layOut(file),
              [&](std::span<const std::byte> piece) { out.insert(out.end(), piece.begin(), piece.end()); });
    return out;
}

Status write(const File& file, const std::filesystem::path& path) {
    const Layout layout = layOut(file);
    std::vector<std::span<const std::byte>> pieces;
    eachPiece(layout, [&](std::span<const std::byte> piece) { pieces.push_back(piece); });
    return writePiecesAtomically(path, pieces);
}

} // namespace wb::bmodel
