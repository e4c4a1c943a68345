#include "cpu/parallel.h"

#include <algorithm>
#include <atomic>

#include "cpu/configuration.h"
#include "cpu/float_environment.h"
#include "cpu/kernels.h"
#include "cpu/thread_pool.h"

namespace qutlass::cpu {
namespace {

// Some ten microseconds of work: about what it takes to wake a thread.
constexpr int64_t kLeastWorkPerThread = 128 * 1024;

std::atomic<int> chosen_thread_count{0};

}  // namespace

void set_thread_count(int count) { chosen_thread_count = count; }

int thread_count() {
  const int chosen = chosen_thread_count;
  return chosen > 0 ? chosen : configuration().threads;
}

void run_tasks(int64_t tasks, int64_t work, const void* body,
               void (*run)(const void* body, int64_t task)) {
  const int64_t most = std::min(tasks, std::max<int64_t>(work / kLeastWorkPerThread, 1));
  const int threads = static_cast<int>(std::min<int64_t>(thread_count(), most));
  if (threads > 1) return ThreadPool::instance().run_tasks(tasks, threads - 1, body, run);
  const StandardFloatEnvironment environment;
  for (int64_t task = 0; task < tasks; ++task) run(body, task);
}

}  // namespace qutlass::cpu
