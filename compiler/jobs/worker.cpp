// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/worker.h"

#include "compiler/jobs/error_json.h"
#include "compiler/jobs/events.h"
#include "compiler/jobs/json_fields.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <istream>
#include <mutex>
#include <new>
#include <ostream>
#include <thread>

namespace wb::jobs {
namespace {

using nlohmann::json;

struct Request {
    int64_t id = 0;
    std::string job;
    json payload;
};

class Server {
public:
    Server(std::ostream& out, const std::map<std::string, WorkerJob>& jobs) : m_out(out), m_jobs(jobs) {
        m_thread = std::thread([this] { work(); });
    }

    ~Server() {
        {
            std::lock_guard lock(m_mutex);
            m_closing = true;
            m_queue.clear();
            m_stop.request_stop();
        }
        m_wake.notify_all();
        m_thread.join();
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    void take(const std::string& line) {
        const json j = json::parse(line, nullptr, false);
        int64_t id = 0;
        if (!j.is_object()) return refuse(0, "a line is not a JSON object");
        if (readField(j, "cancel", id)) return cancel(id);
        Request request;
        if (!readField(j, "id", request.id)) return refuse(0, "a request has no id");
        if (!readField(j, "job", request.job) || !m_jobs.contains(request.job))
            return refuse(request.id, "there is no job '" + request.job + "'");
        request.payload = j.value("request", json::object());
        {
            std::lock_guard lock(m_mutex);
            m_queue.push_back(std::move(request));
        }
        m_wake.notify_all();
    }

private:
    void send(int64_t id, const char* kind, const json& payload) {
        const json message{{"id", id}, {"event", kind}, {"payload", payload}};
        const std::string line = message.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
        std::lock_guard lock(m_outMutex);
        m_out << line << std::flush;
    }

    void refuse(int64_t id, const std::string& what) {
        send(id, event::kError, errorToJson(Error{Code::UsageError, what}));
    }

    void cancel(int64_t id) {
        std::unique_lock lock(m_mutex);
        if (id == m_running) {
            m_stop.request_stop();
            return;
        }
        const auto count = std::erase_if(m_queue, [id](const Request& r) { return r.id == id; });
        lock.unlock();
        if (count > 0) send(id, event::kError, errorToJson(Error{Code::Cancelled, "cancelled"}));
    }

    void work() {
        for (;;) {
            Request request;
            std::stop_token token;
            {
                std::unique_lock lock(m_mutex);
                m_running = -1;
                m_wake.wait(lock, [this] { return m_closing || !m_queue.empty(); });
                if (m_closing) return;
                request = std::move(m_queue.front());
                m_queue.pop_front();
                m_running = request.id;
                m_stop = std::stop_source();
                token = m_stop.get_token();
            }
            run(request, token);
        }
    }

    void run(const Request& request, const std::stop_token& token) {
        JobContext context(token);
        auto lastProgress = std::chrono::steady_clock::time_point();
        std::string lastStage;
        std::mutex progressMutex;
        context.setProgressSink([&](const Progress& p) {
            std::lock_guard lock(progressMutex);
            const auto now = std::chrono::steady_clock::now();
            // Thirty a second is all that the window draws; the ends are always told.
            const bool end = p.done >= p.total || p.stage != lastStage;
            if (!end && now - lastProgress < std::chrono::milliseconds(33)) return;
            lastProgress = now;
            lastStage = p.stage;
            send(request.id, event::kProgress,
                 {{"stage", p.stage}, {"done", p.done}, {"total", p.total}, {"text", p.text}});
        });
        context.setEventSink([&](const char* kind, const json& payload) { send(request.id, kind, payload); });
        context.setLineSink([&](const std::string& text) { send(request.id, event::kLog, text); });
        context.diagnostics().setSink(
            [&](const Error& problem) { send(request.id, event::kProblem, errorToJson(problem)); });

        Result<json> result = Error{Code::Internal, "the job gave no result"};
        try {
            result = m_jobs.at(request.job)(request.payload, context);
        } catch (const std::bad_alloc&) {
            result = Error{Code::OutOfMemory, "there is not enough memory for this"};
        } catch (const std::exception& e) {
            result = Error{Code::Internal, std::string("an internal check failed: ") + e.what()};
        }
        if (result)
            send(request.id, event::kResult, *result);
        else
            send(request.id, event::kError, errorToJson(result.error()));
    }

    std::ostream& m_out;
    std::mutex m_outMutex;
    const std::map<std::string, WorkerJob>& m_jobs;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<Request> m_queue;
    std::stop_source m_stop;
    int64_t m_running = -1;
    bool m_closing = false;
    std::thread m_thread;
};

} // namespace

void serve(std::istream& in, std::ostream& out, const std::map<std::string, WorkerJob>& jobs) {
    Server server(out, jobs);
    std::string line;
    while (std::getline(in, line))
        if (!line.empty()) server.take(line);
}

} // namespace wb::jobs
