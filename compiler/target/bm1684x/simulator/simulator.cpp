// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/target/bm1684x/simulator/simulator.h"

#include "compiler/target/bm1684x/simulator/executors.h"

#include <random>
#include <type_traits>

namespace wb::bm1684x {
namespace {

template <class C>
concept Executable = requires(const sim::Context& x, const C& c) {
    { sim::execute(x, c) } -> std::same_as<Status>;
};

/// One engine's commands and how far it is.
struct Queue {
    std::span<const Command> commands;
    size_t next = 0;
    uint64_t done = 0; ///< id of the last finished command

    bool finished() const { return next == commands.size(); }
    bool ready(uint64_t othersDone) const {
        return !finished() && field(commands[next], "cmd_id_dep").value_or(0) <= othersDone;
    }
    uint64_t nextId() const { return field(commands[next], "cmd_id").value_or(0); }
};

Error deadlock(const Queue& tiu, const Queue& gdma) {
    std::string what = "the queues wait for each other:";
    for (const auto* queue : {&tiu, &gdma})
        if (!queue->finished())
            what += std::string(queue == &tiu ? " TIU" : " GDMA") + " command " + std::to_string(queue->nextId()) +
                    " needs " + (queue == &tiu ? "GDMA " : "TIU ") +
                    std::to_string(field(queue->commands[queue->next], "cmd_id_dep").value_or(0)) + ";";
    what.pop_back();
    return Error{.code = Code::CommandFault, .what = what};
}

} // namespace

Status Machine::execute(const Command& command, const JobContext& job) {
    const sim::Context context{m_memory, command, job, m_scalar};
    return std::visit(
        [&](const auto& c) -> Status {
            if constexpr (Executable<std::remove_cvref_t<decltype(c)>>) return sim::execute(context, c);
            else return context.unknown("this format");
        },
        command);
}

Status run(Machine& machine, std::span<const Command> tiu, std::span<const Command> gdma, const RunOrder& order,
           const JobContext& job) {
    Queue queues[2] = {{tiu}, {gdma}};
    std::mt19937_64 random(order.seed.value_or(0));
    const double total = static_cast<double>(tiu.size() + gdma.size());
    while (!queues[0].finished() || !queues[1].finished()) {
        WB_TRY(job.checkStop());
        const bool ready[2] = {queues[0].ready(queues[1].done), queues[1].ready(queues[0].done)};
        if (!ready[0] && !ready[1]) return deadlock(queues[0], queues[1]);
        int chosen = ready[0] ? 0 : 1;
        if (order.seed && ready[0] && ready[1]) chosen = static_cast<int>(random() >> 63);
        Queue& queue = queues[chosen];
        const Command& command = queue.commands[queue.next];
        WB_TRY(machine.execute(command, job));
        queue.done = std::max(queue.done, queue.nextId());
        ++queue.next;
        if (isEnd(command)) queue.commands = queue.commands.first(queue.next);
        job.progress({"simulate", static_cast<double>(queues[0].next + queues[1].next), total});
    }
    return {};
}

} // namespace wb::bm1684x
