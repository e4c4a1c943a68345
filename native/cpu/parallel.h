// Loops over independent tasks, on several threads where the work is worth it.
#pragma once

#include <cstdint>

#include "cpu/rounding.h"

namespace qutlass::cpu {

// Calls run(body, task) once for each task in 0 ... tasks - 1, in any order, on the calling thread
// and on up to thread_count() - 1 more, all of them in the standard floating-point environment.
// `work` estimates the whole loop in simple operations (a nanosecond holds some ten): little work
// stays on the calling thread.
void run_tasks(int64_t tasks, int64_t work, const void* body,
               void (*run)(const void* body, int64_t task));

template <typename Body>
void parallel_for(int64_t tasks, int64_t work, const Body& body) {
  run_tasks(tasks, work, &body,
            [](const void* erased, int64_t task) { (*static_cast<const Body*>(erased))(task); });
}

// The same in ranges: body(begin, end) over 0 ... size.
template <typename Body>
void parallel_ranges(int64_t size, int64_t range, int64_t work, const Body& body) {
  parallel_for(divide_up(size, range), work, [&](int64_t task) {
    const int64_t begin = task * range;
    body(begin, begin + range < size ? begin + range : size);
  });
}

// For tests and benchmarks: what thread_count() says from now on; 0 for the configured number.
void set_thread_count(int count);

}  // namespace qutlass::cpu
