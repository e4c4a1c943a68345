// Loops over tasks: each task runs once, whoever calls, in the standard floating-point environment.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "cpu/parallel.h"
#include "cpu/task_shares.h"
#include "harness.h"

namespace qutlass::test {
namespace {

constexpr int64_t kMuchWork = int64_t{1} << 40;

// Runs a loop and says whether each task ran once.
bool runs_each_task_once(int64_t tasks, int64_t work) {
  std::vector<std::atomic<int>> runs(tasks);
  cpu::parallel_for(tasks, work, [&](int64_t task) { ++runs[task]; });
  return std::all_of(runs.begin(), runs.end(), [](const std::atomic<int>& n) { return n == 1; });
}

TEST(each_task_runs_once) {
  for (int threads : {1, 2, 3, 8}) {
    cpu::set_thread_count(threads);
    for (int64_t tasks : {0, 1, 2, 7, 1000}) {
      for (int64_t work : {int64_t{0}, kMuchWork}) {
        CHECK(runs_each_task_once(tasks, work), "%lld tasks on %d threads",
              static_cast<long long>(tasks), threads);
      }
    }
  }
  cpu::set_thread_count(0);
}

using Tasks = std::vector<int64_t>;

TEST(a_thread_takes_its_own_tasks_first) {
  cpu::TaskShares shares(10, 3);
  Tasks taken;
  shares.take_all(1, [&](int64_t task) { taken.push_back(task); });
  CHECK((taken == Tasks{3, 4, 5, 6, 7, 8, 9, 0, 1, 2}), "taken in another order");
}

TEST(threads_share_what_is_left) {
  cpu::TaskShares shares(6, 2);
  Tasks first, second;
  // The second thread does all of its own tasks during the first one's first.
  shares.take_all(0, [&](int64_t task) {
    if (first.empty()) shares.take_all(1, [&](int64_t other) { second.push_back(other); });
    first.push_back(task);
  });
  CHECK((first == Tasks{0}), "the first thread took what the second had taken");
  CHECK((second == Tasks{3, 4, 5, 1, 2}), "the second thread left tasks of the first");
}

TEST(more_threads_than_tasks_or_shares) {
  for (int64_t threads : {4, 1000}) {
    cpu::TaskShares shares(3, threads);
    Tasks taken;
    for (int64_t thread = threads; thread-- > 0;) {
      shares.take_all(thread, [&](int64_t task) { taken.push_back(task); });
    }
    std::sort(taken.begin(), taken.end());
    CHECK((taken == Tasks{0, 1, 2}), "%d threads", static_cast<int>(threads));
  }
}

TEST(ranges_cover_all) {
  cpu::set_thread_count(3);
  for (int64_t size : {0, 1, 9, 10, 11, 95}) {
    std::vector<std::atomic<int>> runs(size);
    cpu::parallel_ranges(size, 10, kMuchWork, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) ++runs[i];
    });
    for (int64_t i = 0; i < size; ++i) CHECK(runs[i] == 1, "element %d", static_cast<int>(i));
  }
  cpu::set_thread_count(0);
  CHECK(true, "empty ranges end");
}

TEST(several_callers_at_once) {
  cpu::set_thread_count(3);
  std::atomic<int> failures{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      for (int i = 0; i < 300; ++i) failures += !runs_each_task_once(17, kMuchWork);
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(failures == 0, "%d loops went wrong", failures.load());
  cpu::set_thread_count(0);
}

TEST(helpers_are_woken) {
  constexpr std::chrono::microseconds kUntilTheySleep{2000}, kTaskTime{50};
  cpu::set_thread_count(4);
  const std::thread::id caller = std::this_thread::get_id();
  std::atomic<int> helped{0};
  for (int loop = 0; loop < 200 && helped == 0; ++loop) {
    std::this_thread::sleep_for(kUntilTheySleep);
    cpu::parallel_for(100, kMuchWork, [&](int64_t) {
      if (std::this_thread::get_id() != caller) ++helped;
      std::this_thread::sleep_for(kTaskTime);
    });
    // The loop that starts them finds them awake.
    if (loop == 0) helped = 0;
  }
  CHECK(helped > 0, "no helper took part in loops some time apart");
  cpu::set_thread_count(0);
}

TEST(a_forked_child_has_its_own_helpers) {
  if (std::getenv("QUTLASS_EMULATED")) return skip("qemu-user starts no threads after a fork");
  cpu::set_thread_count(4);
  CHECK(runs_each_task_once(100, kMuchWork), "in the parent");
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    _exit(runs_each_task_once(100, kMuchWork) ? 0 : 1);
  }
  int status = -1;
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0,
        "the child's status is %d", status);
  cpu::set_thread_count(0);
}

TEST(denormals_are_kept_on_every_thread) {
  const volatile float denormal = 1e-39f;
  const std::thread::id caller = std::this_thread::get_id();
  for (int threads : {1, 4}) {
    cpu::set_thread_count(threads);
    std::atomic<int> lost{0};
    std::atomic<bool> caller_took_part{false};
    // Helpers that are awake may do all tasks of a loop.
    for (int loop = 0; loop < 1000 && !caller_took_part; ++loop) {
      FlushedDenormals flushed;
      cpu::parallel_for(1000, kMuchWork, [&](int64_t) {
        lost += denormal * 0.5f == 0.0f;
        if (std::this_thread::get_id() == caller) caller_took_part = true;
      });
    }
    CHECK(caller_took_part, "the calling thread did no task on %d threads", threads);
    CHECK(lost == 0, "%d tasks lost a denormal on %d threads", lost.load(), threads);
  }
  cpu::set_thread_count(0);
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
