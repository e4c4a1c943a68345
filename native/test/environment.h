// Environment variables that a test or a benchmark sets for a while.
#pragma once

#include <cstdlib>
#include <string>

namespace qutlass::test {

// A value of an environment variable, while this lives.
class Environment {
 public:
  Environment(const char* name, const std::string& value) : name_(name) {
    setenv(name, value.c_str(), 1);
  }
  ~Environment() { unsetenv(name_); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
};

}  // namespace qutlass::test
