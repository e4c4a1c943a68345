# Builds for arm64 Linux on another machine, and runs the tests in qemu-user:
#
#   cmake -S native -B build/arm64 --toolchain cmake/aarch64-linux-gnu.cmake -DQUTLASS_TESTS=ON -DQUTLASS_CUDA=OFF
#
# Debian and Ubuntu have both: apt-get install g++-aarch64-linux-gnu qemu-user
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)

# The processor with everything that qemu knows; its libraries are the cross compiler's.
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64;-cpu;max;-L;/usr/aarch64-linux-gnu)
