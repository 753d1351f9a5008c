// SPDX-License-Identifier: GPL-3.0-or-later
// The worker's line protocol over string streams: answers, queue, cancel, nonsense, exceptions.
#include "compiler/jobs/worker.h"

#include <QtTest>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <sstream>
#include <thread>

using namespace wb;
using namespace wb::jobs;
using nlohmann::json;

namespace {

/// A stream buffer that blocks readers until lines are put in or it is closed.
class Feed : public std::streambuf {
public:
    void put(const std::string& line) {
        {
            std::lock_guard lock(m_mutex);
            m_lines.push_back(line + '\n');
        }
        m_wake.notify_all();
    }
    void close() {
        {
            std::lock_guard lock(m_mutex);
            m_closed = true;
        }
        m_wake.notify_all();
    }

protected:
    int_type underflow() override {
        std::unique_lock lock(m_mutex);
        m_wake.wait(lock, [this] { return m_closed || !m_lines.empty(); });
        if (m_lines.empty()) return traits_type::eof();
        m_current = std::move(m_lines.front());
        m_lines.pop_front();
        setg(m_current.data(), m_current.data(), m_current.data() + m_current.size());
        return traits_type::to_int_type(*gptr());
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<std::string> m_lines;
    std::string m_current;
    bool m_closed = false;
};

std::vector<json> answers(const std::string& text) {
    std::vector<json> list;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        list.push_back(json::parse(line));
    return list;
}

const json* find(const std::vector<json>& list, int id, const char* event) {
    for (const json& j : list)
        if (j.at("id") == id && j.at("event") == event) return &j;
    return nullptr;
}

} // namespace

class TestWorker : public QObject {
    Q_OBJECT
    std::atomic<bool> m_started{false};
    std::atomic<bool> m_release{false};

    std::map<std::string, WorkerJob> jobs() {
        auto map = workerJobs();
        map["block"] = [this](const json&, JobContext& context) -> Result<json> {
            m_started = true;
            while (!m_release) {
                if (context.stopRequested()) return Error{Code::Cancelled, "cancelled"};
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
            return json("released");
        };
        map["throw"] = [](const json&, JobContext&) -> Result<json> { throw std::runtime_error("oops"); };
        return map;
    }

    std::vector<json> serveAll(const std::vector<std::string>& lines) {
        Feed feed;
        std::istream in(&feed);
        std::ostringstream out;
        const auto table = jobs();
        std::thread server([&] { serve(in, out, table); });
        for (const std::string& line : lines)
            feed.put(line);
        // An echo behind everything else: when it is answered, all before it is.
        m_release = true;
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        feed.close();
        server.join();
        return answers(out.str());
    }

private slots:
    void init() { m_started = false, m_release = false; }

    void answersAndQueues() {
        const auto list = serveAll({R"({"id": 1, "job": "echo", "request": {"x": 5}})",
                                    R"({"id": 2, "job": "echo", "request": {"steps": 3}})"});
        QVERIFY(find(list, 1, "result"));
        QCOMPARE((*find(list, 1, "result"))["payload"]["x"].get<int>(), 5);
        QVERIFY(find(list, 2, "progress"));
        QVERIFY(find(list, 2, "result"));
    }

    void nonsenseIsAnswered() {
        const auto list = serveAll({"hello", "[1]", "{}", R"({"id": 3})", R"({"id": 4, "job": "fly"})",
                                    R"({"cancel": 99})", R"({"id": "x", "job": "echo"})",
                                    R"({"id": 5, "job": "echo"})"});
        QVERIFY(find(list, 0, "error"));
        QVERIFY(find(list, 3, "error"));
        QVERIFY(find(list, 4, "error"));
        QVERIFY(find(list, 5, "result"));
    }

    void exceptionsBecomeErrors() {
        const auto list = serveAll({R"({"id": 1, "job": "throw"})", R"({"id": 2, "job": "echo"})"});
        QCOMPARE((*find(list, 1, "error"))["payload"]["code"].get<int>(), 9001);
        QVERIFY(find(list, 2, "result"));
    }

    void cancelsRunningAndQueued() {
        Feed feed;
        std::istream in(&feed);
        std::ostringstream out;
        const auto table = jobs();
        std::thread server([&] { serve(in, out, table); });
        feed.put(R"({"id": 1, "job": "block"})");
        while (!m_started)
            std::this_thread::yield();
        feed.put(R"({"id": 2, "job": "echo"})");
        feed.put(R"({"cancel": 2})");
        feed.put(R"({"cancel": 1})");
        feed.close();
        server.join();
        const auto list = answers(out.str());
        QCOMPARE((*find(list, 1, "error"))["payload"]["code"].get<int>(), 9999);
        QCOMPARE((*find(list, 2, "error"))["payload"]["code"].get<int>(), 9999);
        QVERIFY(!find(list, 2, "result"));
    }

    void endOfInputStopsTheJob() {
        Feed feed;
        std::istream in(&feed);
        std::ostringstream out;
        const auto table = jobs();
        std::thread server([&] { serve(in, out, table); });
        feed.put(R"({"id": 1, "job": "block"})");
        while (!m_started)
            std::this_thread::yield();
        feed.close();
        server.join(); // would hang if the job went on
        QVERIFY(find(answers(out.str()), 1, "error"));
    }
};

QTEST_GUILESS_MAIN(TestWorker)
#include "tst_worker.moc"
