// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/emitters_int8/one_op.h"
#include "tests/interop/vendor_cmodel.h"

namespace wb::test {

Result<Machine> vendorMachine() {
    auto model = std::make_shared<interop::VendorCModel>();
    if (auto reason = model->start(); !reason.empty()) return Error{Code::FileNotFound, reason};
    return Machine([model](std::vector<std::byte>& local, const bm1684x::Program& program, int64_t used) {
        using interop::VendorCModel;
        const auto laneOf = [&](int64_t lane) {
            return std::span(local).subspan(static_cast<size_t>(lane * bm1684x::kLaneBytes), static_cast<size_t>(used));
        };
        for (int64_t lane = 0; lane < bm1684x::kLanes; ++lane)
            if (auto fault = model->write(VendorCModel::Local, static_cast<uint64_t>(lane * bm1684x::kLaneBytes), laneOf(lane));
                !fault.empty())
                return fault;
        for (const auto& placed : program.placed) {
            std::vector<std::byte> words(bm1684x::encodedBytes(placed.command));
            if (const auto done = bm1684x::encode(placed.command, words); !done) return done.error().what;
            if (auto fault = model->execute(placed.engine, words); !fault.empty())
                return bm1684x::operationName(placed.command) + ": " + fault;
        }
        for (int64_t lane = 0; lane < bm1684x::kLanes; ++lane)
            if (auto fault = model->read(VendorCModel::Local, static_cast<uint64_t>(lane * bm1684x::kLaneBytes), laneOf(lane));
                !fault.empty())
                return fault;
        return std::string();
    });
}

} // namespace wb::test
