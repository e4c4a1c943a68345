// One target: a limit, and the figures that are held against it.
#pragma once

#include <string>

namespace qutlass::bench {

class Target {
 public:
  enum Bound { kAtLeast, kAtMost };

  // `unit` follows each printed number.
  Target(const char* section, const char* text, Bound bound, double limit, const char* unit)
      : section_(section), text_(text), bound_(bound), limit_(limit), unit_(unit) {}

  void add(double figure, const std::string& place);

  // One line: of the worst figure.
  void print_worst() const;
  // One line: of the geometric mean of the figures, which are over 0.
  void print_geometric_mean() const;

 private:
  void print(const char* what, double figure, const std::string& place) const;

  const char* section_;
  const char* text_;
  Bound bound_;
  double limit_;
  const char* unit_;
  int count_ = 0;
  double worst_ = 0;
  std::string worst_place_;
  double sum_of_logarithms_ = 0;
};

}  // namespace qutlass::bench
