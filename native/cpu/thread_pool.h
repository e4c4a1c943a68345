// The threads that help with a loop.
//
// Nobody waits for a helper that has not begun: the calling thread does all tasks that no helper
// takes, so that a loop does not stand still on a busy machine or where no thread can be started.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace qutlass::cpu {

class ThreadPool {
 public:
  using Run = void (*)(const void* body, int64_t task);

  // The process's pool (a forked child gets its own). It starts threads when they are first needed
  // and is never destroyed, since they may still look at it while the process ends.
  static ThreadPool& instance();

  // Calls run(body, task) for 0 ... tasks - 1 on the calling thread and on up to `helpers` more,
  // and returns when all are done. Any number of threads may call this at once.
  void run_tasks(int64_t tasks, int helpers, const void* body, Run run);

 private:
  // One call of run_tasks; it lives on its caller's stack.
  struct Loop {
    Run run;
    const void* body;
    int64_t tasks;
    std::atomic<int64_t> next_task{0};
    int helpers_wanted = 0;  // under mutex_
    int wakes_wanted = 0;    // under mutex_
    std::atomic<int> helpers_busy{0};
    Loop* next = nullptr;  // under mutex_
  };

  ThreadPool() = default;
  void start_threads(int count);
  void help_forever();
  Loop* join_a_loop();
  static int take_wakes(Loop& loop);
  void wake(int threads);
  void add(Loop& loop, int helpers);
  void remove(Loop& loop);
  static void do_tasks(Loop& loop);

  std::mutex mutex_;
  std::condition_variable loop_added_;
  std::condition_variable helper_done_;
  std::atomic<uint32_t> loops_added_{0};  // changes with each loop, for threads that look for one
  Loop* loops_ = nullptr;
  int threads_ = 0;
  int looking_ = 0;  // threads that look for a loop, and need not be woken
};

}  // namespace qutlass::cpu
