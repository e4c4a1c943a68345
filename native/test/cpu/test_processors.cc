// The CPU quota of control groups, read from a made-up /proc and /sys.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <set>

#include "cpu/processors.h"
#include "harness.h"

namespace qutlass::test {
namespace {

// A folder that goes away with its files.
class Folder {
 public:
  Folder() {
    char name[] = "/tmp/qutlass-processors-XXXXXX";
    if (!mkdtemp(name)) std::perror("mkdtemp"), std::exit(1);
    root_ = name;
    folders_.insert(root_);
  }
  ~Folder() {
    for (const std::string& file : files_) unlink(file.c_str());
    for (auto it = folders_.rbegin(); it != folders_.rend(); ++it) rmdir(it->c_str());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::string& root() const { return root_; }
  void write(const std::string& path, const std::string& text) {
    for (size_t slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      const std::string folder = root_ + path.substr(0, slash);
      if (folders_.insert(folder).second) mkdir(folder.c_str(), 0700);
    }
    std::ofstream(root_ + path) << text;
    files_.insert(root_ + path);
  }

 private:
  std::string root_;
  std::set<std::string> files_, folders_;
};

void check_quota(const Folder& folder, double want) {
  const double got = cpu::cgroup_cpu_quota(folder.root());
  CHECK(got == want, "the quota is %g, expected %g", got, want);
}

TEST(no_control_groups) {
  Folder folder;
  check_quota(folder, 0);
}

TEST(version_2) {
  Folder folder;
  folder.write("/proc/self/cgroup", "0::/\n");
  folder.write("/sys/fs/cgroup/cpu.max", "150000 100000\n");
  check_quota(folder, 1.5);
  folder.write("/sys/fs/cgroup/cpu.max", "max 100000\n");
  check_quota(folder, 0);
}

TEST(version_2_takes_the_least_of_the_groups_above) {
  Folder folder;
  folder.write("/proc/self/cgroup", "0::/a/b\n");
  folder.write("/sys/fs/cgroup/a/cpu.max", "200000 100000\n");
  folder.write("/sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
  check_quota(folder, 2);
  folder.write("/sys/fs/cgroup/a/b/cpu.max", "50000 100000\n");
  check_quota(folder, 0.5);
}

TEST(version_1) {
  Folder folder;
  // The container's own group is mounted at the top: its path is not to be found below.
  folder.write("/proc/self/cgroup", "5:memory:/x\n4:cpu,cpuacct:/docker/123\n0::/\n");
  folder.write("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "300000\n");
  folder.write("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  check_quota(folder, 3);
  folder.write("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
  check_quota(folder, 0);
}

TEST(other_controllers_do_not_count) {
  Folder folder;
  folder.write("/proc/self/cgroup", "4:cpuset:/\nnonsense\n");
  folder.write("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "300000\n");
  folder.write("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  check_quota(folder, 0);
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
