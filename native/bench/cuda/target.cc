#include "target.h"

#include <cmath>
#include <cstdio>

namespace qutlass::bench {

void Target::add(double figure, const std::string& place) {
  const bool is_worse = bound_ == kAtLeast ? figure < worst_ : figure > worst_;
  if (count_ == 0 || is_worse) {
    worst_ = figure;
    worst_place_ = place;
  }
  ++count_;
  sum_of_logarithms_ += std::log(figure);
}

void Target::print_worst() const { print("worst", worst_, " at " + worst_place_); }

void Target::print_geometric_mean() const {
  print("geometric mean", count_ ? std::exp(sum_of_logarithms_ / count_) : 0, "");
}

void Target::print(const char* what, double figure, const std::string& place) const {
  const bool is_met = bound_ == kAtLeast ? figure >= limit_ : figure <= limit_;
  std::printf("  %-2s %-4s  %s: ", section_, count_ == 0 ? "-" : is_met ? "pass" : "FAIL", text_);
  if (count_ == 0) {
    std::printf("not measured\n");
    return;
  }
  std::printf("%s %.2f%s%s, of %d; the limit is %s %.2f%s\n", what, figure, unit_, place.c_str(),
              count_, bound_ == kAtLeast ? "at least" : "at most", limit_, unit_);
}

}  // namespace qutlass::bench
