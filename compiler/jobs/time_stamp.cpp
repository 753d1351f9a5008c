// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/time_stamp.h"

#include <chrono>
#include <cstdio>
#include <ctime>

namespace wb::jobs {

std::string timeStamp() {
    const auto now = std::chrono::system_clock::now();
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    const auto micros =
        std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count() % 1000000;
    std::tm parts{};
    localtime_r(&seconds, &parts);
    char date[32];
    std::strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", &parts);
    char text[48];
    std::snprintf(text, sizeof text, "%s.%06d", date, static_cast<int>(micros));
    return text;
}

} // namespace wb::jobs
