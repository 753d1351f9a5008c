// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/target/bmodel/reader.h"

#include "bmodel_generated.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace wb::bmodel {
namespace {

// The tables may ask for this many times the memory that they take in the file: a legitimate file stays below 10
// (the smallest tensor is 40 bytes there and 200 here), and one that names a table many times is refused.
constexpr uint64_t kGrowth = 32;
constexpr uint64_t kAlwaysAllowed = 64 * 1024;
constexpr size_t kDigestBytes = 32;

Error damaged(std::string what, std::string why = {}) {
    return Error{Code::BmodelDamaged, std::move(what)}
        .because(std::move(why))
        .remedy("copy the file again, or compile the network again");
}

template <class T> T littleEndian(std::span<const std::byte> bytes, size_t at) {
    T value = 0;
    for (size_t i = 0; i < sizeof(T); ++i)
        value |= static_cast<T>(std::to_integer<T>(bytes[at + i]) << (8 * i));
    return value;
}

template <class T> using Vector = flatbuffers::Vector<T>;
template <class T> using TableVector = Vector<flatbuffers::Offset<T>>;

/// Copies verified tables into values. The first problem is kept; after it everything reads as empty.
class Loader {
public:
    Loader(const Blob& file, uint64_t binaryAt, uint64_t binaryBytes, uint64_t tableBytes)
        : m_file(std::make_shared<Blob>(file))
        , m_binary(file.bytes().subspan(binaryAt, binaryBytes))
        , m_left(tableBytes * kGrowth + kAlwaysAllowed) {}

    Result<File> load(const wire::Model& model) {
        File file;
        file.type = text(model.type());
        file.version = text(model.version());
        file.time = text(model.time());
        file.chip = text(model.chip());
        file.neuronSize = model.neuron_size();
        file.deviceCount = model.device_num();
        file.bmodelType = model.bmodel_type();
        if (const auto* m = model.kernel_module())
            file.kernelModule = Module{text(m->file_name()), blob(m->binary()), m->mode()};
        if (const auto* m = model.cpuop_module())
            file.cpuopModule = Module{text(m->file_name()), blob(m->binary()), 0};
        file.libBackend = blob(model.lib_backend());
        file.networks = tables<Network>(model.net(), [this](const wire::Net& n) { return network(n); });
        if (m_failure) return *std::move(m_failure);
        return file;
    }

private:
    void fail(std::string what, std::string why = {}) {
        if (!m_failure) m_failure = damaged(std::move(what), std::move(why));
    }
    bool take(uint64_t bytes) {
        if (m_failure) return false;
        if (bytes > m_left) {
            fail("its tables ask for more memory than a file of this size can need");
            return false;
        }
        m_left -= bytes;
        return true;
    }

    std::string text(const flatbuffers::String* s) { return s && take(s->size()) ? s->str() : std::string(); }
    /// Copied as bytes: the verifier does not look at the alignment of a list's elements.
    template <class T> std::vector<T> numbers(const Vector<T>* from) {
        if (!from || from->size() == 0 || !take(from->size() * sizeof(T))) return {};
        std::vector<T> out(from->size());
        std::memcpy(out.data(), from->Data(), out.size() * sizeof(T));
        return out;
    }
    template <class T> static T structureAt(const Vector<const T*>& list, size_t i) {
        T out;
        std::memcpy(&out, list.Data() + i * sizeof(T), sizeof(T));
        return out;
    }
    /// One value for each table of a vector.
    template <class To, class From, class Convert>
    std::vector<To> tables(const TableVector<From>* from, Convert convert) {
        std::vector<To> out;
        if (!from || !take(from->size() * sizeof(To))) return out;
        out.reserve(from->size());
        for (const From* table : *from) {
            if (m_failure) break;
            out.push_back(convert(*table));
        }
        return out;
    }
    Blob blob(const wire::Binary* range) {
        if (!range || range->size() == 0 || m_failure) return {};
        if (range->start() > m_binary.size() || range->size() > m_binary.size() - range->start()) {
            fail("a blob lies outside the file", "bytes " + std::to_string(range->start()) + " + " +
                                                     std::to_string(range->size()) + " of a binary section of " +
                                                     std::to_string(m_binary.size()));
            return {};
        }
        return Blob(m_file, m_binary.subspan(range->start(), range->size()));
    }
    std::vector<Blob> blobs(const Vector<const wire::Binary*>* from) {
        std::vector<Blob> out;
        if (!from || !take(from->size() * sizeof(Blob))) return out;
        for (size_t i = 0; i < from->size(); ++i) {
            const auto range = structureAt<wire::Binary>(*from, i);
            out.push_back(blob(&range));
        }
        return out;
    }
    static Relocation relocation(const wire::RelEntry& entry) {
        return {entry.base_addr_id(), entry.addr_offset(), entry.cmd_offset()};
    }

    Tensor tensor(const wire::Tensor& from) {
        Tensor to;
        to.name = text(from.name());
        to.dataType = static_cast<DataType>(from.data_type());
        to.storeMode = from.gmem_stmode();
        to.address = from.device_addr();
        to.size = from.size();
        to.shapes = tables<Shape>(from.shape(), [this](const wire::Shape& s) { return numbers(s.dim()); });
        to.memoryType = from.mem_type();
        to.scale = from.scale();
        to.zeroPoint = from.zero_point();
        to.hostAddress = from.cpu_addr();
        to.padH = from.pad_h();
        to.hidden = from.hidden();
        to.index = from.index();
        if (const auto* entry = from.relentry()) to.relocation = relocation(*entry);
        return to;
    }
    std::vector<Tensor> tensors(const TableVector<wire::Tensor>* from) {
        return tables<Tensor>(from, [this](const wire::Tensor& t) { return tensor(t); });
    }
    CommandGroup group(const wire::CmdGroup& from) {
        CommandGroup to;
        to.tiuCount = from.bdc_num();
        to.gdmaCount = from.gdma_num();
        to.tiu = blob(from.binary_bdc());
        to.gdma = blob(from.binary_gdma());
        if (const auto* entries = from.reloc_entries(); entries && take(entries->size() * sizeof(Relocation)))
            for (size_t i = 0; i < entries->size(); ++i)
                to.relocations.push_back(relocation(structureAt<wire::RelEntry>(*entries, i)));
        return to;
    }
    std::vector<CommandGroup> groups(const TableVector<wire::CmdGroup>* from) {
        return tables<CommandGroup>(from, [this](const wire::CmdGroup& g) { return group(g); });
    }
    Coefficients coefficients(const wire::CoeffMem& from) {
        Coefficients to;
        to.address = from.address();
        to.bytes = blob(from.binary_coeff());
        to.encryptMode = from.encrypt_mode();
        to.decryptedSize = from.decrypt_size();
        if (const auto* code = from.check_code(); code && code->size() == kDigestBytes) {
            to.digest.emplace();
            std::memcpy(to.digest->data(), code->data(), kDigestBytes);
        }
        to.locations = tables<Location>(from.location(), [this](const wire::Location& l) {
            return Location{text(l.name()), l.offset(), l.size()};
        });
        return to;
    }
    SubNet subnet(const wire::SubNet& from) {
        SubNet to;
        to.mode = from.subnet_mode();
        to.groups = groups(from.cmd_group());
        to.cpu = tables<CpuParameter>(from.cpu_param(), [this](const wire::CpuParam& p) {
            return CpuParameter{p.op_type(), blob(p.binary_param()),
                                tables<CpuConstant>(p.cpu_const(), [this](const wire::CpuConst& c) {
                                    const std::vector<uint8_t> code = numbers(c.check_code());
                                    const auto bytes = std::as_bytes(std::span(code));
                                    return CpuConstant{
                                        text(c.name()), blob(c.const_data()), {bytes.begin(), bytes.end()}};
                                }),
                                p.is_custom()};
        });
        to.inputs = tensors(from.input_tensor());
        to.outputs = tensors(from.output_tensor());
        to.isDynamic = from.is_dynamic();
        to.nDynamic = from.n_dynamic();
        to.hwDynamic = from.h_w_dynamic();
        to.irOffset = from.ir_offset();
        to.irBytes = from.ir_len();
        to.id = from.id();
        to.next = numbers(from.next_subnet_ids());
        if (const auto* m = from.merge_param())
            to.merge = tables<std::vector<int32_t>>(m->output_from(),
                                                    [this](const wire::OutputFrom& o) { return numbers(o.indice()); });
        if (const auto* s = from.switch_param())
            to.switches = SwitchParameter{numbers(s->output_from()), numbers(s->output_branch())};
        to.cores = tables<CoreCommands>(from.core_commands(), [this](const wire::CoreCommands& c) {
            return CoreCommands{groups(c.gdma_tiu_commands()), blobs(c.sdma_commands()), blobs(c.hau_commands()),
                                blobs(c.cdma_commands())};
        });
        to.runCore = from.run_core();
        return to;
    }
    Stage stage(const wire::NetParameter& from) {
        Stage to;
        to.inputs = tensors(from.input_tensor());
        to.outputs = tensors(from.output_tensor());
        to.ctxAddress = from.ctx_addr();
        to.ctxSize = from.ctx_size();
        to.ctxSizes = numbers(from.ctx_sizes());
        if (const auto* c = from.coeff_mem()) to.coefficients = coefficients(*c);
        to.groups = groups(from.cmd_group());
        to.subnets = tables<SubNet>(from.sub_net(), [this](const wire::SubNet& s) { return subnet(s); });
        to.coreCount = from.core_num();
        to.isDynamic = from.is_dynamic();
        to.nDynamic = from.n_dynamic();
        to.hwDynamic = from.h_w_dynamic();
        to.netProfile = blob(from.net_profile());
        to.netStat = blob(from.net_stat());
        to.tensorLocations = blob(from.tensor_loc());
        to.stageIr = tables<StageIr>(from.stage_ir(), [](const wire::StageIR& s) {
            return StageIr{s.ir_info_len(), s.height_high(), s.height_low(), s.width_high(), s.width_low()};
        });
        to.binaryIr = blob(from.binary_ir());
        to.cpuMemory = from.cpu_mem_size();
        to.ioAddress = from.io_addr();
        to.ioSize = from.io_size();
        to.dynamicCtxAddress = from.dynamic_ctx_addr();
        to.dynamicCoeffOffset = from.dynamic_coeff_offset();
        to.dynamicCombinedCoeffOffset = from.dynamic_combined_coeff_offset();
        return to;
    }
    Network network(const wire::Net& from) {
        Network to;
        to.name = text(from.name());
        to.addressMode = from.addr_mode();
        to.stages = tables<Stage>(from.parameter(), [this](const wire::NetParameter& p) { return stage(p); });
        if (const auto* c = from.cascade()) to.cascade = Cascade{c->device_id(), c->step(), text(c->main_name())};
        return to;
    }

    std::shared_ptr<const Blob> m_file;
    std::span<const std::byte> m_binary;
    uint64_t m_left;
    std::optional<Error> m_failure;
};

Error warning(Error note) {
    note.severity = Severity::Warning;
    return note;
}

/// Hashes each blob once, and in all not more bytes than the file has: its tables can name the same bytes in
/// very many ways.
void noteDigests(File& file) {
    std::map<std::pair<const std::byte*, size_t>, Digest> known;
    uint64_t left = file.fileBytes;
    for (const Network& network : file.networks)
        for (const Stage& stage : network.stages) {
            if (!stage.coefficients || stage.coefficients->encryptMode != 0) continue;
            const Coefficients& weights = *stage.coefficients;
            const std::span<const std::byte> bytes = weights.bytes.bytes();
            const auto key = std::pair(bytes.data(), bytes.size());
            if (bytes.empty() || (!known.contains(key) && bytes.size() > left)) continue;
            if (!known.contains(key)) {
                left -= bytes.size();
                known.emplace(key, digestOf(bytes));
            }
            if (weights.digest == known.at(key)) continue;
            file.notes.push_back(
                warning(damaged(weights.digest ? "the digest of the weights is wrong" : "the weights have no digest",
                                "runtimes take weights of equal digest for the same")
                            .atNode(network.name)));
        }
}

struct Mapping {
    void* address = nullptr;
    size_t bytes = 0;
    Mapping(void* a, size_t n)
        : address(a)
        , bytes(n) {}
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    ~Mapping() { ::munmap(address, bytes); }
};

Result<Blob> mapFile(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        const int number = errno;
        const bool absent = number == ENOENT || number == ENOTDIR;
        return Error{absent ? Code::FileNotFound : Code::FileUnreadable,
                     absent ? "the file does not exist" : "the file cannot be read"}
            .because(std::generic_category().message(number));
    }
    struct stat facts {};
    const bool known = ::fstat(fd, &facts) == 0;
    if (!known || !S_ISREG(facts.st_mode) || facts.st_size == 0) {
        ::close(fd);
        if (known && S_ISREG(facts.st_mode)) return damaged("the file is empty");
        return Error{Code::FileUnreadable, "this is not a file that can be mapped"};
    }
    const auto size = static_cast<size_t>(facts.st_size);
    void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
    const int number = errno;
    ::close(fd);
    if (address == MAP_FAILED)
        return Error{Code::FileUnreadable, "the file cannot be mapped"}.because(
            std::generic_category().message(number));
    auto owner = std::make_shared<const Mapping>(address, size);
    const std::span bytes(static_cast<const std::byte*>(address), size);
    return Blob(std::move(owner), bytes);
}

} // namespace

Result<File> read(const Blob& file) {
    const std::span<const std::byte> bytes = file.bytes();
    if (bytes.size() < kHeaderBytes)
        return damaged("this is no bmodel",
                       "it has " + std::to_string(bytes.size()) + " bytes, the header alone has 64");
    if (littleEndian<uint32_t>(bytes, 0) != kMagic)
        return damaged("this is no bmodel", "it does not begin with ee aa 55 ff");
    const uint64_t headerBytes = littleEndian<uint32_t>(bytes, 4);
    const uint64_t tableBytes = littleEndian<uint32_t>(bytes, 8);
    const uint64_t binaryBytes = littleEndian<uint64_t>(bytes, 12);
    if (headerBytes != kHeaderBytes)
        return damaged("its header says that it has " + std::to_string(headerBytes) + " bytes, 64 are known");
    const uint64_t rest = bytes.size() - kHeaderBytes;
    if (tableBytes > rest || binaryBytes > rest - tableBytes)
        return damaged("the file is cut off", "its header announces " + std::to_string(tableBytes) + " + " +
                                                  std::to_string(binaryBytes) + " bytes, " + std::to_string(rest) +
                                                  " are there");
    // Tables are read in place, and what they hold is aligned with regard to their begin.
    std::span<const std::byte> tables = bytes.subspan(kHeaderBytes, tableBytes);
    std::vector<std::byte> aligned;
    if (reinterpret_cast<uintptr_t>(tables.data()) % 16 != 0) {
        aligned.assign(tables.begin(), tables.end());
        tables = aligned;
    }
    const auto* begin = reinterpret_cast<const uint8_t*>(tables.data());
    // A table takes at least 8 bytes: its vtable's offset and the offset that names it.
    const auto mostTables = static_cast<flatbuffers::uoffset_t>(tableBytes / 8 + 1);
    if (tableBytes >= FLATBUFFERS_MAX_BUFFER_SIZE) return damaged("its tables are not valid", "they are too large");
    flatbuffers::Verifier verifier(begin, tables.size(), 32, mostTables);
    if (!wire::VerifyModelBuffer(verifier)) return damaged("its tables are not valid");
    Loader loader(file, kHeaderBytes + tableBytes, binaryBytes, tableBytes);
    WB_ASSIGN(File out, loader.load(*wire::GetModel(begin)));
    out.fileBytes = bytes.size();
    if (const uint64_t more = rest - tableBytes - binaryBytes; more > 0)
        out.notes.push_back(warning(damaged(std::to_string(more) + " bytes behind the end are ignored")));
    noteDigests(out);
    return out;
}

Result<File> read(const std::filesystem::path& path) {
    const auto named = [&](Error error) { return std::move(error).inFile(path.string()); };
    auto bytes = mapFile(path);
    if (!bytes) return named(std::move(bytes).error());
    auto file = read(*bytes);
    if (!file) return named(std::move(file).error());
    for (Error& note : file->notes)
        note.file = path.string();
    return file;
}

} // namespace wb::bmodel
