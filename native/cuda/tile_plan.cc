#include "cuda/tile_plan.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>

namespace qutlass::cuda {

namespace {

constexpr int64_t kMaxSplits = 16;

// Measured on an H200, shared out among its 132 multiprocessors.
constexpr float kBytesReadPerUs = 31000.0f;     // of a multiprocessor, from the device's memory
constexpr float kBytesOfPartsPerUs = 15000.0f;  // written and read again

int64_t step_count(const TileShape& tile, const ProductShape& product) {
  return ceil_div(product.k, tile.k);
}

// k divided into about `splits` parts, none of them empty.
TilePlan with_splits(const TileMenu& menu, const ProductShape& product, int config,
                     int64_t splits) {
  const int64_t steps = std::max<int64_t>(step_count(menu.tiles[config], product), 1);
  const int64_t per_split = ceil_div(steps, std::clamp<int64_t>(splits, 1, kMaxSplits));
  return TilePlan{config, static_cast<int>(ceil_div(steps, per_split)),
                  static_cast<int>(per_split)};
}

std::string names_of(const TileMenu& menu) {
  std::string names = "stream";
  for (int i = 0; i < menu.count; ++i) names += std::string(", ") + menu.tiles[i].name;
  return names;
}

const char* parse_plan(const char* op, const TileMenu& menu, const ProductShape& product,
                       const char* text, TilePlan* plan) {
  if (std::strcmp(text, "stream") == 0) {
    if (product.m > menu.max_stream_rows) {
      return failure(op, "%s=stream is for at most %lld rows, not %lld", menu.variable,
                     static_cast<long long>(menu.max_stream_rows),
                     static_cast<long long>(product.m));
    }
    *plan = TilePlan{TilePlan::kStream, 1, 0};
    return nullptr;
  }
  const char* slash = std::strchr(text, '/');
  const std::string name = slash ? std::string(text, slash) : text;
  for (int i = 0; i < menu.count; ++i) {
    if (name != menu.tiles[i].name) continue;
    char* end = nullptr;
    const long splits = slash ? std::strtol(slash + 1, &end, 10) : 1;
    if (slash && (*end != '\0' || splits < 1 || splits > kMaxSplits)) break;
    *plan = with_splits(menu, product, i, splits);
    return nullptr;
  }
  return failure(op, "%s=%s; expected one of %s, a tile with /1 ... /%lld splits if need be",
                 menu.variable, text, names_of(menu).c_str(), static_cast<long long>(kMaxSplits));
}

// A device, as far as plans depend on it.
struct Device {
  int multiprocessors = multiprocessor_count();
  int shared_bytes = multiprocessor_shared_bytes();
};

float weight_reading_us(const TileMenu& menu, const ProductShape& product, const Device& device) {
  const float bytes = menu.bytes_per_weight * static_cast<float>(product.n * product.k);
  return bytes / (kBytesReadPerUs * static_cast<float>(device.multiprocessors));
}

// Some tiles are for devices with more memory than the smallest. Without a device all are possible.
bool has_room(const TileShape& tile, const Device& device) {
  return device.shared_bytes == 0 ||
         tile.shared_bytes + kReservedSharedBytes <= device.shared_bytes;
}

// The busiest multiprocessor has `blocks` to run, as many at a time as fit.
float blocks_us(const TileShape& tile, int64_t blocks, int steps, const Device& device) {
  const int fitting = device.shared_bytes / (tile.shared_bytes + kReservedSharedBytes);
  const int64_t resident = std::clamp(fitting, 1, tile.resident_blocks);
  const auto round_us = [&](int64_t together) {
    const float step_us = std::max(tile.step_us * static_cast<float>(together), tile.least_step_us);
    return static_cast<float>(steps) * step_us + tile.block_us;
  };
  const int64_t rest = blocks % resident;
  return static_cast<float>(blocks / resident) * round_us(resident) + (rest ? round_us(rest) : 0);
}

float tiles_us(const TileMenu& menu, const ProductShape& product, const TilePlan& plan,
               const Device& device) {
  const TileShape& tile = menu.tiles[plan.config];
  const int64_t tiles = ceil_div(product.m, tile.m) * ceil_div(product.n, tile.n);
  const int64_t blocks = ceil_div(tiles * plan.splits, device.multiprocessors);
  const float us = menu.launch_us + std::max(blocks_us(tile, blocks, plan.steps_per_split, device),
                                             weight_reading_us(menu, product, device));
  if (plan.splits == 1) return us;
  const auto part_bytes = static_cast<float>(4 * (plan.splits + 1) * product.m * product.n);
  return us + menu.split_us +
         part_bytes / (kBytesOfPartsPerUs * static_cast<float>(device.multiprocessors));
}

float stream_us(const TileMenu& menu, const ProductShape& product, const Device& device) {
  const int64_t blocks = ceil_div(ceil_div(product.n, kStreamedRows),
                                  int64_t{kStreamResidentBlocks} * device.multiprocessors);
  const StreamCosts& costs = menu.stream;
  const float row_us = costs.row_us + costs.row_us_per_m * static_cast<float>(product.m);
  const float us = static_cast<float>(blocks * product.k) / 1024 * row_us;
  return costs.base_us + (product.m > 1 ? costs.several_rows_us : 0) +
         std::max(us, weight_reading_us(menu, product, device));
}

TilePlan fastest_plan(const TileMenu& menu, const ProductShape& product, const Device& device) {
  TilePlan fastest{TilePlan::kStream, 1, 0};
  float least_us = std::numeric_limits<float>::infinity();
  if (product.m <= menu.max_stream_rows) least_us = stream_us(menu, product, device);
  for (int config = 0; config < menu.count; ++config) {
    if (!has_room(menu.tiles[config], device)) continue;
    for (const int splits : {1, 2, 3, 4, 6, 8, 12, 16}) {
      const TilePlan plan = with_splits(menu, product, config, splits);
      if (splits > 1 && plan.splits == 1) break;
      const float us = tiles_us(menu, product, plan, device);
      if (us >= least_us) continue;
      fastest = plan;
      least_us = us;
    }
  }
  return fastest;
}

// Plans are remembered: choosing one takes a microsecond or two, and models repeat their shapes.
struct KnownPlan {
  const TileMenu* menu = nullptr;
  ProductShape product = {};
  int multiprocessors = 0;
  TilePlan plan = {};
};

TilePlan known_plan(const TileMenu& menu, const ProductShape& product) {
  constexpr size_t kPlans = 256;
  thread_local KnownPlan plans[kPlans];
  const Device device;
  const auto hash = static_cast<uint64_t>(product.m + 131 * product.n + 65599 * product.k);
  KnownPlan& known = plans[(hash * 0x9e3779b97f4a7c15u) >> 56];
  const bool is_known = known.menu == &menu && known.product.m == product.m &&
                        known.product.n == product.n && known.product.k == product.k &&
                        known.multiprocessors == device.multiprocessors;
  if (!is_known) {
    known = {&menu, product, device.multiprocessors, fastest_plan(menu, product, device)};
  }
  return known.plan;
}

}  // namespace

std::string plan_name(const TileMenu& menu, const TilePlan& plan) {
  if (plan.config == TilePlan::kStream) return "stream";
  const std::string name = menu.tiles[plan.config].name;
  return plan.splits == 1 ? name : name + "/" + std::to_string(plan.splits);
}

bool is_plan_forced(const TileMenu& menu) {
  const char* forced = std::getenv(menu.variable);
  return forced && *forced;
}

const char* make_plan(const char* op, const TileMenu& menu, const ProductShape& product,
                      TilePlan* plan) {
  if (is_plan_forced(menu)) {
    return parse_plan(op, menu, product, std::getenv(menu.variable), plan);
  }
  *plan = known_plan(menu, product);
  return nullptr;
}

}  // namespace qutlass::cuda
