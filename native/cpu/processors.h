// How many processors this process may keep busy.
#pragma once

#include <string>

namespace qutlass::cpu {

// The processors of the affinity mask, or the container's CPU quota rounded up where that is less.
int usable_processors();

// The CPU quota of this process's control group and of those above it, in processors; 0 where there
// is none. `root` stands before /proc and /sys (a test has its own).
double cgroup_cpu_quota(const std::string& root);

}  // namespace qutlass::cpu
