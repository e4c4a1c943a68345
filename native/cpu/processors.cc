#include "cpu/processors.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <thread>

#if defined(__linux__)
#include <sched.h>
#endif

namespace qutlass::cpu {
namespace {

int affinity_count() {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  return static_cast<int>(std::thread::hardware_concurrency());
}

// cgroup v2's cpu.max: "<quota> <period>", or "max <period>".
double quota_v2(const std::string& folder) {
  std::ifstream file(folder + "/cpu.max");
  double quota = 0, period = 0;
  return file >> quota >> period && quota > 0 && period > 0 ? quota / period : 0;
}

// cgroup v1's two files; a quota of -1 is none.
double quota_v1(const std::string& folder) {
  std::ifstream quota_file(folder + "/cpu.cfs_quota_us"),
      period_file(folder + "/cpu.cfs_period_us");
  double quota = 0, period = 0;
  return quota_file >> quota && period_file >> period && quota > 0 && period > 0 ? quota / period
                                                                                 : 0;
}

double lesser_quota(double a, double b) { return a == 0 ? b : b == 0 ? a : std::min(a, b); }

// The least quota of `group` ("/a/b") and of the groups above it. Within a container the mount may
// begin at the container's own group, so that some of these folders are not there.
template <typename Quota>
double quota_up_from(const std::string& mount, std::string group, Quota quota) {
  double least = quota(mount);
  while (group.size() > 1) {
    least = lesser_quota(least, quota(mount + group));
    group.erase(group.rfind('/'));
  }
  return least;
}

// Whether `name` is one of `list`, separated by commas.
bool has_controller(const std::string& list, const std::string& name) {
  std::istringstream stream(list);
  for (std::string item; std::getline(stream, item, ',');) {
    if (item == name) return true;
  }
  return false;
}

}  // namespace

double cgroup_cpu_quota(const std::string& root) {
  const std::string mounts = root + "/sys/fs/cgroup";
  double least = 0;
  std::ifstream groups(root + "/proc/self/cgroup");
  // Lines are "<id>:<controllers>:<group>"; cgroup v2's has no controllers.
  for (std::string line; std::getline(groups, line);) {
    const size_t first = line.find(':');
    const size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    if (group.empty() || group[0] != '/') continue;
    if (controllers.empty()) {
      least = lesser_quota(least, quota_up_from(mounts, group, quota_v2));
    } else if (has_controller(controllers, "cpu")) {
      least = lesser_quota(least, quota_up_from(mounts + "/cpu", group, quota_v1));
    }
  }
  return least;
}

int usable_processors() {
  const int processors = std::max(affinity_count(), 1);
  const double quota = cgroup_cpu_quota("");
  return quota > 0 ? std::clamp(static_cast<int>(std::ceil(quota)), 1, processors) : processors;
}

}  // namespace qutlass::cpu
