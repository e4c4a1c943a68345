// How products are cut, and what the environment may say about it. Needs no GPU.
#include "harness.h"

namespace qutlass::test {
namespace {

const cuda::TileMenu& int8_menu(int64_t words) {
  MatmulInt8Args args = {};
  args.words = words;
  return cuda::menu_for(args);
}

const cuda::TileMenu& int4_menu(int64_t group_size) {
  MatmulInt4Args args = {};
  args.k = 1024;
  args.group_size = group_size;
  return cuda::menu_for(args);
}

const cuda::TileMenu& int4_int4_menu(int64_t words) {
  MatmulInt4Int4Args args = {};
  args.words = words;
  return cuda::menu_for(args);
}

const cuda::TileMenu* const kMenus[] = {&int8_menu(64),      &int8_menu(63),     &int4_menu(1024),
                                        &int4_menu(128),     &int4_menu(32),     &int4_menu(8),
                                        &int4_int4_menu(64), &int4_int4_menu(63)};

void check_covers(const cuda::TileMenu& menu, const cuda::ProductShape& product,
                  const cuda::TilePlan& plan) {
  context() = format("m %d, n %d, k %d", static_cast<int>(product.m), static_cast<int>(product.n),
                     static_cast<int>(product.k));
  if (plan.config == cuda::TilePlan::kStream) {
    CHECK(product.m <= menu.max_stream_rows, "too many rows for the kernel for few");
    return;
  }
  CHECK(plan.config >= 0 && plan.config < menu.count, "no such configuration: %d", plan.config);
  const int64_t covered = int64_t{plan.splits} * plan.steps_per_split * menu.tiles[plan.config].k;
  const int64_t before_last =
      int64_t{plan.splits - 1} * plan.steps_per_split * menu.tiles[plan.config].k;
  CHECK(covered >= product.k, "%d splits cover only %d of k", plan.splits,
        static_cast<int>(covered));
  CHECK(plan.splits == 1 || before_last < product.k, "the last of %d splits is empty", plan.splits);
}

TEST(plans_cover_k) {
  Random random(1);
  for (const cuda::TileMenu* menu : kMenus) {
    for (int i = 0; i < 500; ++i) {
      const cuda::ProductShape product{random.integer(1, 300), random.integer(1, 5000),
                                       random.integer(0, 9000)};
      cuda::TilePlan plan;
      CHECK(!cuda::make_plan("op", *menu, product, &plan), "there must be a plan");
      check_covers(*menu, product, plan);
      for (const std::string& name : configurations(*menu, product.m)) {
        const Environment forced(menu->variable, name);
        const char* reason = cuda::make_plan("op", *menu, product, &plan);
        CHECK(!reason, "%s", reason);
        check_covers(*menu, product, plan);
      }
    }
  }
}

TEST(the_environment_forces_a_plan) {
  const cuda::TileMenu& menu = int8_menu(64);
  cuda::TilePlan plan;
  {
    const Environment forced(menu.variable, std::string(menu.tiles[1].name) + "/4");
    CHECK(!cuda::make_plan("op", menu, {5, 100, 4096}, &plan), "a valid choice");
    CHECK(plan.config == 1 && plan.splits == 4, "config %d, %d splits", plan.config, plan.splits);
  }
  for (const char* wrong : {"5x5", "64x64/0", "64x64/17", "64x64/", "64x64/2x", "stream/2"}) {
    const Environment forced(menu.variable, wrong);
    const char* reason = cuda::make_plan("op", menu, {5, 100, 4096}, &plan);
    const std::string said = reason ? reason : "";
    CHECK(said.find("op: QUTLASS_INT8_CONFIG=") == 0 && said.find("64x64") != std::string::npos,
          "'%s' gave '%s'", wrong, said.c_str());
  }
  const Environment forced(menu.variable, "stream");
  const char* reason = cuda::make_plan("op", menu, {menu.max_stream_rows + 1, 100, 64}, &plan);
  CHECK(reason && std::strstr(reason, "at most"), "the kernel for few rows takes no more");
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
