#include "cpu/integer_plan.h"

#include "cpu/parallel.h"

namespace qutlass::cpu {
namespace {

constexpr uint32_t kWordOfOnes = 0x01010101u;

// Those that m rows are enough for, or null.
const Int8Panels* panels_for(const Int8Panels* panels, int64_t m) {
  return panels && panels->rows > 0 && m >= panels->least_rows ? panels : nullptr;
}

// The best for rows of any values.
const Int8Panels* first_panels(const IntegerProduct& product, const MatmulInt8Args& args) {
  return args.b_is_prepacked ? product.kernels.kept->panels
                             : panels_for(&product.kernels.panels, args.m);
}

void prepare_rows(const MatmulInt8Args& args, const IntegerPlan& plan) {
  parallel_for(args.m, args.m * args.words,
               [&](int64_t row) { plan.a.prepare(row, args.a + row * args.words); });
  if (!sums_weights(args)) return;
  std::fill_n(plan.ones_values, args.words, static_cast<int32_t>(kWordOfOnes));
  plan.ones.prepare(0, plan.ones_values);
}

bool suits_rows(const IntegerPlan& plan, int64_t m) {
  if (!plan.panels || !plan.panels->otherwise) return true;
  int64_t listed = 0;
  for (int64_t row = 0; row < m; ++row) {
    for (int64_t stretch = 0; stretch < plan.a.stretches(); ++stretch) {
      const int64_t count = plan.panels->listed_words(plan.a.stretch(row, stretch));
      if (count < 0) return false;
      listed += count;
    }
  }
  return listed * plan.panels->least_words_a_listed <= m * plan.a.words;
}

}  // namespace

IntegerPlan::IntegerPlan(const IntegerProduct& product, const Int8Panels* panels,
                         const MatmulInt8Args& args, Workspace& workspace)
    : panels(panels),
      a(product, panels, args.m, args.words, workspace),
      ones(product, nullptr, sums_weights(args) ? 1 : 0, args.words, workspace),
      ones_values(workspace.take<int32_t>(sums_weights(args) ? args.words : 0)) {
  if (args.b_is_prepacked) kept.emplace(product.isa, args.n, args.words);
}

IntegerPlan prepared_plan(const IntegerProduct& product, const MatmulInt8Args& args, void* memory) {
  const Int8Panels* panels = first_panels(product, args);
  for (;;) {
    Workspace workspace(memory);
    const IntegerPlan plan(product, panels, args, workspace);
    prepare_rows(args, plan);
    if (suits_rows(plan, args.m)) return plan;
    panels = panels_for(panels->otherwise, args.m);
  }
}

size_t workspace_bytes(const IntegerProduct& product, const MatmulInt8Args& args) {
  size_t most = 0;
  const Int8Panels* panels = first_panels(product, args);
  for (;;) {
    Workspace workspace(nullptr);
    const IntegerPlan plan(product, panels, args, workspace);
    most = std::max(most, workspace.bytes());
    if (!panels || !panels->otherwise) return most;
    panels = panels_for(panels->otherwise, args.m);
  }
}

}  // namespace qutlass::cpu
