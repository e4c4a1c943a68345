#include "cliffs.h"

#include <cstdio>

#include "target.h"
#include "test/check.h"

namespace qutlass::bench {

namespace {

using test::format;

bool is_ours_as_chosen(const Measurement& of) {
  return of.op == "dense" && is_ours(of.provider) && !of.forced;
}

// The measurement of the same at the next smaller M, or null.
const Measurement* at_next_smaller_m(const Measurements& all, const Measurement& of) {
  const Measurement* next = nullptr;
  for (const Measurement& other : all) {
    if (other.m >= of.m || other.provider != of.provider || other.cache != of.cache ||
        !is_same_layer(other.layer, of.layer)) {
      continue;
    }
    if (!next || other.m > next->m) next = &other;
  }
  return next;
}

void print_violations(const std::vector<std::string>& violations) {
  for (const std::string& violation : violations) std::printf("       %s\n", violation.c_str());
}

}  // namespace

void print_cliffs_along_m(const Measurements& all) {
  constexpr double kLimit = 1.1;
  Target target("3", "along M, the ratio of times to that of the work", Target::kAtMost, kLimit,
                "x");
  std::vector<std::string> violations;
  for (const Measurement& of : all) {
    if (!is_ours_as_chosen(of)) continue;
    const Measurement* smaller = at_next_smaller_m(all, of);
    if (!smaller) continue;
    const double ratio = of.us.median / smaller->us.median * static_cast<double>(smaller->m) / of.m;
    target.add(ratio, of.provider + " " + place_of(of));
    if (ratio <= kLimit) continue;
    violations.push_back(format("%s %s: %.1f us, at M=%lld %.1f us", of.provider.c_str(),
                                place_of(of).c_str(), of.us.median,
                                static_cast<long long>(smaller->m), smaller->us.median));
  }
  target.print_worst();
  print_violations(violations);
}

void print_odd_shapes(const Measurements& all) {
  constexpr double kLimit = 0.5;
  Target target("3", "odd shapes, efficiency to that of the nearest aligned", Target::kAtLeast,
                kLimit, "x");
  std::vector<std::string> violations;
  for (const OddShape& shape : odd_shapes()) {
    for (const Measurement& of : all) {
      if (!is_ours_as_chosen(of) || !is_same_layer(of.layer, shape.odd)) continue;
      Measurement neighbour = of;
      neighbour.layer = shape.aligned;
      const Measurement* aligned = find(all, neighbour, of.provider);
      if (!aligned) continue;
      const double efficiency =
          tiled_work(shape.odd) / of.us.median / (tiled_work(shape.aligned) / aligned->us.median);
      const std::string place = of.provider + " " + place_of(of);
      target.add(efficiency, place);
      if (efficiency >= kLimit) continue;
      violations.push_back(format("%s: %.1f us, %s %.1f us, efficiency %.2fx", place.c_str(),
                                  of.us.median, label(shape.aligned).c_str(), aligned->us.median,
                                  efficiency));
    }
  }
  target.print_worst();
  print_violations(violations);
}

}  // namespace qutlass::bench
